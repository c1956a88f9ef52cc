"""What waits for a person, grouped by the reason: what one repair settles is together, the most frequent first."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from shopbridge.flows.bridge import Bridge, load
from shopbridge.flows.failures import by_reason
from shopbridge.model.base import ConnectionId
from shopbridge.model.desk_operations import ListReasons
from shopbridge.model.ledger import LedgerRecord, Reason

FIRST = 5
"""Orders told for each reason where all reasons are asked for."""
MOST = 200
"""Orders told where one reason is."""


def reasons(bridge: Bridge, request: ListReasons) -> dict[str, Any]:
    """Group what waits in one connection or in all by reason and fix, from the index of what waits.

    Returns:
        ``count`` of all, and ``reasons``: each with ``code``, ``count``, ``reason`` (of its oldest), ``fix``,
        ``oldest``, how many of each of the ``connections``, and the oldest ``orders``.

    Raises:
        BridgeError: There is no such connection.
    """
    wanted = [load(bridge, request.connection)] if request.connection else bridge.connections.all()
    found = sorted((each for one in wanted for each in _waiting(bridge, one.id, request.code)), key=_since)
    groups = by_reason((_reason(record), record) for record in found)
    most = MOST if request.code else FIRST
    return {"count": len(found), "reasons": [_group(told, records, most) for told, records in groups]}


def _waiting(bridge: Bridge, connection: ConnectionId, code: str) -> Iterator[LedgerRecord]:
    return (record for record in bridge.ledger.held(connection) if code in ("", _reason(record).code))


def _reason(record: LedgerRecord) -> Reason:
    return record.reason or Reason(code="", text="Nothing says why.", fix="Read the order's story.")


def _since(record: LedgerRecord) -> datetime:
    return record.found_at or record.updated_at


def _group(told: dict[str, Any], records: Sequence[LedgerRecord], most: int) -> dict[str, Any]:
    return {
        **told,
        "oldest": _since(records[0]),
        "connections": dict(Counter(record.key.connection for record in records)),
        "orders": [_order(record) for record in records[:most]],
    }


def _order(record: LedgerRecord) -> dict[str, Any]:
    return {
        "connection": record.key.connection,
        "order": record.reference or record.key.id,
        "id": record.key.id,
        "since": _since(record),
        "reason": _reason(record).text,
    }
