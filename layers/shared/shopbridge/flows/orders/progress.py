"""Reads what became of imported orders in the back office, and hands those of which the shop is to be told on.

What is read is a hint, as a webhook is: whoever brings it to the shop looks at the order on both sides again. So an
order that is handed on twice costs a look.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from shopbridge.errors import BridgeError, Conflict, NeedsAttention, Rejected, RetryLater
from shopbridge.flows.bridge import Bridge
from shopbridge.flows.failures import counting_obstructions, stop_connection
from shopbridge.flows.orders.poll import LEAST_OVERLAP, LONGEST_CHAIN, SLICE_ENDS_WITH, TRIES_OF_A_TICK
from shopbridge.flows.orders.steps import news_for_the_shop
from shopbridge.flows.orders.turns import send_in_turn
from shopbridge.model.base import CLOCKS_APART, ExternalId, OrderId
from shopbridge.model.connection import Connection
from shopbridge.model.ledger import LedgerRecord, Reason
from shopbridge.model.messages import OrderMoved, PollRequest, ProgressRequest
from shopbridge.model.progress import ProgressPage
from shopbridge.model.run import OrderCursor
from shopbridge.ports import OrderProgressSource

NAME: Final = "progress"
"""Of the cursor, and of the job."""
HINTS_APART = timedelta(seconds=30)
"""Between two readings that a back office asked for: it calls for what we write there as well, for each single line."""
IMPORTS_END = timedelta(minutes=3)
"""How long an import may still go on that began under former settings: longer than its function may run."""
ALIVE = timedelta(days=90)
"""How long after the last word of it an order that was imported before its back office was followed is looked for."""


def ask_for_progress(bridge: Bridge, connection: Connection, request: PollRequest) -> None:
    """Ask for a reading of the back office with every tick of the schedule that reads the shop. Raises RetryLater."""
    if request.hops or request.asked_at is not None:
        return
    if connection.status == "active" and connection.settings.orders.changes.follows:
        bridge.polls.send([ProgressRequest(connection=connection.id)])


def read_progress_or_leave(bridge: Bridge, request: ProgressRequest, *, tries: int) -> None:
    """Read one slice of what changed in the back office; one that keeps failing is left to the next tick, and told.

    Raises:
        RetryLater: There are tries left.
    """
    try:
        read_progress(bridge, request)
    except RetryLater as error:
        if tries < TRIES_OF_A_TICK:
            raise
        fix = "Look whether the back office answers; the next reading goes on from the same place."
        bridge.activity.warning("progress_failed", request.connection, fix=fix, reason=f"{error.what} ({error.where}).")
        bridge.health.failed(request.connection, NAME, _reason("progress_failed", error, fix))


def read_progress(bridge: Bridge, request: ProgressRequest) -> int:
    """Read one slice and enqueue the orders of which the shop is to be told; returns how many.

    The cursor moves only after the hand-over, so a crash repeats orders and never loses one.

    Raises:
        RetryLater: The back office is busy or away.
    """
    connection = bridge.connections.get(request.connection)
    if connection is None or connection.status != "active" or not connection.settings.orders.changes.follows:
        return 0
    if request.asked_at is not None and not request.hops:
        bridge.health.called(connection.id, "office")
    try:
        with counting_obstructions(bridge, connection, NAME):
            office = bridge.platforms.parts(connection, "office").order_progress
            return _Reading(bridge, connection, request, office).run() if office else 0
    except NeedsAttention as error:
        stop_connection(bridge, connection.id, error)
    except Rejected as error:
        reason = _reason("progress_refused", error, error.fix)
        bridge.activity.warning("progress_refused", connection.id, fix=reason.fix, reason=reason.text)
        bridge.health.failed(connection.id, NAME, reason)
    except Conflict:
        pass  # another reading moved the cursor: what both enqueued is looked at twice
    return 0


def _reason(code: str, error: BridgeError, fix: str) -> Reason:
    return Reason(code=code, text=f"{error.what} ({error.where}).", fix=fix)


class _Reading:
    """One slice of one window."""

    def __init__(
        self, bridge: Bridge, connection: Connection, request: ProgressRequest, office: OrderProgressSource
    ) -> None:
        self._bridge = bridge
        self._connection = connection
        self._request = request
        self._office = office
        self._sent = 0

    def run(self) -> int:
        loaded = self._bridge.cursors.load(self._connection.id, NAME)
        if self._is_read_since(loaded):
            return 0
        self._put_off(loaded)
        cursor = opened = self._open_window(loaded)
        while True:
            try:
                page = self._office.changed(self._read_from(cursor), cursor.position)
            except RetryLater:
                if cursor is not opened:  # with a limit by the hour, a window begun anew each time would never end
                    self._bridge.cursors.save(self._connection.id, NAME, cursor)
                raise
            self._hand_over(page)
            cursor = cursor.model_copy(update={"position": page.position})
            if page.position is None:
                return self._close_window(cursor)
            if self._bridge.deadline.remaining() < SLICE_ENDS_WITH:
                return self._continue_later(cursor)

    def _is_read_since(self, cursor: OrderCursor | None) -> bool:
        """One reading answers all hints that came before it."""
        asked = self._request.asked_at
        if asked is None or cursor is None or cursor.window_end is not None or cursor.opened_at is None:
            return False
        return cursor.opened_at > asked

    def _put_off(self, cursor: OrderCursor | None) -> None:
        """Leave a hint for later that comes right after a reading: the next one then answers all until then."""
        if (
            self._request.asked_at is None
            or cursor is None
            or cursor.opened_at is None
            or cursor.window_end is not None
        ):
            return
        rest = cursor.opened_at + HINTS_APART - self._bridge.clock()
        if rest > timedelta(0):
            raise RetryLater("It was read a moment ago", after=rest.total_seconds(), where=self._connection.id)

    def _open_window(self, cursor: OrderCursor | None) -> OrderCursor:
        """What changed before the first reading is not brought: the shop followed nobody then."""
        if cursor is not None and cursor.window_end is not None:
            return cursor
        end, now = self._office.server_time(), self._bridge.clock()
        named = self._name_all(cursor, now)
        cursor = cursor or OrderCursor(since=end)
        return cursor.model_copy(update={"window_end": end, "opened_at": now, **named})

    def _name_all(self, cursor: OrderCursor | None, now: datetime) -> Mapping[str, Any]:
        """Name the orders that were imported while nobody followed the back office, so that they are found, too.

        Done with every change of the settings, until imports that began under the former ones have ended.
        """
        if cursor is not None and cursor.settings == self._connection.version and cursor.named:
            return {}
        ledger, connection = self._bridge.ledger, self._connection
        if cursor is None or cursor.opened_at is None:
            ledger.name_all_in_office(connection.id, now - ALIVE)
        else:
            ledger.name_all_in_office(connection.id, cursor.opened_at - IMPORTS_END - CLOCKS_APART)
        if cursor is None or cursor.settings != connection.version or cursor.settings_at is None:
            return {"settings": connection.version, "settings_at": now, "named": False}
        return {"named": now - cursor.settings_at > IMPORTS_END}

    def _read_from(self, cursor: OrderCursor) -> datetime:
        """With an overlap, as the poll has one."""
        return cursor.since - max(timedelta(minutes=2 * self._connection.settings.orders.poll_minutes), LEAST_OVERLAP)

    def _hand_over(self, page: ProgressPage) -> None:
        ours = self._bridge.ledger.of_office(self._connection.id, [order.id for order in page.orders])
        moved = list(self._moved(page, ours))
        send_in_turn(self._bridge, self._connection.id, moved)
        self._sent += len(moved)

    def _moved(self, page: ProgressPage, ours: Mapping[ExternalId, LedgerRecord]) -> Iterator[OrderMoved]:
        """Our orders with news; those that did not come through us are none of ours."""
        changes = self._connection.settings.orders.changes
        for each in page.orders:
            record = ours.get(each.id)
            if record is not None and news_for_the_shop(changes, record, each):
                yield OrderMoved(
                    connection=self._connection.id,
                    order_id=OrderId(record.key.id),
                    office_id=each.id,
                    changed_at=each.changed_at,
                )

    def _close_window(self, cursor: OrderCursor) -> int:
        since = cursor.window_end or cursor.since
        closed = cursor.model_copy(update={"since": since, "window_end": None, "position": None})
        self._bridge.cursors.save(self._connection.id, NAME, closed)
        self._bridge.health.succeeded(self._connection.id, NAME)
        self._bridge.activity.info("progress_done", self._connection.id, orders=self._sent)
        return self._sent

    def _continue_later(self, cursor: OrderCursor) -> int:
        self._bridge.cursors.save(self._connection.id, NAME, cursor)
        self._bridge.health.succeeded(self._connection.id, NAME)
        if self._request.hops < LONGEST_CHAIN:
            self._bridge.polls.send([self._request.model_copy(update={"hops": self._request.hops + 1})])
        return self._sent
