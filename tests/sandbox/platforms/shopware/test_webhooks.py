"""Apps, signatures and webhooks of the emulated Shopware."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from sandbox.platforms.kit import ManualClock
from sandbox.platforms.shopware import OrderSpec, Payment, RegistrationFailedError, ShopwareEmulator
from sandbox.platforms.shopware.apps import proof, registration_query
from sandbox.platforms.shopware.values import LIVE_VERSION, php_json
from sandbox.platforms.shopware.webhooks import sign
from tests.sandbox.platforms.shopware.client import Caller

SHOP_SECRET = "demo-shop-secret-0123456789-0123456789-0123456789-0123456789-0123"
APP_SECRET = "demo-app-secret"
APP, SHOP_ID, SHOP_URL = "DemoPosApp", "DemoShop0001", "https://shop.example.test"
MOMENT = datetime(2026, 3, 1, 10, tzinfo=UTC)


@dataclass
class Listener:
    """An app as documented; ``answers`` spoils single answers of the handshake."""

    calls: list[httpx.Request] = field(default_factory=list)
    secrets: Iterator[str] = field(default_factory=lambda: iter([SHOP_SECRET, "b" * 64, "c" * 64]))
    answers: dict[str, Callable[[], httpx.Response]] = field(default_factory=dict)
    shop: ShopwareEmulator | None = None

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.calls.append(request)
        if request.url.path in self.answers:
            return self.answers[request.url.path]()
        if request.url.path == "/register" and self.shop is not None:
            return httpx.Response(200, json=self.registration(self.shop))
        return httpx.Response(204)

    def registration(self, shop: ShopwareEmulator) -> dict[str, str]:
        signature = proof(shop.shop_id, shop.url, APP, APP_SECRET)
        confirmation = "https://app.test/confirm"
        return {"proof": signature, "secret": next(self.secrets), "confirmation_url": confirmation}

    @property
    def hooks(self) -> list[dict[str, Any]]:
        return [json.loads(call.content) for call in self.calls if call.url.path == "/hook"]

    @property
    def events(self) -> list[str]:
        return [hook["data"]["event"] for hook in self.hooks]


def listening(version: str = "6.7.8.1", clock: ManualClock | None = None) -> tuple[ShopwareEmulator, Listener]:
    listener = Listener()
    client = httpx.Client(transport=httpx.MockTransport(listener))
    shop = ShopwareEmulator(version, clock or ManualClock(MOMENT), client=client)
    listener.shop = shop
    return shop, listener


def install(shop: ShopwareEmulator, *events: str, permissions: tuple[str, ...] | None = None) -> None:
    hooks = [(event, "https://app.test/hook") for event in events]
    shop.install_app(APP, APP_SECRET, "https://app.test/register", hooks, permissions)


def test_the_published_webhook_signature_comes_out() -> None:
    body = {
        "data": {
            "payload": [
                {
                    "entity": "order",
                    "operation": "insert",
                    "primaryKey": "a1" * 16,
                    "updatedFields": ["orderNumber", "stateId"],
                    "versionId": LIVE_VERSION,
                }
            ],
            "event": "order.written",
        },
        "source": {"url": SHOP_URL, "appVersion": "1.0.0", "shopId": SHOP_ID, "eventId": "e7" * 16},
        "timestamp": 1772359205,
    }
    expected = "8c0f11dea381aef1d33a8915c6267393ef42aab37f70ab6eafe2ebe8cf75a1a9"
    assert sign(php_json(body), SHOP_SECRET) == expected


def test_the_published_registration_signature_and_proof_come_out() -> None:
    query = registration_query(SHOP_ID, SHOP_URL, 1772359200)
    assert query == f"shop-id={SHOP_ID}&shop-url={SHOP_URL}&timestamp=1772359200"
    signature = "4c1b4c43f1b5a1122ceb709e3afd1244ef647945cb110c24fd97a5cca5fb174a"
    assert sign(query.encode(), APP_SECRET) == signature
    expected = "a5752b51fba401ed0f2d941cba77c1e0b6f2a6f491ec17df66606e79bf9ef235"
    assert proof(SHOP_ID, SHOP_URL, APP, APP_SECRET) == expected


def test_the_published_confirmation_signature_comes_out() -> None:
    body = {
        "apiKey": "SWIADEMOACCESSKEY000000001",
        "secretKey": "demo-secret-key",
        "timestamp": "1772359201",
        "shopUrl": SHOP_URL,
        "shopId": SHOP_ID,
    }
    expected = "8fd6a24c53cc3dcca3a35d594fbcc3a21368801bed65b12ff04b3937123775eb"
    assert sign(php_json(body), SHOP_SECRET) == expected


def test_php_escapes_slashes_and_everything_beyond_ascii() -> None:
    assert php_json({"a": "ö/€"}) == rb'{"a":"\u00f6\/\u20ac"}'


def test_an_installed_app_gets_credentials_that_work() -> None:
    shop, listener = listening()
    install(shop)
    asked, confirmed = listener.calls
    assert asked.headers["shopware-app-signature"] == sign(asked.url.query, APP_SECRET)
    assert asked.url.params["shop-url"] == shop.url
    assert "shopware-shop-signature" not in asked.headers
    assert confirmed.headers["shopware-shop-signature"] == sign(confirmed.content, SHOP_SECRET)
    assert rb"https:\/\/shop.example.test" in confirmed.content
    keys = json.loads(confirmed.content)
    caller = Caller(shop)
    answer = caller.token(client_id=keys["apiKey"], client_secret=keys["secretKey"])
    assert answer.status_code == 200


def test_the_signature_covers_a_query_the_registration_url_already_has() -> None:
    shop, listener = listening()
    shop.install_app(APP, APP_SECRET, "https://app.test/register?tenant=a%20b")
    asked = listener.calls[0]
    assert asked.url.query.startswith(b"tenant=a%20b&shop-id=")
    assert asked.headers["shopware-app-signature"] == sign(asked.url.query, APP_SECRET)


@pytest.mark.parametrize(("version", "twice"), [("6.7.8.0", False), ("6.7.8.1", True)])
def test_a_repeated_registration_is_signed_twice_from_6_7_8_1(version: str, twice: bool) -> None:
    shop, listener = listening(version)
    install(shop, "order.written")
    listener.calls.clear()
    shop.reregister_app(APP)
    asked, confirmed = listener.calls
    assert asked.headers.get("shopware-shop-signature") == (sign(asked.url.query, SHOP_SECRET) if twice else None)
    assert confirmed.headers["shopware-shop-signature"] == sign(confirmed.content, "b" * 64)
    assert confirmed.headers.get("shopware-shop-signature-previous") == (
        sign(confirmed.content, SHOP_SECRET) if twice else None
    )
    shop.place_order()
    hook = listener.calls[-1]
    assert hook.headers["shopware-shop-signature"] == sign(hook.content, "b" * 64)


SPOILED = {
    "another status": lambda: httpx.Response(500),
    "no JSON": lambda: httpx.Response(200, text="<html>"),
    "an error": lambda: httpx.Response(200, json={"error": "no"}),
    "a wrong proof": lambda: httpx.Response(200, json={"proof": "0" * 64, "secret": "b" * 64}),
}


@pytest.mark.parametrize("what", SPOILED)
def test_a_wrong_answer_to_the_registration_changes_nothing(what: str) -> None:
    shop, listener = listening()
    install(shop)
    listener.answers["/register"] = SPOILED[what]
    with pytest.raises(RegistrationFailedError):
        shop.reregister_app(APP)
    assert shop.apps.installed[APP].subscriber.secret == SHOP_SECRET


@pytest.mark.parametrize("secret", ["short", SHOP_SECRET, "x" * 256])
def test_a_new_secret_has_to_be_long_and_new(secret: str) -> None:
    shop, listener = listening()
    install(shop)
    listener.secrets = iter([secret])
    with pytest.raises(RegistrationFailedError, match="secret"):
        shop.reregister_app(APP)


@pytest.mark.parametrize("status", [400, 500])
def test_a_refused_confirmation_keeps_the_old_secrets(status: int) -> None:
    shop, listener = listening()
    install(shop)
    before = shop.apps.installed[APP].integration.secret_key
    listener.answers["/confirm"] = lambda: httpx.Response(status)
    with pytest.raises(RegistrationFailedError, match=str(status)):
        shop.reregister_app(APP)
    app = shop.apps.installed[APP]
    assert (app.integration.secret_key, app.subscriber.secret) == (before, SHOP_SECRET)


def test_an_order_placed_is_told_by_a_thin_and_by_a_business_event() -> None:
    shop, listener = listening()
    install(shop, "order.written", "checkout.order.placed")
    order_id = shop.place_order(OrderSpec(number="Ö/1"))
    assert listener.events == ["order.written", "checkout.order.placed"]
    written, placed = listener.hooks
    (entry,) = written["data"]["payload"]
    assert (entry["entity"], entry["operation"], entry["primaryKey"]) == ("order", "insert", order_id)
    assert entry["versionId"] == LIVE_VERSION
    assert {"orderNumber", "stateId"} <= set(entry["updatedFields"])
    assert placed["data"]["payload"]["order"]["orderNumber"] == "Ö/1"
    assert written["timestamp"] == 1772359200
    assert written["source"].keys() == {"url", "appVersion", "shopId", "eventId"}
    call = listener.calls[-1]
    assert call.headers["sw-version"] == "6.7.8.1"
    assert call.headers["shopware-shop-signature"] == sign(call.content, SHOP_SECRET)
    assert rb"\u00d6\/1" in call.content


def test_a_business_event_hides_what_only_the_admin_api_shows() -> None:
    shop, listener = listening()
    install(shop, "state_enter.order_transaction.state.paid")
    shop.pay(shop.place_order())
    order = listener.hooks[0]["data"]["payload"]["order"]
    assert not {"stateId", "ruleIds", "itemRounding", "totalRounding"} & order.keys()
    assert "customerId" not in order["orderCustomer"]
    assert "price" not in order["lineItems"][0]
    assert order["transactions"][0]["paymentMethod"]["name"] == "Invoice"


def test_a_written_part_is_told_as_an_update_of_the_order_without_fields() -> None:
    shop, listener = listening()
    install(shop, "order.written")
    order_id = shop.place_order()
    shop.pay(order_id)
    (entry,) = listener.hooks[-1]["data"]["payload"]
    assert (entry["operation"], entry["primaryKey"], entry["updatedFields"]) == ("update", order_id, [])
    shop.move(order_id, "process")
    assert "stateId" in listener.hooks[-1]["data"]["payload"][0]["updatedFields"]


def test_a_transition_leaves_one_state_and_enters_another() -> None:
    shop, listener = listening()
    names = [f"state_{way}.order.state.{state}" for way in ("leave", "enter") for state in ("open", "in_progress")]
    install(shop, *names)
    order_id = shop.place_order()
    shop.move(order_id, "process")
    shop.move(order_id, "process")
    assert listener.events == ["state_leave.order.state.open", "state_enter.order.state.in_progress"]


def test_an_edit_first_tells_of_a_draft_and_a_deletion_names_no_fields() -> None:
    shop, listener = listening()
    install(shop, "order.written", "order.deleted")
    order_id = shop.place_order()
    shop.edit(order_id, OrderSpec())
    versions = [hook["data"]["payload"][0]["versionId"] for hook in listener.hooks]
    assert [version == LIVE_VERSION for version in versions] == [True, False, True]
    shop.delete_order(order_id)
    assert listener.events[-1] == "order.deleted"
    assert "updatedFields" not in listener.hooks[-1]["data"]["payload"][0]


def test_an_app_is_told_only_what_it_may_read_and_only_while_active() -> None:
    shop, listener = listening()
    install(shop, "order.written", permissions=("product:read",))
    shop.place_order()
    assert listener.hooks == []
    shop, listener = listening()
    install(shop, "order.written")
    shop.apps.switch(APP, active=False)
    shop.place_order()
    assert listener.hooks == []
    app = shop.apps.installed[APP].integration
    answer = Caller(shop).token(client_id=app.access_key, client_secret=app.secret_key)
    assert answer.status_code == 401


def test_a_webhook_without_an_app_is_not_signed_and_names_no_shop() -> None:
    shop, listener = listening("6.5.8.18")
    shop.subscribe("order.written", "https://app.test/hook")
    shop.place_order()
    assert "shopware-shop-signature" not in listener.calls[0].headers
    assert listener.hooks[0]["source"].keys() == {"url", "eventId"}


def test_early_releases_sent_less() -> None:
    shop, listener = listening("6.4.0.0")
    install(shop, "order.written")
    shop.place_order()
    assert "timestamp" not in listener.hooks[0]
    assert "eventId" not in listener.hooks[0]["source"]


def test_held_webhooks_can_come_reordered_doubled_or_never() -> None:
    shop, listener = listening()
    install(shop, "checkout.order.placed")
    shop.webhooks.hold()
    for number in "12":
        shop.place_order(OrderSpec(number=number))
    assert listener.hooks == []
    shop.webhooks.release(order=reversed, times=2)
    told = [hook["data"]["payload"]["order"]["orderNumber"] for hook in listener.hooks]
    assert told == ["2", "2", "1", "1"]
    bodies = [call.content for call in listener.calls if call.url.path == "/hook"]
    assert bodies[0] == bodies[1]
    shop.webhooks.hold()
    shop.place_order()
    assert shop.webhooks.drop() == 1
    shop.place_order(OrderSpec(payments=(Payment(),)))
    assert len(listener.hooks) == 5


def test_ten_failures_switch_a_webhook_off_and_registration_switches_it_on() -> None:
    shop, listener = listening()
    install(shop, "checkout.order.placed")
    listener.answers["/hook"] = lambda: httpx.Response(500)
    for _ in range(12):
        shop.place_order()
    assert len(listener.hooks) == 10
    (webhook,) = shop.webhooks.subscriptions
    assert (webhook.active, webhook.error_count) == (False, 0)
    shop.reregister_app(APP)
    shop.place_order()
    assert len(listener.hooks) == 11


def test_a_success_forgets_earlier_failures() -> None:
    shop, listener = listening()
    install(shop, "checkout.order.placed")
    for status in [500] * 9 + [204] + [500] * 9:
        listener.answers["/hook"] = lambda status=status: httpx.Response(status)  # type: ignore[misc]
        shop.place_order()
    assert shop.webhooks.subscriptions[0].error_count == 9
    assert shop.webhooks.subscriptions[0].active


def test_a_queue_tries_again_after_one_two_and_four_seconds() -> None:
    clock = ManualClock(MOMENT)
    shop, listener = listening(clock=clock)
    install(shop, "checkout.order.placed")
    shop.webhooks.queued = True

    def unreachable() -> httpx.Response:
        raise httpx.ConnectError("down")

    listener.answers["/hook"] = unreachable
    shop.place_order()
    tries = []
    for _ in range(10):
        shop.webhooks.run()
        tries.append(len(listener.hooks))
        clock.advance(seconds=1)
    assert tries == [1, 2, 2, 3, 3, 3, 3, 4, 4, 4]
    assert shop.webhooks.subscriptions[0].error_count == 1


def test_a_subscriber_may_call_the_shop_while_it_is_being_told() -> None:
    shop, listener = listening()
    install(shop, "checkout.order.placed")
    caller = Caller(shop)
    seen: list[int] = []

    def look() -> httpx.Response:
        seen.append(len(caller.found("order")))
        return httpx.Response(204)

    listener.answers["/hook"] = look
    shop.place_order()
    assert seen == [1]
