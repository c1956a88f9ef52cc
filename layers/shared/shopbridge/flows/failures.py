"""What becomes of a failure: a reason for a person, a stopped connection, or a while of waiting.

A page that is none of the platform's is no reason to stop for an hour, one that lasts is. A firewall, a shop under
maintenance or a name service may stand between us and a platform for a while, and then the queue's repeats suffice.
Only after some of them over a while are both platforms asked who they are, and only when that fails likewise does the
connection stop.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, TypeVar

from shopbridge.errors import BridgeError, Held, NeedsAttention, Obstructed, Rejected
from shopbridge.flows.bridge import Bridge
from shopbridge.mapping.masking import mask_patterns
from shopbridge.model.base import ConnectionId
from shopbridge.model.connection import SIDES, Account, Accounts, Connection, ConnectionSettings, Side
from shopbridge.model.ledger import Reason
from shopbridge.model.run import Health, Task

Item = TypeVar("Item")

SOON = timedelta(days=1)
"""A connection that is stopped again for the same reason within this time is probed once a day only."""
HOURLY_PROBES = 6
"""Probes in vain before they come once a day: a platform may lock a user whom it refused ten times in a row."""
MANY, LONG = 3, timedelta(minutes=15)
"""How often a task has to be obstructed, and for how long, before the platforms are asked."""


def reason_of(error: BridgeError) -> Reason:
    """Return an error as the ledger keeps it."""
    code = error.code if isinstance(error, Held | Rejected) else "connection_stopped"
    text = f"{error.what} ({error.where})." if error.where else f"{error.what}."
    return Reason(code=code, text=text, fix=error.fix)


def stop_connection(bridge: Bridge, connection: ConnectionId, error: BridgeError) -> None:
    """Make no more calls but a probe now and then: a platform refuses us.

    Several workers may hear it, and one tells.
    """
    if not bridge.connections.stop(connection, str(error)):
        return
    health = bridge.health.of([connection]).get(connection, Health())
    bridge.health.stopped(connection, mask_patterns(error.what), probes=_probes_before(bridge, health, error))
    bridge.activity.warning("connection_stopped", connection, fix=error.fix, reason=f"{error.what} ({error.where}).")


def _probes_before(bridge: Bridge, health: Health, error: BridgeError) -> int:
    """What a probe cannot see, such as a right that only work asks for, stops the connection again soon after it."""
    soon = health.resumed_at is not None and bridge.clock() - health.resumed_at < SOON
    return HOURLY_PROBES if soon and health.stopped_for == mask_patterns(error.what) else 0


@contextmanager
def counting_obstructions(bridge: Bridge, connection: Connection, task: Task, *, again: bool = False) -> Iterator[None]:
    """Count what obstructs a task, and tell a while from a lasting trouble.

    Args:
        again: The work was tried before, so its success says that an obstruction is over.

    Raises:
        Obstructed: It may pass by itself.
        NeedsAttention: It lasts, and the platforms cannot be asked who they are either.
    """
    try:
        yield
    except Obstructed:
        met = bridge.health.obstructed(connection.id, task)
        if met.count >= MANY and bridge.clock() - met.since >= LONG:
            _check_both(bridge, connection, task)
        raise
    if again:
        bridge.health.unobstructed(connection.id, task)


def ping_both(bridge: Bridge, connection: Connection) -> Mapping[Side, tuple[str, ...]]:
    """Ask both platforms who they are, with the secrets as they are stored this moment.

    Returns:
        What each calls its own accounts.

    Raises:
        BridgeError: One of them does not let us in, or does not answer.
    """
    secrets = {side: bridge.credentials.read_now(connection.id, side) for side in SIDES}
    ends = {side: bridge.platforms.trial(connection.settings, side, secrets[side]) for side in SIDES}
    return {side: end.account.ping().accounts for side, end in ends.items()}


def accounts_of(bridge: Bridge, settings: ConnectionSettings, told: Mapping[Side, Sequence[str]]) -> Accounts:
    """Return both accounts; ``told`` is what each platform calls its own, empty where it has not been asked yet."""
    return {
        side: Account(
            platform=settings.side(side).platform,
            place=bridge.platforms.place(settings, side),
            ids=tuple(told.get(side, ())),
        )
        for side in SIDES
    }


def _check_both(bridge: Bridge, connection: Connection, task: Task) -> None:
    try:
        ping_both(bridge, connection)
    except (NeedsAttention, Obstructed) as refusal:
        raise NeedsAttention(refusal.what, where=refusal.where, fix=refusal.fix) from refusal
    except BridgeError:
        return  # busy or away: neither refused nor let in
    bridge.health.unobstructed(connection.id, task)


def by_reason(found: Iterable[tuple[Reason, Item]]) -> Iterator[tuple[dict[str, Any], Sequence[Item]]]:
    """Group what has a reason, the most frequent first; what the same fix settles is together.

    Returns:
        Each group as an operator reads it (code, count, reason, fix), with its items.
    """
    groups: dict[tuple[str, str], list[tuple[Reason, Item]]] = {}
    for reason, item in found:
        groups.setdefault((reason.code, reason.fix), []).append((reason, item))
    for group in sorted(groups.values(), key=len, reverse=True):
        reason = group[0][0]
        told = {"code": reason.code, "count": len(group), "reason": reason.text, "fix": reason.fix}
        yield told, [item for _, item in group]
