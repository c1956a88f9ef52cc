"""The ways an order takes, and what each costs: calls, units, CPU by part."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from benchmarks.orders.aws_server import aws_server
from benchmarks.orders.bridge import BridgeUnderTest, bridge
from benchmarks.orders.charges import INDEX, READ, WRITE
from benchmarks.orders.clock import SharedClock
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
    """A bridge between two platforms."""

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


def costs(pair: str, paths: Mapping[str, int]) -> dict[str, PathCost]:
    """Send so many orders along each of these paths of a new stack; what each cost."""
    with stage(pair) as made:
        made.along("poll", WARM)
        return {path: made.along(path, orders) for path, orders in paths.items()}


@contextmanager
def stage(pair: str) -> Iterator[Stage]:
    """A new stack, with a connection of an empty shop."""
    clock, intake = SharedClock(), Intake()
    with (
        aws_server(clock) as aws,
        platforms(pair, clock) as sides,
        Loopback(intake) as front,
        bridge(aws, sides, front.url) as made,
    ):
        intake.invoke = made.run
        sides.install(front.url, made.connect())
        yield Stage(made, sides, intake)
