"""Faults of the emulated UNAS."""

import httpx
import pytest

from sandbox.platforms.kit import Loopback
from sandbox.platforms.unas.wire import read_xml, write_xml
from tests.sandbox.platforms.unas.calls import Store


def _set(key: str) -> bytes:
    return write_xml("Orders", {"Order": {"Action": "modify", "Key": key, "StatusDetails": "x"}})


@pytest.mark.parametrize(
    ("fault", "detail", "status", "body"),
    [
        ("throttled", 17, 429, b"<html>"),
        ("server_error", True, 502, b"<html>"),
        ("server_error", 503, 503, b"<html>"),
        ("html_page", True, 200, b"<!doctype html>"),
        ("empty_body", True, 200, b""),
        ("error", "Internal error", 400, b"<Error>Internal error</Error>"),
        ("entity_error", "locked", 200, b"<Error>locked</Error>"),
        ("banned", True, 400, b"Too much setOrder query, IP is banned till 03.01.2026 12:00:00"),
    ],
)
def test_a_planned_failure_does_no_work(fault: str, detail: object, status: int, body: bytes) -> None:
    store = Store()
    key = store.shop.place_order().key
    store.shop.faults.plan(fault, "setOrder", detail=detail)
    response = store.send("setOrder", _set(key))
    assert (response.status_code, body in response.content) == (status, True)
    assert response.headers.get("retry-after") == ("17" if fault == "throttled" else None)
    assert store.shop.order_as_read(key)["StatusDetails"] == ""


def test_a_planned_ban_is_a_real_one() -> None:
    store = Store()
    store.shop.faults.plan("banned", "getOrder")
    store.send("getOrder", "<Params/>")
    assert "banned" in store.error("getStock", "<Params/>")
    store.clock.advance(hours=1)
    assert store.orders() == []


@pytest.mark.parametrize(("fault", "text"), [("lost_request", ""), ("lost_answer", "x")])
def test_a_time_out_strikes_before_or_after_the_work(fault: str, text: str) -> None:
    store = Store()
    key = store.shop.place_order().key
    store.shop.faults.plan(fault, "setOrder")
    with pytest.raises(httpx.ReadTimeout):
        store.send("setOrder", _set(key))
    assert store.shop.order_as_read(key)["StatusDetails"] == text


def test_an_answer_is_lost_over_loopback_too() -> None:
    store = Store()
    key = store.shop.place_order().key
    store.orders()
    store.shop.faults.plan("lost_answer", "setOrder")
    headers = {"Authorization": f"Bearer {store.token}"}
    with Loopback(store.shop.app) as server, httpx.Client() as client, pytest.raises(httpx.TransportError):
        client.post(f"{server.url}/shop/setOrder", content=_set(key), headers=headers)
    assert store.shop.order_as_read(key)["StatusDetails"] == "x"


def test_a_body_can_be_cut_and_a_list_come_empty() -> None:
    store = Store()
    store.shop.place_order()
    store.shop.faults.plan("cut_body", "getOrder")
    with pytest.raises(ValueError, match="no XML"):
        read_xml(store.send("getOrder", "<Params/>").content)
    store.shop.faults.plan("empty", "getOrder")
    assert [len(store.orders()) for _ in range(2)] == [0, 1]


def test_something_can_happen_meanwhile_or_afterwards() -> None:
    store = Store()
    store.shop.faults.plan("meanwhile", "getOrder", detail=store.shop.place_order)
    store.shop.faults.plan("afterwards", "getOrder", detail=store.shop.place_order)
    assert [len(store.orders()) for _ in range(2)] == [1, 2]


def test_calls_are_counted_and_dated_by_the_shops_own_clock() -> None:
    store = Store()
    response = store.send("getOrder", "<Params/>")
    assert store.shop.calls.by_route == {"login": 1, "getOrder": 1}
    assert response.headers["date"] == "Sun, 01 Mar 2026 10:00:00 GMT"


def test_texts_that_are_no_xml_do_not_break_an_answer() -> None:
    store = Store()
    key = store.shop.place_order().key
    store.set_order(Key=key, StatusDetails="a ]]> b & <c>")
    store.shop.order(key).nodes["Referer"] = "a\x00b\x1fc"
    (order,) = store.orders()
    assert (order["StatusDetails"], order["Referer"]) == ("a ]]> b & <c>", "abc")
