"""Credentials, addresses, rights and limits of the emulated CloudSales."""

import httpx
import pytest

from sandbox.platforms.kit import Loopback
from tests.sandbox.platforms.cloudsales.calls import ACCOUNT, CONNECTOR, Desk, details, order

LIST = "product/list/page:1/"


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Basic",
        "Basic !!!",
        "Basic /w==",
        "Bearer YXBpLWRlbW86YWNjb3VudC1zZWNyZXQ=",
        "Basic YXBpLWRlbW86d3Jvbmc=",
        "Basic bm9ib2R5OmFjY291bnQtc2VjcmV0",
    ],
)
def test_bad_credentials_are_a_401(header: str) -> None:
    desk = Desk()
    response = desk.client.get(LIST, headers={"authorization": header})
    assert response.status_code == 401
    assert response.headers["www-authenticate"].startswith("Basic")
    assert details(response) == ["Unauthorized"]


def test_right_credentials_from_another_address_get_the_very_same_401() -> None:
    desk = Desk()
    wrong = desk.call("GET", LIST, by=f"{desk.office.user}:wrong")
    desk.office.access.addresses.clear()
    forbidden = desk.call("GET", LIST)
    assert (forbidden.status_code, forbidden.content) == (401, wrong.content)
    assert forbidden.headers == wrong.headers
    assert desk.office.access.refusals == 2


def test_the_learning_mode_lets_every_address_in() -> None:
    desk = Desk()
    desk.office.access.addresses.clear()
    desk.office.access.learns = True
    assert desk.rows(LIST) == []
    assert desk.office.access.addresses == {"127.0.0.1"}


def test_the_users_of_account_and_connector_are_no_use_in_each_others_place() -> None:
    desk = Desk()
    desk.office.add_product("CUP", 65)
    assert desk.call("GET", LIST, by=CONNECTOR).status_code == 401
    assert desk.call("POST", desk.order_path("HUB-1"), order(), by=ACCOUNT).status_code == 401
    assert desk.office.orders == []


def test_a_connectors_user_calls_only_its_own_connector() -> None:
    desk = Desk()
    desk.office.add_product("CUP", 65)
    other = desk.office.add_connector(user="other", password="secret")
    path = f"connector/{other.id}/order/HUB-1/"
    assert desk.call("POST", path, order(), by=CONNECTOR).status_code == 401
    assert desk.call("POST", "connector/999/order/HUB-1/", order(), by=CONNECTOR).status_code == 401
    assert desk.call("POST", path, order(), by="other:secret").status_code == 200


@pytest.mark.parametrize(("bound", "status"), [(False, 200), (True, 401)])
def test_whether_addresses_bind_a_connector_can_be_assumed(bound: bool, status: int) -> None:
    desk = Desk(addresses_bind_connectors=bound)
    desk.office.add_product("CUP", 65)
    desk.office.access.addresses.clear()
    assert desk.send("POST", order()).status_code == status


def test_another_accounts_number_is_a_401() -> None:
    desk = Desk()
    response = desk.call("GET", "https://office.example/app/rest/v1/999/product/list/")
    assert response.status_code == 401


def test_refused_log_ins_in_a_row_lock_the_user() -> None:
    desk = Desk(lock_out_after=3)
    wrong = f"{desk.office.user}:wrong"
    for _ in range(2):
        desk.call("GET", LIST, by=wrong)
    assert desk.call("GET", LIST).status_code == 200
    for _ in range(3):
        desk.call("GET", LIST, by=wrong)
    assert desk.call("GET", LIST).status_code == 401


def test_rights_are_given_per_module_and_method() -> None:
    desk = Desk()
    desk.office.add_user("reader", "secret", frozenset({"product[GET]"}))
    assert desk.call("GET", LIST, by="reader:secret").status_code == 200
    refused = desk.call("GET", "invoices/list/", by="reader:secret")
    assert (refused.status_code, details(refused)) == (403, ["No right to call this method"])


def test_calls_of_each_user_are_counted_by_the_minute() -> None:
    desk = Desk(calls_per_minute=2)
    desk.office.add_product("CUP", 65)
    assert [desk.call("GET", LIST).status_code for _ in range(3)] == [200, 200, 429]
    assert desk.send("POST", order()).status_code == 200
    desk.clock.advance(minutes=1)
    assert desk.call("GET", LIST).status_code == 200


def test_a_429_names_its_delay_only_where_that_is_assumed() -> None:
    assert "retry-after" not in _throttled(Desk(calls_per_minute=0)).headers
    assert _throttled(Desk(calls_per_minute=0, retry_after=7)).headers["retry-after"] == "7"


def _throttled(desk: Desk) -> httpx.Response:
    response = desk.call("GET", LIST)
    assert (response.status_code, details(response)) == (429, ["Too many requests"])
    return response


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "debtors/list/", 404),
        ("GET", "product/", 404),
        ("GET", "product/list", 404),
        ("GET", "product/list/?page=2", 404),
        ("GET", "product//list/", 404),
        ("GET", "workpoint/list/", 404),
        ("POST", "product/list/", 405),
        ("GET", "connector/abc/order/HUB-1/", 404),
    ],
)
def test_unknown_addresses_and_methods_are_refused(method: str, path: str, status: int) -> None:
    response = Desk().call(method, path)
    assert (response.status_code, response.json()["is_error"]) == (status, 1)


@pytest.mark.parametrize("accept", ["*/*", "text/html"])
def test_only_json_is_answered(accept: str) -> None:
    desk = Desk()
    assert details(desk.call("GET", LIST, headers={"accept": accept})) == ["Accept should be application/json"]


@pytest.mark.parametrize(
    ("content", "kind"),
    [("{", "application/json"), ("NaN", "application/json"), ("[]", "application/json"), ("{}", "text/plain")],
)
def test_a_malformed_body_is_refused(content: str, kind: str) -> None:
    desk = Desk()
    auth = (desk.office.connector_user, desk.office.connector_password)
    response = desk.client.post(desk.order_path("HUB-1"), content=content, headers={"content-type": kind}, auth=auth)
    assert details(response)


def test_an_order_cannot_be_deleted_or_patched() -> None:
    desk = Desk()
    for method in ("DELETE", "PATCH"):
        assert desk.call(method, desk.order_path("HUB-1"), {}, by=CONNECTOR).status_code == 405


def test_the_same_emulator_answers_over_loopback() -> None:
    desk = Desk()
    desk.office.add_product("A B/C", 65)
    auth = (desk.office.user, desk.office.password)
    with Loopback(desk.office.app) as server, httpx.Client(auth=auth) as client:
        path = f"{server.url}{desk.office.base}product/list/modifiedafter:2026-01-01%2000:00:00/page:1/"
        response = client.get(path, headers={"accept": "application/json"})
        assert [row["cod_produs"] for row in response.json()["data"]] == ["A B/C"]
        assert "Emulated CloudSales" in client.get(server.url).text


def test_every_answer_tells_the_platforms_own_time() -> None:
    desk = Desk()
    for by in (ACCOUNT, CONNECTOR):
        assert desk.call("GET", LIST, by=by).headers["date"] == "Sun, 01 Mar 2026 10:00:00 GMT"
