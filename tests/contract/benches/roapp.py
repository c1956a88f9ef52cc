"""What the contract tests of the RO App connector share: a connector beside an emulated account."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial
from typing import Any

import httpx

from sandbox.platforms.kit import ManualClock, in_process
from sandbox.platforms.kit.doubles import Doubles
from sandbox.platforms.roapp import KEY, RoAppEmulator
from shopbridge.connectors.parts import RequiredParts
from shopbridge.connectors.roapp.connector import SPEC
from shopbridge.connectors.spec import World
from shopbridge.http.answer import Answer
from shopbridge.http.client import Wiring
from shopbridge.model.base import ExternalId, OrderId
from shopbridge.model.office import OrderParts
from shopbridge.model.order import Order, OrderLine, Shipping
from tests.containers import Deadline, Limiter, NoTokens, Secrets, parts_of
from tests.contract.bench import Around, Facts, Kept, Row, Statuses, unchanged
from tests.salespos_orders import PAYMENT, D, order, parts

SECRET = "hook-secret"
NEW, IN_PROGRESS, COMPLETED, CANCELLED = "51", "52", "55", "56"
_CITY = re.compile(r"\d{4} [A-Z]{2} (?P<city>\w+), NL$")

FACTS = Facts(
    routes={
        "account": "GET /v2/company",
        "order_target": "POST /v2/orders",
        "order search": "GET /v2/orders",
        "order_changes": "POST /v2/orders/{id}/status",
        "order_changes address": "POST /v2/orders/{id}/comments",
        "order_changes delivery": "POST /v2/orders/{id}/comments",
        "order_changes lines": "GET /v2/orders/{id}/items",
        "order_progress": "GET /v2/orders",
        "customers": "POST /v2/contacts/people",
        "customer list": "GET /v2/contacts/people",
        "customer update": "PATCH /v2/contacts/people/{id}",
        "order_products": "GET /v2/catalog/products",
        "product question": "GET /products/",
        "product creation": "POST /products/",
        "stock_source": "GET /warehouse/goods/{id}",
        "catalogue_source": "GET /v2/catalog/products",
        "catalogue_target": "PUT /products/{id}",
    },
    faults={
        "throttled": ("throttled", {}),
        "lost_request": ("lost_request", {}),
        "lost_answer": ("lost_answer", {}),
        "broken": ("server_error", {}),
    },
    pages=dict.fromkeys(("catalogue_source", "stock_source", "order_products", "customers", "order_progress"), 101),
    calls={
        "product page": 2,
        "categories": 1,
        "product updated": 1,
        "order created": 2,
        "customer created": 2,
        "new customers": 2,
        "stock page": 2,
        "stock of one": 1,
        "on sale": 1,
        "progress": 1,
    },
    lacks=frozenset(
        {
            *("variants", "notes", "signed body", "sending time", "category writing", "switching off"),
            *("switching variants off", "products of orders", "news of products", "lines below zero", "stock"),
        }
    ),
    rows={
        "stock_source": Row("article", ("article", "residue"), "residue"),
        "order_products": Row("sku", ("id", "sku", "barcodes")),
        "customers": Row("email", ("id", "email", "phones")),
    },
)


@dataclass(frozen=True)
class Passing(httpx.BaseTransport):
    """Lets a second pass before each call: three are allowed in one."""

    inner: httpx.BaseTransport
    clock: ManualClock

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Pass it on."""
        self.clock.advance(seconds=1)
        return self.inner.handle_request(request)


@dataclass
class Bench:
    """An account and what a container has."""

    account: RoAppEmulator
    clock: ManualClock
    secrets: Secrets
    limiter: Limiter = field(default_factory=Limiter)
    answers: list[Answer] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)
    around: Around = field(default=unchanged)
    facts: Facts = field(default=FACTS, repr=False)
    webhook_secrets: Mapping[str, str] = field(default_factory=lambda: {"webhook_secret": SECRET})

    def __post_init__(self) -> None:
        self.buyer = self.account.add_person("Sanne", "Visser", phone="+31 30 999999")
        entries = ("Delivery", "Fee")
        self.delivery, self.fee = (self.account.add_product(name, kind="service").id for name in entries)

    def connector(self, **settings: Any) -> RequiredParts:
        """A new container's connector."""
        client = httpx.Client(transport=self.around(Passing(in_process(self.account.app), self.clock)))
        wiring = Wiring(client, self.limiter, Deadline(), sleep=self.waits.append, observe=self.answers.append)
        given = {
            "location": 11,
            "order_type": 21,
            "reference_field": 123,
            "tracking_field": 124,
            "managers": (31,),
            "currency": self.account.account.currency,
            "delivery_entry": self.delivery,
            "fee_entry": self.fee,
            "warehouses": (61,),
            "product_category": 91,
            "regular_price_type": "81",
            "product_tax": self.facts.tax,
            "cancelled_statuses": (int(CANCELLED),),
            "product_writes": "update",
            **settings,
        }
        return parts_of(SPEC, given, World(wiring, NoTokens(), self.secrets, self.clock))

    # --- what suites ask for ------------------------------------------------------------------------------------------

    def part(self, capability: str) -> Any:
        """A new container's connector by one of its capabilities; contacts are read anew half a minute later."""
        if capability == "customers":
            self.clock.advance(seconds=31)
        return SPEC.webhook if capability == "webhook_receiver" else getattr(self.connector(), capability)

    def plan(self, name: str, on: str, **options: Any) -> None:
        """Let something go wrong at the next call of a route."""
        self.account.faults.plan(name, on, **options)

    def made(self) -> int:
        """All calls so far."""
        return self.account.calls.total

    def rest(self) -> None:
        """Let the pause pass that a limit asked for."""
        self.limiter.paused.clear()
        self.clock.advance(minutes=2)

    def spoil_credentials(self) -> None:
        """Somebody withdrew our key."""
        self.secrets.values = {"api_key": "roapp-key-old-77"}

    def write_numbers(self, doubles: Doubles) -> None:
        """Let the account write its numbers in this way."""
        self.account.doubles = doubles

    def shrink_pages(self) -> None:
        """Nobody can: a page has 50 rows."""

    def put(self, sku: str, stock: Decimal | int = 5, *, ean: str = "") -> ExternalId:
        """Put a product in the account."""
        made = self.account.add_product(sku, D("24.95"), stock, barcodes=(ean,) if ean else ())
        return ExternalId(str(made.id))

    def put_variants(self, sku: str, stock: Mapping[str, int]) -> Mapping[str, ExternalId]:
        """Put each variant as a product of its own: there is nothing else."""
        del sku
        return {each: self.put(each, count) for each, count in stock.items()}

    def take_away(self, sku: str) -> None:
        """Delete a product."""
        self.account.delete_product(self.account.product(sku))

    def stock(self, sku: str) -> Decimal:
        """How many lie in the warehouse."""
        return self.account.stock(sku)

    def name(self, sku: str) -> str:
        """What it is called."""
        return self.account.product(sku).title

    def price(self, sku: str) -> Decimal:
        """What it costs at retail."""
        return self.account.product(sku).prices[81]

    def order(self, lines: Sequence[OrderLine] = (), costs: Shipping | None = None, **other: Any) -> Order:
        """An order in the account's currency, paid."""
        return self.taken(order(lines, costs, **{"payment": PAYMENT, **other}))

    def taken(self, of: Order) -> Order:
        """In the account's currency."""
        return of.model_copy(update={"currency": self.account.account.currency})

    def parts(self, of: Order, product: ExternalId, **other: Any) -> OrderParts:
        """Every product found as this one, for a contact that is there."""
        found = {one.id: product for one in of.lines if one.kind == "product"}
        usual = {"product_ids": found, "customer_id": ExternalId(str(self.buyer.id)), "status": NEW}
        return parts(of, **{**usual, **other})

    def kept(self) -> list[Kept]:
        """The orders, oldest first."""
        return [
            Kept(ExternalId(str(each.id)), each.values["custom_fields"]["f123"], each.total, len(each.items))
            for each in self.account.orders
        ]

    def notes(self, order: ExternalId) -> list[str]:
        """Never asked for: all of it stands in the order itself."""
        raise NotImplementedError(order)

    def put_customer(self, mail: str) -> ExternalId:
        """Put a person in the account."""
        return ExternalId(str(self.account.add_person("Kim", mail.partition("@")[0], email=mail).id))

    def customer(self, customer: ExternalId) -> tuple[str, str]:
        """Where a contact lives, and the telephone."""
        values = self.account.account.contacts[int(customer)].values
        found = _CITY.search(values["address"])
        return found["city"] if found else "", values["phones"][0]["phone"]

    # --- what becomes of orders ---------------------------------------------------------------------------------------

    @property
    def stages(self) -> Statuses:
        """As the account is furnished."""
        return Statuses(NEW, IN_PROGRESS, COMPLETED)

    def move(self, order: ExternalId, status: str) -> None:
        """Somebody there moves it."""
        self.account.set_status(order, int(status))

    def call_off(self, order: ExternalId) -> None:
        """Somebody there cancels it."""
        self.account.cancel(order)

    def hand_over(self, order: ExternalId, code: str, carrier: str) -> None:
        """Somebody writes the code into its field; there is none for the carrier."""
        del carrier
        self.account.set_tracking(order, code)

    def bill(self, order: ExternalId) -> tuple[str, str]:
        """Never asked for: no document is told."""
        raise NotImplementedError(order)

    def webhook(self) -> tuple[OrderId, bytes, Mapping[str, str]]:
        """An order that was moved just now, and the call that tells of it."""
        self.account.add_endpoint("https://bridge.example/hooks", SECRET, ["Order.Status.Changed"])
        target = self.connector().order_target
        of = self.order()
        made = target.create(target.plan(of, self.parts(of, self.put("MUG")))).id
        self.move(made, IN_PROGRESS)
        sent = self.account.webhooks.sent[-1]
        return OrderId(made), sent.content, sent.headers


def taken(_: httpx.Request) -> httpx.Response:
    """Whoever is called takes it."""
    return httpx.Response(200)


def bench(**account: Any) -> Bench:
    """An account whose clock stands still between calls, and its key."""
    clock = ManualClock()
    office = RoAppEmulator(clock=clock, currency="EUR", call=taken, **account)
    return Bench(office, clock, Secrets({"api_key": KEY}))


VARIANTS: Mapping[str, Callable[[], Bench]] = {
    "": bench,
    "maps": partial(bench, prices="map", barcodes="texts", created="data", quantities_are_text=False),
    "bare": partial(bench, created="id", bare_categories=True, bare_employees=True, comments=""),
    "lists": partial(bench, created="list", created_before="object", comments="message"),
}
