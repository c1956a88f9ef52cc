"""Faults of the emulated CloudSales."""

import json

import httpx
import pytest

from sandbox.platforms.kit import Loopback
from tests.sandbox.platforms.cloudsales.calls import Desk, item, order

CREATION, LIST = "POST connector/{id}/order/{id}", "GET product/list"


def _desk() -> Desk:
    desk = Desk(page_size=1)
    for code in ("CUP", "MUG"):
        desk.office.add_product(code, 65, stock=5)
    return desk


@pytest.mark.parametrize(
    ("fault", "status"),
    [("server_error", 500), ("throttled", 429), ("refused_address", 401), ("unauthorised", 401), ("redirect", 302)],
)
def test_a_planned_refusal_does_no_work(fault: str, status: int) -> None:
    desk = _desk()
    desk.office.faults.plan(fault, CREATION)
    assert desk.send("POST", order()).status_code == status
    assert desk.office.orders == []
    desk.create(order())


def test_an_error_page_is_html_of_the_planned_status() -> None:
    desk = _desk()
    desk.office.faults.plan("server_error", LIST, detail=503)
    response = desk.call("GET", "product/list/")
    assert (response.status_code, response.headers["content-type"]) == (503, "text/html")


@pytest.mark.parametrize(("fault", "made"), [("lost_request", 0), ("lost_answer", 1)])
def test_a_time_out_strikes_before_or_after_the_work(fault: str, made: int) -> None:
    desk = _desk()
    desk.office.faults.plan(fault, CREATION)
    with pytest.raises(httpx.ReadTimeout):
        desk.send("POST", order())
    assert len(desk.office.orders) == made


def test_an_order_whose_answer_was_lost_exists() -> None:
    desk = _desk()
    desk.office.faults.plan("lost_answer", CREATION)
    with pytest.raises(httpx.ReadTimeout):
        desk.send("POST", order())
    assert "exist" in desk.refused("POST", order())[0]
    desk.done("PUT", order())
    assert len(desk.office.orders) == 1


def test_an_answer_is_lost_over_loopback_too() -> None:
    desk = _desk()
    desk.office.faults.plan("lost_answer", CREATION)
    auth = (desk.office.connector_user, desk.office.connector_password)
    headers = {"accept": "application/json", "content-type": "application/json"}
    path = desk.office.base + desk.order_path("HUB-1")
    with Loopback(desk.office.app) as server, httpx.Client(auth=auth) as client, pytest.raises(httpx.TransportError):
        client.post(server.url + path, content=json.dumps(order()), headers=headers)
    assert len(desk.office.orders) == 1


@pytest.mark.parametrize(("fault", "status"), [("error_afterwards", 500), ("cut_body", 200), ("no_data", 200)])
def test_a_bad_answer_hides_that_the_order_was_made(fault: str, status: int) -> None:
    desk = _desk()
    desk.office.faults.plan(fault, CREATION)
    response = desk.send("POST", order())
    assert response.status_code == status
    assert "BOCP_order_id" not in response.text
    assert len(desk.office.orders) == 1


def test_a_cut_body_is_no_json() -> None:
    desk = _desk()
    desk.office.faults.plan("cut_body", LIST)
    with pytest.raises(json.JSONDecodeError):
        desk.call("GET", "product/list/").json()


def test_a_stale_number_of_the_next_page_contradicts_the_flag() -> None:
    desk = _desk()
    desk.office.faults.plan("stale_next_page", LIST)
    page = desk.page("product/list/page:1/")
    assert (page["data_next_page_exists"], page["data_next_page"]) == ("1", 1)
    assert desk.page("product/list/page:1/")["data_next_page"] == "2"


def test_a_slow_answer_takes_its_time() -> None:
    desk = _desk()
    before = desk.clock()
    desk.office.faults.plan("slow", LIST, detail=45)
    desk.rows("product/list/")
    assert (desk.clock() - before).total_seconds() == 45


def test_the_world_moves_between_two_pages() -> None:
    desk = _desk()
    desk.office.faults.plan("afterwards", LIST, detail=lambda: desk.office.add_product("JUG", 1))
    assert [row["cod_produs"] for row in desk.rows("product/list/page:1/")] == ["CUP"]
    assert desk.page("product/list/page:2/")["data_next_page_exists"] == "1"


def test_a_product_goes_between_look_up_and_order() -> None:
    desk = _desk()
    gone = {"archived": True}
    desk.office.faults.plan("meanwhile", CREATION, detail=lambda: desk.office.change_product("CUP", **gone))
    assert desk.refused("POST", order("HUB-1", item())) == ["unknown product code CUP"]


def test_calls_are_counted_by_route() -> None:
    desk = _desk()
    for path in ("product/list/", "product/list/page:2/", "nothing/here/"):
        desk.call("GET", path)
    desk.send("PUT", order())
    assert desk.office.calls.by_route == {
        LIST: 2,
        "GET unknown": 1,
        "PUT connector/{id}/order/{id}": 1,
    }
