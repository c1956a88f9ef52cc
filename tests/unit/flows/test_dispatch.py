"""What a tick of the schedule asks for, and that a queue that is down keeps nobody else waiting."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest

from shopbridge.errors import RetryLater
from shopbridge.flows.bridge import Bridge
from shopbridge.flows.schedule import Dispatched, dispatch
from shopbridge.model.base import ConnectionId
from shopbridge.ports import Scheduled

MIDNIGHT = datetime(2026, 1, 31, tzinfo=UTC)
SHOP = ConnectionId("my-shop")


@dataclass
class Queue:
    """Counts what it is asked for; ``down`` refuses requests of these kinds."""

    down: frozenset[str] = frozenset()
    asked: list[str] = field(default_factory=list)

    def send(self, requests: Sequence[Any]) -> None:
        kinds = [getattr(request, "job", "poll") for request in requests]
        if self.down & set(kinds):
            raise RetryLater("The queue takes nothing", after=5)
        self.asked += kinds


def bridge(queue: Queue, scheduled: Sequence[Scheduled], now: datetime) -> Bridge:
    connections = SimpleNamespace(scheduled=lambda _lane: scheduled)
    return cast("Bridge", SimpleNamespace(connections=connections, polls=queue, work=queue, clock=lambda: now))


def day_of(*scheduled: Scheduled, every: int) -> Counter[str]:
    """Everything that the ticks of one day ask for."""
    queue = Queue()
    for minute in range(0, 1440, every):
        dispatch(bridge(queue, scheduled, MIDNIGHT + timedelta(minutes=minute)), every)
    return Counter(queue.asked)


@pytest.mark.parametrize(
    ("every", "wanted", "asked"),
    [
        (5, Scheduled(SHOP, 5, 15, 20), {"poll": 288, "stock": 95, "stock_comparison": 1, "products": 72}),
        (10, Scheduled(SHOP, 60, 10, 1440), {"poll": 24, "stock": 143, "stock_comparison": 1, "products": 1}),
        (10, Scheduled(SHOP, 10, 1440, None), {"poll": 144, "stock_comparison": 1}),
        (5, Scheduled(SHOP, 15, None, 30), {"poll": 96, "products": 48}),
        (10, Scheduled(SHOP, 30), {"poll": 48}),
    ],
)
def test_in_a_day_each_flow_goes_by_its_own_interval_and_stock_is_compared_once(
    every: int, wanted: Scheduled, asked: dict[str, int]
) -> None:
    assert day_of(wanted, every=every) == asked


def test_an_interval_that_does_not_divide_the_day_brings_one_comparison_all_the_same() -> None:
    assert day_of(Scheduled(SHOP, 60, 25), every=5)["stock_comparison"] == 1


def test_comparisons_of_many_connections_are_spread_over_the_day() -> None:
    many = [Scheduled(ConnectionId(f"shop-{number}"), 60, 10) for number in range(200)]
    ticks = []
    for minute in range(0, 1440, 10):
        queue = Queue()
        dispatch(bridge(queue, many, MIDNIGHT + timedelta(minutes=minute)), 10)
        ticks.append(queue.asked.count("stock_comparison"))
    assert sum(ticks) == len(many)
    assert max(ticks) < 10


def test_a_tick_answers_how_many_it_asked_for() -> None:
    always = [Scheduled(SHOP, 5, 5, 5), Scheduled(ConnectionId("other"), 5)]
    assert dispatch(bridge(Queue(), always, MIDNIGHT), 5) == Dispatched(polls=2, stock=1, products=1)


@pytest.mark.parametrize("down", ["poll", "stock", "products"])
def test_a_queue_that_is_down_keeps_no_other_from_its_requests_and_the_tick_fails(down: str) -> None:
    queue = Queue(frozenset({down}))
    with pytest.raises(RetryLater):
        dispatch(bridge(queue, [Scheduled(SHOP, 5, 5, 5)], MIDNIGHT), 5)
    assert queue.asked == [kind for kind in ("poll", "stock", "products") if kind != down]
