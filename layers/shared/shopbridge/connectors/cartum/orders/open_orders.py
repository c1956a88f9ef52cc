"""The orders of a shop that may still hold units of an SKU.

Cartum cannot be asked for the orders of an SKU, nor for what changed. So the open orders are read, and believed for a
while that grows with the calls they took; orders that were placed meanwhile are read each time.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from pydantic import ValidationError

from shopbridge.connectors.cartum.api import ORDERS, CartumApi, as_shop_time
from shopbridge.connectors.cartum.orders.map import order_id, placed_at
from shopbridge.connectors.cartum.orders.read import CLOCKS, OVERLAP, may_go_on
from shopbridge.connectors.cartum.orders.status import KeptStatuses
from shopbridge.connectors.cartum.outcomes import TITLE
from shopbridge.connectors.cartum.settings import CartumSettings
from shopbridge.connectors.cartum.wire import WireOpenOrder
from shopbridge.connectors.kit.paging import each_page
from shopbridge.connectors.kit.rows import Row, odd_form
from shopbridge.errors import Held, RetryLater
from shopbridge.mapping.validation import first_error
from shopbridge.model.base import OrderId
from shopbridge.model.stock import OpenOrder
from shopbridge.ports import Clock

COMPLETED_LATELY = timedelta(days=14)
"""How long after it was placed a completed order is still told: its import may be late."""
BELIEVED = timedelta(seconds=15)
"""For each call that a reading of all took: an hour has so many calls, and nobody tells how many."""


@dataclass
class CartumOpenOrders:
    """The open orders of one shop."""

    api: CartumApi
    clock: Clock
    settings: CartumSettings
    statuses: KeptStatuses
    _orders: dict[OrderId, OpenOrder] = field(default_factory=dict, repr=False)
    _since: datetime | None = None
    _read_all_at: datetime | None = None
    _calls: int = 0

    def of(self, skus: Sequence[str], since: datetime) -> list[OpenOrder]:
        """Return orders placed at or after ``since`` with one of these SKUs, with their units of these SKUs only.

        Cancelled ones are left out, and successful ones that were placed longer ago than ``COMPLETED_LATELY``.

        Raises:
            RetryLater: An order cannot be read: it might hold units, so nothing may be concluded.
        """
        self._read(since)
        wanted = set(skus)
        found = (_only(order, wanted) for order in self._orders.values() if order.placed_at >= since)
        return [order for order in found if order.units]

    def deducts_at_order(self) -> bool:
        """Answer as the settings say."""
        return self.settings.orders_lower_stock

    def _read(self, since: datetime) -> None:
        """What breaks off on the way leaves everything as it was."""
        now = self.clock()
        if self._read_all_at is not None and self._knows(since, now):
            self._orders = self._with(self._orders, self._placed(self._read_all_at))
            return
        before = self._calls
        self._calls = 0
        try:
            self._orders = self._with({}, self._all(since, now))
        except RetryLater:
            self._calls = before
            raise
        self._since, self._read_all_at = since, now

    def _knows(self, since: datetime, now: datetime) -> bool:
        """Whether what was read reaches back far enough, and is not too old."""
        young = self._read_all_at is not None and now - self._read_all_at < BELIEVED * self._calls
        return young and self._since is not None and self._since <= since

    def _all(self, since: datetime, now: datetime) -> Iterator[Row]:
        """The lately placed ones in any status, and older ones that are still open."""
        lately = max(since, now - COMPLETED_LATELY)
        yield from self._placed(lately)
        still_open = [int(each.id) for each in self.statuses.value() if self._is_open(each.id) and each.id.isdecimal()]
        if since < lately and still_open:
            yield from self._placed(since, status=still_open)

    def _placed(self, moment: datetime, **filters: Any) -> Iterator[Row]:
        begin, size = as_shop_time(moment - CLOCKS, self.settings.zone), self.settings.page_size

        def read(skip: int) -> tuple[list[Row], int | None]:
            self._calls += 1
            rows = self.api.rows(ORDERS, "orders", {"from": begin, **filters, "offset": skip, "limit": size})
            again = min(OVERLAP, len(rows) // 2)
            return rows, skip + len(rows) - again if may_go_on(len(rows), size) else None

        return (row for rows, _ in each_page(read, 0, TITLE, "open orders") for row in rows)

    def _is_open(self, status: str) -> bool:
        successful = {each.id for each in self.statuses.value() if each.is_successful}
        return status not in successful and not self.settings.is_cancelled(status)

    def _with(self, orders: Mapping[OrderId, OpenOrder], rows: Iterator[Row]) -> dict[OrderId, OpenOrder]:
        """The orders as they are with these rows."""
        known, lately = dict(orders), self.clock() - COMPLETED_LATELY
        for wire in map(_wire, rows):
            order = self._held(wire)
            off = self.settings.is_cancelled(wire.stat_status)
            if off or (order.placed_at < lately and not self._is_open(wire.stat_status)):
                known.pop(order.id, None)
            else:
                known[order.id] = order
        return known

    def _held(self, wire: WireOpenOrder) -> OpenOrder:
        units: defaultdict[str, Decimal] = defaultdict(Decimal)
        for line in wire.products:  # a set and its parts: whatever may be taken is not for sale
            if line.article:
                units[line.article] += line.quantity
        try:
            return OpenOrder(id=order_id(wire), placed_at=placed_at(wire, self.settings), units=dict(units))
        except Held as error:
            raise RetryLater(error.what, after=300, where=f"Cartum order {wire.order_id}") from error


def _wire(row: Row) -> WireOpenOrder:
    try:
        return WireOpenOrder.model_validate(row)
    except ValidationError as error:
        raise odd_form(TITLE, "open orders", first_error(error)) from error


def _only(order: OpenOrder, wanted: set[str]) -> OpenOrder:
    return order.model_copy(update={"units": {sku: count for sku, count in order.units.items() if sku in wanted}})
