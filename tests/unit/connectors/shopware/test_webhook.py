"""Webhooks: who sent them, when, and which orders they name."""

import base64
import gzip
import hmac
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopbridge.connectors.shopware.webhook import LIVE_VERSION, ShopwareWebhook, sign
from shopbridge.errors import BridgeError, Forged, Malformed
from shopbridge.model.base import OrderId
from shopbridge.ports import WebhookEvent

FIXTURES = Path(__file__).parents[3] / "fixtures" / "shopware"
RAW = (FIXTURES / "order_written.json").read_bytes()
SECRET = "demo-shop-secret-0123456789-0123456789-0123456789-0123456789-0123"
VECTOR = "8c0f11dea381aef1d33a8915c6267393ef42aab37f70ab6eafe2ebe8cf75a1a9"
SENT_AT = datetime.fromtimestamp(1772359205, UTC)
SECRETS = {"shop_id": "DemoShop0001", "shop_secret": SECRET}
HOOK = ShopwareWebhook()


def signed(raw: bytes, secret: str = SECRET) -> dict[str, str]:
    return {"shopware-shop-signature": sign(secret, raw)}


def body(**changes: Any) -> bytes:
    return json.dumps({**json.loads(RAW), **changes}).encode()


def test_the_published_vector_passes() -> None:
    HOOK.verify(RAW, {"Shopware-Shop-Signature": VECTOR}, SECRETS, SENT_AT)
    assert HOOK.events(RAW) == [WebhookEvent("order.written", OrderId("a1" * 16))]


@pytest.mark.parametrize("position", range(0, len(RAW), 7))
def test_one_changed_byte_is_noticed(position: int) -> None:
    changed = RAW[:position] + bytes([RAW[position] ^ 1]) + RAW[position + 1 :]
    with pytest.raises(Forged):
        HOOK.verify(changed, {"shopware-shop-signature": VECTOR}, SECRETS, SENT_AT)


@pytest.mark.parametrize("given_signature", ["", VECTOR[:-1], VECTOR.upper(), "ü" * 64, "\ud800", VECTOR + " "])
def test_any_other_signature_is_refused(given_signature: str) -> None:
    with pytest.raises(Forged):
        HOOK.verify(RAW, {"shopware-shop-signature": given_signature}, SECRETS, SENT_AT)


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(b'{"timestamp": ' + b"9" * 500_000 + b', "source": {"shopId": "DemoShop0001"}}', id="500 KB"),
        pytest.param(b'{"timestamp": 1e999999999, "source": {"shopId": "DemoShop0001"}}', id="an exponent"),
        pytest.param(b'{"timestamp": NaN, "source": {"shopId": "DemoShop0001"}}', id="no number"),
        pytest.param(b'{"a":' * 99_000 + b"1" + b"}" * 99_000, id="deep"),
        pytest.param(b"[" * 499_000 + b"]" * 499_000, id="deeper"),
        pytest.param(b"[" + b"[]," * 333_000 + b"1]", id="many"),
        pytest.param(gzip.compress(RAW), id="packed"),
        pytest.param(base64.b64encode(RAW), id="in base64"),
        pytest.param(RAW.decode().encode("utf-16"), id="in UTF-16"),
    ],
)
def test_a_signed_body_that_would_cost_too_much_or_is_none_is_malformed(raw: bytes) -> None:
    with pytest.raises(Malformed):
        HOOK.verify(raw, signed(raw), SECRETS, SENT_AT)


@pytest.mark.parametrize("secrets", [{}, {"shop_id": "DemoShop0001", "shop_secret": ""}])
def test_without_a_secret_nothing_is_believed(secrets: dict[str, str]) -> None:
    empty = hmac.new(b"", RAW, "sha256").hexdigest()
    with pytest.raises(Forged):
        HOOK.verify(RAW, {"shopware-shop-signature": empty}, secrets, SENT_AT)


@pytest.mark.parametrize(("seconds", "taken"), [(0, True), (300, True), (-300, True), (301, False), (-301, False)])
def test_a_call_may_be_five_minutes_old_or_early(seconds: int, taken: bool) -> None:
    now = SENT_AT + timedelta(seconds=seconds)
    if taken:
        HOOK.verify(RAW, signed(RAW), SECRETS, now)
        return
    with pytest.raises(Forged, match="old" if seconds > 0 else "ahead"):
        HOOK.verify(RAW, signed(RAW), SECRETS, now)


@pytest.mark.parametrize("source", [{"shopId": "OtherShop"}, {}, None, []])
def test_another_shops_call_is_refused_even_when_signed(source: object) -> None:
    raw = body(source=source)
    with pytest.raises(Forged, match="another shop"):
        HOOK.verify(raw, signed(raw), SECRETS, SENT_AT)


@pytest.mark.parametrize("timestamp", [None, "1772359205", 1772359205.5, True, [], 10**400])
def test_a_call_without_a_sound_timestamp_is_refused(timestamp: object) -> None:
    raw = body(timestamp=timestamp)
    with pytest.raises((Malformed, Forged)):
        HOOK.verify(raw, signed(raw), SECRETS, SENT_AT)


@pytest.mark.parametrize(("seconds", "taken"), [(0, True), (60, True), (61, False)])
def test_the_previous_secret_counts_for_a_minute(seconds: int, taken: bool) -> None:
    until = (SENT_AT + timedelta(seconds=60)).isoformat()
    secrets = {**SECRETS, "shop_secret": "n" * 64, "previous_shop_secret": SECRET, "previous_until": until}
    now = SENT_AT + timedelta(seconds=seconds)
    if taken:
        HOOK.verify(RAW, signed(RAW), secrets, now)
        return
    with pytest.raises(Forged):
        HOOK.verify(RAW, signed(RAW), secrets, now)


def event(payload: Any, name: Any = "order.written") -> bytes:
    return json.dumps({"data": {"payload": payload, "event": name}}).encode()


def row(key: Any, entity: str = "order", version: str | None = LIVE_VERSION) -> dict[str, Any]:
    return {"entity": entity, "operation": "update", "primaryKey": key, "updatedFields": [], "versionId": version}


A, B = "a1" * 16, "b2" * 16


@pytest.mark.parametrize(
    ("payload", "ids"),
    [
        ([row(A), row(B), row(A)], [A, B]),
        ({"0": row(A), "2": row(B)}, [A, B]),
        ([row({"id": A, "versionId": LIVE_VERSION})], [A]),
        ([row(A, version="f" * 32), row(B)], [B]),
        ([row({"id": A, "versionId": "f" * 32}, version=None)], []),
        ([row(A, version=None)], [A]),
        ([row(A, entity="order_address")], []),
        ([row("not an id"), row(None), row(7), "odd", None], []),
        ({"order": {"id": A, "lineItems": []}}, [A]),
        ({"order": {"id": "x"}}, []),
        ({"customer": {"id": A}}, []),
        ([], []),
        (None, []),
        ("text", []),
    ],
)
def test_orders_are_found_in_every_form_of_payload(payload: object, ids: list[str]) -> None:
    found = HOOK.events(event(payload))
    assert [each.order_id for each in found if each.order_id] == ids
    assert len(found) == max(len(ids), 1)


def test_a_business_event_names_its_order_only() -> None:
    paid = HOOK.events((FIXTURES / "paid.json").read_bytes())
    assert paid == [WebhookEvent("state_enter.order_transaction.state.paid", OrderId(A))]


def test_an_event_about_no_order_is_passed_on_by_its_name() -> None:
    assert HOOK.events(event([], "app.deleted")) == [WebhookEvent("app.deleted", None)]


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"data": []}',
        event([], None),
        event([], "a b"),
        event([], "\ud800"),
        b"9" * 5000,
    ],
)
def test_what_is_no_envelope_is_malformed(raw: bytes) -> None:
    with pytest.raises(Malformed):
        HOOK.events(raw)


KEYS = st.sampled_from(["data", "payload", "event", "order", "id", "entity", "primaryKey", "versionId", "source", "0"])
LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6) | st.sampled_from([A, "order"])
TREES = st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner), max_leaves=15)
BODIES = (
    st.binary(max_size=200) | st.text(max_size=80).map(str.encode) | TREES.map(lambda tree: json.dumps(tree).encode())
)


@given(BODIES)
def test_any_bytes_are_events_or_malformed(raw: bytes) -> None:
    try:
        found = HOOK.events(raw)
    except Malformed:
        return
    assert all(isinstance(each, WebhookEvent) for each in found)


@given(BODIES, st.text(max_size=70), st.booleans())
def test_any_bytes_verify_or_are_refused(raw: bytes, given_signature: str, is_signed: bool) -> None:
    headers = signed(raw) if is_signed else {"shopware-shop-signature": given_signature}
    with pytest.raises(BridgeError) as caught:
        HOOK.verify(raw, headers, SECRETS, SENT_AT)
    assert isinstance(caught.value, Forged | Malformed)
