"""Faults of the emulated Cartum."""

from decimal import Decimal

import httpx
import pytest

from sandbox.platforms.cartum import ProductSpec
from sandbox.platforms.kit import Loopback
from sandbox.platforms.kit.doubles import Doubles
from tests.sandbox.platforms.cartum.calls import Store

RESIDUES = "catalog/importResidues"
ROWS = [{"article": "MUG", "warehouse": "office", "quantity": 3}]


def _stocked() -> Store:
    store = Store()
    store.shop.add_product(ProductSpec("MUG", stock=9))
    store.get("orders/get")
    return store


@pytest.mark.parametrize(
    ("fault", "detail", "status"),
    [("server_error", True, 502), ("server_error", 524, 524), ("html_page", True, 200), ("empty_body", True, 200)],
)
def test_a_planned_failure_does_no_work_and_is_no_json(fault: str, detail: object, status: int) -> None:
    store = _stocked()
    store.shop.faults.plan(fault, RESIDUES, detail=detail)
    response = store.send(RESIDUES, products=ROWS)
    assert response.status_code == status
    with pytest.raises(ValueError, match=r"line 1"):
        response.json()
    assert store.shop.stock("MUG") == 9
    assert store.envelope(RESIDUES, products=ROWS)["status"] == "OK"


@pytest.mark.parametrize(("fault", "stock"), [("lost_request", 9), ("lost_answer", 3)])
def test_an_answer_is_missing_before_or_after_the_work(fault: str, stock: int) -> None:
    store = _stocked()
    store.shop.faults.plan(fault, RESIDUES)
    with pytest.raises(httpx.ReadTimeout):
        store.send(RESIDUES, products=ROWS)
    assert store.shop.stock("MUG") == stock


def test_an_answer_is_lost_over_loopback_too() -> None:
    store = _stocked()
    store.shop.faults.plan("lost_answer", RESIDUES)
    with Loopback(store.shop.app) as server, httpx.Client() as client, pytest.raises(httpx.TransportError):
        client.post(f"{server.url}/api/{RESIDUES}/", json={"token": store.token, "products": ROWS})
    assert store.shop.stock("MUG") == 3


def test_a_gateway_gives_up_and_the_work_is_done() -> None:
    store = _stocked()
    store.shop.faults.plan("timed_out", RESIDUES)
    assert store.send(RESIDUES, products=ROWS).status_code == 524
    assert store.shop.stock("MUG") == 3


def test_a_body_can_be_cut_after_the_work() -> None:
    store = _stocked()
    store.shop.faults.plan("cut_body", RESIDUES)
    with pytest.raises(ValueError, match=r"line 1"):
        store.send(RESIDUES, products=ROWS).json()
    assert store.shop.stock("MUG") == 3


def test_the_quota_can_be_used_up_for_one_call() -> None:
    store = _stocked()
    store.shop.faults.plan("throttled", "orders/get")
    store.shop.faults.plan("throttled", "orders/get", detail=7)
    told = [store.envelope("orders/get")["response"].get("message", "") for _ in range(3)]
    assert [text[-12:] for text in told] == ["1200 seconds", "er 7 seconds", ""]


@pytest.mark.parametrize("spelling", ["UNAUTHORIZED", "AUTHORIZATION_ERROR"])
def test_a_token_can_be_refused_for_one_call(spelling: str) -> None:
    store = _stocked()
    store.shop.faults.plan("expired", RESIDUES, detail=spelling)
    assert [store.envelope(RESIDUES, products=ROWS)["status"] for _ in range(2)] == [spelling, "OK"]


def test_credentials_can_be_refused_for_one_call() -> None:
    store = Store()
    store.shop.faults.plan("error", "auth", detail=("EXCEPTION", "SQL"))
    assert [store.log_in().json()["status"] for _ in range(2)] == ["EXCEPTION", "OK"]


def test_a_list_can_come_empty_and_any_error() -> None:
    store = _stocked()
    store.shop.faults.plan("empty", "catalog/export")
    assert store.envelope("catalog/export") == {"status": "EMPTY", "response": {"products": []}}
    store.shop.faults.plan("error", "catalog/export", detail=("SOMETHING_NEW", "text"))
    assert [store.envelope("catalog/export")["status"] for _ in range(2)] == ["SOMETHING_NEW", "OK"]


def test_the_first_row_of_a_write_can_be_refused() -> None:
    store = _stocked()
    first, second = (store.shop.place_order().id for _ in range(2))
    store.shop.faults.plan("record_error", "orders/update", detail="disk full")
    status, log = store.update({"order_id": first, "status": 2}, {"order_id": second, "status": 2})
    assert (status, [row["message"] for row in log]) == ("WARNING", ["disk full", "UPDATED"])
    assert [store.shop.order(number).status for number in (first, second)] == [1, 2]
    store.shop.faults.plan("record_error", "catalog/import", detail="disk full")
    assert store.write({"article": "MUG", "price": 5}) == ("WARNING", [[1]])
    store.shop.faults.plan("record_error", RESIDUES, detail="disk full")
    assert store.envelope(RESIDUES, products=ROWS)["response"]["log"][0]["status"] == "ERROR"
    store.shop.faults.plan("record_error", "users/import", detail="disk full")
    log = store.envelope("users/import", users=[{"title": "A", "email": "a@example.test"}])["response"]["log"]
    assert log == [{"email": "a@example.test", "code": 3, "message": "disk full"}]


def test_an_answer_can_be_slow_and_something_happen_meanwhile() -> None:
    store = _stocked()
    store.shop.faults.plan("slow", "orders/get", detail=9)
    before = store.clock()
    store.shop.faults.plan("meanwhile", "orders/get", detail=store.shop.place_order)
    store.shop.faults.plan("afterwards", "orders/get", detail=store.shop.place_order)
    assert len(store.orders()) == 1
    assert (store.clock() - before).total_seconds() == 9
    assert len(store.orders()) == 2


def test_numbers_can_come_with_noise() -> None:
    store = _stocked()
    store.shop.set_price("MUG", Decimal("8.1"))
    store.shop.doubles = Doubles(digits=17)
    assert b"8.0999999999999996" in store.send("catalog/export", includedParams=["price"]).content


def test_the_page_for_people_shows_the_orders() -> None:
    store = _stocked()
    store.shop.place_order()
    page = httpx.Client(transport=store.client._transport).get("https://shop.example.test/").text
    assert "1 orders, 1 products" in page
    assert "Ana Exemplu" in page
