"""Shoprenter's orders in every documented shape."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopbridge.connectors.shoprenter.orders.amounts import sums_of
from shopbridge.connectors.shoprenter.wire import WireOrder, link_id
from shopbridge.errors import RetryLater
from shopbridge.model.office import UnreadableOrder
from shopbridge.model.order import Order, same_version
from tests.salespos_orders import D
from tests.shoprenter_shapes import LONG_AGO, Shop, changed, encoded, listed, read, refused, row, shop


def good(order: Order | UnreadableOrder) -> Order:
    assert isinstance(order, Order), order
    return order


def held(order: Order | UnreadableOrder) -> UnreadableOrder:
    assert isinstance(order, UnreadableOrder), order
    return order


def adds_up(order: Order) -> bool:
    parts = sum((line.total for line in order.lines), D(0)) + (order.shipping.total if order.shipping else D(0))
    shares = sum((share.gross for share in order.totals.taxes), D(0))
    whole = order.totals.gross - order.totals.rounding
    return parts == shares == whole and order.totals.net == sum((share.net for share in order.totals.taxes), D(0))


def test_the_example_of_the_platform_file_becomes_our_order() -> None:
    order = good(read(row()))
    assert (order.id, order.number, order.currency) == (encoded("order-order_id=1042"), "1042", "HUF")
    assert (order.status, order.status_name, order.cancelled) == ("1", "Függőben lévő", False)
    assert order.placed_at.isoformat() == "2026-03-02T10:15:00+01:00"
    assert (order.totals.gross, order.totals.net, order.totals.rounding) == (D("6985.00"), D("5500.00"), D(0))
    assert [(line.kind, line.sku, line.quantity, line.unit_price, line.total) for line in order.lines] == [
        ("product", "MUG-BLUE", D(2), D(2540), D("5080.00")),
        ("free", "", D(1), D("381.00"), D("381.00")),
    ]
    assert order.shipping
    assert (order.shipping.method_keys[0], order.shipping.total) == ("GLS csomagpont", D("1524.00"))
    assert order.payment
    assert (order.payment.method_keys, order.payment.status) == (("COD", "Utánvét"), "open")
    assert adds_up(order)


def test_the_family_name_is_in_firstname_of_the_buyer_and_of_both_addresses() -> None:
    order = good(read(row(shippingFirstname="Kiss", shippingLastname="Éva")))
    assert order.customer
    assert (order.customer.last_name, order.customer.first_name) == ("Minta", "Vera")
    assert (order.billing_address.last_name, order.billing_address.first_name) == ("Minta", "Vera")
    assert (order.shipping_address.last_name, order.shipping_address.first_name) == ("Kiss", "Éva")
    assert (order.customer.company, order.customer.vat_id, order.customer.guest) == (
        "Minta Kft.",
        "11111111-2-06",
        True,
    )
    assert order.billing_address.extra == ("fszt. 2.",)


def test_an_order_with_everything_adds_up_and_tells_it_all() -> None:
    order = good(read(row("order_everything")))
    assert adds_up(order)
    assert order.totals.gross == D("4871.00")
    assert [(line.kind, line.name, line.total) for line in order.lines] == [
        ("product", "Könyv", D("525.00")),
        ("product", "Csésze", D("3810.00")),
        ("free", "Üveg betétdíj", D("150.00")),
        ("discount", "Kupon (TAVASZ10)", D("-254.00")),
        ("discount", "Kosárkedvezmény", D("-100.00")),
        ("discount", "Felhasznált pontok", D("-250.00")),
    ]
    cups = order.lines[1]
    assert (cups.quantity, order.lines[2].quantity, order.lines[2].unit_price) == (D(3), D(3), D(50))
    assert [share.rate for share in order.lines[3].taxes] == [D(27)]
    assert sorted(share.rate for share in order.lines[4].taxes) == [D(5), D(27)]
    assert order.customer
    assert (order.customer.last_name, order.customer.guest) == ("Próba & Társa", False)
    assert order.extras == {
        "couponCode": "TAVASZ10",
        "customerGroupId": encoded("customerGroup-customer_group_id=8"),
        "shippingMethodExtension": "wseship",
        "shippingReceivingPointId": "0",
        "pickPackPontShopCode": "100010",
        "invoiceNumber": "SR-77",
        "partnerOrderId": "12345",
        "partnerPrefix": "EMAG",
    }


def test_nothing_in_any_spelling_and_lists_of_one_mean_the_same() -> None:
    loose, plain = good(read(row("order_loose"))), good(read(row()))
    assert (loose.number, loose.lines, loose.totals, loose.shipping) == (
        "1045",
        plain.lines,
        plain.totals,
        plain.shipping,
    )
    assert loose.customer
    assert (loose.customer.vat_id, loose.comment) == ("", "")


def test_a_single_order_may_be_laid_into_a_response() -> None:
    order = encoded("order-order_id=1044")
    source = shop(**{f"orderExtend/{order}": lambda _: row("order_wrapped")}).connector().order_source
    found, unreadable = source.read([order])  # type: ignore[list-item]
    assert ([each.number for each in found], list(unreadable)) == (["1044"], [])


def test_a_cart_that_nobody_ordered_is_no_order() -> None:
    assert changed(row("order_cart"), row(orderStatus=""), row(orderStatus={})) == ([], [])


# --- quantities, sums, currencies ---------------------------------------------------------------------------------


def with_line(**changes: Any) -> dict[str, Any]:
    (line,) = row()["orderProducts"]
    return row(orderProducts=[{**line, **changes}])


@pytest.mark.parametrize(
    ("stocks", "quantity"),
    [(("1", "1", "0", "0"), 2), (("0", "0", "0", "2"), 2), (("0", "0", "0", "0"), 2), (("", {}, None, []), 2)],
)
def test_the_quantity_is_what_the_warehouses_gave_else_total_by_price(stocks: Any, quantity: int) -> None:
    names = ("stock1", "stock2", "stock3", "stock4")
    order = good(read(with_line(**dict(zip(names, stocks, strict=True)))))
    assert order.lines[0].quantity == quantity


def test_a_line_that_does_not_tell_its_quantity_is_held() -> None:
    none = {"stock1": "0", "price": "0.0000", "grossPrice": None, "grossPriceCurrency": None}
    order = row(
        orderProducts=[{**with_line()["orderProducts"][0], **none, "total": "0.0000"}], orderTotals=[], total="0"
    )
    assert held(read(order)).code == "odd_quantity"


def test_a_line_of_a_product_that_was_deleted_is_read_as_it_was_sold() -> None:
    order = good(read(with_line(product=None, productInnerId=None, parentProduct=None)))
    assert (order.lines[0].sku, order.lines[0].total, order.lines[0].fields) == ("MUG-BLUE", D("5080.00"), {})


def test_gross_prices_that_older_orders_lack_follow_from_the_net_ones() -> None:
    old = dict.fromkeys(("grossPrice", "originalGrossPrice", "priceCurrency", "grossPriceCurrency"))
    assert good(read(with_line(**old))).lines == good(read(row())).lines


def whole_forint(*lines: tuple[str, str, int], total: str) -> dict[str, Any]:
    """An order in HUF of lines (net price, net total, quantity) at 27 %."""
    rows = [
        {
            "id": str(at),
            "name": "x",
            "sku": "X",
            "price": price,
            "total": net,
            "taxRate": "27.0000",
            "stock1": str(count),
        }
        for at, (price, net, count) in enumerate(lines)
    ]
    totals = [{"name": "Összesen", "type": "TOTAL", "value": total}]
    return row(
        orderProducts=rows, orderTotals=totals, total=total, shippingMethodName="", shippingMethodLocalizedName=""
    )


def test_a_total_in_whole_forint_is_met_by_rounding_each_piece() -> None:
    order = good(read(whole_forint(("1573.2283", "4719.6849", 3), total="5994.0000")))
    assert (order.totals.gross, order.totals.rounding, adds_up(order)) == (D("5994.00"), D(0), True)


def test_what_rounding_the_total_made_is_told_as_rounding() -> None:
    halves = ("100.3000", "100.3000", 1)  # 127.38 each
    order = good(read(whole_forint(halves, halves, total="255.0000")))
    assert (order.totals.gross, order.totals.rounding) == (D("255.00"), D("0.24"))
    assert [line.total for line in order.lines] == [D("127.38"), D("127.38")]
    assert adds_up(order)
    assert held(read(whole_forint(halves, halves, total="256.0000"))).code == "totals_differ_in_shop"


@given(
    st.lists(
        st.tuples(st.integers(1, 50_000_000), st.integers(1, 40), st.sampled_from(["27", "18", "5", "0"])),
        min_size=1,
        max_size=8,
    ),
    st.integers(0, 500_000),
    st.sampled_from([0, 2]),
)
def test_totals_are_met_to_the_cent_however_the_shop_rounds_its_lines(
    lines: list[tuple[int, int, str]], fee: int, decimals: int
) -> None:
    unit = D(1).scaleb(-decimals)
    rows, goods = [], D(0)
    for at, (price, count, rate) in enumerate(lines):
        net = D(price).scaleb(-4)
        gross = (net * (100 + D(rate)) / 100).quantize(unit, "ROUND_HALF_UP")
        goods += gross * count
        rows.append(
            {
                "id": str(at),
                "sku": "X",
                "price": str(net),
                "total": str(net * count),
                "taxRate": f"{rate}.0000",
                "stock1": str(count),
            }
        )
    shipping = D(fee)
    totals = [{"type": "SHIPPING", "value": str(shipping)}, {"type": "TOTAL", "value": str(goods + shipping)}]
    wire = WireOrder.model_validate(
        row(
            orderProducts=rows,
            orderTotals=totals,
            total=str(goods + shipping),
            currency={"code": "EUR", "decimalPlace": decimals},
        )
    )
    sums = sums_of(wire)
    assert sums.parts + sums.rounding == sums.total == goods + shipping
    assert abs(sums.rounding) <= unit / 2


def test_an_order_that_does_not_add_up_is_held_with_both_figures() -> None:
    order = row()
    order["orderTotals"][-1]["value"] = order["total"] = "7000.0000"
    assert held(read(order)).code == "totals_differ_in_shop"
    assert "6985.00" in held(read(order)).text
    assert "7000.00" in held(read(order)).text
    assert "gift wrapping" in held(read({**order, "orderGiftWrappings": [{"id": "x"}]})).text


def test_totals_that_contradict_each_other_are_held() -> None:
    assert held(read(row(total="7000.0000"))).code == "totals_differ_in_shop"


def test_a_row_of_the_totals_that_nobody_knows_is_held_unless_it_is_nothing() -> None:
    order = row()
    order["orderTotals"].append({"name": "Biztosítás:", "type": "INSURANCE", "value": "0.0000", "key": None})
    good(read(order))
    order["orderTotals"][-1]["value"] = "100.0000"
    assert "Biztosítás" in held(read(order)).text


@pytest.mark.parametrize("told", [None, "-1.0000", "", {}])
def test_a_fee_without_a_tax_rate_is_held(told: Any) -> None:
    assert held(read(row(shippingMethodTaxRate=told))).code == "missing_tax"
    assert held(read(row(paymentMethodTaxRate=told))).code == "missing_tax"


def test_a_discount_counts_as_one_whatever_its_sign() -> None:
    order = row("order_everything")
    positive = [{**each, "value": each["value"].lstrip("-")} for each in order["orderTotals"]]
    assert good(read({**order, "orderTotals": positive})).lines == good(read(order)).lines


def test_an_order_in_another_currency_is_read_in_its_own() -> None:
    euro = {"code": "EUR", "decimalPlace": "2", "value": "0.0025"}
    (line,) = row()["orderProducts"]
    lines = [{**line, "priceCurrency": "5.0000", "grossPriceCurrency": "6.3500"}]
    order = good(read(row(value="0.00250000", currency=euro, orderProducts=lines)))
    assert (order.currency, order.totals.gross) == ("EUR", D("17.46"))
    assert [each.total for each in order.lines] == [D("12.70"), D("0.95")]
    assert order.shipping
    assert order.shipping.total == D("3.81")
    assert order.totals.rounding == 0


def test_a_name_of_a_country_counts_where_there_is_no_code() -> None:
    order = good(read(row(paymentCountry={}, shippingCountry={"isoCode2": "", "name": "Ausztria"})))
    assert (order.billing_address.country, order.shipping_address.country) == ("HU", "AT")
    strange = row(paymentCountry=None, paymentCountryName="Seholország")
    assert held(read(strange)).code == "unknown_country"
    assert good(read(strange, countries={"seholország": "HU"})).billing_address.country == "HU"


def test_an_order_without_any_address_is_held_and_one_of_two_is_enough() -> None:
    no_billing = {"paymentCity": "", "paymentAddress1": ""}
    assert good(read(row(**no_billing))).billing_address.city == "Szeged"
    assert held(read(row(**no_billing, shippingCity="", shippingAddress1=""))).code == "missing_address"


@pytest.mark.parametrize(
    ("settings", "paid"),
    [
        ({}, False),
        ({"paid_methods": ["cod"]}, True),
        ({"paid_methods": ["utánvét"]}, True),
        ({"paid_statuses": ["1"]}, True),
        ({"paid_statuses": ["Pending"]}, True),
        ({"paid_statuses": ["5"]}, False),
    ],
)
def test_whether_an_order_is_paid_the_settings_say(settings: dict[str, Any], paid: bool) -> None:
    payment = good(read(row(), **settings)).payment
    assert payment
    assert (payment.paid, payment.status) == (paid, "paid" if paid else "open")


def test_the_shops_own_status_cancels_unless_the_settings_name_others() -> None:
    storno = {"href": f"https://x/orderStatuses/{encoded('orderStatus-order_status_id=9')}"}
    assert good(read(row(orderStatus=storno))).cancelled
    assert not good(read(row(orderStatus=storno), cancelled_statuses=["5"])).cancelled
    assert good(read(row(), cancelled_statuses=["pending"])).cancelled


def test_a_status_that_the_shop_does_not_list_is_held() -> None:
    gone = {"href": "https://x/orderStatuses/b3RoZXI="}
    assert held(read(row(orderStatus=gone))).code == "missing_status"


@pytest.mark.parametrize("name", ["dateCreated", "orderProducts", "total", "currency", "id", "innerId"])
@pytest.mark.parametrize("value", [{"a": []}, "\ud800", "x" * 3000, "1e999999999", [[]]])
def test_what_cannot_be_read_is_held_and_spoils_no_other(name: str, value: Any) -> None:
    orders, unreadable = changed(row(**{name: value}), row("order_everything"))
    assert "1043" in [order.number for order in orders]
    assert [each.code for each in unreadable] in (["unexpected_form"], [])


# --- pages --------------------------------------------------------------------------------------------------------


def numbered(number: int) -> dict[str, Any]:
    return row(id=encoded(f"order-order_id={number}"), innerId=str(number))


def pages(request: httpx.Request) -> Any:
    """450 orders, two hundred a page."""
    number, limit = (int(request.url.params[name]) for name in ("page", "limit"))
    rows = [numbered(n) for n in range(1, 451)][number * limit : (number + 1) * limit]
    if not rows:
        return refused(400, 40008)
    following = {"href": "https://demobolt.api.myshoprenter.hu/x"} if (number + 1) * limit < 450 else None
    return listed(*rows, page=str(number), limit=str(limit), next=following)


def test_pages_go_on_by_their_number_and_never_to_the_address_that_an_answer_names() -> None:
    at = shop(orderExtend=pages)
    position, seen = None, []
    while True:
        page = at.connector().order_source.changed(LONG_AGO, position)
        seen += [int(order.number) for order in page.orders]
        position = page.position
        if position is None:
            break
    assert seen == list(range(1, 451))
    assert {each.url.host for each in at.asked} == {"demobolt.api2.myshoprenter.hu"}
    first = next(each for each in at.asked if each.url.path == "/api/orderExtend").url.params
    assert dict(first) == {
        "full": "1",
        "limit": "200",
        "page": "0",
        "excludeAbandonedCart": "1",
        "updatedAtMin": "2019-12-31T22:00:00",
    }


def test_rows_that_moved_up_between_two_pages_are_read_once_more() -> None:
    gone: set[int] = set()

    def shrinking(request: httpx.Request) -> Any:
        number, limit = (int(request.url.params[name]) for name in ("page", "limit"))
        left = [n for n in range(1, 451) if n not in gone]
        rows = [numbered(n) for n in left[number * limit : (number + 1) * limit]]
        return listed(*rows, page=number, limit=limit, next={} if (number + 1) * limit >= len(left) else {"href": "x"})

    source = shop(orderExtend=shrinking).connector().order_source
    page = source.changed(LONG_AGO, None)
    seen = {int(order.number) for order in page.orders}
    gone |= {5, 6}
    while page.position is not None:
        page = source.changed(LONG_AGO, page.position)
        seen |= {int(order.number) for order in page.orders}
    assert seen == set(range(1, 451))


def test_a_page_past_the_end_is_the_end_and_another_page_than_asked_for_is_no_answer() -> None:
    assert shop(orderExtend=refused(400, 40008)).connector().order_source.changed(LONG_AGO, None).orders == ()
    wrong = shop(orderExtend=listed(row(), page=3)).connector().order_source
    with pytest.raises(RetryLater, match="gives page 3 instead of 0"):
        wrong.changed(LONG_AGO, None)


def test_windows_overlap_by_three_hours_on_the_shops_own_clock() -> None:
    at = shop()
    at.connector().order_source.changed(datetime(2026, 7, 1, 12, 0, 0, 5, tzinfo=UTC), None)
    (asked,) = (each.url.params["updatedAtMin"] for each in at.asked if "updatedAtMin" in each.url.params)
    assert asked == "2026-07-01T11:00:00"


def test_one_order_is_read_by_its_id_and_what_the_shop_does_not_have_is_left_out() -> None:
    order = encoded("order-order_id=1042")
    at = shop(**{f"orderExtend/{order}": row()})
    found, unreadable = at.connector().order_source.read([order, order, "OTHER", "", "\ud800"])  # type: ignore[list-item]
    assert ([each.number for each in found], list(unreadable)) == (["1042"], [])
    assert b"%3D" in at.asked[0].url.raw_path


def test_what_did_not_change_is_the_same_version_though_its_time_of_change_moved() -> None:
    first, again = good(read(row())), good(read(row(dateUpdated="2026-04-01T00:00:00")))
    assert same_version(first.revision, again.revision)
    assert not same_version(first.revision, good(read(row(comment="Más."))).revision)


@pytest.mark.parametrize(
    ("link", "found"),
    [
        ({"href": "https://demobolt.api.myshoprenter.hu/orderStatuses/b3JkZXI%3D"}, "b3JkZXI="),
        ({"href": "https://other.example/api/orderStatuses/b3JkZXI=?x=1"}, "b3JkZXI="),
        ({"id": "OWN-ID", "href": "https://x/y/z"}, "OWN-ID"),
        ([{"id": "a"}], "a"),
        (None, ""),
        ("", ""),
        ({}, ""),
        ([], ""),
        ({"href": 7}, ""),
        ({"href": "https://[broken"}, ""),
    ],
)
def test_a_link_is_worth_its_last_part_only(link: Any, found: str) -> None:
    assert link_id(link) == found


def test_a_moment_at_an_end_of_the_calendar_is_held() -> None:
    assert held(read(row(dateCreated="0001-01-01T00:00:00"))).code == "unexpected_form"
    assert held(read(row(dateCreated="0000-00-00 00:00:00"))).code == "unexpected_form"


def open_units(at: Shop, since: datetime = LONG_AGO) -> dict[str, dict[str, Decimal]]:
    orders = at.connector().open_orders.of(["MUG-BLUE", "CUP-1", "NOBODY"], since)
    return {order.id: order.units for order in orders}


def test_open_orders_hold_their_units_and_final_ones_for_two_weeks() -> None:
    first, final = (encoded(f"order-order_id={number}") for number in (1042, 1043))
    at = shop(orderExtend=listed(row(), row("order_everything"), row("order_cart")))
    at.clock.advance(seconds=(datetime(2026, 3, 10, tzinfo=UTC) - at.clock()).total_seconds())
    assert open_units(at) == {first: {"MUG-BLUE": D(2)}, final: {"CUP-1": D(3)}}
    assert open_units(at, datetime(2026, 3, 3, tzinfo=UTC)) == {}
    at.clock.advance(days=30)
    assert open_units(at) == {first: {"MUG-BLUE": D(2)}}


def test_older_open_orders_are_asked_for_status_by_status() -> None:
    at = shop()
    at.connector().open_orders.of(["MUG-BLUE"], LONG_AGO)
    statuses = [each.url.params.get("orderStatusId") for each in at.asked if each.url.path.endswith("orderExtend")]
    assert statuses == [None, *(encoded(f"orderStatus-order_status_id={n}") for n in (1, 2))]


def test_an_open_order_that_cannot_be_read_ends_the_reading() -> None:
    for odd in (row(orderProducts=7), row(dateCreated="yesterday"), row(orderStatus={"id": "other"})):
        with pytest.raises(RetryLater):
            open_units(shop(orderExtend=listed(odd)))
