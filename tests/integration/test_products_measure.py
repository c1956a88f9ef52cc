"""The measure of ``make bench-products`` in small: every call and every unit that a run costs."""

from collections.abc import Iterator

import httpx
import pytest

from benchmarks.bench_products import Bench, Cost, settings_of
from benchmarks.catalogues import Catalogues
from benchmarks.cloud import cloud
from sandbox.platforms.kit import in_process

PRODUCTS = 120
"""In pages of 250 and batches of 50."""


class ByHost(httpx.BaseTransport):
    def __init__(self, sides: Catalogues) -> None:
        self._inner = {"pos.example": in_process(sides.office.app), "shop.example": in_process(sides.shop.app)}

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return self._inner[request.url.host].handle_request(request)


@pytest.fixture(scope="module", name="sides")
def full_office() -> Catalogues:
    return Catalogues(PRODUCTS)


@pytest.fixture(scope="module", name="bench")
def connected(sides: Catalogues) -> Iterator[Bench]:
    with cloud() as environment:
        settings = settings_of("https://pos.example", "https://shop.example")
        yield Bench(environment, sides, settings, transport=ByHost(sides))


def told(cost: Cost) -> dict[str, int]:
    units = cost.dynamodb
    return {"source": cost.source, "target": cost.target, "writes": cost.writes, "read": units["read"]}


def test_every_call_of_an_import_an_idle_run_and_a_small_change_is_needed(bench: Bench, sides: Catalogues) -> None:
    """Of the source a page, of the target for each batch a look-up and a write, and nothing twice in any slice."""
    first = bench.run(0)
    assert (first.counts["found"], first.counts["created"], first.slices) == (PRODUCTS, PRODUCTS, 3)
    assert told(first) == {"source": 9, "target": 19, "writes": 4, "read": 23}
    idle = bench.run()
    assert idle.counts["unchanged"] == PRODUCTS
    assert told(idle) == {"source": 2, "target": 0, "writes": 0, "read": 6}
    assert sides.change(60) == 2
    few = bench.run()
    # Each slice of the import has made a shard of its own, and the two lie in different ones.
    assert (few.counts["updated"], few.counts["unchanged"]) == (2, PRODUCTS - 2)
    assert told(few) == {"source": 2, "target": 10, "writes": 2, "read": 10}
    assert bench.run().counts["unchanged"] == PRODUCTS
