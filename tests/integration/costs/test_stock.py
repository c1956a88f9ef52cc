"""The measure of ``make bench-stock`` in small: every call and every unit that a sweep costs."""

from collections.abc import Iterator
from contextlib import contextmanager

from benchmarks.catalogues import Shelves
from benchmarks.runs import STOCK, Bench, ByHost, Cost, settings_of
from sandbox.quick.cloud import cloud

SKUS = 1000
"""In pages of 250, of which the last record is the next one's first, and batches of 500."""


@contextmanager
def connected(sides: Shelves) -> Iterator[Bench]:
    with cloud() as environment:
        settings = settings_of("https://pos.example", "https://shop.example")
        yield Bench(environment, sides, {**settings, **STOCK}, transport=ByHost(sides))


def told(cost: Cost) -> dict[str, int]:
    needed = {name: cost.calls[name] for name in ("pages", "orders", "target", "writes")}
    return {**needed, "read": cost.dynamodb["read"]}


def test_a_sweep_makes_no_call_and_reads_nothing_that_is_not_needed() -> None:
    sides = Shelves(SKUS)
    with connected(sides) as bench:
        first = bench.run("stock")
        assert (first.counts["updated"], sides.wrong(), first.slices) == (SKUS, 0, 1)
        assert told(first) == {"pages": 10, "orders": 2, "target": 2, "writes": 2, "read": 13}
        assert sides.change(100) == 10
        few = bench.run("stock")
        assert (few.counts["updated"], few.counts["unchanged"], sides.wrong()) == (10, SKUS - 10, 0)
        assert told(few) == {"pages": 5, "orders": 1, "target": 1, "writes": 1, "read": 15}
        idle = bench.run("stock")
        assert idle.counts["unchanged"] == SKUS
        assert told(idle) == {"pages": 5, "orders": 0, "target": 0, "writes": 0, "read": 6}
        assert idle.dynamodb["written"] <= 8
        comparison = bench.run("stock_comparison")
        assert told(comparison) == {"pages": 5, "orders": 2, "target": 2, "writes": 0, "read": 11}
