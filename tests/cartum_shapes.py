"""A Cartum shop that gives documented answers, and a connector beside it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx

from sandbox.platforms.kit import ManualClock
from shopbridge.connectors.cartum.connector import SPEC
from shopbridge.connectors.cartum.settings import CartumSettings
from shopbridge.connectors.parts import RequiredParts
from shopbridge.connectors.spec import World
from shopbridge.http.client import Wiring
from shopbridge.model.office import UnreadableOrder
from shopbridge.model.order import Order
from shopbridge.ports import HookSubscriptions, ShipmentTarget
from tests.containers import Deadline, Limiter, Secrets, Tokens, parts_of
from tests.recorded import cartum as golden

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
SECRETS = {"login": "roapp", "password": "demo-pass"}
BASIS = {"url": "https://shop.example", "vat": "19", "country": "RO"}
Given = Any
"""A body, a response, or what makes one of the request."""

ANSWERS: Mapping[str, Given] = {
    "auth": golden("login"),
    "orders/get": golden("orders"),
    "orders/get_available_statuses": golden("statuses"),
    "orders/update": golden("update_nameless"),
    "delivery/export": golden("deliveries"),
    "payment/export": golden("payments"),
    "currency/export": golden("currencies"),
}


def settings_of(**given: Any) -> CartumSettings:
    """Settings as an operator writes them."""
    return CartumSettings.model_validate({**BASIS, **given})


def reply(body: Any, status: int = 200) -> httpx.Response:
    """An answer in JSON."""
    text = json.dumps(body, default=str)
    return httpx.Response(status, text=text, headers={"content-type": "application/json"})


@dataclass
class Shop:
    """Answers by function; ``asked`` notes every call but logins."""

    answers: dict[str, Given] = field(default_factory=dict)
    clock: ManualClock = field(default_factory=ManualClock)
    asked: list[httpx.Request] = field(default_factory=list)
    logins: list[httpx.Request] = field(default_factory=list)
    limiter: Limiter = field(default_factory=Limiter)
    tokens: Tokens | None = None
    secrets: Secrets = field(default_factory=lambda: Secrets(SECRETS))

    def answer(self, request: httpx.Request) -> httpx.Response:
        """One call."""
        function = request.url.path.removeprefix("/api/").strip("/")
        (self.logins if function == "auth" else self.asked).append(request)
        given = self.answers.get(function, ANSWERS.get(function, golden("undefined")))
        made = given(request) if callable(given) else given
        return made if isinstance(made, httpx.Response) else reply(made)

    def connector(self, **settings: Any) -> RequiredParts:
        """A new container's connector."""
        self.tokens = self.tokens or Tokens(self.clock)
        http = httpx.Client(transport=httpx.MockTransport(self.answer))
        wiring = Wiring(http, self.limiter, Deadline(), sleep=lambda _: None)
        return parts_of(SPEC, {**BASIS, **settings}, World(wiring, self.tokens, self.secrets, self.clock))

    @property
    def shipments(self) -> ShipmentTarget:
        """A new container's place for tracking codes."""
        found = self.connector().shipments
        assert found is not None
        return found

    @property
    def hooks(self) -> HookSubscriptions:
        """A new container's way to ask for calls."""
        found = self.connector().hook_subscriptions
        assert found is not None
        return found

    def functions(self) -> list[str]:
        """What was asked for so far."""
        return [each.url.path.removeprefix("/api/").strip("/") for each in self.asked]

    def sent(self, place: int = -1) -> dict[str, Any]:
        """The body of a call, without its token."""
        body: dict[str, Any] = json.loads(self.asked[place].content)
        assert body.pop("token") == golden("login")["response"]["token"]
        return body


def shop(**answers: Given) -> Shop:
    """A shop whose answers are the documented ones but for these; ``__`` stands for the slash of a function."""
    return Shop({name.replace("__", "/"): each for name, each in answers.items()})


def listed(*orders: Any) -> dict[str, Any]:
    """A page of orders."""
    return {"status": "OK", "response": {"orders": list(orders)}}


def row(number: int = 1042, **changes: Any) -> dict[str, Any]:
    """A documented order with changes."""
    rows = [*golden("orders")["response"]["orders"], *golden("orders_shapes")["response"]["orders"]]
    found = next(each for each in rows if str(each["order_id"]) == str(number))
    return {**found, **changes}


def changed(*rows: Any, **settings: Any) -> tuple[list[Order], list[UnreadableOrder]]:
    """A page of orders as the connector reads it."""
    page = shop(orders__get=listed(*rows)).connector(**settings).order_source.changed(LONG_AGO, None)
    return list(page.orders), list(page.unreadable)


def read(order: Any, **settings: Any) -> Order | UnreadableOrder:
    """An order as the connector reads it."""
    orders, unreadable = changed(order, **settings)
    found: list[Order | UnreadableOrder] = [*orders, *unreadable]
    return found[0]


def of(number: int = 1042, /, changes: Mapping[str, Any] | None = None, **settings: Any) -> Order:
    """A documented order that can be read."""
    order = read(row(number, **(changes or {})), **settings)
    assert isinstance(order, Order)
    return order
