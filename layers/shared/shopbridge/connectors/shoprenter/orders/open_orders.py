"""The orders of a shop that may still hold units of an SKU.

Shoprenter cannot be asked for the orders of an SKU. So all open orders are read once, and from then on only those that
changed since some hours before: what is remembered in between is as good as what would be read again.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal

from pydantic import ValidationError

from shopbridge.connectors.kit.rows import Row, odd_form
from shopbridge.connectors.shoprenter.api import filter_since, moment_of
from shopbridge.connectors.shoprenter.facts import OrderStatus, ShopFacts
from shopbridge.connectors.shoprenter.orders.read import ORDERED, ORDERS, is_order
from shopbridge.connectors.shoprenter.outcomes import TITLE
from shopbridge.connectors.shoprenter.wire import WireOpenOrder
from shopbridge.errors import Held, RetryLater
from shopbridge.mapping.validation import first_error
from shopbridge.model.base import OrderId
from shopbridge.model.stock import OpenOrder

COMPLETED_LATELY = timedelta(days=14)
"""How long after it was placed a completed order is still told: its import may be late."""
READ_ANEW = timedelta(hours=6)
"""After so long everything is read once more: deleted orders are told by nothing."""


@dataclass(frozen=True)
class KnownOrder:
    """What is remembered of an order."""

    order: OpenOrder
    is_final: bool


@dataclass
class ShoprenterOpenOrders:
    """The open orders of one shop."""

    facts: ShopFacts
    _orders: dict[str, KnownOrder] = field(default_factory=dict, repr=False)
    _since: datetime | None = None
    _read_all_at: datetime | None = None
    _read_at: datetime | None = None

    def of(self, skus: Sequence[str], since: datetime) -> list[OpenOrder]:
        """Return orders placed at or after ``since`` with one of these SKUs, with their units of these SKUs only.

        Cancelled ones are left out, and final ones that were placed longer ago than ``COMPLETED_LATELY``.

        Raises:
            RetryLater: An order cannot be read: it might hold units, so nothing may be concluded.
        """
        self._read(since)
        wanted, lately = set(skus), self.facts.clock() - COMPLETED_LATELY
        kept = (each for each in self._orders.values() if not each.is_final or each.order.placed_at >= lately)
        found = (_only(each.order, wanted) for each in kept if each.order.placed_at >= since)
        return [order for order in found if order.units]

    def deducts_at_order(self) -> bool:
        """Answer as the settings say."""
        return self.facts.settings.orders_lower_stock

    def _read(self, since: datetime) -> None:
        """What breaks off on the way leaves everything as it was."""
        now = self.facts.clock()
        if self._read_at and self._knows(since, now):
            changed = {"updatedAtMin": filter_since(self._read_at, self.facts.zone)}
            self._orders = self._with(self._orders, self._rows(changed))
        else:
            self._orders = self._read_all(since, now)
            self._since, self._read_all_at = since, now
        self._read_at = now

    def _knows(self, since: datetime, now: datetime) -> bool:
        """Whether what was read reaches back far enough, and is not too old."""
        in_time = self._read_all_at is not None and now - self._read_all_at < READ_ANEW
        return in_time and self._since is not None and self._since <= since

    def _read_all(self, since: datetime, now: datetime) -> dict[str, KnownOrder]:
        """The lately placed ones in any status, and older ones that are still open, status by status."""
        lately = max(since, now - COMPLETED_LATELY)
        orders = self._with({}, self._rows({"createdAtMin": filter_since(lately, self.facts.zone)}))
        still_open = [each.id for each in self.facts.statuses.value() if not each.final] if since < lately else []
        for status in still_open:
            placed = {"createdAtMin": filter_since(since, self.facts.zone), "orderStatusId": status}
            orders = self._with(orders, self._rows(placed))
        return orders

    def _rows(self, filters: Mapping[str, str]) -> Iterator[Row]:
        return filter(is_order, self.facts.api.rows(ORDERS, {**ORDERED, **filters}))

    def _with(self, orders: Mapping[str, KnownOrder], rows: Iterable[Row]) -> dict[str, KnownOrder]:
        """The orders as they are with these rows."""
        known = dict(orders)
        for row in rows:
            wire = _wire(row)
            status = self._status_of(wire)
            if status.off:
                known.pop(wire.id, None)
            else:
                known[wire.id] = KnownOrder(self._open_order(wire), status.final)
        return known

    def _status_of(self, wire: WireOpenOrder) -> OrderStatus:
        try:
            return self.facts.status(wire.order_status)
        except Held as error:
            raise RetryLater(error.what, after=300, where=f"{TITLE} order {wire.inner_id}") from error

    def _open_order(self, wire: WireOpenOrder) -> OpenOrder:
        units: defaultdict[str, Decimal] = defaultdict(Decimal)
        for line in wire.order_products:
            if line.sku:
                units[line.sku] += line.quantity
        return OpenOrder(id=OrderId(wire.id), placed_at=self._placed_at(wire), units=dict(units))

    def _placed_at(self, wire: WireOpenOrder) -> datetime:
        try:
            return moment_of(wire.date_created, self.facts.zone)
        except ValueError as error:
            what = f"The date {wire.date_created!r} of an order cannot be read"
            raise RetryLater(what, after=300, where=f"{TITLE} order {wire.inner_id}") from error


def _wire(row: Row) -> WireOpenOrder:
    try:
        return WireOpenOrder.model_validate(row)
    except ValidationError as error:
        raise odd_form(TITLE, "open orders", first_error(error)) from error


def _only(order: OpenOrder, wanted: set[str]) -> OpenOrder:
    units: Mapping[str, Decimal] = {sku: count for sku, count in order.units.items() if sku in wanted}
    return order.model_copy(update={"units": dict(units)})
