"""What an operator does with single orders: read the story, list those that wait or were left out, resend, skip."""

from collections.abc import Sequence
from typing import Any
from uuid import uuid4

from shopbridge.errors import BridgeError, NotFound, RetryLater
from shopbridge.flows.bridge import Bridge, load
from shopbridge.flows.failures import by_reason
from shopbridge.flows.orders.records import (
    LEASE,
    drop_follow_ups,
    records_of,
    release,
    resend_records,
    settle,
    with_event,
)
from shopbridge.model.base import ConnectionId
from shopbridge.model.desk_operations import OPERATOR
from shopbridge.model.ledger import SKIPPED_BY_OPERATOR, LedgerRecord, Reason, SkippedOrder
from shopbridge.model.operations import Resend, Skip

FIRST = 20
"""Orders told for each reason where all reasons are asked for."""
MOST = 1000
"""Orders told where one reason is: the answer of a function is 6 MB at the most."""
TAKEN_BY_A_RESEND = frozenset({"skipped_by_operator", "status_not_in_first_import"})
"""Reasons that do not count for an order that is resent."""


def story(bridge: Bridge, connection: ConnectionId, number: str) -> list[dict[str, Any]]:
    """Return everything the ledger knows of an order, oldest line first. ``number`` is its number, or its id."""
    return [described(_order(bridge, connection, number))]


def held(bridge: Bridge, connection: ConnectionId) -> list[dict[str, Any]]:
    """Return what waits for a person. Raises BridgeError when there is no such connection."""
    load(bridge, connection)
    return [described(record) for record in bridge.ledger.held(connection)]


def resend(bridge: Bridge, request: Resend) -> dict[str, Any]:
    """Try one order again, or all that wait for the same reason; ``note`` says what to expect of skipped ones."""
    if request.order:
        record = _open(_order(bridge, request.connection, request.order))
        sent = resend_records(bridge, [_noted(bridge, record, request.by)])
        bridge.activity.info("order_resent", request.connection, order=record.reference, by=request.by)
        return {"resent": sent, "note": expectation(record)}
    load(bridge, request.connection)
    records = [r for r in bridge.ledger.held(request.connection) if r.reason and r.reason.code == request.code]
    note = "" if records else expectation_of(bridge, request.connection, request.code)
    sent = resend_records(bridge, records)
    if sent:
        bridge.activity.info("orders_resent", request.connection, code=request.code, count=sent, by=request.by)
    return {"resent": sent, "note": note}


def _noted(bridge: Bridge, record: LedgerRecord, by: str) -> LedgerRecord:
    """Write into the order's story who has it tried again; one that a worker has in hand is left to it."""
    owner = uuid4().hex
    claim = bridge.ledger.claim(record.model_copy(update={"origin": "resend"}), owner=owner, lease=LEASE)
    if not claim.won:
        return record
    return release(bridge, with_event(bridge, claim.record, f"Sent again by {_named(by)}."), owner)


def _named(by: str) -> str:
    return "the operator" if by == OPERATOR else by


def _open(record: LedgerRecord) -> LedgerRecord:
    """The record, if there is anything left to do for it."""
    if record.state == "DONE" and not record.waits:
        raise BridgeError(
            f"Order {record.reference} is imported already as {record.office_order}",
            where=record.key.connection,
            fix="There is nothing to resend; cancel it in the back office by hand if it is not wanted.",
        )
    return record


def skip(bridge: Bridge, request: Skip) -> dict[str, Any]:
    """Set a waiting order aside for good, or what is open after its import. Raises BridgeError when nothing is open."""
    skip_record(bridge, _order(bridge, request.connection, request.order), request.remark, request.by)
    return {"skipped": 1}


def described(record: LedgerRecord) -> dict[str, Any]:
    """Return a record as an operator reads it; ``currency`` is empty where an earlier release noted none."""
    facts = record.newer or record.facts
    return {
        "order": record.reference,
        "id": record.key.id,
        "channel": record.channel,
        "state": record.state,
        "code": record.reason.code if record.reason else "",
        "reason": record.reason.text if record.reason else "",
        "fix": record.reason.fix if record.reason else "",
        "office_order": record.office_order,
        "total": record.total,
        "currency": facts.currency if facts else "",
        "open_steps": record.follow_ups,
        "updated_at": record.updated_at,
        "story": [{"at": event.at, "text": event.text} for event in record.history],
    }


def _order(bridge: Bridge, connection: ConnectionId, order: str) -> LedgerRecord:
    """The order with this id or number.

    Raises:
        NotFound: There is none.
        BridgeError: Several have the number: then each is named with its id.
    """
    load(bridge, connection)
    found = records_of(bridge, connection, order)
    if not found:
        raise NotFound(
            f"No order {order!r} has come in",
            where=connection,
            fix="`why` tells whether the shop has it, and what keeps it from coming in.",
        )
    if len(found) > 1:
        raise BridgeError(
            f"{len(found)} orders have the number {order}: {'; '.join(map(_which, found))}",
            where=connection,
            fix="Name the one you mean by its id, in the place of the number.",
        )
    return found[0]


def _which(record: LedgerRecord) -> str:
    """What tells an order from others of the same number."""
    made = record.office_order
    facts = (
        f"from {record.channel}" if record.channel else "",
        f"found on {record.history[0].at:%Y-%m-%d}" if record.history else "",
        f"{record.state}, {made} in the back office" if made else record.state,
    )
    return f"{record.key.id} ({', '.join(filter(None, facts))})"


def skip_record(bridge: Bridge, record: LedgerRecord, remark: str, by: str) -> None:
    """Set one aside, or what is open after its import. Raises BridgeError or RetryLater."""
    owner = uuid4().hex
    asked = _open(record).model_copy(update={"origin": "resend"})
    claim = bridge.ledger.claim(asked, owner=owner, lease=LEASE)
    if not claim.won:
        raise RetryLater("The order is being worked on right now", after=30, where=record.reference)
    fix = "" if record.state == "DONE" else "Resend it by its number to take it up again."
    reason = Reason(code=SKIPPED_BY_OPERATOR, text=f"Skipped by {_named(by)}: {remark}", fix=fix)
    if record.state == "DONE":
        drop_follow_ups(bridge, claim.record, reason, owner)
    else:
        settle(bridge, claim.record, "SKIPPED", reason, owner)
    bridge.activity.info("order_set_aside", record.key.connection, order=record.reference, by=by)


def skipped_orders(bridge: Bridge, connection: ConnectionId, code: str) -> dict[str, Any]:
    """List them by reason, the most frequent first, each with its newest orders.

    Args:
        code: Of the one reason to list; empty for all.

    Returns:
        ``count`` of all, and ``reasons``: code, reason, fix, count and ``orders``.

    Raises:
        BridgeError: There is no such connection.
    """
    load(bridge, connection)
    found = [order for order in bridge.ledger.skipped(connection) if code in ("", order.reason.code)]
    groups = by_reason((order.reason, order) for order in found)
    return {"count": len(found), "reasons": [_newest(*group, MOST if code else FIRST) for group in groups]}


def _newest(shown: dict[str, Any], orders: Sequence[SkippedOrder], most: int) -> dict[str, Any]:
    """A reason with its newest orders, the newest first."""
    told = [
        {"order": order.reference, "id": order.id, "since": order.since, "reason": order.reason.text}
        for order in orders[::-1][:most]
    ]
    return {**shown, "reason": orders[-1].reason.text, "orders": told}


def expectation(record: LedgerRecord) -> str:
    """Return what a resend of this record will come to; empty for one that is not skipped."""
    if record.state != "SKIPPED" or record.reason is None:
        return ""
    reason = record.reason
    if reason.code in TAKEN_BY_A_RESEND:
        return f"It was skipped ({reason.code}), which does not count for a resend: it is judged like a new order."
    again = (
        "It is judged again as it stands in the shop now, and skipped again for the same reason unless that is gone."
    )
    return " ".join(filter(None, (f"It is skipped ({reason.code}): {reason.text}", again, reason.fix)))


def expectation_of(bridge: Bridge, connection: ConnectionId, code: str) -> str:
    """Return what to do instead of resending a reason that no order is held for; empty when none is skipped for it."""
    count = sum(order.reason.code == code for order in bridge.ledger.skipped(connection))
    if not count:
        return ""
    orders = "1 order is" if count == 1 else f"{count} orders are"
    return f"{orders} skipped for that reason. Resend them by number, or let a run of orders judge all of them anew."
