"""Headers, permissions and the way a call is written, of the emulated Gomag."""

import json
from typing import Any

import httpx
import pytest

from sandbox.platforms.gomag.service import NOT_SIMULATED, ROUTES
from sandbox.platforms.kit import Loopback
from tests.sandbox.platforms.gomag.calls import HEADERS, Market

DENIED = {"error": 331, "message": "Missing permission for this method"}


@pytest.mark.parametrize("header", ["Apikey", "ApiShop"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_missing_header_is_error_100_inside_a_200(header: str, method: str) -> None:
    market = Market()
    del market.client.headers[header]
    response = market.client.request(method, "order/read/json")
    assert response.status_code == 200
    assert response.json() == {"error": 100, "message": "Missing Api User"}


@pytest.mark.parametrize(
    "headers", [{"Apikey": "another"}, {"ApiShop": "shop.example.test"}, {"ApiShop": f"{HEADERS['ApiShop']}/"}]
)
def test_a_wrong_key_or_another_form_of_the_shop_is_refused(headers: dict[str, str]) -> None:
    honest, hidden = Market(), Market(wrong_key_is_401=False)
    assert honest.client.get("order/read/json", headers=headers).status_code == 401
    response = hidden.client.get("order/read/json", headers=headers)
    assert (response.status_code, response.json()["error"]) == (200, "401")


@pytest.mark.parametrize("agent", ["PostmanRuntime/7.43.0", ""])
def test_postman_and_nobody_are_refused(agent: str) -> None:
    assert Market().client.get("order/read/json", headers={"User-Agent": agent}).status_code == 403


@pytest.mark.parametrize("agent", ["Shopbridge/1.0", "Mozilla/5.0 (X11)", "python-httpx/0.28"])
def test_any_other_user_agent_is_welcome(agent: str) -> None:
    assert Market().client.get("order/read/json", headers={"User-Agent": agent}).json()["orders"] == []


@pytest.mark.parametrize("what", ["order", "order:read", "order/read/json"])
def test_a_missing_permission_is_error_331_and_no_empty_shop(what: str) -> None:
    market = Market()
    market.shop.place_order()
    market.shop.forbid(what)
    assert market.get("order/read") == DENIED
    assert market.get("order/status/read")["1"]["name"] == "Comanda NEW"
    market.shop.allow(what)
    assert market.get("order/read")["total"] == "1"


def test_a_permission_to_read_is_none_to_write() -> None:
    market = Market()
    market.shop.forbid("product:write")
    assert market.get("product/read")["products"] == []
    assert market.write("product/inventory", [{"sku": "A", "stock": 1}]).json() == DENIED


def test_keys_have_permissions_of_their_own() -> None:
    market = Market()
    market.shop.add_key("reader", ["category"])
    headers = {"Apikey": "reader"}
    assert market.client.get("category/read/json", headers=headers).json() == DENIED
    assert market.client.get("product/read/json", headers=headers).json()["products"] == []


@pytest.mark.parametrize("path", sorted(ROUTES))
def test_every_route_refuses_the_other_method_and_a_key_without_its_area(path: str) -> None:
    market, endpoint = Market(), ROUTES[path]
    other = "POST" if endpoint.method == "GET" else "GET"
    assert market.client.request(other, path, params={"order_id": "1"}).json()["error"] == "404"
    market.shop.forbid(endpoint.area)
    assert market.client.request(endpoint.method, path).json() == DENIED


@pytest.mark.parametrize("path", sorted(path for path, endpoint in ROUTES.items() if endpoint.collection))
def test_an_empty_collection_is_an_array(path: str) -> None:
    market, name = Market(), ROUTES[path].collection
    market.shop.shop.plain.clear()
    body = market.client.get(path, params={"page": "1", "limit": "100", "category": "1"}).json()
    assert body[name] == []
    assert [int(body[counter]) for counter in ("total", "page", "pages")] == [0, 1, 0]


def test_what_is_real_but_not_emulated_says_so() -> None:
    market = Market()
    assert {market.client.get(path).status_code for path in NOT_SIMULATED} == {501}


@pytest.mark.parametrize("path", ["order/read", "order/read/json/", "v1/products/update", "orders/json"])
def test_an_unknown_path_is_a_404(path: str) -> None:
    assert Market().client.get(path).status_code == 404


def _change(market: Market, **sent: Any) -> Any:
    return market.client.post("order/status/json", **sent).json()["error"]


def test_a_write_is_a_form_with_one_field() -> None:
    market = Market()
    data = json.dumps({"orders": [{"order": market.shop.place_order().id, "status": 9}]})
    assert _change(market, json=json.loads(data)) == "400"
    assert _change(market, data={"json": data}) == "400"
    assert _change(market, data={"data": data[:-1]}) == "400"
    assert market.shop.status_of(901) == "Comanda NEW"
    assert _change(market, data={"data": data}) == "200"
    assert _change(market, files={"data": (None, data)}) == "200"
    assert market.shop.status_of(901) == "Livrata"


def test_the_demo_serves_it_on_loopback_with_a_page_for_people() -> None:
    market = Market()
    market.shop.place_order()
    with Loopback(market.shop.app) as server:
        body = httpx.get(f"{server.url}/api/v1/order/read/json", headers=HEADERS).json()
    assert list(body["orders"]) == ["901"]
    page = market.client.get("https://api.example.test/")
    assert "<td>70012<td>2026-03-01 12:00<td>Ana Exemplu<td><td>20.00 RON<td>Plata ramburs<td>Comanda NEW" in page.text
