"""Working alone: what two workers must not do at the same time is done under a lease."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from shopbridge.errors import BridgeError, LimitReached, RetryLater, Throttled
from shopbridge.flows.bridge import Bridge
from shopbridge.flows.runs import StopAskedError
from shopbridge.model.base import ConnectionId
from shopbridge.model.ledger import SETTLING
from shopbridge.ports import Clock

LOOK_AGAIN = 5.0
"""Seconds after which one looks whether the other worker has ended: most take a second or two."""


class Busy(RetryLater):
    """Somebody else is at it."""


@dataclass(frozen=True)
class OwnLease:
    """A lease that is ours until a moment."""

    name: str
    until: datetime
    clock: Clock

    def must_last(self, needed: timedelta) -> None:
        """Raise RetryLater when the lease may run out before what comes next has surely ended."""
        if self.clock() + needed > self.until:
            raise RetryLater("What led here took too long, so another worker may be next", after=1, where=self.name)


@contextmanager
def leased(bridge: Bridge, connection: ConnectionId, name: str, lease: timedelta) -> Iterator[OwnLease]:
    """Take ``name`` while the ``with`` block runs. A process that ends here leaves it to run out. Raises Busy."""
    owner = uuid4().hex
    hold = _taken(bridge, connection, name, owner, lease)
    try:
        yield hold
    except (BridgeError, StopAskedError):
        bridge.leases.give_back(connection, name, owner)
        raise
    bridge.leases.give_back(connection, name, owner)


@contextmanager
def leased_for_writing(bridge: Bridge, connection: ConnectionId, name: str, lease: timedelta) -> Iterator[OwnLease]:
    """Do as ``leased``.

    But a write whose answer was lost may take effect late, so the next writer waits until it has.
    """
    owner = uuid4().hex
    hold = _taken(bridge, connection, name, owner, lease)
    try:
        yield hold
    except BridgeError as error:
        if isinstance(error, RetryLater) and not isinstance(error, LimitReached | Throttled):
            bridge.leases.take(connection, name, owner, SETTLING)
        else:
            bridge.leases.give_back(connection, name, owner)
        raise
    bridge.leases.give_back(connection, name, owner)


def _taken(bridge: Bridge, connection: ConnectionId, name: str, owner: str, lease: timedelta) -> OwnLease:
    hold = OwnLease(name, bridge.clock() + lease, bridge.clock)
    try:
        bridge.leases.take(connection, name, owner, lease)
    except RetryLater as error:
        raise Busy(error.what, after=min(error.after, LOOK_AGAIN), where=error.where) from error
    return hold
