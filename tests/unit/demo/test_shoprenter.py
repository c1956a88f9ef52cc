"""The demo's Shoprenter shop: what buyers and the merchant do there is what the story asks for."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import httpx
import pytest

from sandbox.demo.story.scripted import KINDS, PRIVATE
from sandbox.pairs import catalogue
from sandbox.pairs.market import HUNGARY
from sandbox.pairs.sides.shoprenter import NEW, ON_ITS_WAY, PAID, ShoprenterSide

WITHOUT = {"net prices", "a bundle", "a retried payment", "a total rounded for cash"}


class Listener:
    """Where automations call."""

    def __init__(self) -> None:
        self.called: list[str] = []
        self.client = httpx.Client(transport=httpx.MockTransport(self._answer))

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.called.append(request.url.path)
        if "app_url" in request.url.params:
            return httpx.Response(302, headers={"Location": request.url.params["app_url"]})
        return httpx.Response(202)


def shop(listener: Listener | None = None) -> ShoprenterSide:
    side = ShoprenterSide(lambda: datetime(2026, 2, 1, tzinfo=UTC), "HUF", (listener or Listener()).client)
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


def test_its_products_cost_what_the_story_says_and_are_of_no_other_one() -> None:
    listed = {each.sku: each for each in shop().shelf()}
    assert {sku: each.price for sku, each in listed.items()} == {each.sku: each.price for each in catalogue.PRODUCTS}
    assert all(each.product == sku and each.list_price is None for sku, each in listed.items())


def test_an_order_is_paid_and_cancelled_by_its_status_and_its_carriage_edited() -> None:
    side = shop()
    side.place(HUNGARY.order(replace(PRIVATE, paid=False)))
    assert side.told(PRIVATE.number).status == NEW
    side.pay(PRIVATE.number)
    assert side.told(PRIVATE.number).status == PAID
    before = side.placed()[0].total
    side.edit(PRIVATE.number, PRIVATE.shipping + 5)
    assert side.placed()[0].total == before + 5
    assert side.ordered()[0].units == {catalogue.MUG.sku: 2}
    side.cancel(PRIVATE.number)
    assert side.ordered()[0].cancelled
    assert ON_ITS_WAY in side.settings()["paid_statuses"]


def test_its_automations_call_the_address_with_the_token_unless_the_call_is_lost() -> None:
    listener = Listener()
    side = shop(listener)
    hooks = {"unsigned": "/hooks/demo/token/T", "app_registration": "/hooks/demo/app/register"}
    side.install("https://bridge.example.test", hooks)
    assert listener.called.pop() == "/hooks/demo/app/register"
    side.place(HUNGARY.order(PRIVATE))
    side.place(HUNGARY.order(replace(PRIVATE, number="10002")), announced=False)
    assert listener.called == ["/hooks/demo/token/T"]
    with side.doubled_and_reordered():
        side.place(HUNGARY.order(replace(PRIVATE, number="10003")))
        assert len(listener.called) == 1
    assert len(listener.called) == 3


def test_what_is_switched_off_is_not_sold_and_a_miscount_is_seen() -> None:
    side = shop()
    assert side.sells(catalogue.MUG.sku)
    side._shop.change_product(catalogue.MUG.sku, status=0)
    assert not side.sells(catalogue.MUG.sku)
    side.miscount(catalogue.SOAP.sku, 7)
    side.enrich(catalogue.SOAP.sku, "Better.")
    (soap,) = (each for each in side.shelf() if each.sku == catalogue.SOAP.sku)
    assert soap.stock == 7
    assert soap.text == "Better."
    assert (side.calls, side.writes) == (0, 0)
