"""Orders are listed and found (platform file, "Read filters")."""

from collections.abc import Callable, Mapping
from functools import partial

from sandbox.platforms.gomag.orders.view import order_view
from sandbox.platforms.gomag.paging import changed_since, day, page
from sandbox.platforms.gomag.routing import PAGING, Call, Routes, reading
from sandbox.platforms.gomag.state import Order, Shop
from sandbox.platforms.gomag.wire import Record


def list_orders(shop: Shop, call: Call) -> Record:
    """The orders every filter leaves, newest first as is assumed."""
    tests = [test for name, test in _FILTERS.items() if call.query.get(name)]
    found = [order for order in shop.orders.values() if all(test(shop, order, call) for test in tests)]
    found.sort(key=lambda order: (order.placed, order.id), reverse=shop.assumed.newest_first)
    return page(shop, call, "orders", found, partial(order_view, shop))


def _before_end(shop: Shop, order: Order, call: Call) -> bool:
    placed, end = day(order.placed), call.query["endDate"][:10]
    return placed <= end if shop.assumed.end_date_inclusive else placed < end


def _has_status(_: Shop, order: Order, call: Call) -> bool:
    return str(order.status) in [text.strip() for text in call.query["statusIds"].split(",")]


def _has_id(shop: Shop, order: Order, call: Call) -> bool:
    return not shop.assumed.order_id_filter or str(order.id) == call.query["id"]


_FILTERS: Mapping[str, Callable[[Shop, Order, Call], bool]] = {
    "date": lambda _, order, call: day(order.placed) == call.query["date"][:10],
    "startDate": lambda _, order, call: day(order.placed) >= call.query["startDate"][:10],
    "endDate": _before_end,
    "number": lambda _, order, call: order.number == call.query["number"],
    "statusIds": _has_status,
    "customer": lambda _, order, call: str(order.customer) == call.query["customer"],
    "updated": lambda _, order, call: changed_since(call, order.updated),
    "id": _has_id,
}
_HONOURED = (frozenset(_FILTERS) - {"id"}) | PAGING
"""``id`` is not among them: one source names it, the measured ones do not."""

ROUTES: Routes = {"order/read/json": reading(list_orders, "order", _HONOURED, "orders")}
