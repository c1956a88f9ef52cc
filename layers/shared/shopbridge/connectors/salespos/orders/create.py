"""Creating orders in SalesPOS, finding them again, and keeping notes beside them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from shopbridge.connectors.kit.paging import stands_still
from shopbridge.connectors.salespos.account import SalesPosAccount
from shopbridge.connectors.salespos.api import PAGE, SIZE, create, get, moment_text, post
from shopbridge.connectors.salespos.orders.payload import checked, draft_of, note_of, order_fields
from shopbridge.connectors.salespos.settings import SalesPosSettings
from shopbridge.connectors.salespos.wire import NOTES, ORDER, ORDERS, OrderInput, OrderRead, body_of
from shopbridge.errors import AlreadyDone, OutcomeUnknown, RetryLater
from shopbridge.http.client import PlatformClient
from shopbridge.mapping.rules import TargetField
from shopbridge.model.base import ExternalId
from shopbridge.model.office import OrderDraft, OrderParts, OrderReceipt
from shopbridge.model.order import Order
from shopbridge.ports import Clock

KEPT = timedelta(hours=1)
"""How long a list suffices for orders that are older than what it is asked for."""
LOOK_BACK = timedelta(days=1)
"""How much earlier than asked for a search begins: clocks differ, and the platform's dates have no stated zone."""
LISTS = ("false", "true")
"""``is_completed``: what is not completed is read first, since an order that is completed meanwhile would be missed."""


class SalesPosOrders:
    """The orders of an account."""

    def __init__(
        self, settings: SalesPosSettings, client: PlatformClient, account: SalesPosAccount, clock: Clock
    ) -> None:
        self._settings = settings
        self._client = client
        self._account = account
        self._list = OrderList(client, clock)

    def fields(self) -> Mapping[str, TargetField]:
        """Return every field the merchant's rules may set, by its path."""
        return order_fields()

    def plan(self, order: Order, parts: OrderParts) -> OrderDraft:
        """Return the order as the body of its creation; the package of free rows is filled in when it is sent."""
        return draft_of(order, parts, self._settings)

    def plan_note(self, order: Order, parts: OrderParts) -> str:
        """Return day, payment and shipping method, sales channel and comment; empty where notes are switched off."""
        return note_of(order, parts) if self._settings.notes else ""

    def reference_of(self, name: str) -> str:
        """Return the reservation number, with the prefix: there is no field for a number of another system."""
        return self._settings.reference_prefix + name

    def create(self, draft: OrderDraft, *, again: bool = False) -> OrderReceipt:
        """Create it: SalesPOS takes any number of orders with one reservation number.

        Raises:
            Held: The payload is not one SalesPOS takes.
            OutcomeUnknown: It may have been created; also where the answer names no order, since one of the same
                reference need not be the one just made.
        """
        del again
        body: OrderInput = draft.checked or checked(draft.payload, f"order {draft.reference}")
        where = f"SalesPOS, order {draft.reference}"
        order = create(self._client, "/orders/", body_of(self._with_packages(body)), ORDER, where=where)
        if order is None:
            raise OutcomeUnknown("SalesPOS says that it created the order, but does not name it", where=where)
        return _receipt(order)

    def find(self, reference: str, since: datetime, *, afresh: bool) -> Iterator[OrderReceipt]:
        """Yield all orders of this reference since a day before ``since``.

        Both lists are read: an order is in the one or the other as a merchant's rule left ``is_completed``.
        """
        wanted = reference.strip()
        found = self._list.afresh(wanted, since) if afresh else self._list.kept(wanted, since)
        yield from map(_receipt, found)

    def read(self, order_id: ExternalId) -> OrderReceipt:
        """Read it back, with its totals."""
        return _receipt(self._client.read(get(f"/orders/{order_id}/"), ORDER))

    def add_note(self, order_id: ExternalId, note: str, *, first: bool) -> None:
        """Keep a text beside the order; ``first`` says that none of ours is there, which saves a look.

        Raises:
            RetryLater: Also after a lost answer, since the next try looks first.
        """
        path = f"/orders/{order_id}/ordernotes/"
        if not first:
            notes = self._client.read(get(path, size=SIZE), NOTES).items
            if any((known.note or "").strip() == note.strip() for known in notes):
                return
        try:
            self._client.send(post(path, {"note": note}))
        except AlreadyDone:
            return
        except OutcomeUnknown as error:
            raise RetryLater(error.what, after=30, where=error.where) from error

    def _with_packages(self, order: OrderInput) -> OrderInput:
        rows = [
            row if row.product_id or row.package_id else row.model_copy(update={"package_id": self._account.package_id})
            for row in order.orderrows
        ]
        return order.model_copy(update={"orderrows": rows})


def _receipt(order: OrderRead) -> OrderReceipt:
    return OrderReceipt(id=ExternalId(str(order.id)), number=order.number, total=order.total_price, tax=order.total_tax)


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
        self._known: dict[str, dict[int, OrderRead]] = {}

    def afresh(self, reference: str, since: datetime) -> Iterator[OrderRead]:
        """Yield orders of this reference, newest first, page by page as they are asked for."""
        for name in LISTS:
            following: _Place | None = _Place(name)
            while following is not None:
                orders, following = self._page(since - LOOK_BACK, following)
                yield from (order for order in orders if order.reservationnumber == reference)

    def kept(self, reference: str, since: datetime) -> Sequence[OrderRead]:
        """Return the same, from a list that was read within the last hour."""
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

    def _page(self, since: datetime, place: "_Place") -> tuple[Sequence[OrderRead], "_Place | None"]:
        """Newest first: orders that arrive meanwhile move the others down, so none is passed over."""
        start, min_create_date, completed = str(place.start), moment_text(since), place.is_completed
        page = self._client.read(
            get(
                "/orders/",
                min_create_date=min_create_date,
                is_completed=completed,
                orderby="id_desc",
                start=start,
                size=SIZE,
            ),
            ORDERS,
        )
        more = page.next is not None and page.items
        return page.items, place.behind(page.items[0].id) if more else None
