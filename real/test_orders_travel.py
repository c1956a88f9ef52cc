"""Orders of a shop arrive in a real Tryton over the whole bridge, and its stock comes back.

The handlers, the connectors and the back office are real; the shop is the emulated Shopware, and tables and queues are
in memory. The bridge has the time as it is when the test begins, since the real office has no other.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from flask import Flask, Response
from flask import request as asked

from chaos.scenery import Linked, Scenery, scenery
from real.tryton import RealTryton
from real.tryton.people import Person
from sandbox.demo import catalogue
from sandbox.demo.offices import OFFICES
from sandbox.demo.orders import Order, Product
from sandbox.demo.pair import Pair, linked
from sandbox.demo.pairs import PAIRS
from sandbox.demo.scripted import KINDS
from sandbox.demo.shops import SHOPS
from sandbox.demo.side_tryton import TrytonSide

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

NAME = "shopware-tryton"
MANY = 40
HUNDRED = Decimal(100)


@dataclass
class RealSide:
    """A real Tryton in the place of the emulated one: what the bridge asks of it is passed on."""

    office: RealTryton
    people: Person
    line: httpx.Client
    products: dict[str, int] = field(default_factory=dict)
    platform = TrytonSide.platform

    @property
    def app(self) -> "WSGIApplication":
        """Passes every call on."""
        app, http = Flask("real-tryton"), self.line

        def call(rest: str) -> Response:
            kept = {name: value for name, value in asked.headers.items() if name in ("Authorization", "Content-Type")}
            answer = http.request(asked.method, f"/{rest}", content=asked.get_data(), headers=kept)
            return Response(answer.content, answer.status_code, content_type=answer.headers["content-type"])

        app.add_url_rule("/<path:rest>", view_func=call, methods=["GET", "POST"])
        return app

    def settings(self) -> Mapping[str, Any]:
        """Which database and company it is, and where goods come from."""
        made = self.office.made
        return {
            "database": self.office.database,
            "company": made["company"],
            "warehouse": made["main"],
            "stock_warehouses": [made["main"]],
            "send_vat_ids": False,
        }

    def secrets(self) -> Mapping[str, str]:
        """The log-in of our user."""
        return {"user": self.office.user, "password": self.office.password}

    def add_products(self, products: Iterable[Product]) -> None:
        """Put products into the catalogue, forty of each."""
        for each in products:
            net = (each.price * HUNDRED / (HUNDRED + each.tax)).quantize(Decimal("0.0001"))
            self.products[each.sku] = self.people.add_product(each.sku, net, tax=str(each.tax), name=each.name)
            self.people.count(self.products[each.sku], MANY)

    def totals(self) -> Mapping[str, list[Decimal]]:
        """What its sales come to, by reference."""
        found: dict[str, list[Decimal]] = {}
        for row in self.people.read("sale.sale", [["comment", "ilike", "%Storefront%"]], "reference", "total_amount"):
            found.setdefault(row["reference"], []).append(Decimal(row["total_amount"]["decimal"]))
        return found


@pytest.fixture
def pair(tryton: RealTryton, monkeypatch: pytest.MonkeyPatch) -> Iterator[Pair]:
    """The demo's pair, with the real office in the place of the emulated one, and its own numbers."""
    people = Person(tryton)
    people.forget()
    line = httpx.Client(base_url=tryton.url, timeout=60)
    office: Callable[..., Any] = lambda *_: RealSide(tryton, people, line)  # noqa: E731 - as sides are made
    own: dict[str, Any] = {
        "side": office,
        "taxes": {rate: str(each["tax"]) for rate, each in tryton.made["taxes"].items()},
        "payments": dict.fromkeys(OFFICES["tryton"].payments, str(tryton.made["payment_term"])),
    }
    made = linked(SHOPS["shopware"], replace(OFFICES["tryton"], **own))
    monkeypatch.setitem(PAIRS, NAME, made)
    yield made
    people.close()
    line.close()


@pytest.fixture
def stage(pair: Pair) -> Iterator[tuple[Scenery, Linked]]:
    """Both linked and connected, with the same products on both sides."""
    del pair
    with scenery("real") as made:
        made.clock.moment = datetime.now(UTC)
        link = made.link("real", NAME)
        link.shop.add_products(catalogue.PRODUCTS)
        link.office.add_products(catalogue.PRODUCTS)
        made.connect(link, {"stock": {"active": True}})
        made.settle()
        yield made, link


def offered(link: Linked) -> Mapping[str, Decimal]:
    """What the shop says may be bought, by SKU."""
    return {each.sku: each.stock for each in link.shop.shelf()}


def place(stage: Scenery, link: Linked, orders: Sequence[Order]) -> None:
    """Buyers order, and all of it is carried."""
    for order in orders:
        link.shop.place(order)
    stage.settle()


def test_every_kind_of_order_arrives_once_with_its_total_and_stock_comes_back(stage: tuple[Scenery, Linked]) -> None:
    bridge, link = stage
    office: Any = link.office
    place(bridge, link, [order for order in KINDS.values() if link.shop.takes(order)])
    placed = {order.number: order.total for order in link.shop.placed()}
    assert office.totals() == {number: [total] for number, total in placed.items()}
    assert len(placed) >= len(KINDS) - 1
    free = {sku: office.people.on_hand(key, "forecast_quantity") for sku, key in office.products.items()}
    assert min(free.values()) < MANY
    assert {sku: offered(link)[sku] for sku in free} == free
    for row in office.people.read("sale.sale", [["reference", "in", [*placed]]], "state", "shipment_state"):
        assert (row["state"], row["shipment_state"] in ("waiting", "none")) == ("processing", True)
