"""Gomag to CloudSales: the bridge is killed before and after every outside call of a poll with one new order."""

from datetime import timedelta
from decimal import Decimal

import pytest

from sandbox.platforms.cloudsales import Order
from sandbox.platforms.gomag.emulator import PAID
from shopbridge.flows.orders.references import TAKEN
from shopbridge.model.base import ConnectionId
from shopbridge.model.ledger import LedgerRecord
from shopbridge.store.environment import Environment
from tests.integration.conftest import ManualClock
from tests.integration.stage import events, store_connection, told
from tests.integration.world import Calls, Killed, every_other
from tests.integration.worlds.romanian import AT_FIRST, CANCELLED, MUG, ON_ITS_WAY, RomanianWorld, an_order

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
    for at in every_other(MOST_CALLS):
        world.new_container(Calls(at=at, when=when))
        order = world.shop.place_order(an_order(FIRST_NUMBER + at))
        death, made = killed(world), world.calls.names
        recover(world)
        check(world, order.id, order.number, f"{when} call {at} ({death})")
        if not death:
            break
        deaths.append(death)
        world.clock.advance(APART.total_seconds())
    else:
        pytest.fail(f"more than {MOST_CALLS} outside calls: {deaths}")
    assert any("/connector/" in call for call in made), made
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


# --- skipped while it was in doubt, and sent again after all -----------------------------------------------------


def placed_and_lost(world: RomanianWorld, fault: str = "lost_answer") -> str:
    """An order whose creation had no answer, and which was skipped then."""
    order = world.shop.place_order(an_order(FIRST_NUMBER))
    order_id = f"{order.id}/{order.number}"
    world.office.faults.plan(fault, "POST connector/{id}/order/{id}")
    world.poll()
    world.work()
    world.ask("skip", connection=world.connection, order=order_id, remark="Not wanted.")
    world.clock.advance(3600)
    return order_id


def resend(world: RomanianWorld, order_id: str) -> LedgerRecord:
    world.ask("resend", connection=world.connection, order=order_id)
    world.settle()
    return world.record(order_id)


def call_off(world: RomanianWorld, order_id: str) -> LedgerRecord:
    world.clock.advance(60)
    world.shop.set_status(int(order_id.partition("/")[0]), CANCELLED)
    world.poll()
    world.settle()
    return world.record(order_id)


def held_as(record: LedgerRecord, code: str) -> str:
    assert record.reason is not None
    assert (record.state, record.reason.code) == ("HELD", code)
    return record.reason.text


def skipped_as(record: LedgerRecord) -> str:
    assert (record.state, record.reason is None) == ("SKIPPED", False)
    return record.reason.code if record.reason else ""


def test_an_order_that_was_skipped_in_doubt_is_said_to_be_perhaps_the_one_that_is_there(world: RomanianWorld) -> None:
    order_id = placed_and_lost(world)
    tried = world.record(order_id).sent_at
    assert tried is not None
    for _ in range(2):  # the refusal of one resend is no try of which the next one speaks
        text = held_as(resend(world, order_id), TAKEN)
        assert "no earlier try" not in text
        assert f"({order_id}) may be it: nobody knows how its try of {tried:%Y-%m-%d %H:%M} UTC ended" in text
    assert len(world.office.orders) == 1


def test_a_document_that_stands_of_a_cancelled_order_is_told_until_a_person_has_seen_to_it(
    world: RomanianWorld,
) -> None:
    order_id = placed_and_lost(world)
    resend(world, order_id)
    world.lines.clear()
    text = held_as(call_off(world, order_id), "in_doubt")
    assert text.startswith("The order may be in the back office after a broken-off try. The order is cancelled")
    assert [line["code"] for line in events(world, "order_held")] == ["in_doubt"]
    assert len(world.office.orders) == 1
    world.clock.advance(86_400)
    assert held_as(resend(world, order_id), "in_doubt") == text
    world.ask("skip", connection=world.connection, order=order_id, remark="Cancelled there by hand.")
    assert world.record(order_id).is_set_aside


def test_it_is_told_as_well_when_the_resend_already_finds_it_cancelled(world: RomanianWorld) -> None:
    order_id = placed_and_lost(world)
    call_off(world, order_id)
    assert world.record(order_id).is_set_aside
    held_as(resend(world, order_id), "in_doubt")


def test_it_is_told_as_well_when_the_order_waited_for_something_else_meanwhile(world: RomanianWorld) -> None:
    order_id = placed_and_lost(world)
    known = world.settings()
    maps = known["orders"]["maps"]
    unknown = {**known, "orders": {**known["orders"], "maps": {**maps, "payment": {"entries": {}}}}}
    world.ask("change", settings=unknown)
    held_as(resend(world, order_id), "unmapped_payment")
    held_as(call_off(world, order_id), "in_doubt")


def test_what_a_lost_ledger_may_have_made_is_told_as_well(world: RomanianWorld) -> None:
    order = world.shop.place_order(an_order(FIRST_NUMBER))
    order_id = f"{order.id}/{order.number}"
    work_off(world)
    world.shop.set_status(order.id, PAID)  # as before it was imported
    world.connection = ConnectionId(f"{world.connection}-anew")
    store_connection(world, world.secrets()["shop"])
    work_off(world)
    assert f"no earlier try of order {order.number} ({order_id}) is known" in held_as(world.record(order_id), TAKEN)
    for _ in range(2):
        text = held_as(call_off(world, order_id), "in_doubt")
        assert text.startswith(f"The back office has an order {order.number} that may be this one. ")


def test_an_order_that_surely_was_not_made_is_skipped_when_it_is_cancelled(world: RomanianWorld) -> None:
    order_id = placed_and_lost(world, "throttled")
    assert world.record(order_id).sent_at is None
    call_off(world, order_id)
    assert skipped_as(resend(world, order_id)) == "cancelled"


def test_an_order_whose_reference_another_one_owns_is_skipped_when_it_is_cancelled(world: RomanianWorld) -> None:
    world.shop.place_order(an_order(FIRST_NUMBER))
    work_off(world)
    world.clock.advance(86_400)
    twin = world.shop.place_order(an_order(FIRST_NUMBER))
    work_off(world)
    twin_id = f"{twin.id}/{twin.number}"
    assert "no earlier try" in held_as(world.record(twin_id), TAKEN)
    assert skipped_as(call_off(world, twin_id)) == "cancelled"


def test_another_order_of_the_number_is_told_of_the_one_that_was_skipped_in_doubt(world: RomanianWorld) -> None:
    first_id = placed_and_lost(world)
    world.clock.advance(86_400)
    twin = world.shop.place_order(an_order(FIRST_NUMBER))
    work_off(world)
    assert f"may belong to {FIRST_NUMBER} (id {first_id}" in held_as(world.record(f"{twin.id}/{twin.number}"), TAKEN)


def test_a_message_of_before_does_not_bring_a_cancelled_order_back(world: RomanianWorld) -> None:
    record = cancelled_after(world, "throttled")
    assert (record.state, record.reason and record.reason.code) == ("SKIPPED", "cancelled")
    assert world.office.orders == []
