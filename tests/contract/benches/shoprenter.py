"""What the contract tests of the Shoprenter connector share: a connector beside an emulated shop."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

import httpx

from sandbox.platforms.kit import ManualClock, in_process
from sandbox.platforms.kit.doubles import Doubles
from sandbox.platforms.shoprenter import Line, OrderSpec, Payment, ProductSpec, Shipping, ShoprenterEmulator
from shopbridge.connectors.parts import RequiredParts
from shopbridge.connectors.shoprenter.connector import SPEC
from shopbridge.connectors.spec import World
from shopbridge.http.answer import Answer
from shopbridge.http.client import Wiring
from shopbridge.model.base import ExternalId, OrderId
from tests.containers import Deadline, Limiter, Secrets, Tokens, parts_of
from tests.contract.bench import Around, Facts, Row, Statuses, unchanged
from tests.shoprenter_shapes import encoded

LONG_AGO = datetime.fromisoformat("2020-01-01T00:00:00+00:00")
CREDENTIALS = {"client_id": "c0ffee01", "client_secret": "s3cr3t-demo"}
D = Decimal
NET = D("22.6693")
"""28.79 with tax."""

FACTS = Facts(
    routes={
        "account": "GET orderExtend",
        "order_source": "GET orderExtend",
        "order_status": "PUT orders",
        "order document": "POST orderInvoices",
        "open_orders": "GET orderExtend",
        "stock_source": "GET productExtend",
        "stock_target": "POST batch",
        "catalogue_source": "GET productExtend",
        "catalogue_target": "POST batch",
        "product creation": "POST batch",
        "category creation": "POST categoryExtend",
    },
    faults={
        "throttled": ("throttled", {"times": 3}),
        "lost_request": ("lost_request", {}),
        "lost_answer": ("lost_answer", {}),
        "broken": ("html_page", {}),
    },
    pages={"catalogue_source": 401, "stock_source": 401, "order_source": 405, "open_orders": 405},
    calls={
        "product page": 6,
        "categories": 1,
        "product updated": 1,
        "order page": 4,
        "one order": 1,
        "move": 5,
        "open orders": 7,
        "stock page": 2,
        "stock of one": 3,
        "stock written": 3,
        "standings": 2,
        "will deduct": 0,
        "on sale": 2,
    },
    lacks=frozenset({"document field", "twins", "computed stock", "doubles"}),
    rows={
        "stock_source": Row("sku", ("id", "innerId", "sku", "stock1")),
        "order_source": Row("id", ("innerId", "total", "id"), beside="orderTotals"),
    },
    tax=D(27),
    other_tax=D(5),
)


@dataclass
class Bench:
    """A shop, and connectors that share their tokens as containers do."""

    shop: ShoprenterEmulator
    clock: ManualClock
    secrets: Secrets
    tokens: Tokens
    limiter: Limiter = field(default_factory=Limiter)
    answers: list[Answer] = field(default_factory=list)
    around: Around = field(default=unchanged)
    facts: Facts = field(default=FACTS, repr=False)

    def connector(self, **settings: Any) -> RequiredParts:
        """A new container's connector."""
        wiring = Wiring(
            httpx.Client(transport=self.around(in_process(self.shop.app))),
            self.limiter,
            Deadline(),
            sleep=lambda seconds: self.clock.advance(seconds=seconds),
            observe=self.answers.append,
        )
        told = {"shop": "demobolt", "invoice_url": "https://files.example.test/{number}.pdf", **settings}
        return parts_of(SPEC, told, World(wiring, self.tokens, self.secrets, self.clock))

    # --- what suites ask for ------------------------------------------------------------------------------------------

    def part(self, capability: str) -> Any:
        """A new container's connector by one of its capabilities."""
        return getattr(self.connector(), capability)

    def plan(self, name: str, on: str, **options: Any) -> None:
        """Let something go wrong at the next call of a route."""
        self.shop.faults.plan(name, on, **options)

    def made(self) -> int:
        """All calls so far, logins left out."""
        return self.shop.calls.total - self.shop.calls.by_route["POST token"]

    def rest(self) -> None:
        """Let the pause pass that a limit asked for."""
        self.limiter.paused.clear()
        self.clock.advance(seconds=120)

    def spoil_credentials(self) -> None:
        """The secret was changed in the shop, and the token has ended."""
        self.secrets.values = {**CREDENTIALS, "client_secret": "an-old-one"}
        self.tokens.kept.clear()

    def shrink_pages(self) -> None:
        """Pages hold what was asked for, always."""

    def write_numbers(self, doubles: Doubles) -> None:
        """Numbers are texts with four decimals, always."""

    def put(self, sku: str, stock: Decimal | int = 5) -> ExternalId:
        """Put a product in the shop."""
        return product_id(self.shop.add_product(ProductSpec(sku, NET, stock, name=f"Termék {sku}")).id)

    def put_variants(self, sku: str, stock: Mapping[str, int]) -> Mapping[str, ExternalId]:
        """Put a fictitious parent in the shop, and its versions."""
        parent = self.shop.add_product(ProductSpec(sku, NET, name=f"Termék {sku}"))
        found = {}
        for each, count in stock.items():
            spec = ProductSpec(each, NET, count, name=f"Termék {sku}", parent=sku, options={"Méret": each})
            child = self.shop.add_product(spec)
            parent.product_class = child.product_class
            found[each] = product_id(child.id)
        return found

    def take_away(self, sku: str) -> None:
        """Delete a product."""
        self.shop.delete_product(sku)

    def stock(self, sku: str) -> Decimal:
        """How many may be sold of it."""
        return self.shop.product(sku).stock[0]

    def name(self, sku: str) -> str:
        """What it is called in Hungarian."""
        return str(self.shop.product(sku).texts[1]["name"])

    def price(self, sku: str) -> Decimal:
        """What it costs with tax."""
        product = self.shop.product(sku)
        rate = self.shop.shop.tax_classes[product.tax_class].rate
        return (product.price * (100 + rate) / 100).quantize(D("0.01"), "ROUND_HALF_UP")

    def sell(self, units: Mapping[str, int], *, number: str = "") -> OrderId:
        """Place an order with a fee for shipping and one for paying on delivery."""
        lines = tuple(Line(sku, quantity=count) for sku, count in units.items())
        spec = OrderSpec(
            lines,
            shipping=Shipping(gross=D(1490)),
            payment=Payment(gross=D(300)),
            number=int(number) if number else None,
        )
        return order_id(self.shop.place_order(spec).id)

    def pay(self, order: OrderId) -> None:
        """The money arrives a moment later: the order gets the status that its way to pay names."""
        self.clock.advance(seconds=1)
        self.shop.pay(self._number(order))

    def cancel(self, order: OrderId) -> None:
        """Give it the status that the shop's settings call storno."""
        self.shop.cancel(self._number(order))

    def delete_order(self, order: OrderId) -> None:
        """Delete it."""
        del self.shop.shop.orders[self._number(order)]

    def total(self, order: OrderId) -> Decimal:
        """What the buyer pays."""
        return self.shop.order(self._number(order)).total

    def key_of(self, order: OrderId) -> str:
        """Its id."""
        return order

    def status(self, order: OrderId) -> str:
        """The number of its status."""
        return str(self.shop.order(self._number(order)).status)

    @property
    def statuses(self) -> Statuses:
        """By their numbers."""
        return Statuses("1", "2", "5")

    def documents(self, order: OrderId) -> list[str]:
        """The numbers of its invoices."""
        return [str(invoice["invoiceId"]) for invoice in self.shop.invoices_of(self._number(order))]

    def _number(self, order: OrderId) -> int:
        return next(each.id for each in self.shop.orders if order_id(each.id) == order)


def order_id(number: int) -> OrderId:
    """What the connector calls an order."""
    return OrderId(encoded(f"order-order_id={number}"))


def product_id(number: int) -> ExternalId:
    """What the connector calls a product."""
    return ExternalId(encoded(f"product-product_id={number}"))


def bench(**assumed: Any) -> Bench:
    """A shop whose clock stands still, without a limit, and with fictitious parents."""
    clock = ManualClock()
    wait: Callable[[float], object] = lambda seconds: clock.advance(seconds=seconds)  # noqa: E731 - as the emulator takes it
    shop = ShoprenterEmulator(clock=clock, per_second=1_000_000, wait=wait, **assumed)
    shop.shop.settings |= {"fictive_parent": "1", "config_currency": "HUF"}
    shop.add_product(ProductSpec("MODEL", D(100), 1, tax=D(5), options={"Size": "X"}))  # a tax, a class, an attribute
    shop.delete_product("MODEL")
    return Bench(shop, clock, Secrets(CREDENTIALS), Tokens(clock))


VARIANTS: Mapping[str, Callable[[], Bench]] = {
    "": bench,
    "newest-first": lambda: bench(newest_first=True, empty_is_40008=True, parent_among_children=True, sku_prefix=True),
    "loose": lambda: bench(
        collapse_single=True,
        wrapped_single=True,
        nothing="object",
        numbers_as_text=True,
        page_count="never",
        rounding="total",
        batch_status_as_text=False,
        sku_any_case=True,
    ),
}
