"""Whatever goes wrong at whichever call: one order, a truthful ledger, a bounded number of calls."""

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from sandbox.platforms.shopware import Line
from shopbridge.connectors.shopware.orders import read as reading
from tests.integration.stage import SANNE, NewWorld, an_order, bring, events, imported, told, unannounced
from tests.integration.world import World

MOST_CALLS = 30
"""Calls to both platforms for one order that is hit by one fault: 11 are made without one."""

OFFICE_ROUTES = (
    "GET /users",
    "POST /users",
    "GET /products",
    "POST /orders",
    "POST /orders/{id}/ordernotes",
)
SHOP_ROUTES = (
    "POST /api/search/order",
    "PATCH /api/order",
    "GET /api/_action/state-machine/order/state",
    "POST /api/_action/order/state/process",
)


def calls(world: World) -> int:
    return world.shop.calls.total + world.office.calls.total


def a_first_order(number: int) -> dict[str, Any]:
    """Its buyer and its product are not known in the back office yet, so that every route is called."""
    return {
        "lines": (Line(f"NEW-{number}", Decimal("11.90"), tax=Decimal(19), label="New"),),
        "buyer": replace(SANNE, email=f"sanne{number}@buyers.example"),
    }


@pytest.mark.parametrize(
    ("fault", "creations"),
    [
        pytest.param("rate_limit", 2, id="429.10"),
        pytest.param("total_limit", 2, id="429.11"),
        pytest.param("rate_limit_failure", 2, id="500.10"),
        pytest.param("schema_mismatch", 1, id="500.20 though created"),
        pytest.param("no_content", 1, id="204 though created"),
        pytest.param("lost_answer", 1, id="lost answer"),
        pytest.param("lost_request", 2, id="lost request"),
        pytest.param("bad_hash", 1, id="wrong response hash"),
        pytest.param("html_page", 2, id="a gateway's page"),
    ],
)
def test_a_fault_of_the_back_office_leaves_one_order_and_the_truth(
    new_world: NewWorld, fault: str, creations: int
) -> None:
    world = new_world(limits=True)
    for number, route in enumerate(OFFICE_ROUTES):
        before, made = calls(world), world.office.calls.by_route["POST /orders"]
        world.office.faults.plan(fault, route)
        order_id = world.place(replace(an_order(), **a_first_order(number)))
        world.settle()
        assert len(imported(world, order_id).notes) == 1, route
        assert len(world.office.shop.users) == number + 1, route
        assert calls(world) - before <= MOST_CALLS, route
        expected = creations if route == "POST /orders" else 1
        assert world.office.calls.by_route["POST /orders"] - made == expected, route
        assert world.office.faults.due(fault, route) is None, f"{route}: the fault never struck"


@pytest.mark.parametrize("fault", ["rate_limited", "maintenance", "deadlock", "token_revoked", "lost_answer"])
def test_a_fault_of_the_shop_leaves_one_order_and_the_truth(new_world: NewWorld, fault: str) -> None:
    world = new_world(limits=True)
    for route in SHOP_ROUTES:
        before = calls(world)
        world.shop.faults.plan(fault, route, detail=7)
        order_id = bring(world)
        copy, order = imported(world, order_id), world.shop.order(order_id)
        assert order["stateMachineState"]["technicalName"] == "in_progress", route
        assert order["customFields"] == {"pos_number": f"W-{copy.number}"}, route
        assert calls(world) - before <= MOST_CALLS, route
        assert world.shop.faults.due(fault, route) is None, f"{route}: the fault never struck"


def test_a_refused_login_rate_is_waited_for(new_world: NewWorld) -> None:
    world = new_world(limits=True)
    world.clock.advance(700)
    world.shop.faults.plan("auth_throttled", "POST /api/oauth/token", detail=30)
    imported(world, bring(world))
    assert world.shop.calls.by_route["POST /api/oauth/token"] <= 4


def test_a_token_that_expires_is_renewed_in_silence(new_world: NewWorld) -> None:
    world = new_world()
    bring(world)
    world.clock.advance(3600)
    imported(world, bring(world))
    assert events(world, "connection_stopped") == []


def test_a_token_revoked_at_every_call_is_no_reason_to_call_for_ever(new_world: NewWorld) -> None:
    world = new_world()
    world.shop.faults.plan("token_revoked", "POST /api/search/order", times=2)
    before = calls(world)
    order_id = bring(world)
    assert calls(world) - before < 10
    assert world.ask("show", connection=world.connection)["status"] == "stopped"
    world.ask("resume", connection=world.connection)
    world.settle()
    imported(world, order_id)


def test_a_second_fault_while_the_outcome_is_looked_up_makes_no_second_order(new_world: NewWorld) -> None:
    world = new_world()
    world.office.faults.plan("lost_answer", "POST /orders")
    world.office.faults.plan("rate_limit_failure", "GET /orders", times=7)
    imported(world, bring(world))
    assert world.office.calls.by_route["POST /orders"] == 1


def test_a_key_refused_while_the_outcome_is_looked_up_makes_no_second_order(new_world: NewWorld) -> None:
    """What may exist must stay in doubt when the connection stops, or the resume would create it again."""
    world = new_world()
    world.office.faults.plan("lost_answer", "POST /orders")
    world.office.faults.plan("unauthorised", "GET /orders")
    order_id = bring(world)
    record = world.record(order_id)
    assert (record.state, world.ask("show", connection=world.connection)["status"]) == ("UNKNOWN", "stopped")
    world.ask("resume", connection=world.connection)
    world.settle()
    imported(world, order_id)
    assert "interrupted try" in told(world.record(order_id))


# --- clocks ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("minutes", [-9, -4, 4, 9])
def test_a_shop_whose_clock_is_off_loses_no_order(new_world: NewWorld, minutes: int) -> None:
    """Beyond five minutes its webhooks are refused; the poll reads by the shop's own clock."""
    world = new_world()

    def theirs() -> datetime:
        return world.clock() + timedelta(minutes=minutes)

    world.shop.clock = theirs
    announced = bring(world)
    assert (world.bridge_answers[-1] == 200) is (abs(minutes) < 5)
    silent = unannounced(world, an_order())
    for _ in range(3):
        world.poll()
        world.settle()
        world.clock.advance(300)
    late = unannounced(world, an_order())
    world.poll()
    world.settle()
    for order_id in (announced, silent, late):
        imported(world, order_id)


@pytest.mark.parametrize(("seconds", "way"), [(-600, "10 minutes ahead of"), (600, "10 minutes behind")])
def test_a_back_office_whose_clock_is_off_stops_the_connection_with_the_minutes(
    new_world: NewWorld, seconds: int, way: str
) -> None:
    world = new_world()
    world.office.faults.plan("clock_skew", "GET /users", detail=seconds)
    order_id = bring(world)
    shown = world.ask("show", connection=world.connection)
    assert shown["status"] == "stopped"
    assert f"our clock is {way} its own" in shown["reason"]
    assert world.record(order_id).state == "HELD"


# --- deliveries -------------------------------------------------------------------------------------------------


def test_webhooks_lost_doubled_and_reordered_lead_to_one_order_each(new_world: NewWorld) -> None:
    world = new_world()
    lost = [unannounced(world, an_order()) for _ in range(2)]
    world.shop.webhooks.hold()
    ours = [world.place(an_order()) for _ in range(3)]
    world.shop.webhooks.release(order=reversed, times=2)
    world.settle()
    world.poll()
    world.settle()
    for order_id in (*lost, *ours):
        imported(world, order_id)
    assert len(world.office.orders) == 5


def test_orders_that_change_or_arrive_between_two_pages_shift_nobody_out_of_the_poll(
    new_world: NewWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "ORDER_PAGE", 2)
    world = new_world()
    orders = [unannounced(world, an_order()) for _ in range(5)]

    def meanwhile() -> None:
        world.clock.advance(1)
        world.shop.touch(orders[0])
        orders.append(world.shop.place_order(an_order()))

    world.shop.webhooks.hold()
    world.shop.faults.plan("meanwhile", "POST /api/search/order", times=2, detail=meanwhile)
    world.poll()
    world.settle()
    assert len(orders) == 7
    for order_id in orders:
        imported(world, order_id)


def test_a_poll_that_meets_a_fault_on_its_second_page_misses_nothing(
    new_world: NewWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "ORDER_PAGE", 2)
    world = new_world()
    orders = [unannounced(world, an_order()) for _ in range(5)]
    fail = world.shop.faults
    fail.plan("meanwhile", "POST /api/search/order", detail=lambda: fail.plan("maintenance", "POST /api/search/order"))
    world.poll()
    world.settle()
    for order_id in orders:
        imported(world, order_id)


def test_an_order_sold_at_the_till_while_we_look_for_ours_does_not_hide_it(new_world: NewWorld) -> None:
    world = new_world()
    world.office.faults.plan("lost_answer", "POST /orders")
    world.office.faults.plan("afterwards", "POST /orders", detail=lambda: world.office.sell_at_till({"MUG": 1}))
    imported(world, bring(world))
