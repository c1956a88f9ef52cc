"""The orders of a shop: from rows to orders, or to the reasons why they cannot be ones. No order spoils its page."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from pydantic import ValidationError

from shopbridge.connectors.gomag.api import GomagApi, first_day
from shopbridge.connectors.gomag.orders.map import to_order
from shopbridge.connectors.gomag.settings import GomagSettings
from shopbridge.connectors.gomag.wire import WireOrder, WireOrderHead, as_text, read_wire_order, writable
from shopbridge.connectors.kit.paging import stands_still
from shopbridge.connectors.kit.rows import Row, check_order, orders_apart
from shopbridge.errors import Held, RetryLater
from shopbridge.mapping.identity import readable, sound_id, sound_name
from shopbridge.mapping.validation import first_error
from shopbridge.model.base import OrderId
from shopbridge.model.office import OrderPage, UnreadableOrder
from shopbridge.model.order import Order
from shopbridge.ports import Clock

READ, LIST = "order/read", "orders"
DIGEST = 16
"""Characters of a content's digest: enough that two versions of one order never share it."""


@dataclass(frozen=True)
class GomagOrders:
    """The orders of one shop."""

    api: GomagApi
    clock: Clock
    settings: GomagSettings

    def server_time(self) -> datetime:
        """Return our clock, without a call: changes are filtered by days and read with a day of overlap."""
        return self.clock()

    def changed(self, since: datetime, position: str | None) -> OrderPage:
        """Return a page of the orders that changed since the day before.

        ``position`` is its number and the page before.

        The order of a list is not documented, and rows shift when orders come in, so an order may come twice.

        Raises:
            RetryLater: Also for the page before once more: a shop that pays no attention to ``page`` has no end.
        """
        now = self.clock()
        number, _, before = (position or "1").partition(":")
        page = self.api.page(READ, LIST, int(number), updated=first_day(since))
        these = _digest(page.rows)
        if page.rows and these == before:
            raise stands_still("Gomag", "orders")
        orders, unreadable = read_orders(page.rows, self.settings, now)
        following = None if page.is_last else f"{int(number) + 1}:{these}"
        return OrderPage(orders=tuple(orders), unreadable=tuple(unreadable), position=following)

    def read(self, ids: Sequence[OrderId]) -> tuple[Sequence[Order], Sequence[UnreadableOrder]]:
        """Return these orders, one call each: only the number finds an order."""
        now = self.clock()
        rows = [row for order in dict.fromkeys(ids) if (row := find_order(self.api, order)) is not None]
        return read_orders(rows, self.settings, now)


def _digest(rows: Iterable[Row]) -> str:
    """Tells pages apart by the orders on them."""
    ids = json.dumps([str(row.get("id")) for row in rows])
    return sha256(ids.encode(errors="replace")).hexdigest()[:DIGEST]


def read_orders(
    rows: Iterable[Row], settings: GomagSettings, now: datetime
) -> tuple[list[Order], list[UnreadableOrder]]:
    """Return the rows as orders, each once, and those that could not be read."""
    once = {sound_id(row.get("id"), row): row for row in rows}
    return orders_apart(read_order(row, settings, now) for row in once.values())


def read_order(row: Row, settings: GomagSettings, now: datetime) -> Order | UnreadableOrder:
    """Return one row; ``now`` is when its reading began."""
    try:
        order = to_order(read_wire_order(row, WireOrder), settings)
        check_order(order)
        content = order.model_dump_json()
    except Held as reason:
        return _unreadable(row, now, reason.code, reason.what, reason.fix)
    except ValidationError as error:
        what = f"The order has an unexpected form at {first_error(error)}"
        return _unreadable(row, now, "unexpected_form", what, "Look at the order in Gomag, then resend it.")
    except ArithmeticError:
        what = "The order's amounts are beyond all measure"
        return _unreadable(row, now, "unexpected_form", what, "Look at the order in Gomag, then resend it.")
    return order.model_copy(update={"revision": revision(now, content)})


def revision(now: datetime, content: str) -> str:
    """Return Gomag tells no time of change: the moment of reading, and a digest of what was read."""
    moment = now.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return f"{moment}#{sha256(content.encode(errors='replace')).hexdigest()[:DIGEST]}"


def find_order(api: GomagApi, order: OrderId) -> Row | None:
    """Return one order by its number, checked by its id; None when the shop does not have it.

    Raises:
        RetryLater: What came back are other orders, as when a filter is ignored (platform file, G2).
    """
    internal, _, number = order.partition("/")
    if not internal or not number:
        return None
    rows = api.page(READ, LIST, 1, number=number).rows
    if any(as_text(row.get("number")) != number for row in rows):
        raise RetryLater(
            f"Asked for order {number}, Gomag gave others: it does not look at the filter",
            after=300,
            where=f"Gomag order {number}",
        )
    return next((row for row in rows if as_text(row.get("id")) == internal), None)


def find_head(api: GomagApi, order: OrderId) -> WireOrderHead | None:
    """Return the same, as far as it is needed to move it. Raises RetryLater for an unexpected form."""
    row = find_order(api, order)
    try:
        return read_wire_order(row, WireOrderHead) if row is not None else None
    except ValidationError as error:
        what = f"The order has an unexpected form at {first_error(error)}"
        raise RetryLater(what, after=300, where=f"Gomag order {order}") from error


def _unreadable(row: Row, now: datetime, code: str, text: str, fix: str) -> UnreadableOrder:
    internal, number = sound_id(_name(row, "id"), row), _name(row, "number")
    content = json.dumps(row, default=str, sort_keys=True)
    return UnreadableOrder(
        id=f"{internal}/{sound_name(number)}",
        number=readable(number),
        revision=revision(now, content),
        code=code,
        text=writable(text),
        fix=fix,
    )


def _name(row: Mapping[str, Any], field: str) -> str:
    text = as_text(row.get(field))
    return text if isinstance(text, str) else ""
