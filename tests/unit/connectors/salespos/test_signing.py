import logging
from datetime import UTC, datetime
from typing import Literal

import pytest

from shopbridge.connectors.salespos.api import VerifyAnswers, checker, moment_text, signature, signer
from shopbridge.errors import OutcomeUnknown, RetryLater

SECRETS = {"public_key": "pub_emul_01", "secret_key": "sec_emul_01"}
DATE = "2025-01-15T10:00:00Z"
JSON = {"content-type": "application/vnd.verto.webshop+json"}
# The two vectors of the platform file.
VECTORS = [
    (
        "GET",
        "/api/rest/v1/products/?productnumber=TEE-RED-M&size=1",
        b"",
        (
            "9c7fa1ce834f273d6b1abe4b0f04590fe4d1b1de363b921c0d69f3963eaf0d5a"
            "2360ade060de61976640caa0fec0834d3361e3c46e075077f9b2459c548e1dd1"
        ),
    ),
    (
        "PATCH",
        "/api/rest/v1/attributecombinations/9102/",
        b'{"stock":7}',
        (
            "a818ea0336217f0c3cfaa4b3ef705541ff98eca9dbd44d39666676944db87cc0"
            "e8cffb8d50e0bb94dfdca0685e5d08f7614e76aba4693e3d1b3bf239d47b50e0"
        ),
    ),
]


@pytest.mark.parametrize(("method", "target", "body", "expected"), VECTORS)
def test_calls_are_signed_as_the_vectors_say(method: str, target: str, body: bytes, expected: str) -> None:
    sign = signer(lambda: datetime(2025, 1, 15, 10, 0, tzinfo=UTC))
    assert sign(SECRETS, method, target, body) == {"x-public": "pub_emul_01", "x-date": DATE, "x-hash": expected}


def test_moments_are_written_in_utc_to_the_second() -> None:
    assert moment_text(datetime.fromisoformat("2026-03-01T12:00:00.5+02:00")) == "2026-03-01T10:00:00Z"


def answer(method: str, body: bytes) -> dict[str, str]:
    return JSON | {"x-date": DATE, "x-hash": signature(SECRETS, method, "/orders/", body, DATE)}


def test_a_signed_answer_passes() -> None:
    checker("refuse")(SECRETS, "GET", "/orders/", answer("GET", b"{}"), b"{}")


@pytest.mark.parametrize(("method", "error"), [("GET", RetryLater), ("PATCH", RetryLater), ("POST", OutcomeUnknown)])
@pytest.mark.parametrize("fault", ["body", "hash", "none"])
def test_a_wrong_signature_is_another_try_for_a_read_and_an_unknown_outcome_for_a_creation(
    method: str, error: type[Exception], fault: Literal["body", "hash", "none"]
) -> None:
    headers, body = answer(method, b"{}"), b"{}"
    if fault == "body":
        body = b'{"id":1}'
    else:
        headers |= {"x-hash": "" if fault == "none" else "ab" * 64}
    with pytest.raises(error, match="signature"):
        checker("refuse")(SECRETS, method, "/orders/", headers, body)


def test_an_unsigned_empty_answer_is_refused_too() -> None:
    with pytest.raises(OutcomeUnknown):
        checker("refuse")(SECRETS, "POST", "/orders/", {}, b"")


def test_a_wrong_signature_may_be_only_logged_and_the_log_has_no_query(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        checker("log")(SECRETS, "GET", "/orders/?min_create_date=x", JSON, b"{}")
    assert "GET /orders/" in caplog.text
    assert "min_create_date" not in caplog.text


@pytest.mark.parametrize("verify", ["refuse", "log"])
def test_a_proxys_page_is_left_to_the_judge(verify: VerifyAnswers) -> None:
    checker(verify)(SECRETS, "POST", "/orders/", {"content-type": "text/html"}, b"<html>")
