"""Orders for the tests of RO App, and a connector whose platform answers what it is told to."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx

from sandbox.platforms.kit import ManualClock
from shopbridge.connectors.parts import RequiredParts
from shopbridge.connectors.roapp.connector import SPEC
from shopbridge.connectors.roapp.settings import RoAppSettings
from shopbridge.connectors.spec import World
from shopbridge.http.client import Wiring
from shopbridge.model.base import ExternalId
from shopbridge.model.office import OrderParts
from shopbridge.model.order import Address, Customer, Order, OrderLine, Payment, Shipping
from tests.containers import Deadline, Limiter, NoTokens, Secrets, parts_of
from tests.salesautopilot_orders import Canned, Scripted
from tests.salespos_orders import D, all_shares, line, order, share

GOLDEN = Path(__file__).parent / "golden" / "roapp"
NAMES = sorted(path.stem for path in GOLDEN.glob("*.json"))
MUG = ExternalId("5001")
NOW = datetime(2026, 3, 1, 23, 30, tzinfo=UTC)
BASIS: dict[str, Any] = {
    "location": 11,
    "order_type": 21,
    "reference_field": 123,
    "managers": (31,),
    "currency": "RON",
    "delivery_entry": 6001,
    "fee_entry": 6002,
}

HOME = Address(
    first_name="Ana",
    last_name="Pop",
    company="",
    department="",
    street="Strada Lunga 1",
    extra=("ap. 2",),
    postcode="500035",
    city="Brasov",
    state="",
    country="RO",
    phone="+40 700 000 001",
)
ANA = Customer(
    id="c1",
    number="K-1",
    email="Ana@example.com",
    first_name="Ana",
    last_name="Pop",
    company="",
    vat_id="",
    guest=True,
)
CASH = Payment(method="Cash on delivery", method_keys=("cod",), status="open", paid=False)


def golden(name: str) -> Any:
    """A body as it is documented."""
    return json.loads((GOLDEN / f"{name}.json").read_text(), parse_float=Decimal)


def mugs(count: int = 2, price: str = "90", **other: Any) -> OrderLine:
    """A line of red mugs."""
    usual = {"rate": D(19), "name": "Mug red", "sku": "MUG-RED"}
    return line(price=D(price), quantity=D(count), **{**usual, **other})


def courier(amount: str = "90") -> Shipping:
    """Shipping costs at 19 %."""
    return Shipping(method="DPD", method_keys=("dpd",), total=D(amount), taxes=(share(D(19), D(amount), "gross"),))


def bought(lines: Sequence[OrderLine] = (), costs: Shipping | None = None, **other: Any) -> Order:
    """An order in Romania."""
    romanian = {"currency": "RON", "customer": ANA, "billing_address": HOME, "shipping_address": HOME}
    return order(tuple(lines) or (mugs(),), costs, **{**romanian, "payment": CASH, "number": "1042", **other})


def bits(of: Order, product: ExternalId = MUG, **other: Any) -> OrderParts:
    """Every product found as this one, values as they are in the maps."""
    values: dict[str, Any] = {
        "customer_id": ExternalId("701"),
        "product_ids": {each.id: product for each in of.lines if each.kind == "product"},
        "status": "51",
        "payment": "Cash",
        "shipping": "DPD",
        "taxes": {tax.rate: f"{tax.rate.normalize():f}" for tax in all_shares(of.lines, of.shipping)},
    }
    return OrderParts.model_validate(values | other)


def chosen(**given: Any) -> RoAppSettings:
    """Settings as they are mostly."""
    return RoAppSettings.model_validate({**BASIS, **given})


def talk(answer: Scripted, status: int = 200, **given: Any) -> tuple[RequiredParts, Canned]:
    """A connector whose platform answers by a script."""
    transport = Canned(answer, status)
    wiring = Wiring(httpx.Client(transport=transport), Limiter(), Deadline(), sleep=lambda _: None)
    world = World(wiring, NoTokens(), Secrets({"api_key": "s3cret-key"}), ManualClock(NOW))
    return parts_of(SPEC, {**BASIS, **given}, world), transport
