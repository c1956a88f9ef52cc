"""Calls of UNAS' automations: signed in Base64 over the bytes as they came, and read for the order's key alone."""

import base64
import hashlib
import hmac
from datetime import UTC, datetime

import pytest

from shopbridge.connectors.unas.webhook import UnasWebhook, sign
from shopbridge.errors import Forged, Malformed
from tests.recorded import UNAS

KEY = "example-key"
NOW = datetime(2030, 1, 15, tzinfo=UTC)
RECEIVER = UnasWebhook()
ORDER, CUSTOMER = UNAS["webhook_order"], UNAS["webhook_customer"]


def verify(raw: bytes, signature: str, **secrets: str) -> None:
    headers = {"Content-Type": "application/json", "X-Unas-Topic": "order_status_modify", "X-Unas-Hmac": signature}
    RECEIVER.verify(raw, headers, {"webhook_key": KEY, **secrets}, NOW)


def test_the_check_vector_of_the_platform_file_is_44_characters_of_base64() -> None:
    signature = sign(KEY, b'{"a":1}')
    assert (len(signature), signature[-1]) == (44, "=")
    assert base64.b64decode(signature) == hmac.new(KEY.encode(), b'{"a":1}', hashlib.sha256).digest()


@pytest.mark.parametrize("raw", [ORDER, CUSTOMER], ids=["order", "customer"])
def test_a_signed_call_is_believed(raw: bytes) -> None:
    verify(raw, sign(KEY, raw))


def test_the_same_digest_in_hexadecimal_is_refused() -> None:
    digest = hmac.new(KEY.encode(), ORDER, hashlib.sha256)
    for given in (
        digest.hexdigest(),
        digest.hexdigest().upper(),
        base64.b64encode(digest.hexdigest().encode()).decode(),
    ):
        with pytest.raises(Forged):
            verify(ORDER, given)


def test_a_call_counts_byte_for_byte() -> None:
    for other in (ORDER.strip(), ORDER.replace(b'"time":', b'"time": '), ORDER + b" "):
        if other != ORDER:
            with pytest.raises(Forged):
                verify(other, sign(KEY, ORDER))


@pytest.mark.parametrize("key", ["", "another"])
def test_without_the_key_or_with_another_nothing_is_believed(key: str) -> None:
    with pytest.raises(Forged):
        verify(ORDER, sign(KEY, ORDER), webhook_key=key)
    with pytest.raises(Forged):
        verify(ORDER, sign("", ORDER), webhook_key="")


def test_an_order_is_named_by_its_key_and_a_customer_names_none() -> None:
    (event,) = RECEIVER.events(ORDER)
    assert (event.name, event.order_id) == ("order", "/10001-100042")
    (event,) = RECEIVER.events(CUSTOMER)
    assert (event.name, event.order_id) == ("customer", None)
    (event,) = RECEIVER.events(b'{"orderID": 100042}')
    assert event.order_id == "/100042"


@pytest.mark.parametrize(
    "raw",
    [b"{}", b'{"orderID": ""}', b'{"orderID": true}', b'{"orderID": ["1"]}', b'{"orderID": "a\\u0000"}', b"[]", b"x"],
)
def test_what_names_no_order_is_malformed(raw: bytes) -> None:
    with pytest.raises(Malformed):
        RECEIVER.events(raw)


def test_no_secret_becomes_valid_later() -> None:
    assert RECEIVER.is_awaited(ORDER, {"x-unas-hmac": sign(KEY, ORDER)}, {"webhook_key": KEY}) is False
