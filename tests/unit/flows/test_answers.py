"""API Gateway's events as calls, and errors as answers."""

import base64
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopbridge.errors import BridgeError, Conflict, Forged, Malformed, NeedsAttention, NotFound, RetryLater
from shopbridge.flows.reception import answer, refusal, status_of, webhook_call
from shopbridge.flows.webhooks import LARGEST_BODY, BodyTooLarge


def an_event(**changes: Any) -> dict[str, Any]:
    return {
        "routeKey": "POST /hooks/{connection}",
        "rawQueryString": "a=1&b=%20x",
        "headers": {"Content-Type": "application/json", "x-forwarded-proto": "https"},
        "requestContext": {"domainName": "api.example"},
        "pathParameters": {"connection": "my-shop"},
        **changes,
    }


@given(st.binary(max_size=200))
def test_a_body_in_base64_arrives_byte_for_byte(raw: bytes) -> None:
    event = an_event(body=base64.b64encode(raw).decode(), isBase64Encoded=True)
    assert webhook_call(event).raw == raw


@given(st.text(max_size=200))
def test_a_body_of_text_arrives_as_the_bytes_that_were_sent(text: str) -> None:
    assert webhook_call(an_event(body=text, isBase64Encoded=False)).raw == text.encode()


@pytest.mark.parametrize("event", [an_event(), an_event(body=None), an_event(body="", isBase64Encoded=True)])
def test_a_call_without_a_body_has_an_empty_one(event: dict[str, Any]) -> None:
    assert webhook_call(event).raw == b""


def test_query_headers_and_address_are_taken_over_exactly() -> None:
    call = webhook_call(an_event())
    assert (call.connection, call.query, call.base_url) == ("my-shop", "a=1&b=%20x", "https://api.example")
    assert call.headers == {"content-type": "application/json", "x-forwarded-proto": "https"}


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (NotFound("x"), 401),
        (BodyTooLarge("x"), 413),
        (Forged("x"), 401),
        (Malformed("x"), 400),
        (RetryLater("x", after=5), 503),
        (Conflict("x"), 503),
        (NeedsAttention("x"), 503),
        (BridgeError("x"), 503),
    ],
)
def test_what_the_caller_did_wrong_is_told_and_everything_else_may_be_tried_again(
    error: BridgeError, status: int
) -> None:
    assert status_of(error) == status


def test_who_proves_nothing_is_told_nothing_whatever_the_reason() -> None:
    assert refusal(NotFound("no such connection")) == refusal(Forged("another secret")) == refusal(Forged("too old"))
    assert json.loads(refusal(Malformed("The body is no JSON"))["body"]) == {"error": "The body is no JSON"}


ODD: tuple[Any, ...] = (
    None,
    7,
    True,
    [],
    ["a"],
    {},
    {"a": None},
    "",
    "\ud800",
    b"",
    "text",
    {"connection": 7},
    {"domainName": None},
)
NAMES = ("routeKey", "rawQueryString", "headers", "requestContext", "pathParameters", "body", "isBase64Encoded")


@pytest.mark.parametrize("in_base64", [True, False])
def test_a_body_far_over_the_limit_is_refused_unread(*, in_base64: bool) -> None:
    with pytest.raises(BodyTooLarge, match="over 1000000 bytes"):
        webhook_call(an_event(body="!" * 1_400_000, isBase64Encoded=in_base64))


def test_the_largest_body_is_read_in_both_forms() -> None:
    raw = b"x" * LARGEST_BODY
    assert webhook_call(an_event(body=raw.decode())).raw == raw
    assert webhook_call(an_event(body=base64.b64encode(raw).decode(), isBase64Encoded=True)).raw == raw


@pytest.mark.parametrize("event", [None, 7, "text", [], {}, {"version": "2.0"}, [an_event()]])
def test_what_is_no_event_of_an_api_is_malformed(event: Any) -> None:
    with pytest.raises(Malformed):
        webhook_call(event)


@pytest.mark.parametrize("missing", ["routeKey", "headers", "requestContext", "pathParameters"])
def test_an_event_without_what_every_event_has_is_malformed(missing: str) -> None:
    with pytest.raises(Malformed):
        webhook_call({name: value for name, value in an_event().items() if name != missing})


@given(st.dictionaries(st.sampled_from(NAMES), st.sampled_from(ODD), max_size=3))
def test_an_event_of_any_form_is_a_call_or_malformed(changes: dict[str, Any]) -> None:
    try:
        call = webhook_call(an_event(**changes))
    except Malformed:
        return
    assert isinstance(call.raw, bytes)
    assert all(isinstance(text, str) for text in (call.connection, call.query, call.route, call.token, *call.headers))


@pytest.mark.parametrize("body", ["a", "====", "YQ", "YQ=", "Y Q==", "YQ==YQ==", "\u00e4\u00e4\u00e4\u00e4"])
def test_broken_base64_is_malformed(body: str) -> None:
    with pytest.raises(Malformed, match="base64"):
        webhook_call(an_event(body=body, isBase64Encoded=True))


def test_half_a_surrogate_is_malformed_wherever_it_stands() -> None:
    half = "\ud800"
    for place in (
        {"body": half},
        {"rawQueryString": half},
        {"headers": {"a": half}},
        {"headers": {half: "a"}},
        {"pathParameters": {"connection": half}},
        {"pathParameters": {"connection": "my-shop", "token": half}},
        {"requestContext": {"domainName": half}},
        {"routeKey": half},
    ):
        with pytest.raises(Malformed):
            webhook_call(an_event(**place))


def test_a_header_that_comes_twice_in_other_capitals_is_malformed() -> None:
    with pytest.raises(Malformed, match="twice"):
        webhook_call(an_event(headers={"Shopware-Shop-Signature": "a", "shopware-shop-signature": "b"}))


def test_an_answer_is_json() -> None:
    made = answer(200, {"taken": True})
    assert (made["statusCode"], made["headers"]["content-type"]) == (200, "application/json")
    assert json.loads(made["body"]) == {"taken": True}
