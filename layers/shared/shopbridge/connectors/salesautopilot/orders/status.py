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

    def pay(self, order_id: ExternalId, *, first: bool, status: str = "") -> bool:
        """Tell that it is paid, as of today; False when it is there already.

        Args:
            status: The shop's status by the map, which goes with it; empty to leave that as it is.
        """
        day = today(self._clock()).isoformat()
        fields = {**({_STATUS: status} if status else {}), _PAYMENT: int(PAID), "mssys_pay_date": day}
        return self._update(order_id, "paid_form", fields, first=first)

    def _update(self, order_id: ExternalId, setting: str, fields: Mapping[str, Any], *, first: bool) -> bool:
        form = getattr(self._settings, setting)
        if form is None:
            raise NeedsAttention(
                f"{TITLE} has no form for this: {setting} is empty",
                where=TITLE,
                fix=f"Set {setting} to the id of an update form of the order list.",
            )
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
