"""What ships in the layer, and the arithmetic of what a cold start costs."""

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import botocore
import botocore.session
import pytest
from botocore.loaders import Loader

from benchmarks.cold_start import BARE, EMPTY, ratios
from trim import SERVICES, of_services, trim_data, undocumented

ROOT = Path(__file__).parents[3]
SDK = Path(botocore.__file__).parent / "data"


def test_a_cold_start_is_compared_by_medians_without_what_any_process_takes() -> None:
    seconds = {EMPTY: [0.1, 0.1, 9.0], BARE: [0.5, 0.4, 0.5], "intake": [0.3, 0.3, 0.9], "watch": [0.9, 0.7, 0.2]}
    assert ratios(seconds) == pytest.approx({"intake": 0.5, "watch": 1.5})


# --- the SDK in the layer -----------------------------------------------------------------------------------------


def test_the_layer_has_the_services_that_the_store_calls_and_no_other() -> None:
    sources = (path.read_text() for path in (ROOT / "layers/shared/shopbridge").rglob("*.py"))
    called = {name for source in sources for name in re.findall(r"boto3\.client\(\s*\"(\w+)\"", source)}
    assert called == set(SERVICES)


def test_no_page_of_results_nor_waiting_is_left_to_files_that_do_not_ship() -> None:
    sources = (path.read_text() for path in (ROOT / "layers/shared/shopbridge").rglob("*.py"))
    assert not [found for source in sources for found in re.findall(r"get_paginator|get_waiter", source)]


@pytest.fixture(scope="module")
def trimmed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    data = tmp_path_factory.mktemp("sdk") / "data"
    data.mkdir()
    for name in (*SERVICES, "acm"):
        shutil.copytree(SDK / name, data / name)
    for path in SDK.glob("*.json"):
        shutil.copy(path, data)
    trim_data(data)
    yield data
    shutil.rmtree(data)


def client_of(service: str, loader: Loader) -> Any:
    session = botocore.session.get_session()
    session.register_component("data_loader", loader)
    return session.create_client(
        service, region_name="eu-central-1", aws_access_key_id="none", aws_secret_access_key="none"
    )


@pytest.mark.parametrize("service", SERVICES)
def test_a_client_from_the_layer_is_the_same_as_the_sdk_makes(trimmed: Path, service: str) -> None:
    ours = client_of(service, Loader(extra_search_paths=[str(trimmed)], include_default_search_paths=False))
    theirs = client_of(service, Loader())
    assert ours.meta.endpoint_url == theirs.meta.endpoint_url
    assert ours.meta.method_to_api_mapping == theirs.meta.method_to_api_mapping
    name = next(iter(theirs.meta.method_to_api_mapping.values()))
    shape, known = (each.meta.service_model.operation_model(name).input_shape for each in (ours, theirs))
    assert list(shape.members) == list(known.members)
    assert shape.required_members == known.required_members


def test_what_no_function_uses_is_gone(trimmed: Path) -> None:
    assert not (trimmed / "acm").exists()
    assert {path.name for path in trimmed.rglob("*") if path.is_file()} == {
        *("_retry.json", "endpoints.json", "partitions.json", "sdk-default-configuration.json"),
        *("endpoint-rule-set-1.json", "service-2.json"),
    }
    assert sum(path.stat().st_size for path in trimmed.rglob("*")) < 1_200_000
    assert "<p>" not in (trimmed / "sqs" / "2012-11-05" / "service-2.json").read_text()


def test_regions_and_partitions_all_stay(trimmed: Path) -> None:
    before, after = (json.loads((data / "endpoints.json").read_bytes())["partitions"] for data in (SDK, trimmed))
    assert [(each["partition"], each["regions"]) for each in after] == [
        (each["partition"], each["regions"]) for each in before
    ]
    assert {name for each in after for name in each["services"]} >= {"dynamodb", "email", "monitoring", "sqs"}


def test_a_member_that_is_called_documentation_stays() -> None:
    told = {"documentation": "<p>A book.</p>", "members": {"documentation": {"shape": "Text", "documentation": "It"}}}
    assert undocumented(told) == {"members": {"documentation": {"shape": "Text"}}}


def test_only_these_services_stay_among_the_endpoints() -> None:
    partition = {"partition": "aws", "services": {"sqs": {"endpoints": {}}, "acm": {}}}
    assert of_services({"partitions": [partition], "version": 3}, {"sqs"}) == {
        "partitions": [{"partition": "aws", "services": {"sqs": {"endpoints": {}}}}],
        "version": 3,
    }
