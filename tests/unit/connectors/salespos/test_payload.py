from decimal import Decimal
from typing import Any

import pytest

from shopbridge.connectors.salespos.customers import billing_address, buyer, buyer_changes, delivery_address, user_input
from shopbridge.connectors.salespos.lookup import product_input
from shopbridge.connectors.salespos.orders.payload import checked, draft_of, note_of, order_fields
from shopbridge.connectors.salespos.settings import SalesPosSettings
from shopbridge.connectors.salespos.wire import BillingAddress, body_of
from shopbridge.errors import Held
from shopbridge.mapping.rule_engine import apply_rules, compile_rules
from shopbridge.mapping.rules import FieldRule
from shopbridge.model.order import Address, Order
from tests.salespos_orders import ADDRESS, CUSTOMER, PAYMENT, D, line, order, parts, shipping

SETTINGS = SalesPosSettings(url="https://shop.example", package_id=11)


def payload(of: Order, using: SalesPosSettings = SETTINGS, **other: Any) -> dict[str, Any]:
    return draft_of(of, parts(of, **other), using).payload


def address(**other: Any) -> Address:
    return ADDRESS.model_copy(update=other)


# --- addresses and buyers -----------------------------------------------------------------------------------


def test_street_number_and_suffix_are_told_apart() -> None:
    found = billing_address(ADDRESS, "")
    assert (found.street, found.housenumber) == ("Dorpsstraat", 12)
    assert (found.housenumber_suffix or "").strip("-") == "b"
    assert found.address_line_1 is None


def test_a_street_without_number_travels_as_address_lines_only() -> None:
    found = billing_address(address(street="The Old Mill", extra=("Back door", "")), "")
    assert (found.address_line_1, found.address_line_2) == ("The Old Mill", "Back door")
    assert (found.street, found.housenumber, found.housenumber_suffix) == (None, None, None)


def test_a_number_in_a_further_line_is_found() -> None:
    found = billing_address(address(street="Dorpsstraat", extra=("12",)), "")
    assert (found.street, found.housenumber) == ("Dorpsstraat", 12)


def test_department_and_rest_of_the_street_line_become_the_comment() -> None:
    found = billing_address(address(street="Hauptstr. 5, 2. OG", country="DE", department="Purchasing"), "")
    assert found.comment is not None
    assert found.comment.startswith("Purchasing, ")


def test_a_number_longer_than_house_numbers_are_stays_in_its_line() -> None:
    line_1 = "Postbus 12345678901"
    assert billing_address(address(street=line_1), "").address_line_1 == line_1


def test_the_bill_names_first_and_last_name_the_delivery_the_full_name() -> None:
    bill, delivery = body_of(billing_address(ADDRESS, "")), body_of(delivery_address(ADDRESS))
    assert (bill["first_name"], bill["last_name"]) == ("Sanne", "Visser")
    assert delivery["full_name"] == "Sanne Visser"
    assert "first_name" not in delivery
    assert "full_name" not in bill


def test_a_person_is_a_consumer_without_company() -> None:
    found = buyer(CUSTOMER, ADDRESS, ADDRESS)
    assert found.customertype == "b2c"
    assert found.email == "Sanne.Visser@Voorbeeld.example"
    assert found.reference == "K-77"
    assert found.billingaddress is not None
    assert found.billingaddress.company is None


@pytest.mark.parametrize("place", ["customer", "address"])
def test_a_company_is_a_business_with_its_contact_and_vat_number(place: str) -> None:
    customer = CUSTOMER.model_copy(
        update={"vat_id": "NL000000000B01", "company": "Voorbeeld BV" if place == "customer" else ""}
    )
    billing = address(company="Voorbeeld BV" if place == "address" else "")
    found = buyer(customer, billing, ADDRESS)
    assert (found.customertype, found.btw) == ("b2b", "NL000000000B01")
    assert found.billingaddress is not None
    assert (found.billingaddress.company, found.billingaddress.last_name) == ("Voorbeeld BV", "Visser")


def test_an_order_without_customer_still_carries_the_addresses() -> None:
    found = body_of(buyer(None, ADDRESS, ADDRESS))
    assert "email" not in found
    assert found["billingaddress"]["city"] == "Utrecht"


def test_an_update_never_makes_a_company_a_person_and_leaves_what_the_shop_does_not_know_of_the_buyer() -> None:
    changes = body_of(buyer_changes(CUSTOMER, address(phone="", state=""), ADDRESS))
    assert not {"customertype", "btw", "kvk", "iban"} & set(changes)
    assert not {"telephone", "mobile", "company"} & set(changes["billingaddress"])


def test_an_update_writes_whole_addresses() -> None:
    plain, lines = address(street="Dorpsstraat 14", state=""), address(street="The Old Mill")
    changes = body_of(buyer_changes(CUSTOMER, plain, lines))
    bill, delivery = changes["billingaddress"], changes["deliveryaddress"]
    assert (bill["housenumber"], bill["housenumber_suffix"], bill["province"], bill["comment"]) == (14, "", "", "")
    assert (delivery["address_line_1"], delivery["address_line_2"]) == ("The Old Mill", "")
    assert (delivery["company"], delivery["telephone"]) == ("", ADDRESS.phone)


def test_a_user_is_named_by_the_e_mail_in_lower_case() -> None:
    user = user_input(CUSTOMER, ADDRESS, ADDRESS, 2, "secret")
    assert (user.username, user.group_id, user.status) == ("sanne.visser@voorbeeld.example", 2, True)


def test_a_customer_without_e_mail_cannot_become_a_user() -> None:
    with pytest.raises(Held) as caught:
        user_input(CUSTOMER.model_copy(update={"email": " "}), ADDRESS, ADDRESS, None, "secret")
    assert caught.value.code == "customer_without_email"


def test_an_address_has_one_form() -> None:
    with pytest.raises(ValueError, match="not both"):
        BillingAddress(street="Dorpsstraat", address_line_1="Dorpsstraat 12")


# --- the order ----------------------------------------------------------------------------------------------


def test_the_order_carries_number_status_payment_and_currency() -> None:
    found = payload(order(), SETTINGS.model_copy(update={"reference_prefix": "SW-"}), customer_id="5501")
    expected = {
        "user_id": 5501,
        "reservationnumber": "SW-10042",
        "status": 2,
        "paid": True,
        "currency": "EUR",
        "taxes_included": True,
        "order_row_taxes_included": True,
        "shipping_taxes_included": False,
    }
    assert {key: found[key] for key in expected} == expected
    assert found["customer"]["billingaddress"]["zipcode"] == "1234 AB"
    assert found["customer"]["deliveryaddress"]["zipcode"] == "1234 AB"


def test_an_order_of_a_user_blanks_what_its_address_does_not_have() -> None:
    of = order(billing_address=address(street="Dorpsstraat 12"), shipping_address=address(street="The Old Mill"))
    found = payload(of, customer_id="5501")["customer"]
    assert (found["billingaddress"]["housenumber_suffix"], found["billingaddress"]["company"]) == ("", "")
    assert "address_line_2" not in found["billingaddress"]
    assert found["deliveryaddress"]["address_line_2"] == ""
    assert "housenumber_suffix" not in found["deliveryaddress"]
    assert "housenumber_suffix" not in payload(of)["customer"]["billingaddress"]


def test_a_guest_order_has_no_user() -> None:
    assert "user_id" not in payload(order())


@pytest.mark.parametrize("payment", [None, PAYMENT.model_copy(update={"paid": False})])
def test_an_order_is_unpaid_unless_the_whole_amount_arrived(payment: object) -> None:
    assert payload(order(payment=payment))["paid"] is False


def test_the_shipping_map_chooses_the_delivery_method() -> None:
    assert payload(order(), shipping="pickup")["deliver_method"] == "pickup"
    assert "deliver_method" not in payload(order())


def test_a_shipping_method_kept_under_the_shops_name_is_left_to_the_note() -> None:
    of = order(costs=shipping({D(21): D(5)}))
    assert "deliver_method" not in payload(of, shipping="DHL")
    assert "DHL" in note_of(of, parts(of))


@pytest.mark.parametrize(
    ("other", "field"),
    [({"status": "15"}, "status"), ({"status": "open"}, "status"), ({"customer_id": "new"}, "user_id")],
)
def test_a_value_salespos_does_not_know_holds_the_order_and_names_the_field(other: dict[str, str], field: str) -> None:
    with pytest.raises(Held, match=field) as caught:
        payload(order(), SETTINGS, **other)
    assert caught.value.code == "invalid_draft"


def test_a_field_salespos_does_not_know_holds_the_order() -> None:
    with pytest.raises(Held, match="colour"):
        checked(payload(order()) | {"colour": "red"}, "order 10042")


def test_the_note_says_what_has_no_field() -> None:
    of = order(costs=shipping({D(21): D(5)}), comment="Ring twice \n")
    assert note_of(of, parts(of)) == (
        "Order 10042 of 2026-03-01 from Storefront · paid with PayPal · shipping: DHL · comment: Ring twice"
    )


def test_the_note_uses_the_translated_payment_and_tells_what_is_not_paid() -> None:
    of = order(channel="", payment=PAYMENT.model_copy(update={"paid": False, "standing": "open"}))
    assert note_of(of, parts(of, payment="iDEAL")) == "Order 10042 of 2026-03-01 · to be paid with iDEAL"


# --- products -----------------------------------------------------------------------------------------------


def product(of: Order, tax: str = "21", *, prices_with_tax: bool = True) -> dict[str, Any]:
    made = product_input(of, of.lines[0], tax, settings=SETTINGS, package_id=11, prices_with_tax=prices_with_tax)
    return body_of(made)


def test_a_product_is_created_without_stock_keeping() -> None:
    assert product(order([line(price=D("24.95"), ean="8712345000028")])) == {
        "name": "Product 1",
        "productnumber": "SKU-1",
        "eannumber": "8712345000028",
        "price": 24.95,
        "discount": 0,
        "taxtariff": "normal",
        "package_id": 11,
        "active": True,
        "stockenabled": False,
    }


@pytest.mark.parametrize(
    ("mode", "prices_with_tax", "price"),
    [
        ("gross", True, 12.1),
        ("gross", False, 10),
        ("net", True, 14.64),
        ("net", False, 12.1),
        ("tax_free", True, 14.64),
    ],
)
def test_a_products_price_is_with_or_without_tax_as_salespos_keeps_it(
    mode: Any, prices_with_tax: bool, price: float
) -> None:
    of = order([line(price=D("12.10"), mode=mode)], mode=mode)
    assert product(of, prices_with_tax=prices_with_tax)["price"] == price


def test_a_product_whose_price_would_be_nothing_is_not_created() -> None:
    fine = order([line(price=D("0.004"), quantity=D(1000))])
    with pytest.raises(Held, match=r"0\.004 is too small") as caught:
        product(fine)
    assert caught.value.code == "product_not_creatable"
    kept = SETTINGS.model_copy(update={"price_decimals": 3})
    assert product_input(fine, fine.lines[0], "21", settings=kept, package_id=11, prices_with_tax=True).price == D(
        "0.004"
    )
    assert product(order([line(price=D(0))]))["price"] == 0


def test_a_tax_without_tariff_holds_the_order() -> None:
    with pytest.raises(Held, match="tariff") as caught:
        product(order(), tax="19")
    assert caught.value.code == "no_tax_tariff"
    assert "tax_tariffs" in caught.value.fix


def test_a_number_that_would_be_cut_holds_the_order() -> None:
    with pytest.raises(Held, match="productnumber") as caught:
        product(order([line(sku="x" * 51)]))
    assert caught.value.code == "product_not_creatable"


# --- fields for rules ---------------------------------------------------------------------------------------


def test_every_field_of_the_body_may_be_filled_but_the_reference_and_the_deposits() -> None:
    fields = order_fields()
    assert fields["customer.billingaddress.housenumber"].type == "integer"
    assert fields["orderrows[].price"].type == "decimal"
    assert fields["paid"].type == "boolean"
    assert fields["orderrows[].product_name"].max_length == 200
    assert fields["status"].required
    assert not {"reservationnumber", "orderrows[].auto_create_deposit_rows", "customer", "orderrows"} & set(fields)
    assert all(field.title for field in fields.values())


def test_an_order_without_a_reference_by_which_it_is_found_again_is_not_sent() -> None:
    with pytest.raises(Held, match="reservationnumber") as caught:
        checked({**payload(order()), "reservationnumber": ""}, "order 10042")
    assert caught.value.code == "invalid_draft"


def test_a_rule_fills_a_field_that_salespos_then_takes() -> None:
    of = order([line(ean="8712345000028")])
    draft = draft_of(of, parts(of), SETTINGS)
    rules = compile_rules(
        [
            FieldRule(target="customer.costcentre", source="order.channel"),
            FieldRule(target="orderrows[].memo", source="line.ean"),
            FieldRule(target="paymethod_costs", source="'1.50'"),
        ],
        order_fields(),
    )
    changed = apply_rules(rules, draft.payload, of.model_dump(mode="json"), source_of_row=draft.line_of_row)
    body = checked(changed, "order 10042")
    assert body.customer.costcentre == "Storefront"
    assert body.orderrows[0].memo == "8712345000028"
    assert body.paymethod_costs == Decimal("1.50")
