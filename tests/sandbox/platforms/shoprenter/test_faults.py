"""Faults of the emulated Shoprenter."""

import base64

import httpx
import pytest

from sandbox.platforms.kit import Loopback
from tests.sandbox.platforms.shoprenter.calls import API, CREDENTIALS, OAUTH, Bolt

ORDER = base64.b64encode(b"order-order_id=1042").decode()
STATUS = {"orderStatus": {"id": base64.b64encode(b"orderStatus-order_status_id=5").decode()}}
PUT, ORDERS = "PUT orders", "GET orderExtend"


def _bolt() -> Bolt:
    bolt = Bolt()
    bolt.shop.place_order()
    return bolt


@pytest.mark.parametrize(
    ("fault", "detail", "status"),
    [
        ("throttled", True, 429),
        ("transient_401", True, 401),
        ("server_error", True, 502),
        ("server_error", 503, 503),
        ("html_page", True, 200),
        ("error", (500, 500, "SQL"), 500),
    ],
)
def test_a_planned_failure_does_no_work(fault: str, detail: object, status: int) -> None:
    bolt = _bolt()
    bolt.shop.faults.plan(fault, PUT, detail=detail)
    assert bolt.send("PUT", f"orders/{ORDER}", STATUS).status_code == status
    assert bolt.shop.order(1042).status == 1
    bolt.done("PUT", f"orders/{ORDER}", STATUS)


@pytest.mark.parametrize(("fault", "status"), [("lost_request", 1), ("lost_answer", 5)])
def test_a_time_out_strikes_before_or_after_the_work(fault: str, status: int) -> None:
    bolt = _bolt()
    bolt.shop.faults.plan(fault, PUT)
    with pytest.raises(httpx.ReadTimeout):
        bolt.send("PUT", f"orders/{ORDER}", STATUS)
    assert bolt.shop.order(1042).status == status


def test_an_answer_is_lost_over_loopback_too() -> None:
    bolt = _bolt()
    bolt.shop.faults.plan("lost_answer", PUT)
    with (
        Loopback(bolt.shop.app) as server,
        httpx.Client(headers=bolt.http.headers) as client,
        pytest.raises(httpx.TransportError),
    ):
        client.put(f"{server.url}/api/orders/{ORDER}", json=STATUS)
    assert bolt.shop.order(1042).status == 5


@pytest.mark.parametrize("fault", ["empty_body", "cut_body"])
def test_a_body_can_be_missing_after_the_work(fault: str) -> None:
    bolt = _bolt()
    bolt.shop.faults.plan(fault, PUT)
    answer = bolt.send("PUT", f"orders/{ORDER}", STATUS)
    assert answer.status_code == 200
    with pytest.raises(ValueError, match="line 1"):
        answer.json()
    assert bolt.shop.order(1042).status == 5


def test_tokens_can_end_and_a_token_request_fail_once() -> None:
    bolt = _bolt()
    bolt.shop.faults.plan("token_revoked", ORDERS)
    bolt.shop.faults.plan("transient_401", "POST token")
    assert bolt.refused("GET", "orderExtend") == (401, 401)
    assert bolt.refused("GET", "orderExtend") == (401, 401)
    assert bolt.http.post(f"{OAUTH}/demobolt/app/token", json=CREDENTIALS).status_code == 401
    bolt.log_in()
    assert len(bolt.items("orderExtend")) == 1


def test_one_request_of_a_batch_can_fail() -> None:
    bolt = _bolt()
    bolt.shop.place_order()
    bolt.shop.faults.plan("item_error", PUT, detail=(429, 429, "Request Limit Reached"))
    second = base64.b64encode(b"order-order_id=1043").decode()
    answers = bolt.batch(("PUT", f"orders/{ORDER}", STATUS), ("PUT", f"orders/{second}", STATUS))
    assert [status for status, _ in answers] == ["429", "200"]
    assert [bolt.shop.order(number).status for number in (1042, 1043)] == [1, 5]


def test_an_answer_can_be_slow_and_something_happen_around_it() -> None:
    bolt = _bolt()
    bolt.shop.faults.plan("slow", ORDERS, detail=9)
    bolt.shop.faults.plan("meanwhile", ORDERS, detail=bolt.shop.place_order)
    bolt.shop.faults.plan("afterwards", ORDERS, detail=bolt.shop.place_order)
    before = bolt.clock()
    answer = bolt.send("GET", "orderExtend")
    assert [len(answer.json()["items"]), len(bolt.shop.orders)] == [2, 3]
    assert (bolt.clock() - before).total_seconds() == 9
    assert answer.headers["date"] == "Sun, 01 Mar 2026 10:00:09 GMT"


def test_calls_are_counted_by_resource() -> None:
    bolt = _bolt()
    bolt.get("orderExtend")
    bolt.get(f"orderExtend/{ORDER}")
    bolt.http.get(f"{API}/nothing")
    assert bolt.shop.calls.by_route == {"POST token": 1, ORDERS: 2, "GET nothing": 1}


def test_a_batch_is_200_with_a_status_each() -> None:
    bolt = _bolt()
    bolt.shop.forbid("store.webhook:read")
    bolt.log_in()
    answers = bolt.batch(
        ("GET", f"orders/{ORDER}", None),
        ("GET", "orders?full=1&limit=1", None),
        ("GET", "webHooks", None),
        ("PUT", f"orders/{ORDER}", None),
        ("POST", "batch", {"requests": []}),
        ("DELETE", f"orders/{ORDER}", None),
    )
    assert [status for status, _ in answers] == ["200", "200", "403", "400", "404", "405"]
    assert answers[1][1]["items"][0]["innerId"] == "1042"
    assert answers[3][1]["error"] == 40001


def test_a_batch_takes_data_absolute_addresses_and_at_most_200_requests() -> None:
    bolt = _bolt()
    row = {"method": "PUT", "uri": f"{API}/orders/{ORDER}"}
    other = {"method": "GET", "uri": f"https://demobolt.api.myshoprenter.hu/orders/{ORDER}"}
    body = {"requests": [{**row, "body": STATUS}, {**row, "data": STATUS}, other]}
    answers = bolt.done("POST", "batch", {"data": body})["requests"]["request"]
    assert [each["response"]["header"]["statusCode"] for each in answers] == ["400", "200", "404"]
    assert bolt.refused("POST", "batch", {"requests": [row] * 201}) == (400, 40013)
    assert bolt.refused("POST", "batch", {"requests": []}) == (400, 40005)
    assert bolt.refused("GET", "batch") == (404, 40401)
    form = {f"data[requests][0][{name}]": value for name, value in row.items()}
    sent = bolt.http.post(f"{API}/batch", data={**form, "data[requests][0][data][invoiceId]": "X"}).json()
    assert sent["requests"]["request"][0]["response"]["header"]["statusCode"] == "200"
    assert bolt.shop.order(1042).invoice_id == "X"


def test_a_batch_counts_once_or_each_of_its_requests() -> None:
    for each_counts, expected in ((False, ["200"] * 5), (True, ["200"] * 2 + ["429"] * 3)):
        bolt = Bolt(per_second=3, batch_items_count=each_counts)
        bolt.shop.place_order()
        answers = bolt.batch(*[("GET", f"orders/{ORDER}", None)] * 5)
        assert [status for status, _ in answers] == expected
    numbers = Bolt(batch_status_as_text=False)
    assert numbers.batch(("GET", "orders", None))[0][0] == 200
