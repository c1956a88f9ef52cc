"""The orders of a shop that may still hold units of an SKU.

Gomag cannot be asked for the orders of an SKU. So all open orders are read once, and from then on only those that
changed since the day before: what is remembered in between is as good as what would be read again.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal

from pydantic import TypeAdapter

from shopbridge.connectors.gomag.api import GomagApi, day_of, first_day, moment_of, strict
from shopbridge.connectors.gomag.orders.map import order_id
from shopbridge.connectors.gomag.orders.read import LIST, READ
from shopbridge.connectors.gomag.orders.status import KeptStatuses
from shopbridge.connectors.gomag.settings import GomagSettings
from shopbridge.connectors.gomag.wire import WireOpenOrder, WireStatus
from shopbridge.errors import RetryLater
from shopbridge.model.stock import OpenOrder
from shopbridge.ports import Clock

COMPLETED_LATELY = timedelta(days=14)
"""How long after it was placed a completed order is still told: its import may be late."""
READ_ANEW = timedelta(hours=6)
"""After so long everything is read once more: deleted orders are told by nothing."""
_ORDERS = strict(READ, LIST, TypeAdapter(list[WireOpenOrder]), "open orders")


@dataclass(frozen=True)
class KeptOrder:
    """What is remembered of an order."""

    order: OpenOrder
    is_final: bool


@dataclass
class GomagOpenOrders:
    """The open orders of one shop."""

    api: GomagApi
    clock: Clock
    settings: GomagSettings
    statuses: KeptStatuses
    _orders: dict[int, KeptOrder] = field(default_factory=dict, repr=False)
    _since: datetime | None = None
    _read_all_at: datetime | None = None
    _read_at: datetime | None = None

    def of(self, skus: Sequence[str], since: datetime) -> list[OpenOrder]:
        """Return orders placed at or after ``since`` with one of these SKUs, with their units of these SKUs only.

        Cancelled ones are left out, and final ones that were placed longer ago than ``COMPLETED_LATELY``.

        Raises:
            RetryLater: An order cannot be read: it might hold units, so nothing may be concluded.
        """
        self._read(since, self.statuses.value())
        wanted, lately = set(skus), self.clock() - COMPLETED_LATELY
        kept = (each for each in self._orders.values() if not each.is_final or each.order.placed_at >= lately)
        orders = (each.order for each in kept if each.order.placed_at >= since)
        found = (_only(order, wanted) for order in orders)
        return [order for order in found if order.units]

    def deducts_at_order(self) -> bool:
        """Answer as the settings say."""
        return self.settings.orders_lower_stock

    def _read(self, since: datetime, statuses: Sequence[WireStatus]) -> None:
        """What breaks off on the way leaves everything as it was."""
        now = self.clock()
        if self._read_at and self._knows(since, now):
            self._orders = self._with(self._orders, self.api.rows(_ORDERS, updated=first_day(self._read_at)))
        else:
            self._orders = self._read_all(since, now, statuses)
            self._since, self._read_all_at = since, now
        self._read_at = now

    def _knows(self, since: datetime, now: datetime) -> bool:
        """Whether what was read reaches back far enough, and is not too old."""
        in_time = self._read_all_at is not None and now - self._read_all_at < READ_ANEW
        return in_time and self._since is not None and self._since <= since

    def _read_all(self, since: datetime, now: datetime, statuses: Sequence[WireStatus]) -> dict[int, KeptOrder]:
        """The lately placed ones in any status, and older ones that are still open."""
        lately = max(since, now - COMPLETED_LATELY)
        orders = self._with({}, self._placed_since(lately))
        still_open = [str(each.id) for each in statuses if not self.settings.is_final(str(each.id), each.name)]
        if since < lately and still_open:
            orders = self._with(orders, self._placed_since(since, statusIds=",".join(still_open)))
        return orders

    def _placed_since(self, moment: datetime, **filters: str) -> Iterator[WireOpenOrder]:
        """[inferred] ``startDate`` takes its day in; a day more does no harm."""
        day = day_of(moment - timedelta(days=1))
        for wire in self.api.rows(_ORDERS, startDate=day, **filters):
            if (wire.date or day)[:10] < day:
                raise RetryLater(
                    f"Asked for orders since {day}, Gomag gave older ones", after=300, where="Gomag orders"
                )
            yield wire

    def _with(self, orders: Mapping[int, KeptOrder], wires: Iterator[WireOpenOrder]) -> dict[int, KeptOrder]:
        """The orders as they are with these."""
        known = dict(orders)
        for wire in wires:
            if self.settings.is_cancelled(wire.status_key, wire.status):
                known.pop(wire.id, None)
            else:
                known[wire.id] = KeptOrder(_open_order(wire), self.settings.is_final(wire.status_key, wire.status))
        return known


def _open_order(wire: WireOpenOrder) -> OpenOrder:
    units: defaultdict[str, Decimal] = defaultdict(Decimal)
    for line in wire.items:
        if line.sku and not line.is_service:
            units[line.sku] += line.quantity
    return OpenOrder(id=order_id(wire), placed_at=_placed_at(wire), units=dict(units))


def _placed_at(wire: WireOpenOrder) -> datetime:
    try:
        return moment_of(wire.date)
    except ValueError as error:
        what = f"The date {wire.date!r} of an order cannot be read"
        raise RetryLater(what, after=300, where=f"Gomag order {wire.number}") from error


def _only(order: OpenOrder, wanted: set[str]) -> OpenOrder:
    units: Mapping[str, Decimal] = {sku: count for sku, count in order.units.items() if sku in wanted}
    return order.model_copy(update={"units": dict(units)})
