"""What the contract tests of the InnVoice connector share: a connector beside an emulated company."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial
from typing import Any

import httpx

from sandbox.platforms.innvoice import InnVoiceEmulator, Spelling, StandIn
from sandbox.platforms.kit import ManualClock, in_process
from sandbox.platforms.kit.doubles import Doubles
from shopbridge.connectors.innvoice.connector import SPEC
from shopbridge.connectors.parts import RequiredParts
from shopbridge.connectors.spec import World
from shopbridge.http.answer import Answer
from shopbridge.http.client import Wiring
from shopbridge.model.base import ExternalId
from shopbridge.model.office import OrderParts
from shopbridge.model.order import Order, OrderLine, Shipping
from tests.containers import Deadline, Limiter, NoTokens, Secrets, parts_of
from tests.contract.bench import Around, Facts, Kept, Row, unchanged
from tests.innvoice_orders import ANNA, BASIS, HOME, bits
from tests.salespos_orders import PAYMENT, D, line, order

CREATE, INVOICE, LIST = "POST invoice", "POST proforma_invoice", "GET product"
_NUMBER = re.compile(r"\((?P<number>[^()]*)\)$")

FACTS = Facts(
    routes={
        "account": "GET tomb_invoice",
        "order_target": CREATE,
        "order_changes": INVOICE,
        "document_source": "GET print/{token}",
        "stock_source": LIST,
        "stock_target": "POST stock",
        "catalogue_source": LIST,
        "catalogue_target": "POST product",
        "product creation": "POST product",
    },
    faults={
        "throttled": ("throttled", {}),
        "lost_request": ("lost_request", {}),
        "lost_answer": ("lost_answer", {}),
        "broken": ("server_error", {}),
    },
    pages={"catalogue_source": 501, "stock_source": 7},
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
            *("variants", "search", "repetition", "notes", "products of orders", "pages", "doubles", "computed stock"),
            *("category writing", "switching off", "switching variants off"),
        }
    ),
    told={"document": "proforma"},
    rows={"stock_source": Row("CikkSzam", ("CikkSzam", "Keszletek"))},
    format="xml",
    tax=D(27),
    other_tax=D(5),
)


@dataclass
class Bench:
    """A company and what a container has."""

    company: InnVoiceEmulator
    clock: ManualClock
    secrets: Secrets
    limiter: Limiter = field(default_factory=Limiter)
    answers: list[Answer] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)
    around: Around = field(default=unchanged)
    facts: Facts = field(default=FACTS, repr=False)

    def connector(self, **settings: Any) -> RequiredParts:
        """A new container's connector, whose invoices name the order in their first line."""
        client = httpx.Client(transport=self.around(in_process(self.company.app)))
        wiring = Wiring(client, self.limiter, Deadline(), sleep=self.waits.append, observe=self.answers.append)
        given = {
            **BASIS,
            "company": self.company.company.name,
            "invoice_book": str(self.company.book.id),
            "document": "invoice",
            "discounts": "own_line",
            "order_number": "first_line",
            "regular_price_group": "Retail",
            "product_tax": self.facts.tax,
            "stand_in_warehouse": str(self.company.warehouse.id),
            **settings,
        }
        return parts_of(SPEC, given, World(wiring, NoTokens(), self.secrets, self.clock))

    # --- what suites ask for ------------------------------------------------------------------------------------------

    def part(self, capability: str) -> Any:
        """A new container's connector with the stand-in's writes, by one of its capabilities."""
        told = self.facts.told if capability == "order_changes" else {}
        return getattr(self.connector(stand_in_writes=True, **told), capability)

    def plan(self, name: str, on: str, **options: Any) -> None:
        """Let something go wrong at the next call of a route."""
        self.company.faults.plan(name, on, **options)

    def made(self) -> int:
        """All calls so far."""
        return self.company.calls.total

    def rest(self) -> None:
        """Let the pause pass that a limit asked for."""
        self.limiter.paused.clear()
        self.clock.advance(minutes=2)

    def spoil_credentials(self) -> None:
        """Our password is an old one."""
        self.secrets.values = {**self.secrets.values, "password": "old-password"}

    def write_numbers(self, doubles: Doubles) -> None:
        """Never asked for: nobody has seen InnVoice write a number with noise."""
        raise NotImplementedError(str(doubles))

    def shrink_pages(self) -> None:
        """There are no pages: the list is one answer."""

    def put(self, sku: str, stock: Decimal | int = 5, *, ean: str = "") -> ExternalId:
        """Put a product into the program."""
        self.company.add_product(sku, D("28.79"), stock=stock, ean=ean)
        return ExternalId(sku)

    def put_variants(self, sku: str, stock: Mapping[str, int]) -> Mapping[str, ExternalId]:
        """Never asked for: each sellable unit is a product of its own."""
        raise NotImplementedError(f"{sku}: {stock}")

    def take_away(self, sku: str) -> None:
        """Delete a product."""
        self.company.remove_product(sku)

    def stock(self, sku: str) -> Decimal:
        """How many lie in all warehouses."""
        return self.company.product(sku).stock

    def name(self, sku: str) -> str:
        """What it is called."""
        return self.company.product(sku).name

    def price(self, sku: str) -> Decimal:
        """What it costs, with VAT."""
        return self.company.product(sku).prices[self.company.price_group.id]

    def order(self, lines: Sequence[OrderLine] = (), costs: Shipping | None = None, **other: Any) -> Order:
        """A Hungarian order, paid."""
        return self.taken(order(lines or (line(),), costs, **{"payment": PAYMENT, **other}))

    def taken(self, of: Order) -> Order:
        """In Hungary."""
        hungarian = {"billing_address": HOME, "shipping_address": HOME, "customer": ANNA, "currency": "HUF"}
        return of.model_copy(update=hungarian)

    def parts(self, of: Order, product: ExternalId, **other: Any) -> OrderParts:
        """No product is looked up: lines travel by their SKU and text."""
        del product
        return bits(of, **other)

    def kept(self) -> list[Kept]:
        """The documents but what pro formas became, oldest first, by the order number of their first line."""
        became = {each.turned_into.techid for each in self.company.documents if each.turned_into}
        return [
            Kept(ExternalId(str(each.techid)), _number_in(each.lines[0].name), each.total, len(each.lines))
            for each in self.company.documents
            if each.techid not in became
        ]

    def notes(self, order: ExternalId) -> list[str]:
        """Never asked for: documents have no place for notes."""
        raise NotImplementedError(order)

    def put_customer(self, mail: str) -> ExternalId:
        """Never asked for: buyers travel on their documents."""
        raise NotImplementedError(mail)

    def customer(self, customer: ExternalId) -> tuple[str, str]:
        """Never asked for."""
        raise NotImplementedError(customer)


def _number_in(name: str) -> str:
    found = _NUMBER.search(name)
    return found["number"] if found else ""


def bench(*spellings: Spelling, **company: Any) -> Bench:
    """A company whose clock stands still, with a product; it answers the stand-in's calls."""
    clock = ManualClock()
    stand_in = StandIn(products=True, stock=True, groups=True, line_sku=True)
    options = {"spellings": spellings} if spellings else {}
    office = InnVoiceEmulator(clock=clock, **{"stand_in": stand_in, **options, **company})
    office.add_product("MUG", D("24.95"), stock=10, group="Mugs")
    return Bench(office, clock, Secrets({"user": office.user, "password": office.password}))


VARIANTS: Mapping[str, Callable[[], Bench]] = {
    "": bench,
    **{each.name.lower(): partial(bench, each) for each in Spelling},
}
