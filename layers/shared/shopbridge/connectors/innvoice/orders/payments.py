"""Payments that come in after the import: the pro forma of the order becomes an invoice, once.

Nothing tells whether a pro forma has become one, and an invoice is final (platform file, "Known quirks" 3 and 4). So a
person looks what became of a try that broke off.
"""

from collections.abc import Mapping

from shopbridge.connectors.innvoice.api import invoice_proforma, today
from shopbridge.connectors.innvoice.orders.create import ROW, InnVoiceOrders, receipt_of
from shopbridge.connectors.innvoice.orders.documents import document_of
from shopbridge.connectors.innvoice.orders.payload import dates_of_invoice
from shopbridge.connectors.innvoice.settings import InnVoiceSettings
from shopbridge.connectors.parts import Capability
from shopbridge.errors import AskAPerson, BridgeError, Held, NeedsAttention
from shopbridge.http.answer import Answer
from shopbridge.http.client import PlatformClient
from shopbridge.model.base import ExternalId
from shopbridge.model.office import OrderChange, OrderParts, OrderReceipt, OrderUpdate
from shopbridge.model.order import Order
from shopbridge.ports import Clock


class InnVoicePayments:
    """Makes the invoices of one connection's pro formas."""

    def __init__(self, client: PlatformClient, clock: Clock, documents: InnVoiceOrders) -> None:
        self._client = client
        self._clock = clock
        self._documents = documents

    @property
    def takes(self) -> frozenset[OrderChange]:
        """Return what there is a call for: nothing changes or cancels a document (platform file, "Known quirks" 4)."""
        return frozenset({"paid"})

    def tell(
        self, order_id: ExternalId, order: Order, parts: OrderParts, change: OrderChange, *, first: bool
    ) -> OrderUpdate:
        """Make the invoice, dated today, and read its number: two calls.

        Raises:
            Held: The order's document is no pro forma that was made here (code ``no_proforma``).
            Rejected: InnVoice does not do it, such as for a second time.
            RetryLater: Surely not done.
            OutcomeUnknown: It may be done.
            AskAPerson: An earlier try may have done it; nothing is sent.
        """
        del parts, change
        proforma, _, row = order_id.partition(ROW)
        if not row:
            raise _no_proforma(order_id)
        if not first:
            raise _in_doubt(proforma, order)
        answer = self._invoice(row)
        made = _made(answer)
        number = made.number or self._number(made.id)
        became = f"invoice {number}" if number else f"document {made.id}, of which InnVoice tells no number"
        # Without a number it is not closed: a pro forma that was set aside becomes a document that is.
        document = document_of(answer, made.id, number, "invoice" if number else "draft")
        text = f"The pro forma {proforma} became the {became}."
        return OrderUpdate(text=text, number=number or made.id, document=document)

    def _invoice(self, row: str) -> Answer:
        return self._client.send(invoice_proforma({"TABLE_ID": row, **dates_of_invoice(today(self._clock()))}))

    def _number(self, made: ExternalId) -> str:
        """Empty where it cannot be read: the invoice is there all the same (platform file, "Known quirks" 14)."""
        try:
            return self._documents.read(made).number
        except BridgeError:
            return ""


def _made(answer: Answer) -> OrderReceipt:
    """Also in this answer the element may be called a pro forma (client S1)."""
    receipt = receipt_of(answer, "names no technical id, so whether the invoice was made is unknown")
    return receipt.model_copy(update={"id": ExternalId(receipt.id.partition(ROW)[0])})


def without_payments(settings: InnVoiceSettings) -> Mapping[Capability, NeedsAttention]:
    """Return why no payment makes an invoice; nothing where the settings let it."""
    if settings.invoices_proformas:
        return {}
    off = NeedsAttention(
        "Orders become no pro formas, or people see to what is paid",
        where="InnVoice, document and paid",
        fix="Set document to proforma and paid to as_ordered, if payments are to make the invoices.",
    )
    return {"order_changes": off}


def _no_proforma(order_id: ExternalId) -> Held:
    return Held(
        f"The order is paid, and its document {order_id} is no pro forma that was made here",
        code="no_proforma",
        where="InnVoice",
        fix="Note the payment on the document in InnVoice, and make the invoice there if it has none.",
    )


def _in_doubt(proforma: str, order: Order) -> AskAPerson:
    return AskAPerson(
        f"The order is paid ({order.totals.gross} {order.currency}), its pro forma {proforma} may have become an "
        "invoice already, and nobody but a person can tell",
        where=f"InnVoice, order {order.number}",
        fix="Look in InnVoice whether it has, since a resend makes one.",
    )
