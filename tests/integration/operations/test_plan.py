"""A new connection goes to work when somebody says so; until then its plan tells what it would do, and nothing more."""

from dataclasses import replace
from typing import Any

import pytest

from sandbox.platforms.shopware import Buyer, Payment
from shopbridge.flows.operations.connections import verify
from shopbridge.model.base import ConnectionId
from shopbridge.store.environment import Environment
from shopbridge.store.ledger.items import PREFIX
from tests.integration.conftest import ManualClock
from tests.integration.stage import (
    MUG,
    NewWorld,
    an_order,
    bring,
    copies,
    depths,
    empty_queues,
    events,
    held,
    imported,
    not_imported,
    records,
    unannounced,
)
from tests.integration.world import World

IDEAL = (Payment("iDEAL", "paid"),)
OPEN = (Payment("Invoice", "open"),)


@pytest.fixture
def fresh(environment: Environment, connection_id: ConnectionId) -> World:
    """Both platforms with nothing between them yet; the back office has mugs, and makes no other products."""
    empty_queues()
    world = World(environment, ManualClock(), connection_id, changes={"products": {"missing": "hold"}})
    world.office.add_product("MUG", 10)
    return world


def create(world: World, **fields: Any) -> Any:
    return world.ask("create", settings=world.settings(), secrets=world.secrets(), **fields)


def ledger(world: World) -> list[str]:
    """Every record of an order, customer or product that was made, or was to be made."""
    return [name for name in records(world, world.connection) if name.startswith(PREFIX)]


def test_a_new_connection_is_paused_and_ends_with_a_plan_and_nothing_is_imported(fresh: World) -> None:
    taken = unannounced(fresh, an_order())
    unpaid = unannounced(fresh, an_order(payments=OPEN))
    unmapped = unannounced(fresh, an_order(payments=IDEAL))
    missing = unannounced(fresh, an_order(replace(MUG, sku="NOWHERE")))
    made = create(fresh)
    assert (made["status"], made["reason"]) == ("paused", "Not started yet: read its plan, then resume it.")
    planned = made["plan"]
    assert (planned["read"], planned["to_import"], planned["imported_already"], planned["stopped"]) == (4, 1, 0, "")
    assert [(each["code"], each["count"], each["examples"]) for each in planned["skipped"]] == [
        ("payment_not_taken", 1, ["10002"])
    ]
    assert {(each["code"], *each["examples"]) for each in planned["held"]} == {
        ("unmapped_payment", "10003"),
        ("missing_product", "10004"),
    }
    assert all(each["fix"].endswith(".") for each in planned["held"])
    fresh.invoke("dispatch", {"every": 5})
    fresh.settle()
    assert [copies(fresh, order) for order in (taken, unpaid, unmapped, missing)] == [[], [], [], []]
    assert ledger(fresh) == []


def test_what_the_plan_tells_is_what_the_import_then_does(fresh: World) -> None:
    taken = unannounced(fresh, an_order())
    unpaid = unannounced(fresh, an_order(payments=OPEN))
    unmapped = unannounced(fresh, an_order(payments=IDEAL))
    planned = create(fresh)["plan"]
    fresh.ask("resume", connection=fresh.connection, by="anna")
    fresh.settle()
    imported(fresh, taken)
    not_imported(fresh, unpaid, "SKIPPED", planned["skipped"][0]["code"])
    reason = held(fresh, unmapped, planned["held"][0]["code"]).reason
    assert reason
    assert (reason.text, reason.fix) == (planned["held"][0]["reason"], planned["held"][0]["fix"])
    again = fresh.ask("plan", connection=fresh.connection)
    assert (again["to_import"], again["imported_already"], again["held"]) == (0, 1, planned["held"])


def test_a_product_that_could_not_be_made_is_told_by_the_plan(fresh: World) -> None:
    fresh.changes = {"products": {"missing": "create"}}
    unannounced(fresh, an_order(replace(MUG, sku="NEW-MUG")))
    (reason,) = create(fresh)["plan"]["held"]
    assert (reason["code"], reason["examples"]) == ("no_tax_tariff", ["10001"])


def test_a_plan_writes_nothing_on_either_side(fresh: World) -> None:
    fresh.office_changes = {"tax_tariffs": {"19": "normal", "7": "low a", "0": "zero"}}
    fresh.changes = {"products": {"missing": "create"}, "customers": {"create": True, "create_guests": True}}
    order = unannounced(fresh, an_order(replace(MUG, sku="NEW-MUG"), buyer=Buyer("Jo", "Doe", "jo@buyers.example")))
    fresh.office.calls.by_route.clear()
    assert create(fresh)["plan"]["to_import"] == 1
    assert {route.partition(" ")[0] for route in fresh.office.calls.by_route} == {"GET"}
    written = [name for name in fresh.calls.names if name.startswith("shop.example PATCH") or "/_action/" in name]
    assert written == []
    assert ledger(fresh) == []
    fresh.ask("resume", connection=fresh.connection)
    fresh.settle()
    imported(fresh, order)


def test_a_connection_that_is_to_start_goes_to_work_at_once_without_a_plan(fresh: World) -> None:
    order = unannounced(fresh, an_order())
    made = create(fresh, start=True, by="anna")
    assert (made["status"], "plan" in made) == ("active", False)
    fresh.poll()
    fresh.settle()
    imported(fresh, order)
    (line,) = events(fresh, "connection_created")
    assert (line["by"], line["status"]) == ("anna", "active")


def test_a_plan_stops_at_its_bound_and_says_of_how_many_it_speaks(
    fresh: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        unannounced(fresh, an_order())
    monkeypatch.setattr(verify, "MOST_ORDERS", 2)
    planned = create(fresh)["plan"]
    assert (planned["read"], planned["to_import"], planned["stopped"]) == (2, 2, "A plan reads 2 orders at the most.")


def test_a_plan_that_takes_long_ends_and_the_connection_is_there(fresh: World) -> None:
    for _ in range(2):
        unannounced(fresh, an_order())
    slow = fresh.transports["pos.example"].handle_request

    def minute_later(request: Any) -> Any:
        fresh.clock.advance(15)
        return slow(request)

    fresh.transports["pos.example"].handle_request = minute_later  # type: ignore[method-assign]
    planned = create(fresh)["plan"]
    assert planned["read"] < 2
    assert planned["stopped"] == "The time for a plan is up."
    assert fresh.ask("show", connection=fresh.connection)["status"] == "paused"


def test_a_plan_that_a_platform_breaks_off_says_so_and_the_connection_is_there(fresh: World) -> None:
    unannounced(fresh, an_order())
    create(fresh)
    fresh.shop.faults.plan("maintenance", times=99)
    planned = fresh.ask("plan", connection=fresh.connection)
    assert planned["read"] == 0
    assert "Shopware" in planned["stopped"]


def test_a_plan_of_a_running_connection_counts_what_is_there(new_world: NewWorld) -> None:
    world = new_world()
    bring(world)
    skipped = bring(world, payments=IDEAL)
    world.ask("skip", connection=world.connection, order="10002", remark="by hand")
    unannounced(world, an_order())
    planned = world.ask("plan", connection=world.connection)
    assert (planned["to_import"], planned["imported_already"]) == (1, 1)
    assert [(each["code"], each["examples"]) for each in planned["skipped"]] == [("skipped_by_operator", ["10002"])]
    assert depths(world) == (0, 0, 0)
    assert copies(world, skipped) == []
