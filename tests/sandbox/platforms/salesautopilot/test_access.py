"""Credentials, addresses, methods, bodies and limits of the emulated SalesAutopilot."""

import httpx
import pytest

from sandbox.platforms.kit import Loopback
from sandbox.platforms.salesautopilot.service import NOT_SIMULATED, ROUTES
from tests.sandbox.platforms.salesautopilot.calls import ORDER_PATH, ORDERS, PEOPLE, Desk, order, product

JSON = {"content-type": "application/json"}


def filled(pattern: str) -> str:
    """An address of a pattern, with a number in each of its places."""
    return "/".join("1" if part.startswith("{") else part for part in pattern.split("/"))


@pytest.mark.parametrize("auth", [("api-demo", "wrong"), ("", ""), ("nobody", "key-secret"), None])
@pytest.mark.parametrize("path", ["listproducts", "nothing/here", "v2/lists"])
def test_a_wrong_key_is_a_401_whatever_is_called(auth: tuple[str, str] | None, path: str) -> None:
    desk = Desk()
    desk.client.auth = httpx.BasicAuth(*auth) if auth else httpx.Auth()
    response = desk.client.get(path)
    assert response.status_code == 401
    assert response.headers["www-authenticate"].startswith("Basic ")
    assert desk.office.access.refusals == 1


def test_digest_is_not_answered() -> None:
    desk = Desk()
    desk.client.auth = httpx.DigestAuth(desk.office.user, desk.office.password)
    assert desk.client.get("listproducts").status_code == 401


def test_a_second_key_pair_reaches_the_whole_account_until_it_is_withdrawn() -> None:
    desk = Desk()
    desk.office.add_key("second", "another")
    auth = httpx.BasicAuth("second", "another")
    assert desk.client.get("getlists", auth=auth).status_code == 200
    desk.office.withdraw_key("second")
    assert desk.client.get("getlists", auth=auth).status_code == 401


@pytest.mark.parametrize("path", ["processwebshoporder/90001/NS_ID/70002", "PROCESSWEBSHOPORDER/90001/ns_id/70002"])
def test_names_in_addresses_are_taken_in_any_case(path: str) -> None:
    desk = Desk()
    assert desk.post(path, order()) == desk.office.orders[0].id
    assert desk.get("LISTPRODUCTS")[0]["prod_sku"] == "SKU-1"


@pytest.mark.parametrize("path", ["nothing", "list", "list/abc", f"list/{ORDERS}/", "listproducts/", "getproduct/-1"])
def test_an_unknown_address_is_a_404(path: str) -> None:
    assert Desk().refused("GET", path)[0] == 404


@pytest.mark.parametrize(
    "path", ["processWebshopOrder/1/ns_id/70002", f"processWebshopOrder/{ORDERS}/ns_id/1", "saveOrder/90010/form/70011"]
)
def test_an_unknown_list_or_form_or_one_that_takes_no_orders_is_a_404(path: str) -> None:
    desk = Desk()
    assert desk.refused("POST", path, order())[0] == 404
    assert desk.office.orders == []


@pytest.mark.parametrize("pattern", sorted(ROUTES))
def test_every_address_refuses_the_methods_it_does_not_have(pattern: str) -> None:
    desk = Desk(count_methods=frozenset({"GET", "POST"}))
    for method in {"GET", "POST", "PUT", "DELETE", "PATCH"} - ROUTES[pattern].keys():
        assert desk.refused(method, filled(pattern))[0] == 405


@pytest.mark.parametrize(("method", "taken", "refused"), [("GET", "GET", "POST"), ("POST", "POST", "GET")])
def test_which_method_counts_a_list_is_the_account_s_own(method: str, taken: str, refused: str) -> None:
    desk = Desk(count_methods=frozenset({method}))
    desk.create()
    assert desk.done(taken, f"listtotalcount/{ORDERS}") == 1
    assert desk.refused(refused, f"listtotalcount/{ORDERS}")[0] == 405


@pytest.mark.parametrize("pattern", sorted(NOT_SIMULATED))
def test_what_is_real_but_not_emulated_says_so(pattern: str) -> None:
    assert Desk().refused("GET", filled(pattern).replace("/1/asc", "/asc"))[0] == 501


def test_a_query_is_refused() -> None:
    assert Desk().refused("GET", "listproducts?page=2") == (406, "no call takes a query")


@pytest.mark.parametrize(
    ("content", "headers"),
    [
        (b'{"prodcat_name":"Mugs"}', {"content-type": "text/plain"}),
        (b'{"prodcat_name":"Mugs"}', {}),
        (b'{"prodcat_name":"Mugs"', JSON),
        (b'{"prodcat_name":NaN}', JSON),
        (b"\xff\xfe", JSON),
        (b"", JSON),
        (b"[]", JSON),
    ],
)
def test_a_body_that_is_no_json_object_is_a_406(content: bytes, headers: dict[str, str]) -> None:
    desk = Desk()
    response = desk.client.post("createprodcategory", content=content, headers=headers)
    assert (response.status_code, response.content) == (406, b"")
    assert desk.office.categories == []


def test_json_with_a_charset_is_json() -> None:
    headers = {"content-type": "application/json; charset=UTF-8"}
    content = '{"prodcat_name":"Bögrék"}'.encode()
    desk = Desk()
    assert desk.client.post("createprodcategory", content=content, headers=headers).json() > 0
    assert desk.get("listprodcategories")[0]["prodcat_name"] == "Bögrék"


@pytest.mark.parametrize("sku", ["A B", "Ö-1", "50%", "A?B", "A&B", "A+B", "0123", "A#B"])
def test_a_sku_in_an_address_is_url_encoded_text(sku: str) -> None:
    desk = Desk()
    desk.office.add_product(sku, 100)
    encoded = "".join(f"%{byte:02X}" for byte in sku.encode())
    assert desk.post(f"modifyproduct/sku/{encoded}", {"prod_price": 200}) == 1
    assert desk.office.product(sku).price == 200


def test_an_encoded_slash_makes_it_another_address_unless_the_account_keeps_it() -> None:
    strict, lenient = Desk(), Desk(encoded_slash_splits=False)
    for desk in (strict, lenient):
        desk.office.add_product("A/B", 100)
    assert strict.refused("POST", "modifyproduct/sku/A%2FB", {"prod_price": 200})[0] == 404
    assert lenient.post("modifyproduct/sku/A%2FB", {"prod_price": 200}) == 1


def test_the_switch_throttles_every_call_and_does_no_work() -> None:
    desk = Desk(retry_after=7)
    desk.office.throttle()
    response = desk.call("POST", ORDER_PATH, order())
    assert (response.status_code, response.headers["retry-after"]) == (429, "7")
    assert desk.office.orders == []
    desk.office.throttle(on=False)
    desk.create()


def test_a_429_may_come_without_retry_after() -> None:
    desk = Desk(retry_after=0)
    desk.office.throttle()
    assert "retry-after" not in desk.call("GET", "listproducts").headers


def test_two_calls_a_second_are_taken_where_that_is_the_limit() -> None:
    desk = Desk(calls_per_second=2)
    statuses = [desk.call("GET", "listproducts").status_code for _ in range(3)]
    desk.clock.advance(seconds=1)
    assert [*statuses, desk.call("GET", "getlists").status_code] == [200, 200, 429, 200]


def test_the_plan_s_quota_is_a_failure_under_200() -> None:
    desk = Desk()
    desk.office.limit_orders(1)
    assert desk.post(ORDER_PATH, order("1")) > 0
    assert desk.post(ORDER_PATH, order("2")) == 0
    assert desk.post(ORDER_PATH, order("1")) == desk.office.orders[0].id
    desk.office.limit_orders(None)
    assert desk.post(ORDER_PATH, order("2")) > 0


def test_a_bare_number_may_come_as_text() -> None:
    desk = Desk(quoted_numbers=True)
    assert desk.post("createproduct", product()) == str(desk.office.product("SKU-1").id)
    assert desk.done("DELETE", "deleteproduct/1") == "0"


def test_lists_and_forms_tell_their_ids_as_text() -> None:
    desk = Desk()
    orders, people = desk.get("getlists")
    assert orders == {"nl_id": "90001", "list_name": "Webshop orders"}
    assert desk.get("zapier/getlists/1") == [people]
    assert desk.get("zapier/getlists/11") == [orders]
    assert desk.get(f"getforms/{ORDERS}") == [{"ns_id": "70002", "form_name": "Order"}]
    assert [row["ns_id"] for row in desk.get(f"zapier/getforms/{ORDERS}/2")] == ["70003", "70004"]
    assert [row["ns_id"] for row in desk.get(f"zapier/getforms/{PEOPLE}/1")] == ["70011", "70012"]
    assert desk.get(f"zapier/getforms/{PEOPLE}/4") == []


def test_the_demo_serves_it_on_loopback_with_a_page_for_people() -> None:
    desk = Desk()
    desk.create()
    with Loopback(desk.office.app) as server:
        rows = httpx.get(f"{server.url}/listproducts", auth=(desk.office.user, desk.office.password)).json()
    assert rows[0]["prod_sku"] == "SKU-1"
    page = desk.client.get("/")
    assert "<td>50123<td>2026-03-01 11:00:00<td>vevo@example.test<td>Anna Minta<td>1<td>HUF 5080.00<td>new" in page.text
