"""What polls of a shop cost that shows a day's orders every time: DynamoDB's write units, by the store's own calls.

With ``ORDERS=5000`` in the environment, and ``-s``, it does the same in full and tells the figures.
"""

import os
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from math import ceil

import pytest

from benchmarks.units import Meter
from sandbox.platforms.cartum import Line, OrderSpec
from shopbridge.connectors.kit.turns import piece_of
from shopbridge.flows.orders import poll
from shopbridge.model.base import ConnectionId
from shopbridge.model.handed_over import ENTRY
from shopbridge.model.messages import AnyOrderMessage, OrderFound, OrderParcel
from shopbridge.model.order import Order
from shopbridge.store.environment import Environment
from shopbridge.store.limits.limiter import SharedLimiter
from tests.integration.conftest import ManualClock
from tests.integration.stage import store_connection
from tests.integration.world import AnyWorld
from tests.integration.worlds.roapp import MUG, RoAppWorld
from tests.integration.worlds.romanian import CANCELLED, RomanianWorld, an_order

ORDERS = int(os.environ.get("ORDERS", "300"))
PAGE = 100
TICK = timedelta(minutes=5)
IDLE = 3
"""Write units of a poll that finds nothing new: the cursor, when it was done, and the shop's limit for all pages."""
TURN = 1
"""Write units for the place in line that the orders of a page are given."""
BESIDE = 200
"""Bytes of a record of the log beside its digests."""


@dataclass
class Taken:
    """The queue to the import, which keeps what is handed over."""

    orders: list[Order] = field(default_factory=list)

    def send(self, messages: Sequence[AnyOrderMessage]) -> None:
        """Take them all."""
        whole = (each for each in messages if isinstance(each, OrderFound | OrderParcel))
        self.orders += [order for message in whole for order in message.orders]


@dataclass
class Polled:
    """A shop with many orders of a day, and a meter."""

    world: AnyWorld
    queue: Taken
    meter: Meter

    def poll(self) -> tuple[int, Counter[str]]:
        """Five minutes later: orders handed over, and units."""
        self.world.clock.advance(TICK.total_seconds())
        before = len(self.queue.orders)
        self.meter.taken()
        self.world.poll()
        while self.world.work():
            pass
        return len(self.queue.orders) - before, self.meter.taken()


@pytest.fixture(scope="module")
def first(environment: Environment) -> tuple[Polled, int, Counter[str]]:
    world = RomanianWorld(environment, ManualClock(), ConnectionId("units"))
    store_connection(world, world.secrets()["shop"])
    for number in range(ORDERS):
        world.shop.place_order(an_order(10_000 + number))
    polled = metered(world)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(SharedLimiter, "take", lambda *_: None)  # nobody knows yet how long the list is
        taken = polled.poll()
    return polled, *taken


def metered(world: AnyWorld) -> Polled:
    """A world whose orders stay in the queue."""
    queue = Taken()
    vars(world.container)["bridge"] = replace(world.container.bridge, orders=queue)
    return Polled(world, queue, Meter(world.container.store))


def tell(what: str, orders: int, units: Counter[str]) -> None:
    sys.stdout.write(f"\n{ORDERS} orders, {what}: {orders} handed over, {dict(units)}\n")


def test_the_first_poll_hands_everything_over_and_writes_twenty_bytes_for_each(
    first: tuple[Polled, int, Counter[str]],
) -> None:
    _, orders, units = first
    tell("first", orders, units)
    assert orders == ORDERS
    pages = ceil(ORDERS / PAGE)
    assert units["written"] <= pages * (ceil((PAGE * ENTRY + BESIDE) / 1024) + TURN) + IDLE


def test_a_poll_that_finds_nothing_new_hands_nothing_over_and_writes_three_units_at_most(
    first: tuple[Polled, int, Counter[str]],
) -> None:
    polled, *_ = first
    polled.poll()
    for _ in range(3):
        orders, units = polled.poll()
        tell("idle", orders, units)
        assert (orders, units["written"] <= IDLE) == (0, True), units


def test_a_poll_writes_in_proportion_to_what_changed(first: tuple[Polled, int, Counter[str]]) -> None:
    polled, *_ = first
    polled.poll()
    assert isinstance(polled.world, RomanianWorld)
    shop = polled.world.shop
    changed = [order.id for order in shop.orders][:: ORDERS // 10]
    for order in changed:
        shop.set_status(order, CANCELLED)
    orders, units = polled.poll()
    tell(f"{len(changed)} changed", orders, units)
    assert {order.id.partition("/")[0] for order in polled.queue.orders[-orders:]} == set(map(str, changed))
    assert orders == len(changed)
    assert units["written"] <= 2 * len(changed) + IDLE
    assert polled.poll()[0] == 0


def test_a_slice_that_ends_early_writes_no_more_than_its_place(
    first: tuple[Polled, int, Counter[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    polled, *_ = first
    polled.poll()
    monkeypatch.setattr(poll, "SLICE_ENDS_WITH", 1_000.0)
    orders, units = polled.poll()
    assert orders == 0
    assert units["written"] <= 2 * ceil(ORDERS / PAGE) + IDLE


def test_on_the_day_after_the_orders_are_gone_from_the_window_and_a_poll_still_writes_as_little(
    first: tuple[Polled, int, Counter[str]],
) -> None:
    polled, *_ = first
    polled.world.clock.advance(timedelta(days=3).total_seconds())
    polled.poll()
    orders, units = polled.poll()
    assert (orders, units["written"] <= IDLE) == (0, True), units


def test_an_older_order_of_a_shop_that_is_read_in_turns_is_handed_over_once(
    environment: Environment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(SharedLimiter, "take", lambda *_: None)
    world = RoAppWorld(environment, ManualClock(), ConnectionId("turns"))
    store_connection(world, world.secrets()["shop"])
    placed = world.clock() - timedelta(days=30)
    world.place(OrderSpec((Line(MUG),), placed_at=placed))
    polled = metered(world)
    assert polled.poll()[0] == 1
    world.clock.advance(timedelta(days=3).total_seconds())
    polled.poll()  # from here on polls ask for three days later
    while not has_its_turn(placed, world.clock() + TICK):
        world.clock.advance(TICK.total_seconds())
    assert polled.poll()[0] == 0


def has_its_turn(placed: datetime, at: datetime) -> bool:
    """Whether a poll at that moment reads an order of then."""
    start, end = piece_of(at)
    return start <= placed < end
