"""What the contract tests of the Shopware connector share: a connector beside an emulated shop.

Every request of the connector and every answer to it is checked against Shopware's published schema.
"""

import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Any, cast

import httpx

from sandbox.platforms.kit import ManualClock, in_process
from sandbox.platforms.kit.doubles import Doubles
from sandbox.platforms.shopware import Line, OrderSpec, ProductSpec, ShopwareEmulator
from sandbox.platforms.shopware.specs import Shipping
from sandbox.platforms.shopware.webhooks import Subscriber
from shopbridge.connectors.parts import RequiredParts
from shopbridge.connectors.shopware.api import AdminApi
from shopbridge.connectors.shopware.connector import SPEC
from shopbridge.connectors.shopware.stock.read import ShopwareStock
from shopbridge.connectors.spec import World
from shopbridge.http.answer import Answer
from shopbridge.http.client import Wiring
from shopbridge.model.base import ExternalId, OrderId
from shopbridge.model.order import Order
from tests.containers import Deadline, Limiter, Secrets, Tokens, parts_of
from tests.contract.bench import Around, Facts, Row, Statuses, unchanged
from tests.shopware_schema import check_request, check_response

RELEASES = ("6.4.20.2", "6.5.8.18", "6.6.10.13", "6.7.9.1")
NEWEST = RELEASES[-1]
ENDS = (RELEASES[0], NEWEST)
SYNCS = (RELEASES[0], "6.5.0.0", NEWEST)
"""Before 6.5 a sync was not all or nothing by itself."""
LONG_AGO = datetime.fromisoformat("2020-01-01T00:00:00+00:00")


class CheckedTransport(httpx.BaseTransport):
    """Holds every exchange against the schema on its way; answers only of the release the schema is of.

    The answers of state transitions have no type in the schema.
    """

    def __init__(self, inner: httpx.BaseTransport, *, answers: bool) -> None:
        self._inner = inner
        self._answers = answers

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        path, body = request.url.path, json.loads(request.content or "{}")
        if request.content:
            check_request(path, request.method, body)
        response = self._inner.handle_request(request)
        response.read()
        is_typed = request.method != "POST" or "/state/" not in path or response.is_error
        if self._answers and is_typed and "json" in response.headers.get("content-type", ""):
            cut = body.get("includes", ()) if isinstance(body, dict) else ()
            check_response(path, request.method, response.status_code, without_cuttings(response.json(), cut))
        return response


def without_cuttings(body: Any, includes: Collection[str]) -> Any:
    """The answer without the entities that ``includes`` cut down: what is left of them is no whole entity."""
    if isinstance(body, list):
        return [without_cuttings(each, includes) for each in body if not _is_cut(each, includes)]
    if not isinstance(body, dict):
        return body
    return {name: without_cuttings(each, includes) for name, each in body.items() if not _is_cut(each, includes)}


def _is_cut(part: Any, includes: Collection[str]) -> bool:
    return isinstance(part, dict) and part.get("apiAlias") in includes


FACTS = Facts(
    routes={
        "account": "GET /api/_info/version",
        "order_source": "POST /api/search/order",
        "order_status": "POST /api/_action/order/state/process",
        "order document": "PATCH /api/order",
        "shipments": "PATCH /api/order-delivery",
        "open_orders": "POST /api/search/order",
        "stock_source": "POST /api/search/product",
        "stock_target": "POST /api/_action/sync",
        "catalogue_source": "POST /api/search/product",
        "catalogue_target": "POST /api/_action/sync",
        "product creation": "POST /api/_action/sync",
        "category creation": "POST /api/category",
    },
    faults={
        "throttled": ("rate_limited", {"detail": 17}),
        "lost_request": ("lost_request", {"times": 2}),
        "lost_answer": ("lost_answer", {"times": 2}),
        "broken": ("maintenance", {}),
    },
    pages={"catalogue_source": 7, "stock_source": 7, "order_source": 7, "open_orders": 7},
    lacks=frozenset({"twins", "computed stock"}),
    calls={
        "product page": 2,
        "categories": 1,
        "on sale": 2,
        "product updated": 2,
        "order page": 6,
        "one order": 1,
        "move": 2,
        "shipment": 2,
        "open orders": 1,
        "stock page": 2,
        "stock of one": 2,
        "stock written": 3,
        "standings": 1,
        "will deduct": 1,
    },
    tax=Decimal(19),
    other_tax=Decimal(7),
    rows={
        "stock_source": Row("productNumber", ("id", "productNumber", "autoIncrement", "stock")),
        "order_source": Row("id", ("orderNumber", "orderDateTime", "id"), beside="orderDateTime"),
    },
)


@dataclass
class Bench:
    """A shop, and connectors that share their tokens as containers do."""

    shop: ShopwareEmulator
    clock: ManualClock
    secrets: Secrets
    tokens: Tokens
    limiter: Limiter = field(default_factory=Limiter)
    answers: list[Answer] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)
    around: Around = field(default=unchanged)
    facts: Facts = field(default=FACTS, repr=False)

    def connector(self, **settings: Any) -> RequiredParts:
        """A new container's connector; what it asks after answers that a test spoils need fit no schema."""
        transport: httpx.BaseTransport = in_process(self.shop.app)
        if self.around is unchanged:
            transport = CheckedTransport(transport, answers=self.shop.version.at_least("6.7"))
        wiring = Wiring(
            httpx.Client(transport=self.around(transport)),
            self.limiter,
            Deadline(),
            sleep=self.waits.append,
            observe=self.answers.append,
        )
        world = World(wiring, self.tokens, self.secrets, self.clock)
        return parts_of(SPEC, {"url": "https://shop.example.test/", **settings}, world)

    def calls(self, route: str) -> int:
        """How often a route was called so far."""
        return self.shop.calls.by_route[route]

    def history(self, order: OrderId) -> list[str]:
        """The transitions an order went through."""
        rows = self.shop.shop.store.tables["state_machine_history"].values()
        ours = (row.values for row in rows if row.values["entityName"] == "order")
        return [
            row["transitionActionName"]
            for row in ours
            if order in (row.get("referencedId"), (row.get("entityId") or {}).get("id"))
        ]

    def state(self, order: OrderId) -> str:
        """The order's state, as the shop has it."""
        return str(self.shop.order(order)["stateMachineState"]["technicalName"])

    # --- what suites ask for ------------------------------------------------------------------------------------------

    def part(self, capability: str) -> Any:
        """A new container's connector, by one of its capabilities."""
        return SPEC.webhook if capability == "webhook_receiver" else getattr(self.connector(), capability)

    def plan(self, name: str, on: str, **options: Any) -> None:
        """Let something go wrong at the next call of a route."""
        self.shop.faults.plan(name, on, **options)

    def made(self) -> int:
        """All calls so far but logins."""
        return self.shop.calls.total - self.calls("POST /api/oauth/token")

    def rest(self) -> None:
        """Let the pause pass that a limit asked for."""
        self.limiter.paused.clear()
        self.clock.advance(minutes=2)

    def spoil_credentials(self) -> None:
        """Our secret is an old one, and no token is left."""
        self.secrets.values = {**self.secrets.values, "client_secret": "old"}
        self.tokens.kept.clear()

    def write_numbers(self, doubles: Doubles) -> None:
        """Let the shop write its numbers in this way."""
        self.shop.shop.doubles = doubles

    def shrink_pages(self) -> None:
        """Three records a page, as a shop may be set to."""
        self.shop.shop.max_limit = 3

    def put(self, sku: str, stock: Decimal | int = 5) -> ExternalId:
        """Put a product in the shop."""
        return ExternalId(self.shop.add_product(ProductSpec(sku, sku, Decimal("28.79"), Decimal(19), stock=int(stock))))

    def put_variants(self, sku: str, stock: Mapping[str, int]) -> Mapping[str, ExternalId]:
        """Put a product with variants in the shop."""
        self.put(sku)
        variants = (ProductSpec(each, parent=sku, options={"Size": each}, stock=count) for each, count in stock.items())
        return {each.sku: ExternalId(self.shop.add_product(each)) for each in variants}

    def take_away(self, sku: str) -> None:
        """Delete a product."""
        (row,) = self.shop.shop.store.children("product", "productNumber", sku)
        self.shop.shop.store.delete(row)

    def stock(self, sku: str) -> Decimal:
        """How many may be sold of it: up to 6.5 orders lie on the stock, from 6.6 on they took it already."""
        return Decimal(self.shop.product(sku)["stock"])

    def name(self, sku: str) -> str:
        """What it is called."""
        return str(self.shop.product(sku)["name"])

    def price(self, sku: str) -> Decimal:
        """What it costs, gross."""
        return Decimal(str(self.shop.product(sku)["price"][0]["gross"]))

    def sell(self, units: Mapping[str, int], *, number: str = "") -> OrderId:
        """Place an order."""
        lines = tuple(Line(sku, Decimal("28.79"), quantity=count) for sku, count in units.items())
        spec = OrderSpec(lines=lines, shipping=(Shipping(Decimal("4.90")),), number=number or None)
        return OrderId(self.shop.place_order(spec))

    def pay(self, order: OrderId) -> None:
        """Let the money arrive."""
        self.shop.pay(order)

    def cancel(self, order: OrderId) -> None:
        """Let the merchant cancel it."""
        self.shop.cancel(order)

    def delete_order(self, order: OrderId) -> None:
        """Delete it."""
        self.shop.delete_order(order)

    def total(self, order: OrderId) -> Decimal:
        """What the buyer pays."""
        return Decimal(str(self.shop.order(order)["price"]["totalPrice"]))

    def key_of(self, order: OrderId) -> str:
        """Its id."""
        return order

    def status(self, order: OrderId) -> str:
        """Its state."""
        return self.state(order)

    @property
    def statuses(self) -> Statuses:
        """By their technical names."""
        return Statuses("open", "in_progress", "completed")

    def shipments(self, order: OrderId) -> list[str]:
        """The codes of its delivery."""
        (delivery,) = self.shop.order(order)["deliveries"]
        return list(delivery["trackingCodes"] or [])

    def documents(self, order: OrderId) -> list[str]:
        """The custom fields."""
        return list((self.shop.order(order)["customFields"] or {}).values())

    @property
    def webhook_secrets(self) -> Mapping[str, str]:
        """What our app and the shop agreed on."""
        return {"shop_id": self.shop.shop_id, "shop_secret": "demo-shop-secret"}

    def webhook(self) -> tuple[OrderId, bytes, Mapping[str, str]]:
        """An order, and how the shop tells our app of it."""
        calls: list[httpx.Request] = []

        def take(request: httpx.Request) -> httpx.Response:
            calls.append(request)
            return httpx.Response(204)

        client = httpx.Client(transport=httpx.MockTransport(take))
        self.shop = ShopwareEmulator(str(self.shop.version), self.clock, client=client)
        app = Subscriber("DemoPosApp", self.webhook_secrets["shop_secret"], "1.0.0")
        self.shop.webhooks.subscribe("order.written", "https://bridge.example.test/webhook", app)
        order = OrderId(self.shop.place_order())
        return order, calls[-1].read(), dict(calls[-1].headers)


def bench(version: str = NEWEST, privileges: tuple[str, ...] | None = None) -> Bench:
    """A shop whose clock stands still, and the integration's credentials."""
    clock = ManualClock()
    shop = ShopwareEmulator(version, clock)
    integration = shop.integration if privileges is None else shop.add_integration(privileges)
    values = {"client_id": integration.access_key, "client_secret": integration.secret_key}
    return Bench(shop, clock, Secrets(values), Tokens(clock))


def api_of(connector: RequiredParts) -> AdminApi:
    """What a connector calls the shop with."""
    return cast("ShopwareStock", connector.stock_source).facts.api


def all_changed(connector: RequiredParts, since: datetime = LONG_AGO) -> list[Order]:
    """All pages of the changed orders; none of them unreadable."""
    found: list[Order] = []
    position: str | None = None
    while True:
        page = connector.order_source.changed(since, position)
        assert page.unreadable == ()
        found.extend(page.orders)
        if page.position is None:
            return found
        position = page.position


VARIANTS: Mapping[str, Callable[[], Bench]] = {version: partial(bench, version) for version in reversed(RELEASES)}
