"""What Shopware's answers mean, as one table; and the login."""

import json
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopbridge.connectors.shopware.auth import login_call, read_token, token_grant
from shopbridge.connectors.shopware.outcomes import judge
from shopbridge.errors import BridgeError, NeedsAttention, Obstructed, Rejected, RetryLater, Throttled, Unfinished
from shopbridge.http.answer import Answer, Call

JSON = {"content-type": "application/json"}
HTML = {"content-type": "text/html; charset=UTF-8"}
RIGHTS = json.dumps({"message": "Missing privilege", "missingPrivileges": ["order:read", "tag:read"]})


def answer(status: int, body: Any, headers: dict[str, str] | None = None) -> Answer:
    raw = body.encode() if isinstance(body, str) else json.dumps(body).encode()
    call = Call("POST", "/search/order")
    return Answer("Shopware", call, status, headers or JSON, raw)


def error(status: int, code: str, detail: str | None = "(text)", parameters: Any = (), title: str = "Bad") -> Answer:
    problem = {"code": code, "status": str(status), "title": title, "detail": detail}
    return answer(status, {"errors": [{**problem, "meta": {"parameters": parameters or []}}]})


ILLEGAL = {"transition": "complete", "currentState": "5" * 32, "possibleTransitionsString": "process, cancel"}
DEADLOCK = "SQLSTATE[40001]: Serialization failure: 1213 Deadlock found when trying to get lock"
LOCK_WAIT = "SQLSTATE[HY000]: General error: 1205 Lock wait timeout exceeded; try restarting transaction"

TABLE: list[tuple[Answer, type[BridgeError], str]] = [
    (error(403, "FRAMEWORK__MISSING_PRIVILEGE_ERROR", RIGHTS), NeedsAttention, "order:read, tag:read"),
    (error(403, "FRAMEWORK__MISSING_PRIVILEGE_ERROR", "no list"), NeedsAttention, "no list"),
    (error(400, "SYSTEM__ILLEGAL_STATE_TRANSITION", parameters=ILLEGAL), Rejected, "process, cancel"),
    (error(400, "SYSTEM__STATE_MACHINE_INVALID_ENTITY_ID"), Rejected, "not in the shop any more"),
    (error(404, "FRAMEWORK__RESOURCE_NOT_FOUND"), Rejected, "not in the shop any more"),
    (error(400, "FRAMEWORK__WRITE_TYPE_INTEND_ERROR"), Rejected, "not in the shop any more"),
    (error(500, "FRAMEWORK__ASSOCIATION_NOT_FOUND", parameters={"association": "x"}), NeedsAttention, "'x'"),
    (error(400, "FRAMEWORK__UNMAPPED_FIELD", "Field x not found"), Rejected, "Field x not found"),
    (error(400, "FRAMEWORK__QUERY_LIMIT_EXCEEDED"), Rejected, "(text)"),
    (error(412, "FRAMEWORK__LANGUAGE_NOT_FOUND"), Rejected, "(text)"),
    (error(409, "FRAMEWORK__DELETE_RESTRICTED"), Rejected, "(text)"),
    (error(500, "0", DEADLOCK), RetryLater, "busy with the same rows"),
    (error(500, "1205", LOCK_WAIT), RetryLater, "busy with the same rows"),
    (error(500, "1213", "anything"), RetryLater, "busy with the same rows"),
    (error(500, "0", "Malformed UTF-8 characters, possibly incorrectly encoded"), Rejected, "Malformed UTF-8"),
    (error(500, "0", "Call to a member function"), Unfinished, "500"),
    (error(401, "9", "Access token could not be verified"), NeedsAttention, "a fresh one too"),
    (error(404, "0", "No route found"), NeedsAttention, "no Shopware Admin API"),
    (error(403, "SOMETHING__ELSE"), NeedsAttention, "403"),
    (error(429, "FRAMEWORK__AUTH_THROTTLED", parameters={"seconds": 30}), Throttled, "30 s"),
    (error(429, "0", "Too many"), Throttled, "slow down"),
    (answer(503, "<h1>Maintenance</h1>", HTML), RetryLater, "503"),
    (answer(502, "<h1>Bad gateway</h1>", HTML), Unfinished, "502"),
    (answer(200, "<!DOCTYPE html>", HTML), Obstructed, "Check the URL"),
    (answer(404, "<!DOCTYPE html>", HTML), Obstructed, "Check the URL"),
    (answer(301, "", {"location": "https://www.shop.example.test/"}), Obstructed, "final address"),
    (answer(400, {"errors": []}), Rejected, "400"),
    (answer(400, {"errors": ["odd"]}), Rejected, "400"),
]


@pytest.mark.parametrize(("given_answer", "kind", "words"), TABLE, ids=lambda value: getattr(value, "status", None))
def test_each_answer_has_its_consequence(given_answer: Answer, kind: type[BridgeError], words: str) -> None:
    with pytest.raises(kind) as caught:
        judge(given_answer)
    assert type(caught.value) is kind
    assert words in str(caught.value)


@pytest.mark.parametrize("status", [200, 204])
def test_a_good_answer_passes(status: int) -> None:
    judge(answer(status, {"data": []} if status == 200 else ""))


@pytest.mark.parametrize(("headers", "after"), [({"retry-after": "17"}, 17), ({}, 60)])
def test_a_pause_is_as_long_as_asked_for(headers: dict[str, str], after: float) -> None:
    for status in (429, 503):
        with pytest.raises(RetryLater) as caught:
            judge(answer(status, {}, {**JSON, **headers}))
        assert caught.value.after == after


def test_a_missing_right_says_where_to_add_it() -> None:
    with pytest.raises(NeedsAttention) as caught:
        judge(error(403, "FRAMEWORK__MISSING_PRIVILEGE_ERROR", RIGHTS))
    assert "Settings, System, Integrations" in caught.value.fix


def test_a_lost_race_is_tried_again_at_once() -> None:
    with pytest.raises(RetryLater) as caught:
        judge(error(500, "0", DEADLOCK))
    assert caught.value.after <= 2


ODD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(st.sampled_from(["errors", "code", "meta", "parameters", "detail", "seconds"]), inner)
    ),
    max_leaves=10,
)


@given(st.sampled_from([400, 401, 403, 404, 409, 412, 429, 500, 503]), ODD)
def test_an_odd_error_body_still_has_a_consequence(status: int, body: Any) -> None:
    for look in (judge, read_token):
        with pytest.raises(BridgeError):
            look(answer(status, body))


# --- login ---------------------------------------------------------------------------------------------


def test_a_token_is_used_for_most_of_its_life() -> None:
    token = {"token_type": "Bearer", "expires_in": 600, "access_token": "eyJ.demo.token"}
    assert read_token(answer(200, token)) == ("eyJ.demo.token", timedelta(seconds=510))


LOGIN_TABLE: list[tuple[Answer, type[BridgeError], str]] = [
    (error(401, "4", None, title="Client authentication failed"), NeedsAttention, "id or its secret is wrong"),
    (error(500, "FRAMEWORK__API_INVALID_ACCESS_KEY"), NeedsAttention, "SWIA"),
    (error(400, "3", "Check the `client_id` parameter"), NeedsAttention, "client_id"),
    (error(429, "FRAMEWORK__AUTH_THROTTLED", parameters={"seconds": 10}), Throttled, "10 s"),
    (answer(429, {}, {**JSON, "retry-after": "60"}), Throttled, "slow down"),
    (answer(503, "<h1>Maintenance</h1>", HTML), RetryLater, "503"),
    (answer(200, "<!DOCTYPE html>", HTML), Obstructed, "Check the URL"),
    (answer(404, "<!DOCTYPE html>", HTML), Obstructed, "Check the URL"),
    (answer(302, "", {"location": "/login"}), Obstructed, "final address"),
    (answer(200, {"token": "x"}), RetryLater, "no token"),
]


@pytest.mark.parametrize(("given_answer", "kind", "words"), LOGIN_TABLE)
def test_a_refused_login_says_why(given_answer: Answer, kind: type[BridgeError], words: str) -> None:
    with pytest.raises(kind) as caught:
        read_token(given_answer)
    assert type(caught.value) is kind
    assert words in str(caught.value)


def test_a_login_without_credentials_is_not_even_tried() -> None:
    with pytest.raises(NeedsAttention, match="no credentials"):
        login_call({"client_id": "SWIADEMO", "client_secret": ""})


class Limiter:
    def __init__(self) -> None:
        self.taken: list[tuple[str, int]] = []
        self.paused: list[tuple[str, float]] = []

    def take(self, bucket: str, calls: int, seconds: int) -> None:
        assert seconds == 60
        self.taken.append((bucket, calls))

    def pause(self, bucket: str, seconds: float) -> None:
        self.paused.append((bucket, seconds))


def test_all_containers_share_the_logins_and_their_pause() -> None:
    limiter = Limiter()
    grant = token_grant(limiter, Decimal("0.5"))
    grant.request({"client_id": "SWIADEMO", "client_secret": "s"})
    with pytest.raises(Throttled):
        grant.read(error(429, "FRAMEWORK__AUTH_THROTTLED", parameters={"seconds": 30}))
    assert (limiter.taken, limiter.paused) == ([("login", 5)], [("login", 30)])
