"""What to make of answers that are none of the platform's: a page for an hour is no reason to stop, one that lasts is.

A firewall, a shop under maintenance or a name service may stand between us and a platform for a while, and then the
queue's repeats suffice. Only after some of them over a while are both platforms asked who they are, and only when that
fails likewise does the connection stop.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta

from shopbridge.errors import BridgeError, NeedsAttention, Obstructed
from shopbridge.flows.bridge import Bridge
from shopbridge.model.base import ConnectionId
from shopbridge.model.connection import Connection, Side
from shopbridge.model.health import Task

MANY, LONG = 3, timedelta(minutes=15)
"""How often a task has to be obstructed, and for how long, before the platforms are asked."""


@contextmanager
def enduring(bridge: Bridge, connection: Connection, task: Task, *, again: bool = False) -> Iterator[None]:
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
            _ask_both(bridge, connection, task)
        raise
    if again:
        bridge.health.unobstructed(connection.id, task)


def greet(bridge: Bridge, connection: Connection) -> Mapping[Side, tuple[str, ...]]:
    """Ask both platforms who they are, with the secrets as they are stored this moment.

    Returns:
        What each calls its own accounts.

    Raises:
        BridgeError: One of them does not let us in, or does not answer.
    """
    shop = bridge.platforms.trial(connection.settings, "shop", _secrets(bridge, connection.id, "shop"))
    office = bridge.platforms.trial(connection.settings, "office", _secrets(bridge, connection.id, "office"))
    return {"shop": shop.account.ping().accounts, "office": office.account.ping().accounts}


def _secrets(bridge: Bridge, connection: ConnectionId, side: Side) -> Mapping[str, str]:
    return bridge.credentials.read_now(connection, side)


def _ask_both(bridge: Bridge, connection: Connection, task: Task) -> None:
    try:
        greet(bridge, connection)
    except (NeedsAttention, Obstructed) as refusal:
        raise NeedsAttention(refusal.what, where=refusal.where, fix=refusal.fix) from refusal
    except BridgeError:
        return  # busy or away: neither refused nor let in
    bridge.health.unobstructed(connection.id, task)
