"""Many orders at once: counted first, then confirmed by that count, then done."""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Any

from shopbridge.errors import BridgeError, Conflict, RetryLater
from shopbridge.flows.bridge import Bridge, load
from shopbridge.flows.operations.orders import resend_records, skip_record
from shopbridge.model.base import ConnectionId, OrderId
from shopbridge.model.desk_operations import Bulk
from shopbridge.model.ledger import LedgerRecord

EXAMPLES = 10
ENDS_WITH = 20.0
"""Seconds left at which no further order is set aside; asking again goes on."""


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
    done = resend_records(bridge, found) if request.action == "resend" else _skipped(bridge, found, request.remark)
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


def _skipped(bridge: Bridge, records: Sequence[LedgerRecord], remark: str) -> int:
    """How many could be set aside; one that changed meanwhile, or that somebody works on, is left."""
    done = 0
    for record in records:
        if bridge.deadline.remaining() < ENDS_WITH:
            break
        try:
            skip_record(bridge, record, remark)
        except (BridgeError, RetryLater, Conflict):
            continue
        done += 1
    return done
