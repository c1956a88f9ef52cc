"""Orders on their way into BOCP.

Our own reference is in the address, so a creation may be repeated: BOCP says that the order exists, and the same body
is sent once more with PUT (official B1, client B3). So no retry makes a second order, or a second document. But the
address may be another order's, since two orders of a shop may have the same number: only a try that was made before
is confirmed so, or the PUT would write over somebody else's order (platform file, corrections).
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from pydantic import ValidationError

from shopbridge.connectors.cloudsales.api import create, order_path, put
from shopbridge.connectors.cloudsales.orders.payload import body_of, draft_of, order_fields, ready
from shopbridge.connectors.cloudsales.outcomes import REFUSED
from shopbridge.connectors.cloudsales.settings import CloudSalesSettings
from shopbridge.connectors.cloudsales.wire import Created
from shopbridge.errors import AlreadyDone, OutcomeUnknown, Rejected, RetryLater
from shopbridge.http.answer import Answer
from shopbridge.http.client import PlatformClient
from shopbridge.mapping.rules import TargetField
from shopbridge.model.base import ExternalId
from shopbridge.model.office import OrderDraft, OrderParts, OrderReceipt
from shopbridge.model.order import Order
from shopbridge.ports import Clock


class CloudSalesOrders:
    """Creates the orders of one connection."""

    def __init__(self, settings: CloudSalesSettings, client: PlatformClient, clock: Clock) -> None:
        self._settings = settings
        self._client = client
        self._clock = clock

    def fields(self) -> Mapping[str, TargetField]:
        """Return every field the merchant's rules may set, by its path."""
        return order_fields()

    def plan(self, order: Order, parts: OrderParts) -> OrderDraft:
        """Return the order as the body of its creation."""
        return draft_of(order, parts, self._settings)

    def plan_note(self, order: Order, parts: OrderParts) -> str:
        """Return nothing: BOCP's orders have a field for it, the mentions."""
        del order, parts
        return ""

    def reference_of(self, name: str) -> str:
        """Return it with the prefix."""
        return self._settings.reference_prefix + name

    def find(self, reference: str, since: datetime, *, afresh: bool) -> Sequence[OrderReceipt]:
        """Raise: no list of BOCP tells our reference (client B3).

        Creating once more is safe instead: our reference is in the order's address, so it finds the order there.

        Raises:
            OutcomeUnknown: Always, without a call.
        """
        del since, afresh
        raise OutcomeUnknown("CloudSales cannot be searched for our order numbers", where=f"order {reference}")

    def read(self, order_id: ExternalId) -> OrderReceipt:
        """Return what is known of it, without a call.

        The rows of orders are not known to hold any total (client B3).
        """
        return OrderReceipt(id=order_id, number="", total=None, tax=None)

    def add_note(self, order_id: ExternalId, note: str, *, first: bool) -> None:
        """Do nothing: see ``plan_note``."""
        del order_id, note, first

    def create(self, draft: OrderDraft, *, again: bool = False) -> OrderReceipt:
        """Create it, or confirm what an earlier try made: one call, or two.

        Raises:
            AlreadyDone: An order of this reference is there, and no earlier try of ours made it; nothing was written.
            Held: BOCP would not take it as it is.
            Rejected: BOCP does not take it.
            RetryLater: Surely not created.
            OutcomeUnknown: It may be there; the next try finds out.
        """
        order = ready(draft, self._settings)
        path = order_path(self._settings.connector_id, order.order_reference)
        body = body_of(order, self._clock())
        try:
            answer = self._client.send(create(path, body))
        except AlreadyDone as told:
            if not again:
                raise
            return self._confirm(path, body, told)
        return _receipt(answer) or self._confirm(path, body, None)

    def _confirm(self, path: str, body: Mapping[str, Any], told: AlreadyDone | None) -> OrderReceipt:
        """Send it once more to the order that is there."""
        try:
            answer = self._client.send(put(path, body))
        except RetryLater as error:
            raise OutcomeUnknown(error.what, where=error.where, fix=error.fix) from error
        except Rejected as error:
            raise _contradiction(told, error) from error
        receipt = _receipt(answer)
        if receipt is None:
            raise OutcomeUnknown("BOCP takes the order without naming its id", where=answer.where)
        return receipt


def _contradiction(told: AlreadyDone | None, error: Rejected) -> Rejected | OutcomeUnknown:
    """The creation's refusal may have meant something else that does (not) exist, such as a product."""
    if told is None:
        return OutcomeUnknown(f"BOCP created the order without naming its id; then: {error.what}", where=error.where)
    return Rejected(
        f"{told.what}; but asked to bring it up to date: {error.what}",
        code=REFUSED,
        where=error.where,
        fix="Look for the order in BOCP. If it is there and right, skip it here. If not, change what the messages "
        "name, then resend.",
    )


def _receipt(answer: Answer) -> OrderReceipt | None:
    """The id of the order; BOCP tells neither a number of its own nor the total (client B3)."""
    try:
        data = Created.model_validate(answer.json()).data
    except ValidationError:
        return None
    return OrderReceipt(id=ExternalId(str(data.order_id)), number="", total=None, tax=None)
