"""The reception: one answer to all who prove nothing, at whole beats, and a log that nobody outside can fill."""

import json
from collections.abc import Mapping
from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

import pytest

from shopbridge.errors import Forged, NotFound, RetryLater
from shopbridge.flows.app_registration import AWAITING_APP, AWAITING_APP_THEN_PAUSED, register_app
from shopbridge.flows.bridge import Bridge
from shopbridge.flows.reception import BEAT, Reception, Refusals, Step
from shopbridge.flows.webhooks import Redirect, WebhookCall, take_signed, take_unsigned
from shopbridge.model.base import ConnectionId, is_slug
from shopbridge.model.connection import Connection
from shopbridge.ports import Activity, AppRegistration
from tests.unit.flow_samples import a_connection
from tests.unit.memory_stores import Clock, Log

ROUTE = "POST /hooks/{connection}"
KNOWN = "my-shop"


class Desk:
    """A reception in memory; counts what is looked up, and each look takes its time."""

    def __init__(self, *, takes: float = 0.03) -> None:
        self.clock, self.log, self.takes, self.looks, self.slept = Clock(), Log(), takes, 0, 0.0
        stores = SimpleNamespace(connections=self, activity=self.log, clock=self.clock)
        self.reception = Reception(cast("Bridge", stores), self.sleep)

    def get(self, name: str) -> Any:
        """The connections table."""
        self.looks += 1
        self.clock.advance(seconds=self.takes)
        return SimpleNamespace(id=ConnectionId(KNOWN)) if name == KNOWN else None

    def sleep(self, seconds: float) -> None:
        self.slept += seconds
        self.clock.advance(seconds=seconds)

    def ask(self, step: Step, name: str = KNOWN, **changes: Any) -> Mapping[str, Any]:
        event = {
            "routeKey": ROUTE,
            "headers": {},
            "requestContext": {"domainName": "api.example"},
            "pathParameters": {"connection": name},
            **changes,
        }
        return self.reception.answer(event, {ROUTE: step})


def forged(*_: object) -> None:
    raise Forged("The call is not signed")


def busy(*_: object) -> None:
    raise RetryLater("AWS is busy", after=5)


def taken(*_: object) -> None:
    """All is well."""


@pytest.mark.parametrize("name", [KNOWN, "no-such-shop", "A", "x" * 3000, "../admin", "%00", "my-shop\n"])
def test_known_and_unknown_connections_get_one_answer_after_one_time(name: str) -> None:
    desk, other = Desk(), Desk(takes=0.11)
    began = desk.clock()
    assert desk.ask(forged, name) == other.ask(forged, "somebody") == other.ask(forged, KNOWN)
    assert desk.clock() - began == BEAT


def test_a_refusal_that_took_longer_leaves_at_the_next_beat() -> None:
    desk = Desk(takes=0.45)
    began = desk.clock()
    desk.ask(forged)
    assert desk.clock() - began == 3 * BEAT


def test_who_is_taken_does_not_wait() -> None:
    desk = Desk()
    assert desk.ask(taken)["statusCode"] == 200
    assert desk.ask(lambda *_: {"proof": "x"}) == {
        "statusCode": 200,
        "headers": {"content-type": "application/json"},
        "body": json.dumps({"proof": "x"}),
    }
    assert desk.slept == 0


def test_a_browser_is_sent_on() -> None:
    sent = Desk().ask(lambda *_: Redirect("https://shop.example/app"))
    assert (sent["statusCode"], sent["headers"]["location"]) == (302, "https://shop.example/app")


class OneCall:
    """A platform whose shop registers in a single call, made by a browser; keeps what is stored."""

    def __init__(self, reason: str) -> None:
        settings = {"platform": "shopware", "settings": {"url": "https://shop.example"}}
        connection = a_connection()
        shop = connection.settings.shop.model_validate(settings)
        linked = {"settings": connection.settings.model_copy(update={"shop": shop}), "status_reason": reason}
        self.connection = connection.model_copy(update={**linked, "status": "paused"})
        self.log, self.clock, self.stored, self.saved = Log(), Clock(), {"app_secret": "s"}, [self.connection]

    def bridge(self) -> Bridge:
        stores = {
            "credentials": self,
            "connections": self,
            "platforms": self,
            "activity": self.log,
            "clock": self.clock,
        }
        return cast("Bridge", SimpleNamespace(**stores))

    def handshake(self, _: Connection) -> Any:
        return self

    def place(self, *_: object) -> str:
        return "shop.example"

    def register(self, query: str, _headers: object, secrets: Mapping[str, str], *_: object) -> AppRegistration:
        if query != secrets["app_secret"] + secrets["shop_place"]:
            raise Forged("The call is not signed")
        return AppRegistration({**secrets, "client_id": "c"}, redirect="https://shop.example/app", complete=True)

    def read_for_caller(self, *_: object) -> Mapping[str, str]:
        return dict(self.stored)

    read_now = read_again_for_caller = read_for_caller

    def write(self, *given: Any) -> None:
        self.stored = given[2]

    def save(self, connection: Connection, *, expected_version: int) -> None:
        assert expected_version == self.saved[-1].version
        self.saved.append(connection)


@pytest.mark.parametrize(("reason", "status"), [(AWAITING_APP, "active"), (AWAITING_APP_THEN_PAUSED, "paused")])
def test_a_registration_that_nothing_follows_sets_the_connection_going(reason: str, status: str) -> None:
    shop = OneCall(reason)
    call = WebhookCall(shop.connection.id, b"", "sshop.example", {}, "https://bridge.example")
    assert register_app(shop.bridge(), shop.connection, call) == Redirect("https://shop.example/app")
    assert (shop.stored["client_id"], "shop_place" in shop.stored, shop.saved[-1].status) == ("c", False, status)
    assert shop.log.of("app_registered", "status") == [status]
    with pytest.raises(Forged):
        register_app(shop.bridge(), shop.connection, replace(call, query="?"))


@pytest.mark.parametrize("name", ["A", "", "x", "ab", "x" * 51, "my_shop", "-my-shop", "my-shop\n", "\u017fhop"])
def test_a_name_that_no_connection_has_is_not_looked_up(name: str) -> None:
    desk = Desk()
    assert desk.ask(taken, name)["statusCode"] in (400, 401)
    assert (desk.looks, is_slug(name)) == (0, False)


def test_a_route_that_is_not_served_here_is_malformed() -> None:
    assert Desk().ask(taken, routeKey="GET /")["statusCode"] == 400


@pytest.mark.parametrize("event", [None, 7, [], {}, {"routeKey": ROUTE}])
def test_no_event_is_a_crash(event: Any) -> None:
    assert Desk().reception.answer(event, {ROUTE: taken})["statusCode"] == 400


def test_the_first_refusal_is_told_at_once_and_the_others_once_a_minute() -> None:
    desk = Desk(takes=0)
    for number in range(1200):
        desk.ask(forged, f"no-shop-{number}")
    assert desk.log.of("webhook_refused", "count") == [1, 299, 300, 300]
    desk.clock.advance(seconds=60)
    desk.ask(taken)
    assert desk.log.of("webhook_refused", "count") == [1, 299, 300, 300, 300]
    assert desk.reception.refusals.tallies


def test_what_is_quiet_for_a_minute_is_told_at_once_again_and_takes_no_memory() -> None:
    desk = Desk()
    desk.ask(forged)
    desk.clock.advance(minutes=2)
    desk.ask(taken)
    assert desk.reception.refusals.tallies == {}
    desk.ask(forged)
    assert desk.log.of("webhook_refused", "count") == [1, 1]


def test_a_connection_of_ours_is_counted_for_itself_and_each_status_too() -> None:
    desk = Desk(takes=0)
    for step, name in ((forged, "no-shop"), (forged, KNOWN), (busy, KNOWN), (forged, "another"), (forged, KNOWN)):
        desk.ask(step, name)
    told: dict[tuple[ConnectionId, int], Any] = dict(desk.reception.refusals.tallies)
    assert {key: tally.count for key, tally in told.items()} == {("", 401): 1, (KNOWN, 401): 1, (KNOWN, 503): 0}
    assert desk.log.of("webhook_refused", "status") == [401, 401, 503]


def test_a_log_of_refusals_holds_no_more_keys_than_there_are_connections() -> None:
    refusals, log, clock = Refusals(), Log(), Clock()
    for number in range(1000):
        refusals.add(cast("Activity", log), ConnectionId(""), 401, f"reason {number}", clock())
    assert (len(refusals.tallies), len(log.lines)) == (1, 1)


# --- what proves itself --------------------------------------------------------------------------------------------


def a_call(**changes: Any) -> WebhookCall:
    return WebhookCall(ConnectionId(KNOWN), b"{}", "", {}, "https://api.example", **changes)


class Receiver:
    """A platform whose secret is its signature."""

    def verify(self, _raw: bytes, _headers: object, secrets: Mapping[str, str], _now: object) -> None:
        if secrets.get("valid") != "new":
            raise Forged("The call is not signed")

    def is_awaited(self, _raw: bytes, _headers: object, secrets: Mapping[str, str]) -> bool:
        return secrets.get("pending") == "new"

    def events(self, _: bytes) -> tuple[()]:
        return ()


class Reads:
    """Credentials; names how each read was asked for."""

    def __init__(self, cached: Mapping[str, str]) -> None:
        self.cached, self.asked = cached, list[str]()

    def read_for_caller(self, *_: object) -> Mapping[str, str]:
        self.asked.append("cached")
        return self.cached

    def read_again_for_caller(self, *_: object) -> Mapping[str, str]:
        self.asked.append("again")
        return self.cached

    def read_now(self, *_: object) -> Mapping[str, str]:
        self.asked.append("now")
        return {"valid": "new"}


def take(cached: Mapping[str, str]) -> list[str]:
    reads = Reads(cached)
    bridge = SimpleNamespace(
        credentials=reads,
        platforms=SimpleNamespace(webhook=lambda *_: Receiver()),
        hooks=SimpleNamespace(notify=lambda *_: None),
        clock=Clock(),
    )
    connection = cast("Connection", SimpleNamespace(id=ConnectionId(KNOWN)))
    try:
        take_signed(cast("Bridge", bridge), connection, a_call())
    except Forged:
        reads.asked.append("refused")
    return reads.asked


def test_a_call_signed_with_the_secret_in_memory_costs_no_read() -> None:
    assert take({"valid": "new"}) == ["cached"]


def test_a_call_signed_with_a_secret_that_is_awaited_is_worth_a_read() -> None:
    assert take({"valid": "old", "pending": "new"}) == ["cached", "now"]


def test_a_forged_call_gets_what_is_allowed_once_a_minute() -> None:
    assert take({"valid": "old"}) == ["cached", "again", "refused"]


def test_a_token_of_any_text_is_compared_and_refused() -> None:
    kept = SimpleNamespace(id=ConnectionId(KNOWN), path_token_hash="0" * 64, name_key="", former_token=None)
    doors = SimpleNamespace(anew=lambda _: kept)
    connection, bridge = cast("Connection", kept), cast("Bridge", SimpleNamespace(clock=Clock(), connections=doors))
    for token in ("", "0" * 64, "\U0001f600", "x" * 10_000):
        with pytest.raises(NotFound, match="token"):
            take_unsigned(bridge, connection, a_call(token=token))
