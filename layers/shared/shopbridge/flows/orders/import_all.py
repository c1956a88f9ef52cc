"""Hands all orders of a shop to the import, in slices: a run of the kind ``orders``.

What is known already is not created again, whatever a run hands over twice: the ledger keeps an order single.
"""

from datetime import datetime

from shopbridge.flows.bridge import Bridge
from shopbridge.flows.orders.poll import first_moment
from shopbridge.flows.orders.records import hold_unreadable
from shopbridge.flows.runs import Slice, run_slice
from shopbridge.model.base import ConnectionId
from shopbridge.model.messages import OrderFound, Origin, RunRequest
from shopbridge.model.office import OrderPage


def go_on(bridge: Bridge, connection: ConnectionId) -> None:
    """Do a slice of a run that lies broken off, as a tick of the schedule does for stock and products."""
    run = bridge.runs.load(connection, "orders")
    if run is not None and run.state == "running":
        run_slice(bridge, RunRequest(connection=connection, job="orders"), order_work)


def order_work(turn: Slice) -> bool:
    """One slice of a run of orders; True when it is done.

    Place and counts move together, after the hand-over: a crash repeats orders, and loses or counts none twice.

    Raises:
        RetryLater: The shop is busy or away.
    """
    shop = turn.bridge.platforms.parts(turn.connection, "shop").order_source
    while True:
        page = shop.changed(_since(turn), turn.run.position)
        _hand_over(turn, page)
        if page.position is None:
            return True
        turn.move("items", page.position)
        if turn.time_is_up:
            return False
        turn.pulse()


def _since(turn: Slice) -> datetime:
    return turn.run.since or first_moment(turn.connection)


def _hand_over(turn: Slice, page: OrderPage) -> None:
    """Orders that were placed in the run's time, not only changed in it, go to the import."""
    connection, since = turn.connection.id, _since(turn)
    origin: Origin = "backfill" if turn.run.since else "first_import"
    wanted = [order for order in page.orders if order.placed_at >= since]
    now = turn.bridge.clock()
    turn.bridge.orders.send(
        [OrderFound(connection=connection, order=order, origin=origin, found_at=now) for order in wanted]
    )
    for unreadable in page.unreadable:
        reason = hold_unreadable(turn.bridge, connection, unreadable, origin)
        turn.tell(unreadable.number or unreadable.id, reason)
    left = len(page.orders) - len(wanted)
    held = len(page.unreadable)
    turn.count(found=len(page.orders) + held, created=len(wanted), unchanged=left, held=held)
