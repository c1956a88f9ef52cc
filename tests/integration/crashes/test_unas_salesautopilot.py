"""UNAS to SalesAutopilot: the bridge is killed before and after every outside call of a poll with one new order.

SalesAutopilot is one that makes a second record of an order that comes twice, so only the look before keeps it from
that. Its forms write to the buyer and invoice, so each of them may run once.
"""

from datetime import timedelta

import pytest

from sandbox.platforms.unas import Order
from shopbridge.model.base import ConnectionId
from shopbridge.store.environment import Environment
from tests.integration.conftest import ManualClock
from tests.integration.stage import store_connection
from tests.integration.world import Calls, Killed, every_other
from tests.integration.worlds.unas import OFFICE, ON_ITS_WAY, SENT, UnasWorld, record_of

MOST_CALLS = 150
"""More outside calls than a poll needs; a run that is not killed any more ends the matrix."""
CREATION = f"{OFFICE} POST /processWebshopOrder"
PAYMENT = f"{OFFICE} POST /update"
APART = timedelta(days=3)
"""Between two orders: a poll reads whole days again, and should find one order only."""


@pytest.fixture
def world(environment: Environment, connection_id: ConnectionId) -> UnasWorld:
    made = UnasWorld(environment, ManualClock(), connection_id)
    store_connection(made, made.secrets()["shop"])
    return made


def work_off(world: UnasWorld) -> None:
    """Poll, and import what it finds."""
    world.poll()
    while world.work():
        world.clock.advance(1)


def killed(world: UnasWorld) -> str:
    """At which call the process ended; empty when it lived."""
    try:
        work_off(world)
    except Killed as death:
        return str(death)
    return ""


def recover(world: UnasWorld) -> None:
    """New containers start; the shop is polled as always."""
    world.new_container()
    world.clock.advance(200)
    world.poll()
    world.settle()


def check(world: UnasWorld, order: Order, context: str) -> None:
    """The order is there once, with one letter and one invoice, and the ledger knows it."""
    copies, record = world.copies(order), world.record(record_of(order))
    assert len(copies) == 1, f"{context}: {len(copies)} orders"
    assert (record.state, record.follow_ups, record.lease_owner) == ("DONE", (), None), f"{context}: {record}"
    assert record.external_id == order.key, context
    assert copies[0].total == world.shop.order_totals()[order.key], context
    assert copies[0].values["mssys_order_status"] == "2", context
    runs = [event.kind for event in world.office.events if event.record_id == copies[0].id]
    assert (runs.count("email_sent"), runs.count("invoice")) == (1, 1), f"{context}: {runs}"
    assert str(world.shop.order(order.key).status) == ON_ITS_WAY, context


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_kill_at_any_outside_call_leaves_one_order_one_letter_one_invoice_and_a_truthful_ledger(
    world: UnasWorld, when: str
) -> None:
    deaths: list[str] = []
    for at in every_other(MOST_CALLS):
        world.new_container(Calls(at=at, when=when))
        order = world.place()
        death, made = killed(world), world.calls.names
        recover(world)
        check(world, order, f"{when} call {at} ({death})")
        if not death:
            break
        deaths.append(death)
        world.clock.advance(APART.total_seconds())
    else:
        pytest.fail(f"more than {MOST_CALLS} outside calls: {deaths}")
    assert any(CREATION in call for call in made), made
    assert any(PAYMENT in call for call in made), made


@pytest.mark.parametrize("on", [CREATION, PAYMENT])
@pytest.mark.parametrize("when", ["before", "after"])
def test_two_deaths_at_the_same_call_double_nothing(world: UnasWorld, on: str, when: str) -> None:
    order = world.place()
    for _ in range(2):
        world.new_container(Calls(on=on, when=when))
        killed(world)
        world.clock.advance(200)
    recover(world)
    check(world, order, f"{when} {on}, twice")


def test_a_status_that_flips_five_times_in_a_minute_is_told_as_it_stands(world: UnasWorld) -> None:
    order = world.place()
    work_off(world)
    told = world.office.calls.total
    for status in (SENT, ON_ITS_WAY, SENT, ON_ITS_WAY, SENT):
        world.shop.set_status(order.key, status)
        world.clock.advance(10)
    world.poll()
    world.settle()
    (copy,) = world.copies(order)
    assert copy.values["mssys_webshop_status"] == SENT
    assert world.office.calls.total == told + 1
    assert world.record(record_of(order)).state == "DONE"
