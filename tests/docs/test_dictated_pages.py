"""What the models dictate stands in the pages: generated parts, tables, examples, states."""

import re
from pathlib import Path
from typing import get_args

import pytest
import yaml

from sandbox.pairs.all_pairs import PAIRS
from shopbridge.connectors.parts import Capability
from shopbridge.connectors.registry import KEYS, connector_spec
from shopbridge.connectors.salespos.account import NEEDED, NEEDED_FOR_PRODUCTS
from shopbridge.connectors.shopware.connector import (
    PRODUCT_RIGHTS,
    PRODUCT_WRITE_RIGHTS,
    READ_RIGHTS,
    TELLING_RIGHTS,
    app_manifest,
)
from shopbridge.flows.operations.connections.samples import SAMPLE_DOCUMENT
from shopbridge.mapping.rule_engine import check_rules
from shopbridge.mapping.rules import FieldRule
from shopbridge.model.connection import ConnectionSettings, Side
from shopbridge.model.ledger import LedgerState
from shopbridge.model.product_settings import ProductSettings
from shopbridge.model.stock import Direction, StockSettings
from shopbridge.store.ledger.items import KEEP_CUSTOMERS, KEEP_SKIPPED
from tests.docs.pages import OPERATIONS, ROOT, TEMPLATE, anchors
from tools.settings_docs import BEGIN, CAPABILITIES, DOCS, END, OF_OFFICES, OF_SHOPS, answer_to, pages

EXAMPLES = sorted((DOCS / "examples").glob("*.yaml"))


GENERATED = pages()


@pytest.mark.parametrize("page", [pytest.param(path, id=str(path)) for path in sorted(GENERATED)])
def test_generated_pages_are_up_to_date(page: Path) -> None:
    assert (DOCS / page).read_text() == GENERATED[page], "run `make docs`"


def test_every_capability_is_in_the_table() -> None:
    assert list(CAPABILITIES) == list(get_args(Capability))
    assert set(CAPABILITIES) >= OF_SHOPS | OF_OFFICES


@pytest.mark.parametrize("key", KEYS)
def test_what_is_only_inferred_is_off_until_a_setting_switches_it_on(key: str) -> None:
    spec = connector_spec(key)
    assert set(spec.inferred) <= set(spec.provides)
    assert all(answer_to(capability, spec) == "inferred" for capability in spec.inferred)
    ours = OF_SHOPS if "order_source" in spec.provides else OF_OFFICES
    assert (OF_SHOPS | OF_OFFICES) & set(spec.provides) <= ours


def test_the_readme_names_every_platform_in_its_table_once() -> None:
    table = (ROOT / "README.md").read_text().partition(BEGIN)[2].partition(END)[0]
    assert sorted(re.findall(r"connectors/(\w+)\.md", table)) == sorted(KEYS)


def test_the_example_rules_are_sound() -> None:
    blocks = re.findall(r"```yaml\n(.*?)```", (DOCS / "connections.md").read_text(), re.DOTALL)
    content = [yaml.safe_load(block) for block in blocks]
    rules = [FieldRule.model_validate(rule) for part in content for rule in part.get("rules", ())]
    assert len(rules) >= 3
    check_rules(rules, connector_spec("salespos").order_fields(), SAMPLE_DOCUMENT)


def test_the_example_settings_of_stock_and_products_are_sound() -> None:
    blocks = re.findall(r"```yaml\n(.*?)```", (DOCS / "connections.md").read_text(), re.DOTALL)
    content = [yaml.safe_load(block) for block in blocks]
    stock = [StockSettings.model_validate(part["stock"]) for part in content if "stock" in part]
    products = [ProductSettings.model_validate(part["products"]) for part in content if "products" in part]
    assert {each.direction for each in stock} == set(get_args(Direction))
    assert all(each.active for each in products)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_the_example_files_are_sound(example: Path) -> None:
    content = yaml.safe_load(example.read_text())
    settings = ConnectionSettings.model_validate(content["settings"])
    assert not settings.stock.active
    assert not settings.products.active
    for side in get_args(Side):
        end = settings.side(side)
        spec = connector_spec(end.platform)
        spec.settings.model_validate(end.settings)
        assert content["secrets"][side].keys() <= spec.secrets.model_fields.keys()
    assert example.stem == f"{settings.shop.platform}-{settings.office.platform}"
    assert example.stem in PAIRS
    assert f"docs/examples/{example.name}" in example.read_text()


def test_the_example_manifest_asks_for_the_rights_the_connector_needs() -> None:
    manifest = (DOCS / "connections.md").read_text()
    assert set(re.findall(r"<read>(\w+)</read>", manifest)) == {*READ_RIGHTS.split(", "), *PRODUCT_RIGHTS.split(", ")}
    written = set(re.findall(r"<(update|create|delete)>(\w+)</", manifest))
    products = {(write, name) for write in ("create", "update", "delete") for name in PRODUCT_WRITE_RIGHTS.split(", ")}
    assert written - products == {(act, entity) for entity, act in TELLING_RIGHTS}
    assert products <= written


def test_the_example_manifest_is_the_one_that_the_command_makes() -> None:
    (shown,) = re.findall(r"```xml\n(.*?)```", (DOCS / "connections.md").read_text(), re.DOTALL)
    assert shown == app_manifest("https://PUBLIC-URL", "my-shop", "REPLACE-BY-A-LONG-RANDOM-TEXT")


def test_the_preparation_of_salespos_names_the_rights_the_connector_checks() -> None:
    page = (DOCS / "connections.md").read_text()
    (step,) = re.findall(r"There make a key with the rights (.+?)\. Note", page, re.DOTALL)
    assert re.findall(r"`(\w+)`", step) == [*NEEDED, *NEEDED_FOR_PRODUCTS]


def test_every_platform_has_its_preparation() -> None:
    headings = anchors(DOCS / "connections.md")
    titles = (connector_spec(key).title.casefold().removeprefix("ccv ").partition(" (")[0] for key in KEYS)
    assert {title.replace(" ", "-") for title in titles} <= headings


def test_every_ledger_state_is_explained() -> None:
    assert set(re.findall(r"^\| `([A-Z]+)` \|", OPERATIONS, re.MULTILINE)) == set(get_args(LedgerState))


PRIVACY = (DOCS / "privacy.md").read_text()


def test_the_page_on_privacy_tells_how_long_queues_and_logs_keep() -> None:
    days = {f"{int(seconds) // 86400}" for seconds in re.findall(r"MessageRetentionPeriod: (\d+)", TEMPLATE)}
    assert days == {"7", "14"}
    assert "7 days at most" in PRIVACY
    assert "14 days since they were queued" in PRIVACY
    (default,) = re.findall(r"ActivityRetentionDays:\n    Type: Number\n    Default: (\d+)", TEMPLATE)
    assert f"`ActivityRetentionDays`, {default} unless set" in PRIVACY
    assert re.findall(r"RetentionInDays: (\d+)", TEMPLATE) == ["30"]
    assert (KEEP_CUSTOMERS.days, KEEP_SKIPPED.days) == (30, 60)
