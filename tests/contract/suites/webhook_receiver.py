"""What every receiver of a shop's webhook calls promises."""

from collections.abc import Mapping
from datetime import timedelta

import pytest

from shopbridge.errors import Forged, Malformed
from shopbridge.ports import WebhookReceiver
from tests.contract.bench import WebhookBench, needs
from tests.contract.hostile import noted

ODD = (b"", b"{", b"[]", b"null", b"\xff\xfe", b'{"data": []}', b"9" * 5_000, b"[" * 100_000, b'{"a":' * 99_000)


def verify(bench: WebhookBench, raw: bytes, headers: Mapping[str, str], **late: float) -> None:
    """Check a call that arrives a while after it was sent."""
    receiver: WebhookReceiver = bench.part("webhook_receiver")
    receiver.verify(raw, headers, bench.webhook_secrets, bench.clock() + timedelta(**late))


def test_a_call_of_the_shop_is_believed_and_names_its_order(bench: WebhookBench) -> None:
    order, raw, headers = bench.webhook()
    verify(bench, raw, headers)
    assert order in {event.order_id for event in bench.part("webhook_receiver").events(raw)}


def test_headers_count_whatever_their_capitals(bench: WebhookBench) -> None:
    _, raw, headers = bench.webhook()
    for spelt in ({name.upper(): value for name, value in headers.items()}, {n.lower(): v for n, v in headers.items()}):
        verify(bench, raw, spelt)


@needs("signed body")
def test_one_changed_byte_is_noticed(bench: WebhookBench) -> None:
    _, raw, headers = bench.webhook()
    for place in range(0, len(raw), 11):
        with pytest.raises(Forged):
            verify(bench, raw[:place] + bytes([raw[place] ^ 1]) + raw[place + 1 :], headers)


def test_a_call_without_a_proof_or_with_anothers_is_refused(bench: WebhookBench) -> None:
    _, raw, headers = bench.webhook()
    for given in ({}, dict.fromkeys(headers, ""), {n: v[:-1] for n, v in headers.items()}, dict.fromkeys(headers, "é")):
        with pytest.raises(Forged):
            verify(bench, raw, given)


def test_without_a_secret_nothing_is_believed(bench: WebhookBench) -> None:
    _, raw, headers = bench.webhook()
    for secrets in ({}, dict.fromkeys(bench.webhook_secrets, "")):
        with pytest.raises(Forged):
            bench.part("webhook_receiver").verify(raw, headers, secrets, bench.clock())


@needs("sending time")
@pytest.mark.parametrize("minutes", [-60, 60])
def test_a_call_of_another_hour_is_refused(bench: WebhookBench, minutes: float) -> None:
    _, raw, headers = bench.webhook()
    with pytest.raises(Forged):
        verify(bench, raw, headers, minutes=minutes)


@pytest.mark.parametrize("raw", ODD, ids=range(len(ODD)))
def test_what_is_no_call_is_refused_by_name(bench: WebhookBench, raw: bytes) -> None:
    _, _, headers = bench.webhook()
    receiver = bench.part("webhook_receiver")
    assert isinstance(noted(lambda: receiver.events(raw)).error, Malformed)
    assert isinstance(noted(lambda: verify(bench, raw, headers)).error, Forged | Malformed)
