"""What the contract tests of the Tryton connector share: a connector beside an emulated company."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial
from typing import Any

import httpx

from sandbox.platforms.kit import ManualClock, in_process
from sandbox.platforms.kit.doubles import Doubles
from sandbox.platforms.tryton import DATABASE, PASSWORD, USER, TrytonEmulator
from shopbridge.connectors.parts import RequiredParts
from shopbridge.connectors.spec import World
from shopbridge.connectors.tryton.connector import SPEC
from shopbridge.http.answer import Answer
from shopbridge.http.client import Wiring
from shopbridge.model.base import ExternalId
from shopbridge.model.office import OrderParts
from shopbridge.model.order import Order, OrderLine, Shipping
from tests.containers import Deadline, Limiter, NoTokens, Secrets, parts_of
from tests.contract.bench import Around, CallKind, Facts, Kept, Row, Statuses, unchanged
from tests.salespos_orders import ADDRESS, PAYMENT, D, order, parts

DRAFT, QUOTATION, PROCESSING, SHIPPED, DONE = "draft", "quotation", "processing", "shipped", "done"
PRODUCTS, SALES = "model.product.product.search_read", "model.sale.sale.search_read"


def kind_of(request: httpx.Request) -> CallKind:
    """Every call goes to one address by one method: the name of what is called tells."""
    method = str(json.loads(request.content)["method"])
    if method == "common.db.login":
        return "login"
    return "read" if method.endswith(("search_read", "get_preferences")) else "send"


FACTS = Facts(
    routes={
        "account": "model.ir.model.search_read",
        "order_target": "model.sale.sale.create",
        "order search": SALES,
        "order_changes": "model.sale.sale.quote",
        "order_changes cancelled": "model.sale.sale.cancel",
        "order_progress": SALES,
        "customers": "model.party.party.create",
        "customer list": "model.party.contact_mechanism.search_read",
        "customer update": "model.party.party.write",
        "order_products": PRODUCTS,
        "stock_source": PRODUCTS,
        "catalogue_source": PRODUCTS,
    },
    faults={
        "throttled": ("throttled", {}),
        "lost_request": ("lost_request", {}),
        "lost_answer": ("lost_answer", {}),
        "broken": ("server_error", {}),
    },
    pages=dict.fromkeys(("catalogue_source", "stock_source", "order_products", "customers", "order_progress"), 201),
    calls={
        "product page": 2,
        "categories": 1,
        "order created": 5,
        "customer created": 3,
        "new customers": 1,
        "stock page": 1,
        "stock of one": 1,
        "progress": 1,
    },
    lacks=frozenset({"variants", "notes", "product creation", "doubles"}),
    rows={
        "stock_source": Row("code", ("code", "quantity"), "quantity"),
        "order_products": Row("code", ("id", "code", "identifiers.")),
        "customers": Row("value", ("id", "value", "party")),
    },
    kind_of=kind_of,
)


@dataclass
class Bench:
    """A company and what a container has.

    Attributes:
        stage: How far the sales of orders go.
    """

    office: TrytonEmulator
    clock: ManualClock
    secrets: Secrets
    stage: str = QUOTATION
    limiter: Limiter = field(default_factory=Limiter)
    answers: list[Answer] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)
    around: Around = field(default=unchanged)
    facts: Facts = field(default=FACTS, repr=False)
    settings: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.buyer = self.office.add_party("Sanne Visser")
        country = next(iter(self.office.data.table("country.country")))
        street = {"street": ADDRESS.street, "postal_code": ADDRESS.postcode, "city": ADDRESS.city, "country": country}
        self.office.data.add("party.address", party=self.buyer.id, party_name=None, **street)

    def connector(self, **settings: Any) -> RequiredParts:
        """A new container's connector."""
        client = httpx.Client(transport=self.around(in_process(self.office.app)))
        wiring = Wiring(client, self.limiter, Deadline(), sleep=self.waits.append, observe=self.answers.append)
        given = {
            "url": "http://tryton.example",
            "database": DATABASE,
            "company": self.office.company,
            "currency": "EUR",
            "warehouse": self.office.warehouse,
            "stock_warehouses": (self.office.warehouse,),
            **self.settings,
            **settings,
        }
        return parts_of(SPEC, given, World(wiring, NoTokens(), self.secrets, self.clock))

    # --- what suites ask for ------------------------------------------------------------------------------------------

    def part(self, capability: str) -> Any:
        """A new container's connector by one of its capabilities."""
        return getattr(self.connector(), capability)

    def plan(self, name: str, on: str, **options: Any) -> None:
        """Let something go wrong at the next call of a method."""
        self.office.faults.plan(name, on, **options)

    def made(self) -> int:
        """All calls so far; log-ins do not count."""
        return self.office.calls.total

    def rest(self) -> None:
        """Let the pause pass that a limit asked for."""
        self.limiter.paused.clear()
        self.clock.advance(minutes=2)

    def spoil_credentials(self) -> None:
        """Somebody changed the password."""
        self.secrets.values = {**self.secrets.values, "password": "old-password"}

    def write_numbers(self, doubles: Doubles) -> None:
        """Let quantities be written in this way."""
        self.office.doubles = doubles

    def shrink_pages(self) -> None:
        """Nobody needs to: a page is as large as the connector asks for."""

    def put(self, sku: str, stock: Decimal | int = 5, *, ean: str = "") -> ExternalId:
        """Put a product into the catalogue, sold by the metre: of pieces, Tryton sells no parts."""
        made = self.office.add_product(sku, D("20.6198"), stock, ean=ean, sale_uom=self.office.metre)
        return ExternalId(str(made.id))

    def put_variants(self, sku: str, stock: Mapping[str, int]) -> Mapping[str, ExternalId]:
        """Put each variant as a product of its own."""
        del sku
        return {each: self.put(each, count) for each, count in stock.items()}

    def take_away(self, sku: str) -> None:
        """Switch a product off: one that was ever sold cannot be deleted."""
        self.office.switch_off(sku)

    def stock(self, sku: str) -> Decimal:
        """How many lie in the warehouse."""
        return self.office.stock(sku)

    def name(self, sku: str) -> str:
        """What it is called."""
        return str(self.office.template(sku).values["name"])

    def price(self, sku: str) -> Decimal:
        """What it costs, without tax."""
        return Decimal(self.office.template(sku).values["list_price"])

    def order(self, lines: Sequence[OrderLine] = (), costs: Shipping | None = None, **other: Any) -> Order:
        """An order in the company's currency, paid."""
        return self.taken(order(lines, costs, **{"payment": PAYMENT, **other}))

    def taken(self, of: Order) -> Order:
        """In the company's currency."""
        return of.model_copy(update={"currency": "EUR"})

    def parts(self, of: Order, product: ExternalId, **other: Any) -> OrderParts:
        """Every product found as this one, for a party that is there."""
        usual = {
            "product_ids": {one.id: product for one in of.lines if one.kind == "product"},
            "customer_id": ExternalId(str(self.buyer.id)),
            "status": self.stage,
            "payment": str(self.office.payment_term),
            "taxes": {D(rate): str(tax) for rate, tax in self.office.taxes.items()},
        }
        return parts(of, **{**usual, **other})

    def kept(self) -> list[Kept]:
        """The sales, oldest first."""
        return [
            Kept(
                ExternalId(str(sale.id)),
                str(sale.values["reference"]),
                self.office.total(sale),
                len(self.office.lines(sale)),
            )
            for sale in self.office.sales
        ]

    def notes(self, order: ExternalId) -> list[str]:
        """Never asked for: all of it stands in the sale itself."""
        raise NotImplementedError(order)

    def put_customer(self, mail: str) -> ExternalId:
        """Put a party with this e-mail."""
        return ExternalId(str(self.office.add_party("Kim", mail).id))

    def customer(self, customer: ExternalId) -> tuple[str, str]:
        """Where a party lives by its newest address, and the telephone."""
        addresses = self.office.data.behind("party.address", "party", int(customer))
        ways = self.office.data.behind("party.contact_mechanism", "party", int(customer))
        phones = [str(way.values["value"]) for way in ways if way.values["type"] == "phone"]
        assert len(phones) == 1
        return str(addresses[-1].values["city"]), phones[0]

    # --- what becomes of orders ---------------------------------------------------------------------------------------

    @property
    def stages(self) -> Statuses:
        """By the state that sales of orders are in."""
        return Statuses(QUOTATION, PROCESSING, DONE) if self.stage == QUOTATION else Statuses(PROCESSING, SHIPPED, DONE)

    def move(self, order: ExternalId, status: str) -> None:
        """Somebody there goes on with it."""
        sale = self.office.data.table("sale.sale")[int(order)]
        if status != QUOTATION and sale.values["state"] == QUOTATION:
            self.office.press(sale, "confirm")
        if status in (SHIPPED, DONE):
            self.office.ship(sale)
        if status == DONE:
            self.office.pay(sale)

    def call_off(self, order: ExternalId) -> None:
        """Somebody there cancels it."""
        sale = self.office.data.table("sale.sale")[int(order)]
        if sale.values["state"] == QUOTATION:
            self.office.press(sale, "cancel")
        else:
            self.office.call_off(sale)

    def hand_over(self, order: ExternalId, code: str, carrier: str) -> None:
        """Never asked for: no shipments are told."""
        raise NotImplementedError(f"{order} {code} {carrier}")

    def bill(self, order: ExternalId) -> tuple[str, str]:
        """Never asked for: no document is told."""
        raise NotImplementedError(order)


def bench(*, stage: str = QUOTATION, tax_rounding: Any = "document") -> Bench:
    """A company whose clock stands still, and our user's log-in."""
    clock = ManualClock()
    office = TrytonEmulator(clock=clock, tax_rounding=tax_rounding)
    secrets = Secrets({"user": USER, "password": PASSWORD})
    return Bench(office, clock, secrets, stage, settings={"tax_rounding": tax_rounding})


VARIANTS: Mapping[str, Callable[[], Bench]] = {
    "": bench,
    "processed": partial(bench, stage=PROCESSING),
    "by line": partial(bench, tax_rounding="line"),
}
