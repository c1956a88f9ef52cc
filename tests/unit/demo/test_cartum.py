"""The demo's Cartum shop: what buyers and the merchant do there is what the story asks for."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import httpx
import pytest

from sandbox.demo.story.scripted import KINDS, PRIVATE
from sandbox.pairs import catalogue
from sandbox.pairs.market import ROMANIA
from sandbox.pairs.sides.cartum import CANCELLED, CARRIAGE, LOGIN, METHODS, NEW, CartumSide
from sandbox.platforms.kit import in_process

HOOK = "https://bridge.example.test/hooks/demo"
WITHOUT = {"net prices", "a bundle", "a guest", "a retried payment", "a total rounded for cash"}


class Listener:
    """Where hooks are sent."""

    def __init__(self) -> None:
        self.calls: list[httpx.Request] = []
        self.client = httpx.Client(transport=httpx.MockTransport(self._answer))

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.calls.append(request)
        return httpx.Response(200)

    @property
    def numbers(self) -> list[int]:
        return [json.loads(call.content)["order_id"] for call in self.calls]


def shop(listener: Listener | None = None) -> CartumSide:
    side = CartumSide(lambda: datetime(2026, 2, 1, tzinfo=UTC), "RON", (listener or Listener()).client)
    side.add_products(map(ROMANIA.product, catalogue.PRODUCTS))
    return side


def _api(side: CartumSide, function: str, **body: Any) -> Any:
    client = httpx.Client(transport=in_process(side.app), base_url="https://shop.example.test/api/")
    return client.post(f"{function}/", json=body).json()


def test_it_cannot_have_every_kind_of_order() -> None:
    assert {kind for kind, order in KINDS.items() if not shop().takes(order)} == WITHOUT


@pytest.mark.parametrize("kind", sorted(KINDS.keys() - WITHOUT))
def test_an_order_costs_there_what_its_buyer_sees(kind: str) -> None:
    side, order = shop(), ROMANIA.order(KINDS[kind])
    side.place(order)
    goods = sum((each.price * each.quantity for each in order.items), Decimal(0))
    off = (goods * order.discount / 100).quantize(Decimal("0.01"))
    (placed,) = side.placed()
    assert (placed.number, placed.total) == (order.number, goods - off + order.shipping)


def test_keys_of_maps_are_the_shop_s_ids() -> None:
    side = shop()
    titles = {str(number): row["title"]["ro"] for number, row in side._shop.shop.payments.items()}
    assert {name: titles[key] for name, key in METHODS.items()} == {
        "invoice": "Transfer bancar",
        "prepaid": "Numerar",
        "ideal": "Card online",
        "paypal": "PayPal",
    }
    assert side._shop.shop.deliveries[int(CARRIAGE)]["title"]["en"] == "By courier"


def test_its_products_cost_what_the_story_says() -> None:
    listed = {each.sku: each for each in shop().shelf()}
    assert {sku: each.price for sku, each in listed.items()} == {each.sku: each.price for each in catalogue.PRODUCTS}
    assert all(each.list_price is None for each in listed.values())


def test_an_order_is_paid_edited_and_cancelled() -> None:
    side = shop()
    side.place(ROMANIA.order(replace(PRIVATE, paid=False)))
    side.pay(PRIVATE.number)
    assert side._shop.order(int(PRIVATE.number)).paid
    before = side.placed()[0].total
    side.edit(PRIVATE.number, PRIVATE.shipping + 5)
    assert side.placed()[0].total == before + 5
    (ordered,) = side.ordered()
    assert [ordered.units, ordered.cancelled] == [{catalogue.MUG.sku: 2}, False]
    assert (side.told(PRIVATE.number).status, side.told(PRIVATE.number).document) == (NEW, "")
    side.cancel(PRIVATE.number)
    assert (side.told(PRIVATE.number).status, side.ordered()[0].cancelled) == (CANCELLED, True)


def test_its_hooks_come_at_once_unless_the_call_is_lost() -> None:
    listener = Listener()
    side = shop(listener)
    token = _api(side, "auth", **side.secrets())["response"]["token"]
    for event in ("order_created", "order_paid"):
        assert _api(side, "hooks/subscribe", token=token, event=event, target_url=HOOK)["id"]
    side.place(ROMANIA.order(PRIVATE))
    side.place(ROMANIA.order(replace(PRIVATE, number="10002")), announced=False)
    assert listener.numbers == [10001]
    with side.doubled_and_reordered():
        side.place(ROMANIA.order(replace(PRIVATE, number="10003", paid=False)))
        side.place(ROMANIA.order(replace(PRIVATE, number="10004")))
        assert listener.numbers == [10001]
    assert listener.numbers[1:] == [10004, 10004, 10003, 10003]
    side.pay("10003")
    assert listener.numbers[5:] == [10003]


def test_what_is_switched_off_is_not_sold_and_a_miscount_is_seen() -> None:
    side = shop()
    assert side.sells(catalogue.MUG.sku)
    side._shop.change_product(catalogue.MUG.sku, shown=False)
    assert not side.sells(catalogue.MUG.sku)
    side.miscount(catalogue.SOAP.sku, 7)
    side.enrich(catalogue.SOAP.sku, "Better.")
    (soap,) = (each for each in side.shelf() if each.sku == catalogue.SOAP.sku)
    assert (soap.stock, soap.text) == (Decimal(7), "Better.")
    assert (side.calls, side.writes) == (0, 0)


def test_its_users_may_log_in() -> None:
    side = shop()
    logins = (side.secrets(), side.another_key(), side.secrets(right=False))
    assert [_api(side, "auth", **login)["status"] for login in logins] == ["OK", "OK", "ERROR"]
    assert side.secrets()["login"] == LOGIN
    assert side.calls == 3
