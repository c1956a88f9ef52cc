"""A bridge between SalesPOS and Shopware, and what its runs cost."""

import resource
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import httpx

from benchmarks.catalogues import Catalogues, Remote, Shelves
from benchmarks.units import Meter
from sandbox.platforms.kit import in_process
from shopbridge.flows.products.sync import product_work
from shopbridge.flows.runs import Work, run_slice
from shopbridge.flows.stock.sweep import stock_work
from shopbridge.model.connection import Connection, ConnectionSettings
from shopbridge.model.messages import RunRequest
from shopbridge.model.run import RunKind
from shopbridge.store.bundle import Store
from shopbridge.store.environment import Environment
from shopbridge.wiring import Container

LAMBDA_SECONDS = 900.0
HUNDREDTH = 100
WORK: Mapping[RunKind, Work] = {"products": product_work, "stock": stock_work, "stock_comparison": stock_work}
PRODUCTS = {"products": {"active": True, "attributes": {"Size": "="}}}
STOCK = {"stock": {"active": True}}
"""Parts of a connection's settings."""


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


class ByHost(httpx.BaseTransport):
    """Both emulators in this process, as ``settings_of("https://pos.example", "https://shop.example")`` names them."""

    def __init__(self, sides: Catalogues | Shelves) -> None:
        self._inner = {"pos.example": in_process(sides.office.app), "shop.example": in_process(sides.shop.app)}

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Pass on to the host's emulator."""
        return self._inner[request.url.host].handle_request(request)


@dataclass(frozen=True)
class Cost:
    """What one run took: platform calls by purpose, and DynamoDB units."""

    counts: Mapping[str, int]
    calls: Mapping[str, int]
    dynamodb: Counter[str]
    slices: int
    seconds: float

    @property
    def found(self) -> str:
        """For people: what became of the records."""
        return ", ".join(f"{count:,} {name}" for name, count in self.counts.items() if count)


class Bench:
    """A bridge between two sides."""

    def __init__(
        self,
        environment: Environment,
        sides: Catalogues | Shelves | Remote,
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

    def run(self, kind: RunKind, seconds: float = LAMBDA_SECONDS) -> Cost:
        """One run from its beginning to its end, in slices of these seconds."""
        self._meter.taken()
        before, began, slices = self._sides.calls(), time.perf_counter(), 0
        follow = Follow()
        follow.send([RunRequest(connection=self._connection.id, job=kind)])
        while follow.waiting:
            bridge = replace(self._container.bridge, work=follow, deadline=Turn(seconds))
            run_slice(bridge, follow.waiting.pop(0), WORK[kind])
            slices += 1
        spent, calls, units = time.perf_counter() - began, self._sides.calls(), self._meter.taken()
        run = self._container.bridge.runs.load(self._connection.id, kind)
        if run is None or run.state != "done":
            raise RuntimeError(f"The run did not end well: {run}")
        made = {name: calls[name] - before[name] for name in calls}
        return Cost(run.counts.model_dump(), made, units, slices, spent)


def _connection(settings: Mapping[str, Any]) -> Connection:
    return Connection(
        settings=ConnectionSettings.model_validate({"id": "bench-shop", "name": "Bench", **settings}),
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
