"""Runs: jobs over a whole source, in slices, with progress; one of a kind at a time.

A slice owns its run by a lease and saves progress as it goes. What breaks off is continued: by its own message, which
comes back, or by the next tick of the schedule, once the lease has run out; a comparison by any tick for stock.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypedDict, Unpack
from uuid import uuid4

from shopbridge.errors import BridgeError, Conflict, Held, NeedsAttention, Rejected, RetryLater
from shopbridge.flows.bridge import Bridge
from shopbridge.flows.consent import may_write
from shopbridge.flows.failures import counting_obstructions, reason_of, stop_connection
from shopbridge.flows.notices import tell_end, tell_late
from shopbridge.model.base import ConnectionId
from shopbridge.model.connection import Connection
from shopbridge.model.ledger import Reason
from shopbridge.model.messages import RunRequest
from shopbridge.model.run import Counts, Run, RunKind, RunState
from shopbridge.model.stock import Direction

SLICE_ENDS_WITH = 60.0
"""Seconds left at which a slice ends and the run goes on in a follow-up message."""
LEASE = timedelta(minutes=16)
"""Longer than a function may run, so whoever has seen it for so long knows that its owner is dead."""
SAVE_EVERY = timedelta(seconds=20)
"""How often progress is saved, and a wish to stop is heard."""
LONGEST_CHAIN = 2000
"""Follow-ups in a row; after that the next tick of the schedule goes on."""
MAY_WAIT: tuple[RunKind, ...] = ("stock_comparison", "orders")
"""Kinds of an initial sync that wait until the products are there."""


class RunOptions(TypedDict, total=False):
    """What a run may be told when it starts, as in ``Run``."""

    afresh: bool
    since: datetime | None
    after_products: bool


class StopAskedError(Exception):
    """Somebody asked the run to stop; what was done is saved."""


class Slice:
    """One worker's turn at a run."""

    def __init__(self, bridge: Bridge, connection: Connection, run: Run) -> None:
        self.bridge = bridge
        self.connection = connection
        self.run = run
        self._saved_at = bridge.clock()

    @property
    def time_is_up(self) -> bool:
        """The slice must end; the run goes on in another one."""
        return self.bridge.deadline.remaining() < SLICE_ENDS_WITH

    def count(self, **more: int) -> None:
        """Raise counts of the run."""
        self.run = self.run.model_copy(update={"counts": self.run.counts.plus(**more)})

    def tell(self, item: str, reason: Reason) -> None:
        """Keep a problem with the run."""
        self.run = self.run.with_problem(item, reason)

    def move(self, stage: str, position: str | None = None, rank: int = 0) -> None:
        """Move the run here; saved at the next ``pulse`` or ``save``."""
        self.run = self.run.model_copy(update={"stage": stage, "position": position, "rank": rank})

    def start_over(self, stage: str) -> None:
        """Move the run back to the beginning of a stage, having found nothing yet."""
        self.run = self.run.model_copy(update={"stage": stage, "position": None, "rank": 0, "counts": Counts()})

    def go_in(self, direction: Direction) -> None:
        """Begin anew when it is turned round: where a run stands in one platform means nothing in the other."""
        if self.run.direction not in (None, direction):
            self.start_over("")
        self.run = self.run.model_copy(update={"direction": direction})

    @property
    def is_due(self) -> bool:
        """It was saved long ago."""
        return self.bridge.clock() - self._saved_at >= SAVE_EVERY

    def pulse(self) -> None:
        """Save when it was long ago. Raises as ``save``."""
        if self.is_due:
            self.save()

    def save(self, **changes: object) -> None:
        """Save the run as it stands.

        Raises:
            Conflict: Somebody else took the run.
            StopAskedError: Somebody wants it to stop.
        """
        self._saved_at = self.bridge.clock()
        changed = self.run.model_copy(update={"updated_at": self._saved_at, **changes})
        self.run = self.bridge.runs.save(self.connection.id, changed)
        if self.run.stop_asked and self.run.state == "running" and self.run.lease_owner:
            raise StopAskedError


Work = Callable[[Slice], bool]
"""Does one slice of a run; True when the run is done, False when there is more and the time is up."""


def run_slice(bridge: Bridge, request: RunRequest, work: Work) -> None:
    """Do one slice of the run that the request names, or of the one that is due.

    Raises:
        RetryLater: A platform is busy or away, and no tick of the schedule will repeat the request.
    """
    connection = bridge.connections.get(request.connection)
    if connection is None or connection.status != "active":
        return
    if not (is_wanted(connection, request.job) and may_write(bridge, connection, request.job)):
        return
    request = _broken_off_first(bridge, connection, request)
    run = _taken(bridge, connection, request)
    if run is None:
        return
    turn = Slice(bridge, connection, run)
    if run.stop_asked:
        _end(turn, "stopped")
    else:
        _work(turn, request, work)
    if (turn.run.kind, turn.run.state) == ("products", "done"):
        _wake(bridge, connection.id)


def run_or_leave(bridge: Bridge, request: RunRequest, work: Work, *, last_try: bool) -> None:
    """Do as ``run_slice``; but what fails even at its last try is left to the next tick of the schedule.

    Raises:
        RetryLater: There are tries left.
    """
    try:
        run_slice(bridge, request, work)
    except RetryLater:
        if not last_try:
            raise


def is_wanted(connection: Connection, kind: RunKind) -> bool:
    """Tell whether the connection's settings carry what this kind of run carries; orders always travel."""
    settings = connection.settings
    if kind == "orders":
        return True
    return settings.products.active if kind == "products" else settings.stock.active


def _work(turn: Slice, request: RunRequest, work: Work) -> None:
    try:
        with counting_obstructions(turn.bridge, turn.connection, turn.run.kind):
            done = work(turn)
        if done:
            _end(turn, "done")
        else:
            _continue_later(turn, request)
    except StopAskedError:
        _end(turn, "stopped")
    except Conflict:
        return  # another worker took the run after our lease
    except NeedsAttention as error:
        stop_connection(turn.bridge, turn.connection.id, error)
        _let_go(turn, error)
    except (Held, Rejected) as error:
        _end(turn, "failed", reason_of(error))
    except RetryLater as error:
        _let_go(turn, error)
        if request.run:
            raise


def _end(turn: Slice, state: RunState, reason: Reason | None = None) -> None:
    turn.save(state=state, reason=reason, lease_owner=None, lease_until=None)
    run, log = turn.run, turn.bridge.activity
    facts = {"job": run.kind, "started_by": run.started_by, **run.counts.model_dump()}
    if reason is not None:
        turn.bridge.health.failed(turn.connection.id, run.kind, reason)
        log.warning("run_failed", turn.connection.id, fix=reason.fix, reason=reason.text, **facts)
    else:
        turn.bridge.health.succeeded(turn.connection.id, run.kind)
        log.info("run_done" if state == "done" else "run_stopped", turn.connection.id, **facts)
    tell_end(turn.bridge, turn.connection.id, run)


def _continue_later(turn: Slice, request: RunRequest) -> None:
    turn.save(lease_owner=None, lease_until=None)
    turn.bridge.health.succeeded(turn.connection.id, turn.run.kind)
    if request.hops < LONGEST_CHAIN:
        following = request.model_copy(update={"run": turn.run.id, "hops": request.hops + 1})
        turn.bridge.work.send([following])


def _let_go(turn: Slice, error: BridgeError) -> None:
    """The next tick that finds the connection at work goes on; a message of the run's own comes back for it."""
    turn.save(lease_owner=None, lease_until=None)
    reason = f"{error.what} ({error.where})."
    turn.bridge.activity.info("run_waits", turn.connection.id, job=turn.run.kind, reason=reason)


def _wake(bridge: Bridge, connection: ConnectionId) -> None:
    """Products are there: what waited for them begins. Lost in a crash, it is said again by the next run's end."""
    found = (bridge.runs.load(connection, kind) for kind in MAY_WAIT)
    for run in found:
        if run is not None and run.state == "running" and run.after_products:
            send_run(bridge, connection, run)


def _broken_off_first(bridge: Bridge, connection: Connection, request: RunRequest) -> RunRequest:
    """Let a comparison that broke off go on instead, which sends the differences as well: its tick is a day away."""
    if request.job != "stock" or request.run:
        return request
    run = bridge.runs.load(connection.id, "stock_comparison")
    if run is None or run.state != "running" or not _is_free(bridge, connection, run):
        return request
    return request.model_copy(update={"job": "stock_comparison"})


def _is_free(bridge: Bridge, connection: Connection, run: Run) -> bool:
    return not (bridge.runs.is_owned(connection.id, run, LEASE) or _must_wait(bridge, connection, run))


def _taken(bridge: Bridge, connection: Connection, request: RunRequest) -> Run | None:
    """The run with our lease on it; None when there is nothing to do yet, or another worker does it."""
    run = bridge.runs.load(connection.id, request.job)
    if run is not None:
        tell_late(bridge, connection.id, run)
    if request.run and (run is None or run.id != request.run):
        return None
    if run is None or (run.state in ("done", "failed") and not request.run):
        if request.job == "orders":
            return None  # the poll brings new ones: only a person wants all of them
        run = new_run(bridge, request.job, request.started_by, before=run)
    if run.state != "running" or not _is_free(bridge, connection, run):
        return None
    try:
        return bridge.runs.save(connection.id, _leased(run, bridge.clock()))
    except Conflict:
        return None


def _must_wait(bridge: Bridge, connection: Connection, run: Run) -> bool:
    if not run.after_products or not is_wanted(connection, "products"):
        return False
    products = bridge.runs.load(connection.id, "products")
    return products is None or products.state != "done"


def _leased(run: Run, now: datetime) -> Run:
    lease = {"lease_owner": uuid4().hex, "lease_until": now + LEASE}
    return run.model_copy(update={**lease, "after_products": False, "updated_at": now})


def new_run(bridge: Bridge, kind: RunKind, started_by: str, *, before: Run | None, **plan: Unpack[RunOptions]) -> Run:
    """Return a run at its beginning; what the one before found is what this one may expect, if both read the same."""
    now = bridge.clock()
    expected = (before.counts.found if before.state == "done" else before.expected) if before else 0
    return Run(
        id=uuid4().hex,
        kind=kind,
        state="running",
        started_by=started_by,
        started_at=now,
        updated_at=now,
        stage="",
        expected=0 if kind == "orders" else expected,
        **plan,
    )


def send_run(bridge: Bridge, connection: ConnectionId, run: Run) -> Run:
    """Hand the next slice of a run to its queue; returns the run. Raises RetryLater."""
    bridge.work.send([RunRequest(connection=connection, job=run.kind, run=run.id, started_by=run.started_by)])
    return run
