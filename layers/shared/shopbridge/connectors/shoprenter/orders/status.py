"""Telling the shop what became of an order: its status, and our document's number as one of its invoices."""

from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from pydantic import ValidationError

from shopbridge.connectors.shoprenter.facts import OrderStatus, ShopFacts
from shopbridge.connectors.shoprenter.outcomes import GONE, TITLE
from shopbridge.connectors.shoprenter.wire import WireOrderHead, link_id
from shopbridge.errors import AlreadyDone, OutcomeUnknown, Rejected, RetryLater
from shopbridge.mapping.validation import first_error
from shopbridge.model.base import OrderId

ORDER, INVOICES = "orders", "orderInvoices"
KINDS: Final = ("normal", "einvoice", "proforma", "storno", "correction")
"""Of an invoice (platform file, "Writing to orders"); the first is what Shoprenter takes by default."""


@dataclass(frozen=True)
class ShoprenterOrderStatus:
    """Tells a shop what became of its orders."""

    facts: ShopFacts

    def set_status(self, order: OrderId, status: str) -> str:
        """Look where it is and move it; the answer tells where it is now.

        A customer may get a mail, so nothing is sent twice.

        Raises:
            Rejected: The order is gone, or the shop has no such status.
            RetryLater: The answer was lost, or the order is not there yet: the next try looks first.
        """
        target = self._status(status)
        head = self._find(order)
        if head.order_status == target.id:
            return f"The shop's order status is {target.title} already."
        current = self.facts.status(head.order_status)
        if current.final:
            return f"The shop's order status was left as it is: {current.title} ends an order."
        now = self._send(order, target.id) or self._find(order).order_status
        if now != target.id:
            where = f"{TITLE} order {head.inner_id}"
            raise RetryLater(f"The order did not become {target.title}", after=30, where=where)
        return f"The shop's order status was set to {target.title}."

    def set_document(self, order: OrderId, field: str, number: str) -> str:
        """Add an invoice of this number to the order; ``field`` is its kind, else it is a normal one.

        The list of invoices cannot be searched by order, so it is sent once at the most.

        Raises:
            Rejected: The order is gone, or the shop does not take the invoice; an address alone is none.
        """
        if number.startswith(("https://", "http://")):
            raise _no_link(order)
        kind = field if field in KINDS else KINDS[0]
        link = self.facts.settings.invoice_url.replace("{number}", quote(number, safe=""))
        path = {"invoicePath": link} if link else {}
        invoice = {"invoiceId": number, **path, "invoiceType": kind, "order": {"id": order}}
        self._find(order)
        try:
            self.facts.api.post(INVOICES, invoice)
        except AlreadyDone:
            return f"The shop's order has the invoice {number} already."
        except OutcomeUnknown:
            return f"The invoice {number} was sent to the shop's order, and the answer was lost."
        return f"The invoice {number} was added to the shop's order."

    def _status(self, key: str) -> OrderStatus:
        for known in (self.facts.statuses.value, self.facts.statuses.refreshed):
            found = next((each for each in known() if each.key == key), None)
            if found:
                return found
        listed = ", ".join(f"{each.key} = {each.title}" for each in self.facts.statuses.value())
        raise Rejected(f"The shop has no order status {key!r}", code="unknown_status", fix=f"Choose one of: {listed}.")

    def _find(self, order: OrderId) -> WireOrderHead:
        row = self.facts.api.record(ORDER, order)
        if row is None:
            raise Rejected(
                "The order is not in the shop any more",
                code=GONE,
                where=f"{TITLE} order {order}",
                fix="If it was deleted there on purpose, nothing is left to be told to the shop.",
            )
        try:
            return WireOrderHead.model_validate(row)
        except ValidationError as error:
            what = f"The order has an unexpected form at {first_error(error)}"
            raise RetryLater(what, after=300, where=f"{TITLE} order {order}") from error

    def _send(self, order: OrderId, status: str) -> str:
        """What the answer says its status is now; empty where it does not say."""
        try:
            row = self.facts.api.put(ORDER, order, {"orderStatus": {"id": status}}, repeatable=False)
        except OutcomeUnknown as error:
            raise RetryLater(error.what, after=30, where=f"{TITLE} order {order}") from error
        link = link_id(row.get("orderStatus"))
        return link if isinstance(link, str) else ""


def _no_link(order: OrderId) -> Rejected:
    return Rejected(
        "Shoprenter's orders have no field for the address of a document: it goes with the invoice of its number",
        code="no_document_field",
        where=f"{TITLE} order {order}",
        fix="Leave orders.changes.document_link_field empty; invoice_url of the shop's side makes the address.",
    )
