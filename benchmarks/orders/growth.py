"""What an order costs where there are many already; likewise a tick of many connections, and a poll of a long day."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from benchmarks.orders.dollars import assumed
from benchmarks.orders.meter import PARTS
from benchmarks.orders.paths import WARM, Stage, stage
from benchmarks.orders.rounds import take_turns, warm_stage
from benchmarks.orders.work import counted_work

PAIR, LONG_DAY = "shopware-salespos", "gomag-cloudsales"
SEND, AT_ONCE = "SendMessageBatch", 10
"""Of a tick's calls those that run at the same time, and how many of them (``store/messages/sending.py``)."""
LANES = (5, 10)
OVERLAPPING = 5
"""Polls after which each sees the orders of as many before it again, as it reads the last twenty minutes."""


@dataclass(frozen=True)
class Grown:
    """An order at a connection that has so many.

    Attributes:
        cpu: All of it, as a multiple of the floor; it scatters with what else the machine does.
        counts: Of one order, as in ``PathCost.per_order``.
        calls: Of functions, for one order.
        peak: The most bytes that a poll and its imports held at once.
    """

    cpu: float
    counts: Mapping[str, float]
    calls: float
    peak: int


@dataclass(frozen=True)
class Tick:
    """A tick of both schedules with so many connections, all of them due.

    Attributes:
        calls: Of AWS, by operation.
        cpu: Seconds.
    """

    polls: int
    calls: Counter[str]
    cpu: float

    @property
    def seconds(self) -> float:
        """How long it takes in Lambda, by the assumptions of the price file: only sends run side by side."""
        sends = self.calls[SEND]
        waits = self.calls.total() - sends + sends / AT_ONCE
        return waits * assumed("aws_call_seconds") + self.cpu / assumed("dispatch_share")


def grow(sizes: Sequence[int], rounds: int, orders: int) -> Mapping[int, Grown]:
    """Measure at each size; what is beyond the first orders are copies in the tables."""
    with warm_stage(PAIR) as made:
        return dict(_sizes(made, sizes, rounds, orders))


def _sizes(made: Stage, sizes: Sequence[int], rounds: int, orders: int) -> Iterator[tuple[int, Grown]]:
    for _ in range(OVERLAPPING):
        made.along("poll", orders)
    there = made.sides.booked()
    for size in sizes:
        made.bridge.aws.fill("orders", max(0, size - there))
        there = max(size, there)
        taken = take_turns(PAIR, made, rounds, orders, f"G{size}-")
        with counted_work() as work:
            counts = made.along("poll", orders).per_order()
        yield size, Grown(taken.ratio(*PARTS), counts, work.calls / orders, work.peak)


def tick(sizes: Sequence[int]) -> Mapping[int, Tick]:
    """Dispatch so many connections."""
    with stage(PAIR) as made:
        return dict(_ticks(made, sizes))


def _ticks(made: Stage, sizes: Sequence[int]) -> Iterator[tuple[int, Tick]]:
    there = 1
    for size in sizes:
        made.bridge.aws.fill("connections", size - there)
        there = size
        taken = [made.bridge.tick(lane) for lane in LANES]
        yield (
            size,
            Tick(
                sum(polls for _, polls in taken),
                sum((spent.calls for spent, _ in taken), Counter()),
                sum(spent.total for spent, _ in taken),
            ),
        )


def long_day(orders: int) -> Mapping[str, float]:
    """An idle poll of a shop that shows a day's orders every time."""
    with stage(LONG_DAY) as made:
        made.along("poll", WARM)
        made.sides.place(orders)
        while made.bridge.poll(imports=False).calls["SendMessageBatch"]:
            pass  # what waits longer than a message can is left to the next tick
        made.bridge.poll(imports=False)
        return made.along("idle_poll", 1).per_order()
