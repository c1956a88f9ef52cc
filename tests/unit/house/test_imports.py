"""What each function imports when it starts: every import is paid for at each cold start, so none sneaks in."""

import json
import os
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from sandbox.quick.cloud import names

ROOT = Path(__file__).parents[3]
FUNCTIONS = sorted(path.parent.name for path in ROOT.glob("functions/*/app.py"))
INTAKE = [
    *("connectors.registry", "errors", "flows.reception", "flows.webhooks", "intake", "mapping.masking"),
    *("model.basics", "model.webhook", "store.activity", "store.aws", "store.connections.credentials"),
    *("store.environment", "store.items", "store.limits.line", "store.limits.pace", "store.messages.hooks"),
    *("store.messages.sending", "store.table"),
]
"""Modules of ours that a webhook waits for."""
HEAVY = {"httpx", "markupsafe", "pydantic", "xmltodict", "yaml"}
WORK = {
    "order_import": "flows.orders.messages",
    "order_poll": "flows.orders.poll",
    "product_sync": "flows.products.sync",
    "stock_push": "flows.stock.push",
}
"""Where the work of each worker begins."""


@cache
def imported(function: str) -> list[str]:
    script = f"import functions.{function}.app, json, sys; print(json.dumps(sorted(sys.modules)))"
    world = {**os.environ, **names(), "AWS_DEFAULT_REGION": "eu-central-1"}
    done = subprocess.run(  # noqa: S603 - our own words
        [sys.executable, "-c", script], cwd=ROOT, env=world, capture_output=True, text=True, check=True
    )
    found: list[str] = json.loads(done.stdout)
    return found


def ours(modules: list[str]) -> list[str]:
    """Without packages, which hold nothing but a sentence."""
    layer = ROOT / "layers" / "shared"
    found = [name for name in modules if name.startswith("shopbridge.")]
    return [
        name.removeprefix("shopbridge.")
        for name in found
        if not (layer / name.replace(".", "/") / "__init__.py").exists()
    ]


def test_a_webhook_waits_for_no_more_than_it_needs() -> None:
    modules = imported("webhook_intake")
    assert ours(modules) == INTAKE
    assert not {name.partition(".")[0] for name in modules} & HEAVY


@pytest.mark.parametrize("function", FUNCTIONS)
def test_no_connector_is_imported_before_a_connection_asks_for_it(function: str) -> None:
    modules = imported(function)
    connectors = {name for name in ours(modules) if name.startswith("connectors.")}
    assert connectors <= {"connectors.capabilities", "connectors.parts", "connectors.registry"}
    assert not {"httpx", "shopbridge.http", "xmltodict"} & set(modules), "they come with the first connector"
    assert "aws_lambda_powertools" not in modules
    assert ("markupsafe" in modules) == function.endswith("_widgets")


@pytest.mark.parametrize("function", WORK)
def test_a_worker_brings_no_other_workers_flow_nor_the_desk(function: str) -> None:
    found = ours(imported(function))
    assert {name for name in found if name in WORK.values()} == {WORK[function]}
    assert not [name for name in found if name == "intake" or name.startswith("desk.")]


@pytest.mark.parametrize("function", ["operations", "desk_widgets"])
def test_no_sample_is_made_before_rules_are_tried(function: str) -> None:
    assert "flows.operations.connections.samples" not in ours(imported(function))


@pytest.mark.parametrize("function", [*WORK, "dispatch"])
def test_who_does_the_work_brings_nothing_of_what_operators_ask(function: str) -> None:
    assert not [name for name in ours(imported(function)) if "operations" in name]
