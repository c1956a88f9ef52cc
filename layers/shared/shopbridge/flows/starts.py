"""Starts, stops and resumes runs: as an operator asks, or by themselves, once a new connection is at work.

What begins by itself does so once: a run of its kind that is there, whoever began it, says that it has. A connection
that was revived has its runs behind it.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from typing import Any, Unpack
from uuid import uuid4

from shopbridge.errors import BridgeError, Conflict, RetryLater
from shopbridge.flows.bridge import Bridge
from shopbridge.flows.consent import is_given
from shopbridge.flows.notices import tell_end, tell_late
from shopbridge.flows.runs import LEASE, RunOptions, is_wanted, new_run, send_run
from shopbridge.model.base import ConnectionId
from shopbridge.model.connection import Connection
from shopbridge.model.run import Run, RunKind, RunState

BY_ITSELF = "itself, once connected"
"""Who starts what the settings of a new connection ask for."""
LOOK_AGAIN = timedelta(minutes=15)
"""After a connection that does not verify, or whose worker died over it, was to begin."""


def start(bridge: Bridge, connection: Connection, kind: RunKind, by: str, **plan: Unpack[RunOptions]) -> Run:
    """Start a run. Raises BridgeError when one of this kind is active, or the settings do not carry it."""
    before = must_be_startable(bridge, connection, kind)
    try:
        started = bridge.runs.save(connection.id, new_run(bridge, kind, by, before=before, **plan))
    except Conflict:
        ended(bridge, connection.id, kind)  # it names who was faster
        raise
    return send_run(bridge, connection.id, started)


def must_be_startable(bridge: Bridge, connection: Connection, kind: RunKind) -> Run | None:
    """Return the run before. Raises BridgeError as ``start``."""
    _must_be_wanted(connection, kind)
    return ended(bridge, connection.id, kind)


def ended(bridge: Bridge, connection: ConnectionId, kind: RunKind) -> Run | None:
    """Return the newest run of this kind, which is over. Raises BridgeError when it is active."""
    run = bridge.runs.load(connection, kind)
    if run is not None and run.state == "running":
        raise BridgeError(
            f"A run of {kind} is active already: {run.counts.found} found, started by {run.started_by} at "
            f"{run.started_at:%Y-%m-%d %H:%M} UTC",
            where=connection,
            fix="Wait for its end, or stop it first.",
        )
    if run is not None:
        tell_late(bridge, connection, run)
    return run


def stop(bridge: Bridge, connection: Connection, kind: RunKind) -> Run:
    """Ask an active run to stop; one that lies idle is stopped at once. Raises BridgeError when none is active."""
    run = _in_state(bridge, connection.id, kind, "running")
    bridge.runs.ask_to_stop(connection.id, kind)
    if bridge.runs.is_owned(connection.id, run, LEASE):
        return run.model_copy(update={"stop_asked": True})
    stopped = bridge.runs.save(connection.id, run.model_copy(update={"state": "stopped", "updated_at": bridge.clock()}))
    tell_end(bridge, connection.id, stopped)
    return stopped


def resume(bridge: Bridge, connection: Connection, kind: RunKind) -> Run:
    """Start a stopped run again where it stopped. Raises BridgeError when it is not stopped."""
    _must_be_wanted(connection, kind)
    run = _in_state(bridge, connection.id, kind, "stopped")
    begun = {"state": "running", "stop_asked": False, "after_products": False}
    going = run.model_copy(update={**begun, "updated_at": bridge.clock()})
    return send_run(bridge, connection.id, bridge.runs.save(connection.id, going))


def _in_state(bridge: Bridge, connection: ConnectionId, kind: RunKind, state: RunState) -> Run:
    run = bridge.runs.load(connection, kind)
    if run is None or run.state != state:
        stands = f"the last one is {run.state}" if run else "there was none yet"
        raise BridgeError(f"No run of {kind} is {state}: {stands}", where=connection, fix="Look at the list of runs.")
    return run


def _must_be_wanted(connection: Connection, kind: RunKind) -> None:
    if not is_wanted(connection, kind):
        part = "products" if kind == "products" else "stock"
        raise BridgeError(
            f"The connection does not carry {part}", where=connection.id, fix=f"Set {part}.active to true first."
        )


def stock_compared(bridge: Bridge, connection: Connection) -> dict[str, Any]:
    """Return when all stock was last compared, and what came of it.

    Returns:
        ``carried``: whether stock travels at all; ``state`` of the newest comparison, empty for none; ``text``.
    """
    if not is_wanted(connection, "stock_comparison"):
        return {"carried": False, "state": "", "text": "Stock is not carried."}
    run = bridge.runs.load(connection.id, "stock_comparison")
    if run is None:
        return {"carried": True, "state": "", "text": "Stock was never compared."}
    counts, ended = run.counts, f"{run.updated_at:%Y-%m-%d %H:%M} UTC"
    outcome = f"{counts.found} records, {counts.updated} brought into line, {counts.held} held, {counts.failed} failed"
    if run.state == "running":
        text = f"A comparison of stock is under way since {run.started_at:%Y-%m-%d %H:%M} UTC: {outcome}."
    elif run.state == "done":
        text = f"Stock was last compared on {ended}: {outcome}."
    else:
        text = f"The last comparison of stock {run.state} on {ended}: {outcome}."
    return {"carried": True, "state": run.state, "text": text}


# --- by itself ----------------------------------------------------------------------------------------------------


def begin(bridge: Bridge, connection: Connection, *, verified: bool = False) -> tuple[RunKind, ...]:
    """Start what a new connection's settings ask for, once it is at work; returns what was started now.

    Every poll looks, so nothing is lost with a worker. What does not verify begins when it does.

    Args:
        verified: Both sides and the settings were looked at just now.

    Raises:
        RetryLater: Our own stores or queues are busy.
    """
    if connection.status != "active" or not list(_due(bridge, connection)) or not _is_ours(bridge, connection):
        return ()
    if not verified and (problem := _problem(bridge, connection)):
        fix = "Settle it, then verify the connection: it is tried again by itself."
        bridge.activity.warning("runs_not_begun", connection.id, fix=fix, reason=problem)
        return ()
    begun = [_begin(bridge, connection, kind) for kind in _due(bridge, connection)]
    return tuple(run.kind for run in begun if run)


def _due(bridge: Bridge, connection: Connection) -> Iterator[RunKind]:
    """What is asked for and has never been; products first."""
    settings = connection.settings
    if connection.revived_at is not None or not settings.begins:
        return
    asks = settings.products.active and settings.products.run_when_connected and is_given(connection)
    if asks and bridge.runs.load(connection.id, "products") is None:
        yield "products"
    if settings.orders.older_since is not None and bridge.runs.load(connection.id, "orders") is None:
        yield "orders"


def _is_ours(bridge: Bridge, connection: Connection) -> bool:
    """One worker looks, and for a while nobody else does."""
    try:
        bridge.leases.take(connection.id, "begin", uuid4().hex, LOOK_AGAIN)
    except RetryLater:
        return False
    return True


def _problem(bridge: Bridge, connection: Connection) -> str:
    """Why it does not verify; empty when it does."""
    # Hardly any poll needs it, and every one would pay for it at its cold start.
    from shopbridge.flows.operations.connections.basics import check

    return " ".join(check(bridge, connection).problems)


def _begin(bridge: Bridge, connection: Connection, kind: RunKind) -> Run | None:
    plan: RunOptions = {}
    if kind == "orders":
        since = connection.settings.orders.older_since
        plan = {
            "since": datetime.combine(since, time(), UTC) if since else None,
            "after_products": is_wanted(connection, "products"),
        }
    try:
        return start(bridge, connection, kind, BY_ITSELF, **plan)
    except BridgeError as error:
        if isinstance(error, RetryLater):
            raise
        return None  # somebody was faster
