"""Faults of the emulated Gomag."""

import json

import httpx
import pytest

from sandbox.platforms.gomag import ProductSpec
from sandbox.platforms.kit import Loopback
from tests.sandbox.platforms.gomag.calls import Market

ORDERS, INVENTORY = "GET order/read/json", "POST product/inventory/json"
ROWS = [{"sku": "MUG", "stock": 3}]


def _stocked() -> Market:
    market = Market()
    market.shop.add_product(ProductSpec("MUG", stock=9))
    return market


@pytest.mark.parametrize(
    ("fault", "detail", "status"),
    [("throttled", True, 429), ("server_error", True, 502), ("server_error", 503, 503), ("html_page", True, 200)],
)
def test_a_planned_failure_does_no_work_and_is_no_json(fault: str, detail: object, status: int) -> None:
    market = _stocked()
    market.shop.faults.plan(fault, INVENTORY, detail=detail)
    response = market.write("product/inventory", ROWS)
    assert (response.status_code, response.headers["content-type"]) == (status, "text/html")
    assert market.shop.sold_as("MUG").stock == 9
    market.post("product/inventory", ROWS)


@pytest.mark.parametrize(("fault", "stock"), [("lost_request", 9), ("lost_answer", 3)])
def test_a_time_out_strikes_before_or_after_the_work(fault: str, stock: int) -> None:
    market = _stocked()
    market.shop.faults.plan(fault, INVENTORY)
    with pytest.raises(httpx.ReadTimeout):
        market.write("product/inventory", ROWS)
    assert market.shop.sold_as("MUG").stock == stock


def test_an_answer_is_lost_over_loopback_too() -> None:
    market = _stocked()
    market.shop.faults.plan("lost_answer", INVENTORY)
    with (
        Loopback(market.shop.app) as server,
        httpx.Client(headers=market.client.headers) as client,
        pytest.raises(httpx.TransportError),
    ):
        client.post(f"{server.url}/api/v1/product/inventory/json", data={"data": json.dumps(ROWS)})
    assert market.shop.sold_as("MUG").stock == 3


def test_a_body_can_be_cut_after_the_work() -> None:
    market = _stocked()
    market.shop.faults.plan("cut_body", INVENTORY)
    response = market.write("product/inventory", ROWS)
    assert response.status_code == 200
    with pytest.raises(ValueError, match=r"line 1"):
        response.json()
    assert market.shop.sold_as("MUG").stock == 3


def test_a_permission_can_go_for_one_call_and_any_error_come() -> None:
    market = Market()
    market.shop.faults.plan("denied", ORDERS)
    market.shop.faults.plan("error", ORDERS, detail=("500", ["SQL"]))
    assert [market.get("order/read").get("error") for _ in range(3)] == [331, "500", None]


def test_a_list_can_come_empty() -> None:
    market = _stocked()
    market.shop.faults.plan("empty", "GET product/read/json")
    empty = {"total": 0, "page": 1, "pages": 0, "products": []}
    assert market.get("product/read") == empty
    assert market.get("product/read")["total"] == 1


def test_an_answer_can_be_slow() -> None:
    market = Market()
    market.shop.faults.plan("slow", ORDERS, detail=9)
    before = market.clock()
    assert market.get("order/read")["orders"] == []
    assert (market.clock() - before).total_seconds() == 9


def test_something_can_happen_meanwhile() -> None:
    market = Market()
    market.shop.faults.plan("meanwhile", ORDERS, detail=market.shop.place_order)
    assert list(market.get("order/read")["orders"]) == ["901"]


def test_calls_are_counted_and_dated_by_the_shops_own_clock() -> None:
    market = Market()
    market.read("order/read", page=2)
    response = market.read("order/read", page=1)
    assert market.shop.calls.by_route == {ORDERS: 2}
    assert response.headers["date"] == "Sun, 01 Mar 2026 10:00:00 GMT"


def test_the_merchant_names_what_exists() -> None:
    market = _stocked()
    with pytest.raises(ValueError, match="colour"):
        market.shop.change_product("MUG", colour="red")
    with pytest.raises(LookupError, match="CUP"):
        market.shop.delete_product("CUP")
    with pytest.raises(ValueError, match="Nimic"):
        market.shop.set_status(market.shop.place_order().id, "Nimic")
