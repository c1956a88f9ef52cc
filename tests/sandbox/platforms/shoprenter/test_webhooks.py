"""Automations of the emulated Shoprenter: when they call, what they send, and how they are set up over the API."""

import json
from datetime import timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs

import pytest

from sandbox.platforms.shoprenter import Addon, Coupon, Line, OrderSpec, ProductSpec
from tests.sandbox.platforms.shoprenter.calls import Bolt, form_field

URL = "https://bridge.example.test/hook"
HOOK = {"event": "order_confirm", "label": "Híd", "webHookParameters": [{"type": "json", "url": URL}]}


def test_a_status_change_and_a_new_order_are_two_automations() -> None:
    bolt = Bolt()
    bolt.shop.add_automation(f"{URL}/status")
    bolt.shop.add_automation(f"{URL}/new", "order_confirm")
    bolt.shop.add_automation(f"{URL}/cart", "abandoned_cart")
    order = bolt.shop.place_order()
    bolt.shop.set_status(order.id, 5)
    bolt.shop.set_status(order.id, 5)
    bolt.shop.place_order(OrderSpec(status=None))
    assert [request.url.path for request in bolt.received] == ["/hook/new", "/hook/status", "/hook/cart"]
    new, status, cart = bolt.payloads()
    assert (new["orderHistory"]["status"], status["orderHistory"]["statusText"]) == ("1", "Teljesítve")
    assert cart["orderHistory"] == {}


def test_a_status_written_over_the_api_calls_too() -> None:
    bolt = Bolt()
    bolt.shop.add_automation(URL)
    order = bolt.shop.place_order()
    resource = bolt.items("orders")[0]["id"]
    status = bolt.items("orderStatuses")[1]["id"]
    bolt.done("PUT", f"orders/{resource}", {"orderStatus": {"id": status}})
    assert bolt.payloads()[0]["innerId"] == str(order.id)


def test_totals_of_a_call_are_the_goods_and_those_of_the_api_what_is_to_pay() -> None:
    bolt = Bolt()
    bolt.shop.add_automation(URL, "order_confirm")
    lines = (Line("A", Decimal(1000), 2, "Bögre", Decimal(27)),)
    addons = (Addon("Betétdíj", Decimal(50), 2, Decimal(0)),)
    bolt.shop.place_order(OrderSpec(lines, addons=addons, coupon=Coupon("TAVASZ", Decimal(40))))
    (sent,) = bolt.payloads()
    assert (sent["total"], sent["taxPrice"], sent["totalGross"]) == ("2100", "540", "2600")
    assert (sent["couponCode"], sent["couponGrossPrice"]) == ("TAVASZ", "-40")
    assert bolt.items("orders")[0]["total"] == "2600.0000"
    (line,) = sent["orderProducts"]["orderProduct"]
    assert (line["quantity"], line["innerId"]) == ("2", "5511")


def test_a_line_names_its_categories_and_one_of_a_deleted_product_none() -> None:
    bolt = Bolt()
    bolt.shop.add_automation(URL)
    kitchen = bolt.shop.add_category("Konyha")
    bolt.shop.add_product(ProductSpec("MUG", Decimal(1000), 5, "Bögre", categories=(kitchen,)))
    order = bolt.shop.sell({"MUG": 1})
    bolt.shop.set_status(order.id, 2)
    bolt.shop.delete_product("MUG")
    bolt.shop.set_status(order.id, 5)
    found = [sent["orderProducts"]["orderProduct"][0]["category"] for sent in bolt.payloads()]
    assert found == ["Konyha", ""]


def test_the_merchant_ticks_fields_and_some_are_only_of_a_new_order() -> None:
    bolt = Bolt()
    fields = ["order_innerId", "order_paymentMethodCode", "orderHistory_status", "orderProduct_productId"]
    bolt.shop.add_automation(URL, "order_confirm", fields)
    bolt.shop.add_automation(URL, "order_status_change", fields)
    bolt.shop.add_automation(URL, "order_status_change", ["order_innerId"])
    order = bolt.shop.place_order()
    bolt.shop.set_status(order.id, 5)
    new, changed, little = bolt.payloads()
    assert new == {
        "innerId": "1042",
        "paymentMethodCode": "COD",
        "orderHistory": {"status": "1"},
        "orderProducts": {"orderProduct": [{"productId": "0"}]},
    }
    assert set(changed) == {"innerId", "orderHistory", "orderProducts"}
    assert little == {"innerId": "1042"}


@pytest.mark.parametrize("encoding", ["multipart", "urlencoded", "json"])
def test_a_payload_travels_in_three_encodings(encoding: Any) -> None:
    bolt = Bolt(webhook_encoding=encoding)
    bolt.shop.add_automation(URL, "order_confirm")
    bolt.shop.place_order()
    (request,) = bolt.received
    text = form_field(request) if encoding == "multipart" else request.content.decode()
    text = parse_qs(text)["data"][0] if encoding == "urlencoded" else text
    assert json.loads(text)["orders"]["order"][0]["innerId"] == "1042"


def test_xml_holds_the_same_tree() -> None:
    bolt = Bolt()
    bolt.shop.add_automation(URL, "order_confirm", kind="xml")
    bolt.shop.place_order()
    text = form_field(bolt.received[0])
    assert "<orders><order><item><storeName>demobolt</storeName><innerId>1042</innerId>" in text


def test_calls_can_be_held_doubled_turned_around_delayed_and_lost() -> None:
    bolt = Bolt()
    bolt.shop.add_automation(URL, "order_confirm")
    bolt.shop.webhooks.hold()
    for _ in range(2):
        bolt.shop.place_order()
    assert bolt.received == []
    bolt.shop.webhooks.release(reversed, times=2)
    assert [sent["innerId"] for sent in bolt.payloads()] == ["1043", "1043", "1042", "1042"]
    bolt.shop.webhooks.hold()
    bolt.shop.place_order()
    assert (bolt.shop.webhooks.drop(), len(bolt.received)) == (1, 4)
    bolt.answers = 500
    bolt.shop.place_order()
    assert (len(bolt.received), len(bolt.shop.webhooks.failed)) == (5, 1)


def test_an_automation_can_wait() -> None:
    bolt = Bolt()
    bolt.shop.add_automation(URL, "order_confirm", delay=timedelta(hours=2))
    bolt.shop.place_order()
    bolt.clock.advance(hours=1)
    bolt.shop.webhooks.send()
    assert bolt.received == []
    bolt.clock.advance(hours=1)
    bolt.shop.webhooks.send()
    assert len(bolt.received) == 1


def test_automations_are_made_changed_and_removed_over_the_api() -> None:
    bolt = Bolt()
    made = bolt.done("POST", "webHooks", {**HOOK, "status": "1", "webHookDelay": [{"delay": 1, "delayUnit": "day"}]})
    assert made["webHookParameters"] == [{"type": "json", "url": URL}]
    assert made["webHookDelay"] == [{"delay": "24", "delayUnit": "hour"}]
    path = f"webHooks/{made['id']}"
    row = {"type": "json", "url": f"{URL}/2", "fields": ["order_innerId"]}
    changed = bolt.done("PUT", path, {"webHookParameters": [row], "status": "0"})
    assert (changed["status"], changed["webHookParameters"], changed["event"]) == ("0", [row], "order_confirm")
    bolt.shop.place_order()
    assert bolt.received == []
    assert bolt.send("DELETE", path).status_code == 204
    assert bolt.refused("DELETE", path) == (404, 40401)
    assert bolt.refused("POST", "webHooks", {"event": "order_confirm"}) == (400, 40003)
    assert bolt.refused("POST", "webHooks", {**HOOK, "event": "stock_change"}) == (400, 40005)


def test_an_automation_can_be_read_as_objects() -> None:
    bolt = Bolt(webhook_lists=False)
    bolt.done("POST", "webHooks", HOOK)
    (found,) = bolt.items("webHooks")
    assert (found["webHookParameters"], found["webHookDelay"]) == ({"type": "json", "url": URL}, None)
