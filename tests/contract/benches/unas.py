"""What the contract tests of the UNAS connector share: a connector beside an emulated shop."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import httpx

from sandbox.platforms.kit import ManualClock, in_process
from sandbox.platforms.kit.doubles import Doubles
from sandbox.platforms.unas import Line, OrderSpec, ProductSpec, UnasEmulator
from sandbox.platforms.unas.catalogue.categories import path_id
from sandbox.platforms.unas.emulator import KEY
from shopbridge.connectors.parts import RequiredParts
from shopbridge.connectors.spec import World
from shopbridge.connectors.unas.connector import SPEC
from shopbridge.connectors.unas.webhook import by_key
from shopbridge.http.answer import Answer
from shopbridge.http.client import Wiring
from shopbridge.model.base import ExternalId, OrderId
from tests.containers import Deadline, Secrets, Tokens, parts_of
from tests.contract.bench import Around, Facts, Row, Statuses, unchanged
from tests.contract.benches.gomag import PacedLimiter

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
HMAC_KEY = "example-key"
HOOK = "https://hooks.example.test/hooks/unas"
D = Decimal
VAT, PRICE = D(27), D("28.79")
FRACTION = re.compile(rb">(-?\d+\.\d+)<")

FACTS = Facts(
    routes={
        "account": "getOrder",
        "order_source": "getOrder",
        "order_status": "setOrder",
        "order document": "setOrder",
        "shipments": "setOrder",
        "open_orders": "getOrder",
        "stock_source": "getStock",
        "stock_target": "setStock",
        "catalogue_source": "getProduct",
        "catalogue_target": "setProduct",
        "product creation": "setProduct",
        "category creation": "setCategory",
    },
    faults={
        "throttled": ("throttled", {}),
        "lost_request": ("lost_request", {}),
        "lost_answer": ("lost_answer", {}),
        "broken": ("html_page", {}),
    },
    pages=dict.fromkeys(("catalogue_source", "stock_source", "order_source", "open_orders"), 8),
    calls={
        "product page": 1,
        "categories": 1,
        "product updated": 1,
        "order page": 1,
        "one order": 1,
        "move": 3,
        "shipment": 2,
        "open orders": 2,
        "stock page": 1,
        "stock of one": 2,
        "stock written": 3,
        "standings": 1,
        "will deduct": 0,
    },
    lacks=frozenset({"variants", "twins", "switching variants off", "sending time", "computed stock"}),
    rows={
        "stock_source": Row("Sku", ("Id", "Sku", "Stocks")),
        "order_source": Row("Id", ("Key", "SumPriceGross", "Id"), beside="Items"),
    },
    tax=VAT,
    other_tax=D(5),
    format="xml",
)


@dataclass
class Generous:
    """The clock of limits that nobody reaches: with each look an hour has passed."""

    clock: ManualClock
    looks: int = 0

    def __call__(self) -> datetime:
        self.looks += 1
        return self.clock() + timedelta(hours=self.looks)


@dataclass
class Bench:
    """A shop, and what a container has; waiting moves the clock."""

    shop: UnasEmulator
    clock: ManualClock
    secrets: Secrets
    limiter: PacedLimiter
    tokens: Tokens
    hooks: list[httpx.Request] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    around: Around = field(default=unchanged)
    page_size: int = 500
    facts: Facts = field(default=FACTS, repr=False)
    webhook_secrets: Mapping[str, str] = field(default_factory=lambda: {"webhook_key": HMAC_KEY})

    def connector(self, **settings: Any) -> RequiredParts:
        """A new container's connector."""
        wiring = Wiring(
            httpx.Client(transport=self.around(in_process(self.shop.app))),
            self.limiter,
            Deadline(),
            sleep=lambda seconds: self.clock.advance(seconds=seconds),
            observe=self.answers.append,
        )
        shop = {"url": "https://api.example.test/shop", "shop": "https://shop.example.test", "category": self._category}
        chosen = {**shop, "page_size": self.page_size, **settings}
        return parts_of(SPEC, chosen, World(wiring, self.tokens, self.secrets, self.clock))

    @property
    def _category(self) -> str:
        """The first there is: the shop makes one for its first product."""
        return str(next(iter(self.shop.shop.categories), ""))

    # --- what suites ask for ------------------------------------------------------------------------------------------

    def part(self, capability: str) -> Any:
        """A new container's connector, which need not wait, by one of its capabilities."""
        if capability == "webhook_receiver":
            return SPEC.webhook
        return getattr(swift(self), capability)

    def plan(self, name: str, on: str, **options: Any) -> None:
        """Let something go wrong at the next call of a function."""
        self.shop.faults.plan(name, on, **options)

    def made(self) -> int:
        """All calls so far but logins."""
        return self.shop.calls.total - self.shop.calls.by_route["login"]

    def rest(self) -> None:
        """Let the pause pass that a limit asked for."""
        self.clock.advance(seconds=120)

    def spoil_credentials(self) -> None:
        """Our key is an old one, and its tokens are gone."""
        self.secrets.values = {"api_key": "OLDKEY"}
        self.shop.expire_tokens()

    def write_numbers(self, doubles: Doubles) -> None:
        """Let answers have their numbers in this way."""
        before = self.around
        self.around = lambda inner: Noisy(before(inner), doubles)

    def shrink_pages(self) -> None:
        """Lists are asked for three rows at a time."""
        self.page_size = 3

    def put(self, sku: str, stock: Decimal | int = 5) -> ExternalId:
        """Put a product in the shop."""
        return ExternalId(str(self.shop.add_product(ProductSpec(sku, PRICE, stock, name=f"Termék {sku}")).id))

    def put_variants(self, sku: str, stock: Mapping[str, int]) -> Mapping[str, ExternalId]:
        """Put merged products in the shop."""
        self.put(sku, 0)
        for each, count in stock.items():
            self.shop.add_product(ProductSpec(each, PRICE, count, name=each, parent=sku))
        return {each: ExternalId(str(self.shop.product(each).id)) for each in stock}

    def take_away(self, sku: str) -> None:
        """Delete a product."""
        self.shop.delete_product(sku)

    def stock(self, sku: str) -> Decimal:
        """How many may be sold of it."""
        return self.shop.stock(sku)

    def name(self, sku: str) -> str:
        """What it is called."""
        return str(self.shop.product_as_read(sku)["Name"])

    def price(self, sku: str) -> Decimal:
        """What it costs."""
        return self.shop.price(sku)

    def sell(self, units: Mapping[str, int], *, number: str = "") -> OrderId:
        """Place an order."""
        lines = tuple(Line(sku, quantity=count) for sku, count in units.items())
        order = self.shop.place_order(OrderSpec(lines, shipping=D(1016), handling=D(254), key=number or None))
        return OrderId(f"{order.id}/{order.key}")

    def pay(self, order: OrderId) -> None:
        """Let the money arrive."""
        self.shop.pay(key_of(order))

    def cancel(self, order: OrderId) -> None:
        """Give it the status that cancels."""
        self.shop.cancel(key_of(order))

    def delete_order(self, order: OrderId) -> None:
        """Delete it."""
        self.shop.delete_order(key_of(order))

    def total(self, order: OrderId) -> Decimal:
        """What the buyer pays."""
        return self.shop.order_totals()[key_of(order)]

    def key_of(self, order: OrderId) -> str:
        """Its own id."""
        return order.partition("/")[0]

    def status(self, order: OrderId) -> str:
        """The id of its status."""
        return str(self.shop.order(key_of(order)).status)

    @property
    def statuses(self) -> Statuses:
        """By their ids."""
        names = ("Feldolgozásra vár", "Feldolgozás alatt", "Teljesítve")
        return Statuses(*(str(self.shop.status_id(name)) for name in names))

    def shipments(self, order: OrderId) -> list[str]:
        """The numbers in the order's one field."""
        number = self.shop.order_as_read(key_of(order))["Shipping"].get("PackageNumber") or ""
        return number.split(", ") if number else []

    def documents(self, order: OrderId) -> list[str]:
        """The number of its invoice, if it has one."""
        invoice = self.shop.order_as_read(key_of(order)).get("Invoice") or {}
        return [number] if (number := invoice.get("Number")) else []

    def webhook(self) -> tuple[OrderId, bytes, Mapping[str, str]]:
        """An order that was placed just now, by the name its call has for it, and the call."""
        self.put("MUG")
        order = self.sell({"MUG": 1})
        (call,) = self.hooks
        headers = {name: value for name, value in call.headers.items() if name.startswith("x-unas")}
        return by_key(key_of(order)), call.content, headers


@dataclass
class Noisy(httpx.BaseTransport):
    """Writes the numbers in answers as PHP does that keeps them as doubles."""

    inner: httpx.BaseTransport
    doubles: Doubles

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        response = self.inner.handle_request(request)
        response.read()
        kept = {name: given for name, given in response.headers.items() if name != "content-length"}
        noisy = FRACTION.sub(lambda found: b">" + self.doubles.write(found.group(1)) + b"<", response.content)
        return httpx.Response(response.status_code, headers=kept, content=noisy)


def key_of(order: OrderId) -> str:
    """What people call an order."""
    return order.partition("/")[2]


def bench(**assumed: Any) -> Bench:
    """A VIP shop whose clock stands still and whose limits nobody reaches."""
    clock, hooks = ManualClock(), list[httpx.Request]()

    def take(request: httpx.Request) -> httpx.Response:
        hooks.append(request)
        return httpx.Response(200)

    client = httpx.Client(transport=httpx.MockTransport(take))

    def wait(seconds: float) -> None:
        clock.advance(seconds=seconds)

    shop = UnasEmulator(clock=clock, plan="vip", client=client, hmac_key=HMAC_KEY, **assumed)
    shop.guard.clock = Generous(clock)
    shop.add_automation("order_send", HOOK)
    path_id(shop.shop, ("Termékek",))
    limiter = PacedLimiter(clock, wait)
    return Bench(shop, clock, Secrets({"api_key": KEY}), limiter, Tokens(clock), hooks)


def swift(at: Bench, **settings: Any) -> RequiredParts:
    """A connector that need not wait, for tests of anything but limits."""
    return at.connector(**{"limit_factor": 1000, **settings})


VARIANTS: Mapping[str, Callable[[], Bench]] = {
    "": bench,
    "cautious": lambda: bench(
        token_refusal=401,
        expire_time_shown=False,
        answers_only_the_failing=True,
        failed_entity_counts=True,
        bounds_inclusive=False,
        status_type_shown=False,
        vat_with_percent=False,
        invoice_moves_date_mod=False,
    ),
}
