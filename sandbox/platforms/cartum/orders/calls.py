"""Orders are listed and found: by their creation, their numbers and their status. Nothing tells what changed (C2)."""

from collections.abc import Mapping
from zlib import crc32

from sandbox.platforms.cartum.fields import BOOL, MOMENT, NUMBERS, PAGING, listed, whole
from sandbox.platforms.cartum.orders.view import order_view
from sandbox.platforms.cartum.paging import cut, is_within
from sandbox.platforms.cartum.routing import Answer, Function, Functions, listing
from sandbox.platforms.cartum.state import Order, Shop
from sandbox.platforms.cartum.wire import Record
from sandbox.platforms.kit.fields import Shape

Wanted = Mapping[str, set[int | None]]
"""What a field has to be one of."""
PARAMS: Shape = {
    "from": MOMENT,
    "to": MOMENT,
    "ids": NUMBERS,
    "status": NUMBERS,
    "additionalData": BOOL,
    **PAGING,
}


def list_orders(shop: Shop, body: Record) -> Answer:
    """The orders every filter leaves."""
    wanted: Wanted = {name: set(map(whole, listed(body[name]))) for name in ("ids", "status") if name in body}
    found = [order for order in _named(shop, wanted) if is_within(shop, order.placed, body)]
    found.sort(key=lambda order: _rank(shop, order))
    shown = cut(found, body, shop.assumed.orders_page, shop.assumed.largest_orders_page)
    additional = bool(body.get("additionalData"))
    return listing("orders", [order_view(shop, order, additional=additional) for order in shown])


def _named(shop: Shop, wanted: Wanted) -> list[Order]:
    ids, statuses = wanted.get("ids", shop.orders), wanted.get("status")
    named = [shop.orders[number] for number in ids if number in shop.orders]
    return [order for order in named if statuses is None or order.status in statuses]


def _rank(shop: Shop, order: Order) -> tuple[float, int]:
    """[inferred] No order of the list is documented; the default shows newest first."""
    if shop.assumed.sorting == "mixed":
        return (crc32(str(order.id).encode()), order.id)
    sign = 1 if shop.assumed.sorting == "oldest" else -1
    return (sign * order.placed.timestamp(), sign * order.id)


FUNCTIONS: Functions = {"orders/get": Function(list_orders, PARAMS, collection="orders")}
