"""An order's life after its import, between Shopware and SalesPOS: the bridge is killed at every outside call of it.

Both sides move the order: the back office packs and sends it, the shop cancels it. Whatever call the bridge dies at,
before or after, each move reaches the other side, once, and is no news afterwards.
"""

from typing import Any

import pytest

from tests.integration.stage import NewWorld, bring, copies, told
from tests.integration.world import Calls, Killed, World, every_other

MOST_CALLS = 150
"""More outside calls than a tick needs; a run that is not killed any more ends the matrix."""
STATUSES = {"entries": {"open": "1", "in_progress": "2", "completed": "7", "cancelled": "8"}}
SAME: dict[str, Any] = {"entries": {}, "fallback": "="}
MAPS = {"status": STATUSES, "payment": SAME, "shipping": {"entries": {}, "fallback": "shipping"}, "tax": SAME}
CHANGES = {"statuses": {"1": "open", "2": "in_progress", "7": "completed"}, "cancelled": "cancelled", "shipments": True}
OFFICE = {"told": ["status", "cancelled"]}


@pytest.fixture
def world(new_world: NewWorld) -> World:
    return new_world(maps=MAPS, changes=CHANGES, write_back={}, office=OFFICE, app=False)


def settle(world: World) -> None:
    """A tick of the schedule, all that it leads to, and some minutes."""
    world.poll()
    world.settle()
    world.clock.advance(300)


def work_off(world: World) -> None:
    """A tick of the schedule, and what it leads to."""
    world.poll()
    while world.work():
        world.clock.advance(1)


def killed(world: World, at: int, when: str) -> str:
    """At which call the process ended; empty when it lived."""
    world.new_container(Calls(at=at, when=when))
    try:
        work_off(world)
    except Killed as death:
        return str(death)
    return ""


def recover(world: World) -> None:
    """New containers start; both sides are read as always."""
    world.new_container()
    world.clock.advance(300)
    settle(world)


def shop_status(world: World, order_id: str) -> str:
    return str(world.shop.order(order_id)["stateMachineState"]["technicalName"])


def codes(world: World, order_id: str) -> list[str]:
    (delivery,) = world.shop.order(order_id)["deliveries"]
    return list(delivery["trackingCodes"] or [])


def moves(world: World, order_id: str) -> list[str]:
    """The transitions of the order's state, as the shop wrote them down."""
    rows = world.shop.shop.store.tables["state_machine_history"].values()
    ours = [row.values for row in rows if row.values["entityName"] == "order" and order_id in str(row.values)]
    return [values["transitionActionName"] for values in ours]


def office_sends(world: World, order_id: str) -> None:
    """Somebody there packs it and hands it to a carrier."""
    (copy,) = copies(world, order_id)
    world.office.change_order(copy.id, status=2, track_and_trace_code="EX1", track_and_trace_carrier="DPD")


def shop_cancels(world: World, order_id: str) -> None:
    world.shop.cancel(order_id)


def office_sent(world: World, order_id: str, context: str) -> None:
    assert (shop_status(world, order_id), codes(world, order_id)) == ("in_progress", ["EX1"]), context
    assert moves(world, order_id) == ["process"], context
    assert told(world.record(order_id)).count("The back office's status is now '2'") == 1, context


def shop_cancelled(world: World, order_id: str, context: str) -> None:
    (copy,) = copies(world, order_id)
    assert copy.fields["status"] == 8, context
    assert moves(world, order_id) == ["cancel"], context


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_kill_at_any_outside_call_loses_no_move_and_makes_none_twice(world: World, when: str) -> None:
    deaths: list[str] = []
    for at in every_other(MOST_CALLS):
        world.new_container()
        sent, cancelled = bring(world), bring(world)
        settle(world)
        office_sends(world, sent)
        shop_cancels(world, cancelled)
        death, made = killed(world, at, when), world.calls.names
        recover(world)
        context = f"{when} call {at} ({death})"
        office_sent(world, sent, context)
        shop_cancelled(world, cancelled, context)
        for order_id in (sent, cancelled):
            record = world.record(order_id)
            assert (record.state, record.follow_ups, record.trying) == ("DONE", (), ""), context
            assert record.reason is None, f"{context}: {record.reason}"
        if not death:
            break
        deaths.append(death)
    else:
        pytest.fail(f"more than {MOST_CALLS} outside calls: {deaths}")
    for call in ("state/process", "order-delivery", "PATCH /api/rest/v1/orders"):
        assert any(call in name for name in made), made


def test_a_quiet_tick_costs_the_office_three_calls_at_the_most(world: World) -> None:
    bring(world)
    settle(world)
    settle(world)
    before = world.office.calls.total
    settle(world)
    assert world.office.calls.total - before <= 3
