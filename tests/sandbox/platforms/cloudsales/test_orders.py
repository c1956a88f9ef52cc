"""Orders of the emulated CloudSales as a connector sends them."""

import json
from decimal import Decimal
from typing import Any

import pytest

from sandbox.platforms.cloudsales import Spelling
from tests.sandbox.platforms.cloudsales.calls import (
    ADDRESS,
    CANCELLED,
    COMPANY,
    CONNECTOR,
    DELIVERY,
    PERSON,
    Desk,
    item,
    order,
)

D = Decimal


def _desk(**options: Any) -> Desk:
    desk = Desk(**options)
    desk.office.add_product("CUP", 65, stock=5)
    desk.office.add_product("MUG", 20, stock=5, additional_codes=frozenset({"SHOP-MUG"}))
    return desk


def test_a_post_creates_an_order_and_tells_its_id() -> None:
    desk = _desk()
    response = desk.send("POST", order())
    (made,) = desk.office.orders
    assert response.json() == {"is_error": 0, "messages": [], "data": {"BOCP_order_id": str(made.id)}}
    assert (made.reference, made.total, made.connector) == ("HUB-1", D("131.50"), desk.office.connector)


def test_the_same_order_twice_is_told_to_exist_and_made_once() -> None:
    desk = _desk()
    desk.create(order())
    assert "exist" in desk.refused("POST", order())[0]
    assert len(desk.office.orders_by_reference("HUB-1")) == 1


def test_an_existing_order_is_told_so_before_anything_else_is_looked_at() -> None:
    desk = _desk()
    desk.create(order())
    assert "exist" in desk.refused("POST", {"nonsense": 1}, "HUB-1")[0]


def test_the_statuses_of_refusals_can_be_assumed() -> None:
    desk = _desk(refusal_status=422, exists_status=409)
    assert desk.send("POST", order("HUB-1", item("NOPE"))).status_code == 422
    desk.create(order())
    assert desk.send("POST", order()).status_code == 409


def test_after_exists_a_put_confirms_the_order_and_changes_nothing() -> None:
    desk = _desk()
    made = desk.create(order())
    assert desk.done("PUT", order()) == made
    assert desk.office.stock("CUP").reserved == 2


def test_a_company_abroad_has_no_county() -> None:
    desk = _desk()
    abroad = {**ADDRESS, "county": "", "country": "Austria"}
    desk.create(order(client={**COMPANY, "invoice_address": abroad}))
    assert len(desk.office.orders) == 1


def test_each_connector_has_references_of_its_own() -> None:
    desk = _desk()
    other = desk.office.add_connector(user="other", password="secret")
    desk.create(order())
    assert desk.call("POST", f"connector/{other.id}/order/HUB-1/", order(), by="other:secret").status_code == 200
    assert desk.office.order_totals() == {"HUB-1": 263}


def test_a_reference_may_hold_a_slash_and_a_colon() -> None:
    desk = _desk()
    response = desk.send("POST", order("A/1:ă"), "A%2F1%3A%C4%83")
    assert not response.json()["is_error"]
    assert desk.office.orders[0].reference == "A/1:ă"


def test_a_put_of_an_unknown_order_is_refused_with_words_that_contain_exist_too() -> None:
    assert _desk().refused("PUT", order()) == ["order HUB-1 does not exist"]


MANDATORY = (
    "order_unique_id",
    "order_reference",
    "order_date",
    "order_updated_at",
    "order_status",
    "order_cancelled",
)


def test_a_put_may_carry_a_part_of_the_fields() -> None:
    desk = _desk()
    desk.create(order())
    part = {name: value for name, value in order(**CANCELLED).items() if name in MANDATORY}
    desk.done("PUT", part)
    assert desk.office.orders[0].is_voided
    assert desk.office.orders[0].total == 131.5


@pytest.mark.parametrize("name", MANDATORY)
def test_some_fields_stay_mandatory_on_a_put(name: str) -> None:
    desk = _desk()
    desk.create(order())
    body = order()
    del body[name]
    assert desk.refused("PUT", body, "HUB-1") == [f"body.{name} is missing"]


@pytest.mark.parametrize("name", sorted(order()))
def test_every_field_is_needed_on_a_post(name: str) -> None:
    body = order()
    del body[name]
    assert _desk().refused("POST", body, "HUB-1") == [f"body.{name} is missing"]


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"order_number": "1"}, "order_number"),
        ({"order_unique_id": "HUB-2"}, "order_unique_id"),
        ({"order_reference": "HUB-2"}, "order_reference"),
        ({"order_date": "01.03.2026"}, "order_date"),
        ({"order_date": "2026-02-29"}, "order_date"),
        ({"order_updated_at": "2026-03-01T12:00:00"}, "order_updated_at"),
        ({"order_status": "paid"}, "order_status"),
        ({"order_status": "cancelled"}, "contradict"),
        ({"order_cancelled": 1}, "contradict"),
        ({"order_cancelled": False}, "order_cancelled"),
        ({"order_cancelled": "0"}, "order_cancelled"),
        ({"order_currency_code": "lei"}, "order_currency_code"),
        ({"shipping_method": "courier"}, "shipping_method"),
        ({"payment_method": "cash"}, "payment_method"),
        ({"payments": [{"amount": 1}]}, "payments"),
        ({"cod_amount": "10.00"}, "cod_amount"),
        ({"cod_amount": -1}, "cod_amount"),
        ({"items": []}, "items"),
        ({"client": {**PERSON, "name": " "}}, "client.name"),
        ({"client": {**PERSON, "surname": "x"}}, "client.surname"),
        ({"client": {**PERSON, "invoice_address": {**ADDRESS, "apartment": 14}}}, "apartment"),
        ({"client": {**PERSON, "invoice_address": DELIVERY}}, "shipping_contact_name"),
        ({"client": {**PERSON, "delivery_address": ADDRESS}}, "shipping_contact_name"),
        ({"client": {**COMPANY, "vat_id": ""}}, "vat_id"),
        ({"client": {**COMPANY, "invoice_address": {**ADDRESS, "county": ""}}}, "county"),
    ],
)
def test_what_breaks_the_contract_is_refused_by_name(fields: dict[str, Any], named: str) -> None:
    desk = _desk()
    assert any(named in detail for detail in desk.refused("POST", order(**fields), "HUB-1"))
    assert desk.office.orders == []
    assert desk.office.stock("CUP").reserved == 0


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ({"type": "service"}, "type"),
        ({"code": ""}, "code"),
        ({"code": "NOPE"}, "unknown product code NOPE"),
        ({"code": "cup"}, "unknown product code cup"),
        ({"item_quantity": 0}, "item_quantity"),
        ({"item_quantity": "2"}, "item_quantity"),
        ({"item_price": "54.34"}, "item_price"),
        ({"item_price": 54.345}, "item_price"),
        ({"item_price": 65.75}, "item_price_with_vat does not fit"),
        ({"item_vat_percent": 121}, "item_vat_percent"),
        ({"item_vat_percent": True}, "item_vat_percent"),
        ({"line_value_with_vat": 130}, "line_value_with_vat does not fit"),
        ({"sku": "CUP"}, "sku"),
    ],
)
def test_what_breaks_the_contract_of_a_line_is_refused_by_name(line: dict[str, Any], named: str) -> None:
    desk = _desk()
    assert any(named in detail for detail in desk.refused("POST", order("HUB-1", {**item(), **line})))
    assert desk.office.orders == []


def test_all_unknown_codes_are_named_at_once() -> None:
    refused = _desk().refused("POST", order("HUB-1", item("NOPE"), item(), item("NADA")))
    assert refused == ["unknown product code NOPE", "unknown product code NADA"]


def test_an_archived_product_is_unknown_to_an_order() -> None:
    desk = _desk()
    desk.office.add_product("OLD", 1, archived=True)
    assert desk.refused("POST", order("HUB-1", item("OLD"))) == ["unknown product code OLD"]


def test_an_additional_code_finds_its_product() -> None:
    desk = _desk()
    desk.create(order("HUB-1", item("SHOP-MUG", 3, 20)))
    assert desk.office.stock("MUG").reserved == 3


def test_a_service_may_be_ordered_and_a_discount_lies_below_zero() -> None:
    desk = _desk()
    desk.office.add_service("TRANSPORT", "Transport")
    desk.office.add_service("DISCOUNT", "Reducere")
    desk.create(order("HUB-1", item(), item("TRANSPORT", 1, 19.99), item("DISCOUNT", 1, -5)))
    assert desk.office.order_totals() == {"HUB-1": D("146.49")}


@pytest.mark.parametrize(("count", "value"), [(3, 10.0), (3, 9.99), (0.5, 1.67)])
def test_a_lines_value_may_be_off_by_a_cent_for_each_unit(count: float, value: float) -> None:
    desk = _desk()
    desk.create(order("HUB-1", item(count=count, price=3.33, line_value_with_vat=value)))
    assert list(desk.office.order_totals()) == ["HUB-1"]


def test_accepted_choices_can_be_assumed() -> None:
    desk = _desk(
        shipping_methods=frozenset({"courier"}),
        payment_methods=frozenset({"cash_on_delivery"}),
        item_types=frozenset({"product", "service"}),
    )
    fields = {"shipping_method": "courier", "payment_method": "cash_on_delivery", "cod_amount": 131.5}
    desk.create(order("HUB-1", item(type="service"), **fields))
    assert desk.refused("POST", order("HUB-2", item(type="gift"), **fields))
    assert list(desk.office.order_totals()) == ["HUB-1"]


@pytest.mark.parametrize(
    ("spelling", "error"),
    [
        (Spelling.BOOLEAN, {"is_error": True, "messages": "unknown product code NOPE"}),
        (
            Spelling.NUMBER,
            {"is_error": 1, "messages": ["refused"], "data": {"errors": ["unknown product code NOPE"]}},
        ),
        (
            Spelling.TEXT,
            {"is_error": 1, "messages": [], "data": {"errors": [{"message": "unknown product code NOPE"}]}},
        ),
    ],
)
def test_details_of_a_refusal_are_in_messages_in_errors_or_in_both(spelling: Spelling, error: Any) -> None:
    response = _desk(spellings=(spelling,)).send("POST", order("HUB-1", item("NOPE")))
    assert (response.status_code, response.json()) == (200, error)


def test_an_order_is_read_only_where_that_is_assumed() -> None:
    desk = _desk()
    desk.create(order())
    assert desk.call("GET", desk.order_path("HUB-1"), by=CONNECTOR).status_code == 405
    readable = _desk(order_readable=True)
    made = readable.create(order())
    read = json.loads(readable.call("GET", readable.order_path("HUB-1"), by=CONNECTOR).text)["data"]
    assert (read["BOCP_order_id"], read["status"], read["order_reference"]) == (str(made), "NEW", "HUB-1")


def test_a_connector_that_fetches_by_itself_takes_no_orders() -> None:
    desk = _desk()
    gomag = desk.office.add_connector("Gomag", user="gomag", password="secret")
    response = desk.call("POST", f"connector/{gomag.id}/order/HUB-1/", order(), by="gomag:secret")
    assert response.json()["is_error"] == 1
    assert desk.office.orders == []


def test_clients_are_filed_once_company_by_fiscal_code_and_person_by_name_and_mail() -> None:
    desk = _desk()
    desk.create(order("HUB-1", client=COMPANY))
    desk.create(order("HUB-2", client={**COMPANY, "name": "Exemplu S.R.L.", "vat_id": "00000000"}))
    desk.create(order("HUB-3"))
    desk.create(order("HUB-4"))
    desk.create(order("HUB-5", client={**PERSON, "email": "other@example.test"}))
    assert [contact.name for contact in desk.office.contacts] == ["Exemplu S.R.L.", "Ana Exemplu", "Ana Exemplu"]
    assert len({each.contact_id for each in desk.office.orders}) == 3


def test_what_a_company_needs_can_be_assumed() -> None:
    desk = _desk(company_address_required=False, fiscal_code_required=False)
    desk.create(order("HUB-0", client={**COMPANY, "vat_id": ""}))
    desk.create(order(client={**COMPANY, "invoice_address": {**ADDRESS, "street": ""}}))
    desk.create(order("HUB-2", client={**PERSON, "invoice_address": dict.fromkeys(ADDRESS, "")}))
    assert list(desk.office.order_totals()) == ["HUB-0", "HUB-1", "HUB-2"]
