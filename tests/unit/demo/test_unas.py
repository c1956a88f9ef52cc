"""The demo's UNAS shop: what buyers and the merchant do there is what the story asks for."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import httpx
import pytest

from sandbox.demo.story.scripted import KINDS, PRIVATE
from sandbox.pairs import catalogue
from sandbox.pairs.market import HUNGARY
from sandbox.pairs.sides.unas import (
    CANCELLED,
    CARRIAGE,
    CARRIAGE_KEY,
    HMAC_KEY,
    METHOD_KEYS,
    METHODS,
    NEW,
    STATUS_KEYS,
    UnasSide,
)
from sandbox.platforms.unas.webhooks import signature

WITHOUT = {"net prices", "a bundle", "a retried payment", "a total rounded for cash"}


class Listener:
    """Where automations call."""

    def __init__(self) -> None:
        self.calls: list[httpx.Request] = []
        self.client = httpx.Client(transport=httpx.MockTransport(self._answer))

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.calls.append(request)
        return httpx.Response(200)

    @property
    def topics(self) -> list[str]:
        return [call.headers["x-unas-topic"] for call in self.calls]


def shop(listener: Listener | None = None) -> UnasSide:
    side = UnasSide(lambda: datetime(2026, 2, 1, tzinfo=UTC), "HUF", (listener or Listener()).client)
    side.add_products(map(HUNGARY.product, catalogue.PRODUCTS))
    return side


def test_it_cannot_have_every_kind_of_order() -> None:
    assert {kind for kind, order in KINDS.items() if not shop().takes(order)} == WITHOUT


@pytest.mark.parametrize("kind", sorted(KINDS.keys() - WITHOUT))
def test_an_order_costs_there_what_its_buyer_sees(kind: str) -> None:
    side, order = shop(), HUNGARY.order(KINDS[kind])
    side.place(order)
    goods = sum((each.price * each.quantity for each in order.items), Decimal(0))
    off = (goods * order.discount / 100).quantize(Decimal("0.01"))
    (placed,) = side.placed()
    assert (placed.number, placed.total) == (order.number, goods - off + order.shipping)


def test_keys_of_maps_are_the_shop_s_ids() -> None:
    side = shop()
    tables = side._shop.shop.tables
    assert {key: tables["OrderStatus"][int(key)]["Name"] for key in STATUS_KEYS.values()} == {
        key: name for name, key in STATUS_KEYS.items()
    }
    names = {**{METHOD_KEYS[each]: name for each, name in METHODS.items()}, CARRIAGE_KEY: CARRIAGE}
    assert {key: tables["Method"][int(key)]["Name"] for key in names} == names
    assert side.settings()["category"] == str(side._shop.add_category("Termékek"))


def test_its_products_cost_what_the_story_says() -> None:
    listed = {each.sku: each for each in shop().shelf()}
    assert {sku: each.price for sku, each in listed.items()} == {each.sku: each.price for each in catalogue.PRODUCTS}
    assert all(each.list_price is None for each in listed.values())


def test_an_order_is_paid_edited_and_cancelled_and_its_invoice_number_is_ours() -> None:
    side = shop()
    side.place(HUNGARY.order(replace(PRIVATE, paid=False)))
    assert side._shop.paid(PRIVATE.number) == 0
    side.pay(PRIVATE.number)
    before = side.placed()[0].total
    assert side._shop.paid(PRIVATE.number) == before
    side.edit(PRIVATE.number, PRIVATE.shipping + 5)
    assert side.placed()[0].total == before + 5
    assert side.ordered()[0].units == {catalogue.MUG.sku: 2}
    side._shop.order(PRIVATE.number).nodes["Invoice"]["Number"] = "EX-1"
    assert (side.told(PRIVATE.number).status, side.told(PRIVATE.number).document) == (STATUS_KEYS[NEW], "EX-1")
    side.cancel(PRIVATE.number)
    assert side.ordered()[0].cancelled
    assert side._shop.status_of(PRIVATE.number) == CANCELLED


def test_its_automations_call_signed_unless_the_call_is_lost() -> None:
    listener = Listener()
    side = shop(listener)
    side.install("https://bridge.example.test", {"signed": "/hooks/demo"})
    side.install("https://bridge.example.test", {"signed": "/hooks/demo"})
    side.place(HUNGARY.order(PRIVATE))
    side.place(HUNGARY.order(replace(PRIVATE, number="10002")), announced=False)
    (call,) = listener.calls
    assert (str(call.url), call.headers["x-unas-topic"]) == ("https://bridge.example.test/hooks/demo", "order_send")
    assert call.headers["x-unas-hmac"] == signature(HMAC_KEY, call.content)
    with side.doubled_and_reordered():
        side.place(HUNGARY.order(replace(PRIVATE, number="10003", paid=False)))
        side.pay("10003")
        assert len(listener.calls) == 1
    assert listener.topics[1:] == ["successful_payment", "successful_payment", "order_send", "order_send"]


def test_what_is_switched_off_is_not_sold_and_a_miscount_is_seen() -> None:
    side = shop()
    assert side.sells(catalogue.MUG.sku)
    side._shop.change_product(catalogue.MUG.sku, Statuses={"Status": [{"Type": "base", "Value": "0"}]})
    assert not side.sells(catalogue.MUG.sku)
    side.miscount(catalogue.SOAP.sku, 7)
    side.enrich(catalogue.SOAP.sku, "Better.")
    (soap,) = (each for each in side.shelf() if each.sku == catalogue.SOAP.sku)
    assert (soap.stock, soap.text) == (Decimal(7), "Better.")
    assert (side.calls, side.writes) == (0, 0)
    assert side.another_key()["api_key"] != side.secrets()["api_key"] != side.secrets(right=False)["api_key"]
