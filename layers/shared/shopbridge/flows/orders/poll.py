"""Reads a shop's orders, those that changed or all, and hands them to the import: the truth behind the webhooks."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from shopbridge.errors import BridgeError, Conflict, NeedsAttention, Rejected, RetryLater
from shopbridge.flows.bridge import Bridge
from shopbridge.flows.failures import counting_obstructions, stop_connection
from shopbridge.flows.notices import tell_late
from shopbridge.flows.orders.filter import first_moment
from shopbridge.flows.orders.handing_over import HandOver, send
from shopbridge.flows.orders.records import hold_unreadable
from shopbridge.flows.runs import Slice, run_slice
from shopbridge.model.base import ConnectionId
from shopbridge.model.connection import Connection
from shopbridge.model.ledger import Reason
from shopbridge.model.messages import Origin, PollRequest, RunRequest
from shopbridge.model.office import OrderPage
from shopbridge.model.run import OrderCursor, Run
from shopbridge.ports import OrderSource, PollSight

SLICE_ENDS_WITH = 30.0
"""Seconds left at which a poll stops and continues in a follow-up message."""
LONGEST_CHAIN = 200
"""Follow-ups in a row; after that the next tick of the schedule goes on from the stored position."""
LEAST_OVERLAP = timedelta(minutes=20)
"""Longer than a shop's transaction may take; what was handed over before is not handed over again."""
MANY_CALLS = 3
"""Of a limit: the next window's are then reserved together, for as long as they last nobody else has them."""
NAME = "orders"
"""Of the cursor."""
TRIES_OF_A_TICK = 3
"""After so many tries a poll of the schedule is left to the next tick: a dead shop must not pile polls up."""


def poll_orders(bridge: Bridge, sight: PollSight, request: PollRequest) -> int:
    """Read one slice of the connection's changed orders and enqueue them; returns how many were enqueued.

    The cursor moves only after the hand-over, so a crash repeats orders and never loses one.

    Raises:
        RetryLater: The shop is busy or away.
    """
    connection = sight.connection
    if connection.status != "active":
        return 0
    if request.asked_at is not None and not request.hops:
        bridge.health.called(connection.id, "shop")
    try:
        with counting_obstructions(bridge, connection, "poll"):
            return _Poll(bridge, connection, request).run(sight.cursor)
    except NeedsAttention as error:
        stop_connection(bridge, connection.id, error)
        return 0
    except Rejected as error:
        reason = _refusal("poll_refused", error)
        bridge.activity.warning("poll_refused", connection.id, fix=reason.fix, reason=reason.text)
        bridge.health.failed(connection.id, "poll", reason)
        return 0
    except Conflict:
        # Another poll of the same connection moved the cursor: what we enqueued twice, the ledger drops.
        return 0


def poll_or_leave(bridge: Bridge, sight: PollSight, request: PollRequest, *, tries: int) -> None:
    """Do as ``poll_orders``; but a poll that keeps failing is left to the next tick of the schedule, and told.

    Raises:
        RetryLater: There are tries left.
    """
    try:
        poll_orders(bridge, sight, request)
    except RetryLater as error:
        if tries < TRIES_OF_A_TICK:
            raise
        fix = "Look whether the shop answers; the next poll goes on from the same place."
        bridge.activity.warning("poll_failed", request.connection, fix=fix, reason=f"{error.what} ({error.where}).")
        bridge.health.failed(request.connection, "poll", _refusal("poll_failed", error, fix))


def _refusal(code: str, error: BridgeError, fix: str = "") -> Reason:
    return Reason(code=code, text=f"{error.what} ({error.where}).", fix=fix or error.fix)


class _Poll:
    """One slice of one window."""

    def __init__(self, bridge: Bridge, connection: Connection, request: PollRequest) -> None:
        self._bridge = bridge
        self._connection = connection
        self._request = request
        self._shop: OrderSource = bridge.platforms.parts(connection, "shop").order_source
        self._sent = 0
        self._calls: Callable[[], Mapping[str, int]] = dict

    def run(self, loaded: OrderCursor | None) -> int:
        """Read it, from where the cursor stands."""
        if self._is_read_since(loaded):
            return 0
        with self._bridge.turns.reading(self._connection.id, "shop", loaded.calls if loaded else {}) as self._calls:
            return self._read(loaded)

    def _read(self, loaded: OrderCursor | None) -> int:
        cursor = opened = self._open_window(loaded)
        since = self._read_from(cursor)
        handing = HandOver(self._bridge, self._connection, self._shop, since, opened)
        while True:
            read_at = self._bridge.clock()
            try:
                page = self._shop.changed(since, cursor.position, handing.knows)
            except RetryLater:
                self._keep_place(cursor, opened)
                raise
            self._sent += handing.take(page, read_at, "first_import" if cursor.first else "poll")
            cursor = cursor.model_copy(update={"position": page.position})
            if page.position is None:
                return self._close_window(cursor)
            if handing.line_is_long:
                return self._leave_to_the_next_tick(cursor)
            if self._bridge.deadline.remaining() < SLICE_ENDS_WITH:
                return self._continue_later(cursor)

    def _keep_place(self, cursor: OrderCursor, opened: OrderCursor) -> None:
        """Where it got to: with a limit by the hour, a window begun anew each time would never end."""
        if cursor is not opened:
            self._bridge.cursors.save(self._connection.id, NAME, cursor)

    def _is_read_since(self, cursor: OrderCursor | None) -> bool:
        """A shop that changes an order often hints as often: one reading answers all hints that came before it."""
        asked = self._request.asked_at
        if asked is None or cursor is None or cursor.window_end is not None or cursor.opened_at is None:
            return False
        return cursor.opened_at > asked

    def _open_window(self, cursor: OrderCursor | None) -> OrderCursor:
        if cursor is None:
            cursor = OrderCursor(since=first_moment(self._connection), first=True)
        if cursor.window_end is None:
            now = self._bridge.clock()
            cursor = cursor.model_copy(update={"window_end": self._shop.server_time(), "opened_at": now})
        return cursor

    def _read_from(self, cursor: OrderCursor) -> datetime:
        """With an overlap: a long transaction of the shop becomes visible late, under the time when it began."""
        overlap = max(timedelta(minutes=2 * self._connection.settings.orders.poll_minutes), LEAST_OVERLAP)
        return cursor.since if cursor.first else cursor.since - overlap

    def _close_window(self, cursor: OrderCursor) -> int:
        since = cursor.window_end or cursor.since
        calls = {bucket: made for bucket, made in self._calls().items() if made >= MANY_CALLS}
        closed = OrderCursor(since=since, opened_at=cursor.opened_at, calls=calls, version=cursor.version)
        self._bridge.cursors.save(self._connection.id, NAME, closed)
        self._bridge.health.succeeded(self._connection.id, "poll")
        self._bridge.activity.info("poll_done", self._connection.id, orders=self._sent)
        return self._sent

    def _leave_to_the_next_tick(self, cursor: OrderCursor) -> int:
        """What waits longer than a message can is cheaper left in the shop."""
        self._bridge.cursors.save(self._connection.id, NAME, cursor)
        self._bridge.health.succeeded(self._connection.id, "poll")
        return self._sent

    def _continue_later(self, cursor: OrderCursor) -> int:
        self._bridge.cursors.save(self._connection.id, NAME, cursor)
        self._bridge.health.succeeded(self._connection.id, "poll")  # a long first import is no standstill
        if self._request.hops < LONGEST_CHAIN:
            self._bridge.polls.send([self._request.model_copy(update={"hops": self._request.hops + 1})])
        return self._sent


def continue_run(bridge: Bridge, connection: ConnectionId, run: Run | None) -> None:
    """Do a slice of the run if it lies broken off, as a tick of the schedule does for stock and products."""
    if run is not None and run.state == "running":
        run_slice(bridge, RunRequest(connection=connection, job="orders"), order_work)
    elif run is not None:
        tell_late(bridge, connection, run)


def order_work(turn: Slice) -> bool:
    """Do one slice of a run of orders; True when it is done.

    What is known already is not created again, whatever a run hands over twice: the ledger keeps an order single.

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
    connection, since = turn.connection, _since(turn)
    origin: Origin = "backfill" if turn.run.since else "first_import"
    wanted = [order for order in page.orders if order.placed_at >= since]
    send(turn.bridge, connection, wanted, origin)
    for unreadable in page.unreadable:
        reason = hold_unreadable(turn.bridge, connection.id, unreadable, origin)
        turn.tell(unreadable.number or unreadable.id, reason)
    left = len(page.orders) - len(wanted)
    held = len(page.unreadable)
    turn.count(found=len(page.orders) + held, created=len(wanted), unchanged=left, held=held)
