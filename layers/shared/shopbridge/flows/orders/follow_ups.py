"""What is done after an order was created: check its totals, keep a note, tell the shop, send the stock it leaves.

All of it is repeatable. A later version of the order finishes what is open, and what changed in it is told.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from shopbridge.errors import Held, NeedsAttention, OutcomeUnknown, Rejected, RetryLater
from shopbridge.flows.bridge import Job
from shopbridge.flows.failures import reason_of
from shopbridge.flows.orders.changes import STEPS as TELLING
from shopbridge.flows.orders.changes import begun, changes_since, planned_steps, tell
from shopbridge.flows.orders.differences import (
    PAYMENT_CHANGED,
    Difference,
    differences,
    facts_after_write_back,
    facts_of,
    merged_facts,
)
from shopbridge.flows.orders.documents import MAIL, MAIL_IN_DOUBT, mail, noted, sent_again, wants_mail
from shopbridge.flows.orders.documents import STEPS as MAILING
from shopbridge.flows.orders.privacy import mark_of
from shopbridge.flows.orders.records import release, with_event
from shopbridge.flows.orders.resolve import translate_values
from shopbridge.mapping.rounding import CENT
from shopbridge.model.base import ExternalId
from shopbridge.model.ledger import SETTLING, LedgerRecord, Reason
from shopbridge.model.messages import OLD_ORDERS, Origin, StockRequest
from shopbridge.model.order import Order, is_newer


@dataclass(frozen=True)
class _Work:
    """One step.

    Attributes:
        first_try: No earlier try of it may have taken effect.
    """

    job: Job
    order: Order
    record: LedgerRecord
    first_try: bool

    @property
    def office_id(self) -> ExternalId:
        """The created order; follow-ups exist only after the creation."""
        if self.record.external_id is None:
            raise AssertionError("a follow-up belongs to a created order")
        return self.record.external_id


_Done = tuple[str, dict[str, Any]]
"""A line for the story, and what changes on the record; a ``reason`` there is left for a person."""
FOLLOW_UP_REFUSED, TOTALS_DIFFER = "follow_up_refused", "totals_differ"
_NOTED = frozenset({*TELLING, *MAILING})
"""Steps that are in doubt from their beginning until their end is stored."""
LASTING = frozenset({FOLLOW_UP_REFUSED, TOTALS_DIFFER, MAIL_IN_DOUBT})
"""What an imported order waits for until a person has sent it again or skipped it; no newer version clears it."""


def planned_follow_ups(job: Job, origin: str) -> tuple[str, ...]:
    """Return the follow-ups of a new order, in order.

    Stock is the last: it is sent when nothing moves the record any more, so nobody can take the import for unfinished.
    """
    write_back = job.settings.write_back
    wanted = {
        "totals": True,
        "note": True,
        "document": write_back.document_field is not None,
        "status": write_back.status is not None,
        MAIL: wants_mail(job, origin),
        "stock": wants_stock(job, origin),
    }
    return tuple(name for name, on in wanted.items() if on)


def run_follow_ups(job: Job, order: Order, record: LedgerRecord, *, first_try: bool) -> None:
    """Do what is still open and let go of the record.

    Raises:
        RetryLater, NeedsAttention: What is still open stays on the record for the next try.
    """
    left = record.reason if record.reason and record.reason.code in LASTING else None
    for name in record.follow_ups:
        is_first = record.trying != name if name in TELLING else first_try
        record = begun(job, record, name) if name in TELLING else record
        try:
            text, changes = _STEPS[name](_Work(job, order, record, is_first))
        except OutcomeUnknown as error:
            release(job.bridge, record.model_copy(update={"reason": left}), job.owner)
            raise RetryLater(error.what, after=SETTLING.total_seconds(), where=error.where) from error
        except (RetryLater, NeedsAttention) as error:
            waiting = reason_of(error) if isinstance(error, NeedsAttention) else left
            trying = "" if is_first else record.trying  # surely without effect, but one before it may have had its own
            release(job.bridge, record.model_copy(update={"reason": waiting, "trying": trying}), job.owner)
            raise
        except (Held, Rejected) as error:
            text, changes = _given_up(job, record, name, error)
        left = changes.get("reason") or left
        rest = tuple(other for other in record.follow_ups if other != name)
        record = record.model_copy(update={**changes, "follow_ups": rest, "reason": left, "trying": ""})
        record = with_event(job.bridge, record, text) if text else record
        if name in _NOTED:  # it is no more in doubt, whatever becomes of the steps after it
            job.bridge.ledger.save(record, owner=job.owner)
    release(job.bridge, record.model_copy(update={"reason": left}), job.owner)


def follow_ups_again(job: Job, record: LedgerRecord, origin: Origin) -> LedgerRecord:
    """Plan what is done after an import once more, for an order that a person sends again because of what was left."""
    if origin != "resend" or record.reason is None or record.reason.code not in LASTING:
        return record
    planned = tuple(name for name in planned_follow_ups(job, record.origin) if name != "stock")
    again = tuple(dict.fromkeys((*_begun(record), *record.undone, *planned, *record.follow_ups)))
    return record.model_copy(update={"follow_ups": again, "reason": None, "undone": (), "document": sent_again(record)})


def _begun(record: LedgerRecord) -> tuple[str, ...]:
    """The step of which nobody knows whether it took effect: it is settled before any other."""
    return tuple(name for name in record.follow_ups if name == record.trying)


def _given_up(job: Job, record: LedgerRecord, name: str, error: Held | Rejected) -> _Done:
    """The order itself is safe, so a follow-up that is refused is left, and waits for a person with its reason."""
    job.bridge.activity.warning(
        "follow_up_refused", job.connection.id, fix=error.fix, order=record.reference, step=name, reason=error.what
    )
    fix = f"{error.fix} Then resend the order, or skip it to leave this undone.".strip()
    reason = Reason(code=FOLLOW_UP_REFUSED, text=f"Left undone after the import ({name}): {error.what}.", fix=fix)
    undone = (*record.undone, name) if name in TELLING else record.undone
    return f"Left undone ({name}): {error}", {"reason": reason, "undone": undone}


def _totals(work: _Work) -> _Done:
    receipt = work.job.office.order_target.read(work.office_id)
    wanted, wanted_tax = work.order.totals.gross, work.order.totals.tax
    changes = {"total": receipt.total, "external_number": receipt.number or work.record.external_number}
    if receipt.total is None:
        return "The back office does not tell the total.", changes
    drift = CENT * max(len(work.order.lines), 1)  # one side rounds tax by line, the other by rate
    if abs(receipt.total - wanted) < CENT and (receipt.tax is None or abs(receipt.tax - wanted_tax) <= drift):
        return f"Total read back: {receipt.total} {work.order.currency}, as in the shop.", changes
    text = f"Shop: {wanted} (tax {wanted_tax}); back office: {receipt.total} (tax {receipt.tax})."
    fix = "Compare the two orders and correct the one in the back office by hand."
    work.job.bridge.activity.warning(
        "totals_differ", work.job.connection.id, fix=fix, order=work.order.number, reason=text
    )
    left = f"{fix} Then resend the order, or skip it to leave it so."
    reason = Reason(code=TOTALS_DIFFER, text=f"The totals differ. {text}", fix=left)
    return reason.text, {**changes, "reason": reason}


def _note(work: _Work) -> _Done:
    values = translate_values(work.job.settings.maps, work.order)
    note = work.job.office.order_target.plan_note(work.order, values)
    if not note:
        return "", {}
    work.job.office.order_target.add_note(work.office_id, note, first=work.first_try)
    return "Note kept with the order.", {}


def _status(work: _Work) -> _Done:
    status = work.job.settings.write_back.status or ""
    text = work.job.shop.order_status.set_status(work.order.id, status)
    facts = facts_after_write_back(work.record.facts) if work.record.facts else None
    return text, {"source_status": status, "facts": facts}


def _document(work: _Work) -> _Done:
    field = work.job.settings.write_back.document_field or ""
    return work.job.shop.order_status.set_document(work.order.id, field, work.record.office_order), {}


def _stock(work: _Work) -> _Done:
    ask_stock(work.job, work.order)
    return "", {}


def _telling(name: str, work: _Work) -> _Done:
    done = tell(work.job, work.order, work.office_id, name, first=work.first_try)
    number = done.number or work.record.external_number
    return done.text, {"external_number": number, **noted(work.job, work.record, done.document)}


def _mail(step: str, work: _Work) -> _Done:
    return mail(work.job, work.order, work.record, step)


_STEPS: dict[str, Callable[[_Work], _Done]] = {
    **{name: partial(_telling, name) for name in TELLING},
    **{name: partial(_mail, name) for name in MAILING},
    "totals": _totals,
    "note": _note,
    "status": _status,
    "document": _document,
    "stock": _stock,
}


def after_import(job: Job, order: Order, record: LedgerRecord, origin: Origin) -> None:
    """Say what is different in a version of an imported order, and finish what is open.

    Raises:
        RetryLater, NeedsAttention: What is still open stays on the record for the next try.
    """
    if _brings_news(order, record):
        changes = changes_since(job, order, record)
        record = _with_status(job, order, record, origin, told="cancelled" in changes)
        record = with_differences(job, order, record, told="paid" in changes)
        steps = tuple(dict.fromkeys((*_begun(record), *planned_steps(job, changes), *record.follow_ups)))
        record = record.model_copy(update={"follow_ups": steps})
        newest = {"revision": max(order.revision, record.revision), "buyer": mark_of(job.connection, order)}
        record = record.model_copy(update=newest)
    run_follow_ups(job, order, follow_ups_again(job, record, origin), first_try=False)


def with_differences(job: Job, order: Order, record: LedgerRecord, *, told: bool = False) -> LedgerRecord:
    """Return the record with the order's facts, after each that is another one was told.

    Where none were noted, none is.

    Args:
        told: The back office itself is told of the payment.
    """
    facts = facts_of(order, job.connection.name_key)
    if record.facts is None:
        return record.model_copy(update={"facts": facts})
    alike = facts if record.facts.form == facts.form else facts_of(order)
    for difference in differences(record.facts, alike, record.office_order):
        if told and difference.code == PAYMENT_CHANGED:
            continue
        record = with_event(job.bridge, record, f"{difference.text} {difference.fix}")
        _warn(job, record, difference)
    return record.model_copy(update={"facts": merged_facts(record.facts or facts, facts)})


def _brings_news(order: Order, record: LedgerRecord) -> bool:
    """A version that was seen or set aside tells nothing new, unless nobody had a chance to look at it."""
    return is_newer(order.revision, record.revision) or (
        record.reason is not None and not is_newer(record.revision, order.revision)
    )


def _with_status(job: Job, order: Order, record: LedgerRecord, origin: Origin, *, told: bool) -> LedgerRecord:
    """With the status that the order has by now; a cancellation is a person's work unless the back office is told."""
    if order.status == record.source_status:
        return record
    record = with_event(job.bridge, record, f"The shop's status is now {order.shown_status!r}.")
    _log_status(job, order, record, told=told)
    record = _with_stock(job, order, record, origin)
    return record.model_copy(update={"source_status": order.status})


def _log_status(job: Job, order: Order, record: LedgerRecord, *, told: bool) -> None:
    log, facts = job.bridge.activity, {"order": order.number, "status": order.shown_status}
    if order.cancelled and not told:
        fix = f"Cancel order {record.office_order} in the back office by hand."
        log.warning("order_cancelled_after_import", job.connection.id, fix=fix, **facts)
    else:
        log.info("order_status_changed", job.connection.id, **facts)


def _warn(job: Job, record: LedgerRecord, difference: Difference) -> None:
    job.bridge.activity.warning(
        "order_changed_after_import",
        job.connection.id,
        fix=difference.fix,
        order=record.reference,
        office_order=record.office_order,
        code=difference.code,
        reason=difference.text,
    )


def _with_stock(job: Job, order: Order, record: LedgerRecord, origin: Origin) -> LedgerRecord:
    """The shop gives a cancelled order's units back by itself, while the back office still has them booked."""
    if not (order.cancelled and wants_stock(job, origin)):
        return record
    return record.model_copy(update={"follow_ups": tuple(dict.fromkeys((*record.follow_ups, "stock")))})


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
