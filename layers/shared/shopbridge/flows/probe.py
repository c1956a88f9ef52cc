"""Finds out by itself that a trouble with a platform is over, and takes up what waited for that.

The watch asks for it: of stopped connections, and of those at work whose orders wait for a person. Who was paused by
an operator, or waits for its app, is left alone.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from shopbridge.errors import BridgeError
from shopbridge.flows.bridge import Bridge
from shopbridge.flows.failures import HOURLY_PROBES, greet
from shopbridge.flows.operations.accounts import accounts_of, is_same_pair
from shopbridge.flows.operations.orders import resend_records
from shopbridge.flows.orders.records import GAVE_UP, WAITING
from shopbridge.model.base import ConnectionId
from shopbridge.model.connection import Connection
from shopbridge.model.health import Health
from shopbridge.model.ledger import LedgerRecord
from shopbridge.model.messages import PollRequest, ProbeRequest

HOURLY, DAILY = timedelta(hours=1), timedelta(days=1)
BRIDGE = "the bridge"
"""Who let the connection go on, for the log."""


def is_due(health: Health, now: datetime, *, stopped: bool) -> bool:
    """Whether a connection is to be probed now: hourly, or daily once a stopped one was probed often in vain."""
    moments = [moment for moment in (health.probed_at, health.stopped_at if stopped else None) if moment]
    every = DAILY if stopped and health.probes >= HOURLY_PROBES else HOURLY
    return not moments or now - max(moments) >= every


def ask_for_probes(bridge: Bridge, connections: Sequence[ConnectionId]) -> None:
    """Hand these connections to the poll. Raises RetryLater."""
    if not connections:
        return
    bridge.polls.send([ProbeRequest(connection=connection) for connection in connections])
    for connection in connections:
        bridge.health.probed(connection)


def probe(bridge: Bridge, request: ProbeRequest) -> None:
    """If both platforms let us in, let a stopped connection go on, and send again what only waited for them.

    Raises:
        RetryLater: Our own stores or queues are busy.
    """
    connection = bridge.connections.get(request.connection)
    if connection is None or connection.status == "paused":
        return
    waits = _waiting(bridge, connection.id)
    if connection.status == "active" and not waits:
        return
    if _lets_us_in(bridge, connection) and (connection.status == "active" or _goes_on(bridge, connection)):
        # Read anew: a worker may have set an order aside meanwhile.
        resend_records(bridge, _waiting(bridge, connection.id), by_itself=True)
        bridge.polls.send([PollRequest(connection=connection.id)])


def _waiting(bridge: Bridge, connection: ConnectionId) -> Sequence[LedgerRecord]:
    """Orders that only wait for a platform, or for the connection; what came in first is first."""
    codes = WAITING | {GAVE_UP}
    waits = (record for record in bridge.ledger.held(connection) if record.reason and record.reason.code in codes)
    return sorted(waits, key=_came_in)


def _came_in(record: LedgerRecord) -> datetime:
    return record.history[0].at if record.history else record.updated_at


def _lets_us_in(bridge: Bridge, connection: Connection) -> bool:
    try:
        told = greet(bridge, connection)
    except BridgeError as error:
        reason = f"{error.what} ({error.where})."
        bridge.activity.info("connection_probed", connection.id, status=connection.status, reason=reason)
        return False
    if connection.accounts and not is_same_pair(accounts_of(bridge, connection.settings, told), connection.accounts):
        _tell_strangers(bridge, connection)
        return False
    return True


def _tell_strangers(bridge: Bridge, connection: Connection) -> None:
    bridge.activity.warning(
        "connection_probed",
        connection.id,
        fix="Compare address and credentials with what they were. If the accounts were moved on purpose, resume it.",
        status=connection.status,
        reason="Both platforms answer, but they are other accounts than those the connection was made for.",
    )


def _goes_on(bridge: Bridge, connection: Connection) -> bool:
    if not bridge.connections.go_on(connection):
        return False  # an operator was faster
    bridge.health.resumed(connection.id)
    bridge.activity.info("connection_active", connection.id, by=BRIDGE)
    return True
