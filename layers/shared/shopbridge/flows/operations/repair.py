"""What reconciling found missing is handed to the import, which makes each order once, whoever asks how often."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from shopbridge.errors import BridgeError
from shopbridge.flows import starts
from shopbridge.flows.bridge import Bridge, Job, active, open_job
from shopbridge.flows.operations.reconcile import finding, where_it_is
from shopbridge.flows.operations.reconcile_office import can_be_searched
from shopbridge.flows.operations.unseen import MISSED, reading_of
from shopbridge.flows.orders.privacy import with_key
from shopbridge.flows.orders.references import reference_of
from shopbridge.model.base import OrderId, in_batches
from shopbridge.model.messages import OrderNotice, Origin
from shopbridge.model.order import Order
from shopbridge.model.reconcile_operations import Repair

ENDS_WITH = 30.0
"""Seconds left at which no further order is looked at; asking again goes on."""
AT_ONCE = 25
RECONCILED = "reconcile"
"""The event of a notice that repairs."""


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
