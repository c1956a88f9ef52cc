"""Changes of orders in the emulated SalesAutopilot: by number and by id, their lines, and what its forms set off."""

from decimal import Decimal
from typing import Any

import pytest

from tests.sandbox.platforms.salesautopilot.calls import ORDER, ORDERS, PAID, STATUS, Desk, order

BY_NUMBER = "field/mssys_shoprenter_id/value/50123"
PAYMENT = {"mssys_webshop_status": "paid", "mssys_order_status": 2, "mssys_pay_date": "2026-03-01"}


# --- changes -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["POST", "PUT"])
@pytest.mark.parametrize("way", ["number", "id"])
def test_an_order_is_changed_by_its_number_or_its_id(method: str, way: str) -> None:
    desk = Desk()
    record = desk.create()
    which = BY_NUMBER if way == "number" else f"record/{record.id}"
    assert desk.done(method, f"update/{ORDERS}/form/{PAID}/{which}", PAYMENT) == 1
    row = desk.order()
    assert row.items() >= {**PAYMENT, "mssys_order_status": "2"}.items()
    assert row["mssys_shipping_mode"] == "Courier"


@pytest.mark.parametrize("which", ["record/1", "field/mssys_shoprenter_id/value/9", "field/email/value/a@example.test"])
def test_a_change_that_meets_nobody_is_a_0_and_runs_no_form(which: str) -> None:
    desk = Desk()
    desk.create()
    assert desk.post(f"update/{ORDERS}/form/{PAID}/{which}", PAYMENT) == 0
    assert desk.office.events_of("invoice") == []


def test_a_change_by_a_value_that_two_records_have_changes_neither() -> None:
    desk = Desk()
    desk.create(order("1"))
    desk.create(order("2"))
    path = f"update/{ORDERS}/form/{STATUS}/field/email/value/vevo@example.test"
    assert desk.post(path, {"mssys_webshop_status": "sent"}) == 0
    assert desk.order("1")["mssys_webshop_status"] == "new"


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"mssys_order_status": 5},
        {"mssys_order_status": "paid"},
        {"mssys_pay_date": "15.01.2030"},
        {"mssys_pay_date": "2030-02-30"},
        {"order_status_id": "paid"},
        {"id": 5},
        {"active": "0"},
        {"mssys_order_brutto_sum": "1"},
        {"mssys_webshop_status": None},
        {"mssys_webshop_status": ["paid"]},
    ],
)
def test_a_change_of_an_unknown_field_or_to_an_impossible_value_is_a_406(change: dict[str, Any]) -> None:
    desk = Desk()
    desk.create()
    assert desk.refused("POST", f"update/{ORDERS}/form/{STATUS}/{BY_NUMBER}", change)[0] == 406
    assert desk.refused("POST", f"update/{ORDERS}/form/{STATUS}/field/no_such/value/1", PAYMENT)[0] == 406


def test_what_is_there_already_may_not_count_as_a_change() -> None:
    path, change = f"update/{ORDERS}/form/{PAID}/{BY_NUMBER}", {"mssys_webshop_status": "paid"}
    counted, uncounted = Desk(), Desk(unchanged_counts=False)
    for desk in (counted, uncounted):
        desk.create()
        assert desk.post(path, change) == 1
    assert (counted.post(path, change), uncounted.post(path, change)) == (1, 0)
    assert (len(counted.office.events_of("invoice")), len(uncounted.office.events_of("invoice"))) == (2, 1)


def test_a_batch_changes_each_record_that_is_found() -> None:
    desk = Desk()
    desk.create(order("1"))
    desk.create(order("2"))
    rows = [
        {"id_field": "mssys_shoprenter_id", "id_value": number, "data": {"mssys_webshop_status": "sent"}}
        for number in ("1", 2, "3")
    ]
    assert desk.done("PUT", f"update/{ORDERS}/form/{STATUS}", rows) == 2
    assert desk.post(f"batchupdate/{ORDERS}", rows[:1]) == 1
    assert desk.refused("POST", f"batchupdate/{ORDERS}", [{"id_field": "id"}])[0] == 406
    assert [record.values["mssys_webshop_status"] for record in desk.office.orders] == ["sent", "sent"]


# --- forms ---------------------------------------------------------------------------------------------------------


def test_each_form_runs_what_hangs_on_it_and_no_other() -> None:
    desk = Desk()
    record = desk.create()
    assert [(event.kind, event.ns_id, event.detail) for event in desk.office.events] == [
        ("subscribe", ORDER, ""),
        ("email_sent", ORDER, "Thank you for your order"),
    ]
    desk.post(f"update/{ORDERS}/form/{STATUS}/{BY_NUMBER}", {"mssys_webshop_status": "in work"})
    assert len(desk.office.events) == 2
    desk.post(f"update/{ORDERS}/form/{PAID}/{BY_NUMBER}", PAYMENT)
    (invoice,) = desk.office.events_of("invoice")
    assert (invoice.record_id, invoice.ns_id, invoice.detail) == (record.id, PAID, "E-SA-00001")
    assert desk.order()["mssys_billing_number"] == "E-SA-00001"
    assert desk.order()["mssys_bill_pdf_link"].endswith("/E-SA-00001.pdf")


def test_a_wrong_form_writes_to_the_buyer_or_invoices() -> None:
    desk = Desk()
    desk.create()
    desk.post(f"update/{ORDERS}/form/{ORDER}/{BY_NUMBER}", {"mssys_webshop_status": "in work"})
    assert len(desk.office.events_of("email_sent")) == 2
    desk.post(f"processWebshopOrder/{ORDERS}/ns_id/{PAID}", order("2"))
    assert len(desk.office.events_of("invoice")) == 1


def test_paid_twice_is_invoiced_twice_unless_the_provider_sees_it() -> None:
    harsh, kind = Desk(), Desk(invoices_again=False)
    for desk in (harsh, kind):
        desk.create()
        for _ in range(2):
            desk.post(f"update/{ORDERS}/form/{PAID}/{BY_NUMBER}", PAYMENT)
    assert (len(harsh.office.events_of("invoice")), len(kind.office.events_of("invoice"))) == (2, 1)
    assert kind.order()["mssys_billing_number"] == "E-SA-00001"


# --- lines ---------------------------------------------------------------------------------------------------------


def test_lines_are_added_changed_and_removed_by_the_catalogue_s_ids() -> None:
    desk = Desk()
    record = desk.create()
    jug = desk.office.add_product("JUG", 2000)
    assert desk.post(f"orderaddproduct/{ORDERS}/{record.id}", {"products": [{"prod_id": jug.id, "qty": 1}]}) == 1
    assert desk.order()["mssys_order_netto_sum"] == "6000.00"
    change = {"products": [{"prod_sku": "SKU-1", "qty": 1}, {"prod_id": jug.id, "prod_price": 2500}]}
    assert desk.post(f"ordermodproduct/{ORDERS}/{record.id}", change) == 1
    assert desk.order()["mssys_order_netto_sum"] == "5000.00"
    assert desk.post(f"orderdelproduct/{ORDERS}/{record.id}", [jug.id]) == 1
    assert [each["oi_sku"] for each in desk.order()["products"]] == ["SKU-1"]
    assert desk.post(f"orderdelproduct/{ORDERS}/{record.id}", [jug.id]) == 0


def test_lines_are_changed_by_the_shop_s_number_and_by_their_own_ids() -> None:
    desk = Desk()
    record = desk.create()
    path = f"ordermodproduct/{ORDERS}/orderid/50123"
    assert desk.post(path, {"products": [{"prod_sku": "SKU-1", "qty": 5}]}) == 1
    assert desk.post(f"ordermodproduct/{ORDERS}/orderid/9", {"products": [{"prod_sku": "SKU-1", "qty": 5}]}) == 0
    number = record.lines[0].id
    assert desk.get(f"orderlistproducts/{ORDERS}/{number}")["oi_quantity"] == "5"
    assert desk.post(f"ordermodproduct/{ORDERS}/oi/{number}", {"products": [{"qty": 4}]}) == 1
    assert desk.get(f"orderlistproducts/{ORDERS}/{number}")["oi_quantity"] == "4"
    assert desk.post(f"orderdelproduct/{ORDERS}/oi", [number]) == 1
    assert desk.refused("GET", f"orderlistproducts/{ORDERS}/{number}")[0] == 404


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("orderaddproduct/90001/{}", {"products": []}),
        ("orderaddproduct/90001/{}", {"products": [{"prod_id": "SKU-1", "qty": 1}]}),
        ("ordermodproduct/90001/{}", {"products": [{"qty": 1}]}),
        ("ordermodproduct/90001/{}", {"products": [{"prod_sku": "SKU-1", "prod_id": 1, "qty": 1}]}),
        ("orderdelproduct/90001/{}", {"prod_id": 1}),
        ("orderdelproduct/90001/oi", []),
    ],
)
def test_lines_of_another_form_are_a_406(path: str, body: Any) -> None:
    desk = Desk()
    record = desk.create()
    assert desk.refused("POST", path.format(record.id), body)[0] == 406
    assert len(record.lines) == 1


def test_lines_and_records_that_are_not_there_are_a_0() -> None:
    desk = Desk()
    record = desk.create()
    row = {"products": [{"prod_sku": "SKU-9", "qty": 1}]}
    assert desk.post(f"ordermodproduct/{ORDERS}/{record.id}", row) == 0
    assert desk.post(f"ordermodproduct/{ORDERS}/1", row) == 0
    assert desk.post(f"ordermodproduct/{ORDERS}/oi/1", {"products": [{"qty": 1}]}) == 0
    assert desk.post(f"orderaddproduct/{ORDERS}/1/oi", {"products": [{"prod_id": 1, "qty": 1}]}) == 0
    assert desk.refused("POST", f"ordermodproduct/{ORDERS}/oi/1", {"products": [{"qty": 1}, {"qty": 2}]})[0] == 406
    assert [each.quantity for each in record.lines] == [Decimal(2)]


def test_a_person_deletes_an_order_and_it_may_come_again() -> None:
    desk = Desk()
    first = desk.create()
    desk.office.delete_order(first)
    assert desk.get(f"list/{ORDERS}") == []
    assert desk.create().id != first.id
