"""Faults, the page for people, and speed of the emulated Shopware."""

from datetime import timedelta
from decimal import Decimal

import httpx
import pytest

from sandbox.platforms.kit import Loopback, ManualClock
from sandbox.platforms.shopware import Buyer, Line, OrderSpec, ShopwareEmulator
from tests.sandbox.platforms.shopware.client import Caller, emulate, error

SEARCH = "POST /api/search/order"


def test_a_rate_limit_says_when_to_come_back() -> None:
    caller = emulate()
    caller.shop.faults.plan("rate_limited", SEARCH, detail=7)
    answer = caller.search("order")
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "7")
    assert caller.search("order").status_code == 200


def test_the_throttle_can_be_planned() -> None:
    caller = emulate()
    caller.shop.faults.plan("auth_throttled", "POST /api/oauth/token", detail=30)
    assert error(caller.token())["meta"]["parameters"] == {"seconds": 30}


def test_maintenance_is_an_html_page() -> None:
    caller = emulate()
    caller.shop.faults.plan("maintenance")
    answer = caller.search("order")
    assert (answer.status_code, answer.headers["Content-Type"]) == (503, "text/html; charset=utf-8")


def test_a_deadlock_does_nothing_and_shows_the_database() -> None:
    caller = emulate()
    order_id = caller.shop.place_order()
    caller.shop.faults.plan("deadlock", "POST /api/_action/order/state/process")
    answer = caller.move(order_id, "process")
    assert (answer.status_code, error(answer)["code"]) == (500, "0")
    assert "Deadlock" in error(answer)["detail"]
    assert caller.order(order_id)["stateMachineState"]["technicalName"] == "open"


def test_a_lost_answer_leaves_the_work_done() -> None:
    caller = emulate()
    order_id = caller.shop.place_order()
    caller.shop.faults.plan("lost_answer", "POST /api/_action/order/state/process")
    with pytest.raises(httpx.ReadTimeout):
        caller.move(order_id, "process")
    assert caller.order(order_id)["stateMachineState"]["technicalName"] == "in_progress"


def test_a_token_can_be_revoked_on_the_way() -> None:
    caller = emulate()
    caller.shop.faults.plan("token_revoked", SEARCH)
    assert [caller.search("order").status_code for _ in range(2)] == [401, 401]
    caller.login()
    assert caller.search("order").status_code == 200


def test_a_redirect_points_elsewhere() -> None:
    caller = emulate()
    caller.shop.faults.plan("redirect")
    answer = caller.search("order")
    assert (answer.status_code, answer.headers["Location"]) == (301, "https://shop.test/api/search/order")


def test_something_may_happen_between_two_pages() -> None:
    caller = emulate()
    first = caller.shop.place_order()
    for _ in range(3):
        caller.shop.place_order()
    caller.shop.faults.plan("meanwhile", SEARCH, detail=lambda: caller.shop.delete_order(first))
    numbers = [
        order["orderNumber"]
        for page in (1, 2)
        for order in caller.found("order", sort="orderNumber", limit=2, page=page)
    ]
    assert numbers == ["10001", "10002", "10004"]


def test_a_shop_whose_clock_is_wrong_says_so_in_date_and_rows() -> None:
    clock = ManualClock()
    caller = emulate(clock=clock)
    caller.shop.clock = lambda: clock() - timedelta(minutes=3)
    caller.shop.place_order()
    answer = caller.search("order")
    assert answer.headers["Date"] == "Sun, 01 Mar 2026 09:57:00 GMT"
    assert answer.json()["data"][0]["createdAt"] == "2026-03-01T09:57:00.000+00:00"


def test_calls_are_counted_by_route_without_ids() -> None:
    caller = emulate()
    caller.move(caller.shop.place_order(), "process")
    counted = caller.shop.calls.by_route
    assert counted == {"POST /api/oauth/token": 1, "POST /api/_action/order/state/process": 1}


def test_the_page_lists_orders_and_escapes_names() -> None:
    caller = emulate()
    caller.shop.place_order(OrderSpec(number="A-1", buyer=Buyer("<b>Eve</b>", "Low")))
    page = caller.http.get("/", headers={"Authorization": ""})
    assert page.status_code == 200
    assert "A-1" in page.text
    assert "&lt;b&gt;Eve" in page.text
    assert "59.50 EUR" in page.text


def test_the_same_shop_is_served_on_loopback() -> None:
    shop = ShopwareEmulator(clock=ManualClock())
    with Loopback(shop.app) as server, httpx.Client(base_url=server.url) as client:
        shop.url = server.url
        body = {
            "grant_type": "client_credentials",
            "client_id": shop.access_key,
            "client_secret": shop.secret_key,
        }
        answer = client.post("/api/oauth/token", json=body)
        assert answer.status_code == 200
        assert answer.headers["Date"] == "Sun, 01 Mar 2026 10:00:00 GMT"


def test_a_page_of_orders_costs_the_page_and_not_the_shop() -> None:
    shop = emulate().shop
    spec = OrderSpec(lines=tuple(Line(f"S{n}", Decimal(n + 1), tax=Decimal(19)) for n in range(3)))
    for _ in range(120):
        shop.place_order(spec)
    caller = Caller(shop)
    page = caller.search("order", limit=5, sort="createdAt,id", associations={"lineItems": {}})
    assert len(page.json()["data"]) == 5
    assert len(page.content) < 50_000
