"""Faults and webhooks of the emulated SalesPOS."""

import hashlib
import hmac
import json

import httpx
import pytest

from sandbox.platforms.kit import Loopback
from tests.sandbox.platforms.salespos.calls import Signed, Till, free_row, order


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ("unauthorised", "401.10"),
        ("rate_limit", "429.10"),
        ("total_limit", "429.11"),
        ("rate_limit_failure", "500.10"),
    ],
)
def test_a_planned_refusal_does_no_work(fault: str, code: str) -> None:
    till = Till()
    till.shop.faults.plan(fault, "POST /orders")
    assert till.refused("POST", "/orders", order(free_row(1))) == code
    assert till.shop.orders == []
    till.post("/orders", order(free_row(1)))


def test_500_20_is_answered_although_the_order_was_made() -> None:
    till = Till()
    till.shop.faults.plan("schema_mismatch", "POST /orders")
    assert till.refused("POST", "/orders", order(free_row(1))) == "500.20"
    assert len(till.shop.orders) == 1


def test_204_is_answered_although_the_order_was_made() -> None:
    till = Till()
    till.shop.faults.plan("no_content", "POST /orders")
    till.done("POST", "/orders", order(free_row(1)))
    assert len(till.shop.orders) == 1


@pytest.mark.parametrize(("fault", "made"), [("lost_request", 0), ("lost_answer", 1)])
def test_a_time_out_strikes_before_or_after_the_work(fault: str, made: int) -> None:
    till = Till()
    till.shop.faults.plan(fault, "POST /orders")
    with pytest.raises(httpx.ReadTimeout):
        till.call("POST", "/orders", order(free_row(1)))
    assert len(till.shop.orders) == made


def test_an_answer_is_lost_over_loopback_too() -> None:
    till = Till()
    till.shop.faults.plan("lost_answer", "POST /orders")
    headers = {"accept": "application/json", "content-type": "application/json"}
    with Loopback(till.shop.app) as server, httpx.Client(auth=Signed(till.clock)) as client:
        with pytest.raises(httpx.TransportError):
            client.post(f"{server.url}/api/rest/v1/orders", content=json.dumps(order(free_row(1))), headers=headers)
        assert len(till.shop.orders) == 1
        assert client.get(f"{server.url}/api/rest/v1/orders", headers=headers).status_code == 200


def test_a_gateway_answers_html() -> None:
    till = Till()
    till.shop.faults.plan("html_page", "GET /orders/{id}")
    response = till.call("GET", "/orders/5")
    assert (response.status_code, response.headers["content-type"]) == (502, "text/html")


def test_a_response_hash_can_be_wrong() -> None:
    till = Till()
    till.shop.faults.plan("bad_hash", "GET /orders")
    bad, good = (till.call("GET", "/orders").headers["x-hash"] for _ in range(2))
    assert bad == "0" * 128
    assert good != bad


def test_a_skewed_clock_refuses_and_says_its_own_time() -> None:
    till = Till()
    till.shop.faults.plan("clock_skew", "GET /orders", detail=301)
    assert till.refused("GET", "/orders") == "401.10"
    till.shop.faults.plan("clock_skew", "GET /orders", detail=-200)
    assert till.call("GET", "/orders").headers["x-date"] == "2026-03-01T09:56:40Z"


def test_a_product_can_vanish_between_look_up_and_order() -> None:
    till = Till()
    mug = till.shop.add_product("MUG", 1)
    till.shop.faults.plan("meanwhile", "POST /orders", detail=lambda: till.shop.trash_product(mug["id"]))
    assert till.refused("POST", "/orders", order({"product_id": mug["id"], "count": 1})) == "400.20"


def test_combinations_can_be_made_anew_with_other_ids() -> None:
    till = Till()
    tee = till.shop.add_product("TEE", 1, variants={"Size": {"M": 0}})["id"]
    (before,) = till.get(f"/products/{tee}/attributecombinations")["items"]
    again = "GET /products/{id}/attributecombinations"
    till.shop.faults.plan("meanwhile", again, detail=lambda: till.shop.regenerate_combinations(tee))
    (after,) = till.get(f"/products/{tee}/attributecombinations")["items"]
    assert before["id"] != after["id"]
    assert before["combination"] == after["combination"]


def test_a_page_shift_hides_a_record_from_offset_paging() -> None:
    till = Till()
    ids = [till.shop.add_product(str(at), 1)["id"] for at in range(4)]
    till.shop.faults.plan("afterwards", "GET /products", detail=lambda: till.shop.trash_product(ids[0]))
    pages = [till.get("/products", start=at, size=2)["items"] for at in (0, 2)]
    assert [item["id"] for page in pages for item in page] == [ids[0], ids[1], ids[3]]


class Hook:
    """Somebody who registered webhooks."""

    def __init__(self) -> None:
        self.requests: list[httpx.Request] = []
        self.client = httpx.Client(transport=httpx.MockTransport(self.take))

    def take(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        if request.url.host == "away.example":
            raise httpx.ConnectError("nobody there", request=request)
        return httpx.Response(200)

    @property
    def events(self) -> list[tuple[str, int]]:
        return [(body["event"], body["id"]) for body in (json.loads(each.content) for each in self.requests)]


def _hooked(*events: str, address: str = "https://hook.example/ccv") -> tuple[Till, Hook, dict[str, str]]:
    hook = Hook()
    till = Till(webhook_client=hook.client)
    made = [till.post("/webhooks", {"event": event, "address": address}) for event in events]
    return till, hook, made[0]


def test_a_webhook_is_signed_with_its_own_key() -> None:
    till, hook, webhook = _hooked("orders.created")
    made = till.post("/orders", order(free_row(1)))
    (request,) = hook.requests
    message = b"https://hook.example/ccv|" + request.content
    expected = hmac.new(webhook["key"].encode(), message, hashlib.sha512).hexdigest()
    assert request.headers["x-hash"] == expected
    assert hook.events == [("orders.created", made["id"])]


def test_changes_of_payment_status_and_shipment_are_told_apart() -> None:
    events = ("orders.updated.ispaid", "orders.updated.status", "orders.updated.trackandtrace")
    till, hook, _ = _hooked(*events)
    made = till.post("/orders", order(free_row(1), status=2))
    till.done("PATCH", f"/orders/{made['id']}", {"status": 2, "paid": True})
    till.done("PATCH", f"/orders/{made['id']}", {"status": 5, "track_and_trace_code": "3S1"})
    assert [event for event, _ in hook.events] == list(events)


def test_webhooks_get_lost_and_doubled_when_planned() -> None:
    till, hook, _ = _hooked("orders.created")
    till.shop.faults.plan("missing_webhook", "orders.created")
    till.post("/orders", order(free_row(1)))
    assert hook.events == []
    till.shop.faults.plan("duplicate_webhook", "orders.created")
    made = till.post("/orders", order(free_row(1)))
    assert hook.events == [("orders.created", made["id"])] * 2


def test_nobody_at_the_address_disturbs_no_one() -> None:
    till, _, _ = _hooked("products.created", address="https://away.example/ccv")
    till.post("/products", {"name": "x", "price": 1, "discount": 0, "vatrate": 21, "package_id": till.shop.package_id})
    assert [each.status for each in till.shop.deliveries] == [None]


def test_a_webhook_can_be_paused_moved_and_removed_but_not_retargeted() -> None:
    till, hook, webhook = _hooked("orders.created")
    path = f"/webhooks/{webhook['id']}"
    assert till.refused("PATCH", path, {"event": "orders.deleted"}) == "400.10"
    assert till.refused("POST", "/webhooks", {"event": "users.created", "address": "https://a.example"}) == "400.10"
    assert till.refused("PATCH", path, {"address": "hook.example"}) == "400.10"
    till.done("PATCH", path, {"is_active": False})
    till.post("/orders", order(free_row(1)))
    till.done("DELETE", path)
    assert till.get("/webhooks")["items"] == []
    assert hook.events == []


def test_calls_are_counted_by_route() -> None:
    till = Till()
    for _ in range(2):
        till.call("GET", "/orders/7")
    assert till.shop.calls.by_route["GET /orders/{id}"] == 2
