"""What an answer of UNAS means: refusals by the beginning of their text, pages and redirects in its place."""

import pytest

from shopbridge.connectors.unas.outcomes import BAN, judge, refusal_in
from shopbridge.errors import (
    BridgeError,
    NeedsAttention,
    Obstructed,
    OutcomeUnknown,
    Rejected,
    RetryLater,
    Throttled,
    Unfinished,
)
from shopbridge.http.answer import Answer, Call
from tests.recorded import UNAS

XML, HTML = "text/xml; charset=UTF-8", "text/html"
PAGE = b"<!doctype html><html><body>Karbantart\xc3\xa1s</body></html>"
Judged = type[BridgeError] | None


def answer(status: int, body: bytes, kind: str = XML, *, repeatable: bool = True) -> Answer:
    call = Call("POST", "/setProduct", headers={"Accept": "application/xml"}, repeatable=repeatable)
    return Answer("UNAS", call, status, {"content-type": kind, "location": "https://other.example"}, body)


def error_of(given: Answer) -> BridgeError | None:
    try:
        judge(given)
    except BridgeError as error:
        return error
    return None


@pytest.mark.parametrize(
    ("status", "body", "kind", "meant"),
    [
        (200, UNAS["orders_company"], XML, None),
        (200, UNAS["orders_none"], HTML, None),
        (200, UNAS["set_stock_stopped"], XML, None),
        (200, UNAS["error_ban"], XML, Throttled),
        (400, UNAS["error_ban"], XML, Throttled),
        (429, PAGE, HTML, Throttled),
        (400, UNAS["error_key"], XML, NeedsAttention),
        (200, UNAS["error_legacy"], XML, NeedsAttention),
        (401, b"<Error>example: token</Error>", XML, NeedsAttention),
        (403, b"<Error>example: right</Error>", XML, NeedsAttention),
        (400, UNAS["error_nothing"], XML, Rejected),
        (400, UNAS["error_parts"], XML, Rejected),
        (400, b"<Error/>", XML, Rejected),
        (500, b"<Error>example: fault</Error>", XML, Unfinished),
        (503, PAGE, HTML, RetryLater),
        (200, PAGE, HTML, Obstructed),
        (200, b"<html><body/></html>", HTML, Obstructed),
        (403, PAGE, HTML, Obstructed),
        (301, b"", HTML, Obstructed),
        (404, PAGE, HTML, Obstructed),
    ],
)
def test_every_answer_has_a_meaning_and_says_what_to_do(status: int, body: bytes, kind: str, meant: Judged) -> None:
    error = error_of(answer(status, body, kind))
    assert type(error) is (meant or type(None))
    assert error is None or error.fix or isinstance(error, RetryLater)


@pytest.mark.parametrize(("status", "body"), [(200, PAGE), (502, PAGE), (302, b""), (500, b"<Error>x</Error>")])
def test_a_creation_that_is_answered_oddly_may_have_taken_effect(status: int, body: bytes) -> None:
    kind = XML if body.startswith(b"<Error>") else HTML
    assert isinstance(error_of(answer(status, body, kind, repeatable=False)), OutcomeUnknown)


def test_a_refusal_tells_the_platforms_own_words_and_which_right_to_tick() -> None:
    error = error_of(answer(400, UNAS["error_parts"]))
    assert isinstance(error, Rejected)
    assert "7, example: something" in error.what
    assert "setProduct" in error.fix


def test_a_ban_lasts_longer_than_an_hour_and_stops_every_function() -> None:
    error = error_of(answer(400, UNAS["error_ban_old"]))
    assert isinstance(error, Throttled)
    assert (error.after, error.buckets) == (BAN, ("all",))
    assert error.after > 3600


@pytest.mark.parametrize("body", [b"", b"x", b"<Orders/>", b"<Error>" + b"x" * 3000 + b"</Error>", b"<Error"])
def test_only_a_lone_error_is_a_refusal(body: bytes) -> None:
    assert refusal_in(body) is None
