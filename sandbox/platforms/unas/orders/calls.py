"""Orders are listed and found (platform file, "Orders")."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from sandbox.platforms.unas.errors import invalid
from sandbox.platforms.unas.inferred import LARGEST_ORDER_PAGE, Assumed
from sandbox.platforms.unas.orders.view import order_view
from sandbox.platforms.unas.routing import Functions, Page, reading, whole
from sandbox.platforms.unas.state import Order, Shop
from sandbox.platforms.unas.wire import Record, day_text, is_time, unix

FILTERS = """
Key Status StatusName StatusID Email InvoiceStatus InvoiceAutoSet TimeStart TimeEnd DateStart DateEnd TimeModStart
TimeModEnd LimitNum LimitStart Lang Order
"""
BILLED = "2"
_SORTS: Mapping[str, Callable[[Order], Any]] = {
    "modify_time_asc": lambda order: (order.modified, order.id),
    "order_time_asc": lambda order: (order.placed, order.id),
    "key_asc": lambda order: order.key,
}


def list_orders(shop: Shop, params: Record) -> Any:
    """The orders every filter leaves; ``InvoiceAutoSet`` marks those that are shown as billed."""
    tests = [test for name, test in _TESTS.items() if name in params]
    found = [order for order in shop.orders.values() if all(test(shop, order, params) for test in tests)]
    page = Page.of(params, LARGEST_ORDER_PAGE).cut(_sorted(shop, found, params))
    if params.get("InvoiceAutoSet") == "1":
        for order in page:
            order.nodes.setdefault("Invoice", {})["Status"] = BILLED
            order.modified = shop.now()
    return {"Order": [order_view(shop, order) for order in page]}


def _sorted(shop: Shop, found: list[Order], params: Record) -> list[Order]:
    if "Order" not in params:
        return sorted(found, key=lambda order: order.id, reverse=shop.assumed.newest_first)
    if params["Order"] not in _SORTS:
        raise invalid(f"Order should be one of {', '.join(_SORTS)}")
    return sorted(found, key=_SORTS[params["Order"]])


def _has_status(shop: Shop, order: Order, params: Record) -> bool:
    """By ordinal or type."""
    status = shop.table("OrderStatus")[order.status]
    return params["Status"] in (status["Order"], status["Type"])


def _has_name(shop: Shop, order: Order, params: Record) -> bool:
    return shop.table("OrderStatus")[order.status]["Name"] in params["StatusName"].split("|")


def _has_invoice(_: Shop, order: Order, params: Record) -> bool:
    return bool(order.nodes.get("Invoice", {}).get("Status", "0") == params["InvoiceStatus"])


def within(assumed: Assumed, moment: datetime, start: int | None, end: int | None) -> bool:
    """Whether a moment lies between two Unix times; whether they are taken in is not known."""
    at, edge = int(unix(moment)), 0 if assumed.bounds_inclusive else 1
    return (start is None or at >= start + edge) and (end is None or at <= end - edge)


def _in_time(attribute: str, name: str) -> Callable[[Shop, Order, Record], bool]:
    def test(shop: Shop, order: Order, params: Record) -> bool:
        bounds = whole(params, f"{name}Start"), whole(params, f"{name}End")
        return within(shop.assumed, getattr(order, attribute), *bounds)

    return test


def _in_days(_: Shop, order: Order, params: Record) -> bool:
    """Days act inclusively."""
    for name in ("DateStart", "DateEnd"):
        if name in params and not is_time(params[name]):
            raise invalid(f"{name} should be a day such as 2030.01.31")
    placed = day_text(order.placed)
    return bool(params.get("DateStart", placed) <= placed <= params.get("DateEnd", placed))


_TESTS: Mapping[str, Callable[[Shop, Order, Record], bool]] = {
    "Key": lambda _, order, params: order.key == params["Key"],
    "Status": _has_status,
    "StatusName": _has_name,
    "StatusID": lambda _, order, params: str(order.status) in params["StatusID"].split(","),
    "Email": lambda _, order, params: order.nodes["Customer"].get("Email") == params["Email"],
    "InvoiceStatus": _has_invoice,
    "TimeStart": _in_time("placed", "Time"),
    "TimeEnd": _in_time("placed", "Time"),
    "TimeModStart": _in_time("modified", "TimeMod"),
    "TimeModEnd": _in_time("modified", "TimeMod"),
    "DateStart": _in_days,
    "DateEnd": _in_days,
}

FUNCTIONS: Functions = {"getOrder": reading(list_orders, "Orders", FILTERS, "Key")}
