"""How much a product run costs: SalesPOS to Shopware, four variants a product, first import, idle run, few changes.

``make bench-products`` prints a table; the emulators work in a process of their own.
"""

import resource
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import httpx

from benchmarks.catalogues import Catalogues, Remote, served
from benchmarks.cloud import Meter, cloud
from shopbridge.flows.products.sync import product_work
from shopbridge.flows.runs import run_slice
from shopbridge.model.connection import Connection, ConnectionSettings
from shopbridge.model.messages import RunRequest
from shopbridge.store.bundle import Store
from shopbridge.store.environment import Environment
from shopbridge.wiring import Container

COUNTS = (1_000, 5_000, 20_000)
LAMBDA_SECONDS = 900.0
SHORT = 75.0
"""Seconds of an invocation of the import: short, so that even this machine needs several slices."""
HUNDREDTH = 100


@dataclass
class Turn:
    """The time that one invocation has."""

    seconds: float
    began: float = field(default_factory=time.monotonic)

    def remaining(self) -> float:
        """Seconds left."""
        return self.began + self.seconds - time.monotonic()


class Follow:
    """Follow-up messages, delivered at once."""

    def __init__(self) -> None:
        self.waiting: list[RunRequest] = []

    def send(self, requests: Any) -> None:
        """Take them."""
        self.waiting.extend(requests)


@dataclass(frozen=True)
class Cost:
    """What one run took."""

    counts: Mapping[str, int]
    source: int
    target: int
    writes: int
    dynamodb: Counter[str]
    slices: int
    seconds: float


class Bench:
    """A bridge between two catalogues."""

    def __init__(
        self,
        environment: Environment,
        sides: Catalogues | Remote,
        settings: Mapping[str, Any],
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self._sides = sides
        store = Store(environment, write_line=lambda _: None)
        self._meter = Meter(store)
        self._container = Container(store, transport=transport)
        self._connection = _connection(settings)
        bridge = self._container.bridge
        bridge.connections.save(self._connection, expected_version=0)
        for side, values in sides.secrets.items():
            bridge.credentials.write(self._connection.id, side, values)  # type: ignore[arg-type]

    def run(self, seconds: float = LAMBDA_SECONDS) -> Cost:
        """One run from its beginning to its end, in slices of these seconds."""
        self._meter.taken()
        before, began, slices = self._sides.calls(), time.perf_counter(), 0
        follow = Follow()
        follow.send([RunRequest(connection=self._connection.id, job="products")])
        while follow.waiting:
            bridge = replace(self._container.bridge, work=follow, deadline=Turn(seconds))
            run_slice(bridge, follow.waiting.pop(0), product_work)
            slices += 1
        spent, calls = time.perf_counter() - began, self._sides.calls()
        units = self._meter.taken()
        run = self._container.bridge.runs.load(self._connection.id, "products")
        if run is None or run.state != "done":
            raise RuntimeError(f"The run did not end well: {run}")
        made = {name: calls[name] - before[name] for name in calls}
        return Cost(run.counts.model_dump(), dynamodb=units, slices=slices, seconds=spent, **made)


def _connection(settings: Mapping[str, Any]) -> Connection:
    products = {"active": True, "attributes": {"Size": "="}}
    chosen = {"id": "bench-shop", "name": "Bench", **settings, "products": products}
    return Connection(
        settings=ConnectionSettings.model_validate(chosen),
        version=1,
        status="active",
        status_reason="",
        path_token_hash="",
        created_at=datetime.now(UTC),
    )


def settings_of(office: str, shop: str) -> dict[str, Any]:
    """Settings of both sides, without their limits."""
    tariffs = {"21": "normal", "9": "low a", "0": "zero"}
    return {
        "office": {"platform": "salespos", "settings": {"url": office, "limit_factor": "1000", "tax_tariffs": tariffs}},
        "shop": {"platform": "shopware", "settings": {"url": shop, "limit_factor": "1000"}},
    }


def memory() -> float:
    """The most that this process has held so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def show(products: int, what: str, cost: Cost) -> None:
    """A line of the table."""
    units = cost.dynamodb
    print(
        f"{products:>8,} {what:<10} {cost.source:>7,} {cost.target:>7,} {cost.writes:>7,} {units['calls']:>6,} "
        f"{units['read']:>6,} {units['written']:>7,} {cost.slices:>6} {cost.seconds:>8.1f} {memory():>6.0f}  "
        + ", ".join(f"{count:,} {name}" for name, count in cost.counts.items() if count)
    )


def measure(products: int, tell: Callable[[int, str, Cost], None]) -> None:
    """Import, idle run and one with a hundredth changed."""
    with cloud() as environment, served(products) as sides:
        bench = Bench(environment, sides, settings_of(sides.urls["office"], sides.urls["shop"]))
        tell(products, "import", bench.run(SHORT))
        tell(products, "unchanged", bench.run())
        sides.change(HUNDREDTH)
        tell(products, "1 % dearer", bench.run())


def main() -> None:
    """Print the table for the counts given, or for 1,000, 5,000 and 20,000 products."""
    print(f"Before: {memory():.0f} MB")
    print("products run         source  target  writes  DB op  reads  writes slices  seconds     MB")
    for products in [int(count) for count in sys.argv[1:]] or COUNTS:
        measure(products, show)


if __name__ == "__main__":
    main()
