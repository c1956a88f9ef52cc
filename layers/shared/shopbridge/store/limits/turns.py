"""Orders wait for their turn before anything of them is read, claimed or written; at it their calls are reserved.

It is the buckets that keep every limit. Turns only keep workers from crowding before them, so what an order usually
needs may be a rough figure, and a turn whose worker died just lapses.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from shopbridge.errors import LimitReached
from shopbridge.model.base import ConnectionId
from shopbridge.model.connection import SIDES, Connection, Side
from shopbridge.ports import Clock
from shopbridge.store.connections.settings import DynamoConnections
from shopbridge.store.connections.tokens import SharedTokens, token_key
from shopbridge.store.items import compact, forget_after
from shopbridge.store.limits.buckets import AT_ITS_BEGINNING, Bucket, limits_key
from shopbridge.store.limits.limiter import AHEAD, PATIENCE, SharedLimiter
from shopbridge.store.limits.line import KEEP, LINE, LIVE, OLD, DynamoLines, Lineup, Need, is_login, line_key, lineup_of
from shopbridge.store.limits.pace import SECOND, Pace, microseconds_of
from shopbridge.store.table import Table

LONGEST, ALTOGETHER = 20 * SECOND, 45 * SECOND
"""How long an order that was begun waits for one call, and for all: to break it off costs more. Each further one of a
parcel has the time that its turn is worth as well."""
CROWD: Final[Mapping[str, int]] = {LIVE: 3, OLD: 1}
"""Calls that wait for a limit, beyond which no further order is begun: others would only wait as well, and be paid."""
RESERVED: Final[Mapping[str, int]] = {LIVE: AHEAD, OLD: 0}
"""So long it may be as well: what others have reserved ahead ends soon, and its turn has come."""
USUAL = 0.5
"""Calls of a bucket that an order needs on average, from which on it is looked at: rare ones stop no other order."""
LESSON = 8
"""Orders after which a container tells what they needed."""
WORTH_TELLING = 0.05
"""Of what is known: a smaller difference is not worth a write."""


@dataclass
class _Lesson:
    """What the orders of this container needed since it last told."""

    orders: int = 0
    calls: Counter[str] = field(default_factory=Counter)
    paces: dict[str, Pace] = field(default_factory=dict)


@dataclass
class DynamoTurns:
    """Turns of orders. One per container: it remembers what its orders needed.

    Attributes:
        limiter: Where a side's calls are counted.
        tokens: What a side is called with; a new container reads it with the rest.
    """

    table: Table
    clock: Clock
    limiter: Callable[[ConnectionId, Side], SharedLimiter]
    tokens: Callable[[ConnectionId, Side], SharedTokens]
    lines: DynamoLines
    connections: DynamoConnections
    _lessons: dict[ConnectionId, _Lesson] = field(default_factory=dict, repr=False)
    _until: int | None = None
    _orders: int = 0

    def patience(self) -> int:
        """Return how long, in microseconds, a call may wait for its limit just now."""
        if self._until is None:
            return PATIENCE
        return max(PATIENCE, min(LONGEST, self._until - self._now()))

    def book(self, connection: ConnectionId, orders: int, *, old: bool, after: float = 0) -> Sequence[datetime]:
        """Book the next turns; one write, and none where nothing is limited."""
        first = max([self._now() + int(after * SECOND), *self._pauses(connection).values()])
        return self.lines.book(connection, orders, OLD if old else LIVE, first)

    @contextmanager
    def begin(self, connection: ConnectionId, *, old: bool, orders: int = 1) -> Iterator[Connection | None]:
        """Hold while orders are worked on; their calls wait longer, and are counted when they went through.

        Yields:
            The connection as it stands.

        Raises:
            LimitReached: Too many wait already, or the platform said stop.
        """
        standing = self._look(connection)
        self._refuse_a_crowd(connection, OLD if old else LIVE)
        self._used(connection)
        self._until = self._now() + ALTOGETHER + (orders - 1) * self.lines.of(connection).worth
        self.expect(connection, orders)
        try:
            yield standing
            self._learn(connection)
        finally:
            self._until = None
            self._expect(connection, 0)

    def expect(self, connection: ConnectionId, orders: int) -> None:
        """Tell of how many of the orders that were begun calls are still to come: those of all are reserved at once."""
        if self._until is not None:
            self._orders = orders
            self._expect(connection, orders)

    @contextmanager
    def aside(self, connection: ConnectionId) -> Iterator[None]:
        """Hold while calls are made that are no order's own: they teach nothing of what orders need."""
        counts = [self.limiter(connection, side).calls for side in SIDES]
        before = [dict(each) for each in counts]
        try:
            yield
        finally:
            for calls, kept in zip(counts, before, strict=True):
                calls.clear()
                calls.update(kept)

    @contextmanager
    def reading(
        self, connection: ConnectionId, side: Side, calls: Mapping[str, int]
    ) -> Iterator[Callable[[], Mapping[str, int]]]:
        """Hold while a list is read; its calls are reserved together, and counted by bucket for the next time."""
        limiter = self.limiter(connection, side)
        limiter.used()
        limiter.expect_list(calls)
        try:
            yield lambda: {bucket: made for bucket, (made, _) in limiter.used().items()}
        finally:
            limiter.expect({})

    def usual(self, connection: ConnectionId) -> Mapping[tuple[Side, str], float] | None:
        """Return how many calls an order usually needs, by side and bucket; None as long as no order has told."""
        needs = lineup_of(self.table.get(line_key(connection)) or {}).needs
        return None if needs is None else {_apart(name): need.calls for name, need in needs.items()}

    def _expect(self, connection: ConnectionId, orders: int) -> None:
        expected: dict[Side, dict[str, tuple[int, Pace]]] = {side: {} for side in SIDES}
        for name, need in self._usual(connection).items() if orders else ():
            side, bucket = _apart(name)
            expected[side][bucket] = (max(1, round(need.calls * orders)), need.pace)
        for side, calls in expected.items():
            self.limiter(connection, side).expect(calls)

    def _look(self, connection: ConnectionId) -> Connection | None:
        """The connection, its line and its limits by one read; none while a pause is known."""
        if not self.lines.knows(connection):
            return self._look_at(connection, SIDES, anew=SIDES)
        for name, until in self._pauses(connection).items():
            self._refuse(connection, name, until - self._now())
        return self._look_at(connection, tuple({_apart(name)[0]: name for name in self._usual(connection)}))

    def _look_at(self, connection: ConnectionId, sides: Sequence[Side], anew: Sequence[Side] = ()) -> Connection | None:
        limits = {side: limits_key(connection, side) for side in sides}
        tokens = {side: token_key(connection, side) for side in anew}
        keys = [line_key(connection), *limits.values(), *tokens.values()]
        standing, items = self.connections.get_beside(connection, self.table, keys)
        records = {item["record"]["S"]: item for item in items}
        self.lines.saw(connection, records.get(LINE, {}))
        for side, place in limits.items():
            self.limiter(connection, side).saw(records.get(place["record"]["S"], {}))
        for side, place in tokens.items():
            self.tokens(connection, side).saw(records.get(place["record"]["S"], {}))
        return standing

    def _refuse_a_crowd(self, connection: ConnectionId, lane: str) -> None:
        for name, need in self._usual(connection).items():
            self._refuse(connection, name, self._wait(connection, name, need, lane))

    def _wait(self, connection: ConnectionId, name: str, need: Need, lane: str) -> int:
        """How long it is until the bucket is not crowded."""
        seen, now = self._seen(connection, name), self._now()
        waits = need.pace.usable_from(seen.booked, now) - now
        return max(waits - max(CROWD[lane] * need.pace.spacing, RESERVED[lane]), seen.paused_until - now)

    def _pauses(self, connection: ConnectionId) -> Mapping[str, int]:
        """Until when what an order usually needs is paused, as far as this container was told."""
        paused, now = {name: self._seen(connection, name).paused_until for name in self._usual(connection)}, self._now()
        return {name: until for name, until in paused.items() if until > now}

    def _seen(self, connection: ConnectionId, name: str) -> Bucket:
        side, bucket = _apart(name)
        return self.limiter(connection, side).seen.get(bucket, AT_ITS_BEGINNING)

    def _usual(self, connection: ConnectionId) -> Mapping[str, Need]:
        needs = self.lines.of(connection).needs or {}
        return {name: need for name, need in needs.items() if need.calls >= USUAL}

    def _refuse(self, connection: ConnectionId, name: str, wait: int) -> None:
        if wait > 0:
            side, bucket = _apart(name)
            where = f"{connection}, {side}, {bucket}"
            raise LimitReached("The platform's limit is used up", after=wait / SECOND, where=where)

    # --- what orders need ---------------------------------------------------------------------------------

    def _used(self, connection: ConnectionId) -> Mapping[str, tuple[int, Pace]]:
        """The calls since the last look, by side and bucket."""
        return {
            f"{side}#{bucket}": used for side in SIDES for bucket, used in self.limiter(connection, side).used().items()
        }

    def _learn(self, connection: ConnectionId) -> None:
        """Orders that called nobody, as they are done already, teach nothing."""
        used = self._used(connection)
        if not used or not self._orders:
            return
        lesson = self._lessons.setdefault(connection, _Lesson())
        lesson.orders += self._orders
        for name, (calls, pace) in used.items():
            if is_login(name):
                continue
            lesson.calls[name] += calls
            lesson.paces[name] = pace
        if self.lines.of(connection).needs is None or lesson.orders >= LESSON:
            del self._lessons[connection]
            self._tell(connection, lesson)

    def _tell(self, connection: ConnectionId, lesson: _Lesson) -> None:
        """Nobody minds whose figures stand when several tell at once: all saw orders of this connection."""
        line = self.lines.of(connection)
        told = Lineup(line.booked, _taught(line.needs, lesson))
        if line.needs is not None and abs(told.worth - line.worth) <= WORTH_TELLING * line.worth:
            return
        item = self.table.update(
            line_key(connection),
            "SET #needs = :needs, #forget_at = :forget_at",
            needs=compact(_written(told.needs or {})),
            forget_at=forget_after(self.clock(), KEEP),
        )
        self.lines.saw(connection, item)

    def _now(self) -> int:
        return microseconds_of(self.clock())


def _taught(before: Mapping[str, Need] | None, lesson: _Lesson) -> Mapping[str, Need]:
    """Halfway from what was known to what these orders needed."""
    seen = {name: Need(lesson.calls[name] / lesson.orders, pace) for name, pace in lesson.paces.items()}
    if before is None:
        return seen
    paces = {**{name: need.pace for name, need in before.items()}, **lesson.paces}
    return {name: Need((_calls(before, name) + _calls(seen, name)) / 2, pace) for name, pace in paces.items()}


def _calls(needs: Mapping[str, Need], name: str) -> float:
    return needs[name].calls if name in needs else 0.0


def _written(needs: Mapping[str, Need]) -> Mapping[str, Any]:
    return {name: [round(each.calls, 3), each.pace.stated] for name, each in needs.items()}


def _apart(name: str) -> tuple[Side, str]:
    side, _, bucket = name.partition("#")
    return ("shop" if side == "shop" else "office"), bucket
