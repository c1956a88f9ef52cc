"""What can be written about orders of the emulated Gomag."""

from typing import Any

import pytest

from sandbox.platforms.gomag import ProductSpec
from tests.sandbox.platforms.gomag.calls import NO_DATA, Market

PARTY = {
    "firstname": "Ana",
    "lastname": "Exemplu",
    "email": "ana@example.test",
    "phone": "0700000001",
    "country": "Romania",
    "region": "Cluj",
    "city": "Cluj-Napoca",
    "address": "Str. Fictiva 3",
    "zipcode": "400000",
}
NEW = {
    "number": "EXT-1",
    "date": "2026-02-28",
    "payment": "cod",
    "currency": "RON",
    "shippingValue": "15.00",
    "subtotal": "20.00",
    "billing": {**PARTY, "company": {"name": "EXEMPLU SRL", "code": "RO00000000"}},
    "shipping": PARTY,
    "products": [{"sku": "MUG", "name": "Cana", "price": "10.00", "quantity": "2", "tax": "21", "weight": "0.3"}],
    "discounts": [{"name": "Voucher", "voucher": "V5", "value": "5.00"}],
}


def _change(order: Any, status: Any) -> dict[str, Any]:
    return {"orders": [{"order": order, "status": status}]}


def test_a_status_changes_by_two_internal_ids() -> None:
    market = Market()
    order, own = market.shop.place_order(), market.shop.add_status("Verificata telefonic")
    market.post("order/status", _change(order.id, own))
    shown = market.get("order/read")["orders"]["901"]
    assert (shown["status"], shown["statusId"]) == ("Verificata telefonic", "14")


@pytest.mark.parametrize(
    "data",
    [
        _change(901, "Livrata"),
        _change(901, "9"),
        _change("901", 9),
        _change(70012, 9),
        _change(901, 99),
        _change(999, 9),
        {"orders": []},
        {"id": 901, "status": 9, "notifyCustomer": True, "note": ""},
        [],
    ],
)
def test_a_name_a_number_or_an_older_form_is_404_no_data_and_changes_nothing(data: Any) -> None:
    market = Market()
    market.shop.place_order()
    assert market.refused("order/status", data) == NO_DATA
    assert market.shop.status_of(901) == "Comanda NEW"


def test_of_several_status_changes_the_matching_ones_are_done() -> None:
    market = Market()
    market.shop.place_order()
    market.post("order/status", {"orders": [{"order": 1, "status": 9}, {"order": 901, "status": 9}]})
    assert market.shop.status_of(901) == "Livrata"


def test_a_status_change_moves_updated_and_the_same_one_again_does_not() -> None:
    market = Market()
    order = market.shop.place_order()
    market.clock.advance(days=1)
    market.post("order/status", _change(order.id, 9))
    market.clock.advance(days=1)
    market.post("order/status", _change(order.id, 9))
    assert len(market.get("order/read", updated="2026-03-02")["orders"]) == 1
    assert market.get("order/read", updated="2026-03-03")["orders"] == []


def test_cancelling_through_the_api_gives_the_stock_back() -> None:
    market = Market()
    market.shop.add_product(ProductSpec("MUG", stock=4))
    order = market.shop.sell({"MUG": 3})
    market.post("order/status", _change(order.id, market.shop.status_id("Anulata")))
    assert market.shop.sold_as("MUG").stock == 4


def test_an_order_is_created_in_other_words_than_it_is_read() -> None:
    market = Market()
    market.shop.add_product(ProductSpec("MUG", stock=4))
    market.post("order/add", NEW)
    (order,) = market.get("order/read", number="EXT-1")["orders"].values()
    assert (order["total"], order["date"]) == ("30.00", "2026-02-28 00:00:00")
    assert order["payment"] == {"name": "Plata ramburs"}
    assert order["billing"]["company"]["code"] == "RO00000000"
    assert (order["items"]["0"]["vat"], order["items"]["0"]["quantity"]) == ("21", "2")
    assert market.shop.sold_as("MUG").stock == 2


def test_an_order_sent_twice_is_made_twice() -> None:
    market = Market()
    market.post("order/add", NEW)
    market.post("order/add", NEW)
    assert len(market.get("order/read", number="EXT-1")["orders"]) == 2
    assert market.shop.order_totals() == {"EXT-1": 60}


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"items": []}, "data.items is not a known field"),
        ({"payment": "gold"}, "unknown payment gold"),
        ({"date": "2026-02-30"}, "data.date should be a day such as 2026-01-31"),
        ({"shippingValue": "much"}, "data.shippingValue should be a number not below 0"),
        ({"billing": {**PARTY, "company": "EXEMPLU SRL"}}, "data.billing.company should be an object"),
        ({"products": [{"sku": "MUG"}]}, "data.products[0].name is missing"),
        ({"products": {}}, "data.products should be an array"),
        ({"number": 7}, "data.number should be text"),
        ({"products": [7]}, "data.products[0] should be an object"),
    ],
)
def test_a_faulty_order_is_refused(change: dict[str, Any], fault: str) -> None:
    market = Market()
    assert market.refused("order/add", {**NEW, **change}) == ("400", [fault])
    assert market.shop.orders == []


def test_notes_and_files_are_kept_in_the_first_sources_words() -> None:
    market = Market()
    order = market.shop.place_order()
    market.post("order/note/add", {"id": order.id, "note": "Fragil", "isPublic": 1})
    market.post("order/file/add", {"id": order.id, "fileUrl": "https://f.example.test/1.pdf", "fileName": "1.pdf"})
    assert order.notes == [{"note": "Fragil", "public": True}]
    assert order.files == [{"url": "https://f.example.test/1.pdf", "name": "1.pdf"}]
    assert market.refused("order/note/add", {"id": 1, "note": "x"}) == NO_DATA
    assert market.refused("order/note/add", {"order_id": order.id, "note": "x"})[0] == "400"


def test_or_in_the_second_sources_words() -> None:
    market = Market(snake_case_writes=True)
    order = market.shop.place_order()
    market.post("order/note/add", {"order_id": order.id, "note": "Fragil", "is_public": "0"})
    market.post("order/file/add", {"order_id": order.id, "url": "https://f.example.test/1.pdf", "name": "1.pdf"})
    assert order.notes == [{"note": "Fragil", "public": False}]
    assert market.refused("order/note/add", {"id": order.id, "note": "x"})[0] == "400"
    assert market.refused("order/note/add", [])[0] == "400"


def test_an_awb_is_made_found_moved_printed_and_deleted() -> None:
    market = Market()
    order = market.shop.place_order()
    assert market.get("awb/carrier/read")["carriers"] == {"701": {"id": "701", "name": "Curier rapid"}}
    assert market.get("order/read")["orders"]["901"]["carrier"] == []
    market.post("awb/generate", {"orderId": order.id, "carrierId": 701, "packages": 2, "weight": "1.5"})
    market.post("awb/add", {"orderId": order.id, "carrierId": 701, "awbNumber": "RX9"})
    assert market.get("order/read")["orders"]["901"]["carrier"] == {"id": "701", "name": "Curier rapid"}
    assert list(market.get("awb/read", awbNumber="RX9", orderId=order.id)["awbs"]) == ["4002"]
    market.post("awb/status/update", {"id": 4002, "status": "delivered", "updateOrderStatus": 1})
    market.post("awb/print", {"id": 4002})
    assert market.get("awb/read", carrierId=701)["awbs"]["4002"]["status"] == "delivered"
    market.post("awb/delete", {"id": 4002})
    assert market.refused("awb/print", {"id": 4002}) == NO_DATA
    assert market.refused("awb/add", {"orderId": order.id, "carrierId": 1, "awbNumber": "X"}) == NO_DATA
    assert market.refused("awb/add", {"orderId": order.id, "carrierId": 701})[0] == "400"


def test_an_awb_in_the_second_sources_words() -> None:
    market = Market(snake_case_writes=True)
    order = market.shop.place_order()
    market.post("awb/add", {"order_id": order.id, "carrier_id": 701, "awb_number": "RX9", "packages": 1})
    assert list(market.get("awb/read", awb_number="RX9")["awbs"]) == ["4001"]
    assert market.get("awb/read", awb_number="RX8")["awbs"] == []
    market.post("awb/delete", {"awb_id": 4001})


def test_an_order_has_one_invoice_until_it_is_cancelled() -> None:
    market = Market()
    order = market.shop.place_order()
    market.post("invoice/generate", {"orderId": order.id})
    assert market.get("order/read")["orders"]["901"]["invoice"]["series"] == "GM"
    market.post("invoice/add", {"orderId": order.id, "series": "FX", "number": "12", "date": "2026-03-01"})
    shown = market.get("order/read")["orders"]["901"]["invoice"]
    assert shown == {"id": "5002", "series": "FX", "number": "12", "date": "2026-03-01"}
    market.post("invoice/cancel", {"id": 5002})
    assert market.get("order/read")["orders"]["901"]["invoice"] == []
    assert market.refused("invoice/cancel", {"id": 5002}) == NO_DATA
    assert market.refused("invoice/add", {"orderId": order.id, "series": "FX"})[0] == "400"
