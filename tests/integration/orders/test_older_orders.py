"""Older orders come over by a run, once the products are there; what they name and nobody sells comes along."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

import httpx
import pytest

from sandbox.platforms.kit import in_process
from sandbox.platforms.salesautopilot import SalesAutopilotEmulator
from sandbox.platforms.shoprenter import Line, OrderSpec, Payment, ProductSpec, Shipping, ShoprenterEmulator
from sandbox.platforms.shoprenter.emulator import CLIENT_ID, CLIENT_SECRET, SHOP
from sandbox.platforms.shoprenter.furnish import PROCESSING
from shopbridge.flows.starts import BY_ITSELF
from shopbridge.model.base import ConnectionId
from shopbridge.model.run import Run, RunKind
from shopbridge.store.environment import Environment
from tests.integration.conftest import ManualClock
from tests.integration.stage import LAMP, an_order, empty_queues, events, imported, rest_others, set_up, unannounced
from tests.integration.world import AnyWorld
from tests.integration.worlds.hungarian import API, BANK, LOGIN, MUG, OFTEN, order_id

TARIFFS = {"tax_tariffs": {"19": "normal"}}
OFFICE = "api.salesautopilot.com"
SINCE, LONG_GONE = "2025-03-01", "OLD-TEAPOT"


@dataclass
class NewsletterWorld(AnyWorld):
    """Shoprenter and SalesAutopilot, which makes a product of each SKU that an order names and it does not have."""

    def open_platforms(self) -> dict[str, httpx.BaseTransport]:
        """The shop sells a mug and a vase; the office knows nothing yet."""
        self.shop = ShoprenterEmulator(clock=self.clock, per_second=1_000_000)
        for sku in (MUG, "VASE"):
            self.shop.add_product(ProductSpec(sku, Decimal(1500), 10_000))
        self.office = SalesAutopilotEmulator(clock=self.clock, repeated_order_is_found=False)
        shop = in_process(self.shop.app)
        return {API: shop, LOGIN: shop, OFFICE: in_process(self.office.app)}

    def settings(self) -> dict[str, Any]:
        office = {"url": f"https://{OFFICE}", "order_list": self.office.order_list.id, "order_form": 70002, **OFTEN}
        same = {"entries": {}, "fallback": "="}
        maps = {"status": same, "payment": same, "shipping": same, "tax": {"entries": {"27": "27"}}}
        return {
            "id": self.connection,
            "name": "Test",
            "shop": {
                "platform": "shoprenter",
                "settings": {"shop": SHOP, "paid_statuses": [str(PROCESSING)], **OFTEN},
            },
            "office": {"platform": "salesautopilot", "settings": office},
            "orders": {"maps": maps, "payment_statuses": ["paid"], "older_since": SINCE},
            "products": {"active": True, "direction": "shop_to_office", "run_when_connected": True},
        }

    def secrets(self) -> dict[str, dict[str, str]]:
        return {
            "shop": {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET},
            "office": {"user": self.office.user, "password": self.office.password},
        }

    def connect(self) -> None:
        """Beside the connections of other tests, which rest: the account is always called the same."""
        others = [each.id for each in self.container.bridge.connections.all()]
        rest_others(self)
        self.ask("create", settings=self.settings(), secrets=self.secrets(), start=True, beside=others)

    def place(self, number: int, days_ago: int, *lines: Line) -> None:
        """A paid order of that day."""
        self.shop.place_order(
            OrderSpec(
                lines=lines,
                shipping=Shipping(gross=Decimal(1490)),
                payment=Payment("Banki átutalás", BANK),
                status=PROCESSING,
                number=number,
                placed_at=self.clock() - timedelta(days=days_ago),
            )
        )

    def run(self, kind: RunKind) -> Run:
        found = self.container.bridge.runs.load(self.connection, kind)
        assert found is not None
        return found


@pytest.fixture
def world(environment: Environment, connection_id: ConnectionId) -> NewsletterWorld:
    empty_queues()
    return NewsletterWorld(environment, ManualClock(), connection_id)


def teapot(quantity: int = 1) -> Line:
    """What the shop does not sell any more."""
    return Line(sku=LONG_GONE, name="Régi teáskanna", price=Decimal(4000), tax=Decimal(27), quantity=quantity)


def catalogue(world: NewsletterWorld) -> list[str]:
    return sorted(product.sku for product in world.office.products)


def test_products_of_older_orders_enter_the_catalogue_after_the_shop_s_own_and_once(world: NewsletterWorld) -> None:
    world.place(1, 300, Line(MUG, quantity=2), teapot())
    world.place(2, 200, teapot(3))
    world.place(3, 500, teapot())
    world.connect()
    while world.run("products").state != "done":
        assert world.office.orders == [], "an order came before the products"
        world.work()
    assert catalogue(world) == ["MUG", "VASE"]
    world.settle()
    assert (world.run("orders").state, world.run("orders").started_by) == ("done", BY_ITSELF)
    assert [len(world.office.orders_by_number(str(number))) for number in (1, 2, 3)] == [1, 1, 0]
    assert world.record(order_id(1)).origin == "backfill"
    assert catalogue(world) == ["MUG", LONG_GONE, "VASE"]
    assert world.office.product(LONG_GONE).name == "Régi teáskanna"
    world.agree("start_run", job="products")
    world.settle()
    assert (catalogue(world), world.run("products").counts.created) == (["MUG", LONG_GONE, "VASE"], 0)


def test_still_older_ones_are_brought_later_and_none_twice(world: NewsletterWorld) -> None:
    world.place(1, 300, teapot())
    world.place(3, 500, Line(sku="OLDER-POT", name="Kanna", price=Decimal(900), tax=Decimal(27)))
    world.connect()
    world.settle()
    world.ask("start_run", connection=world.connection, job="orders", since="2024-01-01T00:00:00Z", by="anna")
    world.settle()
    assert [len(world.office.orders_by_number(str(number))) for number in (1, 3)] == [1, 1]
    assert catalogue(world) == ["MUG", LONG_GONE, "OLDER-POT", "VASE"]


def test_an_office_that_finds_products_makes_those_of_older_orders_where_the_settings_say_so(
    environment: Environment, connection_id: ConnectionId
) -> None:
    shop = set_up(environment, connection_id, products=(), policy={"missing": "create"}, office=TARIFFS)
    old = unannounced(shop, an_order(LAMP, placed_at=shop.clock() - timedelta(days=200)))
    shop.ask("start_run", connection=shop.connection, job="orders", since="2025-01-01T00:00:00Z")
    shop.settle()
    imported(shop, old)
    assert shop.office.calls.by_route["POST /products"] == 1
    assert len(events(shop, "order_imported")) == 1
