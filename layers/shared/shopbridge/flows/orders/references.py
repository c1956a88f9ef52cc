"""Which order of the back office is ours: a number is what people call an order, and two may have the same.

Shops number by sales channel, and begin anew; so what the office has under our reference is ours only if no other
record of the connection owns it. All of this is asked only where the outcome of a try is open, or of orders that are
older than the connection: a new order costs no read more.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from shopbridge.errors import AlreadyDone, AskAPerson, Held, OutcomeUnknown, RetryLater
from shopbridge.flows.bridge import Job
from shopbridge.flows.orders.filter import first_moment
from shopbridge.model.base import CLOCKS_APART
from shopbridge.model.ledger import IN_DOUBT, LedgerRecord, Reason
from shopbridge.model.messages import OLD_ORDERS
from shopbridge.model.office import OrderReceipt
from shopbridge.model.order import Order
from shopbridge.model.settings import OrderSettings

TAKEN = "reference_taken"
DOUBTED = "in_doubt"
ROUNDING = Decimal("0.05")
"""How far an office's own total may be from the shop's by rounding alone."""
BUSY = timedelta(seconds=15)
APART = (
    "If that is another order, let the references differ: set orders.reference to `channel_number`, or a prefix in the "
    "back office's settings, then resend this one. If it is this very order, skip it here."
)


def settles_by_itself(job: Job) -> bool:
    """Tell whether the next try finds out what became of a lost answer: by a search, or by creating once more."""
    return not job.bridge.platforms.traits(job.connection, "office").asks_a_person


def reference_of(job: Job, order: Order) -> str:
    """Return what the order is called in the back office, as the settings are now."""
    return job.office.order_target.reference_of(name_of(job.settings, order))


def name_of(settings: OrderSettings, order: Order) -> str:
    """Return the order's number, with its channel where the settings say so."""
    if settings.reference == "number" or not order.channel:
        return order.number
    return f"{settings.channel_codes.get(order.channel, order.channel)}-{order.number}"


def find_sent(job: Job, record: LedgerRecord, order: Order, since: datetime) -> OrderReceipt | None:
    """Return what a try with an unknown outcome left in the back office.

    Raises:
        Held: It may as well be the order of another record in doubt (code ``reference_taken``).
        RetryLater: Such a record is being worked on.
        OutcomeUnknown: The back office cannot be searched.
        AskAPerson: And creating it would not tell either.
    """
    record = record.model_copy(update={"sent_total": record.sent_total or order.totals.gross})
    odd: OrderReceipt | None = None
    for receipt in job.office.order_target.find(record.sent_as, since, afresh=True):
        fits = _is_ours(job, record, receipt)
        if fits:
            return receipt
        odd = odd or (receipt if fits is None else None)
    return odd  # nobody else may have made it, so it is ours with a total that is told as different


def find_created_before(job: Job, record: LedgerRecord, order: Order) -> OrderReceipt | None:
    """Return what another connection, or a ledger that is lost, may have made of this order.

    None where nobody can tell.

    Raises:
        Held: The office's order has another total (code ``reference_taken``).
        RetryLater: An order of the same number is being worked on.
    """
    if not _may_be_there(job, record, order):
        return None
    try:
        return _find_older(job, record, order, min(order.placed_at, first_moment(job.connection)))
    except AskAPerson as error:
        if record.origin == "resend":
            return None  # a person has looked
        raise _may_be_there_already(order, error) from error
    except OutcomeUnknown:
        return None  # then creating it tells


def _may_be_there_already(order: Order, error: AskAPerson) -> Held:
    return Held(
        f"The order is older than the connection, so it may be in the back office already. {error.what}",
        code="in_doubt",
        where=error.where or f"order {order.number}",
        fix="Look for it there. Skip it here if it is there; resend it if it is not.",
    )


def _may_be_there(job: Job, record: LedgerRecord, order: Order) -> bool:
    """Who reads all orders, or sends one again, may do so after the ledger was lost or went back to a backup.

    What is sent again may also have been skipped while it was in doubt.
    """
    began = job.connection.began
    untried = record.sent_at is None or record.sent_at < began  # a try of this ledger knows how it ended
    return record.origin in (*OLD_ORDERS, "resend") or (untried and order.placed_at < began)


def _find_older(job: Job, record: LedgerRecord, order: Order, since: datetime) -> OrderReceipt | None:
    afresh = record.sent_at is not None and record.origin == "resend"  # its try may be younger than what was read
    record = record.model_copy(update={"sent_total": order.totals.gross, "sent_as": reference_of(job, order)})
    for receipt in job.office.order_target.find(record.sent_as, since, afresh=afresh):
        fits = _is_ours(job, record, receipt)
        if fits:
            return receipt
        if fits is None:
            there = f"{_called(receipt)} with the total {receipt.total}, where the shop has {order.totals.gross}"
            raise Held(
                f"The back office has an order {record.sent_as} that we did not make: {there}",
                code=TAKEN,
                where=f"order {order.number}",
                fix=APART,
            )
    return None


def check_address(job: Job, record: LedgerRecord) -> None:
    """Look before an order that may be there is sent once more to an office that cannot be searched.

    Raises:
        Held: The reference belongs, or may belong, to another record (code ``reference_taken``).
        RetryLater: That record is being worked on.
    """
    rivals = [other for other in _rivals(job, record) if other.external_id or other.state in IN_DOUBT]
    _wait_for(job, rivals)
    if rivals:
        raise _shared(record, f"The back office keeps one order as {record.sent_as}", rivals)


def taken(job: Job, record: LedgerRecord, told: AlreadyDone) -> Held:
    """Return the error for an order whose reference the back office has already, though no try of it is in doubt."""
    owners = [other for other in _rivals(job, record) if other.external_id or other.may_take_effect]
    belongs = "belongs" if all(other.external_id for other in owners) else "may belong"
    whose = "; ".join(map(_named, owners)) or "an order there that no record of this connection names"
    return Held(
        f"{told.what}, {_tried(record)} the reference {record.sent_as} {belongs} to {whose}",
        code=TAKEN,
        where=told.where,
        fix=APART,
    )


def _tried(record: LedgerRecord) -> str:
    """Whether it may be there itself: its outcome was open when a person skipped it."""
    order = f"order {record.reference} ({record.key.id})"
    if record.sent_at is None:
        return f"but no earlier try of {order} is known:"
    return f"and {order} may be it: nobody knows how its try of {record.sent_at:%Y-%m-%d %H:%M} UTC ended. If not,"


def doubt(job: Job, record: LedgerRecord, reason: Reason) -> Held | None:
    """Return the error for an order that is not to be imported and may be there; None when it is not there."""
    there = "The order may be in the back office after a broken-off try"
    if not record.may_take_effect:
        waits_for_it = record.reason is not None and record.reason.code in (TAKEN, DOUBTED)
        if not waits_for_it or any(other.external_id for other in _rivals(job, record)):
            return None
        there = f"The back office has an order {record.sent_as or record.reference} that may be this one"
    return Held(
        f"{there}. {reason.text}",
        code=DOUBTED,
        where=f"order {record.reference}",
        fix="Look for it there and cancel it by hand if it is there, then skip the order here.",
    )


def _is_ours(job: Job, record: LedgerRecord, receipt: OrderReceipt) -> bool | None:
    """False for another record's, None for nobody's with a total that is not ours. Raises Held where it is open."""
    # The ledger is read after the office: whatever made what was found there is in doubt at least by now.
    rivals = _rivals(job, record)
    if any(other.external_id == receipt.id for other in rivals):
        return False
    doubtful = [other for other in rivals if other.state in IN_DOUBT]
    _wait_for(job, doubtful)
    fits = _fits(receipt, record)
    if not doubtful:
        return fits or None
    if fits == any(_fits(receipt, other) for other in doubtful):
        raise _shared(record, f"The back office has {_called(receipt)} as {record.sent_as}", doubtful)
    return fits


def _rivals(job: Job, record: LedgerRecord) -> Sequence[LedgerRecord]:
    """Other records of the same reference; those of before did not keep what they were sent as."""
    return [
        other
        for other in job.bridge.ledger.find(job.connection.id, record.reference)
        if other.key.id != record.key.id and other.sent_as in ("", record.sent_as)
    ]


def _wait_for(job: Job, rivals: Sequence[LedgerRecord]) -> None:
    now = job.bridge.clock()
    for other in rivals:
        if other.lease_until and other.lease_until + CLOCKS_APART > now:
            raise RetryLater(
                "Another order of the same number is on its way",
                after=BUSY.total_seconds(),
                where=f"order {other.reference}",
            )


def _fits(receipt: OrderReceipt, record: LedgerRecord) -> bool:
    if receipt.total is None or record.sent_total is None:
        return True
    return abs(receipt.total - record.sent_total) <= ROUNDING


def _shared(record: LedgerRecord, what: str, rivals: Sequence[LedgerRecord]) -> Held:
    return Held(
        f"{what}, which may be order {_named(record)} or {'; '.join(map(_named, rivals))}",
        code=TAKEN,
        where=f"order {record.reference}",
        fix="Compare them there. Skip the one that is not there, resend the other; then resend the one you skipped, "
        "with references that differ if the back office keeps only one of each (orders.reference).",
    )


def _named(record: LedgerRecord) -> str:
    made = record.office_order
    facts = (f"from {record.channel}" if record.channel else "", f"{made} in the back office" if made else "")
    told = ", ".join(filter(None, (f"id {record.key.id}", *facts)))
    return f"{record.reference} ({told})"


def _called(receipt: OrderReceipt) -> str:
    return f"order {receipt.number or receipt.id}"
