"""Our app in an emulated shop: the handshake, signed webhooks, and what happens when secrets are replaced."""

import httpx
import pytest

from sandbox.platforms.kit import ManualClock
from sandbox.platforms.shopware import ShopwareEmulator
from sandbox.platforms.shopware.apps import RegistrationFailedError
from shopbridge.connectors.shopware.connector import SPEC
from shopbridge.errors import BridgeError, Forged
from shopbridge.ports import WebhookEvent
from tests.containers import Secrets, Tokens
from tests.contract.benches.shopware import ENDS, RELEASES, Bench, all_changed

BRIDGE = "https://bridge.example.test"
EVENTS = ("order.written", "state_enter.order_transaction.state.paid", "checkout.order.placed", "order.deleted")


class Bridge:
    """What the intake does with a shop's calls, without queues and tables."""

    def __init__(self, clock: ManualClock) -> None:
        self.clock = clock
        self.secrets = {
            "app_name": "DemoPosApp",
            "app_secret": "demo-app-secret",
            "shop_url": "https://shop.example.test",
        }
        self.events: list[WebhookEvent] = []
        self.refused: list[BridgeError] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        try:
            return self._answer(request)
        except BridgeError as error:
            self.refused.append(error)
            return httpx.Response(401 if isinstance(error, Forged) else 400, json={"error": error.what})

    def _answer(self, request: httpx.Request) -> httpx.Response:
        assert SPEC.handshake is not None
        assert SPEC.webhook is not None
        raw, headers, now = request.read(), request.headers, self.clock()
        if request.url.path == "/register":
            query = request.url.query.decode()
            made = SPEC.handshake.register(query, headers, self.secrets, now, f"{BRIDGE}/confirm")
            answer, stored = made.body, made.secrets
            self.secrets = dict(stored)
            return httpx.Response(200, json=dict(answer))
        if request.url.path == "/confirm":
            self.secrets = dict(SPEC.handshake.confirm(raw, headers, self.secrets, now))
            return httpx.Response(204)
        SPEC.webhook.verify(raw, headers, self.secrets, now)
        self.events.extend(SPEC.webhook.events(raw))
        return httpx.Response(204)


def installed(version: str) -> tuple[ShopwareEmulator, Bridge]:
    bridge = Bridge(ManualClock())
    client = httpx.Client(transport=httpx.MockTransport(bridge))
    shop = ShopwareEmulator(version, bridge.clock, client=client)
    hooks = [(event, f"{BRIDGE}/webhook") for event in EVENTS]
    shop.install_app("DemoPosApp", "demo-app-secret", f"{BRIDGE}/register", hooks)
    return shop, bridge


@pytest.mark.parametrize("version", ENDS)
def test_the_handshake_hands_over_credentials_that_work(version: str) -> None:
    shop, bridge = installed(version)
    order = shop.place_order()
    beside = Bench(shop, bridge.clock, Secrets(bridge.secrets), Tokens(bridge.clock))
    assert [found.id for found in all_changed(beside.connector())] == [order]


@pytest.mark.parametrize("version", ENDS)
def test_webhooks_name_the_orders_to_read(version: str) -> None:
    shop, bridge = installed(version)
    order = shop.place_order()
    shop.pay(order)
    assert bridge.refused == []
    assert {event.order_id for event in bridge.events} == {order}
    assert {event.name for event in bridge.events} == {*EVENTS} - {"order.deleted"}


def test_a_draft_of_an_order_is_no_news() -> None:
    shop, bridge = installed(RELEASES[-1])
    order = shop.place_order()
    bridge.events.clear()
    shop.draft(order)
    assert [event.order_id for event in bridge.events] == [None]


@pytest.mark.parametrize("version", ENDS)
def test_a_repeated_registration_replaces_the_secrets(version: str) -> None:
    shop, bridge = installed(version)
    before = bridge.secrets
    shop.reregister_app("DemoPosApp")
    assert bridge.secrets["shop_secret"] != before["shop_secret"]
    assert bridge.secrets["client_secret"] != before["client_secret"]
    assert bool(bridge.secrets["signs_twice"]) is version.startswith("6.7.9")
    order = shop.place_order()
    assert {event.order_id for event in bridge.events} == {order}


def test_a_webhook_under_way_when_the_secret_changes_still_counts_for_a_minute() -> None:
    shop, bridge = installed(RELEASES[-1])
    shop.webhooks.hold()
    shop.place_order()
    shop.reregister_app("DemoPosApp")
    bridge.clock.advance(seconds=60)
    shop.webhooks.release()
    assert (len(bridge.events), bridge.refused) == (2, [])


def test_after_that_minute_it_is_refused() -> None:
    shop, bridge = installed(RELEASES[-1])
    shop.webhooks.hold()
    shop.place_order()
    shop.reregister_app("DemoPosApp")
    bridge.clock.advance(seconds=61)
    shop.webhooks.release()
    assert bridge.events == []
    assert all(isinstance(error, Forged) for error in bridge.refused)


def test_a_webhook_that_comes_late_is_refused() -> None:
    shop, bridge = installed(RELEASES[-1])
    shop.webhooks.hold()
    shop.place_order()
    bridge.clock.advance(seconds=301)
    shop.webhooks.release()
    assert bridge.events == []
    assert len(bridge.refused) == 2


def test_doubled_and_reordered_webhooks_say_the_same() -> None:
    shop, bridge = installed(RELEASES[-1])
    shop.webhooks.hold()
    order = shop.place_order()
    shop.webhooks.release(order=reversed, times=2)
    assert len(bridge.events) == 4
    assert {event.order_id for event in bridge.events} == {order}


def test_an_unsigned_webhook_is_refused() -> None:
    shop, bridge = installed(RELEASES[-1])
    shop.subscribe("order.written", f"{BRIDGE}/webhook")
    shop.place_order()
    assert len(bridge.refused) == 1


def test_a_shop_at_another_address_cannot_register() -> None:
    shop, bridge = installed(RELEASES[-1])
    before = bridge.secrets
    shop.url = "https://moved.example.test"
    with pytest.raises(RegistrationFailedError):
        shop.reregister_app("DemoPosApp")
    assert bridge.secrets == before
