"""Cartum to RO App by its limit of three calls a second: an import of open orders, and what a quiet cycle costs.

With ``ORDERS=5000`` in the environment, and ``-s``, it does the same in full and tells the figures.
"""

import os
import sys
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

import pytest

from sandbox.platforms.cartum import Line, OrderSpec
from sandbox.platforms.cartum.orders.totals import to_pay
from sandbox.platforms.roapp.inferred import PER_SECOND
from shopbridge.model.base import ConnectionId
from shopbridge.store.environment import Environment
from tests.integration.conftest import ManualClock
from tests.integration.stage import store_connection
from tests.integration.worlds.roapp import DELIVERY, MUG, SOAP, RoAppWorld

ORDERS = int(os.environ.get("ORDERS", "30"))
ITEMS = 3
"""Lines of a work order: two goods and delivery."""
PER_ORDER = 1 + 1 + 1 + ITEMS + 1
"""Look for the contact, make it, make the order, add its lines, read its total; it begins in the status that it has."""
LISTS = Decimal("1.05")
"""Beside these it is read what contacts changed, every half a minute, and at each tick what became of the orders."""
TICK = 300
"""Seconds between two polls."""
MOST = Decimal("1.10")
"""How much longer than the limit demands it may take."""
QUIET_CALLS = 3
CYCLES = 12
SPREAD = timedelta(days=58)
"""Over how long the orders lie back."""


@dataclass
class Measured:
    """An import."""

    world: RoAppWorld
    seconds: Decimal
    calls: Counter[str]

    @property
    def least(self) -> Decimal:
        """What the limit demands for these calls, in seconds."""
        return Decimal(self.calls.total()) / PER_SECOND


@pytest.fixture(scope="module")
def measured(environment: Environment) -> Measured:
    world = RoAppWorld(environment, ManualClock(), ConnectionId("measured"))
    store_connection(world, world.secrets()["shop"])
    for number in range(ORDERS):
        lines = Line(MUG, quantity=2), Line(SOAP, quantity=3)
        placed = world.clock() - SPREAD + number * SPREAD / ORDERS
        world.place(OrderSpec(lines, delivery_price=DELIVERY, placed_at=placed))
    began, before = world.clock(), Counter(world.office.calls.by_route)
    import_all(world)
    seconds = Decimal(str((world.clock() - began).total_seconds()))
    done = Measured(world, seconds, Counter(world.office.calls.by_route) - before)
    sys.stdout.write(f"\n{told(done)}\n")
    return done


def import_all(world: RoAppWorld) -> None:
    """Poll at every tick until nothing waits; only waiting for the limit takes time."""
    world.poll()
    polled = world.clock()
    while True:
        before = world.clock()
        busy = world.work()
        if not busy:
            return
        if world.clock() - polled >= timedelta(seconds=TICK):
            world.poll()
            polled = world.clock()
        elif world.clock() == before:
            world.clock.advance(0.01)  # a message that nobody could take yet


def told(done: Measured) -> str:
    """The figures for people."""
    calls, hours = done.calls.total(), done.seconds / 3600
    return (
        f"{ORDERS} orders: {calls} calls to RO App ({calls / ORDERS:.2f} an order) take {done.seconds:.0f} s "
        f"({hours:.2f} h), and the limit demands {done.least:.0f} s ({done.seconds / done.least - 1:.1%} more)."
    )


def test_every_open_order_is_there_once_to_the_cent(measured: Measured) -> None:
    world = measured.world
    wanted = {str(order.id): to_pay(order) for order in world.shop.orders}
    assert len(world.office.orders) == len(wanted) == ORDERS
    assert world.office.order_totals() == wanted


def test_an_import_takes_no_longer_than_the_limit_makes_it(measured: Measured) -> None:
    assert measured.seconds <= MOST * measured.least, told(measured)


def test_an_order_costs_the_calls_that_it_needs(measured: Measured) -> None:
    of_orders = sum(count for route, count in measured.calls.items() if route.startswith(("POST ", "PATCH ")))
    assert of_orders == ORDERS * (PER_ORDER - 2), measured.calls
    assert measured.calls.total() <= ORDERS * PER_ORDER * LISTS + 20, measured.calls


def test_a_quiet_cycle_costs_three_calls_a_side_at_most(measured: Measured) -> None:
    world = measured.world
    for _ in range(CYCLES):  # what was just written is read once more, and the shop's older orders in their turns
        cycle(world)
    costs = [cycle(world) for _ in range(CYCLES)]
    sys.stdout.write(f"\nA quiet cycle costs {sorted(set(costs))} calls (shop, office).\n")
    assert all(shop <= QUIET_CALLS and office <= QUIET_CALLS for shop, office in costs), costs


def cycle(world: RoAppWorld) -> tuple[int, int]:
    """Five minutes pass and the schedule polls; the calls to shop and office."""
    before = world.shop.calls.total, world.office.calls.total
    world.clock.advance(TICK)
    world.poll()
    while world.work():
        pass
    return world.shop.calls.total - before[0], world.office.calls.total - before[1]
