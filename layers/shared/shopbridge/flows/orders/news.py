"""What is new in a later version of an imported order: it is told, or stays beside what the back office has."""

from collections.abc import Collection

from shopbridge.flows.bridge import Job
from shopbridge.flows.orders.bring import aligns
from shopbridge.flows.orders.changes import changes_since, planned_steps
from shopbridge.flows.orders.differences import (
    ORDER_CANCELLED,
    Difference,
    covers,
    differences,
    facts_alike,
    facts_of,
    merged_facts,
    with_told,
)
from shopbridge.flows.orders.privacy import mark_of
from shopbridge.flows.orders.records import with_event
from shopbridge.flows.orders.steps import STATUSES, begun_step, wants_stock
from shopbridge.model.ledger import LedgerRecord, OrderFacts
from shopbridge.model.messages import Origin
from shopbridge.model.office import OrderChange
from shopbridge.model.order import Order, is_newer


def with_news(job: Job, order: Order, record: LedgerRecord, origin: Origin) -> LedgerRecord:
    """Return the record with what is new in a version, and with the steps that tell it."""
    changes, aligned = changes_since(job, order, record), aligns(job)
    record = _with_end_noted(order, record)
    record = _with_status(job, order, record, origin, told="cancelled" in changes, aligned=aligned)
    record = with_differences(job, order, record, told=changes)
    told = tuple(each for each in changes if not (aligned and each in ("status", "cancelled")))
    steps = tuple(dict.fromkeys((*begun_step(record), *planned_steps(job, told), *record.follow_ups)))
    newest = {"revision": max(order.revision, record.revision), "buyer": mark_of(job.connection, order)}
    return record.model_copy(update={"follow_ups": steps, **newest})


def _with_end_noted(order: Order, record: LedgerRecord) -> LedgerRecord:
    """Facts of before do not say whether the order is off: it was as it is, unless its status moved."""
    if record.facts is None or record.facts.cancelled is not None:
        return record
    was = order.cancelled and order.status == record.source_status
    return record.model_copy(update={"facts": record.facts.model_copy(update={"cancelled": was})})


def with_differences(
    job: Job, order: Order, record: LedgerRecord, *, told: Collection[OrderChange] = ()
) -> LedgerRecord:
    """Return the record with the order's facts, after each that is another one was told.

    Where none were noted, none is. What nobody tells the back office stays beside what that has, until it is the same
    again or a person has seen to it.

    Args:
        told: The changes that the back office itself is told of.
    """
    had, now = record.facts, facts_of(order, job.connection.name_key)
    if had is None:
        return record.model_copy(update={"facts": now, "newer": None})
    alike = facts_alike(order, now, had)
    for difference in differences(_last_seen(record, had), alike, record.office_order):
        if not covers(told, difference) and difference.code != ORDER_CANCELLED:
            record = with_event(job.bridge, record, f"{difference.text} {difference.fix}")
            _warn(job, record, difference)
    had = with_told(had, alike, told)
    if differences(had, alike, record.office_order):
        return record.model_copy(update={"facts": had, "newer": alike})
    return record.model_copy(update={"facts": merged_facts(had, now), "newer": None})


def _last_seen(record: LedgerRecord, had: OrderFacts) -> OrderFacts:
    """What the last version was held against, so that each change is told once."""
    seen = record.newer or had
    return seen if seen.payment else seen.model_copy(update={"payment": had.payment})


def brings_news(order: Order, record: LedgerRecord) -> bool:
    """Tell whether a version says more than one that was seen or set aside, or was one that nobody could look at."""
    return is_newer(order.revision, record.revision) or (
        record.reason is not None and not is_newer(record.revision, order.revision)
    )


def _with_status(
    job: Job, order: Order, record: LedgerRecord, origin: Origin, *, told: bool, aligned: bool
) -> LedgerRecord:
    """With the status that the order has by now; a cancellation is a person's work unless the back office is told.

    Args:
        aligned: Both sides' statuses are brought into line by a step of its own.
    """
    if order.status == record.source_status:
        return record
    _log_status(job, order, record, told=told)
    record = _with_stock(job, order, record, origin)
    if aligned:
        since = record.moved_at or order.status_at or job.bridge.clock()
        steps = tuple(dict.fromkeys((STATUSES, *record.follow_ups)))
        return record.model_copy(update={"moved_at": since, "follow_ups": steps})
    record = with_event(job.bridge, record, f"The shop's status is now {order.shown_status!r}.")
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
