"""Platforms that are asked to call us: asked once, ended with the connection, and no trouble when they refuse."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest

from shopbridge.errors import NotFound, RetryLater
from shopbridge.flows.bridge import Bridge
from shopbridge.flows.operations.connections.hooks import paths, rotate_token, subscribe, subscribed, unsubscribed
from shopbridge.flows.webhooks import (
    WebhookCall,
    hook_token,
    take_ended,
    take_signed_by_office,
    take_unsigned,
    take_unsigned_by_office,
)
from shopbridge.model.base import OrderId
from shopbridge.model.connection import SIDES, Connection
from shopbridge.model.operations import RotateToken, Subscribe
from shopbridge.ports import WebhookEvent
from shopbridge.store.connections.settings import from_item, to_item
from tests.unit.flow_samples import a_connection
from tests.unit.memory_stores import Clock, Log

PUBLIC = "https://bridge.example"
KEY = "5c" * 32


class Town:
    """A bridge whose shop has to be asked to call; both its queue and the table are lists."""

    def __init__(self, public_url: str = PUBLIC) -> None:
        self.clock, self.log, self.public_url = Clock(), Log(), public_url
        self.asked: list[tuple[str, str, dict[str, str]]] = []
        self.queued: list[object] = []
        self.refuses: Exception | None = None
        self.saved = [a_connection().model_copy(update={"name_key": KEY})]

    @property
    def connection(self) -> Connection:
        return self.saved[-1]

    @property
    def bridge(self) -> Bridge:
        stores: dict[str, Any] = dict.fromkeys(("connections", "platforms", "hooks", "credentials"), self)
        return cast(
            "Bridge", SimpleNamespace(activity=self.log, clock=self.clock, public_url=self.public_url, **stores)
        )

    def get(self, _: object) -> Connection:
        return self.connection

    anew = get

    def save(self, connection: Connection, *, expected_version: int) -> None:
        assert (expected_version, connection.version) == (self.connection.version, expected_version + 1)
        self.saved.append(connection)

    def notify(self, connection: str, events: Sequence[WebhookEvent], at: datetime) -> None:
        self.queued.extend(("order", connection, event.name, event.order_id, at) for event in events)

    def ask_shop(self, connection: str, at: datetime) -> None:
        self.queued.append(("shop", connection, at))

    def ask_office(self, connection: str, at: datetime) -> None:
        self.queued.append(("office", connection, at))

    def parts(self, _: object, side: str) -> Any:
        return SimpleNamespace(hook_subscriptions=self if side == "shop" else None)

    def subscribe(self, url: str, known: Mapping[str, str]) -> Mapping[str, str]:
        self._call("subscribe", url, known)
        return {**known, "order_created": "7"}

    def unsubscribe(self, url: str, known: Mapping[str, str]) -> None:
        self._call("unsubscribe", url, known)

    def _call(self, name: str, url: str, known: Mapping[str, str]) -> None:
        self.asked.append((name, url, dict(known)))
        if self.refuses:
            raise self.refuses

    def hinted(self, _: object, raw: bytes) -> OrderId | None:
        return OrderId(raw.decode()) if raw else None

    def webhook(self, _: object, side: str) -> Any:
        assert side == "office"
        return self

    def read_for_caller(self, _: object, side: str) -> Mapping[str, str]:
        assert side == "office"
        return {"secret": "s"}

    def verify(self, _: bytes, __: object, secrets: Mapping[str, str], ___: object) -> None:
        assert secrets == {"secret": "s"}

    def events(self, raw: bytes) -> list[WebhookEvent]:
        return [WebhookEvent(name, None) for name in raw.decode().split()]

    def call(self, token: str = "", raw: bytes = b"") -> WebhookCall:
        return WebhookCall(self.connection.id, raw, "", {}, PUBLIC, token=token)


def test_a_shop_is_asked_once_and_what_ends_it_is_kept() -> None:
    town = Town()
    stored, remarks = subscribed(town.bridge, town.connection)
    assert (stored.subscriptions, remarks) == ({"shop": {"order_created": "7"}}, ())
    assert stored == town.saved[-1]
    ((_, address, known),) = town.asked
    assert (address, known) == (f"{PUBLIC}/hooks/my-shop/token/{hook_token(stored)}", {})
    again, _ = subscribed(town.bridge, stored)
    assert (again, len(town.saved)) == (stored, 2)
    assert town.log.of("hooks_subscribed", "events") == [["order_created"]]


def test_who_is_not_told_our_address_asks_nobody() -> None:
    town = Town(public_url="")
    assert subscribed(town.bridge, town.connection) == (town.connection, ())
    assert not town.asked


def test_a_shop_that_refuses_stops_nothing_and_is_told_with_what_to_do() -> None:
    town = Town()
    town.refuses = RetryLater("The shop is away", after=5, fix="Wait.")
    stored, (remark,) = subscribed(town.bridge, town.connection)
    assert (stored, len(town.saved)) == (town.connection, 1)
    assert "The shop is away" in remark
    assert "`shopbridge subscribe my-shop`" in remark
    assert town.log.of("hooks_not_subscribed", "reason") == ["The shop is away"]


@pytest.mark.parametrize("refused", [False, True])
def test_what_is_ended_is_ended_under_the_same_address_and_not_kept(*, refused: bool) -> None:
    town = Town()
    stored, _ = subscribed(town.bridge, town.connection)
    town.refuses = RetryLater("The shop is away", after=5) if refused else None
    left, remarks = unsubscribed(town.bridge, stored, SIDES)
    asked, ended = town.asked
    assert (ended[0], ended[1], ended[2]) == ("unsubscribe", asked[1], {"order_created": "7"})
    assert (left.subscriptions, bool(remarks)) == ({}, refused)
    assert unsubscribed(town.bridge, left, SIDES) == (left, ())


def test_an_operator_who_asks_anew_ends_what_was_asked_for_before() -> None:
    town = Town()
    subscribed(town.bridge, town.connection)
    answer = subscribe(town.bridge, Subscribe(operation="subscribe", connection=town.connection.id, by="ann"))
    assert [name for name, *_ in town.asked] == ["subscribe", "unsubscribe", "subscribe"]
    assert answer["subscriptions"] == {"shop": ["order_created"]}
    assert town.log.of("hooks_asked_for", "by") == ["ann"]


def test_the_token_that_a_platform_was_given_is_taken_and_no_other() -> None:
    town = Town()
    take_unsigned(town.bridge, town.connection, town.call(hook_token(town.connection)))
    assert town.queued == [("shop", town.connection.id, town.clock())]
    other = town.connection.model_copy(update={"name_key": "ff" * 32})
    for token in (hook_token(other), "", KEY):
        with pytest.raises(NotFound):
            take_unsigned(town.bridge, town.connection, town.call(token))


def test_an_order_that_a_hint_names_is_read_besides() -> None:
    town = Town()
    take_unsigned(town.bridge, town.connection, town.call(hook_token(town.connection), b"1042"))
    named, now = town.connection.id, town.clock()
    assert town.queued == [("order", named, "hint", "1042", now), ("shop", named, now)]


def test_a_connection_without_a_key_has_no_token_that_anybody_could_compute() -> None:
    town = Town()
    keyless = town.connection.model_copy(update={"name_key": ""})
    with pytest.raises(NotFound):
        take_unsigned(town.bridge, keyless, town.call(hook_token(keyless)))


def test_a_back_office_that_calls_has_its_orders_read() -> None:
    town = Town()
    take_unsigned_by_office(town.bridge, town.connection, town.call(hook_token(town.connection)))
    take_signed_by_office(town.bridge, town.connection, town.call(raw=b"Order.Updated"))
    wanted = ("office", town.connection.id, town.clock())
    assert town.queued == [wanted, wanted]
    take_signed_by_office(town.bridge, town.connection, town.call(raw=b""))
    assert len(town.queued) == 2


def test_a_shop_that_calls_no_more_is_told_with_what_to_do() -> None:
    town = Town()
    with pytest.raises(NotFound):
        take_ended(town.bridge, town.connection, town.call("another"))
    take_ended(town.bridge, town.connection, town.call(hook_token(town.connection)))
    assert town.log.of("hooks_ended", "platform") == ["shopware"]
    assert not town.queued


def test_the_addresses_are_those_that_the_reception_serves() -> None:
    assert paths(Town().connection.id, "t") == {
        "signed": "/hooks/my-shop",
        "unsigned": "/hooks/my-shop/token/t",
        "app_registration": "/hooks/my-shop/app/register",
        "office_signed": "/hooks/my-shop/office",
        "office_unsigned": "/hooks/my-shop/office/token/t",
    }


# --- a token made anew ------------------------------------------------------------------------------------------------


def rotated(town: Town, overlap_days: int = 7) -> dict[str, Any]:
    asked = RotateToken(operation="rotate_token", connection=town.connection.id, overlap_days=overlap_days, by="anna")
    return rotate_token(town.bridge, asked)


def lets_in(town: Town, token: str) -> bool:
    call = WebhookCall(connection=town.connection.id, token=token, raw=b"", headers={}, query="", base_url=PUBLIC)
    try:
        take_unsigned(town.bridge, town.connection, call)
    except NotFound:
        return False
    return True


def token_of(told: dict[str, Any]) -> str:
    return str(told["hooks"]["unsigned"].rpartition("/")[2])


def test_a_token_made_anew_counts_at_once_and_the_one_before_for_a_week() -> None:
    town = Town()
    first = token_of(rotated(town))
    second = rotated(town, overlap_days=0)
    assert not lets_in(town, first)
    third = rotated(town)
    assert len({first, token_of(second), token_of(third)}) == 3
    assert lets_in(town, token_of(third))
    assert lets_in(town, token_of(second))
    assert not lets_in(town, "another")
    assert third["former_until"] == town.clock() + timedelta(days=7)
    assert "That one counts until" in third["remarks"][-1]
    town.clock.now += timedelta(days=7)
    assert not lets_in(town, token_of(second))
    assert lets_in(town, token_of(third))


def test_asked_for_again_the_address_that_platforms_have_goes_on_counting() -> None:
    town = Town()
    entered = token_of(rotated(town, overlap_days=0))
    lost = token_of(rotated(town))
    town.clock.now += timedelta(days=1)
    again = rotated(town)
    assert lets_in(town, entered)
    assert not lets_in(town, lost)
    assert again["former_until"] == town.clock() + timedelta(days=6)


def test_platforms_that_we_asked_are_asked_anew_and_those_before_are_let_in_for_a_week() -> None:
    town = Town()
    connection, _ = subscribed(town.bridge, town.connection)
    before = hook_token(connection)
    told = rotated(town)
    after = hook_token(town.connection)
    assert before != after
    assert [(name, url.rpartition("/")[2]) for name, url, _ in town.asked] == [
        ("subscribe", before),
        ("unsubscribe", before),
        ("subscribe", after),
    ]
    assert "was asked anew by ourselves" in told["remarks"][0]
    assert lets_in(town, before)
    assert lets_in(town, after)
    town.clock.now += timedelta(days=7)
    assert not lets_in(town, before)
    assert [facts["by"] for event, facts in town.log.lines if event == "token_rotated"] == ["anna"]


def test_a_token_made_anew_is_stored_as_it_is() -> None:
    town = Town()
    rotated(town)
    assert town.connection.former_token
    assert from_item(to_item(town.connection)) == town.connection


def test_without_an_overlap_nothing_of_before_counts() -> None:
    town = Town()
    before = hook_token(town.connection)
    told = rotated(town, overlap_days=0)
    assert not lets_in(town, before)
    assert told["remarks"] == [
        "shopware was asked anew by ourselves: nothing is to be entered there.",
        "The address of before counts no more: until the new one is entered, polls bring the orders.",
    ]
