"""Cartum to RO App: the bridge is killed before and after every outside call of a poll with one new order.

A work order is made empty, filled line by line and then moved, a call each, and RO App has no key that would make a
second creation harmless: so a death may leave an order in halves, which the next try has to find and to finish.
"""

from contextlib import suppress
from datetime import timedelta

import pytest

from sandbox.platforms.cartum import Order
from shopbridge.model.base import ConnectionId
from shopbridge.store.environment import Environment
from tests.integration.conftest import ManualClock
from tests.integration.stage import store_connection
from tests.integration.world import Calls, Killed, every_other
from tests.integration.worlds.roapp import OFFICE, SHOP, RoAppWorld

MOST_CALLS = 200
"""More outside calls than a poll needs; a run that is not killed any more ends the matrix."""
APART = timedelta(days=3)
"""Between two orders: longer than anything is kept, so that each of them goes the same way, call by call."""
CREATION = f"{OFFICE} POST /v2/orders"
SEARCH, CONTACT = f"{OFFICE} GET /v2/contacts/people", f"{OFFICE} POST /v2/contacts/people"
WRITE_BACK = f"{SHOP} POST /api/orders/update/"


@pytest.fixture
def world(environment: Environment, connection_id: ConnectionId) -> RoAppWorld:
    made = RoAppWorld(environment, ManualClock(), connection_id, seconds=1)
    store_connection(made, made.secrets()["shop"])
    return made


def work_off(world: RoAppWorld) -> None:
    """Poll, and import what it finds."""
    world.poll()
    while world.work():
        world.clock.advance(1)


def killed(world: RoAppWorld) -> str:
    """At which call the process ended; empty when it lived."""
    try:
        work_off(world)
    except Killed as death:
        return str(death)
    return ""


def recover(world: RoAppWorld) -> None:
    """New containers start; the shop is polled as always."""
    world.new_container()
    world.clock.advance(200)
    world.poll()
    world.settle()


def check(world: RoAppWorld, order: Order, context: str) -> None:
    """The order is there once and whole, and the shop was told."""
    copy = world.check(order, context)
    assert (copy.status, world.shop.order(order.id).status) == (51, 2), context


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_kill_at_any_outside_call_leaves_one_work_order_with_each_line_once_to_the_cent(
    world: RoAppWorld, when: str
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
    assert {CREATION, WRITE_BACK} <= {*made}
    assert sum("/items" in call for call in made) >= len(order.lines), made


@pytest.mark.parametrize("on", [CREATION, f"{CREATION}/", SEARCH, CONTACT, WRITE_BACK])
@pytest.mark.parametrize("when", ["before", "after"])
def test_two_deaths_at_the_same_call_double_nothing(world: RoAppWorld, on: str, when: str) -> None:
    order = world.place()
    for _ in range(2):
        world.new_container(Calls(on=on, when=when))
        world.poll()
        with suppress(Killed):  # a minute between two tries: a dead worker's place is kept for some
            world.settle()
    recover(world)
    check(world, order, f"{when} {on}, twice")


def test_a_message_that_comes_twice_makes_one_work_order(world: RoAppWorld) -> None:
    order = world.place()
    world.poll()
    while world.work(twice=True):
        world.clock.advance(1)
    check(world, order, "twice")
