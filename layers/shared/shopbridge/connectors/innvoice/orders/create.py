"""Orders on their way into InnVoice, which makes legal documents of them.

No reference of ours is kept there and nothing can be searched (platform file, "Known quirks" 3 and 4). So a creation
whose outcome is unknown is never sent again: it waits for a person, with all that is known of it.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from shopbridge.connectors.innvoice.api import create, document, invoice_proforma, today
from shopbridge.connectors.innvoice.orders.lines import total_of
from shopbridge.connectors.innvoice.orders.payload import (
    body_of,
    dates_of_invoice,
    draft_of,
    order_fields,
    ready,
    tax_number_note,
)
from shopbridge.connectors.innvoice.outcomes import odd
from shopbridge.connectors.innvoice.settings import InnVoiceSettings
from shopbridge.connectors.innvoice.wire import DocumentInput, elements, text_of
from shopbridge.errors import Held, NeedsAttention, OutcomeUnknown
from shopbridge.http.answer import Answer
from shopbridge.http.client import PlatformClient
from shopbridge.mapping.rules import TargetField
from shopbridge.model.base import ExternalId
from shopbridge.model.office import OrderDraft, OrderParts, OrderReceipt
from shopbridge.model.order import Order
from shopbridge.ports import Clock

_ROW = "/"
"""Between a pro forma's technical id and the id of its row, which is needed to make an invoice of it."""


class InnVoiceOrders:
    """Makes the documents of one connection."""

    def __init__(self, settings: InnVoiceSettings, client: PlatformClient, clock: Clock) -> None:
        self._settings = settings
        self._client = client
        self._clock = clock

    def fields(self) -> Mapping[str, TargetField]:
        """Return every field the merchant's rules may set, by its path."""
        return order_fields()

    def plan(self, order: Order, parts: OrderParts) -> OrderDraft:
        """Return the order as the fields of its document."""
        return draft_of(order, parts, self._settings)

    def plan_note(self, order: Order, parts: OrderParts) -> str:
        """Return what a person should do about a company's tax number; documents have no place for any note."""
        del parts
        return tax_number_note(order, self._settings)

    def reference_of(self, name: str) -> str:
        """Return it with the prefix."""
        return self._settings.reference_prefix + name

    def find(self, reference: str, since: datetime, *, afresh: bool) -> Sequence[OrderReceipt]:
        """Raise: InnVoice keeps no reference of ours, and reads documents by its own id only.

        Raises:
            OutcomeUnknown: Always, without a call.
        """
        del since, afresh
        raise OutcomeUnknown("InnVoice cannot be searched for our order numbers", where=f"order {reference}")

    def create(self, draft: OrderDraft, *, again: bool = False) -> OrderReceipt:
        """Make the document: one call.

        Raises:
            Held: InnVoice would not take it as it is; or an earlier try may have made it (code ``in_doubt``), and
                nothing is sent.
            Rejected: InnVoice does not take it.
            RetryLater: Surely not made.
            OutcomeUnknown: It may be there.
        """
        fields = ready(draft.payload, self._settings, f"order {draft.reference}")
        if again:
            raise _in_doubt(draft, fields)
        answer = self._client.send(create(body_of(fields, today(self._clock()), self._settings)))
        return _receipt(answer, "names no technical id, so whether the document was made is unknown")

    def read(self, order_id: ExternalId) -> OrderReceipt:
        """Return the document's number as it is printed; its total is not known to be told (client S1)."""
        techid = order_id.partition(_ROW)[0]
        answer = self._client.send(document(techid))
        receipt = _receipt(answer, "does not hold the document")
        if receipt.id.partition(_ROW)[0] != techid:
            raise odd(answer, "holds another document")
        return receipt.model_copy(update={"id": order_id})

    def add_note(self, order_id: ExternalId, note: str, *, first: bool) -> None:
        """Raise: InnVoice has no place for it, so a person is told instead."""
        del first
        raise Held(
            note,
            code="no_tax_number",
            where=f"InnVoice, document {order_id}",
            fix="Enter the tax number on the document in InnVoice, and close it there if it was set aside.",
        )

    def invoice_proforma(self, order_id: ExternalId) -> OrderReceipt:
        """Make an invoice of a pro forma that was paid, dated today: one call.

        Raises:
            NeedsAttention: It is none that this connector made.
            Rejected: InnVoice does not do it, such as for a second time.
            OutcomeUnknown: It may be done.
        """
        row = order_id.partition(_ROW)[2]
        if not row:
            raise NeedsAttention(
                f"The document {order_id} is no pro forma of ours",
                where="InnVoice",
                fix="Make its invoice in InnVoice by hand.",
            )
        answer = self._client.send(invoice_proforma({"TABLE_ID": row, **dates_of_invoice(today(self._clock()))}))
        receipt = _receipt(answer, "names no technical id, so whether the invoice was made is unknown")
        return receipt.model_copy(update={"id": ExternalId(receipt.id.partition(_ROW)[0])})


def _receipt(answer: Answer, otherwise: str) -> OrderReceipt:
    """The one document that an answer names, whatever the elements around it are called.

    An invoice's number, which drafts and pro formas have not, comes as it is printed where it is read (client S1).
    """
    body = answer.xml()
    named = [each for each in elements(body, "techid") if text_of(each, "techid")]
    if len(named) != 1:
        raise odd(answer, otherwise)
    techid, row = text_of(named[0], "techid"), text_of(named[0], "TABLE_ID")
    is_proforma = next(elements(body, "proforma_invoice"), None) is not None
    number = text_of(named[0], "SorszamFormatted") or text_of(named[0], "Sorszam")
    made = f"{techid}{_ROW}{row}" if is_proforma and row else techid
    return OrderReceipt(id=ExternalId(made), number=number, total=None, tax=None)


def _in_doubt(draft: OrderDraft, fields: DocumentInput) -> Held:
    """All that is known but the buyer, whom the order in the shop names."""
    kind = "pro forma" if fields.Proforma else "invoice"
    lines, total = len(fields.tetel), total_of(fields.tetel)
    aside = ", set aside" if fields.Felretett else ""
    return Held(
        f"InnVoice may have made the document of this order, and nobody but a person can tell: {kind}{aside}, book "
        f"{fields.SzamlatombID}, {total:f} {fields.Devizanem}, {lines} line{'' if lines == 1 else 's'}, "
        f"payment {fields.FizetesiMod!r}",
        code="in_doubt",
        where=f"order {draft.reference}",
        fix="Look in InnVoice for a document of this buyer with this total, from when the order was tried (see its "
        "story). If it is there, skip the order here. If it surely is not, skip the order, then resend it: it is sent "
        "as a new one.",
    )
