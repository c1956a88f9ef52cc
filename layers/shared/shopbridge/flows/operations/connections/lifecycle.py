"""A connection begins to work, rests, and ends."""

from collections.abc import Iterator
from typing import Any

from shopbridge.flows.bridge import Bridge, active, load
from shopbridge.flows.operations.connections.basics import (
    NotVerified,
    check,
    checked_accounts,
    described,
    refuse_awaiting,
    resend_waiting,
    saved,
)
from shopbridge.flows.operations.connections.consent import waits_for
from shopbridge.flows.operations.connections.hooks import subscribed, unsubscribed
from shopbridge.flows.operations.health.runs import begun
from shopbridge.model.base import ConnectionId
from shopbridge.model.connection import SIDES, Connection, ConnectionStatus
from shopbridge.model.messages import PollRequest
from shopbridge.model.operations import Delete, Pause, Resume


def pause(bridge: Bridge, request: Pause) -> dict[str, Any]:
    """Stop polling; orders that come in are set aside."""
    running = active(bridge, request.connection)
    return described(_set_status(bridge, running, "paused", "Paused by the operator.", request.by))


def resume(bridge: Bridge, request: Resume) -> dict[str, Any]:
    """Verify, go on, and take up the orders that waited for the connection."""
    stored = load(bridge, request.connection)
    refuse_awaiting(stored)
    report = check(bridge, stored)
    if report.problems:
        raise NotVerified(report)
    stored = stored.model_copy(update=checked_accounts(bridge, stored, stored.settings, report, request.beside))
    resumed, remarks = subscribed(bridge, _set_status(bridge, stored, "active", "", request.by))
    resent = resend_waiting(bridge, stored.id)
    bridge.polls.send([PollRequest(connection=stored.id)])
    waits = waits_for(bridge, resumed, report)
    remarks = (*report.remarks, *remarks, *begun(bridge, resumed))
    return {**described(resumed), "resent": resent, "remarks": remarks, **waits}


def delete(bridge: Bridge, request: Delete) -> dict[str, Any]:
    """End the calls we asked for, forget secrets, then connection: what fails half-way can be asked again.

    The ledger stays.
    """
    stored, remarks = unsubscribed(bridge, load(bridge, request.connection), SIDES)
    connection = stored.id
    bridge.credentials.delete(connection)
    bridge.connections.delete(connection, bridge.clock())
    bridge.activity.info("connection_deleted", connection, by=request.by)
    return {"id": connection, "status": "deleted", "remarks": (*remarks, *_remarks_on_deletion(bridge, connection))}


def _remarks_on_deletion(bridge: Bridge, connection: ConnectionId) -> Iterator[str]:
    orders, waiting = sum(bridge.ledger.summary(connection).values()), len(bridge.ledger.held(connection))
    yield (
        f"What became of its orders stays known ({orders}), so that none is created twice. Creating a connection "
        f"between the same two accounts under the id {connection} revives it with all of this."
    )
    if waiting:
        yield (
            f"Waiting for you were {waiting} of them. They are listed and can be resent only once it is revived; book "
            "them by hand if it is not to be."
        )
    yield "To remove all of this for good, `forget` the connection half an hour from now."


def _set_status(bridge: Bridge, connection: Connection, status: ConnectionStatus, reason: str, by: str) -> Connection:
    changed = saved(bridge, connection, status=status, status_reason=reason)
    bridge.activity.info(f"connection_{status}", connection.id, by=by)
    return changed
