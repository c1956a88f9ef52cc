"""How much stock costs: SalesPOS to Shopware, the first sweep, one with a hundredth changed, an idle one, a comparison.

``make bench-stock`` prints a table; the emulators work in a process of their own. ``others`` are calls that do not
grow with the catalogue: tokens, versions, settings, and the back office's open orders.
"""

import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import httpx

from benchmarks.bench_products import LAMBDA_SECONDS, Follow, Turn, memory, settings_of
from benchmarks.catalogues import Remote, Shelves, served
from benchmarks.cloud import Meter, cloud
from shopbridge.flows.runs import run_slice
from shopbridge.flows.stock.sweep import stock_work
from shopbridge.model.connection import Connection, ConnectionSettings
from shopbridge.model.messages import RunRequest
from shopbridge.model.run import RunKind
from shopbridge.store.bundle import Store
from shopbridge.store.environment import Environment
from shopbridge.wiring import Container

COUNTS = (1_000, 10_000, 100_000)
HUNDREDTH = 100
CALLS = ("pages", "orders", "target", "writes", "others")
COLUMNS = (
    f"{'SKUs':>8} {'run':<11}{''.join(f'{name:>7}' for name in CALLS)}{'read':>8}{'written':>8}{'slices':>7}{'s':>7}"
)


@dataclass(frozen=True)
class Cost:
    """What one run took: platform calls by purpose, and DynamoDB units."""

    counts: Mapping[str, int]
    calls: Mapping[str, int]
    dynamodb: Counter[str]
    slices: int
    seconds: float


class Bench:
    """A bridge between two sides with the same SKUs."""

    def __init__(
        self,
        environment: Environment,
        sides: Shelves | Remote,
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

    def run(self, kind: RunKind = "stock", seconds: float = LAMBDA_SECONDS) -> Cost:
        """One run from its beginning to its end, in slices of these seconds."""
        self._meter.taken()
        before, began, slices = self._sides.calls(), time.perf_counter(), 0
        follow = Follow()
        follow.send([RunRequest(connection=self._connection.id, job=kind)])
        while follow.waiting:
            bridge = replace(self._container.bridge, work=follow, deadline=Turn(seconds))
            run_slice(bridge, follow.waiting.pop(0), stock_work)
            slices += 1
        spent, calls, units = time.perf_counter() - began, self._sides.calls(), self._meter.taken()
        run = self._container.bridge.runs.load(self._connection.id, kind)
        if run is None or run.state != "done":
            raise RuntimeError(f"The run did not end well: {run}")
        made = {name: calls[name] - before[name] for name in calls}
        return Cost(run.counts.model_dump(), made, units, slices, spent)


def _connection(settings: Mapping[str, Any]) -> Connection:
    chosen = {"id": "bench-shop", "name": "Bench", **settings, "stock": {"active": True}}
    return Connection(
        settings=ConnectionSettings.model_validate(chosen),
        version=1,
        status="active",
        status_reason="",
        path_token_hash="",
        created_at=datetime.now(UTC),
    )


def show(skus: int, what: str, cost: Cost) -> None:
    """A line of the table."""
    calls = "".join(f"{cost.calls[name]:>7,}" for name in CALLS)
    units = f"{cost.dynamodb['read']:>8,}{cost.dynamodb['written']:>8,}"
    counts = ", ".join(f"{count:,} {name}" for name, count in cost.counts.items() if count)
    print(f"{skus:>8,} {what:<11}{calls}{units}{cost.slices:>7}{cost.seconds:>7.1f}{memory():>6.0f} MB  {counts}")


def measure(skus: int, tell: Callable[[int, str, Cost], None]) -> None:
    """All runs; the shop must be right after each."""
    with cloud() as environment, served(skus, Shelves) as sides:
        bench = Bench(environment, sides, settings_of(sides.urls["office"], sides.urls["shop"]))
        kinds: list[tuple[str, RunKind, int]] = [
            ("first", "stock", 0),
            ("1 % changed", "stock", HUNDREDTH),
            ("unchanged", "stock", 0),
            ("comparison", "stock_comparison", 0),
        ]
        for what, kind, every in kinds:
            if every:
                sides.change(every)
            tell(skus, what, bench.run(kind))
            if sides.wrong():
                raise RuntimeError(f"{sides.wrong()} SKUs are wrong in the shop")


def main() -> None:
    """Print the table for the counts given, or for 1,000, 10,000 and 100,000 SKUs."""
    print(f"Before: {memory():.0f} MB\n{COLUMNS}")
    for skus in [int(count) for count in sys.argv[1:]] or COUNTS:
        measure(skus, show)


if __name__ == "__main__":
    main()
