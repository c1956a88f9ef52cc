"""A real Tryton as the contract suites see an account: the same promises, no emulator."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import httpx

from real.tryton import RealTryton
from real.tryton.people import Person
from shopbridge.connectors.parts import RequiredParts
from shopbridge.connectors.spec import World
from shopbridge.connectors.tryton.connector import SPEC
from shopbridge.http.client import Wiring
from shopbridge.model.base import ExternalId
from shopbridge.model.office import OrderParts
from shopbridge.model.order import Order, OrderLine, Shipping
from tests.containers import Deadline, Limiter, NoTokens, Secrets, parts_of
from tests.contract.bench import Around, Facts, Kept, Statuses, unchanged
from tests.contract.benches.tryton import DONE, FACTS, PROCESSING, QUOTATION, SHIPPED
from tests.salespos_orders import ADDRESS, PAYMENT, D, order, parts


@dataclass
class RealClock:
    """The time as it is: nobody moves it."""

    def __call__(self) -> datetime:
        """Now."""
        return datetime.now(UTC)

    def advance(self, **_: float) -> None:
        """Do nothing: what is read is read with an overlap."""


@dataclass
class RealBench:
    """A company that others have sold in before; what they left is switched off, and none of it is shown."""

    office: RealTryton
    stage: str = QUOTATION
    clock: RealClock = field(default_factory=RealClock)
    around: Around = field(default=unchanged)
    facts: Facts = field(default=FACTS, repr=False)
    made_calls: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.secrets = Secrets({"user": self.office.user, "password": self.office.password})
        self.admin = Person(self.office)
        self.admin.forget()
        self._before = max((row["id"] for row in self.admin.read("sale.sale", [])), default=0)
        (country,) = self.admin.read("country.country", [["code", "=", "NL"]])
        place = {"street": ADDRESS.street, "postal_code": ADDRESS.postcode, "city": ADDRESS.city}
        address = {**place, "country": country["id"], "invoice": True, "delivery": True}
        values = {"name": "Sanne Visser", "addresses": [["create", [address]]]}
        (self.buyer,) = self.admin.model("party.party.create", [values])
        self._prices = D("20.6198")
        self._lines: list[httpx.HTTPTransport] = []

    def connector(self, **settings: Any) -> RequiredParts:
        """A new container's connector."""
        line = httpx.HTTPTransport()
        self._lines.append(line)
        client = httpx.Client(transport=self.around(line))
        wiring = Wiring(client, Limiter(), Deadline(), observe=self._observed)
        given = {
            "url": self.office.url,
            "database": self.office.database,
            "company": self.office.made["company"],
            "warehouse": self.office.made["main"],
            "stock_warehouses": (self.office.made["main"],),
            **settings,
        }
        return parts_of(SPEC, given, World(wiring, NoTokens(), self.secrets, self.clock))

    def close(self) -> None:
        """Hang up."""
        self.admin.close()
        for line in self._lines:
            line.close()

    def _observed(self, answer: Any) -> None:
        self.made_calls.append(answer.call.title)

    def part(self, capability: str) -> Any:
        """A new container's connector by one of its capabilities."""
        return getattr(self.connector(), capability)

    def made(self) -> int:
        """All calls so far; log-ins do not count."""
        return len(self.made_calls)

    def rest(self) -> None:
        """Nothing paused."""

    def put(self, sku: str, stock: Decimal | int = 5, *, ean: str = "") -> ExternalId:
        """Put a product into the catalogue, and count it; a code is unique among those that are not switched off."""
        there = self.admin.read("product.product", [["code", "=", sku]])
        made = there[0]["id"] if there else self.admin.add_product(sku, self._prices, ean=ean)
        if stock:
            self.admin.count(made, int(stock))
        return ExternalId(str(made))

    def put_variants(self, sku: str, stock: Mapping[str, int]) -> Mapping[str, ExternalId]:
        """Put each variant as a product of its own."""
        del sku
        return {each: self.put(each, count) for each, count in stock.items()}

    def take_away(self, sku: str) -> None:
        """Switch a product off."""
        ids = [row["id"] for row in self.admin.read("product.product", [["code", "=", sku]])]
        self.admin.model("product.product.write", ids, {"active": False})

    def name(self, sku: str) -> str:
        """What it is called."""
        return sku

    def price(self, _: str) -> Decimal:
        """What it costs, without tax."""
        return self._prices

    def order(self, lines: Sequence[OrderLine] = (), costs: Shipping | None = None, **other: Any) -> Order:
        """An order in the company's currency, paid."""
        return order(lines, costs, **{"payment": PAYMENT, **other})

    def taken(self, of: Order) -> Order:
        """In the company's currency."""
        return of.model_copy(update={"currency": "EUR"})

    def parts(self, of: Order, product: ExternalId, **other: Any) -> OrderParts:
        """Every product found as this one, for a party that is there."""
        made = self.office.made
        usual = {
            "product_ids": {one.id: product for one in of.lines if one.kind == "product"},
            "customer_id": ExternalId(str(self.buyer)),
            "status": self.stage,
            "payment": str(made["payment_term"]),
            "taxes": {D(rate): str(each["tax"]) for rate, each in made["taxes"].items()},
        }
        return parts(of, **{**usual, **other})

    def kept(self) -> list[Kept]:
        """The sales that were made since, oldest first."""
        rows = self.admin.read("sale.sale", [["id", ">", self._before]], "reference", "total_amount", "lines")
        return [
            Kept(
                ExternalId(str(row["id"])),
                str(row["reference"]),
                Decimal(row["total_amount"]["decimal"]),
                len(row["lines"]),
            )
            for row in rows
        ]

    def customer(self, customer: ExternalId) -> tuple[str, str]:
        """Where a party lives by its newest address, and the telephone."""
        fields = ("addresses.city", "contact_mechanisms.type", "contact_mechanisms.value")
        (row,) = self.admin.read("party.party", [["id", "=", int(customer)]], *fields)
        newest = max(row["addresses."], key=lambda each: int(each["id"]))
        phones = [way["value"] for way in row["contact_mechanisms."] if way["type"] == "phone"]
        assert len(phones) == 1
        return newest["city"], phones[0]

    @property
    def stages(self) -> Statuses:
        """By the state that sales of orders are in."""
        return Statuses(QUOTATION, PROCESSING, SHIPPED)

    def move(self, order: ExternalId, status: str) -> None:
        """Somebody there goes on with it."""
        sale, state = int(order), self.admin.sale(int(order), "state")["state"]
        if status in (PROCESSING, SHIPPED, DONE) and state == QUOTATION:
            self.admin.press("sale.sale", "confirm", [sale])
        if status in (SHIPPED, DONE):
            self.admin.ship(sale)

    def call_off(self, order: ExternalId) -> None:
        """Somebody there cancels it."""
        self.admin.press("sale.sale", "cancel", [int(order)])
