"""The Shopware connector reads every order whole, to the cent."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.platforms.shopware.orders.pricing import Rounding, Taxing
from sandbox.platforms.shopware.specs import Address, Buyer, Line, OrderSpec, Payment, ProductSpec, Shipping
from shopbridge.model.base import OrderId
from shopbridge.model.order import Order
from tests.contract.benches.shopware import ENDS, LONG_AGO, Bench, bench

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
