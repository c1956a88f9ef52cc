"""Faults of the emulated SalesAutopilot."""

import json

import httpx
import pytest

from sandbox.platforms.kit import Loopback
from tests.sandbox.platforms.salesautopilot.calls import CREATION, ORDER_PATH, Desk, order

LIST = "GET listproducts"


@pytest.mark.parametrize(
    ("fault", "status"),
    [("server_error", 500), ("throttled", 429), ("unauthorised", 401), ("redirect", 302), ("html_page", 200)],
)
def test_a_planned_refusal_does_no_work(fault: str, status: int) -> None:
    desk = Desk()
    desk.office.faults.plan(fault, CREATION)
    assert desk.call("POST", ORDER_PATH, order()).status_code == status
    assert desk.office.orders == []
    desk.create()


@pytest.mark.parametrize("number", [0, -1, -2])
def test_a_planned_number_is_a_failure_under_200(number: int) -> None:
    desk = Desk()
    desk.office.faults.plan("number", CREATION, detail=str(number))
    assert desk.post(ORDER_PATH, order()) == number
    assert desk.office.orders == []


@pytest.mark.parametrize("fault", ["server_error", "html_page", "page_afterwards", "error_afterwards"])
def test_a_page_is_html(fault: str) -> None:
    desk = Desk()
    desk.office.faults.plan(fault, LIST)
    response = desk.call("GET", "listproducts")
    assert response.headers["content-type"] == "text/html"
    with pytest.raises(json.JSONDecodeError):
        response.json()


@pytest.mark.parametrize(("fault", "made"), [("lost_request", 0), ("lost_answer", 1)])
def test_a_time_out_strikes_before_or_after_the_work(fault: str, made: int) -> None:
    desk = Desk()
    desk.office.faults.plan(fault, CREATION)
    with pytest.raises(httpx.ReadTimeout):
        desk.call("POST", ORDER_PATH, order())
    assert len(desk.office.orders) == made


def test_an_answer_is_lost_over_loopback_too() -> None:
    desk = Desk()
    desk.office.faults.plan("lost_answer", CREATION)
    auth = (desk.office.user, desk.office.password)
    with Loopback(desk.office.app) as server, httpx.Client(auth=auth) as client, pytest.raises(httpx.TransportError):
        client.post(f"{server.url}/{ORDER_PATH}", json=order())
    assert len(desk.office.orders) == 1


@pytest.mark.parametrize(
    ("fault", "status"), [("error_afterwards", 500), ("page_afterwards", 200), ("cut_body", 200), ("empty_body", 200)]
)
def test_a_bad_answer_hides_that_the_order_was_made(fault: str, status: int) -> None:
    desk = Desk()
    desk.office.faults.plan(fault, CREATION)
    response = desk.call("POST", ORDER_PATH, order())
    (record,) = desk.office.orders
    assert (response.status_code, response.text == str(record.id)) == (status, False)


def test_an_empty_body_is_empty() -> None:
    desk = Desk()
    desk.office.faults.plan("empty_body", LIST)
    assert desk.call("GET", "listproducts").content == b""
    assert desk.get("listproducts") == []


def test_half_a_number_is_another_number() -> None:
    desk = Desk()
    desk.office.faults.plan("cut_body", CREATION)
    response = desk.call("POST", ORDER_PATH, order())
    assert str(desk.office.orders[0].id).startswith(response.text)


def test_a_slow_answer_takes_its_time() -> None:
    desk = Desk()
    before = desk.clock()
    desk.office.faults.plan("slow", LIST, detail=45)
    desk.get("listproducts")
    assert (desk.clock() - before).total_seconds() == 45


def test_the_world_moves_before_and_after_a_call() -> None:
    desk = Desk()
    desk.office.add_product("SKU-1", 100)
    desk.office.faults.plan("meanwhile", LIST, detail=lambda: desk.office.delete_product("SKU-1"))
    desk.office.faults.plan("afterwards", LIST, detail=lambda: desk.office.add_product("SKU-2", 100))
    assert desk.get("listproducts") == []
    assert [row["prod_sku"] for row in desk.get("listproducts")] == ["SKU-2"]


def test_calls_are_counted_by_route() -> None:
    desk = Desk()
    for path in ("listproducts", "LISTPRODUCTS", "nothing/here"):
        desk.call("GET", path)
    desk.create()
    assert desk.office.calls.by_route == {LIST: 2, "GET unknown": 1, CREATION: 1}


def test_why_a_call_was_refused_is_known_here_and_never_told() -> None:
    desk = Desk()
    response = desk.call("POST", "createprodcategory", {})
    assert (response.status_code, response.content) == (406, b"")
    assert desk.office.refused == ["POST createprodcategory: body.prodcat_name is missing"]
