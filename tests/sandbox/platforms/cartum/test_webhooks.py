"""Hooks of the emulated Cartum: subscriptions, the queue, and what a removal tells."""

import json
from typing import Any

import httpx
import pytest

from sandbox.platforms.cartum import Buyer
from tests.sandbox.platforms.cartum.calls import Store

HOOK = "https://hooks.example.test/cartum/3f9c"


class Receiver:
    """Takes hooks and answers with what it was told to."""

    def __init__(self, *answers: int) -> None:
        self.answers = list(answers)
        self.calls: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.calls.append(request)
        return httpx.Response(self.answers.pop(0) if self.answers else 200)

    @property
    def bodies(self) -> list[Any]:
        return [json.loads(call.content) for call in self.calls]

    @property
    def numbers(self) -> list[int]:
        return [body["order_id"] for body in self.bodies]


def _hooked(*events: str, answers: tuple[int, ...] = (), **settings: Any) -> tuple[Store, Receiver]:
    receiver = Receiver(*answers)
    store = Store(call=receiver, **settings)
    for event in events:
        assert store.send("hooks/subscribe", event=event, target_url=HOOK).status_code == 201
    return store, receiver


def _next_round(store: Store) -> None:
    """Let the cron run once more, to the second."""
    store.clock.advance(seconds=300 - store.clock().timestamp() % 300)
    store.shop.deliver()


def test_a_subscription_is_answered_with_its_id_and_no_envelope() -> None:
    store, _ = _hooked()
    response = store.send("hooks/subscribe", event="order_created", target_url=HOOK)
    assert (response.status_code, response.json()) == (201, {"id": 1})
    assert store.send("hooks/subscribe", event="order_created", target_url=HOOK).json() == {"id": 2}
    assert [(hook.event, hook.target_url) for hook in store.shop.hooks.values()] == [("order_created", HOOK)] * 2


def test_an_event_has_at_most_five() -> None:
    store, _ = _hooked(*["order_created"] * 5)
    response = store.send("hooks/subscribe", event="order_created", target_url=HOOK)
    text = "Subscriptions limit for current event has been reached"
    assert (response.status_code, response.json()) == (400, {"message": text})
    assert store.send("hooks/subscribe", event="order_paid", target_url=HOOK).status_code == 201


@pytest.mark.parametrize("event", ["order_paid", "order_update", "user_update", "comments_created"])
def test_newer_events_may_be_unknown(event: str) -> None:
    assert [
        _hooked(newer_events=known)[0].send("hooks/subscribe", event=event, target_url=HOOK).status_code
        for known in (True, False)
    ] == [201, 400]


@pytest.mark.parametrize("change", [{"event": "order_deleted"}, {"target_url": "ftp://x"}])
def test_what_cannot_be_subscribed_is_refused(change: dict[str, str]) -> None:
    store, _ = _hooked()
    sent = {"event": "order_created", "target_url": HOOK, **change}
    assert store.send("hooks/subscribe", **sent).status_code == 400
    assert store.error("hooks/subscribe", event="order_created") == "body.target_url is missing"
    assert store.shop.hooks == {}


def test_a_token_is_needed_here_too() -> None:
    store, _ = _hooked()
    sent = {"token": "old", "event": "order_created", "target_url": HOOK}
    assert store.envelope("hooks/subscribe", **sent)["status"] == "UNAUTHORIZED"


def test_the_end_of_a_subscription_is_told_as_gone() -> None:
    store, receiver = _hooked("order_created")
    wrong = store.send("hooks/unSubscribe", id=1, target_url=f"{HOOK}x")
    assert (wrong.status_code, len(store.shop.hooks)) == (404, 1)
    response = store.send("hooks/unSubscribe", id=1, target_url=HOOK)
    assert (response.status_code, response.json()) == (410, {"status": "OK"})
    assert store.send("hooks/unSubscribe", id=1, target_url=HOOK).status_code == 404
    assert store.error("hooks/unSubscribe", id=1) == "body.target_url is missing"
    store.shop.place_order()
    _next_round(store)
    assert receiver.calls == []


def test_the_answer_to_its_end_can_be_lost() -> None:
    store, _ = _hooked("order_created")
    store.shop.faults.plan("lost_answer", "hooks/unSubscribe")
    with pytest.raises(httpx.ReadTimeout):
        store.send("hooks/unSubscribe", id=1, target_url=HOOK)
    assert store.shop.hooks == {}


def test_the_queue_is_put_every_five_minutes_unsigned() -> None:
    store, receiver = _hooked("order_created")
    store.clock.advance(seconds=30)
    order = store.shop.place_order().id
    store.clock.advance(seconds=269)
    assert store.shop.deliver() == []
    store.clock.advance(seconds=1)
    store.shop.deliver()
    (call,) = receiver.calls
    assert (call.method, str(call.url), call.headers["content-type"]) == ("PUT", HOOK, "application/json")
    assert receiver.bodies == [json.loads(json.dumps(store.orders(ids=[order])[0], default=int))]


def test_an_event_may_tell_nothing_but_the_number() -> None:
    store, receiver = _hooked("order_created", cron=0, hook_body="number")
    order = store.shop.place_order().id
    assert receiver.bodies == [{"order_id": order}]


def test_a_shop_may_take_subscriptions_and_send_nothing() -> None:
    store, receiver = _hooked("order_created", cron=0, hooks_are_sent=False)
    store.shop.place_order()
    assert receiver.calls == []


def test_a_call_is_made_again_after_ten_minutes_at_most_ten_times() -> None:
    store, receiver = _hooked("order_created", answers=(500,) * 20)
    store.shop.place_order()
    _next_round(store)
    for repeats in range(1, 13):
        _next_round(store)
        assert len(receiver.calls) == min(repeats, 11)
        _next_round(store)
    assert len(receiver.calls) == 11
    assert len({call.content for call in receiver.calls}) == 1


@pytest.mark.parametrize(("answer", "calls"), [(200, 1), (204, 1), (209, 1), (210, 2), (302, 2), (410, 2)])
def test_20x_is_an_answer(answer: int, calls: int) -> None:
    store, receiver = _hooked("order_created", answers=(answer,))
    store.shop.place_order()
    for _ in range(4):
        _next_round(store)
    assert len(receiver.calls) == calls


def test_what_happens_to_an_order_has_an_event_each() -> None:
    store, receiver = _hooked("order_created", "order_paid", "order_update", cron=0)
    order = store.shop.place_order().id
    store.shop.pay(order)
    store.shop.pay(order)
    store.shop.edit(order, comment="x")
    store.shop.set_status(order, 2)
    store.shop.set_status(order, 2)
    store.shop.set_status(order, 1)
    store.shop.cancel(order)
    assert [each.event for each in store.shop.webhooks.sent] == [
        "order_created",
        "order_paid",
        "order_update",
        "order_update",
    ]
    assert [body["stat_status"] for body in receiver.bodies] == [1, 1, 2, 4]


@pytest.mark.parametrize("announced", [True, False])
def test_what_the_api_writes_is_told_unless_the_switch_is_off(announced: bool) -> None:
    store, receiver = _hooked("order_update", "order_paid", cron=0, api_changes_are_announced=announced)
    order = store.shop.place_order().id
    store.update({"order_id": order, "status": 2, "paid": 1})
    assert len(receiver.calls) == (2 if announced else 0)


def test_users_are_told_too() -> None:
    store, receiver = _hooked("user_signup", "user_update", cron=0)
    user = store.shop.register(Buyer("Dan Popa", "dan@example.test"))
    store.shop.register(Buyer("Dan Popa", "dan@example.test"))
    store.shop.change_user(user.id, phone="+40 711")
    assert [body["phone"] for body in receiver.bodies] == ["+40700000001", "+40 711"]


def test_a_removal_in_the_admin_is_told_by_delete() -> None:
    store, receiver = _hooked("order_created")
    store.shop.place_order()
    store.shop.deliver()
    assert store.shop.remove_hook(1).status == 200
    _next_round(store)
    (call,) = receiver.calls
    assert (call.method, str(call.url), call.content) == ("DELETE", HOOK, b"")
    with pytest.raises(LookupError, match="1"):
        store.shop.remove_hook(1)


def test_calls_can_be_lost_doubled_and_reordered() -> None:
    store, receiver = _hooked("order_created", cron=0)
    store.shop.webhooks.hold()
    lost = store.shop.place_order().id
    store.shop.webhooks.drop()
    store.shop.webhooks.hold()
    first, second = (store.shop.place_order().id for _ in range(2))
    store.shop.webhooks.release(order=reversed, times=2)
    assert receiver.numbers == [second, second, first, first]
    store.shop.faults.plan("missing_webhook", "order_created")
    store.shop.place_order()
    store.shop.faults.plan("duplicate_webhook", "order_created")
    twice = store.shop.place_order().id
    assert receiver.numbers[4:] == [twice, twice]
    assert lost not in receiver.numbers


def test_held_calls_go_at_once_when_they_are_released() -> None:
    store, receiver = _hooked("order_created")
    store.shop.webhooks.hold()
    order = store.shop.place_order().id
    store.shop.webhooks.release()
    assert receiver.numbers == [order]


def test_nobody_answers() -> None:
    def broken(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("nobody is there", request=request)

    store = Store(call=broken, cron=0)
    store.send("hooks/subscribe", event="order_created", target_url=HOOK)
    store.shop.place_order()
    assert [each.status for each in store.shop.webhooks.sent] == [None]
    assert len(store.shop.webhooks.waiting) == 1
