"""Creating orders in SalesPOS, finding them again, and keeping notes beside them."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from shopbridge.connectors.salespos import wire
from shopbridge.connectors.salespos.account import Account
from shopbridge.connectors.salespos.calls import created, get, post
from shopbridge.connectors.salespos.directory import PAGE
from shopbridge.connectors.salespos.maps import checked, reservation_of
from shopbridge.connectors.salespos.settings import SalesPosSettings
from shopbridge.connectors.salespos.signing import moment_text
from shopbridge.errors import AlreadyDone, BridgeError, OutcomeUnknown, Rejected, RetryLater
from shopbridge.http.client import PlatformClient
from shopbridge.model.base import ExternalId
from shopbridge.model.office import OrderDraft, OrderReceipt
from shopbridge.ports import Clock

LOOK_BACK = timedelta(days=1)
"""How much earlier than asked for a search begins: clocks differ, and the platform's dates have no stated zone."""
SIZE = str(PAGE)
ONLY_ONCE = "A value may exist only once there: the message names it. Change it, then resend the order."


class Orders:
    """The orders of an account."""

    def __init__(self, settings: SalesPosSettings, client: PlatformClient, account: Account, clock: Clock) -> None:
        self._settings = settings
        self._client = client
        self._account = account
        self._clock = clock

    def create(self, draft: OrderDraft) -> OrderReceipt:
        """Create it; an answer that names no order is looked up at once.

        Raises:
            Held: The payload is not one SalesPOS takes.
            OutcomeUnknown: It may have been created.
        """
        body = checked(self._with_packages(draft.payload), f"order {draft.reference}")
        try:
            answer = self._client.send(post("/orders/", wire.body_of(body)))
        except AlreadyDone as clash:
            return self._existing(draft, clash)
        order = created(answer, wire.ORDER)
        return _receipt(order) if order else self._unnamed(draft)

    def find(self, reference: str, since: datetime) -> OrderReceipt | None:
        """Look among the orders since a day before ``since``, newest first: there is no filter on our reference.

        Both lists are read: an order is in the one or the other as a merchant's rule left ``is_completed``.
        """
        wanted = reservation_of(reference, self._settings).strip()
        for is_completed in ("true", "false"):
            for order in self._orders(since - LOOK_BACK, is_completed):
                if order.reservationnumber == wanted:
                    return _receipt(order)
        return None

    def read(self, order_id: ExternalId) -> OrderReceipt:
        """Read it back, with its totals."""
        return _receipt(self._client.read(get(f"/orders/{order_id}/"), wire.ORDER))

    def add_note(self, order_id: ExternalId, note: str, *, first: bool) -> None:
        """Keep a text beside the order; ``first`` says that none of ours is there, which saves a look.

        Raises:
            RetryLater: Also after a lost answer, since the next try looks first.
        """
        path = f"/orders/{order_id}/ordernotes/"
        if not first:
            notes = self._client.read(get(path, size=SIZE), wire.NOTES).items
            if any((known.note or "").strip() == note.strip() for known in notes):
                return
        try:
            self._client.send(post(path, {"note": note}))
        except AlreadyDone:
            return
        except OutcomeUnknown as error:
            raise RetryLater(error.what, after=30, where=error.where) from error

    def _with_packages(self, payload: Mapping[str, Any]) -> dict[str, Any]:
        rows = [
            row if row.get("product_id") or row.get("package_id") else {**row, "package_id": self._account.package_id}
            for row in payload["orderrows"]
        ]
        return {**payload, "orderrows": rows}

    def _unnamed(self, draft: OrderDraft) -> OrderReceipt:
        """The order was created, so whatever goes wrong from here on must not look as if it was not."""
        where = f"SalesPOS, order {draft.reference}"
        try:
            found = self.find(draft.reference, self._clock())
        except BridgeError as error:
            raise OutcomeUnknown(f"The order was created, but not found again: {error.what}", where=where) from error
        if found is None:
            raise OutcomeUnknown("SalesPOS says that it created the order, but does not list it", where=where)
        return found

    def _existing(self, draft: OrderDraft, clash: AlreadyDone) -> OrderReceipt:
        found = self.find(draft.reference, self._clock())
        if found is None:
            raise Rejected(
                clash.what,
                code="500.40",
                where=f"SalesPOS, order {draft.reference}",
                fix=ONLY_ONCE,
            )
        return found

    def _orders(self, since: datetime, is_completed: str) -> Iterator[wire.OrderRead]:
        """Newest first: orders that arrive meanwhile move the others down, so none is passed over."""
        for start in count(0, PAGE):
            page = self._client.read(
                get(
                    "/orders/",
                    min_create_date=moment_text(since),
                    is_completed=is_completed,
                    orderby="id_desc",
                    start=str(start),
                    size=SIZE,
                ),
                wire.ORDERS,
            )
            yield from page.items
            if page.next is None or not page.items:
                return


def _receipt(order: wire.OrderRead) -> OrderReceipt:
    number = order.ordernumber_full or (str(order.ordernumber) if order.ordernumber else "")
    return OrderReceipt(id=ExternalId(str(order.id)), number=number, total=order.total_price, tax=order.total_tax)
