"""What the contract tests of the Vendure connector share: a connector beside an emulated shop."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import httpx

from sandbox.platforms.kit import ManualClock, in_process
from sandbox.platforms.kit.doubles import Doubles
from sandbox.platforms.vendure import API_KEY, Line, OrderSpec, ProductSpec, VendureEmulator
from sandbox.platforms.vendure.products import price_with_tax
from sandbox.platforms.vendure.webhooks import EVENT, SIGNATURE, signature
from shopbridge.connectors.parts import RequiredParts
from shopbridge.connectors.spec import World
from shopbridge.connectors.vendure.connector import SPEC
from shopbridge.http.answer import Answer
from shopbridge.http.client import Wiring
from shopbridge.model.base import ExternalId, OrderId
from tests.containers import Deadline, Secrets, Tokens, parts_of
from tests.contract.bench import Around, Facts, Row, Statuses, unchanged
from tests.contract.benches.gomag import PacedLimiter

WEBHOOK_SECRET = "hook-secret-of-the-shop"

FACTS = Facts(
    routes={
        "account": "account",
        "order_source": "orders",
        "order_status": "settlePayment",
        "order document": "addNoteToOrder",
        "shipments": "addFulfillmentToOrder",
        "open_orders": "openOrders",
        "stock_source": "variants",
        "stock_target": "updateStock",
        "catalogue_source": "products",
        "catalogue_target": "updateVariants",
        "product creation": "createProduct",
    },
    faults={
        "throttled": ("throttled", {}),
        "lost_request": ("lost_request", {}),
        "lost_answer": ("lost_answer", {}),
        "broken": ("html_page", {}),
    },
    pages=dict.fromkeys(("catalogue_source", "stock_source", "order_source", "open_orders"), 8),
    calls={
        "order page": 1,
        "one order": 1,
        "move": 2,
        "shipment": 2,
        "open orders": 1,
        "stock page": 1,
        "stock of one": 1,
        "stock written": 2,
        "standings": 2,
        "will deduct": 2,
        "product page": 1,
        "categories": 1,
        "product updated": 1,
        "on sale": 1,
    },
    other_tax=Decimal(9),
    lacks=frozenset({"times of changes", "doubles", "computed stock", "category writing", "SKU above variants"}),
    rows={
        "stock_source": Row("sku", ("sku", "stockLevels"), beside="stockLevels"),
        "order_source": Row("id", ("id", "code", "totalWithTax", "orderPlacedAt"), beside="taxSummary"),
    },
)


@dataclass
class Bench:
    """A shop, and what a container has; waiting moves the clock."""

    shop: VendureEmulator
    clock: ManualClock
    secrets: Secrets
    limiter: PacedLimiter
    tokens: Tokens
    answers: list[Answer] = field(default_factory=list)
    around: Around = field(default=unchanged)
    page_size: int = 100
    facts: Facts = field(default=FACTS, repr=False)

    webhook_secrets: Mapping[str, str] = field(default_factory=lambda: {"webhook_secret": WEBHOOK_SECRET})

    def connector(self, **settings: Any) -> RequiredParts:
        """A new container's connector."""
        wiring = Wiring(
            httpx.Client(transport=self.around(in_process(self.shop.app))),
            self.limiter,
            Deadline(),
            sleep=lambda seconds: self.clock.advance(seconds=seconds),
            observe=self.answers.append,
        )
        shop = {"url": "https://shop.example.test", "page_size": self.page_size}
        return parts_of(SPEC, {**shop, **settings}, World(wiring, self.tokens, self.secrets, self.clock))

    # --- what suites ask for ------------------------------------------------------------------------------------------

    def part(self, capability: str) -> Any:
        """A new container's connector by one of its capabilities."""
        return SPEC.webhook if capability == "webhook_receiver" else getattr(self.connector(), capability)

    def plan(self, name: str, on: str, **options: Any) -> None:
        """Let something go wrong at the next call of an operation."""
        self.shop.faults.plan(name, on, **options)

    def made(self) -> int:
        """All calls so far."""
        return self.shop.calls.total

    def rest(self) -> None:
        """Let the pause pass that a limit asked for."""
        self.clock.advance(seconds=120)

    def spoil_credentials(self) -> None:
        """Our key is one that was deleted."""
        self.secrets.values = {"api_key": "0000:deleted-key"}

    def write_numbers(self, doubles: Doubles) -> None:
        """Let the shop write its numbers in this way."""
        self.shop.doubles = doubles

    def shrink_pages(self) -> None:
        """Lists are asked for three rows at a time."""
        self.page_size = 3

    def put(self, sku: str, stock: Decimal | int = 5) -> ExternalId:
        """Put a product in the shop."""
        made = self.shop.add_product(ProductSpec(sku, stock=int(stock)))
        return ExternalId(self.shop.shop.shown(made.variants[0].id))

    def put_variants(self, sku: str, stock: Mapping[str, int]) -> Mapping[str, ExternalId]:
        """Put a product with variants in the shop, which has no SKU of its own."""
        options = {each: {"Size": each.rpartition("-")[2]} for each in stock}
        made = self.shop.add_product(ProductSpec(sku, options=options, stocks=stock))
        return {each.sku: ExternalId(self.shop.shop.shown(each.id)) for each in made.variants}

    def take_away(self, sku: str) -> None:
        """Delete a product."""
        self.shop.delete_product(sku)

    def stock(self, sku: str) -> Decimal:
        """What lies there."""
        return Decimal(self.shop.stock(sku).on_hand)

    def name(self, sku: str) -> str:
        """What it is called."""
        return next(each.name for each in self.shop.shop.products.values() if each.variants[0].sku == sku)

    def price(self, sku: str) -> Decimal:
        """What it costs, as it was entered."""
        variant = self.shop.shop.variant(sku)
        return price_with_tax(self.shop.shop, variant) if self.shop.shop.gross else Decimal(variant.price) / 100

    def sell(self, units: Mapping[str, int], *, number: str = "") -> OrderId:
        """Place an order."""
        lines = tuple(Line(sku, count) for sku, count in units.items())
        return OrderId(self.shop.shop.shown(self.shop.place_order(OrderSpec(lines, code=number)).id))

    def _number(self, order: OrderId) -> int:
        return self.shop.shop.number(order)

    def pay(self, order: OrderId) -> None:
        """Let the money arrive, a second later: what is read at one moment is in no order."""
        self.clock.advance(seconds=1)
        self.shop.pay(self._number(order))

    def cancel(self, order: OrderId) -> None:
        """The merchant cancels it."""
        self.shop.cancel(self._number(order))

    def delete_order(self, order: OrderId) -> None:
        """Delete it."""
        self.shop.delete_order(self._number(order))

    def total(self, order: OrderId) -> Decimal:
        """What the buyer pays."""
        return self.shop.total(self._number(order))

    def key_of(self, order: OrderId) -> str:
        """Its id."""
        return order

    def status(self, order: OrderId) -> str:
        """Its state."""
        return self.shop.shop.orders[self._number(order)].state

    @property
    def statuses(self) -> Statuses:
        """Authorised, settled, cancelled."""
        return Statuses("PaymentAuthorized", "PaymentSettled", "Cancelled")

    def documents(self, order: OrderId) -> list[str]:
        """The numbers in its notes that only the shop sees."""
        notes = self.shop.shop.orders[self._number(order)].notes
        return [note.partition(": ")[2] for note, public in notes if not public]

    def shipments(self, order: OrderId) -> list[str]:
        """The tracking codes of its fulfillments, and those that were noted for the buyer."""
        found = self.shop.shop.orders[self._number(order)]
        noted = [note.partition(": ")[2] for note, public in found.notes if public]
        return [*(each.code for each in found.fulfillments if each.code), *noted]

    def webhook(self) -> tuple[OrderId, bytes, Mapping[str, str]]:
        """An order that was placed just now, and the plugin's call."""
        self.put("HOOKED", 9)
        order = self.sell({"HOOKED": 1})
        told = {"event": EVENT, "orderId": order, "orderCode": self.shop.orders[-1].code}
        body = self.shop.webhooks.body(told)
        return order, body, {SIGNATURE: signature(WEBHOOK_SECRET, body)}


def bench(**shape: Any) -> Bench:
    """A shop whose clock stands still."""
    clock = ManualClock()

    def wait(seconds: float) -> None:
        clock.advance(seconds=seconds)

    shop = VendureEmulator(clock=clock, **shape)
    return Bench(shop, clock, Secrets({"api_key": API_KEY}), PacedLimiter(clock, wait), Tokens(clock))


VARIANTS: Mapping[str, Callable[[], Bench]] = {
    "": bench,
    "uuids": lambda: bench(uuids=True),
}
