"""An order waits for the platforms' limits in its connection's line, before anything of it is read or written."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from shopbridge.errors import LimitReached
from shopbridge.flows.bridge import Bridge
from shopbridge.model.base import ConnectionId
from shopbridge.model.messages import OLD_ORDERS, OrderFound, OrderMoved, OrderNotice, Turn

SOON = timedelta(seconds=2)
"""A turn that is nearer has come: queues count whole seconds, and sending the message anew costs more."""
OLD_REST = 30.0
"""Seconds that an old order rests, at least, when it finds others in its way."""
AnyMessage = OrderNotice | OrderFound | OrderMoved


def send_in_turn(bridge: Bridge, connection: ConnectionId, messages: Sequence[AnyMessage]) -> timedelta:
    """Hand orders of one connection to the import, each with its turn.

    Returns:
        How long the last of them waits for it.

    Raises:
        RetryLater: Not all were taken.
    """
    if not messages:
        return timedelta(0)
    turns = bridge.turns.book(connection, len(messages), old=_is_old(messages[0]))
    now = bridge.clock()
    bridge.orders.send([_at(message, Turn.of(at, now)) for message, at in zip(messages, turns, strict=True)])
    return turns[-1] - now


def in_turn(bridge: Bridge, message: AnyMessage, work: Callable[[], None], *, tries: int) -> LimitReached | None:
    """Do the work of a message, or send it anew for when its turn comes: waiting is no failure.

    Args:
        tries: How often it was tried before; nothing of that is forgotten.

    Returns:
        What it waits for; None when the work is done.

    Raises:
        RetryLater: As the work does; or the message could not be sent.
    """
    if message.order_id is None:
        work()
        return None
    old = _is_old(message)
    now = bridge.clock()
    left = message.turn.left(now) if message.turn else _next_turn(bridge, message, old=old) - now
    if left > SOON:
        return _wait(bridge, message, now + left, tries)
    try:
        with bridge.turns.begin(message.connection, old=old):
            work()
    except LimitReached as error:
        rest = max(error.after, OLD_REST) if old else error.after
        _wait(bridge, message, _next_turn(bridge, message, old=old, after=rest), tries)
        return error
    return None


def _next_turn(bridge: Bridge, message: AnyMessage, *, old: bool, after: float = 0) -> datetime:
    (turn,) = bridge.turns.book(message.connection, 1, old=old, after=after)
    return turn


def _wait(bridge: Bridge, message: AnyMessage, turn: datetime, tries: int) -> LimitReached:
    now = bridge.clock()
    bridge.orders.send([_at(message, Turn.of(turn, now, tries))])
    return LimitReached(f"Its turn comes at {turn:%H:%M:%S} UTC", after=(turn - now).total_seconds())


def _at(message: AnyMessage, turn: Turn) -> AnyMessage:
    return message.model_copy(update={"turn": turn})


def _is_old(message: AnyMessage) -> bool:
    return not isinstance(message, OrderMoved) and message.origin in OLD_ORDERS
