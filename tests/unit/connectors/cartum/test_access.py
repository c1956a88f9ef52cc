"""Getting into a Cartum shop: user, token, plan, quota, and what its answers mean."""

import json
from typing import Any

import httpx
import pytest
from pydantic import ValidationError

from shopbridge.connectors.cartum.auth import with_token
from shopbridge.connectors.cartum.connector import SPEC
from shopbridge.connectors.cartum.outcomes import judge
from shopbridge.connectors.cartum.settings import CartumSecrets
from shopbridge.errors import BridgeError, NeedsAttention, Obstructed, OutcomeUnknown, Rejected, RetryLater, Throttled
from shopbridge.http.answer import Answer, Call
from tests.cartum_shapes import LONG_AGO, SECRETS, reply, settings_of, shop
from tests.containers import Secrets, Tokens
from tests.recorded import cartum as golden

PAGE = httpx.Response(200, text="<html>one moment</html>", headers={"content-type": "text/html"})


# --- the user and its token ---------------------------------------------------------------------------------------


def test_the_token_travels_in_the_body_and_serves_all_calls_of_all_containers() -> None:
    at = shop()
    at.connector().order_source.changed(LONG_AGO, None)
    at.connector().order_source.changed(LONG_AGO, None)
    assert [json.loads(each.content) for each in at.logins] == [SECRETS]
    assert at.sent()["limit"] == 500
    assert "authorization" not in at.asked[0].headers
    assert at.asked[0].headers["user-agent"] == "Shopbridge/1"


def test_a_token_is_left_some_seconds_before_its_ten_minutes_are_over() -> None:
    at = shop()
    source = at.connector().order_source
    source.changed(LONG_AGO, None)
    at.clock.advance(seconds=540)
    source.changed(LONG_AGO, None)
    assert len(at.logins) == 1
    at.clock.advance(seconds=30)
    source.changed(LONG_AGO, None)
    assert len(at.logins) == 2


@pytest.mark.parametrize("name", ["token_unauthorized", "token_authorization_error", "token_http_error"])
@pytest.mark.parametrize("status", [200, 401, 500])
def test_every_spelling_of_an_expired_token_leads_to_one_more_login_and_one_more_call(name: str, status: int) -> None:
    left = iter([reply(golden(name), status), reply(golden("orders"))])
    at = shop(orders__get=lambda _: next(left))
    assert at.connector().order_source.changed(LONG_AGO, None).orders
    assert (len(at.logins), len(at.asked)) == (2, 2)


def test_a_token_that_is_refused_again_is_told_and_not_tried_for_ever() -> None:
    at = shop(orders__get=golden("token_unauthorized"))
    with pytest.raises(NeedsAttention) as caught:
        at.connector().order_source.changed(LONG_AGO, None)
    assert "user name" in caught.value.fix
    assert (len(at.logins), len(at.asked)) == (2, 2)


class TakenTokens(Tokens):
    """Somebody else is at the login."""

    def reserve(self, name: str) -> bool:
        return name != "Cartum"


def test_one_container_logs_in_at_a_time() -> None:
    at = shop()
    at.tokens = TakenTokens(at.clock)
    with pytest.raises(RetryLater, match="logging in"):
        at.connector().order_source.changed(LONG_AGO, None)
    assert (at.logins, at.asked) == ([], [])


@pytest.mark.parametrize("status", [200, 500])
def test_a_wrong_login_is_said_whatever_the_code_of_http(status: int) -> None:
    at = shop(auth=lambda _: reply(golden("login_refused"), status))
    with pytest.raises(NeedsAttention, match="Incorrect input data") as caught:
        at.connector().account.ping()
    assert "which is not its e-mail address" in caught.value.fix
    assert "demo-pass" not in str(caught.value)


def test_a_password_that_was_changed_meanwhile_is_read_again() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        right = json.loads(request.content)["password"] == "new-pass"
        return reply(golden("login" if right else "login_refused"))

    at = shop(auth=answer)
    at.secrets = Secrets(SECRETS, {**SECRETS, "password": "new-pass"})
    assert at.connector().order_source.changed(LONG_AGO, None).orders
    assert len(at.logins) == 2


@pytest.mark.parametrize(
    "answer", [httpx.Response(404), httpx.Response(404, text="<html>", headers={"content-type": "text/html"})]
)
def test_an_api_that_the_tariff_plan_does_not_have_is_said(answer: httpx.Response) -> None:
    with pytest.raises(NeedsAttention) as caught:
        shop(auth=lambda _: answer).connector().account.ping()
    assert "tariff plans" in caught.value.fix


@pytest.mark.parametrize(
    "answer",
    [
        {"status": "OK"},
        {"status": "OK", "response": {"token": ""}},
        {"status": "OK", "response": {"token": "a b"}},
        7,
        [],
    ],
)
def test_a_login_without_a_token_is_tried_later(answer: Any) -> None:
    with pytest.raises(RetryLater):
        shop(auth=answer).connector().account.ping()


@pytest.mark.parametrize(
    ("body", "made"),
    [(b"{}", {"token": "T"}), (b'{"a":1}', {"token": "T", "a": 1}), (b"", {"token": "T"}), (b" { } ", {"token": "T"})],
)
def test_a_token_goes_into_any_body(body: bytes, made: dict[str, Any]) -> None:
    assert json.loads(with_token(body, "T")) == made


@pytest.mark.parametrize("login", ["ana@shop.example", " roapp", "ro\napp", ""])
def test_a_login_that_cannot_be_one_is_refused_at_its_field(login: str) -> None:
    with pytest.raises(ValidationError, match="login") as caught:
        CartumSecrets.model_validate({"login": login, "password": "x"})
    assert [error["loc"] for error in caught.value.errors()] == [("login",)]


def test_an_empty_password_is_refused_at_its_field() -> None:
    with pytest.raises(ValidationError, match="password"):
        CartumSecrets.model_validate({"login": "roapp", "password": ""})


@pytest.mark.parametrize(
    "given",
    [
        {"shop_name": "x" * 65},
        {"url": "shop.example"},
        {"url": "https://shop.example/ro"},
        {"url": "https://shop.example?a=1"},
        {"vat": None},
        {"vat": "101"},
        {"country": "Romania"},
        {"time_zone": "Bucharest"},
        {"time_zone": "../etc"},
        {"language": "romanian"},
    ],
)
def test_settings_that_cannot_be_right_are_refused(given: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match=next(iter(given))):
        settings_of(**given)


def test_orders_carry_the_shops_name_as_their_channel() -> None:
    assert settings_of().channel == "shop.example"
    assert settings_of(shop_name="Ceramica").channel == "Ceramica"


# --- what answers mean --------------------------------------------------------------------------------------------


def judged(body: Any, status: int = 200, *, repeatable: bool = True) -> BridgeError | None:
    call = Call("POST", "/api/orders/get/", repeatable=repeatable)
    given = reply(body, status) if not isinstance(body, httpx.Response) else body
    try:
        judge(Answer("Cartum", call, given.status_code, given.headers, given.content))
    except BridgeError as error:
        return error
    return None


@pytest.mark.parametrize("word", ["OK", "WARNING", "EMPTY", "ok"])
@pytest.mark.parametrize("status", [200, 201, 400, 404, 500])
def test_the_word_decides_and_not_the_code_of_http(word: str, status: int) -> None:
    assert judged({"status": word, "response": {}}, status) is None


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (golden("exception"), Rejected),
        (golden("malformed"), Rejected),
        (golden("undefined"), Rejected),
        ({"status": "NEW_WORD", "response": {}}, Rejected),
        ({"status": "ERROR", "response": []}, Rejected),
        (golden("token_unauthorized"), NeedsAttention),
        (golden("quota"), Throttled),
        ({"status": "HTTP_ERROR", "response": {"code": "503", "message": "away"}}, RetryLater),
        (PAGE, Obstructed),
        (httpx.Response(502, text="<html>", headers={"content-type": "text/html"}), RetryLater),
        (httpx.Response(524, text="<html>", headers={"content-type": "text/html"}), RetryLater),
        (httpx.Response(404), NeedsAttention),
    ],
)
@pytest.mark.parametrize("status", [200, 400])
def test_everything_else_is_an_error_by_consequence(body: Any, error: type[BridgeError], status: int) -> None:
    assert isinstance(judged(body, status), error)


@pytest.mark.parametrize("status", [200, 429])
def test_a_quota_that_is_used_up_is_waited_for_as_long_as_it_says_and_by_all(status: int) -> None:
    at = shop(orders__get=lambda _: reply(golden("quota"), status))
    with pytest.raises(Throttled) as caught:
        at.connector().order_source.changed(LONG_AGO, None)
    assert caught.value.after == 1200
    assert at.limiter.paused == {"calls": 1200.0}
    with pytest.raises(RetryLater):
        at.connector().order_source.changed(LONG_AGO, None)
    assert len(at.asked) == 1


@pytest.mark.parametrize(
    ("said", "after"),
    [("Retry after 30 sec", 30), ("retry AFTER 0 seconds", 1), ("later", 600), ("after 999999 s", 3600)],
)
def test_how_long_a_quota_is_waited_for(said: str, after: float) -> None:
    error = judged({"status": "HTTP_ERROR", "response": {"code": 429, "messages": [said]}})
    assert isinstance(error, Throttled)
    assert error.after == after


def test_a_fault_of_a_write_leaves_open_whether_it_was_done() -> None:
    fault = {"status": "HTTP_ERROR", "response": {"code": 500, "message": "oh"}}
    assert isinstance(judged(fault, repeatable=False), OutcomeUnknown)
    assert isinstance(judged(httpx.Response(524), repeatable=False), OutcomeUnknown)


def test_a_function_that_the_version_lacks_is_no_empty_list() -> None:
    with pytest.raises(Rejected, match="has no function orders/get"):
        shop(orders__get=golden("undefined")).connector().order_source.changed(LONG_AGO, None)


# --- words --------------------------------------------------------------------------------------------------------


def test_ping_is_a_login_and_a_look_at_orders() -> None:
    at = shop()
    identity = at.connector(shop_name="Ceramica").account.ping()
    assert (identity.name, identity.accounts) == ("Cartum Ceramica", ("shop.example",))
    assert (at.functions(), len(at.logins)) == (["orders/get"], 1)


def test_the_words_of_maps_come_in_the_chosen_language_and_are_known_in_all() -> None:
    words = shop().connector(language="en").account.vocabulary()
    assert [(each.key, each.title, each.also) for each in words["payment"]] == [
        ("13", "Cash", ("Cash", "Numerar")),
        ("14", "Card", ("Card",)),
    ]
    assert [(each.key, each.title) for each in words["shipping"]] == [("11", "By courier"), ("12", "Pick-up")]
    assert [each.key for each in words["currency"]] == ["RON", "EUR"]
    assert [each.key for each in words["warehouse"]] == ["office"]


def test_words_that_a_version_does_not_list_are_left_out() -> None:
    missing = dict.fromkeys(("payment__export", "delivery__export", "currency__export"), golden("undefined"))
    words = shop(**missing).connector().account.vocabulary()
    assert (words["payment"], words["shipping"], words["currency"]) == ((), (), ())


# --- hooks --------------------------------------------------------------------------------------------------------

URL = "https://bridge.example/hooks/s/token/0123456789abcdef"


def test_three_events_are_asked_for_and_only_201_with_an_id_is_a_yes() -> None:
    answers = {
        "order_created": reply(golden("hook_made"), 201),
        "order_update": reply(golden("hook_made"), 200),
        "order_paid": reply({"status": "ERROR", "response": {"message": "Subscriptions limit for current event"}}),
    }
    at = shop(hooks__subscribe=lambda request: answers[json.loads(request.content)["event"]])
    assert at.hooks.subscribe(URL, {}) == {"order_created": "1"}
    assert at.sent(0) == {"event": "order_created", "target_url": URL}


@pytest.mark.parametrize(
    "answer",
    [
        reply({"id": None}, 201),
        reply([], 201),
        reply({"message": "Subscriptions limit for current event has been reached"}, 400),
        httpx.Response(422, text="Subscriptions limit for current event has been reached"),
        reply(golden("undefined")),
    ],
)
def test_an_event_without_room_is_left_out(answer: httpx.Response) -> None:
    assert shop(hooks__subscribe=lambda _: answer).hooks.subscribe(URL, {"a": "9"}) == {"a": "9"}


@pytest.mark.parametrize(
    "answer",
    [
        reply(golden("hook_ended"), 410),
        httpx.Response(410),
        reply({"message": "unknown"}, 404),
        reply({"status": "ERROR"}),
    ],
)
def test_the_end_of_a_subscription_is_410_and_one_that_is_gone_is_no_problem(answer: httpx.Response) -> None:
    at = shop(hooks__unSubscribe=lambda _: answer)
    at.hooks.unsubscribe(URL, {"order_created": "1", "order_paid": "x2"})
    assert [at.sent(place) for place in (0, 1)] == [{"id": 1, "target_url": URL}, {"id": "x2", "target_url": URL}]


@pytest.mark.parametrize(
    ("raw", "order"),
    [
        (b'{"order_id": 1042, "stat_status": 2}', "1042"),
        (b'{"order_id": "1042"}', "1042"),
        (b"1042", "1042"),
        (b'{"order_id": "0042"}', None),
        (b'{"order_id": [1]}', None),
        (b'{"user": 7}', None),
        (b"[1042]", None),
        (b"1e999", None),
        (b"<html>", None),
        (b"", None),
        (b"[" * 100_000, None),
        (b'{"order_id": ' + b"9" * 5_000 + b"}", None),
    ],
)
def test_a_call_may_name_its_order(raw: bytes, order: str | None) -> None:
    assert SPEC.hint is not None
    assert SPEC.hint(raw) == order


def test_a_subscription_whose_answer_is_lost_may_be_there() -> None:
    with pytest.raises(OutcomeUnknown):
        shop(hooks__subscribe=lambda _: httpx.Response(504)).hooks.subscribe(URL, {})
