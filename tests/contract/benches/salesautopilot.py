"""What the contract tests of the SalesAutopilot connector share: a connector beside an emulated account."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial
from typing import Any

import httpx

from sandbox.platforms.kit import ManualClock, in_process
from sandbox.platforms.kit.doubles import Doubles
from sandbox.platforms.salesautopilot import SalesAutopilotEmulator
from shopbridge.connectors.parts import RequiredParts
from shopbridge.connectors.salesautopilot.connector import SPEC
from shopbridge.connectors.spec import World
from shopbridge.http.answer import Answer
from shopbridge.http.client import Wiring
from shopbridge.mapping.rounding import cents
from shopbridge.mapping.taxes import with_tax
from shopbridge.model.base import ExternalId
from shopbridge.model.office import OrderParts
from shopbridge.model.order import Order, OrderLine, Shipping
from tests.containers import Deadline, Limiter, NoTokens, Secrets, parts_of
from tests.contract.bench import Around, Facts, Kept, unchanged
from tests.salesautopilot_orders import ANNA, BASIS, FORMS, HOME, bits
from tests.salespos_orders import D, line, order

CREATE = "POST processWebshopOrder/{nl_id}/ns_id/{ns_id}"
SEARCH = "GET list/{nl_id}/field/{field}/value/{value}"
UPDATE = "POST update/{nl_id}/form/{ns_id}/field/{field}/value/{value}"

FACTS = Facts(
    routes={
        "account": "GET zapier/getlists/{type}",
        "order_target": CREATE,
        "order search": SEARCH,
        "order_changes": UPDATE,
        "catalogue_target": "POST modifyproduct/{prod_id}",
        "product creation": "POST createproduct",
        "category creation": "POST createprodcategory",
    },
    faults={
        "throttled": ("throttled", {}),
        "lost_request": ("lost_request", {}),
        "lost_answer": ("lost_answer", {}),
        "broken": ("server_error", {}),
    },
    calls={"order created": 2, "product updated": 1},
    lacks=frozenset(
        {
            *("variants", "notes", "products of orders", "orders of the same number", "slashes in numbers"),
            *("pages", "doubles", "stock", "product reading", "switching variants off"),
        }
    ),
    tax=D(27),
    other_tax=D(5),
)


@dataclass
class Bench:
    """An account and what a container has."""

    office: SalesAutopilotEmulator
    clock: ManualClock
    secrets: Secrets
    limiter: Limiter = field(default_factory=Limiter)
    answers: list[Answer] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)
    around: Around = field(default=unchanged)
    facts: Facts = field(default=FACTS, repr=False)

    def connector(self, **settings: Any) -> RequiredParts:
        """A new container's connector, with a form for everything."""
        client = httpx.Client(transport=self.around(in_process(self.office.app)))
        wiring = Wiring(client, self.limiter, Deadline(), sleep=self.waits.append, observe=self.answers.append)
        given = {**BASIS, **FORMS, **settings}
        return parts_of(SPEC, given, World(wiring, NoTokens(), self.secrets, self.clock))

    # --- what suites ask for ------------------------------------------------------------------------------------------

    def part(self, capability: str) -> Any:
        """A new container's connector, by one of its capabilities."""
        return getattr(self.connector(), capability)

    def plan(self, name: str, on: str, **options: Any) -> None:
        """Let something go wrong at the next call of a route."""
        self.office.faults.plan(name, on, **options)

    def made(self) -> int:
        """All calls so far."""
        return self.office.calls.total

    def rest(self) -> None:
        """Let the pause pass that a limit asked for."""
        self.limiter.paused.clear()
        self.clock.advance(minutes=2)

    def spoil_credentials(self) -> None:
        """Our password is an old one."""
        self.secrets.values = {**self.secrets.values, "password": "old-password"}

    def write_numbers(self, doubles: Doubles) -> None:
        """Let the account write its numbers in this way."""
        self.office.service.doubles = doubles

    def shrink_pages(self) -> None:
        """There are no pages: each list is one answer."""

    def put(self, sku: str, stock: Decimal | int = 5, *, ean: str = "") -> ExternalId:
        """Put a product into the catalogue, in a category of its own."""
        del stock, ean
        made = self.office.add_product(sku, D("24.95"), categories=[self.office.add_category(f"All of {sku}")])
        return ExternalId(str(made.id))

    def put_variants(self, sku: str, stock: Mapping[str, int]) -> Mapping[str, ExternalId]:
        """Never asked for: each sellable unit is a product of its own."""
        raise NotImplementedError(f"{sku}: {stock}")

    def take_away(self, sku: str) -> None:
        """Delete a product."""
        self.office.delete_product(sku)

    def stock(self, sku: str) -> Decimal:
        """Never asked for: there is no stock."""
        raise NotImplementedError(sku)

    def name(self, sku: str) -> str:
        """What it is called."""
        return self.office.product(sku).name

    def price(self, sku: str) -> Decimal:
        """What it costs with VAT, as letters show it."""
        found = self.office.product(sku)
        return cents(with_tax(found.price, found.percent))

    def order(self, lines: Sequence[OrderLine] = (), costs: Shipping | None = None, **other: Any) -> Order:
        """A Hungarian order."""
        return self.taken(order(lines or (line(),), costs, **other))

    def taken(self, of: Order) -> Order:
        """In Hungary."""
        hungarian = {"billing_address": HOME, "shipping_address": HOME, "customer": ANNA, "currency": "HUF"}
        return of.model_copy(update=hungarian)

    def parts(self, of: Order, product: ExternalId, **other: Any) -> OrderParts:
        """No product is looked up: lines travel by their SKU and text."""
        del product
        return bits(of, **other)

    def kept(self) -> list[Kept]:
        """The orders, oldest first; each is known by its number."""
        return [Kept(ExternalId(each.number), each.number, each.total, len(each.lines)) for each in self.office.orders]

    def notes(self, order: ExternalId) -> list[str]:
        """Never asked for: an order has no place for notes."""
        raise NotImplementedError(order)

    def put_customer(self, mail: str) -> ExternalId:
        """Never asked for: buyers travel on their orders."""
        raise NotImplementedError(mail)

    def customer(self, customer: ExternalId) -> tuple[str, str]:
        """Never asked for."""
        raise NotImplementedError(customer)


def bench(**assumed: Any) -> Bench:
    """An account whose clock stands still, with a product."""
    clock = ManualClock()
    office = SalesAutopilotEmulator(clock=clock, **assumed)
    at = Bench(office, clock, Secrets({"user": office.user, "password": office.password}))
    at.put("MUG")
    return at


OTHERWISE: dict[str, Any] = {
    "repeated_order_is_found": False,
    "repeated_sku_is_made": False,
    "unchanged_counts": False,
    "encoded_slash_splits": False,
    "sums_with_shipping": False,
    "price_places": 4,
    "quoted_numbers": True,
    "missing_is_404": False,
    "retry_after": 0,
}
"""What nobody knows of SalesAutopilot may as well be so."""

VARIANTS: Mapping[str, Callable[[], Bench]] = {"": bench, "otherwise": partial(bench, **OTHERWISE)}
