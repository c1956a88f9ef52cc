"""Creating orders in SalesPOS, finding them again, and keeping notes beside them."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from shopbridge.connectors.salespos import wire
from shopbridge.connectors.salespos.account import SalesPosAccount
from shopbridge.connectors.salespos.api import created, get, post
from shopbridge.connectors.salespos.lookup import PAGE
from shopbridge.connectors.salespos.orders.fields import order_fields
from shopbridge.connectors.salespos.orders.list import OrderList
from shopbridge.connectors.salespos.orders.payload import checked, draft_of, note_of
from shopbridge.connectors.salespos.settings import SalesPosSettings
from shopbridge.errors import AlreadyDone, OutcomeUnknown, Rejected, RetryLater
from shopbridge.http.client import PlatformClient
from shopbridge.mapping.rules import TargetField
from shopbridge.model.base import ExternalId
from shopbridge.model.office import OrderDraft, OrderParts, OrderReceipt
from shopbridge.model.order import Order
from shopbridge.ports import Clock

SIZE = str(PAGE)
ONLY_ONCE = "A value may exist only once there: the message names it. Change it, then resend the order."


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
        """Every field the merchant's rules may set, by its path."""
        return order_fields()

    def plan(self, order: Order, parts: OrderParts) -> OrderDraft:
        """The order as the body of its creation; the package of free rows is filled in when it is sent."""
        return draft_of(order, parts, self._settings)

    def plan_note(self, order: Order, parts: OrderParts) -> str:
        """Day, payment and shipping method, sales channel and comment; empty where notes are switched off."""
        return note_of(order, parts) if self._settings.notes else ""

    def reference_of(self, name: str) -> str:
        """The reservation number, with the prefix: there is no field for a number of another system."""
        return self._settings.reference_prefix + name

    def create(self, draft: OrderDraft, *, again: bool = False) -> OrderReceipt:
        """Create it: SalesPOS takes any number of orders with one reservation number.

        Raises:
            Held: The payload is not one SalesPOS takes.
            OutcomeUnknown: It may have been created; also where the answer names no order, since one of the same
                reference need not be the one just made.
        """
        del again
        body = checked(self._with_packages(draft.payload), f"order {draft.reference}")
        where = f"SalesPOS, order {draft.reference}"
        try:
            answer = self._client.send(post("/orders/", wire.body_of(body)))
        except AlreadyDone as clash:
            raise Rejected(clash.what, code="500.40", where=where, fix=ONLY_ONCE) from clash
        order = created(answer, wire.ORDER)
        if order is None:
            raise OutcomeUnknown("SalesPOS says that it created the order, but does not name it", where=where)
        return _receipt(order)

    def find(self, reference: str, since: datetime, *, afresh: bool) -> Iterator[OrderReceipt]:
        """All orders of this reference since a day before ``since``.

        Both lists are read: an order is in the one or the other as a merchant's rule left ``is_completed``.
        """
        wanted = reference.strip()
        found = self._list.afresh(wanted, since) if afresh else self._list.kept(wanted, since)
        yield from map(_receipt, found)

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


def _receipt(order: wire.OrderRead) -> OrderReceipt:
    number = order.ordernumber_full or (str(order.ordernumber) if order.ordernumber else "")
    return OrderReceipt(id=ExternalId(str(order.id)), number=number, total=order.total_price, tax=order.total_tax)
