"""Shopware's order as ours: the pure part."""

import json
from copy import deepcopy
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from shopbridge.connectors.shopware.orders.changes import ORDERS
from shopbridge.connectors.shopware.orders.read import read_order, read_orders
from shopbridge.connectors.shopware.settings import ShopwareSettings
from shopbridge.connectors.shopware.wire import Named
from shopbridge.model.office import UnreadableOrder
from shopbridge.model.order import Order, TaxShare, Totals

FIXTURE = Path(__file__).parents[3] / "fixtures" / "shopware" / "order.json"


@pytest.fixture
def row() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(FIXTURE.read_text(), parse_float=Decimal)
    return loaded


def read(row: dict[str, Any], **own_states: bool) -> Order:
    order = read_order(ORDERS.read([row])[0], own_states)
    assert isinstance(order, Order), order
    return order


def unreadable(row: dict[str, Any]) -> UnreadableOrder:
    order = read_order(ORDERS.read([row])[0], {})
    assert isinstance(order, UnreadableOrder)
    return order


def test_an_order_keeps_its_own_facts(row: dict[str, Any]) -> None:
    order = read(row)
    assert (order.id, order.number, order.status, order.cancelled) == ("a1" * 16, "10042", "open", False)
    assert (order.currency, order.channel, order.language) == ("EUR", "Storefront", "en-GB")
    assert (order.comment, order.placed_at.isoformat()) == ("Please ring twice", "2026-03-01T10:00:00+00:00")


@pytest.mark.parametrize(
    ("zone", "told", "day"),
    [
        ("Europe/Berlin", "2026-02-28T23:30:00.000+00:00", "2026-03-01"),
        ("Europe/Berlin", "2026-06-30T22:30:00.000+00:00", "2026-07-01"),
        ("America/New_York", "2026-03-01T03:00:00.000+00:00", "2026-02-28"),
        ("Europe/Berlin", "9999-12-31T23:30:00.000+00:00", "9999-12-31"),
    ],
)
def test_the_day_of_an_order_is_the_shops_own_also_behind_the_queue(
    row: dict[str, Any], zone: str, told: str, day: str
) -> None:
    order = read_order(ORDERS.read([row | {"orderDateTime": told}])[0], {}, ZoneInfo(zone))
    assert isinstance(order, Order)
    assert order.placed_at == datetime.fromisoformat(told)
    assert Order.model_validate_json(order.model_dump_json()).placed_at.date().isoformat() == day


@pytest.mark.parametrize("name", ["Europe", "Mars/Base", "", "../etc/passwd"])
def test_a_time_zone_must_be_one(name: str) -> None:
    with pytest.raises(ValueError, match="is no time zone"):
        ShopwareSettings.model_validate({"url": "https://shop.example", "time_zone": name})


def test_totals_are_the_orders_own(row: dict[str, Any]) -> None:
    totals = read(row).totals
    assert (totals.gross, totals.net, totals.tax) == (Decimal("112.09"), Decimal("94.19"), Decimal("17.90"))
    assert totals.taxes == (TaxShare(rate=Decimal(19), net=Decimal("94.19"), tax=Decimal("17.9")),)


def rounded(row: dict[str, Any], raw: str | None, total: str, interval: str | None) -> Totals:
    """The order's totals where 94.19 net and 17.90 tax, 112.09, were rounded to ``total``."""
    row["price"] |= {"rawTotal": None if raw is None else Decimal(raw), "totalPrice": Decimal(total)}
    row["totalRounding"] = {"decimals": 2, "interval": Decimal(interval)} if interval else None
    return read(row).totals


@pytest.mark.parametrize("raw", ["112.09", None])
@pytest.mark.parametrize(
    ("interval", "total", "rounding"),
    [("0.05", "112.10", "0.01"), ("0.10", "112.10", "0.01"), ("0.50", "112.00", "-0.09"), ("1.00", "112.00", "-0.09")],
)
def test_the_total_of_a_shop_that_rounds_tells_its_rounding_apart_from_the_tax(
    row: dict[str, Any], raw: str | None, interval: str, total: str, rounding: str
) -> None:
    totals = rounded(row, raw, total, interval)
    assert (totals.gross, totals.rounding, totals.tax) == (Decimal(total), Decimal(rounding), Decimal("17.90"))


@pytest.mark.parametrize(
    ("interval", "total"), [("0.05", "112.00"), ("1.00", "100.00"), ("0.01", "112.00"), (None, "112")]
)
def test_a_total_that_differs_for_another_reason_is_not_called_rounded(
    row: dict[str, Any], interval: str | None, total: str
) -> None:
    """Such as a gift card of a plugin: the order's sums then differ, which holds it."""
    assert rounded(row, "112.09", total, interval).rounding == 0


def test_lines_and_shipping_add_up_to_the_total(row: dict[str, Any]) -> None:
    order = read(row)
    assert order.shipping is not None
    assert sum(line.total for line in order.lines) + order.shipping.total == order.totals.gross
    assert [line.kind for line in order.lines] == ["product", "discount"]


def test_a_product_line_has_every_way_to_identify_the_product(row: dict[str, Any]) -> None:
    line = read(row).lines[0]
    assert (line.sku, line.ean, line.options) == ("SHIRT-1.M", "4000000000017", {"Size": "M"})
    assert line.fields == {"productId": "e1" * 16}
    assert (line.quantity, line.unit_price, line.total) == (Decimal(2), Decimal("59.5"), Decimal(119))


def test_a_deleted_product_keeps_the_sku_of_the_snapshot(row: dict[str, Any]) -> None:
    row["lineItems"][0] |= {"productId": None, "product": None}
    line = read(row).lines[0]
    assert (line.kind, line.sku, line.ean) == ("product", "SHIRT-1.M", "")


def test_the_delivery_address_is_the_deliverys(row: dict[str, Any]) -> None:
    order = read(row)
    address = order.shipping_address
    assert (address.street, address.extra, address.department) == ("Side Street 5 b", ("Back yard",), "Goods in")
    assert (address.state, address.country, order.billing_address.country) == ("AT-9", "AT", "DE")
    assert order.billing_address.phone == ""


def test_without_delivery_nothing_is_shipped_and_goods_go_to_the_billing_address(row: dict[str, Any]) -> None:
    row["deliveries"] = []
    row["shippingCosts"] = {"unitPrice": 0, "quantity": 1, "totalPrice": 0, "calculatedTaxes": [], "taxRules": []}
    order = read(row)
    assert order.shipping is None
    assert order.shipping_address == order.billing_address


def test_shipping_costs_without_a_delivery_still_count(row: dict[str, Any]) -> None:
    row["deliveries"] = []
    shipping = read(row).shipping
    assert shipping is not None
    assert (shipping.total, shipping.method, shipping.method_keys) == (Decimal("4.99"), "", ())


@pytest.mark.parametrize("primary", [None, "ff" * 16])
def test_the_real_delivery_is_the_dearest_one_where_no_primary_one_is_named(
    row: dict[str, Any], primary: str | None
) -> None:
    discount = deepcopy(row["deliveries"][0])
    discount |= {"id": "d2" * 16, "shippingMethod": None, "shippingOrderAddress": None}
    discount["shippingCosts"] |= {"unitPrice": -2, "totalPrice": -2}
    row |= {"primaryOrderDeliveryId": primary, "deliveries": [discount, *row["deliveries"]]}
    shipping = read(row).shipping
    assert shipping is not None
    assert shipping.method_keys == ("shipping_standard", "Standard", "5e" * 16)


@pytest.mark.parametrize("translated", [{}, {"name": ""}, {"name": None}, {"name": ["Expres"]}])
def test_what_has_no_name_in_our_language_is_called_by_its_own(translated: dict[str, Any]) -> None:
    assert Named.model_validate({"id": "1", "name": "Express", "translated": translated}).title == "Express"


def test_every_delivery_but_a_discount_on_shipping_is_told(row: dict[str, Any]) -> None:
    first = row["deliveries"][0]
    costs = {**first["shippingCosts"], "unitPrice": 0, "totalPrice": 0}
    elsewhere = {**first["shippingOrderAddress"], "street": "Other Street 9"}
    discount = deepcopy(first) | {"id": "d2" * 16}
    discount["shippingCosts"] |= {"unitPrice": -0.5, "totalPrice": -0.5}
    others = [
        first | {"id": "d3" * 16, "shippingCosts": costs, "shippingOrderAddress": elsewhere},
        first | {"id": "d4" * 16, "shippingCosts": costs, "shippingMethod": {"name": "Express"}},
        first | {"id": "d5" * 16, "shippingCosts": costs, "shippingOrderAddress": None},
    ]
    row["deliveries"] = [discount, *others, first]
    order = read(row)
    assert [delivery.method for delivery in order.further_deliveries] == ["Standard", "Express", "Standard"]
    places = [delivery.address.street for delivery in order.further_deliveries]
    assert places == ["Other Street 9", "Side Street 5 b", "Side Street 5 b"]
    assert order.shipping_address.street == "Side Street 5 b"


@pytest.mark.parametrize(
    ("states", "told"),
    [
        (("open",), "no"),
        (("shipped", "open"), "no"),
        (("returned",), "all"),
        (("returned", "returned"), "all"),
        (("returned", "shipped"), "in_part"),
        (("returned_partially",), "in_part"),
        ((), "no"),
    ],
)
def test_what_came_back_is_told_by_the_states_of_all_deliveries_but_discounts(
    row: dict[str, Any], states: tuple[str, ...], told: str
) -> None:
    first = row["deliveries"][0]
    costs = {**first["shippingCosts"], "unitPrice": -1, "totalPrice": -1}
    discount = {**first, "id": "d0" * 16, "shippingCosts": costs}
    goods = [
        {**first, "id": f"d{number}" * 16, "stateMachineState": {"technicalName": state}}
        for number, state in enumerate(states, start=1)
    ]
    row["deliveries"] = [discount, *goods] if goods else []
    assert read(row).returned == told


def test_a_named_primary_delivery_wins(row: dict[str, Any]) -> None:
    express = deepcopy(row["deliveries"][0]) | {"id": "d2" * 16, "shippingMethod": {"name": "Express"}}
    express["shippingCosts"]["unitPrice"] = 99
    row["deliveries"].append(express)
    shipping = read(row).shipping
    assert shipping is not None
    assert shipping.method == "Standard"


@pytest.mark.parametrize(("account", "guest"), [({"guest": True}, True), ({"guest": False}, False), (None, True)])
def test_a_guest_is_who_has_no_account(row: dict[str, Any], account: dict[str, bool] | None, guest: bool) -> None:
    row["orderCustomer"]["customer"] = account
    customer = read(row).customer
    assert customer is not None
    assert customer.guest is guest


def test_a_company_keeps_its_name_and_first_vat_id(row: dict[str, Any]) -> None:
    row["orderCustomer"] |= {"company": "Sample GmbH", "vatIds": ["DE123456789", "AT1"]}
    customer = read(row).customer
    assert customer is not None
    assert (customer.company, customer.vat_id, customer.is_company) == ("Sample GmbH", "DE123456789", True)


def test_an_old_vat_id_of_the_address_counts_where_the_buyer_has_none(row: dict[str, Any]) -> None:
    row["billingAddress"]["vatId"] = "NL000000000B01"
    customer = read(row).customer
    assert customer is not None
    assert customer.vat_id == "NL000000000B01"


def test_a_deleted_customer_has_no_id(row: dict[str, Any]) -> None:
    row["orderCustomer"] |= {"customerId": None, "customer": None}
    customer = read(row).customer
    assert customer is not None
    assert customer.id == ""


@pytest.mark.parametrize("salutation", [None, {"salutationKey": None, "displayName": None}])
def test_an_order_without_salutation_has_empty_ones(row: dict[str, Any], salutation: dict[str, None] | None) -> None:
    row["orderCustomer"]["salutation"] = salutation
    extras = read(row).extras
    assert (extras["salutation"], extras["salutationName"]) == ("", "")


def test_an_order_without_buyer_is_read_with_nothing_of_one(row: dict[str, Any]) -> None:
    """The database lets a buyer be deleted from below an order; the addresses are the order's own."""
    row["orderCustomer"] = None
    order = read(row)
    assert order.customer is None
    assert {name: order.extras[name] for name in ("salutation", "salutationName", "title", "vatIds")} == {
        "salutation": "",
        "salutationName": "",
        "title": "",
        "vatIds": [],
    }
    assert order.billing_address.city


def test_extras_hold_what_rules_may_want_and_survive_a_queue(row: dict[str, Any]) -> None:
    row["lineItems"][0]["customFields"] = {"engraving": "J"}
    order = read(row)
    assert order.extras["customFields"] == {"demo_desk": "12", "demo_weight": "1.5"}
    assert (order.extras["tags"], order.extras["salutation"]) == (["gift"], "mrs")
    assert order.extras["lineCustomFields"] == {"11111111111111111111111111111101": {"engraving": "J"}}
    assert Order.model_validate_json(order.model_dump_json()) == order


def test_the_guests_deep_link_is_kept_nowhere(row: dict[str, Any]) -> None:
    assert row["deepLinkCode"] not in read(row).model_dump_json()


@pytest.mark.parametrize("empty", [[], None, {}])
def test_an_empty_map_is_whatever_php_makes_of_it(row: dict[str, Any], empty: object) -> None:
    row["customFields"] = row["lineItems"][0]["payload"] = empty
    order = read(row)
    assert (order.extras["customFields"], order.lines[0].sku) == ({}, "")


def test_a_cancelled_order_says_so(row: dict[str, Any]) -> None:
    row["stateMachineState"]["technicalName"] = "cancelled"
    assert read(row).cancelled


@pytest.mark.parametrize(
    ("path", "value", "code"),
    [
        (("billingAddress",), None, "missing_address"),
        (("billingAddress", "country"), None, "missing_country"),
        (("billingAddress", "country"), {"iso": None, "name": "Atlantis"}, "missing_country"),
        (("deliveries", 0, "shippingOrderAddress", "country"), {"iso": "Europe"}, "missing_country"),
        (("currency", "isoCode"), "credits", "unknown_currency"),
        (("lineItems", 1, "parentId"), "99" * 16, "broken_lines"),
        (("lineItems", 1, "parentId"), "11111111111111111111111111111102", "broken_lines"),
        (("stateMachineState",), None, "unexpected_form"),
        (("lineItems",), None, "unexpected_form"),
        (("lineItems", 0, "quantity"), "many", "unexpected_form"),
        (("price", "taxStatus"), "mixed", "unexpected_form"),
        (("orderDateTime",), "yesterday", "unexpected_form"),
    ],
)
def test_what_cannot_be_understood_is_told_and_not_guessed(
    row: dict[str, Any], path: tuple[str | int, ...], value: object, code: str
) -> None:
    place: Any = row
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    stopped = unreadable(row)
    assert (stopped.id, stopped.number, stopped.code) == ("a1" * 16, "10042", code)
    assert stopped.revision.startswith("2026-03-01T10:04:05.678Z-")
    assert stopped.text
    assert stopped.fix


def test_one_unreadable_order_spoils_no_other_and_doubles_count_once(row: dict[str, Any]) -> None:
    broken = deepcopy(row) | {"id": "b1" * 16, "currency": None}
    orders, unread = read_orders(ORDERS.read([row, broken, row]), {})
    assert ([order.id for order in orders], [order.id for order in unread]) == (["a1" * 16], ["b1" * 16])


def test_unknown_keys_of_plugins_do_no_harm(row: dict[str, Any]) -> None:
    row |= {"swagBundle": {"a": 1}, "extensions": {"foreignKeys": {"x": []}}}
    row["lineItems"][0]["pluginField"] = [1]
    assert read(row).number == "10042"


# --- what no queue would take, or no memory hold ------------------------------------------------------------------

HALF = "\ud83d"


@pytest.mark.parametrize(
    "odd",
    [
        {"customFields": {"gift": HALF}},
        {"customFields": {HALF: "gift"}},
        {"customFields": json.loads('{"a":' * 300 + "1" + "}" * 300)},
        {"customerComment": HALF},
        {"orderNumber": f"10042{HALF}"},
    ],
)
def test_an_order_that_cannot_be_written_down_is_held_and_spoils_no_page(
    row: dict[str, Any], odd: dict[str, Any]
) -> None:
    orders, held = read_orders(ORDERS.read([{**row, **odd}, {**row, "id": "b2" * 16}]), {})
    assert [order.id for order in orders] == ["b2" * 16]
    assert (held[0].id, held[0].code) == (row["id"], "unexpected_form")
    assert held[0].model_dump_json()


@pytest.mark.parametrize("amount", ["1e999999", "1e-999999", "1" * 50])
def test_an_amount_of_endless_digits_is_held(row: dict[str, Any], amount: str) -> None:
    row["price"]["totalPrice"] = Decimal(amount)
    assert unreadable(row).code == "unexpected_form"


def test_an_endless_quantity_is_held(row: dict[str, Any]) -> None:
    row["lineItems"][0]["quantity"] = 10**30
    assert unreadable(row).code == "unexpected_form"
