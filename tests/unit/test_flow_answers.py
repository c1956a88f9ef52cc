"""API Gateway's events as calls, and errors as answers."""

import base64
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopbridge.errors import BridgeError, Conflict, Forged, Malformed, NeedsAttention, RetryLater
from shopbridge.flows.answers import answer, status_of, webhook_call
from shopbridge.flows.intake import NotFound, TooLarge


def an_event(**changes: Any) -> dict[str, Any]:
    return {
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
        (NotFound("x"), 404),
        (TooLarge("x"), 413),
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


def test_an_answer_is_json() -> None:
    made = answer(202, {"taken": True})
    assert (made["statusCode"], made["headers"]["content-type"]) == (202, "application/json")
    assert json.loads(made["body"]) == {"taken": True}
