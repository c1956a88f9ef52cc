"""Units of the shop's open orders that one side has taken off already and the other one has not."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from shopbridge.flows.orders.poll import first_moment
from shopbridge.flows.stock.route import StockRoute
from shopbridge.model.ledger import IN_DOUBT, LedgerRecord
from shopbridge.model.stock import OpenOrder

CREATION_TAKES = timedelta(seconds=90)
"""How long after ``sent_at`` an order may still take effect in the back office: longer than any time-out of ours."""
CLOCKS_DIFFER = timedelta(minutes=1)
"""The shop's word for when an order was placed, against our own for when we read."""


@dataclass(frozen=True)
class _Verdict:
    """How often an order's units count as pending, and whether that is sure."""

    share: int
    sure: bool = True


@dataclass(frozen=True)
class OpenUnits:
    """By SKU.

    Attributes:
        pending: Units that the back office has still to book.
        unsure: An order is on its way right now: the figure may already hold it. It is counted so that less is
            offered, and the next sweep looks again.
    """

    pending: Mapping[str, Decimal]
    unsure: frozenset[str]

    def of(self, sku: str) -> Decimal:
        """The pending units of one SKU."""
        return self.pending.get(sku, Decimal(0))


def open_units(route: StockRoute, read_at: Mapping[str, datetime]) -> OpenUnits:
    """Ask the shop for its open orders and the ledger what became of them.

    Args:
        read_at: The SKUs, and when the reading of each one's figure began.
    """
    if route.counts_open_orders:
        return OpenUnits({}, frozenset())
    orders = route.shop.of(list(read_at), first_moment(route.connection))
    records = route.bridge.ledger.orders(route.id, [order.id for order in orders]) if orders else {}
    pending: defaultdict[str, Decimal] = defaultdict(Decimal)
    unsure: set[str] = set()
    for order in orders:
        for sku, units in order.units.items():
            if sku not in read_at:
                continue
            verdict = _judge(route, order, records.get(order.id), read_at[sku])
            pending[sku] += verdict.share * units
            unsure |= set() if verdict.sure else {sku}
    return OpenUnits(dict(pending), frozenset(unsure))


def _judge(route: StockRoute, order: OpenOrder, record: LedgerRecord | None, read_at: datetime) -> _Verdict:
    if record is not None and record.is_set_aside:
        return _Verdict(0)
    return _for_shop(record, read_at) if route.to_shop else _for_office(order, record, read_at)


def _for_shop(record: LedgerRecord | None, read_at: datetime) -> _Verdict:
    """Pending is what the back office's figure, read from ``read_at`` on, cannot hold yet."""
    if record is None or record.state != "DONE":
        return _Verdict(1, sure=record is None or record.state not in IN_DOUBT)
    long_ago = record.sent_at is None or record.sent_at < read_at - CREATION_TAKES
    return _Verdict(0) if long_ago or record.updated_at <= read_at else _Verdict(1, sure=False)


def _for_office(order: OpenOrder, record: LedgerRecord | None, read_at: datetime) -> _Verdict:
    """Pending is what the back office will take off, and the shop's figure, read from ``read_at`` on, is without.

    An order that was placed after the reading is still in the figure. If the back office has it already, its units
    have to come off: the figure would bring them back.
    """
    known_before = record is not None and (record.sent_at or record.updated_at) <= read_at
    in_figure = order.placed_at > read_at - CLOCKS_DIFFER and not known_before
    on_its_way = record is not None and record.state in IN_DOUBT
    booked = on_its_way or (record is not None and record.state == "DONE")
    return _Verdict((0 if booked else 1) - in_figure, sure=not (in_figure or on_its_way))
