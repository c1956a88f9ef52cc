"""Connections by their ids: what is not there is an error everywhere, and names what is."""

from collections.abc import Iterator
from difflib import get_close_matches

from shopbridge.errors import BridgeError
from shopbridge.flows.bridge import Bridge
from shopbridge.model.base import ConnectionId, is_slug
from shopbridge.model.connection import Connection

MOST_NAMED = 20


def load(bridge: Bridge, connection: ConnectionId) -> Connection:
    """The connection. Raises BridgeError when there is none, with those there are."""
    # What is no id at all may be no key of the table either.
    found = bridge.connections.get(connection) if is_slug(connection) else None
    if found is None:
        raise _unknown(bridge, connection)
    return found


def _unknown(bridge: Bridge, connection: ConnectionId) -> BridgeError:
    gone = bridge.connections.deleted(connection) if is_slug(connection) else None
    if gone is not None:
        return BridgeError(
            f"There is no connection {connection!r}: it was deleted on {gone.deleted_at:%Y-%m-%d}",
            where="connections",
            fix="What became of its orders is kept: created anew under this id, between the same accounts, it goes on.",
        )
    fix = " ".join(_advice(bridge, connection))
    return BridgeError(f"There is no connection {connection!r}", where="connections", fix=fix)


def active(bridge: Bridge, connection: ConnectionId) -> Connection:
    """The connection, if it is at work. Raises BridgeError otherwise: what is asked of it would not happen."""
    found = load(bridge, connection)
    if found.status != "active":
        raise BridgeError(
            f"The connection is {found.status}: {found.status_reason.rstrip('.')}",
            where=connection,
            fix="Resume it first.",
        )
    return found


def _advice(bridge: Bridge, connection: ConnectionId) -> Iterator[str]:
    known = [each.id for each in bridge.connections.all()]
    close = get_close_matches(connection, known, n=1)
    if close:
        yield f"Did you mean {close[0]!r}?"
    if known:
        more = f" and {len(known) - MOST_NAMED} more" if len(known) > MOST_NAMED else ""
        yield f"There are: {', '.join(known[:MOST_NAMED])}{more}."
    else:
        yield "There are none yet: create one."
