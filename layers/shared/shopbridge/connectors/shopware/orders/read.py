"""The orders of a shop: from the rows of a search to orders, or to the reasons why they cannot be ones.

No order spoils its page.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

from pydantic import ValidationError
from pydantic_core import PydanticSerializationError

from shopbridge.connectors.kit.rows import check_order, orders_apart, sightings
from shopbridge.connectors.shopware.facts import ShopFacts, is_id
from shopbridge.connectors.shopware.orders.changes import (
    ORDER_PAGE,
    SMALL_PAGE,
    OddOrder,
    OrderRow,
    read_by_id,
    read_by_number,
    read_changed,
)
from shopbridge.connectors.shopware.orders.map import to_order
from shopbridge.errors import Held, Unfinished
from shopbridge.mapping.identity import is_sound, readable, sound_id
from shopbridge.mapping.validation import first_error
from shopbridge.model.base import OrderId, in_batches
from shopbridge.model.ledger import Reason
from shopbridge.model.office import OrderPage, UnreadableOrder
from shopbridge.model.order import Order
from shopbridge.ports import KnownRows, Sighting, none_known


@dataclass(frozen=True)
class ShopwareOrders:
    """The orders of the sales channels that were chosen."""

    facts: ShopFacts

    def server_time(self) -> datetime:
        """Return the shop's clock, which searches tell, too."""
        return self.facts.api.now()

    @property
    def reach(self) -> timedelta:
        """Return nothing: changes are asked for by their moment."""
        return timedelta(0)

    def changed(self, since: datetime, position: str | None, known: KnownRows = none_known) -> OrderPage:
        """Return a page of whole orders; ``position`` names a table and an order's ``autoIncrement``."""
        try:
            rows, following = read_changed(self.facts, since, position, ORDER_PAGE, known)
        except Unfinished:
            # Huge orders may be more than the shop's time or memory, or ours; a few of them are not.
            rows, following = read_changed(self.facts, since, position, SMALL_PAGE, known)
        orders, unreadable = self._read(rows)
        marks = {sound_id(row.id, row): row.mark for row in rows}
        return OrderPage(orders=tuple(orders), unreadable=tuple(unreadable), position=following, rows=marks)

    def read(self, ids: Sequence[OrderId]) -> tuple[Sequence[Order], Sequence[UnreadableOrder]]:
        """Return these orders, without those of sales channels that were not chosen; one call for each page of ids."""
        rows = (row for some in _batches(ids) for row in read_by_id(self.facts, some))
        return self._read(rows)

    def named(self, number: str) -> Sequence[Sighting]:
        """Return the orders of this number in any sales channel; one call."""
        if not number or not is_sound(number):
            return ()
        rows = read_by_number(self.facts, number)
        left_out = {sound_id(row.id, row): self._left_out(row) for row in rows}
        return [replace(each, left_out=left_out.get(each.order.id)) for each in sightings(self._read(rows))]

    def _left_out(self, row: OrderRow) -> Reason | None:
        channels = self.facts.settings.sales_channels
        if not channels or isinstance(row, OddOrder) or row.sales_channel_id in channels:
            return None
        name = row.sales_channel.title if row.sales_channel else ""
        return Reason(
            code="channel_not_taken",
            text=f"Orders of the sales channel {name or row.sales_channel_id!r} are not read.",
            fix=f"To take them, add {row.sales_channel_id!r} to shop.settings.sales_channels.",
        )

    def _read(self, rows: Iterable[OrderRow]) -> tuple[list[Order], list[UnreadableOrder]]:
        settings = self.facts.settings
        return read_orders(rows, settings.own_payment_states, ZoneInfo(settings.time_zone))


def _batches(ids: Sequence[OrderId]) -> Iterator[Sequence[OrderId]]:
    """Pages of ids; one that is none would fail its whole page."""
    return in_batches([order for order in dict.fromkeys(ids) if is_id(order)], ORDER_PAGE)


def read_orders(
    rows: Iterable[OrderRow], own_states: Mapping[str, bool], zone: tzinfo = UTC
) -> tuple[list[Order], list[UnreadableOrder]]:
    """Return the rows as orders, each once, and those that could not be read; ``zone`` is the shop's."""
    once = {sound_id(row.id, row): row for row in rows}
    return orders_apart(read_order(row, own_states, zone) for row in once.values())


def read_order(row: OrderRow, own_states: Mapping[str, bool], zone: tzinfo = UTC) -> Order | UnreadableOrder:
    """Return one row."""
    if isinstance(row, OddOrder):
        return _unexpected(row, row.why)
    try:
        order = _dated(to_order(row, row.revision, own_states), zone)
        check_order(order)
        order.model_dump_json()  # as it will be queued
    except Held as reason:
        return _unreadable(row, reason.code, reason.what, reason.fix)
    except ValidationError as error:
        return _unexpected(row, first_error(error))
    except PydanticSerializationError:
        # Half of a character, or custom fields nested without end.
        what = "The order holds a text that cannot be written down"
        return _unreadable(row, "unexpected_form", what, "Look at its comment and custom fields in Shopware.")
    return order


def _unexpected(row: OrderRow, why: str) -> UnreadableOrder:
    what = f"The order has an unexpected form at {why}"
    return _unreadable(row, "unexpected_form", what, "Look at the order in Shopware; a plugin may have changed it.")


def _dated(order: Order, zone: tzinfo) -> Order:
    """With the shop's own day: Shopware tells every time in UTC."""
    try:
        return order.model_copy(update={"placed_at": order.placed_at.astimezone(zone)})
    except OverflowError:  # at an end of the calendar
        return order


def _unreadable(row: OrderRow, code: str, text: str, fix: str) -> UnreadableOrder:
    return UnreadableOrder(
        id=sound_id(row.id, row),
        number=readable(row.order_number),
        revision=row.revision,
        code=code,
        text=text,
        fix=fix,
    )
