"""Orders that were left out on purpose: which, why, and what would make them go."""

from typing import Any

from shopbridge.flows.bridge import Bridge, load
from shopbridge.model.base import ConnectionId
from shopbridge.model.ledger import LedgerRecord, SkippedOrder

FIRST = 20
"""Orders told for each reason where all reasons are asked for."""
MOST = 1000
"""Orders told where one reason is: the answer of a function is 6 MB at the most."""
TAKEN_BY_A_RESEND = frozenset({"skipped_by_operator", "status_not_in_first_import"})
"""Reasons that do not count for an order that is resent."""


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
    groups: dict[tuple[str, str], list[SkippedOrder]] = {}
    for order in found:  # what the same fix settles is told together
        groups.setdefault((order.reason.code, order.reason.fix), []).append(order)
    most_first = sorted(groups.values(), key=len, reverse=True)
    return {"count": len(found), "reasons": [_told(orders, MOST if code else FIRST) for orders in most_first]}


def _told(orders: list[SkippedOrder], most: int) -> dict[str, Any]:
    """One reason with its newest orders."""
    newest_first = orders[::-1]
    reason = newest_first[0].reason
    shown = [
        {"order": order.reference, "id": order.id, "since": order.since, "reason": order.reason.text}
        for order in newest_first[:most]
    ]
    return {"code": reason.code, "count": len(orders), "reason": reason.text, "fix": reason.fix, "orders": shown}


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
