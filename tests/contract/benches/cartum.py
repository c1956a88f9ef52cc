"""What the contract tests of the Cartum connector share: a connector beside an emulated shop."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import httpx

from sandbox.platforms.cartum import LOGIN, PASSWORD, CartumEmulator, Line, OrderSpec, ProductSpec
from sandbox.platforms.cartum.orders.totals import to_pay
from sandbox.platforms.kit import ManualClock, in_process
from sandbox.platforms.kit.doubles import Doubles
from shopbridge.connectors.cartum.connector import SPEC
from shopbridge.connectors.parts import RequiredParts
from shopbridge.connectors.spec import World
from shopbridge.http.answer import Answer
from shopbridge.http.client import Wiring
from shopbridge.model.base import ExternalId, OrderId
from tests.containers import Deadline, Secrets, Tokens, parts_of
from tests.contract.bench import Around, Facts, Row, Statuses, unchanged
from tests.contract.benches.gomag import PacedLimiter

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
D = Decimal
PRICE = D("28.79")
VAT = D(21)

FACTS = Facts(
    routes={
        "account": "orders/get",
        "order_source": "orders/get",
        "order_status": "orders/update",
        "shipments": "orders/update",
        "hook_subscriptions": "hooks/subscribe",
        "open_orders": "orders/get",
        "stock_source": "catalog/export",
        "stock_target": "catalog/import",
        "catalogue_source": "catalog/export",
        "catalogue_target": "catalog/import",
        "product creation": "catalog/import",
    },
    faults={
        "throttled": ("throttled", {"detail": 100}),
        "lost_request": ("lost_request", {}),
        "lost_answer": ("lost_answer", {}),
        "broken": ("html_page", {}),
    },
    pages=dict.fromkeys(("catalogue_source", "stock_source", "order_source", "open_orders"), 8),
    calls={
        "order page": 1,
        "one order": 1,
        "move": 3,
        "shipment": 2,
        "open orders": 3,
        "stock page": 1,
        "stock of one": 1,
        "stock written": 3,
        "standings": 1,
        "will deduct": 0,
        "product page": 2,
        "categories": 3,
        "product updated": 1,
        "on sale": 1,
    },
    lacks=frozenset(
        {
            "times of changes",
            "our number",
            "document field",
            "several shipments",
            "readable shipments",
            "twins",
            "category writing",
        }
    ),
    rows={
        "stock_source": Row("article", ("article", "residues")),
        "order_source": Row("order_id", ("order_id", "total_sum", "stat_created"), beside="products"),
    },
    tax=VAT,
)


@dataclass
class Bench:
    """A shop, and what a container has; waiting moves the clock."""

    shop: CartumEmulator
    clock: ManualClock
    secrets: Secrets
    limiter: PacedLimiter
    tokens: Tokens
    answers: list[Answer] = field(default_factory=list)
    around: Around = field(default=unchanged)
    page_size: int = 500
    section: str = ""
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
        shop = {"url": "https://shop.example.test", "vat": VAT, "country": "RO", "section": self.section}
        shop["page_size"] = self.page_size
        return parts_of(SPEC, {**shop, **settings}, World(wiring, self.tokens, self.secrets, self.clock))

    # --- what suites ask for ------------------------------------------------------------------------------------------

    def part(self, capability: str) -> Any:
        """A new container's connector, which need not wait, by one of its capabilities."""
        return getattr(swift(self), capability)

    def plan(self, name: str, on: str, **options: Any) -> None:
        """Let something go wrong at the next call of a function."""
        self.shop.faults.plan(name, on, **options)

    def made(self) -> int:
        """All calls so far but logins."""
        return self.shop.calls.total - self.shop.calls.by_route["auth"]

    def rest(self) -> None:
        """Let the pause pass that a limit asked for."""
        self.clock.advance(seconds=120)

    def spoil_credentials(self) -> None:
        """Our password is an old one, and its tokens are gone."""
        self.secrets.values = {"login": LOGIN, "password": "old-password"}
        self.shop.expire_tokens()

    def write_numbers(self, doubles: Doubles) -> None:
        """Let the shop write its numbers in this way."""
        self.shop.doubles = doubles

    def shrink_pages(self) -> None:
        """Lists are asked for three rows at a time."""
        self.page_size = 3

    def put(self, sku: str, stock: Decimal | int = 5) -> ExternalId:
        """Put a product in the shop."""
        self.shop.add_product(ProductSpec(sku, PRICE, stock))
        return ExternalId(sku)

    def put_variants(self, sku: str, stock: Mapping[str, int]) -> Mapping[str, ExternalId]:
        """Put rows of one group in the shop; the group's own article is none of them."""
        for each, count in stock.items():
            self.shop.add_product(ProductSpec(each, PRICE, count, parent_article=sku, mod_title=each))
        return {each: ExternalId(each) for each in stock}

    def take_away(self, sku: str) -> None:
        """Delete a product."""
        self.shop.delete_product(sku)

    def stock(self, sku: str) -> Decimal:
        """How many may be sold of it."""
        return Decimal(self.shop.stock(sku))

    def name(self, sku: str) -> str:
        """What it is called in Romanian."""
        return str(self.shop.product_as_read(sku)["title"]["ro"])

    def price(self, sku: str) -> Decimal:
        """What it costs."""
        return Decimal(self.shop.price(sku))

    def sell(self, units: Mapping[str, int], *, number: str = "") -> OrderId:
        """Place an order."""
        del number  # Cartum numbers its orders itself
        lines = tuple(Line(sku, quantity=count) for sku, count in units.items())
        return OrderId(str(self.shop.place_order(OrderSpec(lines)).id))

    def pay(self, order: OrderId) -> None:
        """Let the money arrive, a second later: what is read at one moment is in no order."""
        self.clock.advance(seconds=1)
        self.shop.pay(int(order))

    def cancel(self, order: OrderId) -> None:
        """Give it the status that cancels."""
        self.shop.cancel(int(order))

    def delete_order(self, order: OrderId) -> None:
        """Delete it."""
        self.shop.delete_order(int(order))

    def total(self, order: OrderId) -> Decimal:
        """What the buyer pays."""
        return to_pay(self.shop.order(int(order)))

    def key_of(self, order: OrderId) -> str:
        """Its number."""
        return order

    def status(self, order: OrderId) -> str:
        """The id of its status."""
        return str(self.shop.order(int(order)).status)

    @property
    def statuses(self) -> Statuses:
        """New, Processing, Delivered."""
        return Statuses("1", "2", "3")

    def documents(self, order: OrderId) -> list[str]:
        """None: an order has no place for them."""
        del order
        return []

    def shipments(self, order: OrderId) -> list[str]:
        """The one code that it has."""
        return [code] if (code := self.shop.order(int(order)).tracking_code) else []

    def hooks(self) -> Sequence[tuple[str, str]]:
        """The subscriptions the shop has."""
        return [(hook.event, hook.target_url) for hook in self.shop.hooks.values()]


def bench(**assumed: Any) -> Bench:
    """A shop whose clock stands still and whose quota nobody reaches."""
    clock = ManualClock()

    def wait(seconds: float) -> None:
        clock.advance(seconds=seconds)

    shop = CartumEmulator(clock=clock, wait=wait, **{"per_hour": 1_000_000, **assumed})
    secrets = Secrets({"login": LOGIN, "password": PASSWORD})
    made = Bench(shop, clock, secrets, PacedLimiter(clock, wait), Tokens(clock))
    made.section = str(shop.add_category("Produse"))
    return made


def swift(at: Bench, **settings: Any) -> RequiredParts:
    """A connector that need not wait, for tests of anything but limits."""
    return at.connector(**{"limit_factor": 1000, **settings})


VARIANTS: Mapping[str, Callable[[], Bench]] = {
    "": bench,
    "otherwise": lambda: bench(
        sorting="mixed",
        set_money="items",
        statuses_as_list=True,
        log_text="messages",
        log_names_order=False,
        flat_import_log=True,
        residues_as_map=True,
        presence_as_map=True,
        paid_names="payed",
        expired="HTTP_401",
        quota_status=429,
        wrong_login_status=500,
        newest_login_only=True,
        comment_told=False,
        varied=False,
    ),
}
