"""Orders from rows, each on its own: rows that are known are not looked into, and an odd one spoils no page."""

import json
from collections.abc import Callable, Iterable
from hashlib import blake2b

from shopbridge.connectors.kit.rows import Row, orders_apart
from shopbridge.model.office import OrderPage, UnreadableOrder
from shopbridge.model.order import Order
from shopbridge.ports import KnownRows

MARK = 16
"""Bytes of a row's mark."""
_TEXT = json.JSONEncoder(default=str, check_circular=False)


def mark_of(row: Row, *beside: str) -> str:
    """Return what stands for a row: another text for another row, or for the same one with its fields in another order.

    A shop that shows a whole day at each poll has all its rows marked each time, and to sort them would take as long
    again; a row whose fields change places is only read once more.

    Args:
        beside: Whatever else the reading of the row hangs on, besides the settings.
    """
    content = _TEXT.encode([row, beside])
    return blake2b(content.encode(errors="replace"), digest_size=MARK).hexdigest()


def read_orders_page(
    rows: Iterable[Row],
    read: Callable[[Row], Order | UnreadableOrder],
    position: str | None,
    known: KnownRows,
    mark: Callable[[Row], str] = mark_of,
) -> OrderPage:
    """Return the orders of rows that are not known.

    Args:
        rows: Each once.
        position: Where the next page goes on.
    """
    marked = ((mark(row), row) for row in rows)
    each = [(text, read(row)) for text, row in marked if not known(text)]
    orders, unreadable = orders_apart(order for _, order in each)
    marks = {order.id: text for text, order in each}
    return OrderPage(orders=tuple(orders), unreadable=tuple(unreadable), position=position, rows=marks)
