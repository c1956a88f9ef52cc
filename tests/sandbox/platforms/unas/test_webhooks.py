"""Automations of the emulated UNAS: what raises them, how they are signed, and how often they are tried."""

import base64
import hashlib
import hmac
import json
from decimal import Decimal
from typing import Any

import httpx
import pytest

from sandbox.platforms.unas import Buyer, OrderSpec
from sandbox.platforms.unas.webhooks import signature
from tests.sandbox.platforms.unas.calls import Store, statuses

HOOK = "https://hooks.example.test/unas/3f9c"


class Receiver:
    """Takes webhooks and answers with what it was told to."""

    def __init__(self, *answers: int) -> None:
        self.answers = list(answers)
        self.calls: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.calls.append(request)
        return httpx.Response(self.answers.pop(0) if self.answers else 200)

    @property
    def topics(self) -> list[str]:
        return [call.headers["x-unas-topic"] for call in self.calls]

    @property
    def bodies(self) -> list[Any]:
        return [json.loads(call.content) for call in self.calls]


def _vip(*topics: str, answers: tuple[int, ...] = (), **settings: Any) -> tuple[Store, Receiver]:
    receiver = Receiver(*answers)
    client = httpx.Client(transport=httpx.MockTransport(receiver))
    store = Store(plan="vip", client=client, **settings)
    for topic in topics:
        store.shop.add_automation(topic, HOOK)
    return store, receiver


def test_the_signature_is_base64_of_the_binary_digest() -> None:
    signed = signature("example-key", b'{"a":1}')
    assert (len(signed), signed[-1]) == (44, "=")
    assert base64.b64decode(signed) == hmac.new(b"example-key", b'{"a":1}', hashlib.sha256).digest()


def test_an_order_is_announced_as_json_signed_over_the_raw_body() -> None:
    store, receiver = _vip("order_send")
    key = store.shop.place_order(OrderSpec(params={"2000": ("Ajándék?", "nem")})).key
    (call,) = receiver.calls
    assert (str(call.url), call.headers["content-type"]) == (HOOK, "application/json")
    assert call.headers["x-unas-hmac"] == signature("example-key", call.content)
    (body,) = receiver.bodies
    assert (body["shopID"], body["orderID"], body["grandTotal"]) == ("10001", key, 635)
    assert list(body["products"]) == ["1"]
    assert "discountPercent" not in body
    assert body["orderParameters"]["2000"]["act_answer"] == "nem"


@pytest.mark.parametrize(
    ("form", "found"), [("absent", "-"), ("null", None), ("zero", {"price": 0, "title": "", "percent": "0"})]
)
def test_without_a_discount_its_node_has_one_of_three_forms(form: str, found: object) -> None:
    store, receiver = _vip("order_send", no_discount=form)
    store.shop.place_order()
    assert receiver.bodies[0].get("discountPercent", "-") == found


def test_without_a_key_nothing_is_signed() -> None:
    store, receiver = _vip("order_send", hmac_key=None)
    store.shop.place_order()
    assert "x-unas-hmac" not in receiver.calls[0].headers


def test_only_200_is_an_answer_and_five_tries_are_made_five_minutes_apart() -> None:
    store, receiver = _vip("order_send", answers=(204, 500, 201, 302, 404, 404))
    store.shop.place_order()
    for _ in range(6):
        store.clock.advance(seconds=299)
        assert store.shop.deliver() == []
        store.clock.advance(seconds=1)
        store.shop.deliver()
    assert len(receiver.calls) == 5
    assert len({call.content for call in receiver.calls}) == 1
    assert [each.status for each in store.shop.webhooks.sent] == [204, 500, 201, 302, 404]


def test_an_answer_of_200_ends_the_tries() -> None:
    store, receiver = _vip("order_send", answers=(503, 200))
    store.shop.place_order()
    for _ in range(3):
        store.clock.advance(minutes=5)
        store.shop.deliver()
    assert len(receiver.calls) == 2


def test_at_once_may_mean_within_five_minutes() -> None:
    store, receiver = _vip("order_send", hook_delay=300)
    store.shop.place_order()
    assert receiver.calls == []
    store.clock.advance(minutes=5)
    store.shop.deliver()
    assert len(receiver.calls) == 1


def test_what_happens_to_an_order_has_a_topic_each() -> None:
    topics = ("order_send", "order_status_modify", "order_modify_admin", "order_delete", "successful_payment")
    store, receiver = _vip(*topics)
    key = store.shop.place_order().key
    store.shop.pay(key)
    store.shop.edit(key, shipping=Decimal(1016))
    store.shop.set_status(key, "Feldolgozás alatt")
    store.shop.set_status(key, "Feldolgozás alatt")
    store.shop.delete_order(key)
    assert receiver.topics == [
        "order_send",
        "successful_payment",
        "order_modify_admin",
        "order_status_modify",
        "order_delete",
    ]
    assert {body["orderID"] for body in receiver.bodies} == {key}


def test_orders_of_marketplaces_and_of_the_api_come_from_a_third_party() -> None:
    store, receiver = _vip("order_send", "order_send_thirdparty")
    store.shop.place_order(OrderSpec(key="EMAG-1", marketplace="emag_api"))
    item = {"Sku": "X", "Quantity": "1", "PriceNet": "100", "PriceGross": "127"}
    new = {"Action": "add", "Customer": {"Email": "a@example.test"}, "Items": {"Item": item}}
    assert statuses(store.write("setOrder", "Orders", new)) == ["ok"]
    store.shop.deliver()
    assert receiver.topics == ["order_send_thirdparty"] * 2


def test_rules_ask_for_the_source_of_an_order() -> None:
    store, receiver = _vip()
    rule = {"Relation": "equal", "Entity": "source_of_order", "Values": {"Value": ["emag_api", "arukereso_hu"]}}
    event = {"Type": "order_send_thirdparty", "Rules": {"Rule": rule}}
    operation = {"Type": "webhook", "Config": {"WebhookUrl": HOOK}}
    made = {"Action": "add", "Name": "Marketplaces", "Event": event, "Operation": operation}
    assert statuses(store.write("setAutomatism", "Automatisms", made)) == ["ok"]
    store.shop.place_order(OrderSpec(key="EMAG-1", marketplace="emag_api"))
    store.shop.place_order(OrderSpec(key="OTHER-1", marketplace="other_api"))
    assert [body["orderID"] for body in receiver.bodies] == ["EMAG-1"]


def test_what_the_api_changes_is_announced_too_unless_the_switch_is_off() -> None:
    for announced in (True, False):
        store, receiver = _vip("order_status_modify", api_changes_are_announced=announced)
        key = store.shop.place_order().key
        store.set_order(Key=key, Status="41002")
        store.shop.deliver()
        assert bool(receiver.calls) is announced


def test_a_customer_who_registers_is_announced() -> None:
    store, receiver = _vip("customer_registration")
    store.shop.register(Buyer())
    assert receiver.topics == ["customer_registration"]
    assert (receiver.bodies[0]["customerID"], receiver.bodies[0]["email"]) == ("7001", "vera.minta@example.test")


def test_automations_are_made_changed_listed_and_deleted() -> None:
    store, receiver = _vip("order_send")
    (row,) = store.get("getAutomatism", "Automatism", Event="order_send")
    assert (row["Id"], row["Active"]) == ("1245", "yes")
    off = {"Action": "modify", "Id": "1245", "Active": "no"}
    assert statuses(store.write("setAutomatism", "Automatisms", off)) == ["ok"]
    store.shop.place_order()
    assert receiver.calls == []
    gone = {"Action": "delete", "Id": "1245"}
    assert statuses(store.write("setAutomatism", "Automatisms", gone)) == ["ok"]
    assert statuses(store.write("setAutomatism", "Automatisms", gone)) == ["error"]
    assert store.get("getAutomatism", "Automatism") == []


@pytest.mark.parametrize(
    "change",
    [
        {"Name": "n" * 256},
        {"Name": "taken"},
        {"Event": {"Type": "product_modify"}},
        {"Event": ""},
        {"Operation": {"Type": "webhook"}},
        {"Schedule": {"Type": "delayed", "Unit": "minute", "Value": "19"}},
        {"Schedule": {"Type": "delayed", "Unit": "week", "Value": "1"}},
    ],
)
def test_automations_that_break_the_contract_are_refused(change: dict[str, Any]) -> None:
    store, _ = _vip()
    store.shop.add_automation("order_send", HOOK, "taken")
    event, operation = {"Type": "order_send"}, {"Type": "webhook", "Config": {"WebhookUrl": HOOK}}
    new = {"Action": "add", "Name": "new", "Event": event, "Operation": operation, **change}
    assert statuses(store.write("setAutomatism", "Automatisms", new)) == ["error"]


def test_only_the_larger_plan_has_automations() -> None:
    with pytest.raises(ValueError, match="VIP"):
        Store().shop.add_automation("order_send", HOOK)


def test_a_delayed_run_lapses_when_something_newer_happens() -> None:
    store, receiver = _vip()
    schedule = {"Type": "delayed", "Unit": "hour", "Value": "1"}
    event, operation = {"Type": "order_status_modify"}, {"Type": "webhook", "Config": {"WebhookUrl": HOOK}}
    made = {"Action": "add", "Name": "late", "Schedule": schedule, "Event": event, "Operation": operation}
    store.write("setAutomatism", "Automatisms", made)
    key = store.shop.place_order().key
    for status in ("Feldolgozás alatt", "Teljesítve"):
        store.shop.set_status(key, status)
    store.clock.advance(hours=1)
    store.shop.deliver()
    assert [body["orderStatus"]["name"] for body in receiver.bodies] == ["Teljesítve"]


def test_calls_can_be_lost_doubled_and_reordered() -> None:
    store, receiver = _vip("order_send")
    store.shop.webhooks.hold()
    lost = store.shop.place_order().key
    store.shop.webhooks.drop()
    store.shop.webhooks.hold()
    keys = [store.shop.place_order().key for _ in range(2)]
    store.shop.webhooks.release(order=reversed, times=2)
    assert [body["orderID"] for body in receiver.bodies] == [keys[1], keys[1], keys[0], keys[0]]
    store.shop.faults.plan("missing_webhook", "order_send")
    store.shop.place_order()
    store.shop.faults.plan("duplicate_webhook", "order_send")
    twice = store.shop.place_order().key
    assert [body["orderID"] for body in receiver.bodies][4:] == [twice, twice]
    assert lost not in [body["orderID"] for body in receiver.bodies]


def test_nobody_answers() -> None:
    def broken(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("nobody is there", request=request)

    store = Store(plan="vip", client=httpx.Client(transport=httpx.MockTransport(broken)))
    store.shop.add_automation("order_send", HOOK)
    store.shop.place_order()
    assert [each.status for each in store.shop.webhooks.sent] == [None]
