"""A bridge's stores in memory, each call through a hook that may end the process."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from shopbridge.errors import BridgeError, Conflict, LimitReached
from shopbridge.flows.bridge import Bridge
from shopbridge.model.base import ConnectionId
from shopbridge.model.connection import Connection, Side
from shopbridge.model.ledger import Reason
from shopbridge.model.messages import RunRequest, StockRequest
from shopbridge.model.run import Health, Job, Obstruction, Run, RunKind, Task, ToldOf
from shopbridge.model.snapshot import Manifest, Shard
from shopbridge.ports import Notice

Result = TypeVar("Result")


class Killed(BaseException):
    """The process ends here; no handler of errors sees it."""


@dataclass
class Calls:
    """Counts outside calls by name and, when told to, breaks off before or after the n-th."""

    at: int = -1
    when: str = ""
    error: BaseException = field(default_factory=Killed)
    names: list[str] = field(default_factory=list)

    def through(self, name: str, work: Callable[[], Result]) -> Result:
        self.names.append(name)
        number = len(self.names) - 1
        self._strike(number, "before")
        result = work()
        self._strike(number, "after")
        return result

    def _strike(self, number: int, when: str) -> None:
        if (number, when) == (self.at, self.when):
            raise self.error

    def counted(self, *names: str) -> int:
        return sum(1 for name in self.names if name in names)


@dataclass
class Clock:
    now: datetime = datetime(2026, 3, 1, 10, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **delta: float) -> None:
        self.now += timedelta(**delta)


@dataclass
class Patience:
    """A deadline that is over after so many looks at it; None: never."""

    looks: int | None = None

    def remaining(self) -> float:
        if self.looks is None:
            return 900
        self.looks -= 1
        return 900 if self.looks >= 0 else 10


class MemoryConnections:
    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def get(self, connection: ConnectionId) -> Connection | None:
        return self.connection if connection == self.connection.id else None

    anew = get

    def stop(self, _: ConnectionId, reason: str) -> bool:
        if self.connection.status != "active":
            return False
        self.connection = self.connection.model_copy(update={"status": "stopped", "status_reason": reason})
        return True


class MemorySnapshots:
    def __init__(self, calls: Calls) -> None:
        self._calls = calls
        self.manifests: dict[str, Manifest] = {}
        self.stored: dict[tuple[str, int], Shard] = {}

    def manifest(self, _: ConnectionId, name: str) -> Manifest:
        return self._calls.through("manifest", lambda: self.manifests.get(name, Manifest()))

    def shards(self, _: ConnectionId, name: str, ids: Sequence[int]) -> Mapping[int, Shard]:
        return self._calls.through(
            "shards", lambda: {each: dict(self.stored[name, each]) for each in ids if (name, each) in self.stored}
        )

    def save(self, _: ConnectionId, name: str, manifest: Manifest, shards: Mapping[int, Shard]) -> Manifest:
        self._calls.through("put shards", lambda: self.stored.update({(name, key): v for key, v in shards.items()}))
        return self._calls.through("put manifest", lambda: self._put(name, manifest))

    def _put(self, name: str, manifest: Manifest) -> Manifest:
        if manifest.version != self.manifests.get(name, Manifest()).version:
            raise Conflict("Somebody else saved the manifest")
        assert {mark.id for mark in manifest.shards} <= {key for owner, key in self.stored if owner == name}
        self.manifests[name] = manifest.model_copy(update={"version": manifest.version + 1})
        return self.manifests[name]

    def forget(self, _: ConnectionId, name: str, ids: Sequence[int]) -> None:
        self._calls.through("forget", lambda: [self.stored.pop((name, each), None) for each in ids])


class MemoryRuns:
    """The newest run of each kind, and what a slice left to the next one."""

    def __init__(self, calls: Calls, clock: Callable[[], datetime]) -> None:
        self._calls = calls
        self._clock = clock
        self._runs: dict[str, Run] = {}
        self._left: dict[str, bytes] = {}

    def of(self, kind: RunKind) -> Run | None:
        return self._runs.get(kind)

    def load(self, _: ConnectionId, kind: RunKind) -> Run | None:
        return self._calls.through("load run", lambda: self._runs.get(kind))

    def save(self, _: ConnectionId, run: Run) -> Run:
        return self._calls.through("save run", lambda: self._put(run, self._runs.get(run.kind)))

    def _put(self, run: Run, before: Run | None) -> Run:
        if run.version and (before is None or before.version != run.version):
            raise Conflict("Somebody else saved the run")
        if not run.version and before is not None and before.state == "running":
            raise Conflict("A run is active")
        resumed = before is not None and before.state != "running" and run.state == "running"
        asked = bool(run.version and before and before.stop_asked and not resumed)
        saved = run.model_copy(update={"version": run.version + 1, "stop_asked": asked})
        self._runs[run.kind] = saved
        return saved

    def is_owned(self, _: ConnectionId, run: Run, __: timedelta) -> bool:
        return run.lease_until is not None and run.lease_until > self._clock()

    def ask_to_stop(self, _: ConnectionId, kind: RunKind) -> None:
        self._runs[kind] = self._runs[kind].model_copy(update={"stop_asked": True})

    def checkpoint(self, _: ConnectionId, kind: RunKind) -> bytes:
        return self._calls.through("checkpoint", lambda: self._left.get(kind, b""))

    def save_checkpoint(self, _: ConnectionId, kind: RunKind, checkpoint: bytes) -> None:
        self._calls.through("save checkpoint", lambda: self._left.update({kind: checkpoint}))


class MemoryQueue:
    def __init__(self, calls: Calls) -> None:
        self._calls = calls
        self.runs: list[RunRequest] = []
        self.stock: list[StockRequest] = []

    def send(self, requests: Sequence[StockRequest | RunRequest]) -> None:
        self._calls.through("send", lambda: self._take(requests))

    def _take(self, requests: Sequence[StockRequest | RunRequest]) -> None:
        for request in requests:
            if isinstance(request, RunRequest):
                self.runs.append(request)
            else:
                self.stock.append(request)


class MemoryNotices:
    """What people were told."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls
        self._noted: set[str] = set()
        self.told: list[Notice] = []
        self.error: BridgeError | None = None

    def tell(self, notice: Notice) -> bool:
        if notice.once in self._noted:
            return False
        if self.error:
            raise self.error
        self._calls.through("publish", lambda: self.told.append(notice))
        self._calls.through("note", lambda: self._noted.add(notice.once))
        return True


@dataclass
class Log:
    """What the operator would read: event, level and facts."""

    lines: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def info(self, event: str, _: ConnectionId, **facts: object) -> None:
        self.lines.append((event, facts))

    def warning(self, event: str, _: ConnectionId, *, fix: str, **facts: object) -> None:
        assert fix.endswith("."), (event, fix)
        self.lines.append((event, {**facts, "fix": fix}))

    def measured(self, event: str, figures: Mapping[ConnectionId, Mapping[str, int]]) -> None:
        self.lines += [(event, {"connection": connection, **found}) for connection, found in figures.items()]

    def of(self, event: str, fact: str = "product") -> list[Any]:
        return [facts.get(fact) for name, facts in self.lines if name == event]


@dataclass
class MemoryHealth:
    """What is known of each connection's jobs."""

    clock: Callable[[], datetime]
    known: dict[ConnectionId, Health] = field(default_factory=dict)
    met: dict[tuple[ConnectionId, Task], Obstruction] = field(default_factory=dict)
    ticked_at: dict[str, datetime] = field(default_factory=dict)

    def succeeded(self, connection: ConnectionId, job: Job) -> None:
        found = self.known.get(connection, Health())
        failures = {name: reason for name, reason in found.failures.items() if name != job}
        succeeded = {**found.succeeded, job: self.clock()}
        self.known[connection] = found.model_copy(update={"succeeded": succeeded, "failures": failures})
        self.unobstructed(connection, job)

    def failed(self, connection: ConnectionId, job: Job, reason: Reason) -> None:
        found = self.known.get(connection, Health())
        self.known[connection] = found.model_copy(update={"failures": {**found.failures, job: reason}})

    def of(self, connections: Sequence[ConnectionId]) -> Mapping[ConnectionId, Health]:
        return {name: self.known[name] for name in connections if name in self.known}

    def called(self, connection: ConnectionId, side: Side) -> None:
        found = self.known.get(connection, Health())
        self._note(connection, called={**found.called, side: self.clock()})

    def ticked(self, name: str) -> None:
        self.ticked_at[name] = self.clock()

    def ticks(self) -> Mapping[str, datetime]:
        return self.ticked_at

    def obstructed(self, connection: ConnectionId, task: Task) -> Obstruction:
        before = self.met.get((connection, task), Obstruction(since=self.clock(), count=0))
        self.met[connection, task] = before.model_copy(update={"count": before.count + 1})
        return self.met[connection, task]

    def unobstructed(self, connection: ConnectionId, task: Task) -> None:
        self.met.pop((connection, task), None)

    def stopped(self, connection: ConnectionId, why: str, *, probes: int) -> None:
        self.met = {place: met for place, met in self.met.items() if place[0] != connection}
        self._note(connection, stopped_at=self.clock(), stopped_for=why, probes=probes)

    def probed(self, connection: ConnectionId) -> None:
        before = self.known.get(connection, Health())
        self._note(connection, probed_at=self.clock(), probes=before.probes + 1)

    def resumed(self, connection: ConnectionId) -> None:
        self._note(connection, resumed_at=self.clock())

    def _note(self, connection: ConnectionId, **facts: object) -> None:
        self.known[connection] = self.known.get(connection, Health()).model_copy(update=facts)

    def watched(self, connection: ConnectionId, since: datetime | None, told: Sequence[str]) -> None:
        found = self.known.get(connection, Health())
        self.known[connection] = found.model_copy(update={"watched_since": since, "told": tuple(told)})

    def told_people(self, connection: ConnectionId, told_of: Mapping[str, ToldOf]) -> None:
        self._note(connection, told_of=dict(told_of))

    def held_seen(self, connection: ConnectionId, mark: str, kinds: Sequence[str]) -> None:
        self._note(connection, held_mark=mark, held_kinds=tuple(kinds))

    def summed(self, connection: ConnectionId, until: datetime) -> None:
        self._note(connection, summed_until=until, summary_looked_at=self.clock())


class FreeTurns:
    """A line without anybody in it; ``refusal`` is what the next order to begin meets."""

    def __init__(self, clock: Callable[[], datetime], connections: MemoryConnections) -> None:
        self._clock, self._connections = clock, connections
        self.waits = 0.0
        self.refusal: LimitReached | None = None
        self.booked: list[tuple[int, bool, float]] = []
        self.begun: list[bool] = []
        self.expected: list[int] = []

    def book(self, _: ConnectionId, orders: int, *, old: bool, after: float = 0) -> Sequence[datetime]:
        self.booked.append((orders, old, after))
        return [self._clock() + timedelta(seconds=self.waits + after)] * orders

    @contextmanager
    def begin(self, connection: ConnectionId, *, old: bool, orders: int = 1) -> Iterator[Connection | None]:
        del orders
        self.begun.append(old)
        if self.refusal:
            raise self.refusal
        yield self._connections.get(connection)

    def aside(self, _: ConnectionId) -> AbstractContextManager[None]:
        return nullcontext()

    def expect(self, _: ConnectionId, orders: int) -> None:
        self.expected.append(orders)

    @contextmanager
    def reading(self, _: ConnectionId, side: Side, calls: Mapping[str, int]) -> Iterator[Callable[[], dict[str, int]]]:
        del side, calls
        yield dict


class MemoryWorld(ABC):
    """One connection of a bridge whose stores are in memory; worlds add both sides, and what else is asked."""

    def __init__(self, connection: Connection, calls: Calls, clock: Clock) -> None:
        self.calls, self.clock = calls, clock
        self.log, self.deadline, self.health = Log(), Patience(), MemoryHealth(clock)
        self.connections = MemoryConnections(connection)
        self.snapshots = MemorySnapshots(calls)
        self.runs = MemoryRuns(calls, clock)
        self.queue = MemoryQueue(calls)
        self.notices = MemoryNotices(calls)
        self.turns = FreeTurns(clock, self.connections)

    @abstractmethod
    def parts(self) -> dict[str, Any]:
        """Further parts of the bridge, both sides among them."""

    @property
    def bridge(self) -> Bridge:
        """With what is given; all else is missing."""
        given = {
            "connections": self.connections,
            "health": self.health,
            "work": self.queue,
            "snapshots": self.snapshots,
            "runs": self.runs,
            "notices": self.notices,
            "turns": self.turns,
            "activity": self.log,
            "clock": self.clock,
            "deadline": self.deadline,
            **self.parts(),
        }
        found: dict[str, Any] = {part.name: given.get(part.name) for part in fields(Bridge)}
        return Bridge(**found)

    @property
    def connection(self) -> Connection:
        return self.connections.connection
