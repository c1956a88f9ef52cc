"""What the contract tests of the SalesPOS connector share: a connector beside an emulated account."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import partial
from typing import Any

import httpx

from sandbox.platforms.kit import ManualClock, in_process
from sandbox.platforms.kit.doubles import Doubles
from sandbox.platforms.salespos import SalesPosEmulator
from sandbox.platforms.salespos.orders.record import Order as KeptOrder
from sandbox.platforms.salespos.routing import pattern_of
from shopbridge.connectors.parts import RequiredParts
from shopbridge.connectors.salespos.connector import SPEC
from shopbridge.connectors.spec import World
from shopbridge.http.answer import Answer
from shopbridge.http.client import Wiring
from shopbridge.model.base import ExternalId
from shopbridge.model.office import DirectoryEntry, DirectoryPage, OrderParts, OrderReceipt
from shopbridge.model.order import Order, OrderLine, Shipping
from shopbridge.ports import CustomerTarget
from tests.containers import Deadline, Limiter, NoTokens, Secrets, parts_of
from tests.contract.bench import Around, Facts, Kept, Row, Statuses
from tests.salespos_orders import D, order, parts
from tests.salespos_schema import (
    check_catalogue_write,
    check_order_post,
    check_product_patch,
    check_product_post,
    check_user_post,
)


class CheckedTransport(httpx.BaseTransport):
    """Holds every body against schemas of its own on its way."""

    def __init__(self, inner: httpx.BaseTransport) -> None:
        self._inner = inner

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        pattern, _ = pattern_of(request.url.path.removeprefix("/api/rest/v1"))
        check = _CHECKS.get((request.method, pattern))
        if check:
            check(json.loads(request.content))
        return self._inner.handle_request(request)


def _write(name: str) -> Callable[[Any], None]:
    return partial(check_catalogue_write, name)


_CHECKS: Mapping[tuple[str, str], Callable[[Any], None]] = {
    ("POST", "/orders"): check_order_post,
    ("POST", "/users"): check_user_post,
    ("POST", "/products"): check_product_post,
    ("PATCH", "/products/{id}"): check_product_patch,
    ("PATCH", "/attributecombinations/{id}"): _write("combination_patch"),
    ("POST", "/attributes"): _write("attribute_post"),
    ("POST", "/attributes/{id}/attributevalues"): _write("attributevalue_post"),
    ("POST", "/products/{id}/productattributevalues"): _write("productattributevalue_post"),
    ("PATCH", "/productattributevalues/{id}"): _write("productattributevalue_patch"),
    ("POST", "/categories"): _write("category_post"),
    ("PATCH", "/categories/{id}"): _write("category_patch"),
    ("POST", "/producttocategories"): _write("producttocategory_post"),
    ("POST", "/productpropertygroups"): _write("name_post"),
    ("POST", "/productpropertygroups/{id}/productproperties"): _write("productproperty_post"),
    ("POST", "/productproperties/{id}/productpropertyoptions"): _write("name_post"),
    ("POST", "/producttopropertygroups"): _write("producttopropertygroup_post"),
    ("POST", "/productpropertyvalues"): _write("productpropertyvalue_post"),
    ("PATCH", "/productpropertyvalues/{id}"): _write("productpropertyvalue_patch"),
}


FACTS = Facts(
    routes={
        "account": "GET /",
        "order_target": "POST /orders",
        "order search": "GET /orders",
        "order_progress": "GET /orders",
        "order_changes": "PATCH /orders/{id}",
        "order note": "POST /orders/{id}/ordernotes",
        "customers": "POST /users",
        "customer list": "GET /users",
        "customer update": "PATCH /users/{id}",
        "order_products": "GET /products",
        "product creation": "POST /products",
        "stock_source": "GET /products",
        "stock_target": "PATCH /products/{id}",
        "catalogue_source": "GET /products",
        "catalogue_target": "PATCH /products/{id}",
        "category creation": "POST /categories",
    },
    faults={
        "throttled": ("rate_limit", {}),
        "lost_request": ("lost_request", {}),
        "lost_answer": ("lost_answer", {}),
        "broken": ("html_page", {}),
    },
    pages={"catalogue_source": 501, "stock_source": 501, "order_products": 501, "customers": 501, "order_progress": 3},
    calls={
        "product page": 3,
        "categories": 1,
        "on sale": 1,
        "product updated": 1,
        "order created": 1,
        "progress": 1,
        "stock page": 3,
        "stock of one": 3,
        "stock written": 4,
        "standings": 1,
        "will deduct": 0,
    },
    other_tax=Decimal(9),
    rows={
        "stock_source": Row("productnumber", ("id", "productnumber")),
        "order_products": Row("productnumber", ("id", "productnumber")),
        "customers": Row("username", ("id", "username")),
    },
)


@dataclass
class Bench:
    """An account and what a container has."""

    account: SalesPosEmulator
    clock: ManualClock
    secrets: Secrets
    limiter: Limiter = field(default_factory=Limiter)
    answers: list[Answer] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)
    around: Around = field(default=CheckedTransport)
    facts: Facts = field(default=FACTS, repr=False)

    def connector(self, **settings: Any) -> RequiredParts:
        """A new container's connector."""
        client = httpx.Client(transport=self.around(in_process(self.account.app)))
        wiring = Wiring(client, self.limiter, Deadline(), sleep=self.waits.append, observe=self.answers.append)
        chosen = {"url": "https://shop.example.test/", **settings}
        return parts_of(SPEC, chosen, World(wiring, NoTokens(), self.secrets, self.clock))

    def calls(self, route: str) -> int:
        """How often a route was called so far, such as ``POST /orders``."""
        return self.account.calls.by_route[route]

    def fault(self, name: str, on: str, **options: Any) -> None:
        """Let something go wrong at the next call of a route."""
        self.account.faults.plan(name, on, **options)

    def product(self, productnumber: str = "MUG", **fields: Any) -> ExternalId:
        """Put a product in the shop."""
        return ExternalId(str(self.account.add_product(productnumber, D("24.95"), **fields)["id"]))

    def variants(self, productnumber: str, *values: str) -> tuple[ExternalId, list[int]]:
        """Put a product with variants in the shop; each is numbered by product and value, as in ``TEE-M``."""
        product = self.product(productnumber, variants={"Size": dict.fromkeys(values, 0)})
        return product, [variant["id"] for variant in self.account.combinations(int(product))]

    @property
    def orders(self) -> list[KeptOrder]:
        """The orders as the account keeps them, oldest first."""
        return self.account.orders

    # --- what suites ask for ------------------------------------------------------------------------------------------

    def part(self, capability: str) -> Any:
        """A new container's connector, by one of its capabilities.

        What a suite changes of an answer is no longer what its hash was made of.
        """
        told: tuple[str, ...] = ()
        if capability == "order_changes":
            told = ("status", "paid", "cancelled")
            self.account.shop.settings = replace(self.account.shop.settings, same_value_refused=False)
        connector = self.connector(verify_answers="refuse" if self.around is CheckedTransport else "log", told=told)
        return getattr(connector, capability)

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
        """Our secret is an old one."""
        self.secrets.values = {**self.secrets.values, "secret_key": "old"}

    def write_numbers(self, doubles: Doubles) -> None:
        """Let the account write its numbers in this way."""
        self.account.service.doubles = doubles

    def shrink_pages(self) -> None:
        """Pages hold what was asked for, always."""

    def put(self, sku: str, stock: Decimal | int = 5, *, ean: str = "") -> ExternalId:
        """Put a product in the account."""
        return self.product(sku, stock=stock, **({"eannumber": ean} if ean else {}))

    def put_variants(self, sku: str, stock: Mapping[str, int]) -> Mapping[str, ExternalId]:
        """Put a product whose stock lies on its variants in the account."""
        product = self.product(sku, stock=0, variants={"Size": dict.fromkeys(stock, 0)})
        rows = self.account.combinations(int(product))
        for row, (number, count) in zip(rows, stock.items(), strict=True):
            row.update(product_number=number, sku_number=number, stock=count)
        return {each["sku_number"]: ExternalId(f"{product}/{each['id']}") for each in rows}

    def take_away(self, sku: str) -> None:
        """Delete a product."""
        (product,) = self.account.shop.catalogue.numbered("productnumber", sku)
        self.account.trash_product(product["id"])

    def stock(self, sku: str) -> Decimal:
        """How many there are of it."""
        variants = self.account.shop.combinations.values()
        numbered = self.account.shop.catalogue.numbered("productnumber", sku)
        rows = [*(each for each in variants if sku in (each["product_number"], each["sku_number"])), *numbered]
        return Decimal(rows[0]["stock"])

    def name(self, sku: str) -> str:
        """What it is called."""
        return str(next(iter(self.account.shop.catalogue.numbered("productnumber", sku)))["name"])

    def price(self, sku: str) -> Decimal:
        """What it costs."""
        product = next(iter(self.account.shop.catalogue.numbered("productnumber", sku)))
        return Decimal(product["price"]) - Decimal(product["discount"])

    def order(self, lines: Sequence[OrderLine] = (), costs: Shipping | None = None, **other: Any) -> Order:
        """A Dutch order."""
        return order(lines, costs, **other)

    def taken(self, of: Order) -> Order:
        """As it is."""
        return of

    def parts(self, of: Order, product: ExternalId, **other: Any) -> OrderParts:
        """Every product found as this one."""
        return parts(of, **{"product_ids": _all_found(of, product), **other})

    def kept(self) -> list[Kept]:
        """The orders, oldest first."""
        return [
            Kept(ExternalId(str(each.id)), each.reservationnumber or "", each.totals.price, len(each.rows))
            for each in self.account.orders
        ]

    def notes(self, order: ExternalId) -> list[str]:
        """What is kept beside an order."""
        return [str(note["note"]) for note in self.account.shop.orders[int(order)].notes]

    @property
    def stages(self) -> Statuses:
        """As SalesPOS numbers them: in process, as orders of the bench are made, being packaged, delivered."""
        return Statuses("2", "10", "6")

    def move(self, order: ExternalId, status: str) -> None:
        """Let people move it."""
        self.account.change_order(int(order), status=int(status))

    def call_off(self, order: ExternalId) -> None:
        """Let them cancel it."""
        self.move(order, "8")

    def hand_over(self, order: ExternalId, code: str, carrier: str) -> None:
        """Let them note a shipment."""
        self.account.change_order(int(order), track_and_trace_code=code, track_and_trace_carrier=carrier)

    def bill(self, order: ExternalId) -> tuple[str, str]:
        """No address of a document is told."""
        raise NotImplementedError(order)

    def put_customer(self, mail: str) -> ExternalId:
        """Register a user."""
        return ExternalId(str(self.account.add_user(mail)["id"]))

    def customer(self, customer: ExternalId) -> tuple[str, str]:
        """Where a user lives, and the telephone."""
        bill = self.account.shop.users[int(customer)]["userinfo"]["billingaddress"]
        return bill["city"], bill["telephone"]


def _all_found(of: Order, product: ExternalId) -> dict[str, ExternalId]:
    return {one.id: product for one in of.lines if one.kind == "product"}


def bench(**account: Any) -> Bench:
    """An account whose clock stands still, and its key."""
    clock = ManualClock()
    secrets = Secrets({"public_key": "pub_emul_01", "secret_key": "sec_emul_01"})
    return Bench(SalesPosEmulator(clock=clock, **account), clock, secrets)


def customers_of(office: RequiredParts) -> CustomerTarget:
    """The account as it keeps customers."""
    assert office.customers is not None
    return office.customers


def create(office: RequiredParts, of: Order, **other: Any) -> OrderReceipt:
    """Plan and create an order."""
    return office.order_target.create(office.order_target.plan(of, parts(of, **other)))


def read_all(read: Callable[[str | None], DirectoryPage], mark: str | None = None) -> tuple[list[DirectoryEntry], str]:
    """Every page from a mark on, through JSON text as the store keeps marks."""
    entries: list[DirectoryEntry] = []
    for _ in range(100):
        page = read(mark)
        entries.extend(page.entries)
        mark = page.mark
        if page.complete:
            return entries, mark
    raise AssertionError("the directory does not end")


def ids(entries: Sequence[DirectoryEntry]) -> dict[str, ExternalId]:
    """The entries as a table."""
    return {entry.key: entry.id for entry in entries}


VARIANTS: Mapping[str, Callable[[], Bench]] = {"": partial(bench, same_value_refused=True)}
