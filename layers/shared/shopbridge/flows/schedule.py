"""Which connections are due at a tick of the schedule."""

import zlib
from datetime import datetime

from shopbridge.flows.bridge import Bridge
from shopbridge.model.base import ConnectionId
from shopbridge.model.messages import PollRequest


def dispatch(bridge: Bridge, every: int) -> int:
    """Ask for a poll of every due connection of this schedule lane; returns how many.

    Args:
        every: Minutes between two ticks of the lane, 5 or 10.
    """
    now = bridge.clock()
    due = [name for name, minutes in bridge.connections.scheduled(every) if is_due(name, minutes, every, now)]
    bridge.polls.send([PollRequest(connection=name) for name in due])
    return len(due)


def is_due(connection: ConnectionId, minutes: int, every: int, now: datetime) -> bool:
    """True on one of the ``minutes / every`` ticks of the connection's interval.

    Which one depends on the connection's id, so that connections of equal interval spread over the ticks.
    """
    ticks = max(minutes // every, 1)
    tick = int(now.timestamp()) // (every * 60)
    return tick % ticks == zlib.crc32(connection.encode()) % ticks
