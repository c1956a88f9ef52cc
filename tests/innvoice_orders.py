"""Orders for the tests of InnVoice, and a connector whose platform answers what it is told to."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx

from sandbox.platforms.kit import ManualClock
from shopbridge.connectors.innvoice.connector import SPEC
from shopbridge.connectors.innvoice.settings import InnVoiceSettings
from shopbridge.connectors.parts import RequiredParts
from shopbridge.connectors.spec import World
from shopbridge.http.client import Wiring
from shopbridge.model.office import OrderParts
from shopbridge.model.order import Address, Customer, Order, OrderLine, Payment, Shipping
from tests.containers import Deadline, Limiter, NoTokens, Secrets, parts_of
from tests.salespos_orders import D, all_shares, line, order, share

FIXTURES = Path(__file__).parent / "fixtures" / "innvoice"
SHAPES = sorted(path.stem for path in FIXTURES.glob("answer_*.xml"))
BASIS = {"url": "https://api.innvoice.hu", "company": "exampleco", "invoice_book": "3", "rounding_vat": "0% - ÁTK"}
VAT = {D(27): "27%", D(21): "27%", D(18): "18%", D(9): "5%", D(5): "5%", D(0): "0% - AAM"}

HOME = Address(
    first_name="Minta",
    last_name="Anna",
    company="",
    department="",
    street="Minta u. 1.",
    extra=("2. em. 3.",),
    postcode="1011",
    city="Budapest",
    state="",
    country="HU",
    phone="+36 1 000 0000",
)
ANNA = Customer(
    id="c1",
    number="K-1",
    email="anna@example.test",
    first_name="Minta",
    last_name="Anna",
    company="",
    vat_id="",
    guest=False,
)
OPEN = Payment(method="Átutalás", method_keys=("transfer",), status="open", paid=False)
PAID = OPEN.model_copy(update={"status": "paid", "paid": True, "standing": "paid"})


def fixture(name: str) -> bytes:
    """A body as it is documented, or as we send it."""
    return (FIXTURES / f"{name}.xml").read_bytes()


def mugs(count: int = 2, price: str = "1905", **other: Any) -> OrderLine:
    """A line of blue mugs."""
    return line(price=D(price), quantity=D(count), **{"rate": D(27), "name": "Blue mug & saucer", **other})


def courier(amount: str) -> Shipping:
    """Shipping costs at 27 %."""
    return Shipping(method="Futár", method_keys=("f",), total=D(amount), taxes=(share(D(27), D(amount), "gross"),))


def bought(lines: Sequence[OrderLine] = (), costs: Shipping | None = None, **other: Any) -> Order:
    """An order in Hungary."""
    hungarian = {"currency": "HUF", "customer": ANNA, "billing_address": HOME, "shipping_address": HOME}
    return order(tuple(lines) or (mugs(),), costs, **{**hungarian, "payment": OPEN, **other})


def company(name: str, number: str, **other: Any) -> dict[str, Any]:
    """The fields of an order that a company placed."""
    return {
        "billing_address": HOME.model_copy(update={"company": name, **other}),
        "customer": ANNA.model_copy(update={"company": name, "vat_id": number}),
    }


def bits(of: Order, **other: Any) -> OrderParts:
    """Values as InnVoice calls them; no product of an order is looked up there."""
    values: dict[str, Any] = {
        "customer_id": None,
        "product_ids": {},
        "status": "document",
        "payment": "átutalás",
        "shipping": None,
        "taxes": {tax.rate: VAT[tax.rate] for tax in all_shares(of.lines, of.shipping)} | {D(0): VAT[D(0)]},
    }
    return OrderParts.model_validate(values | other)


def chosen(**given: Any) -> InnVoiceSettings:
    """Settings as they are mostly."""
    return InnVoiceSettings.model_validate({**BASIS, **given})


class Canned(httpx.BaseTransport):
    """Gives one answer, and keeps what was asked."""

    def __init__(self, body: bytes, status: int, kind: str) -> None:
        self.body, self.status, self.kind = body, status, kind
        self.asked: list[httpx.Request] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        return httpx.Response(self.status, content=self.body, headers={"content-type": self.kind}, request=request)


def talk(body: bytes, status: int = 200, kind: str = "text/xml", **given: Any) -> tuple[RequiredParts, Canned]:
    """A connector whose platform answers this to everything, on 2 March 2026 in Hungary."""
    transport = Canned(body, status, kind)
    wiring = Wiring(httpx.Client(transport=transport), Limiter(), Deadline(), sleep=lambda _: None)
    clock = ManualClock(datetime(2026, 3, 1, 23, 30, tzinfo=UTC))
    secrets = Secrets({"user": "exampleco", "password": "s3cret-word"})
    return parts_of(SPEC, {**BASIS, **given}, World(wiring, NoTokens(), secrets, clock)), transport
