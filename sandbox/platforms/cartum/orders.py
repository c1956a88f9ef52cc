"""Orders are listed and found: by their creation, their numbers and their status. Nothing tells what changed (C2)."""

from zlib import crc32

from sandbox.platforms.cartum.fields import BOOL, MOMENT, NUMBERS, PAGING, listed, whole
from sandbox.platforms.cartum.order_view import order_view
from sandbox.platforms.cartum.paging import cut, is_within
from sandbox.platforms.cartum.routing import Answer, Function, Functions, listing
from sandbox.platforms.cartum.state import Order, Shop
from sandbox.platforms.cartum.wire import Record
from sandbox.platforms.kit.fields import Shape

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
    found = [order for order in shop.orders.values() if _fits(shop, order, body)]
    found.sort(key=lambda order: _rank(shop, order))
    shown = cut(found, body, shop.assumed.orders_page, shop.assumed.largest_orders_page)
    additional = bool(body.get("additionalData"))
    return listing("orders", [order_view(shop, order, additional=additional) for order in shown])


def _fits(shop: Shop, order: Order, body: Record) -> bool:
    own = {"ids": order.id, "status": order.status}
    if any(value not in map(whole, listed(body[name])) for name, value in own.items() if name in body):
        return False
    return is_within(shop, order.placed, body)


def _rank(shop: Shop, order: Order) -> tuple[float, int]:
    """[inferred] No order of the list is documented; the default shows newest first."""
    if shop.assumed.sorting == "mixed":
        return (crc32(str(order.id).encode()), order.id)
    sign = 1 if shop.assumed.sorting == "oldest" else -1
    return (sign * order.placed.timestamp(), sign * order.id)


FUNCTIONS: Functions = {"orders/get": Function(list_orders, PARAMS, collection="orders")}
