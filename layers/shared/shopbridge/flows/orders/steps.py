"""What a step after an import works with, and what it comes to."""

from dataclasses import dataclass
from typing import Any

from shopbridge.errors import Held, Rejected
from shopbridge.flows.bridge import Job
from shopbridge.flows.orders.documents import MAIL_IN_DOUBT
from shopbridge.model.base import ExternalId
from shopbridge.model.ledger import LedgerRecord, OfficeFacts, Reason
from shopbridge.model.messages import OLD_ORDERS, StockRequest
from shopbridge.model.office import OrderReceipt
from shopbridge.model.order import Order
from shopbridge.model.progress import OrderProgress
from shopbridge.model.settings import LaterChanges

FOLLOW_UP_REFUSED = "follow_up_refused"
TOTALS_DIFFER = "totals_differ"
STATUSES_DIFFER = "statuses_differ"
LASTING = frozenset({FOLLOW_UP_REFUSED, TOTALS_DIFFER, STATUSES_DIFFER, MAIL_IN_DOUBT})
"""What an imported order waits for until a person has sent it again or skipped it; no newer version clears it."""
STATUSES, SHIPMENTS, LINK, DOCUMENT = "statuses", "shipments", "document_link", "document"
"""Steps after an import that bring to the shop what became of an order."""
Done = tuple[str, dict[str, Any]]
"""A line for the story, and what changes on the record; a ``reason`` there is left for a person."""


@dataclass(frozen=True)
class FollowUp:
    """One step.

    Attributes:
        first_try: No earlier try of it may have taken effect.
        progress: The order as the back office has it now; None where nobody looked, or it is not there.
        receipt: What its creation answered a moment ago; None for an earlier one.
    """

    job: Job
    order: Order
    record: LedgerRecord
    first_try: bool
    progress: OrderProgress | None = None
    receipt: OrderReceipt | None = None

    @property
    def office_id(self) -> ExternalId:
        """The created order; steps exist only after the creation."""
        if self.record.external_id is None:
            raise AssertionError("a follow-up belongs to a created order")
        return self.record.external_id


def begun_step(record: LedgerRecord) -> tuple[str, ...]:
    """Return the step of which nobody knows whether it took effect: it is settled before any other."""
    return tuple(name for name in record.follow_ups if name == record.trying)


def given_up(job: Job, record: LedgerRecord, name: str, error: Held | Rejected, *, again: str = "") -> Done:
    """Leave a refused step: the order itself is safe, and waits for a person with its reason.

    Args:
        again: The step that a resend takes once more; empty for none of its own.
    """
    job.bridge.activity.warning(
        "follow_up_refused", job.connection.id, fix=error.fix, order=record.reference, step=name, reason=error.what
    )
    fix = f"{error.fix} Then resend the order, or skip it to leave this undone.".strip()
    reason = Reason(code=FOLLOW_UP_REFUSED, text=f"Left undone after the import ({name}): {error.what}.", fix=fix)
    undone = tuple(dict.fromkeys((*record.undone, *([again] if again else []))))
    return f"Left undone ({name}): {error}", {"reason": reason, "undone": undone}


def wants_stock(job: Job, origin: str) -> bool:
    """Tell whether stock is sent at once after orders of this origin; that of old orders waits for the next sweep."""
    settings = job.connection.settings.stock
    return settings.active and settings.at_once and origin not in OLD_ORDERS


def ask_stock(job: Job, order: Order) -> None:
    """Ask for the order's SKUs to be sent; asking twice does no harm. Raises RetryLater when the queue is away."""
    skus = tuple(dict.fromkeys(line.sku for line in order.lines if line.kind == "product" and line.sku))
    if skus:
        request = StockRequest(connection=job.connection.id, skus=skus, because=f"order {order.number}")
        job.bridge.work.send([request])


def news_for_the_shop(changes: LaterChanges, record: LedgerRecord, progress: OrderProgress) -> tuple[str, ...]:
    """Return the steps that would bring to the shop what is new of an order in the back office; pure."""
    seen = record.office or OfficeFacts()
    codes = tuple(shipment.code for shipment in progress.shipments)
    moved = (progress.status, progress.cancelled) != (seen.status, seen.cancelled)
    wanted = {
        STATUSES: changes.moves and moved,
        SHIPMENTS: changes.shipments and bool(codes) and codes != seen.shipments,
        LINK: bool(changes.document_link_field) and progress.document_url not in ("", seen.document_url),
        DOCUMENT: changes.document_number and progress.number not in ("", record.external_number),
    }
    return tuple(step for step, is_new in wanted.items() if is_new)
