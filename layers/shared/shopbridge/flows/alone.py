"""Working alone: what two workers must not do at the same time is done under a lease."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from shopbridge.errors import BridgeError, RetryLater, Throttled
from shopbridge.flows.bridge import Bridge
from shopbridge.flows.effects import SETTLING
from shopbridge.flows.runs import StopAskedError
from shopbridge.model.base import ConnectionId
from shopbridge.ports import Clock


@dataclass(frozen=True)
class Hold:
    """A lease that is ours until a moment."""

    name: str
    until: datetime
    clock: Clock

    def must_last(self, needed: timedelta) -> None:
        """Raises RetryLater when the lease may run out before what comes next has surely ended."""
        if self.clock() + needed > self.until:
            raise RetryLater("What led here took too long, so another worker may be next", after=1, where=self.name)


@contextmanager
def alone(bridge: Bridge, connection: ConnectionId, name: str, lease: timedelta) -> Iterator[Hold]:
    """Own ``name`` meanwhile. A process that ends here leaves it to run out.

    Raises:
        RetryLater: Somebody else owns it.
    """
    owner, hold = uuid4().hex, Hold(name, bridge.clock() + lease, bridge.clock)
    bridge.leases.take(connection, name, owner, lease)
    try:
        yield hold
    except (BridgeError, StopAskedError):
        bridge.leases.give_back(connection, name, owner)
        raise
    bridge.leases.give_back(connection, name, owner)


@contextmanager
def writing_alone(bridge: Bridge, connection: ConnectionId, name: str, lease: timedelta) -> Iterator[Hold]:
    """As ``alone``, but a write whose answer was lost may take effect late: the next writer waits until it has."""
    owner, hold = uuid4().hex, Hold(name, bridge.clock() + lease, bridge.clock)
    bridge.leases.take(connection, name, owner, lease)
    try:
        yield hold
    except RetryLater as error:
        if isinstance(error, Throttled):
            bridge.leases.give_back(connection, name, owner)
        else:
            bridge.leases.take(connection, name, owner, SETTLING)
        raise
    except BridgeError:
        bridge.leases.give_back(connection, name, owner)
        raise
    bridge.leases.give_back(connection, name, owner)
