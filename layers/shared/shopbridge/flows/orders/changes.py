"""What becomes of an order after its import is told to a back office that can be told.

Each change is a step after the import, kept on the order's record until it is done. It brings the order there to where
the shop's stands at that moment, so an order whose status flips five times is told as it stands, and telling it twice
does no harm. Where it would, the try is noted before the call, and a person looks at what became of one that broke off.
"""

from shopbridge.errors import AskAPerson, Held
from shopbridge.flows.bridge import Job
from shopbridge.flows.orders.differences import edits, facts_alike, facts_of
from shopbridge.flows.orders.documents import MAIL_AGAIN, wants_mail
from shopbridge.flows.orders.resolve import known_products, translate_end, translate_values
from shopbridge.model.base import ExternalId
from shopbridge.model.ledger import LedgerRecord
from shopbridge.model.office import OrderChange, OrderUpdate
from shopbridge.model.order import Order

STATUS, CANCELLED = "tell_status", "tell_cancelled"
STEPS: dict[str, OrderChange] = {
    "tell_lines": "lines",
    "tell_address": "address",
    "tell_delivery": "delivery",
    STATUS: "status",
    "tell_paid": "paid",
    "tell_refunded": "refunded",
    CANCELLED: "cancelled",
}
"""Steps after an import, by the change they tell, in the order in which they are told."""
EDITS: frozenset[OrderChange] = frozenset({"lines", "address", "delivery"})
_OWED = frozenset({"open", "authorized", "paid_in_part"})
_GIVEN_BACK = frozenset({"refunded_in_part", "refunded"})
IN_DOUBT_CODE = "in_doubt"


def changes_since(job: Job, order: Order, record: LedgerRecord) -> tuple[OrderChange, ...]:
    """Return what is new since the record's version and can be told to the back office; empty for most orders."""
    target = job.office.order_changes
    if target is None:
        return ()
    moved = order.status != record.source_status
    now = facts_of(order, job.connection.name_key)
    edited = edits(record.facts, facts_alike(order, now, record.facts))
    found: dict[OrderChange, bool] = {
        **{change: change in edited for change in EDITS},
        "status": moved and not (order.cancelled and "cancelled" in target.takes),
        "paid": _came_in(order, record),
        "refunded": job.settings.changes.refunds and _went_back(order, record),
        "cancelled": order.cancelled and (moved or _is_not_cancelled_there(record)),
    }
    return tuple(change for change, is_new in found.items() if is_new and change in target.takes)


def _is_not_cancelled_there(record: LedgerRecord) -> bool:
    """What a person was asked to cancel by hand can be told by now."""
    return bool(record.facts and record.newer and record.newer.cancelled and not record.facts.cancelled)


def _came_in(order: Order, record: LedgerRecord) -> bool:
    before = record.facts.payment if record.facts else None
    return before is not None and before.standing in _OWED and order.payment is not None and order.payment.paid


def _went_back(order: Order, record: LedgerRecord) -> bool:
    before, now = record.facts.payment if record.facts else None, order.payment
    if before is None or now is None or now.standing not in _GIVEN_BACK:
        return False
    return before.standing != now.standing or (now.refunded is not None and before.refunded != now.refunded)


def planned_steps(job: Job, changes: tuple[OrderChange, ...]) -> tuple[str, ...]:
    """Return the steps that tell them; a payment may give the document another number, which goes to the shop."""
    told = tuple(step for step, change in STEPS.items() if change in changes)
    renumbers = "paid" in changes and job.settings.write_back.document_field is not None
    mails = "paid" in changes and wants_mail(job)
    return (*told, *(("document",) if renumbers else ()), *((MAIL_AGAIN,) if mails else ()))


def begun(job: Job, record: LedgerRecord, step: str) -> LedgerRecord:
    """Note that a change is being told, before it is: whoever comes after a crash knows that it may have been."""
    noted = record.model_copy(update={"trying": step})
    job.bridge.ledger.save(noted, owner=job.owner)
    return noted


def tell(job: Job, order: Order, office_id: ExternalId, step: str, *, first: bool) -> OrderUpdate:
    """Tell one change.

    Raises:
        Held: Nobody but a person can tell whether it was told (code ``in_doubt``), or it cannot be told.
        Rejected: The back office does not take it.
        RetryLater: Surely not told; it is told again.
        OutcomeUnknown: Maybe told; it is told again as one that may have been.
    """
    target, change = job.office.order_changes, STEPS[step]
    if target is None or change not in target.takes:
        return OrderUpdate(text=f"The back office is not told of this ({change}) any more.")
    translated = translate_end if change == "cancelled" else translate_values
    parts = translated(job.settings.maps, order)
    if change == "lines":
        parts = parts.model_copy(update={"product_ids": known_products(job, order)})
    try:
        return target.tell(office_id, order, parts, change, first=first)
    except AskAPerson as error:
        raise Held(error.what, code=IN_DOUBT_CODE, where=error.where, fix=error.fix) from error
