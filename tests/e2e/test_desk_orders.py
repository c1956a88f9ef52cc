"""`why` and `reconcile` typed at the whole deployment: both platforms, all functions, each under its own rights."""

import io
import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import boto3
import pytest
from rich.console import Console
from typer.testing import CliRunner, Result

from sandbox.demo.run import Choice
from sandbox.demo.screen import Screen
from sandbox.demo.trial import SPEED, trial
from sandbox.demo.world import CONNECTION, World
from sandbox.pairs.catalogue import MUG, SANNE, UTRECHT, item
from sandbox.pairs.orders import Order
from shopbridge_cli.app import app

WITHIN = 60.0
EVENTS = Path(__file__).parents[2] / "events"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    choice = Choice(("shopware-salespos",), None, SPEED, tmp_path_factory.mktemp("desk"))
    with trial(choice, Screen(Console(file=io.StringIO())), empty=False) as running:
        running.poll()
        assert running.settled(WITHIN)
        yield running


def typed(world: World, *words: str) -> Result:
    return CliRunner(env={"COLUMNS": "80"}).invoke(app, [*words, "-c", CONNECTION, "--function", world.function])


def answered(world: World, *words: str) -> dict[str, Any]:
    return dict(json.loads(typed(world, *words, "--json").stdout))


def ordered(world: World, number: str, *, paid: bool = True) -> None:
    """Somebody orders two mugs, and the bridge hears of it."""
    world.place([Order(number, (item(MUG, 2),), SANNE, UTRECHT, shipping=Decimal("4.95"), paid=paid)])
    assert world.settled(WITHIN)


def test_an_order_is_explained_on_both_sides(world: World) -> None:
    ordered(world, "77001")
    told = typed(world, "why", "77001")
    assert told.exit_code == 0, told.output
    assert told.stdout.startswith("Order 77001: imported\n  It is imported: the back office has it as ")
    assert "    2 x MUG-01  Mug  25.00\n" in told.stdout
    assert "\n  In the shop: http://127.0.0.1" in told.stdout
    office = world.operations.ask("story", connection=CONNECTION, order="77001")[0]["office_order"]
    assert answered(world, "why", office)["orders"][0]["order"] == "77001"
    assert "has no order 4711" in typed(world, "why", "4711").stdout


@pytest.mark.parametrize("event", ["dispatch/every_5_minutes", "watch/tick"])
def test_an_envelope_reaches_its_function_under_the_name_in_the_template(world: World, event: str) -> None:
    name = event.partition("/")[0].capitalize()
    answer = boto3.client("lambda").invoke(FunctionName=name, Payload=(EVENTS / f"{event}.json").read_bytes())
    assert (answer["StatusCode"], "FunctionError" in answer) == (200, False)
    assert world.settled(WITHIN)


def test_an_order_that_went_by_is_found_and_brought_once(world: World) -> None:
    ordered(world, "77002", paid=False)
    assert answered(world, "why", "77002")["orders"][0]["code"] == "payment_not_taken"
    with world.shop.doubled_and_reordered():
        world.shop.pay("77002")
        found = answered(world, "reconcile")
        assert [each["order"] for each in found["missing"]] == ["77002"]
        assert typed(world, "reconcile").exit_code == 1
        repaired = typed(world, "reconcile", "--repair", "--yes")
        assert repaired.exit_code == 0, repaired.output
        assert "Handed to the import: 1 order." in repaired.stdout
    assert world.settled(WITHIN)
    story = world.operations.ask("story", connection=CONNECTION, order="77002")[0]
    assert story["state"] == "DONE"
    assert any(line["text"].startswith("Handed to the import by ") for line in story["story"])
    assert answered(world, "reconcile")["missing"] == []
    assert len({order.reservationnumber for order in orders_of(world)}) == len(orders_of(world))


def orders_of(world: World) -> list[Any]:
    return list(vars(world.office)["_office"].orders)
