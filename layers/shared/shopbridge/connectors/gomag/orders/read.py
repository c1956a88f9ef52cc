"""The orders of a shop: from rows to orders, or to the reasons why they cannot be ones. No order spoils its page."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Generic, TypeVar

from pydantic import ValidationError

from shopbridge.connectors.gomag.api import OVERLAP, GomagApi, Listing, each_alone, first_day
from shopbridge.connectors.gomag.orders.map import to_order
from shopbridge.connectors.gomag.settings import GomagSettings
from shopbridge.connectors.gomag.wire import WireOrder, WireOrderHead
from shopbridge.connectors.kit.loose import as_text, writable
from shopbridge.connectors.kit.order_rows import read_orders_page
from shopbridge.connectors.kit.paging import stands_still
from shopbridge.connectors.kit.rows import Row, check_order, orders_apart, read_row, sightings
from shopbridge.errors import Held, RetryLater
from shopbridge.mapping.identity import is_sound, readable, sound_id, sound_name
from shopbridge.mapping.validation import first_error
from shopbridge.model.base import OrderId
from shopbridge.model.office import OrderPage, UnreadableOrder
from shopbridge.model.order import Order
from shopbridge.ports import Clock, KnownRows, Sighting, none_known

READ, LIST = "order/read", "orders"
DIGEST = 16
"""Characters of a content's digest: enough that two versions of one order never share it."""
AnyOrder = TypeVar("AnyOrder", bound=WireOrderHead)


@dataclass(frozen=True)
class OrderRow(Generic[AnyOrder]):
    """A row of the list of orders: what it is called, and as an order where it has the form we know.

    Attributes:
        id: A name of ours where the row has none that can be one.
        number: Empty where it has none.
        row: All that came.
        order: Where the row is odd, and how, in its place.
    """

    id: str
    number: str
    row: Row
    order: AnyOrder | str


def order_row(shape: type[AnyOrder], row: Row) -> OrderRow[AnyOrder]:
    """Return a row, of which as much is read as ``shape`` names."""
    return OrderRow(_id(row), _name(row.get("number")), row, read_row(shape, row))


def orders_as(shape: type[AnyOrder]) -> Listing[OrderRow[AnyOrder]]:
    """Return the list of orders, of which as much is read as ``shape`` names."""
    return each_alone(READ, LIST, lambda row: order_row(shape, row))


def _id(row: Row) -> str:
    return sound_id(_name(row.get("id")), row)


def _name(value: object) -> str:
    text = as_text(value)
    return text if isinstance(text, str) else ""


def _digest(content: str) -> str:
    return sha256(content.encode(errors="replace")).hexdigest()[:DIGEST]


ORDERS, HEADS = orders_as(WireOrder), orders_as(WireOrderHead)


@dataclass(frozen=True)
class UnreadRow:
    """A row of the list of orders that is named, and not looked into yet: one that did not change never is."""

    id: str
    row: Row


ROWS = each_alone(READ, LIST, lambda row: UnreadRow(_id(row), row))


@dataclass(frozen=True)
class GomagOrders:
    """The orders of one shop."""

    api: GomagApi
    clock: Clock
    settings: GomagSettings

    def server_time(self) -> datetime:
        """Return our clock, without a call: changes are filtered by days and read with a day of overlap."""
        return self.clock()

    @property
    def reach(self) -> timedelta:
        """Return how much earlier changes are asked for: from the beginning of a day, of which one has 25 hours."""
        return OVERLAP + timedelta(hours=25)

    def changed(self, since: datetime, position: str | None, known: KnownRows = none_known) -> OrderPage:
        """Return a page of the orders that changed since the day before.

        ``position`` is its number and the page before.

        The order of a list is not documented, and rows shift when orders come in, so an order may come twice.

        Raises:
            RetryLater: Also for the page before once more: a shop that pays no attention to ``page`` has no end.
        """
        now = self.clock()
        number, _, before = (position or "1").partition(":")
        page = self.api.page(ROWS, int(number), updated=first_day(since))
        once = {each.id: each.row for each in page.rows}
        these = _digest(json.dumps([each.id for each in page.rows]))
        if page.rows and these == before:
            raise stands_still("Gomag", "orders")
        following = None if page.is_last else f"{int(number) + 1}:{these}"
        return read_orders_page(
            once.values(), lambda row: read_order(order_row(WireOrder, row), self.settings, now), following, known
        )

    def read(self, ids: Sequence[OrderId]) -> tuple[Sequence[Order], Sequence[UnreadableOrder]]:
        """Return these orders, one call each: only the number finds an order."""
        now = self.clock()
        rows = [row for order in dict.fromkeys(ids) if (row := find_order(self.api, ORDERS, order))]
        return read_orders(rows, self.settings, now)

    def named(self, number: str) -> Sequence[Sighting]:
        """Return the orders of this number; one call. Raises RetryLater as ``orders_of``."""
        now = self.clock()
        return sightings(read_orders(orders_of(self.api, ORDERS, number), self.settings, now))


def read_orders(
    rows: Iterable[OrderRow[WireOrder]], settings: GomagSettings, now: datetime
) -> tuple[list[Order], list[UnreadableOrder]]:
    """Return the rows as orders, each once, and those that could not be read."""
    once = {row.id: row for row in rows}
    return orders_apart(read_order(row, settings, now) for row in once.values())


def read_order(row: OrderRow[WireOrder], settings: GomagSettings, now: datetime) -> Order | UnreadableOrder:
    """Return one row; ``now`` is when its reading began."""
    if isinstance(row.order, str):
        return _unexpected(row, now, f"The order has an unexpected form at {row.order}")
    try:
        order = to_order(row.order, settings)
        check_order(order)
        content = order.model_dump_json()
    except Held as reason:
        return _unreadable(row, now, reason.code, reason.what, reason.fix)
    except ValidationError as error:
        return _unexpected(row, now, f"The order has an unexpected form at {first_error(error)}")
    except ArithmeticError:
        return _unexpected(row, now, "The order's amounts are beyond all measure")
    return order.model_copy(update={"revision": revision(now, _digest(content))})


def revision(now: datetime, digest: str) -> str:
    """Return the moment of reading and a digest of what was read, since Gomag tells no time of change."""
    moment = now.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return f"{moment}#{digest}"


def find_order(api: GomagApi, listing: Listing[OrderRow[AnyOrder]], order: OrderId) -> OrderRow[AnyOrder] | None:
    """Return one order by its number, checked by its id; None when the shop has no such. Raises as ``orders_of``."""
    internal, _, number = order.partition("/")
    if not internal:
        return None
    return next((row for row in orders_of(api, listing, number) if row.id == internal), None)


def orders_of(api: GomagApi, listing: Listing[OrderRow[AnyOrder]], number: str) -> Sequence[OrderRow[AnyOrder]]:
    """Return all orders of this number; none for what can be no number.

    Raises:
        RetryLater: What came back are other orders, as when a filter is ignored (platform file, G2).
    """
    if not number or not is_sound(number):
        return ()
    rows = api.page(listing, 1, number=number).rows
    if any(row.number != number for row in rows):
        raise RetryLater(
            f"Asked for order {number}, Gomag gave others: it does not look at the filter",
            after=300,
            where=f"Gomag order {number}",
        )
    return rows


def find_head(api: GomagApi, order: OrderId) -> WireOrderHead | None:
    """Return the same, as far as it is needed to move it. Raises RetryLater for an unexpected form."""
    row = find_order(api, HEADS, order)
    head = row.order if row else None
    if isinstance(head, str):
        raise RetryLater(f"The order has an unexpected form at {head}", after=300, where=f"Gomag order {order}")
    return head


def _unexpected(row: OrderRow[WireOrder], now: datetime, text: str) -> UnreadableOrder:
    return _unreadable(row, now, "unexpected_form", text, "Look at the order in Gomag, then resend it.")


def _unreadable(row: OrderRow[WireOrder], now: datetime, code: str, text: str, fix: str) -> UnreadableOrder:
    return UnreadableOrder(
        id=f"{row.id}/{sound_name(row.number)}",
        number=readable(row.number),
        revision=revision(now, _digest(json.dumps(row.row, default=str, sort_keys=True))),
        code=code,
        text=writable(text),
        fix=fix,
    )
