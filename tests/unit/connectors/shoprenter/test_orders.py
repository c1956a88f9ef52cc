"""Shoprenter's orders in every documented shape."""

from typing import Any

import pytest

from shopbridge.connectors.shoprenter.wire import link_id
from shopbridge.model.office import UnreadableOrder
from shopbridge.model.order import Order, same_version
from tests.salespos_orders import D
from tests.shoprenter_shapes import changed, encoded, read, row, shop


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


# --- addresses, payment, status -----------------------------------------------------------------------------------


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


# --- versions -----------------------------------------------------------------------------------------------------


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
