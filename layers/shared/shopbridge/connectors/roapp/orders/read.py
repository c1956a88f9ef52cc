"""What became of orders in RO App: read by what changed there, oldest change first."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from shopbridge.connectors.kit.kept import Kept
from shopbridge.connectors.kit.paging import MOST_PAGES, stands_still
from shopbridge.connectors.kit.rows import Row
from shopbridge.connectors.roapp.api import ORDERS, PAGE, STATUSES, Since, get, read_page, rows_as, short_list
from shopbridge.connectors.roapp.outcomes import TITLE
from shopbridge.connectors.roapp.settings import RoAppSettings
from shopbridge.connectors.roapp.wire import LISTING, OrderRead, StatusRow
from shopbridge.http.client import PlatformClient
from shopbridge.mapping.identity import is_sound
from shopbridge.mapping.names import is_among
from shopbridge.model.base import ExternalId, in_batches
from shopbridge.model.progress import OrderProgress, ProgressPage, Shipment
from shopbridge.ports import Clock, ProgressFact

OVERLAP = timedelta(minutes=5)
"""How much earlier than asked for a reading begins: RO App does not tell what time it is there."""
KEPT = timedelta(hours=1)
_BETWEEN_CODES = str.maketrans(dict.fromkeys(";\n\t", ","))


def known_orders(rows: Sequence[Row]) -> list[OrderRead]:
    """Return the orders among rows; an odd one is told to the log and hides no other."""
    return rows_as(OrderRead, rows, "an order")


def page_since(client: PlatformClient, place: Since, field: str) -> tuple[list[OrderRead], Since | None]:
    """Return a page of orders by the moment in ``field``, and where the next one is; None after the last."""
    listing = read_page(client, ORDERS, place.number, place.params(field))
    orders = known_orders(listing.data)
    newest = max((getattr(order, field) for order in orders), default=None)
    return orders, place.after(listing, newest)


def all_since(client: PlatformClient, since: datetime, field: str) -> Sequence[OrderRead]:
    """Return all orders from a moment on, each once."""
    place: Since | None = Since.parse(None, since)
    found: dict[int, OrderRead] = {}
    for _ in range(MOST_PAGES):
        if place is None:
            return list(found.values())
        orders, place = page_since(client, place, field)
        found |= {order.id: order for order in orders}
    raise stands_still(TITLE, "orders")


@dataclass(frozen=True)
class RoAppProgress:
    """Tells what became of the orders of one connection."""

    settings: RoAppSettings
    client: PlatformClient
    clock: Clock
    groups: Kept[dict[int, StatusRow]]

    @property
    def tells(self) -> frozenset[ProgressFact]:
        """Return what is told: shipments where a field is named for them, an end where statuses are that mean it."""
        facts: dict[ProgressFact, bool] = {
            "status": True,
            "number": True,
            "cancelled": bool(self.settings.cancelled_statuses or self.settings.cancelled_group),
            "shipments": self.settings.tracking_field is not None,
        }
        return frozenset(fact for fact, told in facts.items() if told)

    def server_time(self) -> datetime:
        """Return our clock, without a call: changes are read with minutes of overlap."""
        return self.clock()

    def changed(self, since: datetime, position: str | None) -> ProgressPage:
        """Return one page of the orders that changed since some minutes before; one may come twice. One call."""
        orders, after = page_since(self.client, Since.parse(position, since - OVERLAP), "modified_at")
        told = tuple(self._progress(order) for order in orders)
        return ProgressPage(orders=told, position=after.text() if after else None)

    def read(self, ids: Sequence[ExternalId]) -> Sequence[OrderProgress]:
        """Return these orders: a call for each fifty."""
        wanted = [key for key in dict.fromkeys(ids) if key.isdecimal()]
        found: list[OrderRead] = []
        for batch in in_batches(wanted, PAGE):
            found += known_orders(self.client.read(get(ORDERS, {"ids[]": list(batch)}), LISTING).data)
        return [self._progress(order) for order in found if str(order.id) in wanted]

    def _progress(self, order: OrderRead) -> OrderProgress:
        return OrderProgress(
            id=ExternalId(str(order.id)),
            status=str(order.status.id),
            status_name=order.status.name,
            changed_at=order.modified_at,
            reference=order.field(self.settings.reference_field),
            number=order.number,
            cancelled=self._is_off(order.status),
            shipments=tuple(self._shipments(order)),
            total=order.total,
        )

    def _is_off(self, status: StatusRow) -> bool:
        """By its number, or by its group, which an order may leave out."""
        if status.id in self.settings.cancelled_statuses:
            return True
        if not self.settings.cancelled_group:
            return False
        known = status if status.group.type or status.group.name else self.groups.value().get(status.id, status)
        return is_cancelled(known, self.settings)

    def _shipments(self, order: OrderRead) -> Iterator[Shipment]:
        """The codes of the field that is named for them; RO App has none for who carries it."""
        if self.settings.tracking_field is None:
            return
        written = order.field(self.settings.tracking_field).translate(_BETWEEN_CODES).split(",")
        for code in dict.fromkeys(text.strip() for text in written):
            if code and is_sound(code):
                yield Shipment(code=code)


def is_cancelled(status: StatusRow, settings: RoAppSettings) -> bool:
    """Tell whether an order of this status is off. [inferred] What the numbers of groups mean: it is set by people."""
    group = status.group
    in_group = bool(settings.cancelled_group) and is_among([settings.cancelled_group], group.type, group.name)
    return status.id in settings.cancelled_statuses or in_group


def statuses(client: PlatformClient) -> dict[int, StatusRow]:
    """Return the statuses of orders, by number."""
    return {status.id: status for status in short_list(client, STATUSES, StatusRow)}
