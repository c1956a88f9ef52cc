"""The orders of a shop that may still hold units of an SKU.

UNAS cannot be asked for the orders of an SKU, and every list is a rare call. So all open orders are read once, and from
then on only those that changed since; what was read a moment ago is believed, for one run asks many times.

A prepared order takes nothing from the stock before it is opened, and one that is off has given its goods back.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal

from pydantic import ValidationError

from shopbridge.connectors.kit.paging import each_page
from shopbridge.connectors.kit.rows import Row, odd_form
from shopbridge.connectors.unas.api import IN_THE_BASE_LANGUAGE, ORDERS, UnasApi
from shopbridge.connectors.unas.orders.lines import FIXED
from shopbridge.connectors.unas.orders.map import CANCELLED, DONE, OPEN, PREPARED, order_id, placed_at, status_type
from shopbridge.connectors.unas.orders.read import ChangePosition, KeptStatuses, changed_page, types_of
from shopbridge.connectors.unas.outcomes import TITLE
from shopbridge.connectors.unas.settings import UnasSettings
from shopbridge.connectors.unas.wire import WireOpenOrder
from shopbridge.errors import Held, RetryLater
from shopbridge.mapping.validation import first_error
from shopbridge.model.base import OrderId
from shopbridge.model.stock import OpenOrder
from shopbridge.ports import Clock

COMPLETED_LATELY = timedelta(days=14)
"""How long after it was placed a completed order is still told: its import may be late."""
READ_ANEW = timedelta(hours=6)
"""After so long everything is read once more: deleted orders are told by nothing."""
FRESH = timedelta(seconds=30)
"""How long a reading is believed: lists are 30 an hour, of which the poll has most."""
OVERLAP = timedelta(minutes=5)
"""How far a reading of changes reaches back, beyond what clocks differ and a change takes to be seen."""


@dataclass(frozen=True)
class HeldGoods:
    """What is remembered of an order.

    Attributes:
        is_done: It is over, with its goods gone.
    """

    order: OpenOrder
    is_done: bool


@dataclass
class UnasOpenOrders:
    """The open orders of one shop."""

    api: UnasApi
    clock: Clock
    settings: UnasSettings
    statuses: KeptStatuses
    _orders: dict[OrderId, HeldGoods] = field(default_factory=dict, repr=False)
    _since: datetime | None = None
    _read_all_at: datetime | None = None
    _read_at: datetime | None = None

    def of(self, skus: Sequence[str], since: datetime) -> list[OpenOrder]:
        """Return orders placed at or after ``since`` with one of these SKUs, with their units of these SKUs only.

        Cancelled and prepared ones are left out, and completed ones that were placed before ``COMPLETED_LATELY``.

        Raises:
            RetryLater: An order cannot be read: it might hold units, so nothing may be concluded. Also while the
                hour's calls are used up.
        """
        self._read(since)
        wanted, lately = set(skus), self.clock() - COMPLETED_LATELY
        kept = (each.order for each in self._orders.values() if not each.is_done or each.order.placed_at >= lately)
        found = (_only(order, wanted) for order in kept if order.placed_at >= since)
        return [order for order in found if order.units]

    def deducts_at_order(self) -> bool:
        """Answer that it does (platform file, "Order statuses, order types, methods")."""
        return True

    def _read(self, since: datetime) -> None:
        """What breaks off on the way leaves everything as it was."""
        now = self.clock()
        if not self._knows(since, now) or self._read_at is None:
            self._orders = self._with({}, self._read_all(since, now))
            self._since, self._read_all_at, self._read_at = since, now, now
        elif now - self._read_at > FRESH:
            self._orders = self._with(self._orders, self._changes(self._read_at - OVERLAP))
            self._read_at = now

    def _knows(self, since: datetime, now: datetime) -> bool:
        """Whether what was read reaches back far enough, and is not too old."""
        in_time = self._read_all_at is not None and now - self._read_all_at < READ_ANEW
        return in_time and self._since is not None and self._since <= since

    def _read_all(self, since: datetime, now: datetime) -> Iterator[Row]:
        """The lately placed ones in any status, and older ones that are still open."""
        lately = max(since, now - COMPLETED_LATELY)
        yield from self._placed_since(lately)
        if since < lately:
            yield from self._placed_since(since, Status=OPEN)

    def _placed_since(self, moment: datetime, **filters: str) -> Iterator[Row]:
        """[inferred] A second earlier: nobody tells whether a filter takes its own moment in."""
        start, size = int(moment.timestamp()) - 1, self.api.orders_at_once

        def read(skip: int) -> tuple[list[Row], int | None]:
            rows = self.api.read(
                "getOrder",
                ORDERS,
                "rest",
                TimeStart=start,
                LimitNum=size,
                LimitStart=skip,
                Lang=IN_THE_BASE_LANGUAGE,
                **filters,
            )
            return rows, skip + len(rows) if len(rows) >= size else None

        return (row for rows, _ in each_page(read, 0, TITLE, "open orders") for row in rows)

    def _changes(self, since: datetime) -> Iterator[Row]:
        place: ChangePosition | None = ChangePosition.parse(None, since)
        while place is not None:
            rows, place = changed_page(self.api, place, "rest")
            yield from rows

    def _with(self, orders: Mapping[OrderId, HeldGoods], rows: Iterable[Row]) -> dict[OrderId, HeldGoods]:
        """The orders as they are with these rows."""
        known = dict(orders)
        for wire, kind in self._read_rows(list(rows)):
            if kind in (CANCELLED, PREPARED):
                known.pop(order_id(wire), None)
            else:
                known[order_id(wire)] = HeldGoods(self._held(wire), kind == DONE)
        return known

    def _read_rows(self, rows: Sequence[Row]) -> list[tuple[WireOpenOrder, str]]:
        read = [_wire(row) for row in rows]
        types = types_of(self.statuses.value()) if any(not wire.status_type for wire in read) else {}
        try:
            return [(wire, status_type(wire, types)) for wire in read]
        except Held as error:
            raise odd_form(TITLE, "open orders", error.what) from error

    def _held(self, wire: WireOpenOrder) -> OpenOrder:
        units: defaultdict[str, Decimal] = defaultdict(Decimal)
        for line in wire.items:
            if line.sku and line.id not in FIXED:
                units[self.settings.variant_sku(line.sku, [each.value for each in line.chosen])] += line.quantity
        try:
            return OpenOrder(id=order_id(wire), placed_at=placed_at(wire), units=dict(units))
        except Held as error:
            raise RetryLater(error.what, after=300, where=f"UNAS order {wire.key}") from error


def _wire(row: Row) -> WireOpenOrder:
    try:
        return WireOpenOrder.model_validate(row)
    except ValidationError as error:
        raise odd_form(TITLE, "open orders", first_error(error)) from error


def _only(order: OpenOrder, wanted: set[str]) -> OpenOrder:
    return order.model_copy(update={"units": {sku: count for sku, count in order.units.items() if sku in wanted}})
