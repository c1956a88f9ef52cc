"""Many orders at once, of one reason or missing: counted first, then confirmed by that count, then done."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from shopbridge.errors import AskAPerson, BridgeError, Conflict, OutcomeUnknown, RetryLater
from shopbridge.flows import starts
from shopbridge.flows.bridge import Bridge, Job, active, load, open_job
from shopbridge.flows.operations.orders.single import skip_record
from shopbridge.flows.operations.orders.unseen import MISSED, finding, reading_of, where_it_is
from shopbridge.flows.orders.privacy import with_key
from shopbridge.flows.orders.records import resend_records
from shopbridge.flows.orders.references import reference_of
from shopbridge.model.base import ConnectionId, OrderId, in_batches
from shopbridge.model.desk_operations import Bulk, Repair
from shopbridge.model.ledger import LedgerRecord
from shopbridge.model.messages import OrderNotice, Origin
from shopbridge.model.order import Order

EXAMPLES = 10
ENDS_WITH = 20.0
"""Seconds left at which no further order is set aside; asking again goes on."""

AT_ONCE = 25
RECONCILED = "reconcile"
"""The event of a notice that repairs."""


def bulk(bridge: Bridge, request: Bulk) -> dict[str, Any]:
    """Count the orders of one reason; with the count as ``confirm``, send them again or set them aside.

    Returns:
        ``count`` and how many of each connection; ``examples``: numbers; ``done``: how many were taken care of, 0
        where only was counted; ``left``: those that a worker had in hand, or that the time did not reach.

    Raises:
        BridgeError: There is no such connection.
    """
    found = _found(bridge, request)
    told = {
        "action": request.action,
        "code": request.code,
        "count": len(found),
        "connections": dict(Counter(record.key.connection for record in found)),
        "examples": [record.reference or record.key.id for record in found[:EXAMPLES]],
    }
    if request.confirm is None or request.confirm != len(found) or not found:
        return {**told, "done": 0, "left": 0}
    done = resend_records(bridge, found) if request.action == "resend" else _skipped(bridge, found, request)
    bridge.activity.info(
        "bulk_done", request.connection, by=request.by, code=request.code, count=done, step=request.action
    )
    return {**told, "done": done, "left": len(found) - done}


def _found(bridge: Bridge, request: Bulk) -> Sequence[LedgerRecord]:
    """Orders of the reason that wait or were left out, oldest first."""
    wanted = [load(bridge, request.connection)] if request.connection else bridge.connections.all()
    found = [record for one in wanted for record in _of_reason(bridge, one.id, request)]
    return sorted(found, key=lambda record: (record.found_at or record.updated_at, record.key.id))


def _of_reason(bridge: Bridge, connection: ConnectionId, request: Bulk) -> Sequence[LedgerRecord]:
    left_out = [OrderId(each.id) for each in bridge.ledger.skipped(connection) if each.reason.code == request.code]
    records = (*bridge.ledger.held(connection), *bridge.ledger.orders(connection, left_out).values())
    return [
        record
        for record in records
        if record.key.kind == "order"
        and record.reason is not None
        and record.reason.code == request.code
        and _is_of(record, request.since, request.until)
    ]


def _is_of(record: LedgerRecord, since: date | None, until: date | None) -> bool:
    day = (record.found_at or record.updated_at).date()
    return (since is None or day >= since) and (until is None or day <= until)


def _skipped(bridge: Bridge, records: Sequence[LedgerRecord], request: Bulk) -> int:
    """How many could be set aside; one that changed meanwhile, or that somebody works on, is left."""
    done = 0
    for record in records:
        if bridge.deadline.remaining() < ENDS_WITH:
            break
        try:
            skip_record(bridge, record, request.remark, request.by)
        except (BridgeError, RetryLater, Conflict):
            continue
        done += 1
    return done


# --- orders that reconciling found missing -------------------------------------------------------------------------


@dataclass
class _Missing:
    """Orders that are missing still, and those that are not, each with why."""

    orders: list[Order] = field(default_factory=list)
    told: list[dict[str, Any]] = field(default_factory=list)
    left: list[dict[str, str]] = field(default_factory=list)


def repair(bridge: Bridge, request: Repair) -> dict[str, Any]:
    """Look at orders again that were missing; with their count as ``confirm``, hand those that still are to the import.

    An order that may be in the back office already, where nobody can look it up, waits for a person then: nothing is
    made twice. Nothing is ever cancelled or deleted.

    Returns:
        ``count`` and ``orders`` that are missing still; ``left``: those that are not, with why; ``done``: how many were
        handed over, 0 where only was counted; ``waits``: whether they wait for a person; ``stock``: what came of the
        comparison, empty where none was asked for.

    Raises:
        BridgeError: There is no such connection, or it is not at work.
        RetryLater: A side cannot be asked just now; nothing was done.
    """
    connection = with_key(bridge, active(bridge, request.connection))
    job = replace(open_job(bridge, connection), planning=True)
    missing = _still_missing(job, [OrderId(each) for each in request.orders])
    told = {"id": connection.id, "count": len(missing.orders), "orders": missing.told, "left": missing.left}
    if request.confirm is None or request.confirm != len(missing.orders):
        return {**told, "done": 0, "waits": False, "stock": ""}
    origin = _hand_over(job, missing.orders, request.by)
    stock = _compare_stock(job, request.by) if request.stock else ""
    bridge.activity.info("repaired", connection.id, by=request.by, count=len(missing.orders), text=stock)
    return {**told, "done": len(missing.orders), "waits": origin == "first_import", "stock": stock}


def _still_missing(job: Job, ids: Sequence[OrderId]) -> _Missing:
    missing, reading = _Missing(), reading_of(job)
    for batch in in_batches(list(dict.fromkeys(ids)), AT_ONCE):
        if job.bridge.deadline.remaining() < ENDS_WITH:
            missing.left += [{"id": each, "text": "The time did not reach it: ask again."} for each in batch]
            continue
        orders, _ = job.shop.order_source.read(batch)
        known = job.bridge.ledger.orders(job.connection.id, [order.id for order in orders])
        for order in orders:
            record = known.get(order.id)
            where = where_it_is(job, order, record, reading)
            if where == MISSED:
                missing.orders.append(order)
                missing.told.append(finding(order, record))
            else:
                missing.left.append({"id": order.id, "text": f"It is not missing any more: {where}."})
        there = {order.id for order in orders}
        missing.left += [{"id": each, "text": "The shop does not give it out."} for each in batch if each not in there]
    return missing


def _hand_over(job: Job, orders: Sequence[Order], by: str) -> Origin:
    """As a resend does, which looks in the back office first. Where nobody can look, each order is to wait instead."""
    origin: Origin = "resend"
    if orders and not can_be_searched(job, reference_of(job, orders[0])):
        origin = "first_import"
    now = job.bridge.clock()
    job.bridge.orders.send(
        [
            OrderNotice(
                connection=job.connection.id,
                order_id=order.id,
                origin=origin,
                event=RECONCILED,
                received_at=now,
                by=by,
            )
            for order in orders
        ]
    )
    return origin


def _compare_stock(job: Job, by: str) -> str:
    try:
        starts.start(job.bridge, job.connection, "stock_comparison", by)
    except BridgeError as error:
        return f"Stock is not compared: {error}"
    return "A comparison of all stock has begun: `runs show` tells how far it came."


def can_be_searched(job: Job, reference: str) -> bool:
    """Tell whether the import can find an order in the back office before it makes it, or is told that it is there.

    Raises:
        RetryLater: Nobody can say just now.
    """
    try:
        list(job.office.order_target.find(reference, job.bridge.clock(), afresh=False))
    except AskAPerson:
        return False
    except OutcomeUnknown:
        return True
    return True
