"""What becomes of an order: its status and its payment, each told by an update form of its own.

Actions, timed letters and invoicing run with a form (platform file, "Known quirks" 8). So an update is never repeated
blindly: before it is told again it is looked whether the order says so already.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from shopbridge.connectors.salesautopilot.api import TITLE, search, today, update_order
from shopbridge.connectors.salesautopilot.outcomes import is_failure, number_of, odd
from shopbridge.connectors.salesautopilot.settings import SalesAutopilotSettings
from shopbridge.connectors.salesautopilot.wire import ORDERS, OrderRecord
from shopbridge.errors import NeedsAttention, Rejected
from shopbridge.http.client import PlatformClient
from shopbridge.model.base import ExternalId
from shopbridge.model.office import OrderChange, OrderParts, OrderUpdate
from shopbridge.model.order import Order
from shopbridge.ports import Clock

PAID = "2"
"""``mssys_order_status``: 1 ordered, 2 paid, 3 paid back, 4 incomplete (client S6, S8). None means cancelled."""
_STATUS, _PAYMENT = "mssys_webshop_status", "mssys_order_status"


class SalesAutopilotChanges:
    """Tells what becomes of the orders of one connection."""

    def __init__(self, settings: SalesAutopilotSettings, client: PlatformClient, clock: Clock) -> None:
        self._settings = settings
        self._client = client
        self._clock = clock

    @property
    def takes(self) -> frozenset[OrderChange]:
        """What has a form. A cancellation is told as the status that it is: SalesAutopilot has no other word for it."""
        forms: Mapping[OrderChange, int | None] = {
            "status": self._settings.status_form,
            "paid": self._settings.paid_form,
        }
        return frozenset(change for change, form in forms.items() if form is not None)

    def tell(
        self, order_id: ExternalId, order: Order, parts: OrderParts, change: OrderChange, *, first: bool
    ) -> OrderUpdate:
        """Tell the status, in the map's word, or the payment: one call, or two where it is told again.

        Raises:
            NeedsAttention: There is no form for it.
            Rejected: There is no such order, or SalesAutopilot does not take it.
            RetryLater: Surely not told.
            OutcomeUnknown: It may be told.
        """
        del order
        if change not in self.takes:
            raise _no_form(change)
        if change == "paid":
            told = self.pay(order_id, first=first, status=parts.status)
            return OrderUpdate(text=f"{TITLE} {'was told that it is paid' if told else 'has it as paid already'}.")
        told = self._update(order_id, self._settings.status_form, {_STATUS: parts.status}, first=first)
        return OrderUpdate(text=f"Its status in {TITLE} is {parts.status!r}{'' if told else ' already'}.")

    def pay(self, order_id: ExternalId, *, first: bool, status: str = "") -> bool:
        """Tell that it is paid, as of today; False when it is there already.

        Args:
            status: The shop's status by the map, which goes with it; empty to leave that as it is.
        """
        day = today(self._clock()).isoformat()
        fields = {**({_STATUS: status} if status else {}), _PAYMENT: int(PAID), "mssys_pay_date": day}
        return self._update(order_id, self._settings.paid_form, fields, first=first)

    def _update(self, order_id: ExternalId, form: int | None, fields: Mapping[str, Any], *, first: bool) -> bool:
        if form is None:
            raise _no_form("this")
        if not first and self._says(order_id, fields):
            return False
        call = update_order(self._settings.order_list, form, order_id, fields)
        try:
            answer = self._client.send(call)
        except Rejected as error:
            # [inferred] Nobody tells whether 0 also stands for an order that says so already.
            if not is_failure(error) or not self._says(order_id, fields):
                raise
            return False
        if number_of(answer) is None:
            raise odd(answer, "does not tell whether the order was changed")
        return True

    def _says(self, order_id: ExternalId, fields: Mapping[str, Any]) -> bool:
        """Whether the order has it so; the day of a payment is the one on which it was told."""
        records = found_orders(self._client, self._settings.order_list, order_id)
        if not records:
            raise unknown_order(order_id)
        names = (_PAYMENT,) if _PAYMENT in fields else (_STATUS,)
        return all(str(getattr(record, name)) == str(fields[name]) for record in records for name in names)


def _no_form(change: str) -> NeedsAttention:
    return NeedsAttention(
        f"{TITLE} has no form by which it could be told ({change})",
        where=TITLE,
        fix="Set status_form and paid_form to the ids of update forms of the order list, each for that alone.",
    )


def found_orders(client: PlatformClient, order_list: int, number: str) -> Sequence[OrderRecord]:
    """Return the orders of a list that have this number, the newest first: one call."""
    records = client.read(search(order_list, number), ORDERS)
    known = (record for record in records if _is_named(record, number))
    return sorted(known, key=lambda record: record.id, reverse=True)


def unknown_order(order_id: ExternalId) -> Rejected:
    """Return the error for an order that is not there."""
    return Rejected(
        f"{TITLE} has no order {order_id}",
        code="404",
        where=f"{TITLE}, order {order_id}",
        fix="Somebody deleted it there, or the connection's order_list is another one by now. Correct that, then "
        "resend the order.",
    )


def _is_named(record: OrderRecord, number: str) -> bool:
    """[inferred] A number that is nothing but digits may be kept as one, without zeros before it (client S8)."""
    kept = record.mssys_shoprenter_id
    return kept == number or (kept.isdecimal() and number.isdecimal() and kept.lstrip("0") == number.lstrip("0"))
