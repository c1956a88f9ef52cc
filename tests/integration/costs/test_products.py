"""The measure of ``make bench-products`` in small: every call and every unit that a run costs."""

from collections.abc import Iterator

import pytest

from benchmarks.catalogues import Catalogues
from benchmarks.runs import PRODUCTS as CARRIED
from benchmarks.runs import Bench, ByHost, Cost, settings_of
from sandbox.quick.cloud import cloud

PRODUCTS = 120
"""In pages of 250 and batches of 50."""


@pytest.fixture(scope="module", name="sides")
def full_office() -> Catalogues:
    return Catalogues(PRODUCTS)


@pytest.fixture(scope="module", name="bench")
def connected(sides: Catalogues) -> Iterator[Bench]:
    with cloud() as environment:
        settings = settings_of("https://pos.example", "https://shop.example")
        yield Bench(environment, sides, {**settings, **CARRIED}, transport=ByHost(sides))


def told(cost: Cost) -> dict[str, int]:
    return {**cost.calls, "read": cost.dynamodb["read"]}


def test_every_call_of_an_import_an_idle_run_and_a_small_change_is_needed(bench: Bench, sides: Catalogues) -> None:
    """Of the source a page, of the target for each batch a look-up and a write, and properties are looked up once."""
    first = bench.run("products", 0)
    assert (first.counts["found"], first.counts["created"], first.slices) == (PRODUCTS, PRODUCTS, 3)
    assert told(first) == {"source": 9, "target": 15, "writes": 4, "read": 23}
    idle = bench.run("products")
    assert idle.counts["unchanged"] == PRODUCTS
    assert told(idle) == {"source": 2, "target": 0, "writes": 0, "read": 6}
    assert sides.change(60) == 2
    few = bench.run("products")
    # Each slice of the import has made a shard of its own; the two lie in different ones, and are written together.
    assert (few.counts["updated"], few.counts["unchanged"]) == (2, PRODUCTS - 2)
    assert told(few) == {"source": 2, "target": 3, "writes": 1, "read": 10}
    assert bench.run("products").counts["unchanged"] == PRODUCTS
