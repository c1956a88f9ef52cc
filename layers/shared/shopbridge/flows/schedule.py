"""What happens at every tick of the schedule: due connections are asked for work, and all are looked at.

The watch says what is wrong with a connection for as long as it is. What happened once is in the log already. What
lasts (nobody polls, a run fails, orders wait) has to be counted anew each time, or its alarm would clear while the
trouble stands.

A probe finds out by itself that a trouble with a platform is over, and takes up what waited for that. The watch asks
for it: of stopped connections, and of those at work whose orders wait for a person. Who was paused by an operator, or
waits for its app, is left alone.
"""

import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from shopbridge.errors import BridgeError
from shopbridge.flows.bridge import Bridge
from shopbridge.flows.failures import HOURLY_PROBES, accounts_of, ping_both
from shopbridge.flows.orders.records import GAVE_UP, WAITING, resend_records
from shopbridge.model.base import ConnectionId
from shopbridge.model.connection import Connection, ConnectionStatus, is_same_pair
from shopbridge.model.ledger import LedgerRecord, Reason
from shopbridge.model.messages import PollRequest, ProbeRequest, RunRequest
from shopbridge.model.run import Health, Job
from shopbridge.ports import Scheduled, Waiting

DAY = 1440
LANES = (5, 10)
MISSED = 3
"""Intervals without a success after which a job counts as stale."""
COUNTS_AS: Mapping[str, tuple[Job, ...]] = {
    "poll": ("poll",),
    "stock": ("stock", "stock_comparison"),
    "products": ("products",),
}
"""The jobs whose success keeps each scheduled work fresh: a comparison of stock sends the differences as well."""
COUNTS = ("stale", "failed_runs", "refused_polls", "stopped", "held", "unknown")
"""What is counted at each look, in the log line ``watched``."""
HOURLY, DAILY = timedelta(hours=1), timedelta(days=1)
BRIDGE = "the bridge"
"""Who let the connection go on, for the log."""


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
    """Tell whether this is one of the ``minutes / every`` ticks of the connection's interval.

    Which one depends on the connection's id, so that connections of equal interval spread over the ticks.
    """
    ticks = max(minutes // every, 1)
    tick = int(now.timestamp()) // (every * 60)
    return tick % ticks == zlib.crc32(connection.encode()) % ticks


@dataclass(frozen=True)
class Trouble:
    """Something that lasts.

    Attributes:
        name: Tells it from others of the connection, such as ``stale poll``.
        count: Which of ``COUNTS`` it raises.
    """

    name: str
    count: str
    reason: Reason


@dataclass(frozen=True)
class Watched:
    """A connection at this look.

    Attributes:
        status: As of the connection.
    """

    connection: ConnectionId
    status: ConnectionStatus
    health: Health
    waiting: Waiting
    troubles: Sequence[Trouble] = ()
    watched_since: datetime | None = None


Step = Callable[[Bridge, Sequence[Watched]], None]


def watch(bridge: Bridge, also: Sequence[Step] = ()) -> Mapping[str, int]:
    """Count what is wrong over all connections, tell each new trouble once, and its end; ask for probes.

    Args:
        also: What else is done of what was seen, such as telling people.

    Returns:
        The counts, which are logged too; metrics and alarms are made of that line.

    Raises:
        RetryLater: The queue takes no probes; everything else is done.
    """
    seen = look(bridge)
    for each in seen:
        _tell(bridge, each)
    counts = _counted(seen)
    bridge.activity.info("watched", ConnectionId(""), connections=len(seen), **counts)
    try:
        for step in also:
            step(bridge, seen)
    finally:
        ask_for_probes(bridge, [each.connection for each in seen if _wants_probe(each, bridge.clock())])
    return counts


def look(bridge: Bridge, only: Sequence[ConnectionId] | None = None) -> Sequence[Watched]:
    """Return how all connections do at this moment, or these; nothing is told or noted."""
    scheduled = (one for lane in LANES for one in bridge.connections.scheduled(lane))
    active = [one for one in scheduled if only is None or one.connection in only]
    resting = [one for one in bridge.connections.resting() if only is None or one.id in only]
    known = bridge.health.of([*(one.connection for one in active), *(one.id for one in resting)])
    return [*(_at_work(bridge, one, known) for one in active), *(_resting(bridge, one, known) for one in resting)]


def _at_work(bridge: Bridge, one: Scheduled, known: Mapping[ConnectionId, Health]) -> Watched:
    now, health = bridge.clock(), known.get(one.connection, Health())
    since = health.watched_since or now
    troubles = [*_stale(one, health, since, now), *_failed(health)]
    return Watched(one.connection, "active", health, bridge.ledger.waiting(one.connection), troubles, since)


def _resting(bridge: Bridge, one: Connection, known: Mapping[ConnectionId, Health]) -> Watched:
    """A paused connection is left alone by its operator; a stopped one is in trouble until it goes on."""
    health = known.get(one.id, Health())
    reason = Reason(
        code="connection_stopped", text=one.status_reason, fix="Do what it says; it then goes on by itself."
    )
    stopped = [Trouble("stopped", "stopped", reason)] if one.status == "stopped" else []
    return Watched(one.id, one.status, health, bridge.ledger.waiting(one.id), stopped)


def _wants_probe(seen: Watched, now: datetime) -> bool:
    """What stands still because of a platform, or may hold orders that do."""
    stopped = seen.status == "stopped"
    may_go_on = stopped or (seen.status == "active" and seen.waiting.total > 0)
    return may_go_on and is_probe_due(seen.health, now, stopped=stopped)


def _stale(one: Scheduled, health: Health, since: datetime, now: datetime) -> Iterator[Trouble]:
    intervals = {"poll": one.poll_minutes, "stock": one.stock_minutes, "products": one.product_minutes}
    for job, minutes in intervals.items():
        jobs = COUNTS_AS[job]
        last = max(health.succeeded.get(each, since) for each in jobs)
        if minutes is not None and now - max(last, since) > MISSED * timedelta(minutes=minutes):
            failure = next((health.failures[each] for each in jobs if each in health.failures), None)
            yield Trouble(f"stale {job}", "stale", _stale_reason(job, last, failure))


def _stale_reason(job: str, last: datetime, failure: Reason | None) -> Reason:
    why = f" {failure.text}" if failure else " Nothing says why."
    fix = (failure.fix if failure else "") or "Run the saved query of errors for the connection, then verify it."
    return Reason(code="connection_stale", text=f"No {job} came through since {last:%Y-%m-%d %H:%M} UTC.{why}", fix=fix)


def _failed(health: Health) -> Iterator[Trouble]:
    for job, failure in health.failures.items():
        if job != "poll":
            yield Trouble(f"failed {job}", "failed_runs", failure)
        elif failure.code == "poll_refused":
            yield Trouble("refused poll", "refused_polls", failure)


def _tell(bridge: Bridge, seen: Watched) -> None:
    """The connection's record remembers what was told, so each trouble is told once, and once that it is over."""
    names = tuple(sorted(trouble.name for trouble in seen.troubles))
    for trouble in seen.troubles:
        if trouble.name not in seen.health.told:
            _warn(bridge, seen.connection, trouble)
    for name in sorted(set(seen.health.told) - set(names)):
        bridge.activity.info("connection_recovered", seen.connection, kind=name)
    if (names, seen.watched_since) != (seen.health.told, seen.health.watched_since):
        bridge.health.watched(seen.connection, seen.watched_since, names)


def _warn(bridge: Bridge, connection: ConnectionId, trouble: Trouble) -> None:
    facts = {"kind": trouble.name, "reason": trouble.reason.text}
    if trouble.count == "stale":
        bridge.activity.warning("connection_stale", connection, fix=trouble.reason.fix, **facts)
    else:
        bridge.activity.warning("connection_troubled", connection, fix=trouble.reason.fix, **facts)


def _counted(seen: Sequence[Watched]) -> Mapping[str, int]:
    counts = Counter(dict.fromkeys(COUNTS, 0))
    counts.update(trouble.count for each in seen for trouble in each.troubles)
    for each in seen:
        counts["held"] += each.waiting.total
        counts["unknown"] += each.waiting.counts.get("UNKNOWN", 0)
    return dict(counts)


def is_probe_due(health: Health, now: datetime, *, stopped: bool) -> bool:
    """Tell whether a connection is to be probed now: hourly, or daily once a stopped one was probed often in vain."""
    moments = [moment for moment in (health.probed_at, health.stopped_at if stopped else None) if moment]
    every = DAILY if stopped and health.probes >= HOURLY_PROBES else HOURLY
    return not moments or now - max(moments) >= every


def ask_for_probes(bridge: Bridge, connections: Sequence[ConnectionId]) -> None:
    """Hand these connections to the poll. Raises RetryLater."""
    if not connections:
        return
    bridge.polls.send([ProbeRequest(connection=connection) for connection in connections])
    for connection in connections:
        bridge.health.probed(connection)


def probe(bridge: Bridge, request: ProbeRequest) -> None:
    """Start a stopped connection again if both platforms let us in, and resend what only waited for them.

    Raises:
        RetryLater: Our own stores or queues are busy.
    """
    connection = bridge.connections.get(request.connection)
    if connection is None or connection.status == "paused":
        return
    waits = _waiting(bridge, connection.id)
    if connection.status == "active" and not waits:
        return
    if _answers(bridge, connection) and (connection.status == "active" or _reactivated(bridge, connection)):
        # Read anew: a worker may have set an order aside meanwhile.
        resend_records(bridge, _waiting(bridge, connection.id), by_itself=True)
        bridge.polls.send([PollRequest(connection=connection.id)])


def _waiting(bridge: Bridge, connection: ConnectionId) -> Sequence[LedgerRecord]:
    """Orders that only wait for a platform, or for the connection; what came in first is first."""
    codes = WAITING | {GAVE_UP}
    waits = (record for record in bridge.ledger.held(connection) if record.reason and record.reason.code in codes)
    return sorted(waits, key=_first_seen_at)


def _first_seen_at(record: LedgerRecord) -> datetime:
    return record.history[0].at if record.history else record.updated_at


def _answers(bridge: Bridge, connection: Connection) -> bool:
    try:
        told = ping_both(bridge, connection)
    except BridgeError as error:
        reason = f"{error.what} ({error.where})."
        bridge.activity.info("connection_probed", connection.id, status=connection.status, reason=reason)
        return False
    if connection.accounts and not is_same_pair(accounts_of(bridge, connection.settings, told), connection.accounts):
        _warn_of_other_accounts(bridge, connection)
        return False
    return True


def _warn_of_other_accounts(bridge: Bridge, connection: Connection) -> None:
    bridge.activity.warning(
        "connection_probed",
        connection.id,
        fix="Compare address and credentials with what they were. If the accounts were moved on purpose, resume it.",
        status=connection.status,
        reason="Both platforms answer, but they are other accounts than those the connection was made for.",
    )


def _reactivated(bridge: Bridge, connection: Connection) -> bool:
    if not bridge.connections.reactivate(connection):
        return False  # an operator was faster
    bridge.health.resumed(connection.id)
    bridge.activity.info("connection_active", connection.id, by=BRIDGE)
    return True
