"""What became of orders in SalesPOS: the orders of the last weeks are read again, since no date of a change is told.

The list has filters for the moment of creation only (platform file, S4), so what is told as the time of a change is the
moment of reading. The flow knows which of it is news.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from pydantic import TypeAdapter

from shopbridge.connectors.kit.paging import stands_still
from shopbridge.connectors.salespos.api import PAGE, SIZE, get, moment_text, read_if_there
from shopbridge.connectors.salespos.settings import SalesPosSettings
from shopbridge.connectors.salespos.wire import OrderRead, Page
from shopbridge.http.client import PlatformClient
from shopbridge.mapping.numbers import Whole
from shopbridge.model.base import ExternalId
from shopbridge.model.progress import OrderProgress, ProgressPage, Shipment
from shopbridge.ports import Clock, ProgressFact

LISTS: Final = ("false", "true")
"""``is_completed``: what is not completed is read first, since an order that is completed meanwhile would be missed."""
CANCELLED: Final = 8
FACTS: Final[frozenset[ProgressFact]] = frozenset({"status", "cancelled", "shipments", "number"})


class _Followed(OrderRead):
    """An order with what becomes of it; one without a status is a basket."""

    status: Whole | None = None
    track_and_trace_code: str | None = None
    track_and_trace_carrier: str | None = None


_FOLLOWED = TypeAdapter(_Followed)
_PAGE = TypeAdapter(Page[_Followed])


@dataclass(frozen=True)
class _Where:
    """Where a reading is: in which list, how far, and the id that the page before began with (0: none)."""

    is_completed: str = LISTS[0]
    start: int = 0
    first: int = 0

    @classmethod
    def parse(cls, position: str | None) -> "_Where":
        if position is None:
            return cls()
        is_completed, start, first = position.split(":")
        return cls(is_completed, int(start), int(first))

    def text(self) -> str:
        return f"{self.is_completed}:{self.start}:{self.first}"

    def after(self, orders: Sequence[_Followed], *, more: bool) -> "_Where | None":
        """Where the next page is. Raises RetryLater when this one does not lie below the page before."""
        if more and orders:
            if self.first and orders[0].id >= self.first:
                raise stands_still("SalesPOS", "orders")
            return _Where(self.is_completed, self.start + PAGE, orders[0].id)
        return _Where(LISTS[1]) if self.is_completed == LISTS[0] else None


@dataclass(frozen=True)
class SalesPosProgress:
    """Tells what became of the orders of an account."""

    settings: SalesPosSettings
    client: PlatformClient
    clock: Clock

    @property
    def tells(self) -> frozenset[ProgressFact]:
        """Return all but a document: SalesPOS names no address of one."""
        return FACTS

    def server_time(self) -> datetime:
        """Return our clock, without a call: what is read does not depend on it."""
        return self.clock()

    def changed(self, since: datetime, position: str | None) -> ProgressPage:
        """Return 250 of the orders that were made in the days before, newest first, those not completed at first."""
        place = _Where.parse(position)
        created = since - timedelta(days=self.settings.follow_days)
        page = self.client.read(
            get(
                "/orders/",
                min_create_date=moment_text(created),
                is_completed=place.is_completed,
                orderby="id_desc",
                start=str(place.start),
                size=SIZE,
            ),
            _PAGE,
        )
        following = place.after(page.items, more=page.next is not None)
        return ProgressPage(orders=tuple(self._told(page.items)), position=following.text() if following else None)

    def read(self, ids: Sequence[ExternalId]) -> Sequence[OrderProgress]:
        """Read these orders, a call each; ids that SalesPOS does not know are left out."""
        found = (read_if_there(self.client, get(f"/orders/{each}/"), _FOLLOWED) for each in ids)
        return list(self._told([order for order in found if order is not None]))

    def _told(self, orders: Sequence[_Followed]) -> Iterator[OrderProgress]:
        """Without baskets: an order without a status is none yet."""
        now = self.clock()
        for order in orders:
            if order.status is not None:
                yield OrderProgress(
                    id=ExternalId(str(order.id)),
                    status=str(order.status),
                    changed_at=now,
                    reference=order.reservationnumber or "",
                    number=order.number,
                    cancelled=order.status == CANCELLED,
                    shipments=_shipments(order),
                    total=order.total_price,
                )


def _shipments(order: _Followed) -> tuple[Shipment, ...]:
    code = (order.track_and_trace_code or "").strip()
    return (Shipment(code=code, carrier=(order.track_and_trace_carrier or "").strip()),) if code else ()
