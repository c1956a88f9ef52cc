"""Who may call the emulated Cartum, how often, and in which shape."""

import json
from typing import Any

import pytest

from sandbox.platforms.cartum import LOGIN
from tests.sandbox.platforms.cartum.calls import Store

UNAUTHORIZED = {"status": "UNAUTHORIZED", "response": {"message": "token expired"}}


def test_a_login_gives_a_token_of_32_hex_digits() -> None:
    answer = Store().log_in().json()
    assert answer["status"] == "OK"
    assert len(bytes.fromhex(answer["response"]["token"])) == 16


@pytest.mark.parametrize("status", [200, 500])
@pytest.mark.parametrize("login", [{"password": "old"}, {"login": "roapp@example.test"}])
def test_a_wrong_login_is_an_error_under_either_http_status(status: int, login: dict[str, str]) -> None:
    response = Store(wrong_login_status=status).log_in(**login)
    assert response.status_code == status
    expected = {"status": "ERROR", "response": {"message": "Incorrect input data (login or password)."}}
    assert response.json() == expected


def test_a_token_lives_600_seconds_and_a_new_one_beside_it() -> None:
    store = Store()
    first = store.log_in().json()["response"]["token"]
    store.clock.advance(seconds=599)
    second = store.log_in().json()["response"]["token"]
    assert store.get("orders/get", token=first) == {"orders": []}
    store.clock.advance(seconds=1)
    assert store.envelope("orders/get", token=first) == UNAUTHORIZED
    assert store.get("orders/get", token=second) == {"orders": []}


def test_a_new_token_can_end_the_one_before_it() -> None:
    store = Store(newest_login_only=True)
    first = store.log_in().json()["response"]["token"]
    store.log_in()
    assert store.envelope("orders/get", token=first) == UNAUTHORIZED


@pytest.mark.parametrize(
    ("spelling", "http", "status"),
    [
        ("UNAUTHORIZED", 200, "UNAUTHORIZED"),
        ("AUTHORIZATION_ERROR", 200, "AUTHORIZATION_ERROR"),
        ("HTTP_401", 401, "UNAUTHORIZED"),
    ],
)
def test_an_expired_token_has_three_spellings(spelling: str, http: int, status: str) -> None:
    store = Store(expired=spelling)
    store.get("orders/get")
    store.shop.expire_tokens()
    response = store.send("orders/get")
    assert (response.status_code, response.json()["status"]) == (http, status)


@pytest.mark.parametrize("token", ["", "0" * 32, None, 7])
def test_a_token_nobody_was_given_is_refused_alike(token: Any) -> None:
    assert Store().envelope("orders/get", token=token) == UNAUTHORIZED


def test_the_token_travels_in_the_body_and_in_no_header() -> None:
    store = Store()
    store.get("orders/get")
    headers = {"token": store.token, "X-Auth-Token": store.token, "Authorization": f"Bearer {store.token}"}
    assert store.client.post("orders/get/", json={}, headers=headers).json() == UNAUTHORIZED


def test_no_other_spelling_is_known() -> None:
    with pytest.raises(ValueError, match="EXPIRED"):
        Store(expired="EXPIRED")


def test_users_change_their_passwords_and_go() -> None:
    store = Store()
    token = store.log_in().json()["response"]["token"]
    store.shop.change_password("new")
    assert store.log_in().json()["status"] == "ERROR"
    assert store.log_in(password="new").json()["status"] == "OK"
    assert store.get("orders/get", token=token) == {"orders": []}
    store.shop.add_user("second", "pass")
    store.shop.remove_user(LOGIN)
    assert store.log_in("second", "pass").json()["status"] == "OK"
    assert store.envelope("orders/get", token=token) == UNAUTHORIZED


def test_a_plan_without_the_api_has_nothing_below_its_addresses() -> None:
    store = Store()
    store.get("orders/get")
    store.shop.set_plan(api=False)
    assert (store.log_in().status_code, store.send("orders/get").status_code) == (404, 404)
    store.shop.set_plan(api=True)
    assert store.get("orders/get") == {"orders": []}


@pytest.mark.parametrize("function", ["orders/get_statuses", "orders/create", "catalog/delete", "orders/GET"])
def test_unknown_functions_look_like_no_data(function: str) -> None:
    assert Store().envelope(function) == {"status": "UNDEFINED_FUNCTION", "response": []}


def test_an_older_version_lacks_functions() -> None:
    store = Store(without=("orders/get_available_statuses",))
    assert store.envelope("orders/get_available_statuses")["status"] == "UNDEFINED_FUNCTION"
    assert store.get("orders/get") == {"orders": []}


def test_an_address_ends_with_a_slash() -> None:
    store = Store()
    store.get("orders/get")
    response = store.client.post("orders/get", json={"token": store.token})
    assert response.json()["status"] == "UNDEFINED_FUNCTION"


def test_functions_for_shops_that_sell_to_firms_are_real_and_not_emulated() -> None:
    assert Store().send("price-levels/export").status_code == 501


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b'\xef\xbb\xbf{"token":"x"}', '{"a":"ă"}'.encode("utf-16"), b"login=a"]
)
def test_a_body_that_is_no_json_object_is_told_so(body: bytes) -> None:
    answer = Store().client.post("orders/get/", content=body).json()
    assert (answer["status"], answer["response"]["code"]) == ("HTTP_ERROR", 400)


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_functions_are_posts(method: str) -> None:
    answer = Store().send("orders/get", _method=method).json()
    assert (answer["status"], answer["response"]["code"]) == ("HTTP_ERROR", 405)


def test_parameters_that_nobody_documents_are_refused() -> None:
    store = Store()
    assert store.error("orders/get", updated="2026-03-01") == "body.updated is not a known field"
    assert store.error("catalog/export", expr={"name": "Mug"}) == "expr.name is not a known field"
    assert store.error("orders/get", **{"from": "1 March"}) == "body.from should be a day or a time"


@pytest.mark.parametrize("http", [200, 429])
def test_the_hours_calls_end_inside_the_envelope(http: int) -> None:
    store = Store(per_hour=3, quota_status=http)
    store.clock.advance(minutes=40)
    store.get("orders/get")
    store.get("orders/get")
    response = store.send("orders/get")
    text = "You hour requests limit has been exceeded. Retry after 1200 seconds"
    assert response.status_code == http
    assert response.json() == {"status": "HTTP_ERROR", "response": {"code": 429, "message": text}}
    store.clock.advance(seconds=1199)
    assert store.log_in().json()["response"]["message"].endswith("after 1 seconds")
    store.clock.advance(seconds=1)
    assert store.get("orders/get") == {"orders": []}
    assert store.shop.quota.refused == 2


def test_others_use_the_quota_too_and_the_demo_shortens_the_hour() -> None:
    store = Store(per_hour=100, speed=60)
    store.shop.quota.use_up()
    assert store.log_in().json()["response"]["message"].endswith("after 60 seconds")
    store.clock.advance(seconds=60)
    assert store.get("orders/get") == {"orders": []}


def test_calls_are_counted_and_dated_by_the_shops_own_clock() -> None:
    store = Store()
    response = store.send("orders/get")
    assert store.shop.calls.by_route == {"auth": 1, "orders/get": 1}
    assert store.shop.tokens_issued == 1
    assert response.headers["date"] == "Sun, 01 Mar 2026 10:00:00 GMT"
    assert json.loads(response.content) == {"status": "EMPTY", "response": {"orders": []}}
