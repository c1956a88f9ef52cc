"""Which connections are due at a tick of the schedule, and for what."""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from shopbridge.flows.bridge import Bridge
from shopbridge.model.base import ConnectionId
from shopbridge.model.messages import PollRequest, RunRequest
from shopbridge.ports import Scheduled

DAY = 1440


@dataclass(frozen=True)
class Dispatched:
    """How many connections were asked for what."""

    polls: int
    stock: int
    products: int


def dispatch(bridge: Bridge, every: int) -> Dispatched:
    """Ask for what is due of every connection of this schedule lane.

    Orders go first, and each lane goes even when the one before it could not take its requests.

    Args:
        every: Minutes between two ticks of the lane, 5 or 10.

    Raises:
        RetryLater: A queue did not take all requests; a repetition asks again for what was taken, which does no harm.
    """
    now = bridge.clock()
    wanted = bridge.connections.scheduled(every)
    polls = [
        PollRequest(connection=one.connection) for one in wanted if is_due(one.connection, one.poll_minutes, every, now)
    ]
    stock = [run for one in wanted for run in _stock(one, every, now)]
    products = [run for one in wanted for run in _products(one, every, now)]
    try:
        bridge.polls.send(polls)
    finally:
        try:
            bridge.work.send(stock)
        finally:
            bridge.work.send(products)
    return Dispatched(len(polls), len(stock), len(products))


def _stock(wanted: Scheduled, every: int, now: datetime) -> Iterator[RunRequest]:
    """Once a day a comparison; it sends the differences as well."""
    if wanted.stock_minutes is None:
        return
    if is_due(wanted.connection, DAY, every, now):
        yield RunRequest(connection=wanted.connection, job="stock_comparison")
    elif is_due(wanted.connection, wanted.stock_minutes, every, now):
        yield RunRequest(connection=wanted.connection, job="stock")


def _products(wanted: Scheduled, every: int, now: datetime) -> Iterator[RunRequest]:
    if wanted.product_minutes is not None and is_due(wanted.connection, wanted.product_minutes, every, now):
        yield RunRequest(connection=wanted.connection, job="products")


def is_due(connection: ConnectionId, minutes: int, every: int, now: datetime) -> bool:
    """True on one of the ``minutes / every`` ticks of the connection's interval.

    Which one depends on the connection's id, so that connections of equal interval spread over the ticks.
    """
    ticks = max(minutes // every, 1)
    tick = int(now.timestamp()) // (every * 60)
    return tick % ticks == zlib.crc32(connection.encode()) % ticks
