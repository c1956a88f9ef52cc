"""Orders for the tests of SalesAutopilot, and a connector whose platform answers what it is told to."""

import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx

from sandbox.platforms.kit import ManualClock
from shopbridge.connectors.parts import RequiredParts
from shopbridge.connectors.salesautopilot.connector import SPEC
from shopbridge.connectors.salesautopilot.settings import SalesAutopilotSettings
from shopbridge.connectors.spec import World
from shopbridge.http.client import Wiring
from shopbridge.model.office import OrderParts
from shopbridge.model.order import Address, Customer, Order, OrderLine, Payment, Shipping
from tests.containers import Deadline, Limiter, NoTokens, Secrets, parts_of
from tests.salespos_orders import D, all_shares, line, order, share

GOLDEN = Path(__file__).parent / "golden" / "salesautopilot"
BASIS: dict[str, Any] = {"url": "https://api.salesautopilot.com", "order_list": 90001, "order_form": 70002}
FORMS: dict[str, Any] = {"paid_form": 70003, "status_form": 70004}

HOME = Address(
    first_name="Anna",
    last_name="Minta",
    company="",
    department="",
    street="Minta u. 1.",
    extra=(),
    postcode="1011",
    city="Budapest",
    state="",
    country="HU",
    phone="+36301112233",
)
ANNA = Customer(
    id="c1",
    number="K-1",
    email="vevo@example.test",
    first_name="Anna",
    last_name="Minta",
    company="",
    vat_id="",
    guest=False,
)
OPEN = Payment(method="Bank transfer", method_keys=("transfer",), status="open", paid=False)
PAID = OPEN.model_copy(update={"status": "paid", "paid": True, "standing": "paid"})


def golden(name: str) -> Any:
    """A body as it is documented."""
    return json.loads((GOLDEN / f"{name}.json").read_text())


def mugs(count: int = 2, price: str = "1905", **other: Any) -> OrderLine:
    """A line of blue mugs."""
    return line(price=D(price), quantity=D(count), **{"rate": D(27), "name": "Blue mug", **other})


def courier(amount: str = "1270") -> Shipping:
    """Shipping costs at 27 %."""
    return Shipping(method="Courier", method_keys=("c",), total=D(amount), taxes=(share(D(27), D(amount), "gross"),))


def bought(lines: Sequence[OrderLine] = (), costs: Shipping | None = None, **other: Any) -> Order:
    """An order in Hungary."""
    hungarian = {"currency": "HUF", "customer": ANNA, "billing_address": HOME, "shipping_address": HOME}
    return order(tuple(lines) or (mugs(),), costs, **{**hungarian, "payment": OPEN, **other})


def bits(of: Order, **other: Any) -> OrderParts:
    """Values as they are in the maps; no product of an order is looked up."""
    values: dict[str, Any] = {
        "customer_id": None,
        "product_ids": {},
        "status": "new",
        "payment": "Bank transfer",
        "shipping": "Courier",
        "taxes": {tax.rate: f"{tax.rate.normalize():f}" for tax in all_shares(of.lines, of.shipping)},
    }
    return OrderParts.model_validate(values | other)


def chosen(**given: Any) -> SalesAutopilotSettings:
    """Settings as they are mostly."""
    return SalesAutopilotSettings.model_validate({**BASIS, **given})


Scripted = Callable[[httpx.Request], Any]
"""What is answered to a call: plain data, bytes as they are, or a whole response."""


class Canned(httpx.BaseTransport):
    """Gives scripted answers, and keeps what was asked."""

    def __init__(self, answer: Scripted, status: int = 200, kind: str = "application/json") -> None:
        self.answer, self.status, self.kind = answer, status, kind
        self.asked: list[httpx.Request] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        body = self.answer(request)
        if isinstance(body, httpx.Response):
            return body
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        return httpx.Response(self.status, content=content, headers={"content-type": self.kind}, request=request)

    @property
    def calls(self) -> list[str]:
        """Method and path of each call."""
        return [f"{each.method} {each.url.raw_path.decode()}" for each in self.asked]

    def body(self, place: int = -1) -> Any:
        """What a call sent."""
        return json.loads(self.asked[place].content)


def talk(
    answer: Scripted, status: int = 200, kind: str = "application/json", **given: Any
) -> tuple[RequiredParts, Canned]:
    """A connector whose platform answers by a script."""
    transport = Canned(answer, status, kind)
    return office_on(httpx.Client(transport=transport), **given), transport


def office_on(client: httpx.Client, **given: Any) -> RequiredParts:
    """A connector, late in the evening of 1 March 2026 by UTC."""
    wiring = Wiring(client, Limiter(), Deadline(), sleep=lambda _: None)
    clock = ManualClock(datetime(2026, 3, 1, 23, 30, tzinfo=UTC))
    secrets = Secrets({"user": "api-demo", "password": "s3cret-word"})
    return parts_of(SPEC, {**BASIS, **given}, World(wiring, NoTokens(), secrets, clock))
