"""What only Shoprenter's orders have: net lines and gross fees, warehouses in place of quantities, carts."""

from datetime import UTC, datetime
from decimal import Decimal
from random import Random
from typing import Any

import pytest

from sandbox.platforms.shoprenter import Addon, Coupon, Line, OrderSpec, Payment, ProductSpec, Shipping
from sandbox.platforms.shoprenter.specs import by_warehouse
from shopbridge.errors import Rejected
from shopbridge.model.base import OrderId
from shopbridge.model.order import Order
from tests.contract.benches.shoprenter import LONG_AGO, Bench, D, bench, order_id

ROUNDS = 150


def told(at: Bench) -> dict[str, Order]:
    page = at.part("order_source").changed(LONG_AGO, None)
    assert page.unreadable == ()
    return {order.id: order for order in page.orders}


def any_order(chance: Random) -> OrderSpec:
    """Lines of several rates, fees, a coupon or points or neither, an addon now and then."""
    lines = tuple(
        Line(
            name=f"Tétel {number}",
            sku=f"T-{number}",
            price=D(chance.randrange(1_0000, 40_000_0000)).scaleb(-4),
            tax=D(chance.choice([27, 18, 5])),
            quantity=[chance.randrange(1, 5), 0, chance.randrange(3), 0],
        )
        for number in range(chance.randrange(1, 6))
    )
    return OrderSpec(
        lines,
        shipping=Shipping(gross=D(chance.choice([0, 990, 1490]))),
        payment=Payment(gross=D(chance.choice([0, 381]))),
        coupon=chance.choice([None, Coupon("TIZ", D(100)), Coupon("HUSZ", D(200), D(27))]),
        points_used=D(chance.choice([0, 0, 50])),
        cart_discount=D(chance.choice([0, 0, 75])),
        addons=(Addon("Betétdíj", D(50), 3, D(27)),) if chance.random() < 0.3 else (),
    )


@pytest.mark.parametrize("rounding", ["unit", "total"])
@pytest.mark.parametrize("currency", ["HUF", "EUR"])
def test_any_order_adds_up_to_the_cent_of_what_the_buyer_pays(rounding: str, currency: str) -> None:
    at, chance = bench(rounding=rounding), Random(f"{rounding} {currency}")  # noqa: S311 - the same in every run
    exchange: dict[str, Any] = {"currency": "EUR", "exchange": D("0.0025")} if currency == "EUR" else {}
    specs = [any_order(chance) for _ in range(ROUNDS)]
    placed = [at.shop.place_order(OrderSpec(**{**vars(spec), **exchange})) for spec in specs]
    orders = told(at)
    assert len(orders) == len(placed) == ROUNDS
    for each in placed:
        order = orders[order_id(each.id)]
        parts = sum((line.total for line in order.lines), D(0)) + (order.shipping.total if order.shipping else D(0))
        assert parts + order.totals.rounding == order.totals.gross
        assert order.totals.net + order.totals.tax + order.totals.rounding == order.totals.gross
        assert order.currency == currency
        counts = [sum(by_warehouse(line.quantity)) for line in each.spec.lines]
        assert [line.quantity for line in order.lines if line.kind == "product"] == counts
        if currency == "HUF":
            assert abs(order.totals.gross - each.total) <= Decimal("0.005")


def test_a_cart_is_told_when_it_is_ordered_after_all() -> None:
    at = bench()
    cart = at.shop.place_order(OrderSpec(status=None))
    assert told(at) == {}
    assert at.part("order_source").read([order_id(cart.id)]) == ([], [])
    assert at.part("open_orders").of(["GIFT"], LONG_AGO) == []
    at.clock.advance(seconds=1)
    (found,) = at.part("order_source").named(str(cart.id))
    assert found.left_out
    assert found.left_out.code == "not_ordered"
    at.shop.finish(cart.id)
    assert told(at).keys() == {order_id(cart.id)}


@pytest.mark.parametrize("keeps_link", [True, False])
def test_an_order_whose_product_was_deleted_is_read_as_it_was_sold(keeps_link: bool) -> None:
    at = bench(deleted_product_href=keeps_link)
    at.put("MUG")
    order = at.sell({"MUG": 2})
    before = told(at)[order]
    at.take_away("MUG")
    assert told(at)[order].lines == before.lines


@pytest.mark.parametrize("zone", ["Europe/Budapest", "UTC"])
def test_whichever_clock_the_shop_filters_by_a_window_loses_nothing(zone: str) -> None:
    at = bench(zone=zone)
    at.put("MUG", 99)
    at.clock.advance(seconds=(datetime(2026, 7, 1, tzinfo=UTC) - at.clock()).total_seconds())
    placed, found = set[OrderId](), set[str]()
    since = at.clock()
    for _ in range(12):
        placed.add(at.sell({"MUG": 1}))
        at.clock.advance(minutes=20)
        page = at.part("order_source").changed(since, None)
        found |= {order.id for order in page.orders}
        since = at.clock()
    assert found == placed


def test_an_edited_order_is_a_newer_version_of_itself() -> None:
    at = bench()
    at.shop.add_product(ProductSpec("MUG", D(1000), 9))
    order = at.sell({"MUG": 1})
    first = told(at)[order]
    at.clock.advance(minutes=1)
    at.shop.edit(at.shop.orders[0].id, lines=(Line("MUG", quantity=3),))
    second = told(at)[order]
    assert [line.quantity for line in second.lines if line.sku] == [3]
    assert second.revision > first.revision


def test_the_address_of_a_document_alone_is_no_invoice() -> None:
    at = bench()
    at.put("MUG", 9)
    order = at.sell({"MUG": 1})
    with pytest.raises(Rejected) as caught:
        at.part("order_status").set_document(order, "link", "https://office.example/7.pdf")
    assert caught.value.code == "no_document_field"
    assert at.documents(order) == []
