"""What the contract tests of the Gomag connector share: a connector beside an emulated shop."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

import httpx

from sandbox.platforms.gomag import GomagEmulator, Line, OrderSpec, ProductSpec, VersionSpec
from sandbox.platforms.kit import ManualClock, in_process
from sandbox.platforms.kit.doubles import Doubles
from shopbridge.connectors.gomag.connector import SPEC
from shopbridge.connectors.parts import RequiredParts
from shopbridge.connectors.spec import World
from shopbridge.errors import RetryLater
from shopbridge.http.answer import Answer
from shopbridge.http.client import Wiring
from shopbridge.model.base import ExternalId, OrderId
from shopbridge.model.order import Order
from shopbridge.store.limits.pace import SECOND, pace_of
from tests.containers import Deadline, NoTokens, Secrets, parts_of
from tests.contract.bench import Around, Facts, Row, Statuses, unchanged

LONG_AGO = datetime.fromisoformat("2020-01-01T00:00:00+00:00")
D = Decimal


@dataclass
class PacedLimiter:
    """The shared limiter without its table: the same arithmetic and pauses, by the clock."""

    clock: Callable[[], datetime]
    sleep: Callable[[float], None]
    booked: dict[str, int] = field(default_factory=dict)
    paused: dict[str, int] = field(default_factory=dict)
    taken: list[str] = field(default_factory=list)

    def take(self, bucket: str, calls: int, seconds: int) -> None:
        now, pace = self._now(), pace_of(calls, seconds)
        booked = max(self.booked.get(bucket, 0), now) + pace.spacing
        wait = pace.usable_from(booked, now) - now
        paused = self.paused.get(bucket, 0) - now
        if wait > 2 * SECOND or paused > 0:
            raise RetryLater("The platform's limit is used up", after=max(wait, paused) / SECOND)
        self.booked[bucket] = booked
        self.taken.append(f"{bucket} {calls}")
        if wait > 0:
            self.sleep(wait / SECOND)

    def pause(self, bucket: str, seconds: float) -> None:
        self.paused[bucket] = max(self.paused.get(bucket, 0), self._now() + int(seconds * SECOND))

    def _now(self) -> int:
        return int(self.clock().timestamp() * SECOND)


FACTS = Facts(
    routes={
        "account": "GET order/read/json",
        "order_source": "GET order/read/json",
        "order_status": "POST order/status/json",
        "order document": "POST order/note/add/json",
        "open_orders": "GET order/read/json",
        "stock_source": "GET product/read/json",
        "stock_target": "POST product/inventory/json",
        "catalogue_source": "GET product/read/json",
        "catalogue_target": "POST product/inventory/json",
        "product creation": "POST product/write/json",
        "category creation": "POST category/write/json",
    },
    faults={
        "throttled": ("throttled", {"times": 3}),
        "lost_request": ("lost_request", {}),
        "lost_answer": ("lost_answer", {}),
        "broken": ("html_page", {}),
    },
    pages={"catalogue_source": 201, "stock_source": 201, "order_source": 205, "open_orders": 205},
    calls={
        "product page": 1,
        "categories": 1,
        "product updated": 1,
        "order page": 1,
        "one order": 1,
        "move": 4,
        "open orders": 3,
        "stock page": 1,
        "stock of one": 2,
        "stock written": 4,
        "standings": 1,
        "will deduct": 0,
    },
    lacks=frozenset({"document field", "switching variants off"}),
    rows={
        "stock_source": Row("sku", ("id", "sku", "stock")),
        "order_source": Row("id", ("number", "total", "id"), beside="items"),
    },
)


@dataclass
class Bench:
    """A shop, and what a container has; waiting moves the clock."""

    shop: GomagEmulator
    clock: ManualClock
    secrets: Secrets
    limiter: PacedLimiter
    answers: list[Answer] = field(default_factory=list)
    around: Around = field(default=unchanged)
    facts: Facts = field(default=FACTS, repr=False)

    def connector(self, **settings: Any) -> RequiredParts:
        """A new container's connector."""
        transport = self.around(in_process(self.shop.app))
        wiring = Wiring(
            httpx.Client(transport=transport),
            self.limiter,
            Deadline(),
            sleep=lambda seconds: self.clock.advance(seconds=seconds),
            observe=self.answers.append,
        )
        chosen = {"url": "https://api.example.test/", "shop": "https://www.shop.example.test/", **settings}
        return parts_of(SPEC, chosen, World(wiring, NoTokens(), self.secrets, self.clock))

    def calls(self, path: str) -> int:
        """How often a method was called so far, such as ``order/read``."""
        return sum(self.shop.calls.by_route[f"{method} {path}/json"] for method in ("GET", "POST"))

    def fault(self, name: str, path: str, **options: Any) -> None:
        """Let something go wrong at the next call of a method."""
        method = "GET" if path.endswith("read") else "POST"
        self.shop.faults.plan(name, f"{method} {path}/json", **options)

    # --- what suites ask for ------------------------------------------------------------------------------------------

    def part(self, capability: str) -> Any:
        """A new container's connector, which need not wait, by one of its capabilities."""
        return getattr(swift(self, write_notes=capability == "order_status"), capability)

    def plan(self, name: str, on: str, **options: Any) -> None:
        """Let something go wrong at the next call of a route."""
        self.shop.faults.plan(name, on, **options)

    def made(self) -> int:
        """All calls so far."""
        return self.shop.calls.total

    def rest(self) -> None:
        """Let the pause pass that a limit asked for."""
        self.clock.advance(seconds=120)

    def spoil_credentials(self) -> None:
        """Our key is an old one."""
        self.secrets.values = {"api_key": "old"}

    def write_numbers(self, doubles: Doubles) -> None:
        """Let the shop write its numbers in this way."""
        self.shop.doubles = doubles

    def shrink_pages(self) -> None:
        """Pages hold what was asked for, always."""

    def put(self, sku: str, stock: Decimal | int = 5) -> ExternalId:
        """Put a product in the shop."""
        return ExternalId(str(self.shop.add_product(ProductSpec(sku, D("28.79"), stock)).id))

    def put_variants(self, sku: str, stock: Mapping[str, int]) -> Mapping[str, ExternalId]:
        """Put a product with versions in the shop."""
        versions = tuple(VersionSpec(each, D(30), count) for each, count in stock.items())
        product = self.shop.add_product(ProductSpec(sku, D(31), 0, versions=versions))
        return {each: ExternalId(f"{product.id}/{self.shop.sold_as(each).id}") for each in stock}

    def take_away(self, sku: str) -> None:
        """Delete a product."""
        self.shop.delete_product(sku)

    def stock(self, sku: str) -> Decimal:
        """How many may be sold of it."""
        return self.shop.sold_as(sku).stock

    def name(self, sku: str) -> str:
        """What it is called in Romanian."""
        return self.shop.product(sku).names["ro"]

    def price(self, sku: str) -> Decimal:
        """What it costs."""
        return Decimal(self.shop.sold_as(sku).price)

    def sell(self, units: Mapping[str, int], *, number: str = "") -> OrderId:
        """Place an order."""
        lines = tuple(Line(sku, quantity=count, price=D("28.79")) for sku, count in units.items())
        order = self.shop.place_order(OrderSpec(lines, shipping=D("19.99"), number=number or None))
        return OrderId(f"{order.id}/{order.number}")

    def pay(self, order: OrderId) -> None:
        """Move it on, for there is no flag that says paid."""
        self.shop.pay(_number(order))

    def cancel(self, order: OrderId) -> None:
        """Give it the status that cancels."""
        self.shop.set_status(_number(order), "Anulata")

    def delete_order(self, order: OrderId) -> None:
        """Delete it."""
        del self.shop.shop.orders[_number(order)]

    def total(self, order: OrderId) -> Decimal:
        """What the buyer pays."""
        return self.shop.order_totals()[order.partition("/")[2]]

    def key_of(self, order: OrderId) -> str:
        """Its internal id."""
        return order.partition("/")[0]

    def status(self, order: OrderId) -> str:
        """The id of its status."""
        return str(self.shop.order(_number(order)).status)

    @property
    def statuses(self) -> Statuses:
        """By their ids."""
        return Statuses(
            *(str(self.shop.status_id(name)) for name in ("Comanda NEW", "In curs de procesare", "Livrata"))
        )

    def documents(self, order: OrderId) -> list[str]:
        """The notes that name a number."""
        return [note["note"] for note in self.shop.order(_number(order)).notes]


def _number(order: OrderId) -> int:
    return int(order.partition("/")[0])


def bench(**assumed: Any) -> Bench:
    """A shop whose clock stands still, with room in its buckets and records in every documented shape."""
    clock = ManualClock()
    settings = {"rate": "1000", "read_burst": 100_000, "write_burst": 100_000, **assumed}
    shop = GomagEmulator(clock=clock, wait=lambda seconds: clock.advance(seconds=seconds), **settings)
    limiter = PacedLimiter(clock, lambda seconds: clock.advance(seconds=seconds))
    return Bench(shop, clock, Secrets({"api_key": "gomag-key-01"}), limiter)


def swift(at: Bench, **settings: Any) -> RequiredParts:
    """A connector that need not wait, for tests of anything but limits."""
    return at.connector(limit_factor=1000, **settings)


def answering(at: Bench, body: Any, elsewhere: Mapping[str, Any] | None = None) -> RequiredParts:
    """A connector whose shop answers every call with this, but those of the paths that have answers of their own."""

    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, text=json.dumps((elsewhere or {}).get(request.url.path, body), default=str))

    return swift(replace(at, around=lambda _: httpx.MockTransport(answer)))


def all_changed(connector: RequiredParts, since: datetime = LONG_AGO) -> list[Order]:
    """All pages of the changed orders, each once; none of them unreadable."""
    found: dict[str, Order] = {}
    position: str | None = None
    while True:
        page = connector.order_source.changed(since, position)
        assert page.unreadable == ()
        found |= {order.id: order for order in page.orders}
        if page.position is None:
            return list(found.values())
        position = page.position


def numbers(orders: Sequence[Order]) -> list[str]:
    """Their numbers, sorted."""
    return sorted(order.number for order in orders)


VARIANTS: Mapping[str, Callable[[], Bench]] = {
    "": bench,
    "versions-unfound": lambda: bench(sku_filter_finds_versions=False),
}
