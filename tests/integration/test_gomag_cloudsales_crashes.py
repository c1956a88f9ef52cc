"""Gomag to CloudSales: the bridge is killed before and after every outside call of a poll with one new order."""

from datetime import timedelta
from decimal import Decimal

import pytest

from sandbox.platforms.cloudsales import Order
from shopbridge.model.base import ConnectionId
from shopbridge.model.ledger import LedgerRecord
from shopbridge.store.environment import Environment
from tests.integration.conftest import ManualClock
from tests.integration.romanian_world import AT_FIRST, CANCELLED, MUG, ON_ITS_WAY, RomanianWorld, an_order
from tests.integration.stage import store_connection, told
from tests.integration.world import Calls, Killed

MOST_CALLS = 150
"""More outside calls than a poll needs; a run that is not killed any more ends the matrix."""
FIRST_NUMBER = 70_001
CREATION, CONFIRMATION = "secure.bocp.eu POST", "secure.bocp.eu PUT"
APART = timedelta(days=3)
"""Between two orders: a poll reads whole days again, and should find one order only."""


@pytest.fixture
def world(environment: Environment, connection_id: ConnectionId) -> RomanianWorld:
    made = RomanianWorld(environment, ManualClock(), connection_id)
    store_connection(made, made.secrets()["shop"])
    return made


def work_off(world: RomanianWorld) -> None:
    """Poll, and import what it finds."""
    world.poll()
    while world.work():
        world.clock.advance(1)


def killed(world: RomanianWorld) -> str:
    """At which call the process ended; empty when it lived."""
    try:
        work_off(world)
    except Killed as death:
        return str(death)
    return ""


def killed_later(world: RomanianWorld) -> str:
    """The same of a container that first has to see for how long the one before it has been dead."""
    world.work()
    world.clock.advance(200)
    return killed(world)


def recover(world: RomanianWorld) -> None:
    """New containers start; the shop is polled as always."""
    world.new_container()
    world.clock.advance(200)
    world.poll()
    world.settle()


def the_only_order(world: RomanianWorld, number: str, context: str) -> Order:
    """The order's copy, with its documents; there is nothing else of it in the back office."""
    copies = world.office.orders_by_reference(number)
    receipts = [each for each in world.office.receipts if each.reference == number]
    assert (len(copies), len(receipts)) == (1, 1), f"{context}: {len(copies)} orders, {len(receipts)} receipts"
    return copies[0]


def check(world: RomanianWorld, order_id: int, number: str, context: str) -> None:
    copy, record = the_only_order(world, number, context), world.record(f"{order_id}/{number}")
    assert (record.state, record.follow_ups, record.lease_owner) == ("DONE", (), None), f"{context}: {record}"
    assert record.external_id == str(copy.id), context
    assert "Not in the back office" not in told(record), context
    assert copy.total == world.shop.order_totals()[number] == Decimal("138.99"), f"{context}: {copy.total}"
    assert world.shop.status_of(order_id) == ON_ITS_WAY, context


def check_account(world: RomanianWorld) -> None:
    """Each order has one client and one of each document, and its goods have left once."""
    orders = len(world.office.orders)
    documents = (len(world.office.receipts), len(world.office.proformas), len(world.office.contacts))
    assert documents == (orders, orders, orders)
    assert world.office.stock(MUG).available == AT_FIRST - 2 * orders == world.shop.sold_as(MUG).stock


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_kill_at_any_outside_call_leaves_one_order_one_receipt_and_a_truthful_ledger(
    world: RomanianWorld, when: str
) -> None:
    deaths: list[str] = []
    for at in range(MOST_CALLS):
        world.new_container(Calls(at=at, when=when))
        order = world.shop.place_order(an_order(FIRST_NUMBER + at))
        death = killed(world)
        recover(world)
        check(world, order.id, order.number, f"{when} call {at} ({death})")
        if not death:
            break
        deaths.append(death)
        world.clock.advance(APART.total_seconds())
    else:
        pytest.fail(f"more than {MOST_CALLS} outside calls: {deaths}")
    assert any("/connector/" in death for death in deaths), deaths
    check_account(world)


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_second_death_while_the_order_is_confirmed_changes_nothing(world: RomanianWorld, when: str) -> None:
    order = world.shop.place_order(an_order(FIRST_NUMBER))
    world.new_container(Calls(on=CREATION, when="after"))
    assert CREATION in killed(world)
    world.new_container(Calls(on=CONFIRMATION, when=when))
    assert CONFIRMATION in killed_later(world)
    recover(world)
    check(world, order.id, order.number, f"{when} the confirmation")
    check_account(world)


def cancelled_after(world: RomanianWorld, *faults: str) -> LedgerRecord:
    """What became of an order that was cancelled in the shop after its creation went wrong in these ways."""
    order = world.shop.place_order(an_order(FIRST_NUMBER))
    world.poll()
    for fault in faults:
        world.office.faults.plan(fault, "POST connector/{id}/order/{id}")
        world.work()
        world.clock.advance(200)
    world.shop.set_status(order.id, CANCELLED)
    world.poll()
    world.settle()
    return world.record(f"{order.id}/{order.number}")


@pytest.mark.parametrize("faults", [("lost_answer",), ("lost_answer", "throttled")])
def test_an_order_that_is_cancelled_while_it_is_in_doubt_waits_for_a_person(
    world: RomanianWorld, faults: tuple[str, ...]
) -> None:
    record = cancelled_after(world, *faults)
    assert (record.state, record.reason and record.reason.code) == ("UNKNOWN", "in_doubt")
    assert len(world.office.orders) == 1


def test_a_message_of_before_does_not_bring_a_cancelled_order_back(world: RomanianWorld) -> None:
    record = cancelled_after(world, "throttled")
    assert (record.state, record.reason and record.reason.code) == ("SKIPPED", "cancelled")
    assert world.office.orders == []
