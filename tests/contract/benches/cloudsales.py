"""What the contract tests of the CloudSales connector share: a connector beside an emulated account."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from sandbox.platforms.cloudsales import CloudSalesEmulator
from sandbox.platforms.kit import ManualClock, in_process
from shopbridge.connectors.cloudsales.connector import CloudSales, build
from shopbridge.connectors.cloudsales.settings import CloudSalesSettings
from shopbridge.connectors.spec import World
from shopbridge.http.answer import Answer
from shopbridge.http.client import Wiring
from shopbridge.model.base import ExternalId
from shopbridge.model.office import OrderDraft, OrderParts
from shopbridge.model.order import Order
from shopbridge.model.party import Address, Customer
from tests.contract.benches.salespos import NoTokens
from tests.contract.world import Deadline, Limiter, Secrets
from tests.salespos_orders import D, order, parts

GOLDEN = Path(__file__).parents[1] / "golden" / "cloudsales"
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


@dataclass
class Bench:
    """An account and what a container has."""

    account: CloudSalesEmulator
    clock: ManualClock
    secrets: Secrets
    limiter: Limiter = field(default_factory=Limiter)
    answers: list[Answer] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)

    def connector(self, **settings: Any) -> CloudSales:
        """A new container's connector."""
        client = httpx.Client(transport=in_process(self.account.app))
        wiring = Wiring(client, self.limiter, Deadline(), sleep=self.waits.append, observe=self.answers.append)
        given = {
            "url": "https://secure.bocp.eu",
            "account_number": self.account.account.number,
            "connector_id": self.account.connector.id,
            **CODES,
            **settings,
        }
        return build(CloudSalesSettings.model_validate(given), World(wiring, NoTokens(), self.secrets, self.clock))

    def calls(self, route: str) -> int:
        """How often a route was called so far."""
        return self.account.calls.by_route[route]

    def fault(self, name: str, on: str, **options: Any) -> None:
        """Let something go wrong at the next call of a route."""
        self.account.faults.plan(name, on, **options)


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


def planned(office: CloudSales, of: Order, **other: Any) -> OrderDraft:
    """The order's draft."""
    return office.plan_order(of, bits(of, **other))


def fill(at: Bench, codes: Sequence[str], **fields: Any) -> None:
    """Put products into the catalogue."""
    for code in codes:
        at.account.add_product(code, D("10.00"), stock=5, **fields)
