"""Forgetting a deleted connection: its ledger, directory, cursors and whatever else is kept under its id.

There may be hundreds of thousands of records, so each call removes what its time allows, and is asked again. Nothing
remembers how far it came: what is gone is gone.
"""

from collections import Counter
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from shopbridge.errors import BridgeError, RetryLater
from shopbridge.flows.bridge import Bridge
from shopbridge.flows.leases import leased
from shopbridge.flows.operations.connections.basics import MANAGING
from shopbridge.flows.orders.records import LEASE
from shopbridge.model.base import CLOCKS_APART, ConnectionId, is_slug
from shopbridge.model.operations import Forget

STILL_AT_WORK = CLOCKS_APART + LEASE
"""What began before the deletion may write that long after it, by any clock."""
ENDS_WITH = 30.0
"""Seconds left at which a call ends: a thousand records take a few, more while DynamoDB is busy."""
AT_ONCE = 1000
"""Records removed between two looks at the time; as many as DynamoDB names in one page."""
NAME = "manage"
"""The lease under which connections are made and changed, too."""
KINDS: Mapping[str, str] = {
    "LEDGER#order": "orders",
    "LEDGER#customer": "created customers",
    "LEDGER#product": "created products",
    "OFFICE": "orders by what the back office calls them",
    "DIRECTORY": "known ids of the back office",
    "MARK": "how far lists were read",
    "CURSOR": "how far lists were read",
    "HANDED": "how far lists were read",
    "SNAPSHOT": "what was sent last",
    "RUN": "runs",
    "LUGGAGE": "runs",
    "HEALTH": "health",
    "NOTICE": "what people were told",
    "TOKEN": "access tokens",
    "LIMITS": "limits and leases",
    "TURNS": "limits and leases",
    "LEASE": "limits and leases",
    "SETTINGS": "settings",
    "VERSION": "settings",
    "DELETED": "settings",
}
AGAIN = (
    "A connection made anew between these two accounts knows nothing of these orders: it imports again whatever its "
    "window holds (orders.from_date, or two months). Orders older than it are looked for in the back office first, by "
    "their reference, where it can be searched; CloudSales keeps one order of each reference. Look at its `plan` "
    "before you start it."
)
QUEUED = (
    "What waits in queues cannot be seen or picked out: its messages are dropped when their turn comes, and dead "
    "letters are gone after 14 days. Lines of the activity log end with its retention."
)


def forget(bridge: Bridge, request: Forget) -> dict[str, Any]:
    """Count what is kept; with the id as ``confirm``, remove it.

    Returns:
        What was ``kept`` at the beginning, by kind; how many records were ``removed``; ``done`` when nothing is left,
        else to be asked again ``after`` so many seconds.

    Raises:
        BridgeError: The connection is not deleted, was so a moment ago, or ``confirm`` names another.
    """
    connection = request.connection
    _may_be_forgotten(bridge, connection)
    kept, whole = _counted(bridge, connection)
    if request.confirm and request.confirm != connection:
        raise BridgeError(
            f"The confirmation names {request.confirm!r}, not {connection!r}", where="forget", fix="Write the same id."
        )
    if not request.confirm or not kept:
        return _answer(connection, kept, whole=whole, done=not kept, remarks=(AGAIN, QUEUED) if kept else ())
    removed, after = _removed(bridge, connection)
    state = "going on" if after is not None else "done"
    bridge.activity.info("connection_forgotten", connection, by=request.by, count=removed, state=state)
    done = after is None
    remarks = (AGAIN, QUEUED) if done else ()
    return _answer(connection, kept, whole=whole, removed=removed, done=done, after=after or 0, remarks=remarks)


def _answer(connection: ConnectionId, kept: Mapping[str, int], **facts: Any) -> dict[str, Any]:
    return {"id": connection, "kept": dict(kept), "removed": 0, "after": 0, **facts}


def _may_be_forgotten(bridge: Bridge, connection: ConnectionId) -> None:
    if not is_slug(connection):
        raise BridgeError(f"{connection!r} is no id of a connection", where="forget", fix="Name a deleted connection.")
    if bridge.connections.get(connection) is not None:
        raise BridgeError(
            f"The connection {connection!r} is not deleted", where="forget", fix="Delete it first: that ends its work."
        )
    gone = bridge.connections.deleted(connection)
    if gone is not None and bridge.clock() < gone.deleted_at + STILL_AT_WORK:
        raise BridgeError(
            f"The connection {connection!r} was deleted at {gone.deleted_at:%Y-%m-%d %H:%M} UTC, and what it began "
            "before may still write",
            where="forget",
            fix=f"Ask again after {gone.deleted_at + STILL_AT_WORK + timedelta(minutes=1):%H:%M} UTC.",
        )


def _counted(bridge: Bridge, connection: ConnectionId) -> tuple[Mapping[str, int], bool]:
    """How much is kept, by kind; False where the time ended before all was read."""
    kept: Counter[str] = Counter()
    for number, record in enumerate(bridge.remains.records(connection)):
        if number % AT_ONCE == 0 and bridge.deadline.remaining() < 2 * ENDS_WITH:
            return kept, False
        kept[_kind(record)] += 1
    return kept, True


def _kind(record: str) -> str:
    first, _, rest = record.partition("#")
    return KINDS.get(f"{first}#{rest.partition('#')[0]}") or KINDS.get(first, first)


def _removed(bridge: Bridge, connection: ConnectionId) -> tuple[int, float | None]:
    """How many records were removed, and after how many seconds to go on; None when nothing is left."""
    removed = 0
    with leased(bridge, connection, NAME, MANAGING):
        _may_be_forgotten(bridge, connection)
        bridge.connections.forgetting(connection)
        try:
            bridge.credentials.delete(connection)
            while bridge.deadline.remaining() >= ENDS_WITH:
                some = bridge.remains.remove(connection, AT_ONCE, NAME)
                removed += some
                if not some:
                    bridge.remains.end(connection, NAME)
                    return removed, None
        except RetryLater as error:
            return removed, error.after
    return removed, 0
