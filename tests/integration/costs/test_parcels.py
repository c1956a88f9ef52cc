"""What an order costs of AWS and of both platforms, counted exactly: a test fails when one of the figures rises.

Warm containers, limits that are not reached, forty orders in a page; the poll's own calls are in the figures.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest

from benchmarks.units import Meter
from tests.integration.stage import SANNE, NewWorld, an_order, imported, unannounced
from tests.integration.world import World

ORDERS = 40


@dataclass(frozen=True)
class Cost:
    """Of one order, on average."""

    aws: float
    written: float
    office: float


@pytest.fixture
def world(new_world: NewWorld) -> World:
    """Two orders went before: limits, products and the buyer are known."""
    world = new_world(limits=True, write_back={})
    for _ in range(2):
        world.place(an_order())
        world.settle()
    world.poll()
    world.settle()
    return world


def cost(world: World, orders: int, act: Callable[[], None]) -> Cost:
    meter, before = Meter(world.container.store), world.office.calls.total
    world.calls.names.clear()
    act()
    world.settle()
    aws = [name for name in world.calls.names if " " not in name]
    taken = meter.taken()
    return Cost(len(aws) / orders, taken["written"] / orders, (world.office.calls.total - before) / orders)


def place(world: World) -> None:
    world.place(an_order())


def test_an_order_by_poll(world: World) -> None:
    placed = [unannounced(world, an_order()) for _ in range(ORDERS)]
    found = cost(world, ORDERS, world.poll)
    assert (found.aws, found.written, found.office) == (1.65, 2.25, 2)
    for order in placed:
        imported(world, order)


def test_an_order_by_webhook(world: World) -> None:
    found = cost(world, 1, lambda: place(world))
    assert (found.aws, found.written, found.office) == (8, 4, 2)


def test_an_order_of_a_new_buyer(world: World) -> None:
    buyers = [replace(SANNE, email=f"sanne{number}@buyers.example") for number in range(ORDERS)]
    for buyer in buyers:
        unannounced(world, an_order(buyer=buyer))
    found = cost(world, ORDERS, world.poll)
    assert (found.aws, found.written, found.office) == (5.1, 5.4, 3.1)
