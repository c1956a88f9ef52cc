import json
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from shopbridge.connectors.salespos.outcomes import OUR_BUCKETS, OUTCOMES, bucket_of, judge_with, limits_of
from shopbridge.errors import (
    AlreadyDone,
    BridgeError,
    Held,
    NeedsAttention,
    Obstructed,
    OutcomeUnknown,
    Rejected,
    RetryLater,
    Throttled,
)
from shopbridge.http.answer import Answer, Call
from shopbridge.http.client import Limit

NOW = datetime(2026, 3, 1, 10, 0, 20, tzinfo=UTC)
READ = Call("GET", "/orders/7001/")
CREATE = Call("POST", "/orders/", repeatable=False)


def verdict(
    call: Call, status: int, code: str = "", *, headers: Mapping[str, str] | None = None, body: bytes | None = None
) -> BridgeError | None:
    text = json.dumps({"status": status, "code": code, "developermessage": "so it is"}).encode()
    sent = {"content-type": "application/json"} | dict(headers or {})
    try:
        judge_with(lambda: NOW)(Answer("SalesPOS", call, status, sent, text if body is None else body))
    except BridgeError as error:
        return error
    return None


# What each code means for a read and for a creation: the whole table, one line each.
TABLE: list[tuple[str, type[BridgeError], type[BridgeError]]] = [
    ("404.20", NeedsAttention, NeedsAttention),
    ("405.10", NeedsAttention, NeedsAttention),
    ("429.10", Throttled, Throttled),
    ("429.11", Throttled, Throttled),
    ("500.10", RetryLater, OutcomeUnknown),
    ("500.20", RetryLater, OutcomeUnknown),
    ("500.21", Rejected, Rejected),
    ("500.22", Rejected, Rejected),
    ("500.23", Rejected, Rejected),
    ("500.24", Rejected, Rejected),
    ("500.25", NeedsAttention, OutcomeUnknown),
    ("500.40", Rejected, AlreadyDone),
    ("500.50", AlreadyDone, AlreadyDone),
    ("500.60", Held, Held),
    ("500.70", Rejected, Rejected),
    ("500.80", Rejected, Rejected),
    ("500.90", NeedsAttention, NeedsAttention),
    ("501.10", Rejected, Rejected),
    ("501.20", Rejected, Rejected),
    ("501.30", Rejected, Rejected),
]


@pytest.mark.parametrize(("code", "read", "create"), TABLE)
@pytest.mark.parametrize("status", [500, 400, 200])
def test_the_code_decides_whatever_the_status(
    code: str, read: type[BridgeError], create: type[BridgeError], status: int
) -> None:
    assert type(verdict(READ, status, code)) is read
    assert type(verdict(CREATE, status, code)) is create


def test_the_table_is_tested_whole() -> None:
    assert {code for code, _, _ in TABLE} == set(OUTCOMES)


@pytest.mark.parametrize(
    ("status", "code", "read", "create"),
    [
        (400, "400.10", Rejected, Rejected),
        (401, "401.10", NeedsAttention, NeedsAttention),
        (401, "", NeedsAttention, NeedsAttention),
        (403, "", NeedsAttention, NeedsAttention),
        (404, "", Rejected, Rejected),
        (408, "", RetryLater, OutcomeUnknown),
        (429, "", Throttled, Throttled),
        (429, "429.99", Throttled, Throttled),
        (500, "", RetryLater, OutcomeUnknown),
        (500, "500.99", RetryLater, OutcomeUnknown),
        (503, "", RetryLater, OutcomeUnknown),
    ],
)
def test_codes_the_table_does_not_know_go_by_their_class(
    status: int, code: str, read: type[BridgeError], create: type[BridgeError]
) -> None:
    assert type(verdict(READ, status, code)) is read
    assert type(verdict(CREATE, status, code)) is create


PAGE = {"content-type": "text/html"}


@pytest.mark.parametrize(
    ("status", "read", "create"),
    [
        (502, RetryLater, OutcomeUnknown),
        (524, RetryLater, OutcomeUnknown),
        (504, RetryLater, OutcomeUnknown),
        (200, Obstructed, OutcomeUnknown),
        (302, Obstructed, OutcomeUnknown),
        (307, Obstructed, Obstructed),
        (401, Obstructed, Obstructed),
        (403, Obstructed, Obstructed),
        (404, Obstructed, Obstructed),
    ],
)
def test_pages_of_proxies_go_by_the_status(status: int, read: type[BridgeError], create: type[BridgeError]) -> None:
    page = b"<html>code 500.40</html>"
    assert type(verdict(READ, status, headers=PAGE, body=page)) is read
    assert type(verdict(CREATE, status, headers=PAGE, body=page)) is create


def test_a_gateway_that_says_when_to_come_back_is_obeyed() -> None:
    error = verdict(READ, 503, headers=PAGE | {"retry-after": "120"}, body=b"<html>")
    assert isinstance(error, RetryLater)
    assert error.after == 120


@pytest.mark.parametrize(("status", "body"), [(200, b'{"id":1,"code":"500.40"}'), (201, b'{"id":1}'), (204, b"")])
def test_good_answers_pass(status: int, body: bytes) -> None:
    assert verdict(CREATE, status, body=body) is None


def test_a_limit_pauses_its_own_bucket_until_the_next_minute() -> None:
    error = verdict(CREATE, 429, "429.10")
    assert isinstance(error, Throttled)
    assert (error.buckets, error.after) == (("orders:POST",), 41)


def test_the_total_limit_pauses_the_account() -> None:
    error = verdict(READ, 429, "429.11")
    assert isinstance(error, Throttled)
    assert error.buckets == OUR_BUCKETS


@pytest.mark.parametrize(
    "headers",
    [{"x-date": "2026-03-01T10:07:20Z"}, {"date": "Sun, 01 Mar 2026 10:07:20 GMT"}, {"x-date": "2026-03-01T10:07:20"}],
)
def test_a_clock_that_is_off_is_named_with_its_minutes(headers: Mapping[str, str]) -> None:
    error = verdict(READ, 401, "401.10", headers=headers)
    assert isinstance(error, NeedsAttention)
    assert "our clock is 7 minutes behind" in error.what


def test_a_refused_key_says_where_to_look() -> None:
    error = verdict(READ, 401, "401.10", headers={"x-date": "2026-03-01T10:00:00Z"})
    assert isinstance(error, NeedsAttention)
    assert "refuses our key" in error.what
    assert "API settings" in error.fix


@pytest.mark.parametrize(("code", "read", "create"), TABLE)
def test_every_refusal_tells_a_person_what_the_platform_said(
    code: str, read: type[BridgeError], create: type[BridgeError]
) -> None:
    for call, kind in ((READ, read), (CREATE, create)):
        error = verdict(call, 500, code)
        assert isinstance(error, kind)
        assert error.where.startswith("SalesPOS, ")
        assert "so it is" in error.what or isinstance(error, Throttled)


@pytest.mark.parametrize(
    ("method", "path", "bucket"),
    [
        ("GET", "/", "root:GET"),
        ("POST", "/orders/", "orders:POST"),
        ("GET", "/orders/7001/", "orders:GET"),
        ("POST", "/orders/7001/ordernotes/", "ordernotes:POST"),
        ("GET", "/webshops/1/settings/", "settings:GET"),
    ],
)
def test_a_bucket_is_method_and_resource(method: str, path: str, bucket: str) -> None:
    assert bucket_of(Call(method, path)) == bucket


def test_limits_are_150_reads_and_100_writes_and_the_total() -> None:
    limits = limits_of(Decimal(1))
    assert limits(READ) == (Limit("orders:GET", 150),)
    assert limits(CREATE) == (Limit("orders:POST", 100),)


def test_a_connection_takes_its_share_of_the_limits_but_never_none() -> None:
    assert limits_of(Decimal("0.5"))(CREATE)[0] == Limit("orders:POST", 50)
    assert limits_of(Decimal("0.001"))(CREATE)[0] == Limit("orders:POST", 1)
