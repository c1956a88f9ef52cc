"""What the contract tests of the CloudSales connector share: a connector beside an emulated account."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import httpx

from sandbox.platforms.cloudsales import CloudSalesEmulator, Spelling, StandIn
from sandbox.platforms.kit import ManualClock, in_process
from sandbox.platforms.kit.doubles import Doubles
from shopbridge.connectors.cloudsales.connector import SPEC
from shopbridge.connectors.parts import RequiredParts
from shopbridge.connectors.spec import World
from shopbridge.http.answer import Answer
from shopbridge.http.client import Wiring
from shopbridge.model.base import ExternalId
from shopbridge.model.office import OrderDraft, OrderParts
from shopbridge.model.order import Address, Customer, Order, OrderLine, Shipping
from tests.containers import Deadline, Limiter, NoTokens, Secrets, parts_of
from tests.contract.bench import Around, Facts, Kept, Row, unchanged
from tests.salespos_orders import D, order, parts

GOLDEN = Path(__file__).parents[2] / "golden" / "cloudsales"
CODES = {"shipping_code": "TRANSPORT", "discount_code": "DISCOUNT", "other_code": "OTHER", "rounding_code": "ROUNDING"}
CREATE, UPDATE = "POST connector/{id}/order/{id}", "PUT connector/{id}/order/{id}"

HOME = Address(
    first_name="Ana",
    last_name="Exemplu",
    company="",
    department="",
    street="Str. Fictivă nr. 3A, bl. B, sc. 1, et. 2, ap. 14",
    extra=(),
    postcode="400000",
    city="Cluj-Napoca",
    state="RO-CJ",
    country="RO",
    phone="0700000001",
)
ANA = Customer(
    id="c1",
    number="K-1",
    email="ana@example.test",
    first_name="Ana",
    last_name="Exemplu",
    company="",
    vat_id="",
    guest=False,
)


def golden(name: str) -> Any:
    """A golden payload."""
    return json.loads((GOLDEN / f"{name}.json").read_text())


FACTS = Facts(
    routes={
        "account": "GET product/list",
        "order_target": CREATE,
        "order_products": "GET product/list",
        "stock_source": "GET product/list",
        "stock_target": "PUT connector/{id}/stock",
        "catalogue_source": "GET product/list",
        "catalogue_target": "PUT connector/{id}/price",
    },
    faults={
        "throttled": ("throttled", {}),
        "lost_request": ("lost_request", {}),
        "lost_answer": ("lost_answer", {}),
        "broken": ("server_error", {}),
    },
    pages={"catalogue_source": 501, "stock_source": 7, "order_products": 7},
    calls={
        "product page": 1,
        "categories": 1,
        "product updated": 1,
        "order created": 1,
        "stock page": 1,
        "stock of one": 1,
        "stock written": 1,
        "standings": 1,
        "will deduct": 0,
    },
    lacks=frozenset(
        {
            *("variants", "search", "notes", "product search", "product creation", "category writing"),
            *("switching off", "switching variants off"),
        }
    ),
    rows={
        "stock_source": Row("cod_produs", ("cod_produs", "stoc_global")),
        "order_products": Row("cod_produs", ("cod_produs", "stoc_global")),
    },
)


@dataclass
class Bench:
    """An account and what a container has."""

    account: CloudSalesEmulator
    clock: ManualClock
    secrets: Secrets
    limiter: Limiter = field(default_factory=Limiter)
    answers: list[Answer] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)
    around: Around = field(default=unchanged)
    facts: Facts = field(default=FACTS, repr=False)

    def connector(self, **settings: Any) -> RequiredParts:
        """A new container's connector."""
        client = httpx.Client(transport=self.around(in_process(self.account.app)))
        wiring = Wiring(client, self.limiter, Deadline(), sleep=self.waits.append, observe=self.answers.append)
        given = {
            "url": "https://secure.bocp.eu",
            "account_number": self.account.account.number,
            "connector_id": self.account.connector.id,
            **CODES,
            **settings,
        }
        return parts_of(SPEC, given, World(wiring, NoTokens(), self.secrets, self.clock))

    def calls(self, route: str) -> int:
        """How often a route was called so far."""
        return self.account.calls.by_route[route]

    def fault(self, name: str, on: str, **options: Any) -> None:
        """Let something go wrong at the next call of a route."""
        self.account.faults.plan(name, on, **options)

    # --- what suites ask for ------------------------------------------------------------------------------------------

    def part(self, capability: str) -> Any:
        """A new container's connector with the stand-in's writes, by one of its capabilities."""
        return getattr(self.connector(stand_in_writes=True), capability)

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
        """Both our passwords are old ones."""
        self.secrets.values = {**self.secrets.values, "password": "old", "connector_password": "old"}

    def write_numbers(self, doubles: Doubles) -> None:
        """Let the account write its numbers in this way."""
        self.account.service.doubles = doubles

    def shrink_pages(self) -> None:
        """Three pages of whatever there is."""
        size = max(3, len(self.account.account.products) // 3)
        self.account.account.assumed = replace(self.account.account.assumed, page_size=size)

    def put(self, sku: str, stock: Decimal | int = 5, *, ean: str = "") -> ExternalId:
        """Put a product into the catalogue."""
        self.account.add_product(sku, D("28.79"), stock=stock, ean=ean)
        return ExternalId(sku)

    def put_variants(self, sku: str, stock: Mapping[str, int]) -> Mapping[str, ExternalId]:
        """Never asked for: each sellable unit is a product of its own."""
        raise NotImplementedError(f"{sku}: {stock}")

    def take_away(self, sku: str) -> None:
        """Delete a product."""
        self.account.change_product(sku, deleted=True)

    def stock(self, sku: str) -> Decimal:
        """How many may be sold of it."""
        return self.account.stock(sku).available

    def name(self, sku: str) -> str:
        """What it is called."""
        return self.account.product(sku).name

    def price(self, sku: str) -> Decimal:
        """What it costs at the main work point, with VAT."""
        price = self.account.product(sku).price(self.account.work_point.id)
        assert price is not None
        return price

    def order(self, lines: Sequence[OrderLine] = (), costs: Shipping | None = None, **other: Any) -> Order:
        """A Romanian order."""
        return bought(lines, costs, **{**other, "currency": "RON"})

    def taken(self, of: Order) -> Order:
        """In Romania."""
        romanian = {"billing_address": HOME, "shipping_address": HOME, "customer": ANA, "currency": "RON"}
        return of.model_copy(update=romanian)

    def parts(self, of: Order, product: ExternalId, **other: Any) -> OrderParts:
        """Every product found as this one."""
        found = {one.id: product for one in of.lines if one.kind == "product"}
        return bits(of, **{"product_ids": found, **other})

    def kept(self) -> list[Kept]:
        """The orders, oldest first."""
        return [
            Kept(ExternalId(str(each.id)), each.reference, each.total, len(each.body["items"]))
            for each in self.account.orders
        ]

    def notes(self, order: ExternalId) -> list[str]:
        """Never asked for: orders have a field for mentions."""
        raise NotImplementedError(order)

    def put_customer(self, mail: str) -> ExternalId:
        """Never asked for: buyers travel on their orders."""
        raise NotImplementedError(mail)

    def customer(self, customer: ExternalId) -> tuple[str, str]:
        """Never asked for."""
        raise NotImplementedError(customer)


def bench(**account: Any) -> Bench:
    """An account whose clock stands still, with a product and the services that orders need."""
    clock = ManualClock()
    office = CloudSalesEmulator(clock=clock, **account)
    office.add_product("MUG", D("24.95"), stock=10)
    for code in CODES.values():
        office.add_service(code, code.capitalize())
    users = (office.user, office.password, office.connector_user, office.connector_password)
    names = ("user", "password", "connector_user", "connector_password")
    return Bench(office, clock, Secrets(dict(zip(names, users, strict=True))))


def bought(*given: Any, **other: Any) -> Order:
    """An order in Romania."""
    romanian = {"currency": "RON", "customer": ANA, "billing_address": HOME, "shipping_address": HOME}
    return order(*given, **{**romanian, **other})


def bits(of: Order, **other: Any) -> OrderParts:
    """Every product found as the mug, values as CloudSales calls them."""
    values = {
        "status": "new",
        "payment": "credit",
        "shipping": "personal_pickup",
        "product_ids": {one.id: ExternalId("MUG") for one in of.lines if one.kind == "product"},
    }
    return parts(of, **{**values, **other})


def planned(office: RequiredParts, of: Order, **other: Any) -> OrderDraft:
    """The order's draft."""
    return office.order_target.plan(of, bits(of, **other))


def fill(at: Bench, codes: Sequence[str], **fields: Any) -> None:
    """Put products into the catalogue."""
    for code in codes:
        at.account.add_product(code, D("10.00"), stock=5, **fields)


def with_stand_in(*spellings: Spelling) -> Bench:
    """An account that answers the stand-in's writes; its spellings take turns."""
    return bench(stand_in=StandIn(writes=True, work_points=True), spellings=spellings or tuple(Spelling))


VARIANTS: Mapping[str, Callable[[], Bench]] = {
    "": with_stand_in,
    **{each.name.lower(): partial(with_stand_in, each) for each in Spelling},
}
