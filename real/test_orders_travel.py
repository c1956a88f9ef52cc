"""Orders of a shop arrive in a real Tryton over the whole bridge; its products, prices and stock come to the shop.

The handlers, the connectors and the back office are real, and in two tests the shop is, too: a real Vendure. Tables and
queues are in memory. The bridge has the time as it is when a test begins, since the real platforms have no other.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from real.passing import passing_on
from real.tryton import RealTryton
from real.tryton.people import Person
from real.vendure import RealVendure
from real.vendure.people import AUTHORIZED
from sandbox.demo.story.scripted import KINDS
from sandbox.pairs import catalogue
from sandbox.pairs.all_pairs import PAIRS
from sandbox.pairs.offices import OFFICES
from sandbox.pairs.orders import Product
from sandbox.pairs.pair import Pair, linked
from sandbox.pairs.shops import SHOPS
from sandbox.quick.scenery import Linked, Scenery, scenery

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

MANY = 40
HUNDRED = Decimal(100)
SOLD = (
    Product("MUG-BLU", "Mug, blue", Decimal("12.95"), Decimal(21)),
    Product("BK-FG", "Book", Decimal("24.99"), Decimal(9)),
    Product("CAP-1", "Cap", Decimal("7.50"), Decimal(21)),
)
"""What the real shop sells."""
MADE = (
    Product("POT-1", "Teapot", Decimal("24.20"), Decimal(21)),
    Product("ALM-1", "Almanac", Decimal("10.90"), Decimal(9)),
)
"""What only the real office has."""
DEARER = Decimal("22.0000")
"""Of the teapot, without tax."""
POLL = timedelta(minutes=5)


@dataclass
class RealOffice:
    """A real Tryton in the place of the emulated one."""

    office: RealTryton
    people: Person
    app: "WSGIApplication"
    products: dict[str, int] = field(default_factory=dict)
    platform: str = "tryton"

    def settings(self) -> Mapping[str, Any]:
        """Which database and company it is, and where goods come from."""
        made = self.office.made
        places = {"warehouse": made["main"], "stock_warehouses": [made["main"]]}
        return {"database": self.office.database, "company": made["company"], "send_vat_ids": False, **places}

    def secrets(self) -> Mapping[str, str]:
        """The log-in of our user."""
        return {"user": self.office.user, "password": self.office.password}

    def add_products(self, products: Iterable[Product]) -> None:
        """Put products into the catalogue, forty of each."""
        for each in products:
            net = (each.price * HUNDRED / (HUNDRED + each.tax)).quantize(Decimal("0.0001"))
            self.products[each.sku] = self.people.add_product(each.sku, net, tax=str(each.tax), name=each.name)
            self.people.count(self.products[each.sku], MANY)

    def reprice(self, sku: str, net: Decimal) -> None:
        """A person makes a product dearer."""
        (row,) = self.people.read("product.product", [["id", "=", self.products[sku]]], "template")
        self.people.model("product.template.write", [row["template"]], {"list_price": net})

    def totals(self) -> Mapping[str, list[Decimal]]:
        """What its processed sales come to, by reference."""
        found: dict[str, list[Decimal]] = {}
        domain = [["reference", "!=", None], ["state", "=", "processing"]]
        for row in self.people.read("sale.sale", domain, "reference", "total_amount"):
            found.setdefault(row["reference"], []).append(Decimal(row["total_amount"]["decimal"]))
        return found

    def free(self) -> Mapping[str, Decimal]:
        """What is left of each product once what is sold has been sent, by SKU."""
        return {sku: self.people.on_hand(key, "forecast_quantity") for sku, key in self.products.items()}


@dataclass
class RealShop:
    """A real Vendure in the place of the emulated one; its plugin tells others, so polls find its orders."""

    shop: RealVendure
    app: "WSGIApplication"
    platform: str = "vendure"

    def settings(self) -> Mapping[str, Any]:
        """Nothing but its address."""
        return {}

    def secrets(self) -> Mapping[str, str]:
        """The key that the merchant made for us, and the plugin's secret."""
        return {"api_key": self.shop.api_key, "webhook_secret": self.shop.webhook_secret}

    def open_at(self, url: str) -> None:
        """It is where it is."""

    def install(self, base_url: str, hooks: Mapping[str, str]) -> None:
        """Nothing: nobody could call back into this process."""


@pytest.fixture
def office(tryton: RealTryton) -> Iterator[RealOffice]:
    """A company that nobody sold in yet."""
    people = Person(tryton)
    people.forget()
    with passing_on(tryton.url) as app:
        yield RealOffice(tryton, people, app)
    people.close()


def paired(platform: str, office: RealOffice, **own: Any) -> Pair:
    """The demo's pair with the real office in the place of the emulated one, in its own numbers."""
    made = office.office.made
    words: dict[str, Any] = {
        "side": lambda *_: office,
        "taxes": {rate: str(each["tax"]) for rate, each in made["taxes"].items()},
        "payments": dict.fromkeys(OFFICES["tryton"].payments, str(made["payment_term"])),
    }
    return replace(linked(SHOPS[platform], replace(OFFICES["tryton"], **words)), **own)


@contextmanager
def connected(pair: Pair, goods: Iterable[Product], **parts: Any) -> Iterator[tuple[Scenery, Linked]]:
    """A bridge between both, with these products in the office."""
    with pytest.MonkeyPatch.context() as patch, scenery("real") as stage:
        patch.setitem(PAIRS, "real", pair)
        stage.clock.moment = datetime.now(UTC)
        link = stage.link("real", "real")
        link.office.add_products(goods)
        stage.connect(link, {"stock": {"active": True}, **parts})
        stage.settle()
        yield stage, link


def sweep(bridge: Scenery) -> None:
    """Let two ticks come: stock is looked through at one of them, and the time of day decides at which."""
    for _ in range(2):
        bridge.let_pass(POLL)


def test_every_kind_of_order_arrives_once_with_its_total_and_stock_comes_back(office: RealOffice) -> None:
    with connected(paired("shopware", office), catalogue.PRODUCTS) as (bridge, link):
        link.shop.add_products(catalogue.PRODUCTS)
        for order in filter(link.shop.takes, KINDS.values()):
            link.shop.place(order)
        bridge.settle()
        sweep(bridge)  # what was not sent at once, as an answer came late
        placed = {order.number: order.total for order in link.shop.placed()}
        assert office.totals() == {number: [total] for number, total in placed.items()}
        assert len(placed) >= len(KINDS) - 1
        offered = {each.sku: each.stock for each in link.shop.shelf()}
        taken = {sku: left for sku, left in office.free().items() if left < MANY}
        assert taken
        assert {sku: offered[sku] for sku in taken} == taken


def for_sale(shop: RealVendure, sku: str) -> int:
    """What lies in the shop and no placed order has a claim on."""
    on_hand, allocated = shop.stock_of(sku)
    return on_hand - allocated


def test_orders_of_a_real_shop_arrive_in_the_real_office_and_what_they_leave_is_for_sale_in_the_shop(
    office: RealOffice, vendure: RealVendure
) -> None:
    term = str(office.office.made["payment_term"])
    with passing_on(vendure.url) as app:
        pair = paired("vendure", office, shop=lambda *_: RealShop(vendure, app))
        maps: dict[str, Any] = {name: {"entries": dict(entries)} for name, entries in pair.maps.items()}
        maps |= {"payment": {"entries": {}, "fallback": term}, "shipping": {"entries": {}, "fallback": "="}}
        with connected(pair, SOLD, orders={"maps": maps, "payment_statuses": []}) as (bridge, _):
            units = {"MUG-BLU": 3, "BK-FG": 1, "CAP-1": 3}
            ways: tuple[Mapping[str, Any], ...] = ({}, {"coupon": "TEN"}, {"gross": True}, {"payment": AUTHORIZED})
            placed = [vendure.place_order(units, mail=f"buyer-{at}@example.test", **way) for at, way in enumerate(ways)]
            bridge.clock.moment = max(bridge.clock(), datetime.now(UTC)) + POLL
            bridge.tick()
            bridge.settle()
            codes = {vendure.order(order, "code")["code"]: vendure.total_of(order) for order in placed}
            arrived = office.totals()
            assert {code: arrived.get(code) for code in codes} == {code: [total] for code, total in codes.items()}
            left = office.free()
            assert set(left.values()) == {MANY - sum(3 for _ in ways), MANY - len(ways)}
            sweep(bridge)
            assert {sku: for_sale(vendure, sku) for sku in units} == left


def price_in(shop: RealVendure, sku: str) -> Decimal:
    """What a buyer pays."""
    query = "query($sku: String!) { productVariants(options: {filter: {sku: {eq: $sku}}}) { items { priceWithTax } } }"
    (found,) = shop.admin(query, sku=sku)["productVariants"]["items"]
    return Decimal(found["priceWithTax"]) / HUNDRED


def carried(bridge: Scenery, kind: str) -> Mapping[str, Any]:
    """A run of products or stock that somebody started, once it has ended well."""
    told = bridge.ask("start_run", connection="real", job=kind, by="a test")
    if not told.get("started", True):
        bridge.ask("start_run", connection="real", job=kind, by="a test", consent=told["consent"])
    bridge.settle()
    run: Mapping[str, Any] = next(each for each in bridge.ask("runs", connection="real") if each["kind"] == kind)
    assert (run["state"], run["problems"]) == ("done", [])
    return run


def test_products_of_the_real_office_are_made_in_the_real_shop_with_its_prices_and_its_stock(
    office: RealOffice, vendure: RealVendure
) -> None:
    with passing_on(vendure.url) as app:
        pair = paired("vendure", office, shop=lambda *_: RealShop(vendure, app))
        maps: dict[str, Any] = {name: {"entries": dict(entries)} for name, entries in pair.maps.items()}
        maps |= {"payment": {"entries": {}, "fallback": "="}, "shipping": {"entries": {}, "fallback": "="}}
        parts = {"orders": {"maps": maps, "payment_statuses": []}, "products": {"active": True}}
        with connected(pair, MADE, **parts) as (bridge, _):
            carried(bridge, "products")
            assert [price_in(vendure, each.sku) for each in MADE] == [each.price for each in MADE]
            carried(bridge, "stock")
            assert [for_sale(vendure, each.sku) for each in MADE] == [MANY, MANY]
            office.reprice("POT-1", DEARER)
            assert carried(bridge, "products")["counts"]["updated"] == 1
            assert price_in(vendure, "POT-1") == Decimal("26.62")
            assert carried(bridge, "products")["counts"]["unchanged"] == len(MADE)
