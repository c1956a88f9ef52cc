"""The orders of an account by our reference, read once: there is no filter on it (platform file)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from shopbridge.connectors.kit.paging import stands_still
from shopbridge.connectors.salespos import wire
from shopbridge.connectors.salespos.api import get
from shopbridge.connectors.salespos.auth import moment_text
from shopbridge.connectors.salespos.lookup import PAGE
from shopbridge.http.client import PlatformClient
from shopbridge.ports import Clock

KEPT = timedelta(hours=1)
"""How long a list suffices for orders that are older than what it is asked for."""
LOOK_BACK = timedelta(days=1)
"""How much earlier than asked for a search begins: clocks differ, and the platform's dates have no stated zone."""
LISTS = ("false", "true")
"""``is_completed``: what is not completed is read first, since an order that is completed meanwhile would be missed."""


@dataclass(frozen=True)
class _Place:
    """Where the reading of a list is; ``first`` is the id that the page before began with, 0 where there was none."""

    is_completed: str
    start: int = 0
    first: int = 0

    def behind(self, first: int) -> "_Place":
        """The next page. Raises RetryLater when this one does not lie below the page before: it would have no end."""
        if self.first and first >= self.first:
            raise stands_still("SalesPOS", "orders")
        return _Place(self.is_completed, self.start + PAGE, first)


class OrderList:
    """What was read of both lists; goes on where a limit broke it off."""

    def __init__(self, client: PlatformClient, clock: Clock) -> None:
        self._client = client
        self._clock = clock
        self._since: datetime | None = None
        self._read_at: datetime | None = None
        self._left: list[_Place] = []
        self._known: dict[str, dict[int, wire.OrderRead]] = {}

    def afresh(self, reference: str, since: datetime) -> Iterator[wire.OrderRead]:
        """Orders of this reference, newest first, page by page as they are asked for."""
        for name in LISTS:
            following: _Place | None = _Place(name)
            while following is not None:
                orders, following = self._page(since - LOOK_BACK, following)
                yield from (order for order in orders if order.reservationnumber == reference)

    def kept(self, reference: str, since: datetime) -> Sequence[wire.OrderRead]:
        """The same, from a list that was read within the last hour."""
        self._begin(since - LOOK_BACK)
        while self._left and self._since is not None:
            orders, following = self._page(self._since, self._left[0])
            for order in orders:
                self._known.setdefault(order.reservationnumber or "", {})[order.id] = order
            self._left[:1] = [following] if following is not None else []
        return tuple(self._known.get(reference, {}).values())

    def _begin(self, since: datetime) -> None:
        now = self._clock()
        fresh = self._read_at is not None and now - self._read_at < KEPT
        if not fresh or self._since is None or since < self._since:
            self._since, self._read_at, self._known = since, now, {}
            self._left = [_Place(name) for name in LISTS]

    def _page(self, since: datetime, place: "_Place") -> tuple[Sequence[wire.OrderRead], "_Place | None"]:
        """Newest first: orders that arrive meanwhile move the others down, so none is passed over."""
        page = self._client.read(
            get(
                "/orders/",
                min_create_date=moment_text(since),
                is_completed=place.is_completed,
                orderby="id_desc",
                start=str(place.start),
                size=str(PAGE),
            ),
            wire.ORDERS,
        )
        if page.next is None or not page.items:
            return page.items, None
        return page.items, place.behind(page.items[0].id)
