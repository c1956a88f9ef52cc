"""Our own inventions beside the emulated CloudSales: off by default, and apart."""

from decimal import Decimal
from typing import Any

import pytest

from sandbox.platforms.cloudsales import StandIn, Stock
from tests.sandbox.platforms.cloudsales.calls import CONNECTOR, Desk, details, item, order

D = Decimal
STOCK = {"items": [{"code": "CUP", "stock_available": 3}]}
PRICE = {"items": [{"code": "CUP", "price_with_vat": "121.00", "vat_percent": 21}]}


def _desk(*, writes: bool = True, work_points: bool = True) -> Desk:
    desk = Desk(stand_in=StandIn(writes=writes, work_points=work_points))
    desk.office.add_product("CUP", 65, stock=5)
    return desk


def _put(desk: Desk, what: str, body: Any, method: str = "PUT") -> Any:
    return desk.call(method, f"connector/{desk.office.connector.id}/{what}/", body, by=CONNECTOR)


@pytest.mark.parametrize(("what", "body"), [("stock", STOCK), ("price", PRICE)])
def test_writes_do_not_exist_unless_switched_on(what: str, body: Any) -> None:
    for switch in ({"writes": False}, {"writes": False, "work_points": False}):
        desk = _desk(**switch)
        assert _put(desk, what, body).status_code == 404
        assert desk.office.stock("CUP") == Stock(D(5), D(0))


@pytest.mark.parametrize("path", ["workpoint/list/", "product/list/workpoint:1/"])
def test_work_points_are_not_shown_unless_switched_on(path: str) -> None:
    assert _desk(work_points=False).call("GET", path).json()["is_error"] == 1


def test_a_written_stock_is_what_can_be_sold() -> None:
    desk = _desk()
    desk.create(order("HUB-1", item(count=2)))
    answer = _put(desk, "stock", STOCK)
    assert (answer.status_code, answer.json()) == (200, {"is_error": 0, "messages": [], "data": {"errors": []}})
    assert desk.office.stock("CUP") == Stock(D(5), D(2))
    _put(desk, "stock", {"items": [{"code": "CUP", "stock_available": 7.5}]})
    assert desk.office.stock("CUP").available == D("7.5")


def test_a_written_price_is_gross() -> None:
    desk = _desk()
    desk.clock.advance(seconds=1)
    _put(desk, "price", PRICE)
    (row,) = desk.rows("product/list/modifiedafter:2026-03-01%2012:00:00/")
    assert (row["pret_vanzare"], row["pret_vanzare_cu_tva"]) == ("100.00", "121.00")


def test_each_item_is_written_or_named() -> None:
    desk = _desk()
    desk.office.add_service("TRANSPORT", "Transport")
    desk.office.add_product("IDEA", 1)
    items = [{"code": code, "stock_available": 1} for code in ("NOPE", "CUP", "TRANSPORT", "IDEA")]
    answer = _put(desk, "stock", {"items": items}).json()
    assert answer["is_error"] == 1
    assert [error["code"] for error in answer["data"]["errors"]] == ["NOPE", "TRANSPORT", "IDEA"]
    assert desk.office.stock("CUP").available == 1


@pytest.mark.parametrize(
    ("what", "body"),
    [
        ("stock", {"items": []}),
        ("stock", {"items": [{"code": "CUP"}]}),
        ("stock", {"items": [{"code": "CUP", "stock_available": "3"}]}),
        ("stock", {"items": [{"code": "CUP", "stock_available": 3, "work_point": 1}]}),
        ("stock", {"items": STOCK["items"] * 101}),
        ("price", {"items": [{"code": "CUP", "price_with_vat": 121, "vat_percent": 21}]}),
        ("price", {"items": [{"code": "CUP", "price_with_vat": "121", "vat_percent": 21}]}),
    ],
)
def test_a_body_that_breaks_the_contract_writes_nothing(what: str, body: Any) -> None:
    desk = _desk()
    assert details(_put(desk, what, body))
    assert desk.office.stock("CUP").available == 5


def test_only_put_writes_and_only_by_the_connectors_own_user() -> None:
    desk = _desk()
    assert _put(desk, "stock", STOCK, "POST").status_code == 405
    path = f"connector/{desk.office.connector.id}/stock/"
    assert desk.call("PUT", path, STOCK).status_code == 401


def test_stock_and_price_of_one_work_point_are_written_and_read_apart() -> None:
    desk = _desk()
    store = desk.office.add_work_point("Magazin")
    desk.office.connector.work_point = store
    _put(desk, "stock", STOCK)
    _put(desk, "price", PRICE)
    points = desk.rows("workpoint/list/")
    assert [row["name"] for row in points] == ["Depozit", "Magazin"]
    shown = {row["id"]: desk.rows(f"product/list/workpoint:{row['id']}/page:1/")[0] for row in points}
    assert [(row["stock_available"], row["pret_vanzare_cu_tva"]) for row in shown.values()] == [
        ("5", "65.00"),
        ("3", "121.00"),
    ]
    assert desk.rows("product/list/")[0]["stock_available"] == "8"


def test_an_unknown_work_point_is_refused() -> None:
    assert details(_desk().call("GET", "product/list/workpoint:999/")) == ["unknown work point 999"]


def test_a_user_without_the_right_sees_no_work_points() -> None:
    desk = _desk()
    desk.office.add_user("reader", "secret", frozenset({"invoices[GET]"}))
    assert desk.call("GET", "workpoint/list/", by="reader:secret").status_code == 403
