"""Orders on their way into SalesAutopilot.

It keeps the shop's order number in a field of its own, by which orders are found (client S5, S6). What a number does
that comes a second time is not known (platform file, "Known quirks" 9), so it is looked for before anything is sent.
An order is known by that number everywhere, and its record's own id is nowhere needed: what ``processWebshopOrder``
answers, no client has told.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from shopbridge.connectors.salesautopilot.api import TITLE, create_order
from shopbridge.connectors.salesautopilot.orders.payload import (
    PAID,
    body_of,
    draft_of,
    form_of,
    is_paid_already,
    order_fields,
    ready,
    reference_of,
)
from shopbridge.connectors.salesautopilot.orders.status import SalesAutopilotChanges, found_orders, unknown_order
from shopbridge.connectors.salesautopilot.outcomes import is_failure, number_of, odd
from shopbridge.connectors.salesautopilot.settings import SalesAutopilotSettings
from shopbridge.connectors.salesautopilot.wire import OrderInput, OrderRecord
from shopbridge.errors import AlreadyDone, BridgeError, NeedsAttention, OutcomeUnknown, Rejected, RetryLater
from shopbridge.http.client import PlatformClient
from shopbridge.mapping.rules import TargetField
from shopbridge.model.base import ExternalId
from shopbridge.model.office import OrderDraft, OrderParts, OrderReceipt
from shopbridge.model.order import Order

CLOCKS = timedelta(hours=1)
"""How far the account's clock may be behind ours."""


class SalesAutopilotOrders:
    """Creates the orders of one connection."""

    def __init__(
        self, settings: SalesAutopilotSettings, client: PlatformClient, changes: SalesAutopilotChanges
    ) -> None:
        self._settings = settings
        self._client = client
        self._changes = changes

    def fields(self) -> Mapping[str, TargetField]:
        """Return every field the merchant's rules may set, by its path."""
        return order_fields()

    def plan(self, order: Order, parts: OrderParts) -> OrderDraft:
        """Return the order as the body of its creation."""
        return draft_of(order, parts, self._settings)

    def plan_note(self, order: Order, parts: OrderParts) -> str:
        """Return that it is paid, where that is to be told of new orders: a creation cannot tell it."""
        del parts
        return PAID if is_paid_already(order, self._settings) else ""

    def reference_of(self, name: str) -> str:
        """Return it with the prefix, and without a slash."""
        return reference_of(name, self._settings)

    def find(self, reference: str, since: datetime, *, afresh: bool) -> Sequence[OrderReceipt]:
        """Return all orders of this number that were made at or after ``since``, the newest first: one call."""
        del afresh
        return [_receipt(record) for record in self._look(reference) if _is_since(record, since)]

    def read(self, order_id: ExternalId) -> OrderReceipt:
        """Read the newest order of this number back: one call. Raises Rejected when there is none (``404``)."""
        for record in self._look(order_id):
            return _receipt(record)
        raise unknown_order(order_id)

    def add_note(self, order_id: ExternalId, note: str, *, first: bool) -> None:
        """Tell that the order is paid: the only thing that is said beside an order. Raises as ``pay``."""
        del note
        self._changes.pay(order_id, first=first)

    def create(self, draft: OrderDraft, *, again: bool = False) -> OrderReceipt:
        """Look for it, then send it: two calls, and another look where the answer does not tell.

        Raises:
            AlreadyDone: An order of this number is there, and no earlier try of ours made it; nothing was sent.
            Held: It cannot be sent as it is.
            Rejected: SalesAutopilot does not take it.
            RetryLater: Surely not created.
            OutcomeUnknown: It may be there.
        """
        where = f"order {draft.reference}"
        order: OrderInput = draft.checked or ready(draft.payload, where)
        if there := self._look(order.order_id):
            if again:
                return _receipt(there[0])
            told = f"{TITLE} has an order {order.order_id} already"
            raise AlreadyDone(told, external_id=order.order_id, where=where)
        call = create_order(self._settings.order_list, form_of(order, self._settings), body_of(order))
        try:
            answer = self._client.send(call)
        except Rejected as error:
            if not is_failure(error):
                raise
            return self._proven(order.order_id, error)
        if (number_of(answer) or 0) > 0:
            return OrderReceipt(id=ExternalId(order.order_id), number="", total=None, tax=None)
        return self._proven(order.order_id, odd(answer, "does not tell whether the order was taken"))

    def _proven(self, number: str, otherwise: BridgeError) -> OrderReceipt:
        """[inferred] What the answer means where it is no number above zero: whether the order is there, tells."""
        try:
            records = self._look(number)
        except (RetryLater, Rejected, NeedsAttention) as error:
            raise OutcomeUnknown(error.what, where=error.where, fix=error.fix) from error
        if not records:
            raise otherwise
        return _receipt(records[0])

    def _look(self, number: str) -> Sequence[OrderRecord]:
        """The orders of this number, the newest first."""
        return found_orders(self._client, self._settings.order_list, number)


def _receipt(record: OrderRecord) -> OrderReceipt:
    """With the number of its invoice, or of its pro forma, once the attached invoicing program gave one."""
    number = record.mssys_billing_number or record.mssys_proform_number
    return OrderReceipt(id=ExternalId(record.mssys_shoprenter_id), number=number, total=record.total, tax=None)


def _is_since(record: OrderRecord, since: datetime) -> bool:
    """[inferred] Whether ``subdate`` is Hungary's wall clock or UTC: read as UTC it is never too early."""
    try:
        made = datetime.strptime(record.subdate, "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC)
    except ValueError:
        return True  # an empty one reads 0000-00-00
    return made >= since - CLOCKS
