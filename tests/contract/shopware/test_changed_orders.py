"""The Shopware connector finds every change of every order, page by page, and reads no more than that."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.platforms.shopware import ShopwareEmulator
from sandbox.platforms.shopware.specs import Line, OrderSpec, Payment, ProductSpec
from sandbox.platforms.shopware.values import stamp
from shopbridge.connectors.parts import RequiredParts
from shopbridge.connectors.shopware.orders import read as reading
from shopbridge.connectors.shopware.orders.changes import TABLES
from shopbridge.model.base import OrderId
from shopbridge.model.office import OrderPage
from shopbridge.model.order import Order
from shopbridge.model.stock import StockLevel
from shopbridge.ports import KnownRows, OrderSource, none_known
from tests.contract.benches.shopware import ENDS, LONG_AGO, Bench, all_changed, bench
from tests.contract.hostile import Changing, laid, rows_with

BEFORE_THE_SCHEMA = "6.6.10.13"
"""Plugins and broken rows send what the schema of 6.7 does not allow; and its answers need no check, so it is fast."""


NINETEEN, SEVEN = Decimal(19), Decimal(7)


# --- changes ----------------------------------------------------------------------------------------------


def changed_since(shop: Bench, minutes: int) -> list[Order]:
    return all_changed(shop.connector(), shop.clock() - timedelta(minutes=minutes))


LONGER = OrderSpec(lines=(*OrderSpec().lines, Line("B-2", Decimal(1), tax=SEVEN)))
CHANGES: dict[str, Callable[[ShopwareEmulator, str], object]] = {
    "ship": ShopwareEmulator.ship,
    "retry": lambda shop, order_id: shop.add_payment(order_id, Payment("PayPal")),
    "touch": ShopwareEmulator.touch,
    "edit": lambda shop, order_id: shop.edit(order_id, LONGER),
    "cancel": ShopwareEmulator.cancel,
}


@pytest.mark.parametrize("what", CHANGES)
def test_every_change_is_found_and_makes_the_order_newer(what: str) -> None:
    shop = bench()
    order_id = shop.shop.place_order()
    before = changed_since(shop, 1)[0]
    shop.clock.advance(hours=1)
    CHANGES[what](shop.shop, order_id)
    (after,) = changed_since(shop, 1)
    assert after.revision > before.revision
    assert after.cancelled is (what == "cancel")


@pytest.mark.parametrize("table", TABLES[1:])
def test_an_order_is_found_by_a_change_of_any_row_it_is_made_of(table: str) -> None:
    shop = bench(BEFORE_THE_SCHEMA)
    changed, _ = shop.shop.place_order(), shop.shop.place_order()
    shop.clock.advance(minutes=10)
    since = shop.clock()
    shop.clock.advance(minutes=1)
    for row in shop.shop.shop.store.tables[table.replace("-", "_")].values():
        if row.values["orderId"] == changed:
            row.values["updatedAt"] = stamp(shop.clock())
    assert [order.id for order in all_changed(shop.connector(), since)] == [changed]


@pytest.mark.parametrize("version", ENDS)
def test_no_search_for_changed_orders_joins_rows_that_have_to_be_grouped(version: str) -> None:
    shop = bench(version)
    order = shop.shop.place_order()
    shop.clock.advance(minutes=10)
    shop.shop.pay(order)
    connector = shop.connector(sales_channels=[shop.shop.order(order)["salesChannelId"]])
    assert len(all_changed(connector, shop.clock())) == 1
    assert len(all_changed(connector)) == 1
    assert shop.shop.shop.joins == {}


def test_of_orders_that_are_known_only_those_that_changed_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "ORDER_PAGE", 2)
    shop = bench()
    ids = [shop.shop.place_order() for _ in range(7)]
    source = shop.connector().order_source
    marks = {mark for page in all_pages(source) for mark in page.rows.values()}
    shop.clock.advance(minutes=1)
    for each in ids[1:6]:
        shop.shop.touch(each)
    before = shop.calls("POST /api/search/order")
    read = [[order.id for order in page.orders] for page in all_pages(source, marks.__contains__) if page.orders]
    assert read == [ids[1:3], ids[3:5], ids[5:6]]
    assert shop.calls("POST /api/search/order") - before == 3 + 3  # a list for each page, and its unknown orders


def test_nothing_is_read_where_all_orders_are_known() -> None:
    shop = bench()
    for _ in range(3):
        shop.shop.place_order()
    source = shop.connector().order_source
    marks = {mark for page in all_pages(source) for mark in page.rows.values()}
    before = shop.calls("POST /api/search/order")
    assert [page.orders for page in all_pages(source, marks.__contains__) if page.orders] == []
    assert shop.calls("POST /api/search/order") - before == 1


def all_pages(source: OrderSource, known: KnownRows = none_known) -> list[OrderPage]:
    pages = [source.changed(LONG_AGO, None, known)]
    while pages[-1].position is not None:
        pages.append(source.changed(LONG_AGO, pages[-1].position, known))
    return pages


def test_many_changed_rows_are_paged_by_their_orders(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "ORDER_PAGE", 2)
    shop = bench()
    lines = [Line("A-1", Decimal("1.00"), 1) for _ in range(3)]
    orders = [shop.shop.place_order(OrderSpec(lines=tuple(lines))) for _ in range(5)]
    shop.clock.advance(minutes=10)
    for row in shop.shop.shop.store.tables["order_line_item"].values():
        row.values["updatedAt"] = stamp(shop.clock())
    found = [order.id for order in all_changed(shop.connector(), shop.clock())]
    assert found == orders


def test_a_place_that_an_older_release_stored_goes_on_among_the_orders() -> None:
    shop = bench()
    ids = [shop.shop.place_order() for _ in range(3)]
    first = shop.shop.order(ids[0])["autoIncrement"]
    page = shop.connector().order_source.changed(LONG_AGO, str(first))
    assert [order.id for order in page.orders] == ids[1:]


def test_a_shop_that_gives_smaller_pages_is_asked_for_those_from_then_on() -> None:
    shop = bench()
    shop.shop.shop.max_limit = 3
    ids = [shop.shop.place_order() for _ in range(7)]
    connector = shop.connector()
    assert [order.id for order in all_changed(connector)] == ids
    assert shop.calls("POST /api/search/order") == 1 + 3  # one refusal, then 3, 3 and 1
    skus = [f"P-{number}" for number in range(7)]
    for sku in skus:
        shop.shop.add_product(ProductSpec(sku, sku, Decimal(5), NINETEEN, 1))
    assert [level.sku for level in all_levels(connector)] == skus
    assert {level.sku for level in connector.stock_source.of(skus)} == set(skus)
    assert {sku for sku, found in connector.catalogue_target.find(skus).items() if found} == set(skus)
    assert len(connector.account.vocabulary()["payment"]) > 3
    refused = [answer for answer in shop.answers if answer.status == 400]
    assert len(refused) == 1


def all_levels(connector: RequiredParts) -> list[StockLevel]:
    """All pages of stock."""
    levels: list[StockLevel] = []
    position: str | None = None
    while True:
        page = connector.stock_source.page(position)
        levels.extend(page.levels)
        if page.position is None:
            return levels
        position = page.position


def test_only_chosen_sales_channels_are_read() -> None:
    shop = bench()
    ids = {name: shop.shop.place_order(OrderSpec(sales_channel=name)) for name in ("Storefront", "Outlet")}
    channel = shop.shop.order(ids["Outlet"])["salesChannelId"]
    connector = shop.connector(sales_channels=[channel])
    assert [order.channel for order in all_changed(connector)] == ["Outlet"]
    found, _ = connector.order_source.read([OrderId(order_id) for order_id in ids.values()])
    assert [order.channel for order in found] == ["Outlet"]
    number = str(shop.shop.order(ids["Storefront"])["orderNumber"])
    (other,) = connector.order_source.named(number)
    assert (other.order.id, other.left_out and other.left_out.code) == (ids["Storefront"], "channel_not_taken")
    assert other.left_out
    assert "'Storefront'" in other.left_out.text
    assert shop.shop.order(ids["Storefront"])["salesChannelId"] in other.left_out.fix


def test_all_orders_of_one_number_are_found_by_it() -> None:
    shop = bench()
    ids = {shop.shop.place_order(OrderSpec(number="10042", sales_channel=name)) for name in ("Storefront", "Outlet")}
    found = shop.connector().order_source.named("10042")
    assert {each.order.id for each in found} == ids


def test_orders_by_id_come_in_batches_and_unknown_ids_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "ORDER_PAGE", 2)
    shop = bench()
    ids = [OrderId(shop.shop.place_order()) for _ in range(5)]
    found, unreadable = shop.connector().order_source.read([*ids, ids[0], OrderId("f" * 32), OrderId("no id at all")])
    assert ([order.id for order in found], list(unreadable)) == (ids, [])
    assert shop.calls("POST /api/search/order") == 3


def test_an_order_that_cannot_be_understood_stops_no_other() -> None:
    shop = bench(BEFORE_THE_SCHEMA)
    shop.shop.place_order(OrderSpec(number="A"))
    odd = shop.shop.place_order(OrderSpec(number="B"))
    row = shop.shop.shop.store.tables["order"][odd]
    shop.shop.shop.store.tables["order_address"][row.values["billingAddressId"]].values["countryId"] = None
    shop.shop.place_order(OrderSpec(number="C"))
    page = shop.connector().order_source.changed(LONG_AGO, None)
    assert [order.number for order in page.orders] == ["A", "C"]
    assert [(order.id, order.number, order.code) for order in page.unreadable] == [(odd, "B", "missing_country")]


# --- paging -----------------------------------------------------------------------------------------------


def test_pages_end_with_the_first_that_is_not_full(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "ORDER_PAGE", 3)
    shop = bench()
    for _ in range(6):
        shop.shop.place_order()
    assert len(all_changed(shop.connector())) == 6
    assert shop.calls("POST /api/search/order") == 3


@settings(max_examples=6)
@given(st.lists(st.tuples(st.integers(0, 4), st.sampled_from(["place", "pay", "process", "touch"])), max_size=12))
def test_changes_between_pages_lose_nothing(actions: list[tuple[int, str]]) -> None:
    """Whatever happens while pages are read: this window and the next one together know the last state."""
    shop = bench(BEFORE_THE_SCHEMA)
    ids = [shop.shop.place_order() for _ in range(9)]
    connector = shop.connector()
    shop.clock.advance(minutes=10)
    window_end = connector.order_source.server_time()
    known: dict[str, str] = {}
    position: str | None = None
    with patch.object(reading, "ORDER_PAGE", 3):
        for page_number in range(20):
            page = connector.order_source.changed(LONG_AGO, position)
            known.update({order.id: order.revision for order in page.orders})
            _disturb(shop, ids, [action for at, action in actions if at == page_number])
            position = page.position
            if position is None:
                break
        shop.clock.advance(minutes=10)
        known.update({order.id: order.revision for order in all_changed(connector, window_end)})
    assert known == {order.id: order.revision for order in all_changed(connector)}
    assert len(known) == len(ids)


def _disturb(shop: Bench, ids: list[str], actions: list[str]) -> None:
    for number, action in enumerate(actions):
        shop.clock.advance(seconds=1)
        order_id = ids[(number * 4) % len(ids)]
        if action == "place":
            ids.append(shop.shop.place_order())
        elif (
            action == "pay"
            and shop.shop.order(order_id)["transactions"][0]["stateMachineState"]["technicalName"] == "open"
        ):
            shop.shop.pay(order_id)
        elif action == "process" and shop.state(OrderId(order_id)) == "open":
            shop.shop.move(order_id, "process")
        else:
            shop.shop.touch(order_id)


@pytest.mark.parametrize("part", ["sku", "email"])
def test_an_order_whose_parts_cannot_be_keys_is_held_and_the_others_travel(part: str) -> None:
    at: Any = bench(BEFORE_THE_SCHEMA)
    first, second = at.shop.place_order(), at.shop.place_order()
    name = {"sku": "payload", "email": "email"}[part]
    given = {"sku": {"productNumber": "x" * 3_000}, "email": "x" * 3_000 + "@example.test"}[part]

    def spoil(body: Any) -> None:
        for order in rows_with(body, "orderDateTime"):
            for row in rows_with(order, name) if order["id"] == first else ():
                row[name] = given

    with laid(at, partial(Changing, change=spoil)):
        page = at.connector().order_source.changed(LONG_AGO, None)
    assert [order.id for order in page.orders] == [second]
    assert [(order.id, order.code) for order in page.unreadable] == [(first, "unexpected_form")]
