"""The Shopware connector reads every change of every order, whole, to the cent."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.platforms.shopware import ShopwareEmulator
from sandbox.platforms.shopware.pricing import Rounding, Taxing
from sandbox.platforms.shopware.specs import Address, Buyer, Line, OrderSpec, Payment, ProductSpec, Shipping
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


def placed(shop: Bench, spec: OrderSpec) -> Order:
    order_id = OrderId(shop.shop.place_order(spec))
    orders, unreadable = shop.connector().order_source.read([order_id])
    assert not unreadable
    return orders[0]


def added_up(order: Order) -> Decimal:
    shipping = order.shipping.total if order.shipping else Decimal(0)
    return sum((line.total for line in order.lines), shipping)


def test_the_day_of_an_order_is_that_of_the_shops_time_zone() -> None:
    at = bench()
    order_id = OrderId(at.shop.place_order(OrderSpec(placed_at=datetime(2026, 2, 28, 23, 30, tzinfo=UTC))))
    days = {}
    for zone in ("Europe/Berlin", "Europe/London"):
        (order,), _ = at.connector(time_zone=zone).order_source.read([order_id])
        days[zone] = order.placed_at.date().isoformat()
    assert days == {"Europe/Berlin": "2026-03-01", "Europe/London": "2026-02-28"}


# --- sums -----------------------------------------------------------------------------------------------

CENTS = st.integers(1, 99_99).map(lambda cents: Decimal(cents) / 100)
RATES = st.sampled_from([NINETEEN, SEVEN, Decimal(0)])
PRODUCTS = st.builds(Line, st.sampled_from(["A-1", "B-2"]), CENTS, st.integers(1, 5), tax=RATES)
OTHERS = st.builds(Line, st.just(""), CENTS, label=st.just("Extra"), tax=RATES, type=st.just("custom"))
CONTAINERS = st.recursive(
    st.lists(PRODUCTS | OTHERS, min_size=1, max_size=3).map(tuple),
    lambda inner: st.tuples(
        PRODUCTS, st.builds(Line, label=st.just("Inner"), type=st.just("container"), children=inner)
    ),
    max_leaves=3,
).map(lambda children: Line(label="Set", type="container", children=children))
REDUCTIONS = st.builds(
    Line,
    price=CENTS.map(lambda amount: -amount),
    label=st.just("Less"),
    type=st.sampled_from(["promotion", "credit", "discount"]),
) | st.builds(
    Line,
    percent=st.integers(1, 50).map(Decimal),
    label=st.just("Percent"),
    type=st.sampled_from(["promotion", "discount"]),
)
SHIPPINGS = st.one_of(
    st.just(()),
    st.builds(lambda cost: (Shipping(cost),), CENTS),
    st.builds(lambda cost, less: (Shipping(cost, "Express"), Shipping(-min(cost, less))), CENTS, CENTS),
)
SPECS = st.builds(
    lambda goods, rest, shipping, taxing: OrderSpec(lines=(*goods, *rest), shipping=shipping, taxing=taxing),
    st.lists(PRODUCTS, min_size=1, max_size=3),
    st.lists(OTHERS | CONTAINERS | REDUCTIONS, max_size=4),
    SHIPPINGS,
    st.builds(
        lambda status, way, interval: Taxing(status, way, total=Rounding(2, interval)),
        st.sampled_from(["gross", "net", "tax-free"]),
        st.sampled_from(["horizontal", "vertical"]),
        st.sampled_from([Decimal(interval) for interval in ("0.01", "0.05", "0.10", "0.50", "1.00")]),
    ),
)


@pytest.fixture(scope="module", params=ENDS)
def old_shop(request: pytest.FixtureRequest) -> Bench:
    return bench(request.param)


@settings(max_examples=15)
@given(spec=SPECS)
def test_lines_and_shipping_add_up_to_the_total_in_every_tax_mode(old_shop: Bench, spec: OrderSpec) -> None:
    order = placed(old_shop, spec)
    whole = order.totals.net if order.tax_mode == "net" else order.totals.gross - order.totals.rounding
    assert added_up(order) == whole
    assert order.totals.net + order.totals.tax + order.totals.rounding == order.totals.gross
    assert order.totals.tax == sum(share.tax for share in order.totals.taxes)
    assert abs(order.totals.rounding) * 2 <= spec.taxing.total.interval
    assert order.tax_mode == spec.taxing.status.replace("-", "_")
    for line in order.lines:
        side = sum(share.gross if order.tax_mode == "gross" else share.net for share in line.taxes)
        assert abs(side - line.total) < Decimal("0.005")


CASH = {
    ("CHF", "0.05", "199.38"): ("199.40", "164.78", "34.60", "0.02"),
    ("DKK", "0.50", "199.80"): ("200.00", "165.12", "34.68", "0.20"),
    ("CZK", "1.00", "199.40"): ("199.00", "164.79", "34.61", "-0.40"),
    ("HUF", "1.00", "199.50"): ("200.00", "164.88", "34.62", "0.50"),
    ("SEK", "1.00", "199.00"): ("199.00", "164.46", "34.54", "0.00"),
    ("NOK", "0.10", "199.44"): ("199.40", "164.83", "34.61", "-0.04"),
    ("RON", "0.01", "199.44"): ("199.44", "164.83", "34.61", "0.00"),
}
"""Currency, interval and the one line's price with 21 %, and what becomes of it: gross, net, tax, rounding."""


@pytest.mark.parametrize("sold", CASH)
def test_a_total_rounded_for_cash_keeps_its_tax_and_tells_the_rounding(sold: tuple[str, str, str]) -> None:
    currency, interval, price = sold
    line = Line("A-1", Decimal(price), tax=Decimal(21))
    taxing = Taxing(total=Rounding(2, Decimal(interval)))
    totals = placed(bench(BEFORE_THE_SCHEMA), OrderSpec(lines=(line,), currency=currency, taxing=taxing)).totals
    assert (totals.gross, totals.net, totals.tax, totals.rounding) == tuple(map(Decimal, CASH[sold]))


def test_net_prices_are_rounded_with_their_tax_and_tax_free_ones_not_at_all() -> None:
    lines, whole = (Line("A-1", Decimal("199.40"), tax=Decimal(21)),), Rounding(2, Decimal(1))
    net = placed(bench(), OrderSpec(lines=lines, taxing=Taxing("net", total=whole))).totals
    assert (net.gross, net.net, net.tax, net.rounding) == tuple(map(Decimal, ("241", "199.40", "41.87", "-0.27")))
    free = placed(bench(), OrderSpec(lines=lines, taxing=Taxing("tax-free", total=whole))).totals
    assert (free.gross, free.net, free.tax, free.rounding) == tuple(map(Decimal, ("199.40", "199.40", "0", "0")))


def test_every_type_of_line_arrives_as_what_it_is() -> None:
    shop = bench(BEFORE_THE_SCHEMA)
    goods = (Line("A-1", Decimal(10), 2, tax=NINETEEN), Line("B-2", Decimal(5), tax=SEVEN))
    lines = (
        *goods,
        Line(label="Set", type="container", children=goods),
        Line(label="Wrap", price=Decimal(2), tax=NINETEEN, type="custom"),
        Line(label="Plugin", price=Decimal(3), tax=NINETEEN, type="customized-products"),
        Line(label="Spring", percent=Decimal(10), type="promotion", code="SPRING10"),
        Line(label="Sorry", price=Decimal(-1), type="credit"),
        Line(label="Less", price=Decimal(-2), type="discount"),
    )
    order = placed(shop, OrderSpec(lines=lines))
    assert [(line.kind, line.sku or line.name) for line in order.lines] == [
        ("product", "A-1"),
        ("product", "B-2"),
        ("product", "A-1"),
        ("product", "B-2"),
        ("free", "Wrap"),
        ("free", "Plugin"),
        ("discount", "Spring"),
        ("discount", "Sorry"),
        ("discount", "Less"),
    ]
    spring = order.lines[6]
    assert {share.rate for share in spring.taxes} == {NINETEEN, SEVEN}
    assert sum(line.quantity for line in order.lines if line.sku == "A-1") == 4


# --- what else an order tells ---------------------------------------------------------------------------


@pytest.mark.parametrize("version", ENDS)
def test_an_order_is_read_whole(version: str) -> None:
    shop = bench(version)
    shop.shop.add_product(ProductSpec("A-1", "Shirt", Decimal("11.90"), NINETEEN, ean="4000000000017"))
    buyer = Buyer(company="Sample GmbH", vat_ids=("DE123456789",), guest=True, salutation="mrs")
    spec = OrderSpec(
        lines=(Line("A-1"),),
        buyer=buyer,
        billing=Address(line1="Back yard", state="DE-BY", phone="+49 30 1"),
        delivery_address=Address(street="Side Street 5 b", country="AT", department="Goods in"),
        shipping=(Shipping(Decimal("4.99"), "Express"), Shipping(Decimal(-2))),
        payments=(Payment("iDEAL", "failed"), Payment("PayPal", "paid")),
        comment="Ring twice",
        tags=("gift",),
        affiliate_code="partner",
        custom_fields={"demo_desk": 12},
        sales_channel="Outlet",
    )
    order = placed(shop, spec)
    assert order.customer is not None
    assert (order.customer.company, order.customer.vat_id, order.customer.guest) == ("Sample GmbH", "DE123456789", True)
    assert (order.billing_address.extra, order.billing_address.state) == (("Back yard",), "DE-BY")
    assert (order.shipping_address.street, order.shipping_address.country) == ("Side Street 5 b", "AT")
    assert order.shipping is not None
    assert (order.shipping.method, order.shipping.total) == ("Express", Decimal("2.99"))
    assert order.payment is not None
    assert (order.payment.method, order.payment.paid) == ("PayPal", True)
    assert (order.channel, order.language, order.comment) == ("Outlet", "en-GB", "Ring twice")
    assert (order.lines[0].ean, order.lines[0].total) == ("4000000000017", Decimal("11.90"))
    assert order.extras["customFields"] == {"demo_desk": 12}
    assert (order.extras["tags"], order.extras["affiliateCode"]) == (["gift"], "partner")


@pytest.mark.parametrize("version", ENDS)
def test_methods_are_called_by_their_technical_name_where_there_is_one(version: str) -> None:
    order = placed(bench(version), OrderSpec(payments=(Payment("iDEAL", "open"),)))
    assert order.payment is not None
    assert order.shipping is not None
    named = version != "6.4.20.2"
    assert ("payment_demo_ideal" in order.payment.method_keys) is named
    assert order.payment.method_keys[0] == ("payment_demo_ideal" if named else "iDEAL")
    assert order.shipping.method_keys[0] == ("shipping_standard" if named else "Standard")


@pytest.mark.parametrize("version", ENDS)
def test_a_sold_variant_has_its_parents_codes_unless_it_has_its_own(version: str) -> None:
    shop = bench(version)
    shop.shop.add_product(ProductSpec("TEE", "Tee", Decimal(10), NINETEEN, ean="4000000000017"))
    shop.shop.add_product(ProductSpec("TEE.M", parent="TEE", options={"Size": "M"}))
    shop.shop.add_product(ProductSpec("TEE.L", parent="TEE", options={"Size": "L"}, ean="4000000000024"))
    (parent,) = shop.shop.shop.store.children("product", "productNumber", "TEE")
    shop.shop.shop.store.write(parent, {"manufacturerNumber": "M-1"})
    spec = OrderSpec(lines=(Line("TEE.M"), Line("TEE.L")))
    placed_id = OrderId(shop.shop.place_order(spec))
    connector = shop.connector()
    (by_id,) = connector.order_source.read([placed_id])[0]
    (changed,) = connector.order_source.changed(LONG_AGO, None).orders
    for order in (by_id, changed):
        assert [line.ean for line in order.lines] == ["4000000000017", "4000000000024"]
        assert [line.fields["manufacturerNumber"] for line in order.lines] == ["M-1", "M-1"]


def test_codes_of_products_are_read_only_when_wanted() -> None:
    shop = bench()
    shop.shop.add_product(ProductSpec("A-1", "Shirt", Decimal(10), NINETEEN, ean="4000000000017"))
    order_id = OrderId(shop.shop.place_order(OrderSpec(lines=(Line("A-1"),))))
    orders, _ = shop.connector(product_codes=False).order_source.read([order_id])
    assert (orders[0].lines[0].sku, orders[0].lines[0].ean) == ("A-1", "")


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
