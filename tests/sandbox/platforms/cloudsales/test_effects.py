"""What orders lead to in the emulated CloudSales: stock, documents, and what people do."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from sandbox.platforms.cloudsales import Stock
from tests.sandbox.platforms.cloudsales.calls import CANCELLED, COMPANY, Desk, item, order

D = Decimal


def _desk(**options: Any) -> Desk:
    desk = Desk(**options)
    desk.office.add_product("CUP", D("65.75"), stock=5, ean="0000000000000")
    return desk


def test_an_import_reserves_and_a_cancellation_gives_free() -> None:
    desk = _desk()
    desk.create(order())
    assert desk.office.stock("CUP") == Stock(D(5), D(2))
    desk.done("PUT", order("HUB-1", item(count=3)))
    assert desk.office.stock("CUP").available == 2
    desk.done("PUT", order("HUB-1", item(count=3), **CANCELLED))
    desk.done("PUT", order("HUB-1", item(count=3), **CANCELLED))
    assert desk.office.stock("CUP") == Stock(D(5), D(0))


def test_an_order_that_comes_cancelled_reserves_nothing_and_gets_no_document() -> None:
    desk = _desk()
    desk.create(order(payment_method="bank_transfer", **CANCELLED))
    assert desk.office.stock("CUP").reserved == 0
    assert desk.office.proformas == []


def test_orders_reserve_at_their_connectors_work_point() -> None:
    desk = _desk()
    store = desk.office.add_work_point("Magazin")
    desk.office.receive({"CUP": 4}, store)
    desk.office.connector.work_point = store
    desk.create(order())
    assert desk.office.stock("CUP", store) == Stock(D(4), D(2))
    assert desk.office.stock("CUP") == Stock(D(9), D(2))
    assert desk.rows("product/list/")[0]["stock_available"] == "7"


def test_only_a_bank_transfer_gets_a_proforma_which_survives_its_order() -> None:
    desk = _desk()
    desk.create(order("HUB-1"))
    desk.create(order("HUB-2", payment_method="bank_transfer"))
    desk.done("PUT", order("HUB-2", payment_method="bank_transfer", **CANCELLED))
    (row,) = desk.rows("proformas/list/datefrom:2026-03-01/page:1/")
    assert row == {
        "proforma_id": str(desk.office.proformas[0].id),
        "doc_series": "PRF",
        "doc_nr": "1",
        "doc_date": "2026-03-01",
        "total": "131.50",
        "document_cancelled": "0",
        "view_link": f"https://secure.bocp.eu/app/proforma/{desk.office.proformas[0].id}/html/",
    }
    desk.office.cancel_document(desk.office.proformas[0])
    assert desk.rows(f"proformas/list/id:{row['proforma_id']}/")[0]["document_cancelled"] == "1"


def test_invoices_are_issued_by_hand_and_let_the_goods_go() -> None:
    desk = _desk()
    desk.create(order())
    assert desk.office.invoices == []
    made = desk.office.invoice(desk.office.orders[0])
    desk.office.invoice(desk.office.orders[0])
    assert desk.office.stock("CUP") == Stock(D(3), D(0))
    row = desk.rows(f"invoices/list/id:{made.id}/")[0]
    assert {name: row[name] for name in ("doc_series", "doc_nr", "doc_date", "doc_due_date", "currency")} == {
        "doc_series": "DEM",
        "doc_nr": "1",
        "doc_date": "2026-03-01",
        "doc_due_date": "2026-03-16",
        "currency": "RON",
    }
    assert (row["document_value_with_vat"], row["rest"], row["last_payment_date"]) == ("131.50", "131.50", "")
    assert (row["client_name"], row["client_shipping_adress"]) == ("Ana Exemplu", "Str. Fictiva")
    assert row["record_ts"] == "2026-03-01 12:00:00"


def test_a_payment_lowers_the_rest() -> None:
    desk = _desk()
    desk.create(order())
    made = desk.office.invoice(desk.office.orders[0])
    desk.clock.advance(days=1)
    desk.office.pay(made, D("131.50"))
    (row,) = desk.rows("invoices/list/modifiedafter:2026-03-01%2012:00:00/")
    assert (row["rest"], row["last_payment_date"]) == ("0.00", "2026-03-02")


def test_an_invoice_dated_back_is_found_by_its_change_and_not_by_its_date() -> None:
    desk = _desk()
    desk.create(order())
    desk.clock.advance(days=3)
    desk.office.invoice(desk.office.orders[0], day=date(2026, 2, 27))
    assert len(desk.rows("invoices/list/modifiedafter:2026-03-03%2000:00:00/")) == 1
    assert desk.rows("invoices/list/datefrom:2026-03-01/") == []


def test_lines_of_an_invoice_tell_products_services_and_gifts_apart() -> None:
    desk = _desk()
    transport = desk.office.add_service("TRANSPORT", "Transport")
    desk.create(order("HUB-1", item(), item("TRANSPORT", 1, 19.99)))
    desk.office.invoice(desk.office.orders[0], gift="CUP")
    lines = desk.rows("invoices/list/")[0]["items"]
    cup = str(desk.office.product("CUP").id)
    told = [(each["product_variant_id"], each["service_id"], each["item_name"]) for each in lines]
    assert told == [
        (cup, "0", "CUP"),
        ("0", str(transport.id), "TRANSPORT"),
        (cup, "0", "CUP"),
        ("0", "-4", "Discount CUP"),
    ]
    assert [each["value_with_vat"] for each in lines] == ["131.50", "19.99", "65.75", "-65.75"]
    assert (lines[0]["barcode"], lines[3]["item_code"]) == ("0000000000000", "")
    assert desk.office.stock("CUP").total == 2


def test_a_return_is_an_invoice_with_quantities_below_zero() -> None:
    desk = _desk()
    desk.create(order())
    made = desk.office.invoice(desk.office.orders[0])
    desk.office.take_back(desk.office.orders[0], made)
    back = desk.rows("invoices/list/")[1]
    assert (back["items"][0]["qty_mu1"], back["document_value_with_vat"], back["rest"]) == ("-2", "-131.50", "0.00")
    assert desk.office.stock("CUP").total == 5


@pytest.mark.parametrize(("start", "count"), [(None, 0), (date(2026, 3, 2), 0), (date(2026, 3, 1), 1)])
def test_receipts_are_issued_from_a_chosen_day_on(start: date | None, count: int) -> None:
    desk = _desk()
    store = desk.office.add_work_point("Magazin")
    desk.office.connector.receipts_from, desk.office.connector.work_point = start, store
    desk.create(order())
    desk.done("PUT", order())
    assert [(each.reference, each.total, each.work_point) for each in desk.office.receipts] == [
        ("HUB-1", D("131.50"), store)
    ] * count
    assert desk.office.stock("CUP", store) == (Stock(D(-2), D(0)) if count else Stock(D(0), D(2)))


def test_which_day_counts_for_a_receipt_can_be_assumed() -> None:
    for by_order, count in ((True, 0), (False, 1)):
        desk = _desk(receipt_counts_from_order_date=by_order)
        desk.office.connector.receipts_from = date(2026, 3, 1)
        desk.create(order(order_date="2026-02-28"))
        assert len(desk.office.receipts) == count


def test_documents_freeze_what_they_are_about() -> None:
    desk = _desk()
    desk.office.connector.receipts_from = date(2026, 1, 1)
    desk.create(order())
    desk.done("PUT", order(order_mentions="leave at the door"))
    for change in (order("HUB-1", item(count=1)), order(**CANCELLED)):
        assert "cannot be changed" in desk.refused("PUT", change)[0]
    assert desk.office.stock("CUP") == Stock(D(3), D(0))


def test_a_cancelled_order_is_not_invoiced() -> None:
    desk = _desk()
    desk.create(order(**CANCELLED))
    with pytest.raises(ValueError, match="cancelled"):
        desk.office.invoice(desk.office.orders[0])


def test_an_order_that_is_fetched_and_pushed_reserves_twice() -> None:
    desk = _desk()
    gomag = desk.office.add_connector("Gomag", receipts_from=date(2026, 1, 1))
    desk.office.fetch_order(gomag, "1001", {"CUP": 2})
    desk.create(order("1001"))
    assert len(desk.office.orders_by_reference("1001")) == 2
    assert desk.office.order_totals() == {"1001": D(263)}
    assert desk.office.stock("CUP") == Stock(D(3), D(2))
    assert len(desk.office.receipts) == 1


def test_a_sale_at_the_till_takes_the_goods_at_once() -> None:
    desk = _desk()
    receipt = desk.office.sell_at_till({"CUP": 2})
    assert (receipt.total, receipt.reference) == (D("131.50"), "")
    assert desk.office.stock("CUP").total == 3


def test_goods_come_and_move_between_work_points() -> None:
    desk = _desk()
    store = desk.office.add_work_point("Magazin")
    desk.office.receive({"CUP": 5})
    desk.office.transfer({"CUP": 4}, desk.office.work_point, store)
    assert (desk.office.stock("CUP", store).total, desk.office.stock("CUP").total) == (D(4), D(10))


def test_a_product_that_moved_is_archived_at_stock_zero_only() -> None:
    desk = _desk()
    with pytest.raises(ValueError, match="stock zero"):
        desk.office.archive_product("CUP")
    with pytest.raises(ValueError, match="archived only"):
        desk.office.delete_product("CUP")
    desk.office.sell_at_till({"CUP": 5})
    desk.office.archive_product("CUP")
    assert desk.rows("product/list/")[0]["is_archived"] == "1"


def test_a_product_has_only_its_own_fields() -> None:
    desk = _desk()
    with pytest.raises(TypeError, match="no colour"):
        desk.office.change_product("CUP", colour="red")


def test_a_product_without_stock_figures_is_ordered_and_sold_all_the_same() -> None:
    desk = _desk()
    desk.office.add_product("IDEA", 10)
    desk.create(order("HUB-1", item("IDEA", 1, 10)))
    desk.office.sell_at_till({"IDEA": 1})
    desk.office.receive({"IDEA": 1})
    with pytest.raises(ValueError, match="no stock"):
        desk.office.stock("IDEA")


def test_nothing_is_sold_at_the_till_without_a_price() -> None:
    desk = _desk()
    desk.office.add_product("GIFT", None, stock=1)
    with pytest.raises(ValueError, match="GIFT has no price"):
        desk.office.sell_at_till({"GIFT": 1})


def test_a_client_on_file_is_recognised_by_its_fiscal_code() -> None:
    desk = _desk()
    filed = desk.office.add_client("Exemplu S.R.L.", vat_id="00000000", city="Turda")
    desk.create(order(client=COMPANY))
    assert desk.office.contacts == [filed]
    assert (filed.name, filed.address["city"]) == ("EXEMPLU SRL", "Cluj-Napoca")


def test_people_see_orders_and_their_documents_on_a_page() -> None:
    desk = _desk()
    desk.office.connector.receipts_from = date(2026, 1, 1)
    desk.create(order("HUB-<1>", payment_method="bank_transfer"))
    page = desk.client.get("https://office.example/").text
    assert "HUB-&lt;1&gt;" in page
    assert "PRF 1, receipt 1" in page
