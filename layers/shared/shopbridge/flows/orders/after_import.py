"""What a later version of an imported order leads to: what changed is told, what is still open is done."""

from shopbridge.flows.orders.differences import Difference, differences, facts_of, learnt
from shopbridge.flows.orders.follow_ups import follow_ups_again, run_follow_ups
from shopbridge.flows.orders.hidden_names import mark_of
from shopbridge.flows.orders.job import Job
from shopbridge.flows.orders.records import told
from shopbridge.flows.orders.stock_request import wants_stock
from shopbridge.model.ledger import LedgerRecord
from shopbridge.model.messages import Origin
from shopbridge.model.order import Order, is_newer


def after_import(job: Job, order: Order, record: LedgerRecord, origin: Origin) -> None:
    """Say what is different in a version of an imported order, and finish what is open.

    Raises:
        RetryLater, NeedsAttention: What is still open stays on the record for the next try.
    """
    if _brings_news(order, record):
        record = _with_status(job, order, record, origin)
        record = with_differences(job, order, record)
        newest = {"revision": max(order.revision, record.revision), "buyer": mark_of(job.connection, order)}
        record = record.model_copy(update=newest)
    run_follow_ups(job, order, follow_ups_again(job, record, origin), first_try=False)


def with_differences(job: Job, order: Order, record: LedgerRecord) -> LedgerRecord:
    """The record with the order's facts, after each that is another one was told; where none were noted, none is."""
    facts = facts_of(order, job.connection.name_key)
    if record.facts is None:
        return record.model_copy(update={"facts": facts})
    alike = facts if record.facts.form == facts.form else facts_of(order)
    for difference in differences(record.facts, alike, _made(record)):
        record = told(job.bridge, record, f"{difference.text} {difference.fix}")
        _warn(job, record, difference)
    return record.model_copy(update={"facts": learnt(record.facts or facts, facts)})


def _brings_news(order: Order, record: LedgerRecord) -> bool:
    """A version that was seen or set aside tells nothing new, unless nobody had a chance to look at it."""
    return is_newer(order.revision, record.revision) or (
        record.reason is not None and not is_newer(record.revision, order.revision)
    )


def _with_status(job: Job, order: Order, record: LedgerRecord, origin: Origin) -> LedgerRecord:
    if order.status == record.source_status:
        return record
    record = told(job.bridge, record, f"The shop's status is now {order.shown_status!r}.")
    _tell_status_change(job, order, record)
    record = _with_stock(job, order, record, origin)
    return record.model_copy(update={"source_status": order.status})


def _tell_status_change(job: Job, order: Order, record: LedgerRecord) -> None:
    log, facts = job.bridge.activity, {"order": order.number, "status": order.shown_status}
    if order.cancelled:
        fix = f"Cancel order {_made(record)} in the back office by hand."
        log.warning("order_cancelled_after_import", job.connection.id, fix=fix, **facts)
    else:
        log.info("order_status_changed", job.connection.id, **facts)


def _warn(job: Job, record: LedgerRecord, difference: Difference) -> None:
    job.bridge.activity.warning(
        "order_changed_after_import",
        job.connection.id,
        fix=difference.fix,
        order=record.reference,
        office_order=_made(record),
        code=difference.code,
        reason=difference.text,
    )


def _with_stock(job: Job, order: Order, record: LedgerRecord, origin: Origin) -> LedgerRecord:
    """The shop gives a cancelled order's units back by itself, while the back office still has them booked."""
    if not (order.cancelled and wants_stock(job, origin)):
        return record
    return record.model_copy(update={"follow_ups": tuple(dict.fromkeys((*record.follow_ups, "stock")))})


def _made(record: LedgerRecord) -> str:
    """What the order is called in the back office."""
    return record.external_number or record.external_id or ""
