"""The ways an order takes, and what each costs: calls, units, CPU by part."""

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass

from benchmarks.orders.aws_server import aws_server
from benchmarks.orders.bridge import BridgeUnderTest, bridge
from benchmarks.orders.charges import INDEX, READ, WRITE
from benchmarks.orders.clock import SharedClock
from benchmarks.orders.floor import floor
from benchmarks.orders.intake import Intake
from benchmarks.orders.meter import Spent
from benchmarks.orders.platforms import Platforms, platforms
from sandbox.platforms.kit import Loopback

WARM = 20
"""Orders that go before: containers are warm, products and buyers known, and what an order needs of the limits."""
KINDS = (WRITE, INDEX, READ)


@dataclass(frozen=True)
class PathCost:
    """What one path came to.

    Attributes:
        orders: How many went along it; 0 where nothing was to be found.
        shop, office: Calls of the platforms, of all orders together.
    """

    spent: Spent
    orders: int
    shop: int
    office: int

    def per_order(self) -> dict[str, float]:
        """Counts of one order, or of the one poll that found none."""
        each = self.orders or 1
        counts = {
            "aws": self.spent.calls.total(),
            **{kind: self.spent.units[kind] for kind in KINDS},
            "shop": self.shop,
            "office": self.office,
        }
        return {name: round(count / each, 2) for name, count in counts.items()}


@dataclass(frozen=True)
class Stage:
    """A bridge between two platforms, warm."""

    bridge: BridgeUnderTest
    sides: Platforms
    intake: Intake

    def along(self, path: str, orders: int) -> PathCost:
        """Send so many orders along a path. Raises RuntimeError unless each is in the back office."""
        before, booked = self.sides.calls(), self.sides.booked()
        spent = PATHS[path](self, orders)
        shop, office = (now - then for now, then in zip(self.sides.calls(), before, strict=True))
        count = 0 if path == "idle_poll" else orders
        if self.sides.booked() - booked != count:
            raise RuntimeError(f"{path}: of {count} orders {self.sides.booked() - booked} are in the back office")
        return PathCost(spent, count, shop, office)


def _poll(stage: Stage, orders: int) -> Spent:
    stage.sides.place(orders)
    return stage.bridge.poll()


def _new_buyer(stage: Stage, orders: int) -> Spent:
    stage.sides.place(orders, strangers=True)
    return stage.bridge.poll()


def _idle_poll(stage: Stage, _: int) -> Spent:
    return stage.bridge.poll()


def _webhook(stage: Stage, orders: int) -> Spent:
    stage.intake.waiting.clear()
    stage.sides.place(orders, announced=True)
    return stage.bridge.take_calls(stage.intake.waiting)


PATHS: Mapping[str, Callable[[Stage, int], Spent]] = {
    "poll": _poll,
    "webhook": _webhook,
    "new_buyer": _new_buyer,
    "idle_poll": _idle_poll,
}
WALKED: Mapping[str, tuple[str, ...]] = {
    "shopware-salespos": tuple(PATHS),
    "gomag-cloudsales": ("poll", "new_buyer", "idle_poll"),
}
"""Pairs that are measured, and the paths that they have: Gomag cannot call us."""


def costs(pair: str, paths: Mapping[str, int], prefix: str = "") -> tuple[dict[str, PathCost], float]:
    """Send orders along these paths of a new stack; what each cost, and what the floor takes of CPU an order.

    Args:
        paths: How many orders go along each.
        prefix: Of the documents that the floor makes; empty for no floor, which is then 0.
    """
    with ExitStack() as opened:
        clock = SharedClock()
        aws, sides = opened.enter_context(aws_server(clock)), opened.enter_context(platforms(pair, clock))
        intake = Intake()
        front = opened.enter_context(Loopback(intake))
        made = opened.enter_context(bridge(aws, sides, front.url))
        intake.invoke = made.run
        sides.install(front.url, made.connect())
        stage = Stage(made, sides, intake)
        stage.along("poll", WARM)
        found = {path: stage.along(path, orders) for path, orders in paths.items()}
        return found, floor(pair, sides, prefix) if prefix else 0.0
