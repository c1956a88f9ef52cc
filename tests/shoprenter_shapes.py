"""A Shoprenter shop that gives documented answers, and a connector beside it."""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx

from sandbox.platforms.kit import ManualClock
from shopbridge.connectors.parts import RequiredParts
from shopbridge.connectors.shoprenter.connector import SPEC
from shopbridge.connectors.spec import World
from shopbridge.http.client import Wiring
from shopbridge.model.office import UnreadableOrder
from shopbridge.model.order import Order
from tests.containers import Deadline, Limiter, Secrets, Tokens, parts_of
from tests.recorded import shoprenter as golden

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
HOST = "https://demobolt.api2.myshoprenter.hu"
SECRETS = {"client_id": "c0ffee01", "client_secret": "s3cr3t-demo"}
Given = Any
"""A body, a response, or what makes one of the request."""

LISTS: Mapping[str, Given] = {
    "orderStatuses": golden("statuses"),
    "orderStatusDescriptions": golden("status_names"),
    "settings": golden("settings"),
    "languages": golden("languages"),
    "taxClassExtend": golden("tax_classes"),
    "paymentModes": golden("payment_modes"),
    "shippingModeExtend": golden("shipping_modes"),
    "customerGroups": golden("customer_groups"),
    "productClasses": golden("classes"),
    "listAttributes": golden("list_attributes"),
    "categoryExtend": golden("categories"),
    "productExtend": golden("product_page"),
    "orderExtend": golden("order_page"),
}


def encoded(text: str) -> str:
    """An id as Shoprenter makes it."""
    return base64.b64encode(text.encode()).decode()


def listed(*items: Any, **more: Any) -> dict[str, Any]:
    """A page of a list, the last one."""
    return {"page": 0, "pageCount": 1, "limit": 200, "next": None, "items": list(items), **more}


def refused(status: int, code: int | None = None, message: str = "made up") -> httpx.Response:
    """A refusal in the envelope that clients have met."""
    return httpx.Response(status, json={"error": code or status, "message": message})


def token(*scopes: str) -> str:
    """A token as a JWT with these scopes; nobody checks its signature."""
    claims = base64.urlsafe_b64encode(json.dumps({"scopes": scopes}).encode()).decode().rstrip("=")
    return f"e30.{claims}.x"


@dataclass
class Shop:
    """Answers by what is asked for, such as ``GET orderExtend``; ``asked`` notes every call but logins."""

    answers: dict[str, Given] = field(default_factory=dict)
    clock: ManualClock = field(default_factory=ManualClock)
    token: str = field(default_factory=token)
    asked: list[httpx.Request] = field(default_factory=list)
    logins: list[httpx.Request] = field(default_factory=list)
    limiter: Limiter = field(default_factory=Limiter)

    def answer(self, request: httpx.Request) -> httpx.Response:
        """One call."""
        if request.url.host == "oauth.app.shoprenter.net":
            self.logins.append(request)
            return self._given(self.answers.get("login", {"access_token": self.token, "expires_in": 3600}), request)
        self.asked.append(request)
        assert request.headers["Authorization"] == f"Bearer {self.token}"
        assert request.headers["Accept"] == "application/json"
        path = request.url.path.removeprefix("/api/")
        given = self.answers.get(f"{request.method} {path}", LISTS.get(path) if request.method == "GET" else None)
        return refused(404, 40401) if given is None else self._given(given, request)

    def _given(self, given: Given, request: httpx.Request) -> httpx.Response:
        made = given(request) if callable(given) else given
        if isinstance(made, httpx.Response):
            return made
        return httpx.Response(200, text=json.dumps(made, default=str), headers={"content-type": "application/json"})

    def connector(self, **settings: Any) -> RequiredParts:
        """A new container's connector."""
        http = httpx.Client(transport=httpx.MockTransport(self.answer))
        wiring = Wiring(http, self.limiter, Deadline(), sleep=lambda _: None)
        world = World(wiring, Tokens(self.clock), Secrets(SECRETS), self.clock)
        return parts_of(SPEC, {"shop": "demobolt", **settings}, world)

    def paths(self) -> list[str]:
        """What was asked for so far."""
        return [f"{each.method} {each.url.path.removeprefix('/api/')}" for each in self.asked]

    def sent(self, place: int = -1) -> Any:
        """The body of a call."""
        return json.loads(self.asked[place].content)


def shop(**answers: Given) -> Shop:
    """A shop whose lists are the documented ones but for these; names with a blank are ``METHOD path``."""
    return Shop(
        {f"GET {name}" if name != "login" and " " not in name else name: each for name, each in answers.items()}
    )


def read(row: Any, **settings: Any) -> Order | UnreadableOrder:
    """An order as the connector reads it."""
    orders, unreadable = changed(row, **settings)
    found: list[Order | UnreadableOrder] = [*orders, *unreadable]
    return found[0]


def changed(*rows: Any, **settings: Any) -> tuple[list[Order], list[UnreadableOrder]]:
    """A page of orders as the connector reads it."""
    page = shop(orderExtend=listed(*rows)).connector(**settings).order_source.changed(LONG_AGO, None)
    return list(page.orders), list(page.unreadable)


def row(name: str = "order_page", **changes: Any) -> dict[str, Any]:
    """A documented order with changes."""
    body = golden(name)
    found = body["items"][0] if "items" in body else body
    return {**found, **changes}


def stocked(**answers: Any) -> Shop:
    """A shop whose batches search by SKU and take figures."""
    rows = {each["sku"]: each for each in golden("product_page")["items"]}
    at = shop(**answers)

    def answer(request: httpx.Request) -> Any:
        replies = [_reply(each, rows) for each in json.loads(request.content)["data"]["requests"]]
        return {"requests": {"request": replies}}

    at.answers.setdefault("POST batch", answer)
    return at


def _reply(request: dict[str, Any], rows: dict[str, Any]) -> dict[str, Any]:
    url = httpx.URL(request["uri"])
    if request["method"] == "GET":
        sku, parent = url.params.get("sku"), url.params.get("parentProductId")
        of_parent = [
            row for row in rows.values() if encoded(f"product-product_id={parent}") in row["parentProduct"]["href"]
        ]
        body: Any = listed(*([rows[sku]] if sku in rows else []), *(of_parent if parent else []))
        return {"response": {"header": {"statusCode": "200"}, "body": body}}
    return {"response": {"header": {"statusCode": "200"}, "body": {"id": "x"}}}
