"""Orders on their way into InnVoice, which makes legal documents of them.

No reference of ours is kept there and nothing can be searched (platform file, "Known quirks" 3 and 4). So a document
that may be there is never sent again by itself: a person looks.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from shopbridge.connectors.innvoice.api import create, document, today
from shopbridge.connectors.innvoice.orders.documents import document_of, kind_of
from shopbridge.connectors.innvoice.orders.payload import (
    body_of,
    draft_of,
    order_fields,
    ready,
    tax_number_note,
)
from shopbridge.connectors.innvoice.outcomes import odd
from shopbridge.connectors.innvoice.settings import InnVoiceSettings
from shopbridge.connectors.innvoice.wire import elements, text_of
from shopbridge.errors import AskAPerson, Held
from shopbridge.http.answer import Answer
from shopbridge.http.client import PlatformClient
from shopbridge.mapping.rules import TargetField
from shopbridge.model.base import ExternalId
from shopbridge.model.office import OrderDraft, OrderParts, OrderReceipt
from shopbridge.model.order import Order
from shopbridge.ports import Clock

ROW = "/"
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
            AskAPerson: Always, without a call; nor does making a document tell that there is one already.
        """
        del since, afresh
        raise AskAPerson(
            "InnVoice keeps no order number and cannot be searched, and would make a second document: what is there is "
            "known by its buyer, day and total only",
            where=f"InnVoice, order {reference}",
            fix="Look for it there.",
        )

    def create(self, draft: OrderDraft, *, again: bool = False) -> OrderReceipt:
        """Make the document: one call, and one more document each time.

        Raises:
            Held: InnVoice would not take it as it is.
            Rejected: InnVoice does not take it.
            RetryLater: Surely not made.
            OutcomeUnknown: It may be there.
        """
        del again  # InnVoice tells none apart, so ``find`` leaves it to a person
        fields = ready(draft, self._settings)
        answer = self._client.send(create(body_of(fields, today(self._clock()), self._settings)))
        receipt = receipt_of(answer, "names no technical id, so whether the document was made is unknown")
        techid = ExternalId(receipt.id.partition(ROW)[0])
        made = document_of(answer, techid, receipt.number, kind_of(fields))
        return receipt.model_copy(update={"document": made})

    def read(self, order_id: ExternalId) -> OrderReceipt:
        """Return the document's number as it is printed; its total is not known to be told (client S1)."""
        techid = order_id.partition(ROW)[0]
        answer = self._client.send(document(techid))
        receipt = receipt_of(answer, "does not hold the document")
        if receipt.id.partition(ROW)[0] != techid:
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


def receipt_of(answer: Answer, otherwise: str) -> OrderReceipt:
    """Return the one document that an answer names, whatever the elements around it are called.

    An invoice's number, which drafts and pro formas have not, comes as it is printed where it is read (client S1).

    Raises:
        RetryLater, OutcomeUnknown: There is none, or more than one: ``otherwise`` says so.
    """
    body = answer.xml()
    named = [each for each in elements(body, "techid") if text_of(each, "techid")]
    if len(named) != 1:
        raise odd(answer, otherwise)
    techid, row = text_of(named[0], "techid"), text_of(named[0], "TABLE_ID")
    is_proforma = next(elements(body, "proforma_invoice"), None) is not None
    number = text_of(named[0], "SorszamFormatted") or text_of(named[0], "Sorszam")
    made = f"{techid}{ROW}{row}" if is_proforma and row else techid
    return OrderReceipt(id=ExternalId(made), number=number, total=None, tax=None)
