"""Each saved query, and each log widget of the dashboards, on the log of a run with orders, stock and trouble."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from sandbox.platforms.shopware import Payment
from tests.insights import filled, run
from tests.integration.conftest import TemplateLoader
from tests.integration.stage import MUG, NewWorld, bring
from tests.integration.world import World
from tests.integration.worlds.stock_stage import a_stocked_world

ROOT = Path(__file__).parents[3]
IDEAL = (Payment("iDEAL", "paid"),)


class Reader(TemplateLoader):
    """Reads what ``!Sub`` holds, and other short functions as None."""


def _text(loader: yaml.SafeLoader, node: yaml.Node) -> Any:
    return loader.construct_scalar(node) if isinstance(node, yaml.ScalarNode) else None


Reader.add_constructor("!Sub", _text)
RESOURCES: dict[str, Any] = yaml.load((ROOT / "template.yaml").read_text(), Reader)["Resources"]  # noqa: S506
QUERIES = {
    name: found["Properties"] for name, found in RESOURCES.items() if found["Type"] == "AWS::Logs::QueryDefinition"
}
WIDGETS = {
    widget["properties"]["title"]: widget["properties"]["query"]
    for found in RESOURCES.values()
    if found["Type"] == "AWS::CloudWatch::Dashboard"
    for widget in json.loads(found["Properties"]["DashboardBody"])["widgets"]
    if widget["type"] == "log"
}


@pytest.fixture(scope="module")
def told() -> dict[str, str]:
    """What was brought, held and sent in the run; filled by the first test that needs it."""
    return {}


@pytest.fixture
def log(new_world: NewWorld, told: dict[str, str], lines: list[str]) -> list[str]:
    """Orders imported and held, a shop that refuses us and lets us in again, stock sent, and a run of products."""
    if not lines:
        world = a_stocked_world(new_world)
        told |= {"connection": world.connection, "sku": "MUG"}
        told["order"] = world.shop.order(bring(world, MUG))["orderNumber"]
        told["held"] = world.shop.order(bring(world, MUG, payments=IDEAL))["orderNumber"]
        _refused(world)
        lines += [*world.lines, *_of_products(new_world)]
    return lines


@pytest.fixture(scope="module")
def lines() -> list[str]:
    return []


def _refused(world: World) -> None:
    world.container.bridge.connections.stop(world.connection, "Shopware does not accept the access key.")
    world.invoke("watch", {})
    world.ask("resume", connection=world.connection)
    world.settle()
    world.invoke("watch", {})


def _of_products(new_world: NewWorld) -> list[str]:
    world = new_world(
        app=False, catalogue={"active": True, "attributes": {"Size": "="}}, office={"tax_tariffs": {"19": "normal"}}
    )
    world.office.add_product("TEE", 20, variants={"Colour": {"red": 0, "blue": 1}})
    world.agree("start_run", job="products", by="anna")
    world.settle()
    return world.lines


def found(name: str, log: list[str], values: dict[str, str], *, quoted: bool = False) -> list[dict[str, Any]]:
    query = QUERIES[name]
    parameters = {each["Name"]: values[each["Name"]] for each in query.get("Parameters", ())}
    return run(filled(query["QueryString"], parameters, quoted=quoted), log)


def test_parameters_are_those_that_the_query_names_and_each_has_a_value_to_begin_with() -> None:
    with_some = {name for name, query in QUERIES.items() if "Parameters" in query}
    assert with_some == {"StoryQuery", "ConnectionQuery", "StockQuery"}
    for query in QUERIES.values():
        parameters = query.get("Parameters", [])
        assert set(re.findall(r"\{\{(\w+)\}\}", query["QueryString"])) == {each["Name"] for each in parameters}
        assert all(each["DefaultValue"] and each["Description"] for each in parameters)


@pytest.mark.parametrize("quoted", [False, True])
def test_the_story_of_an_order_is_its_lines_alone_whether_aws_puts_quotes_or_not(
    log: list[str], told: dict[str, str], quoted: bool
) -> None:
    rows = found("StoryQuery", log, told, quoted=quoted)
    every = [json.loads(line) for line in log]
    expected = [
        line for line in every if line["connection"] == told["connection"] and line.get("order") == told["order"]
    ]
    assert [row["text"] for row in rows] == [line["text"] for line in expected]
    assert "Order imported" in [row["text"] for row in rows]
    longer = {**told, "order": told["order"][:-1]}
    assert found("StoryQuery", log, longer, quoted=quoted) == []


@pytest.mark.parametrize("quoted", [False, True])
def test_the_lines_of_a_connection_are_of_no_other(log: list[str], told: dict[str, str], quoted: bool) -> None:
    rows = found("ConnectionQuery", log, told, quoted=quoted)
    assert {row.get("order") for row in rows} >= {told["order"], told["held"]}
    assert found("ConnectionQuery", log, {"connection": told["connection"][:-1]}, quoted=quoted) == []


def test_what_is_held_is_told_with_what_to_do(log: list[str], told: dict[str, str]) -> None:
    rows = [row for row in found("HeldQuery", log, told) if row["connection"] == told["connection"]]
    assert [(row["code"], row["orders"]) for row in rows] == [("unmapped_payment", 1)]
    assert rows[0]["fix"]


def test_errors_are_warnings_too(log: list[str], told: dict[str, str]) -> None:
    rows = found("ErrorsQuery", log, told)
    assert told["held"] in {row.get("order") for row in rows}
    assert all(row["fix"] for row in rows)


def test_what_is_wrong_with_connections_and_when_it_was_over(log: list[str], told: dict[str, str]) -> None:
    rows = found("TroubleQuery", log, told)
    assert [(row["event"], row["kind"]) for row in reversed(rows)] == [
        ("connection_troubled", "stopped"),
        ("connection_recovered", "stopped"),
    ]


def test_stock_of_an_sku_is_of_no_other_that_begins_alike(log: list[str], told: dict[str, str]) -> None:
    rows = found("StockQuery", log, told)
    assert {row["event"] for row in rows} == {"stock_pushed"}
    assert any(row["because"] == f"order {told['order']}" for row in rows)
    assert found("StockQuery", log, {**told, "sku": "MU"}) == []
    assert found("StockQuery", log, {**told, "sku": "UG"}) == []


def test_runs_are_told_with_who_started_them(log: list[str], told: dict[str, str]) -> None:
    rows = found("RunsQuery", log, told)
    assert ("products", "anna") in {(row["job"], row["started_by"]) for row in rows}


def test_products_that_are_held_are_told_with_what_to_do(log: list[str], told: dict[str, str]) -> None:
    rows = found("ProductsQuery", log, told)
    assert rows
    assert all(row["fix"] and row["why"] for row in rows)


def test_calls_are_summed_by_platform(log: list[str], told: dict[str, str]) -> None:
    rows = found("CallsQuery", log, told)
    assert {row["platform"] for row in rows} >= {"Shopware", "SalesPOS"}
    assert rows == sorted(rows, key=lambda row: -row["calls"])


@pytest.mark.parametrize("title", WIDGETS)
def test_each_log_widget_of_a_dashboard_finds_something(log: list[str], title: str) -> None:
    rows = run(WIDGETS[title], log)
    assert rows
    assert all(row["@timestamp"] for row in rows)


def test_a_query_that_nobody_understands_is_refused() -> None:
    with pytest.raises(ValueError, match="it lacks quotation marks"):
        run("filter order = MUG", ['{"order": "MUG"}'])
    with pytest.raises(ValueError, match="Nothing was given"):
        filled("filter order = {{order}}", {})
    with pytest.raises(KeyError):
        run("dedup order", ["{}"])
