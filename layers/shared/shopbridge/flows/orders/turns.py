"""An order waits for the platforms' limits in its connection's line, before anything of it is read or written."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta

from shopbridge.errors import LimitReached, back_off
from shopbridge.flows.bridge import Bridge
from shopbridge.model.base import ConnectionId
from shopbridge.model.basics import SOON
from shopbridge.model.connection import Connection
from shopbridge.model.messages import (
    MOST_TOGETHER,
    OLD_ORDERS,
    AnyOrderMessage,
    OrderFound,
    OrderMoved,
    OrderParcel,
    Turn,
)

OLD_REST = 30.0
"""Seconds that an old order rests, at least, when it finds others in its way."""
PARCEL_LASTS = timedelta(seconds=20)
"""Orders whose turns lie further apart travel in parcels of their own: one worker would have to wait for them."""


Work = Callable[[Connection | None], None]
"""What is done with an order's connection; None when it is gone."""


def send_in_turn(bridge: Bridge, connection: ConnectionId, messages: Sequence[AnyOrderMessage]) -> timedelta:
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
    together = _in_parcels(list(zip(messages, turns, strict=True)))
    bridge.orders.send([_at(message, Turn.of(at, now)) for message, at in together])
    return turns[-1] - now


def send_again(bridge: Bridge, message: OrderFound | OrderParcel, after: float, *, tries: int) -> None:
    """Send an order anew that failed at its ``tries``-th try, for in so many seconds. Raises RetryLater."""
    now = bridge.clock()
    turn = Turn.of(now + timedelta(seconds=back_off(after, tries)), now, tries)
    bridge.orders.send([_at(message, turn)])


def take_apart(bridge: Bridge, parcel: OrderParcel, *, tries: int) -> None:
    """Send each order by itself once the parcel broke off: one that ends the process must not take others along."""
    turns = bridge.turns.book(parcel.connection, len(parcel.orders), old=_is_old(parcel))
    now, alone = bridge.clock(), (parcel.of([order]) for order in parcel.orders)
    bridge.orders.send([_at(message, Turn.of(at, now, tries)) for message, at in zip(alone, turns, strict=True)])


def send_untried(bridge: Bridge, message: OrderFound | OrderParcel, error: LimitReached, *, tries: int) -> None:
    """Send orders anew that were not begun, for when their next turn comes. Raises RetryLater."""
    old = _is_old(message)
    _wait(bridge, message, _next_turn(bridge, message, old=old, after=_rest(error, old=old)), tries)


def _in_parcels(messages: Sequence[tuple[AnyOrderMessage, datetime]]) -> Iterator[tuple[AnyOrderMessage, datetime]]:
    """Whole orders of a connection that come soon after each other travel together."""
    together: list[tuple[OrderFound, datetime]] = []
    for message, at in messages:
        if together and (len(together) == MOST_TOGETHER or at - together[0][1] > PARCEL_LASTS):
            yield _parcel(together)
            together = []
        if isinstance(message, OrderFound):
            together.append((message, at))
        else:
            yield message, at
    if together:
        yield _parcel(together)


def _parcel(together: Sequence[tuple[OrderFound, datetime]]) -> tuple[OrderFound | OrderParcel, datetime]:
    """With the turn of the first."""
    found, at = together[0]
    if len(together) == 1:
        return found, at
    orders = tuple(message.order for message, _ in together)
    parcel = OrderParcel(connection=found.connection, orders=orders, origin=found.origin, found_at=found.found_at)
    return parcel, at


def in_turn(bridge: Bridge, message: AnyOrderMessage, work: Work, *, tries: int) -> LimitReached | None:
    """Do the work of a message, or send it anew for when its turn comes: waiting is no failure.

    Args:
        tries: How often it was tried before; nothing of that is forgotten.

    Returns:
        What it waits for; None when the work is done.

    Raises:
        RetryLater: As the work does; or the message could not be sent.
    """
    if message.order_id is None:
        work(bridge.connections.get(message.connection))
        return None
    old = _is_old(message)
    now = bridge.clock()
    left = message.turn.left(now) if message.turn else _next_turn(bridge, message, old=old) - now
    if left.total_seconds() > SOON:
        return _wait(bridge, message, now + left, tries)
    try:
        with bridge.turns.begin(message.connection, old=old, orders=_orders(message)) as connection:
            work(connection)
    except LimitReached as error:
        _wait(bridge, message, _next_turn(bridge, message, old=old, after=_rest(error, old=old)), tries)
        return error
    return None


def _rest(error: LimitReached, *, old: bool) -> float:
    return max(error.after, OLD_REST) if old else error.after


def _next_turn(bridge: Bridge, message: AnyOrderMessage, *, old: bool, after: float = 0) -> datetime:
    return bridge.turns.book(message.connection, _orders(message), old=old, after=after)[0]


def _orders(message: AnyOrderMessage) -> int:
    return len(message.orders) if isinstance(message, OrderParcel) else 1


def _wait(bridge: Bridge, message: AnyOrderMessage, turn: datetime, tries: int) -> LimitReached:
    now = bridge.clock()
    bridge.orders.send([_at(message, Turn.of(turn, now, tries))])
    return LimitReached(f"Its turn comes at {turn:%H:%M:%S} UTC", after=(turn - now).total_seconds())


def _at(message: AnyOrderMessage, turn: Turn) -> AnyOrderMessage:
    return message.model_copy(update={"turn": turn})


def _is_old(message: AnyOrderMessage) -> bool:
    return not isinstance(message, OrderMoved) and message.origin in OLD_ORDERS
