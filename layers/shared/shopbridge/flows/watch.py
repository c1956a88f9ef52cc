"""Looks at every connection as often as the schedule ticks, and says what is wrong for as long as it is.

What happened once is in the log already. What lasts (nobody polls, a run fails, orders wait) has to be counted anew
each time, or its alarm would clear while the trouble stands.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from shopbridge.flows.bridge import Bridge
from shopbridge.flows.probe import ask_for_probes, is_due
from shopbridge.model.base import ConnectionId
from shopbridge.model.connection import Connection, ConnectionStatus
from shopbridge.model.health import Health, Job
from shopbridge.model.ledger import LedgerState, Reason
from shopbridge.ports import Scheduled

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
class Seen:
    """A connection at this look.

    Attributes:
        status: As of the connection.
    """

    connection: ConnectionId
    status: ConnectionStatus
    health: Health
    troubles: Sequence[Trouble] = ()
    waiting: Mapping[LedgerState, int] = field(default_factory=dict)
    watched_since: datetime | None = None


def watch(bridge: Bridge) -> Mapping[str, int]:
    """Count what is wrong over all connections, tell each new trouble once, and its end; ask for probes.

    Returns:
        The counts, which are logged too; metrics and alarms are made of that line.

    Raises:
        RetryLater: The queue takes no probes; everything else is done.
    """
    active = [one for lane in LANES for one in bridge.connections.scheduled(lane)]
    resting = bridge.connections.resting()
    known = bridge.health.of([*(one.connection for one in active), *(one.id for one in resting)])
    seen = [*(_active(bridge, one, known) for one in active), *(_resting(bridge, one, known) for one in resting)]
    for each in seen:
        _tell(bridge, each)
    counts = _counted(seen)
    bridge.activity.info("watched", ConnectionId(""), connections=len(seen), **counts)
    ask_for_probes(bridge, [each.connection for each in seen if _wants_probe(each, bridge.clock())])
    return counts


def _active(bridge: Bridge, one: Scheduled, known: Mapping[ConnectionId, Health]) -> Seen:
    now, health = bridge.clock(), known.get(one.connection, Health())
    since = health.watched_since or now
    troubles = [*_stale(one, health, since, now), *_failed(health)]
    return Seen(one.connection, "active", health, troubles, bridge.ledger.waiting(one.connection), since)


def _resting(bridge: Bridge, one: Connection, known: Mapping[ConnectionId, Health]) -> Seen:
    """A paused connection is left alone by its operator; a stopped one is in trouble until it goes on."""
    health = known.get(one.id, Health())
    reason = Reason(
        code="connection_stopped", text=one.status_reason, fix="Do what it says; it then goes on by itself."
    )
    stopped = [Trouble("stopped", "stopped", reason)] if one.status == "stopped" else []
    return Seen(one.id, one.status, health, stopped, bridge.ledger.waiting(one.id))


def _wants_probe(seen: Seen, now: datetime) -> bool:
    """What stands still because of a platform, or may hold orders that do."""
    stopped = seen.status == "stopped"
    may_go_on = stopped or (seen.status == "active" and sum(seen.waiting.values()) > 0)
    return may_go_on and is_due(seen.health, now, stopped=stopped)


def _stale(one: Scheduled, health: Health, since: datetime, now: datetime) -> Iterator[Trouble]:
    intervals = {"poll": one.poll_minutes, "stock": one.stock_minutes, "products": one.product_minutes}
    for job, minutes in intervals.items():
        jobs = COUNTS_AS[job]
        last = max(health.succeeded.get(each, since) for each in jobs)
        if minutes is not None and now - max(last, since) > MISSED * timedelta(minutes=minutes):
            failure = next((health.failures[each] for each in jobs if each in health.failures), None)
            yield Trouble(f"stale {job}", "stale", _standstill(job, last, failure))


def _standstill(job: str, last: datetime, failure: Reason | None) -> Reason:
    why = f" {failure.text}" if failure else " Nothing says why."
    fix = (failure.fix if failure else "") or "Run the saved query of errors for the connection, then verify it."
    return Reason(code="connection_stale", text=f"No {job} came through since {last:%Y-%m-%d %H:%M} UTC.{why}", fix=fix)


def _failed(health: Health) -> Iterator[Trouble]:
    for job, failure in health.failures.items():
        if job != "poll":
            yield Trouble(f"failed {job}", "failed_runs", failure)
        elif failure.code == "poll_refused":
            yield Trouble("refused poll", "refused_polls", failure)


def _tell(bridge: Bridge, seen: Seen) -> None:
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


def _counted(seen: Sequence[Seen]) -> Mapping[str, int]:
    counts = Counter(dict.fromkeys(COUNTS, 0))
    counts.update(trouble.count for each in seen for trouble in each.troubles)
    for each in seen:
        counts["held"] += sum(each.waiting.values())
        counts["unknown"] += each.waiting.get("UNKNOWN", 0)
    return dict(counts)
