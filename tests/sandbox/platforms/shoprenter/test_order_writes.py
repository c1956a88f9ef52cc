"""What is written to orders of the emulated Shoprenter: statuses, invoices, and how the shop is furnished."""

import re
from dataclasses import replace
from typing import Any

import pytest

from sandbox.platforms.shoprenter import Line, ProductSpec, Shipping
from tests.sandbox.platforms.shoprenter.calls import Bolt
from tests.sandbox.platforms.shoprenter.reading import COMPLETED, ORDER, PENDING, PLAIN, D, id_of


def test_a_status_is_written_alone_and_answered_with_the_order() -> None:
    bolt = Bolt()
    bolt.shop.place_order()
    bolt.clock.advance(minutes=5)
    answer = bolt.done("PUT", f"orders/{ORDER}", {"orderStatus": {"id": COMPLETED}})
    assert COMPLETED in answer["orderStatus"]["href"]
    assert answer["dateUpdated"] == "2026-03-01T11:05:00"
    assert bolt.shop.status_of(1042) == "Teljesítve"
    histories = bolt.items("orderHistories", orderId=ORDER)
    assert [each["orderStatus"]["href"].rsplit("/")[-1] for each in histories] == [PENDING, COMPLETED]


def test_what_a_written_status_does_besides_is_not_known() -> None:
    bolt = Bolt(api_status_history=False, api_status_announced=False, api_writes_move_updated=False)
    bolt.shop.add_automation("https://bridge.example.test/hook")
    bolt.shop.place_order()
    bolt.clock.advance(minutes=5)
    answer = bolt.done("PUT", f"orders/{ORDER}", {"orderStatus": {"id": COMPLETED}})
    assert answer["dateUpdated"] == answer["dateCreated"]
    assert (len(bolt.items("orderHistories")), bolt.received) == (1, [])


def test_bodies_come_bare_below_data_and_as_a_form() -> None:
    bolt = Bolt()
    bolt.shop.place_order()
    change = {"orderStatus": {"id": COMPLETED}}
    bolt.done("PUT", f"orders/{ORDER}", {"data": change})
    form = {"data[orderStatus][id]": PENDING}
    address = f"https://demobolt.api2.myshoprenter.hu/api/orders/{ORDER}"
    assert bolt.http.put(address, data=form).status_code == 200
    assert bolt.shop.order(1042).status == 1
    assert bolt.http.put(address, data={"orderStatus[id]": COMPLETED}).json()["error"] == 40001
    assert bolt.http.put(address, content=b"{}", headers={"Content-Type": "text/plain"}).json()["error"] == 40014
    assert bolt.http.put(address, content=b"{", headers={"Content-Type": "application/json"}).json()["error"] == 40014
    assert bolt.http.put(f"{address}?emptyBody=1", json=change).json() == []


@pytest.mark.parametrize(
    ("path", "body", "expected"),
    [
        (f"orders/{ORDER}", {}, (400, 40001)),
        (f"orders/{ORDER}", {"dateUpdated": "x"}, (400, 40002)),
        (f"orders/{ORDER}", {"colour": "x"}, (400, 40005)),
        (f"orders/{ORDER}", {"orderStatus": "5"}, (400, 40005)),
        (f"orders/{ORDER}", {"orderStatus": {"href": "x"}}, (400, 40005)),
        (f"orders/{ORDER}", {"orderStatus": {"id": ORDER}}, (400, 40005)),
        (f"orders/{ORDER}", {"orderStatus": {"id": id_of("orderStatus-order_status_id", 77)}}, (400, 40006)),
        (f"orders/{ORDER}", {"id": id_of("order-order_id", 1), "invoiceId": "x"}, (400, 40006)),
        ("orders/1042", {"invoiceId": "x"}, (400, 40007)),
        (f"orders/{id_of('order-order_id', 9)}", {"invoiceId": "x"}, (404, 40401)),
        ("orders", {"invoiceId": "x"}, (400, 40011)),
        (f"orderExtend/{ORDER}", {"invoiceId": "x"}, (405, 405)),
        (f"orders/{ORDER}", {"comment": "real, and not emulated"}, (501, 501)),
    ],
)
def test_writes_are_refused_with_their_number(path: str, body: Any, expected: tuple[int, int]) -> None:
    bolt = Bolt()
    bolt.shop.place_order()
    assert bolt.refused("PUT", path, body) == expected
    assert bolt.shop.order(1042).status == 1


def test_orders_are_not_deleted_and_what_is_not_there_is_not_found() -> None:
    bolt = Bolt()
    bolt.shop.place_order()
    assert bolt.refused("DELETE", f"orders/{ORDER}") == (405, 405)
    assert bolt.refused("GET", f"orders/{id_of('order-order_id', 9)}") == (404, 40401)
    assert bolt.refused("GET", "ordres") == (404, 40401)
    assert bolt.refused("GET", "coupons") == (501, 501)
    assert bolt.refused("POST", "orders", {"email": "x"}) == (501, 501)


def test_an_invoice_is_written_to_its_order_changed_and_removed() -> None:
    bolt = Bolt()
    bolt.shop.place_order()
    path = {"invoicePath": "https://files.example.test/1.pdf"}
    sent = {"invoiceId": "INV-1", "invoiceType": "normal", "order": {"id": ORDER}, **path}
    made = bolt.done("POST", "orderInvoices", sent)
    assert (made["invoiceId"], made["order"]["href"].rsplit("/")[-1]) == ("INV-1", ORDER)
    assert bolt.refused("GET", "orderInvoices", orderId=ORDER) == (400, 40010)
    bolt.done("POST", "orderInvoices", sent)
    assert [each["invoiceId"] for each in bolt.items("orderInvoices")] == ["INV-1", "INV-1"]
    address = f"orderInvoices/{made['id']}"
    assert bolt.done("PUT", address, {"invoiceId": "INV-2"})["invoicePath"] == path["invoicePath"]
    assert bolt.send("DELETE", address).status_code == 204
    assert bolt.refused("DELETE", address) == (404, 40401)
    assert [each["invoiceId"] for each in bolt.shop.invoices_of(1042)] == ["INV-1"]


@pytest.mark.parametrize(
    ("change", "inner"),
    [
        ({"invoiceType": "bill"}, 40005),
        ({"invoicePath": "1.pdf"}, 40005),
        ({"invoicePath": ""}, 40005),
        ({"invoicePath": None}, 40003),
        ({"invoiceId": None}, 40003),
    ],
)
def test_an_invoice_has_a_number_a_kind_and_an_address(change: dict[str, Any], inner: int) -> None:
    bolt = Bolt()
    bolt.shop.place_order()
    path = "https://files.example.test/1.pdf"
    sent = {"invoiceId": "INV-1", "invoicePath": path, "invoiceType": "normal", "order": {"id": ORDER}, **change}
    body = {name: value for name, value in sent.items() if value is not None}
    assert bolt.refused("POST", "orderInvoices", body) == (400, inner)


def test_an_invoice_may_be_refused_twice() -> None:
    bolt = Bolt(duplicate_invoice_refused=True)
    bolt.shop.place_order()
    path = "https://files.example.test/1.pdf"
    sent = {"invoiceId": "INV-1", "invoicePath": path, "invoiceType": "normal", "order": {"id": ORDER}}
    made = bolt.done("POST", "orderInvoices", sent)
    again = bolt.send("POST", "orderInvoices", sent)
    assert (again.status_code, again.json()["error"], again.json()["id"]) == (409, 40901, made["id"])


def test_statuses_have_their_names_in_descriptions_only() -> None:
    bolt = Bolt()
    own = bolt.shop.add_status("Csomagolva")
    assert set(bolt.items("orderStatuses")[0]) == {"href", "id", "innerId", "orderStatusDescriptions"}
    names = {(each["orderStatus"]["href"], each["language"]["href"]): each for each in _descriptions(bolt)}
    assert len(names) == 12
    hungarian = bolt.items("orderStatusDescriptions", orderStatusId=COMPLETED)[0]
    assert (hungarian["name"], hungarian["color"]) == ("Teljesítve", "#33aa33")
    bolt.shop.rename_status(own, "Becsomagolva")
    texts = bolt.items("orderStatusDescriptions", orderStatusId=id_of("orderStatus-order_status_id", own))
    assert [each["name"] for each in texts] == ["Becsomagolva", "Csomagolva"]


@pytest.mark.parametrize("form", ["list", "items"])
def test_a_status_may_hold_its_names(form: str) -> None:
    texts = Bolt(status_texts=form).items("orderStatuses")[0]["orderStatusDescriptions"]
    rows = texts["items"] if form == "items" else texts
    assert [row["name"] for row in rows] == ["Függőben lévő", "Pending"]


def test_a_line_may_not_tell_what_was_taken_from_where() -> None:
    bolt = Bolt(taken_is_told=False)
    bolt.shop.place_order(replace(PLAIN, lines=(Line("A", D(100), (2, 1), "Bögre", D(27)),)))
    line = bolt.items("orderExtend")[0]["orderProducts"][0]
    assert [line[f"stock{at}"] for at in range(1, 5)] == ["0"] * 4
    assert (line["price"], line["total"]) == ("100.0000", "300.0000")


def _descriptions(bolt: Bolt) -> list[Any]:
    return bolt.items("orderStatusDescriptions")


def test_a_shop_tells_how_it_is_furnished() -> None:
    bolt = Bolt()
    assert [each["code"] for each in bolt.items("languages")] == ["hu", "en"]
    assert [(each["code"], each["value"]) for each in bolt.items("currencies")] == [
        ("HUF", "1.00000000"),
        ("EUR", "0.00250000"),
    ]
    assert bolt.items("taxClassExtend")[0]["taxRates"][0]["rate"] == "27.0000"
    tax = bolt.items("taxClasses")[0]
    assert bolt.items("taxRates", taxClassId=tax["id"])[0]["rate"] == "27.0000"
    assert {each["innerId"] for each in bolt.items("customerGroups")} == {"6", "8"}
    assert bolt.items("paymentModes")[0]["orderStatus"]["href"].endswith(id_of("orderStatus-order_status_id", 2))
    assert bolt.items("paymentModes")[0]["id"] == id_of("paymentMode-extension_id", 41)
    assert [text["name"] for text in bolt.items("paymentModes")[0]["paymentDescription"]] == ["Utánvét"] * 2
    assert bolt.items("shippingModes")[0]["innerId"] == "18"
    names = bolt.items("shippingModeExtend")[0]["shippingModeDescriptions"]
    assert [text["name"] for text in names] == ["GLS csomagpont"] * 2
    assert len(bolt.items("stockStatuses")) == 2
    assert bolt.items("stockStatusDescriptions", stockStatusId=id_of("stockStatus-stock_status_id", 5))[0]["name"]
    assert bolt.items("countries", innerId="97")[0]["isoCode3"] == "HUN"
    settings = {each["key"]: each["value"] for each in bolt.items("settings", group="config")}
    assert (settings["config_timezone"], settings["config_stock_count"]) == ("Europe/Budapest", "1")


def test_without_accept_the_answer_is_xml() -> None:
    bolt = Bolt()
    bolt.shop.place_order()
    answer = bolt.http.get("https://demobolt.api2.myshoprenter.hu/api/orders?full=1", headers={"Accept": "*/*"})
    assert answer.headers["content-type"] == "application/xml"
    assert re.search(r"<response><href>.*<items><item>.*<innerId>1042</innerId>.*</items></response>$", answer.text)


def test_a_single_resource_can_come_wrapped() -> None:
    bolt = Bolt(wrapped_single=True)
    bolt.shop.place_order()
    assert bolt.get(f"orders/{ORDER}", full=1)["response"]["innerId"] == "1042"


def test_the_merchant_names_what_exists() -> None:
    bolt = Bolt()
    with pytest.raises(ValueError, match="Nincs"):
        bolt.shop.set_status(bolt.shop.place_order().id, "Nincs")
    with pytest.raises(ValueError, match="JPY"):
        bolt.shop.place_order(replace(PLAIN, currency="JPY"))
    with pytest.raises(ValueError, match="needs a price"):
        bolt.shop.sell({"CUP": 1})
    with pytest.raises(LookupError, match="CUP"):
        bolt.shop.delete_product("CUP")


def test_the_merchant_edits_an_order_and_the_money_arrives() -> None:
    bolt = Bolt()
    bolt.shop.add_product(ProductSpec("MUG", D(1000), 10))
    bolt.shop.sell({"MUG": 2})
    bolt.clock.advance(minutes=1)
    bolt.shop.edit(1042, lines=(Line("MUG", quantity=5),), shipping=Shipping("GLS", D(900)))
    assert bolt.shop.product("MUG").stock[0] == 5
    assert bolt.shop.order_totals() == {"1042": D(7250)}
    bolt.shop.pay(1042)
    order = bolt.items("orderExtend")[0]
    assert (bolt.shop.status_of(1042), order["dateUpdated"]) == ("Feldolgozás alatt", "2026-03-01T11:01:00")
