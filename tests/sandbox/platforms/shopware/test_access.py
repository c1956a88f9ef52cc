"""Tokens, rights and headers of the emulated Shopware."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.platforms.kit import ManualClock
from tests.sandbox.platforms.shopware.client import Caller, emulate, error


def test_a_token_answer_is_not_to_be_stored_and_lasts_ten_minutes() -> None:
    answer = emulate().token()
    assert answer.json().keys() == {"token_type", "expires_in", "access_token"}
    assert (answer.json()["token_type"], answer.json()["expires_in"]) == ("Bearer", 600)
    assert (answer.headers["Cache-Control"], answer.headers["Pragma"]) == ("no-store", "no-cache")


def test_a_token_may_be_asked_for_with_a_form_and_with_basic_authentication() -> None:
    caller = emulate()
    keys = (caller.integration.access_key, caller.integration.secret_key)
    form = {"grant_type": "client_credentials", "client_id": keys[0], "client_secret": keys[1]}
    del caller.http.headers["Authorization"]
    assert caller.http.post("/api/oauth/token", data=form).status_code == 200
    basic = caller.http.post("/api/oauth/token", json={"grant_type": "client_credentials"}, auth=keys)
    assert basic.status_code == 200


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"client_secret": "wrong"}, 401, "4"),
        ({"client_id": "SWIAUNKNOWN"}, 401, "4"),
        ({"client_id": "nonsense"}, 500, "FRAMEWORK__API_INVALID_ACCESS_KEY"),
        ({"client_id": None}, 400, "3"),
        ({"grant_type": "magic"}, 400, "2"),
        ({"grant_type": "password", "username": "u", "password": "p"}, 400, "6"),
        ({"grant_type": "password"}, 400, "3"),
        ({"scopes": "write"}, 400, "5"),
        ({"scope": ["write"]}, 400, "5"),
    ],
)
def test_a_wrong_token_request_gets_the_code_of_the_oauth_library(
    changes: dict[str, object], status: int, code: str
) -> None:
    answer = emulate("6.7.0.0").token(**changes)
    assert answer.status_code == status
    assert error(answer)["code"] == code


def test_a_client_that_failed_by_header_is_told_how_to_authenticate() -> None:
    caller = emulate()
    body = {"grant_type": "client_credentials"}
    answer = caller.http.post("/api/oauth/token", json=body, auth=("SWIAWRONG", "x"))
    assert answer.headers["WWW-Authenticate"].startswith("Basic")
    del caller.http.headers["Authorization"]
    assert "WWW-Authenticate" not in caller.token(client_secret="x").headers


@pytest.mark.parametrize(("version", "status"), [("6.6.10.0", 401), ("6.7.0.0", 400)])
def test_a_bad_refresh_token_changes_its_status_with_6_7(version: str, status: int) -> None:
    answer = emulate(version).token(grant_type="refresh_token", refresh_token="x")
    assert (answer.status_code, error(answer)["code"]) == (status, "8")


def test_scopes_as_a_list_still_work_before_6_7() -> None:
    assert emulate("6.6.10.0").token(scopes=["write"]).status_code == 200


def test_a_call_without_or_with_a_forged_or_expired_token_is_denied_with_code_9() -> None:
    clock = ManualClock()
    caller = emulate(clock=clock)
    assert caller.http.get("/api/_info/version").status_code == 200
    clock.advance(seconds=600)
    assert error(caller.http.get("/api/_info/version"))["code"] == "9"
    caller.http.headers["Authorization"] = "Bearer forged"
    assert error(caller.http.get("/api/_info/version"))["code"] == "9"
    del caller.http.headers["Authorization"]
    assert "header" in error(caller.http.get("/api/_info/version"))["detail"]


def test_the_throttle_waits_ten_then_thirty_then_sixty_seconds() -> None:
    clock = ManualClock()
    caller = emulate(clock=clock)
    waits = []
    for _ in range(4):
        while (answer := caller.token(client_secret="wrong")).status_code == 401:
            pass
        assert error(answer)["code"] == "FRAMEWORK__AUTH_THROTTLED"
        assert "Retry-After" not in answer.headers
        waits.append(error(answer)["meta"]["parameters"]["seconds"])
        clock.advance(seconds=waits[-1])
    assert waits == [10, 30, 60, 60]


def test_a_login_that_works_resets_the_throttle() -> None:
    caller = emulate()
    for _ in range(3):
        for _ in range(9):
            assert caller.token(client_secret="wrong").status_code == 401
        assert caller.token().status_code == 200


def test_there_was_no_throttle_before_6_4_6() -> None:
    caller = emulate("6.4.5.1")
    assert {caller.token(client_secret="wrong").status_code for _ in range(30)} == {401}


def test_the_cloud_allows_ten_tokens_a_minute() -> None:
    caller = emulate()
    caller.shop.access.cloud = True
    statuses = [caller.token().status_code for _ in range(11)]
    assert statuses == [200] * 10 + [429]
    assert caller.token().headers["Retry-After"] == "60"


def test_a_search_needs_the_right_to_read_every_entity_it_reaches() -> None:
    shop = emulate().shop
    shop.place_order()
    caller = Caller(shop, ("order:read",))
    assert caller.search("order").status_code == 200
    paid = "transactions.stateMachineState.technicalName"
    reaching: tuple[tuple[dict[str, Any], list[str]], ...] = (
        ({"associations": {"lineItems": {"associations": {"product": {}}}}}, ["order_line_item", "product"]),
        ({"filter": {paid: "paid"}}, ["order_transaction", "state_machine_state"]),
        ({"sort": "billingAddress.city"}, ["order_address"]),
    )
    for criteria, entities in reaching:
        answer = caller.search("order", **criteria)
        assert (answer.status_code, error(answer)["code"]) == (403, "FRAMEWORK__MISSING_PRIVILEGE_ERROR")
        detail = json.loads(error(answer)["detail"])
        assert detail["missingPrivileges"] == [f"{entity}:read" for entity in entities]


def test_a_transition_and_a_patch_need_their_rights() -> None:
    shop = emulate().shop
    order_id = shop.place_order()
    caller = Caller(shop, ("order:read", "order:update"))
    assert "state_machine_history:create" in caller.move(order_id, "process").text
    assert caller.http.patch(f"/api/order/{order_id}", json={}).status_code == 204
    caller = Caller(shop, ("order:read",))
    assert caller.http.patch(f"/api/order/{order_id}", json={}).status_code == 403


def test_the_info_endpoints_tell_the_version_and_the_worker() -> None:
    caller = emulate("6.6.7.0")
    assert caller.http.get("/api/_info/version").json() == {"version": "6.6.7.0"}
    config = caller.http.get("/api/_info/config").json()
    assert config["version"] == "6.6.7.0"
    assert config["adminWorker"]["enableAdminWorker"] is True


@pytest.mark.parametrize(("version", "status"), [("6.4.20.2", 404), ("6.5.0.0", 200)])
def test_the_health_check_needs_no_token_and_came_with_6_5(version: str, status: int) -> None:
    caller = emulate(version)
    del caller.http.headers["Authorization"]
    assert caller.http.get("/api/_info/health-check").status_code == status


def test_without_an_accept_header_the_answer_has_another_shape() -> None:
    caller = emulate()
    caller.shop.place_order()
    for accept in ("*/*", "application/vnd.api+json"):
        answer = caller.http.post(
            "/api/search/order", json={"associations": {"lineItems": {}}}, headers={"Accept": accept}
        )
        assert answer.headers["Content-Type"] == "application/vnd.api+json"
        (order,) = answer.json()["data"]
        assert order.keys() == {"id", "type", "attributes", "relationships"}
        assert order["attributes"]["orderNumber"] == "10001"
        (line,) = order["relationships"]["lineItems"]["data"]
        assert line in [{"type": each["type"], "id": each["id"]} for each in answer.json()["included"]]


def test_an_unsupported_accept_or_content_type_is_a_415() -> None:
    caller = emulate()
    assert caller.http.post("/api/search/order", headers={"Accept": "text/csv"}).status_code == 415
    text = caller.http.post("/api/search/order", content="{}", headers={"Content-Type": "text/plain"})
    assert text.status_code == 415


def test_an_unknown_language_is_a_412_and_context_headers_are_echoed() -> None:
    caller = emulate()
    language = "2fbb5fe2e29a4d70aa5854ce7ce3e20b"
    answer = caller.http.get("/api/_info/version", headers={"sw-language-id": language})
    assert answer.headers["sw-language-id"] == language
    answer = caller.http.get("/api/_info/version", headers={"sw-language-id": "f" * 32})
    assert (answer.status_code, error(answer)["code"]) == (412, "FRAMEWORK__LANGUAGE_NOT_FOUND")


@pytest.mark.parametrize(("version", "status"), [("6.7.11.0", 412), ("6.7.12.0", 200)])
def test_an_empty_context_header_counts_as_absent_from_6_7_12(version: str, status: int) -> None:
    answer = emulate(version).http.get("/api/_info/version", headers={"sw-language-id": ""})
    assert answer.status_code == status


def test_unknown_paths_and_entities_are_a_404_with_code_0() -> None:
    caller = emulate()
    for path in ("/api/search/nonsense", "/api/search/order_line_item", "/api/nowhere", "/api/search"):
        answer = caller.http.post(path, json={})
        assert answer.status_code in {404, 405}
        assert error(answer)["code"] == "0"


def test_the_date_header_follows_the_shops_clock() -> None:
    clock = ManualClock()
    caller = emulate(clock=clock)
    assert caller.http.get("/api/_info/version").headers["Date"] == "Sun, 01 Mar 2026 10:00:00 GMT"


SHARED = emulate()


@given(st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=40))
def test_no_made_up_token_ever_opens_the_shop(token: str) -> None:
    answer = SHARED.http.get("/api/_info/version", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 401
