"""Orders of the emulated SalesAutopilot: taken, repeated, and saved by its own ids."""

from decimal import Decimal
from typing import Any

import pytest

from tests.sandbox.platforms.salesautopilot.calls import (
    ORDER_PATH,
    ORDERS,
    SAVE_PATH,
    STATUS,
    Desk,
    line,
    order,
    without,
)

BY_NUMBER = "field/mssys_shoprenter_id/value/50123"


@pytest.mark.parametrize("missing", ["email", "order_id", "products"])
def test_an_order_without_what_it_needs_is_a_406_without_a_body(missing: str) -> None:
    desk = Desk()
    assert desk.refused("POST", ORDER_PATH, without(order(), missing)) == (406, f"body.{missing} is missing")
    assert desk.office.orders == []


@pytest.mark.parametrize(
    "change",
    [
        {"order_id": ""},
        {"order_id": None},
        {"email": " "},
        {"products": []},
        {"products": {}},
        {"products": [without(line(), "qty")]},
        {"products": [line(qty=0)]},
        {"products": [line(qty=1.5)]},
        {"products": [line(qty=True)]},
        {"products": [line(tax=0.27)]},
        {"products": [line(tax=-1)]},
        {"products": [line(tax="27%")]},
        {"products": [line(prod_price="12,5")]},
        {"products": [line(prod_price=None)]},
        {"products": [line(prod_price=10**400)]},
        {"products": [line(prod_id=17)]},
        {"products": [line(stock=3)]},
        {"products": [line(categories=[{"category_id": 12, "category_name": "Mugs"}])]},
        {"products": [line(categories=[{"category_id": "12"}])]},
        {"currency": "huf"},
        {"mssys_bill_country": "HU"},
        {"mssys_postal_country": "Hungary"},
        {"netshippingcost": 1.005},
        {"shipping_method": 4},
        {"mssys_postal_deliverypoint_type": "LOCKER"},
        {"mssys_shoprenter_id": "50123"},
        {"mssys_order_status": 2},
    ],
)
def test_a_field_of_another_form_is_a_406(change: dict[str, Any]) -> None:
    desk = Desk()
    assert desk.refused("POST", ORDER_PATH, order(**change))[0] == 406
    assert (desk.office.orders, desk.office.products, desk.office.events) == ([], [], [])


def test_a_malformed_address_is_a_failure_under_200() -> None:
    desk = Desk()
    assert desk.post(ORDER_PATH, order(email="vevo.example.test")) == -2
    assert desk.office.orders == []


def test_an_order_is_read_with_its_sums_and_everything_it_was_sent_with() -> None:
    desk = Desk()
    place = {"mssys_postal_country": "hu", "mssys_postal_zip": "6720", "mssys_postal_deliverypoint_type": "PSD"}
    desk.create(order(currency="EUR", mssys_vat_number="00000000-0-00", **place))
    row = desk.order()
    assert row.items() >= {**place, "mssys_vat_number": "00000000-0-00"}.items()
    told = {
        "mssys_online_payment_method": "Bank transfer",
        "mssys_shipping_mode": "Courier",
        "mssys_bill_currency": "EUR",
        "mssys_webshop_status": "new",
        "mssys_netto_shipping_cost": "1000.00",
        "mssys_shipping_cost": "1270.00",
        "mssys_order_netto_sum": "4000.00",
        "mssys_order_brutto_sum": "5080.00",
        "mssys_order_status": "1",
        "mssys_payment_method": "",
        "mssys_pay_date": "0000-00-00",
        "mssys_billing_system_syncdate": "0000-00-00 00:00:00",
        "active": "1",
        "mssys_nsid": "70002",
    }
    assert row.items() >= told.items()


def test_the_sums_may_leave_shipping_out() -> None:
    desk = Desk(sums_with_shipping=False)
    desk.create()
    assert desk.order()["mssys_order_brutto_sum"] == "3810.00"


def test_a_coupon_is_a_line_below_zero_and_lines_round_to_two_decimals() -> None:
    desk = Desk()
    coupon = line("COUPON_TEN", prod_name="TEN", qty=1, prod_price=-33.335)
    record = desk.create(order("7", line(qty=3, prod_price="9.995"), coupon, netshippingcost=0, grossshippingcost=0))
    assert [each["oi_netto_sum"] for each in desk.order("7")["products"]] == ["30.00", "-33.34"]
    assert [each["oi_brutto_sum"] for each in desk.order("7")["products"]] == ["38.10", "-42.34"]
    assert desk.office.order_totals() == {"7": record.total}
    assert str(record.total) == "-4.24"


@pytest.mark.parametrize(("places", "price", "gross"), [(2, "6.16", "29.81"), (4, "6.1570", "29.80")])
def test_a_price_is_kept_with_two_decimals_unless_the_account_keeps_more(places: int, price: str, gross: str) -> None:
    desk = Desk(price_places=places)
    desk.create(order("7", line(prod_price="6.15702", tax=21, qty=4)))
    (told,) = desk.order("7")["products"]
    assert (told["oi_price"], told["oi_brutto_sum"]) == (price, gross)
    assert desk.get("listproducts")[0]["prod_price"] == price


@pytest.mark.parametrize("number", ["W-50123/a", "50123"])
def test_numbers_may_be_texts_or_integers(number: str) -> None:
    desk = Desk()
    desk.post(ORDER_PATH, order(order_id=number))
    assert desk.office.orders_by_number(number)[0].number == number
    desk.post(ORDER_PATH, order(order_id=50124))
    assert desk.order("50124")["mssys_shoprenter_id"] == "50124"


def test_a_repeated_order_answers_the_record_that_is_there_and_changes_nothing() -> None:
    desk = Desk()
    record = desk.create()
    before, events = dict(record.values), desk.office.events
    assert desk.post(ORDER_PATH, order("50123", line("SKU-2"), email="other@example.test")) == record.id
    assert (record.values, desk.office.events, len(desk.office.orders)) == (before, events, 1)
    assert [product.sku for product in desk.office.products] == ["SKU-1"]


def test_in_the_other_mode_a_repeated_order_makes_a_second_record_that_no_update_by_number_reaches() -> None:
    desk = Desk(repeated_order_is_found=False)
    first, second = desk.post(ORDER_PATH, order()), desk.post(ORDER_PATH, order())
    assert first != second
    assert [record.id for record in desk.office.orders_by_number("50123")] == [first, second]
    assert desk.office.order_totals() == {"50123": 10160}
    assert desk.post(f"update/{ORDERS}/form/{STATUS}/{BY_NUMBER}", {"mssys_webshop_status": "sent"}) == 0
    assert desk.post(f"update/{ORDERS}/form/{STATUS}/record/{first}", {"mssys_webshop_status": "sent"}) == 1


def test_unknown_products_and_categories_are_made_and_known_ones_stay() -> None:
    desk = Desk()
    desk.office.add_product("SKU-1", 999, name="Our mug", percent=5)
    mugs = desk.office.add_category("Mugs")
    both = [{"category_id": "12", "category_name": "Mugs"}, {"category_id": "13", "category_name": "Gifts"}]
    desk.create(order("1", line(categories=both), line("SKU-2", prod_name="Jug", categories=both)))
    ours, jug = desk.office.products
    price = Decimal(1500)
    assert (ours.name, ours.price, ours.percent, ours.categories) == ("Our mug", Decimal(999), Decimal(5), [])
    assert (jug.sku, jug.name, jug.price, jug.percent, jug.currency) == ("SKU-2", "Jug", price, Decimal(27), "HUF")
    assert [category.name for category in desk.office.categories] == ["Mugs", "Gifts"]
    assert jug.categories[0] == mugs.id
    assert [each["oi_name"] for each in desk.order("1")["products"]] == ["Blue mug", "Jug"]


def test_a_category_that_an_order_made_is_known_by_the_shop_s_key() -> None:
    desk = Desk()
    desk.create(order("1", line(category_id="12", category_name="Mugs")))
    desk.office.edit_category(desk.office.categories[0], name="Cups")
    desk.create(order("2", line("SKU-2", category_id="12", category_name="Mugs")))
    assert [category.name for category in desk.office.categories] == ["Cups"]
    assert desk.office.product("SKU-2").categories == [desk.office.categories[0].id]


def test_a_deleted_product_stays_on_the_orders_and_is_made_again_by_the_next_one() -> None:
    desk = Desk()
    desk.create(order("1"))
    gone = desk.office.product("SKU-1").id
    desk.office.delete_product("SKU-1")
    desk.create(order("2"))
    assert desk.order("1")["products"][0]["prod_id"] == str(gone)
    assert desk.office.product("SKU-1").id != gone


# --- with SalesAutopilot's own ids ---------------------------------------------------------------------------------


def _saved(desk: Desk, **fields: Any) -> dict[str, Any]:
    method = next(iter(desk.office.account.shipping_methods))
    return {"email": "vevo@example.test", "mssys_firstname": "Anna", "shipping_method": method, **fields}


def test_an_order_is_saved_by_ids_with_the_catalogue_s_price_unless_another_is_sent() -> None:
    desk = Desk()
    mug, jug = desk.office.add_product("MUG", 1000, name="Mug"), desk.office.add_product("JUG", 2000)
    rows = [{"prod_id": mug.id, "qty": 2}, {"prod_id": str(jug.id), "qty": 1, "prod_price": 1500, "prod_name": "Big"}]
    made = desk.post(SAVE_PATH, _saved(desk, products=rows))
    row = desk.get(f"list/{ORDERS}/record/{made}")
    lines = [(each["oi_sku"], each["oi_name"], each["oi_netto_sum"]) for each in row["products"]]
    assert lines == [("MUG", "Mug", "2000.00"), ("JUG", "Big", "1500.00")]
    assert (row["mssys_shipping_mode"], row["mssys_shipping_cost"]) == ("Courier", "1270.00")
    assert row["mssys_order_brutto_sum"] == "5715.00"


def test_a_single_product_form_sends_one_id() -> None:
    desk = Desk()
    mug = desk.office.add_product("MUG", 1000)
    made = desk.post(SAVE_PATH, _saved(desk, prod_id=mug.id))
    assert desk.get(f"list/{ORDERS}/record/{made}")["products"][0]["oi_quantity"] == "1"


def test_ids_that_point_to_nothing_are_a_0() -> None:
    desk = Desk()
    mug = desk.office.add_product("MUG", 1000)
    assert desk.post(SAVE_PATH, _saved(desk, prod_id=1)) == 0
    assert desk.post(SAVE_PATH, _saved(desk, prod_id=mug.id, shipping_method=1)) == 0
    assert desk.office.orders == []


@pytest.mark.parametrize(
    "change",
    [
        {"shipping_method": "Courier"},
        {"prod_id": "MUG"},
        {"products": [{"prod_id": 1, "qty": 1}]},
        {"payment_method": "Bank transfer"},
    ],
)
def test_words_of_the_other_call_are_a_406(change: dict[str, Any]) -> None:
    desk = Desk()
    mug = desk.office.add_product("MUG", 1000)
    assert desk.refused("POST", SAVE_PATH, _saved(desk, **{"prod_id": mug.id, **change}))[0] == 406
