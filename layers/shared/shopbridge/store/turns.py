"""The line of a connection's orders: each waits for its turn before anything of it is read, claimed or written.

A turn is worth the time in which the scarcest limit gives an order what it usually needs: so many calls, each a
``spacing`` apart. A line is one number, the moment up to which its turns are given out, as with the buckets themselves.

It is the buckets that keep every limit. Turns only keep workers from crowding before them, so what an order usually
needs may be a rough figure, and a turn whose worker died just lapses.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from shopbridge.errors import LimitReached
from shopbridge.model.base import ConnectionId
from shopbridge.model.connection import SIDES, Side
from shopbridge.ports import Clock
from shopbridge.store.aws import ConditionFailed
from shopbridge.store.items import Item, compact, forget_after, key, number, plain
from shopbridge.store.limiter import (
    EPOCH,
    MICROSECOND,
    PATIENCE,
    SECOND,
    Bucket,
    Pace,
    SharedLimiter,
    bucket_key,
    pace_of,
)
from shopbridge.store.table import Table

LONGEST, ALTOGETHER = 20 * SECOND, 45 * SECOND
"""How long an order that was begun waits for one call, and for all: to break it off costs more. Each further one of a
parcel has the time that its turn is worth as well."""
GUESS = SECOND
"""What a turn is worth as long as nobody knows."""
QUICK = SECOND // 200
"""Two hundred orders a second are more than all workers together bring: nobody has to queue for a limit as wide."""
AT_ONCE = 2 * SECOND
"""Turns are given out so far ahead of the clock, or as far as the limit itself gives calls out at once."""
EAGER = 0.98
"""Turns come a little faster than the limit goes, so that it is the limit that orders wait for."""
CROWD: Final[Mapping[str, int]] = {"live": 3, "old": 1}
"""Calls that wait for a limit, beyond which no further order is begun: others would only wait as well, and be paid."""
USUAL = 0.5
"""Calls of a bucket that an order needs on average, from which on it is looked at: rare ones stop no other order."""
LESSON = 8
"""Orders after which a container tells what they needed."""
WORTH_TELLING = 0.05
"""Of what is known: a smaller difference is not worth a write."""
TRIES = 5
KEEP = timedelta(days=30)


@dataclass(frozen=True)
class Need:
    """What an order usually needs of a bucket; ``calls`` is a mean."""

    calls: float
    pace: Pace

    @property
    def time(self) -> float:
        """Microseconds in which the limit gives it."""
        return self.calls * self.pace.spacing


@dataclass(frozen=True)
class _Lineup:
    """A connection's line as last seen.

    Attributes:
        booked: The moment up to which turns are given out, by lane.
        needs: By side and bucket, such as ``office#orders:POST``; None as long as no order has told.
    """

    booked: Mapping[str, int]
    needs: Mapping[str, Need] | None

    @property
    def scarcest(self) -> Need | None:
        """What an order waits for the longest."""
        return max((self.needs or {}).values(), key=lambda need: need.time, default=None)

    @property
    def worth(self) -> int:
        """Microseconds between two turns; 0 where no limit is in the way."""
        if self.needs is None:
            return GUESS
        worth = int(EAGER * self.scarcest.time) if self.scarcest else 0
        return worth if worth >= QUICK else 0

    @property
    def ahead(self) -> int:
        """Microseconds by which turns are given out ahead of the clock."""
        pace = self.scarcest.pace if self.scarcest else None
        return max(AT_ONCE, pace.burst * pace.spacing if pace else 0)


@dataclass
class _Lesson:
    """What the orders of this container needed since it last told."""

    orders: int = 0
    calls: Counter[str] = field(default_factory=Counter)
    paces: dict[str, Pace] = field(default_factory=dict)


@dataclass
class DynamoTurns:
    """Lines in the state table. One per container: it remembers what its orders needed.

    Attributes:
        limiter: Where a side's calls are counted.
    """

    table: Table
    clock: Clock
    limiter: Callable[[ConnectionId, Side], SharedLimiter]
    _lines: dict[ConnectionId, _Lineup] = field(default_factory=dict, repr=False)
    _lessons: dict[ConnectionId, _Lesson] = field(default_factory=dict, repr=False)
    _until: int | None = None

    def patience(self) -> int:
        """Return how long, in microseconds, a call may wait for its limit just now."""
        if self._until is None:
            return PATIENCE
        return max(PATIENCE, min(LONGEST, self._until - self._now()))

    def book(self, connection: ConnectionId, orders: int, *, old: bool, after: float = 0) -> Sequence[datetime]:
        """Book the next turns; one write, and none where nothing is limited."""
        line = self._line(connection)
        first = max([self._now() + int(after * SECOND), *self._pauses(connection).values()])
        if not line.worth:
            return [_moment(first)] * orders
        line = self._booked(connection, line.worth * orders, "old" if old else "live", first)
        begins = line.booked["old" if old else "live"] - line.worth * orders - line.ahead
        return [_moment(max(first, begins + line.worth * number)) for number in range(orders)]

    @contextmanager
    def begin(self, connection: ConnectionId, *, old: bool, orders: int = 1) -> Iterator[None]:
        """Hold while orders are worked on; their calls wait longer, and are counted when they went through.

        Raises:
            LimitReached: Too many wait already, or the platform said stop.
        """
        if self._line(connection).worth or self._pauses(connection):
            self._refuse_a_crowd(connection, CROWD["old" if old else "live"])
        self._used(connection)
        self._until = self._now() + ALTOGETHER + (orders - 1) * self._line(connection).worth
        try:
            yield
        finally:
            self._until = None
        self._learn(connection, orders)

    def usual(self, connection: ConnectionId) -> Mapping[tuple[Side, str], float] | None:
        """Return how many calls an order usually needs, by side and bucket; None as long as no order has told."""
        needs = _line(self.table.get(_key(connection)) or {}).needs
        return None if needs is None else {_apart(name): need.calls for name, need in needs.items()}

    def _line(self, connection: ConnectionId) -> _Lineup:
        if connection not in self._lines:
            self._lines[connection] = _line(self.table.get(_key(connection)) or {})
        return self._lines[connection]

    def _booked(self, connection: ConnectionId, cost: int, lane: str, first: int) -> _Lineup:
        for _ in range(TRIES):
            try:
                item = self._book(connection, cost, lane, first)
            except ConditionFailed as error:
                self._lines[connection] = _line(error.standing)
                continue
            self._lines[connection] = booked = _line(item)
            return booked
        raise LimitReached("Many orders book their turn", after=1, where=connection)

    def _book(self, connection: ConnectionId, cost: int, lane: str, first: int) -> Item:
        values = {"first": number(first), "forget_at": forget_after(self.clock(), KEEP)}
        if self._line(connection).booked.get(lane, 0) > first:
            change, only_if = f"SET #forget_at = :forget_at ADD #{lane} :cost", f"#{lane} > :first"
            return self.table.update(_key(connection), change, only_if, cost=number(cost), **values)
        change = f"SET #{lane} = :booked, #forget_at = :forget_at"
        only_if = f"attribute_not_exists(#{lane}) OR #{lane} <= :first"
        return self.table.update(_key(connection), change, only_if, booked=number(first + cost), **values)

    def _refuse_a_crowd(self, connection: ConnectionId, most: int) -> None:
        """One read of the line and of what an order usually needs, and none while a pause is known."""
        for name, until in self._pauses(connection).items():
            self._refuse(connection, name, until - self._now())
        names = self._usual(connection)
        keys = [_key(connection), *(bucket_key(connection, *_apart(name)) for name in names)]
        items = {item["record"]["S"]: item for item in self.table.get_many(keys)}
        self._lines[connection] = line = _line(items.get("TURNS", {}))
        for name in names:
            side, bucket = _apart(name)
            seen = Bucket.of(items.get(bucket_key(connection, side, bucket)["record"]["S"], {}))
            self.limiter(connection, side).seen[bucket] = seen
            need = (line.needs or {}).get(name)
            waits = need.pace.crowded_for(seen.booked, self._now(), most) if need else 0
            self._refuse(connection, name, max(waits, seen.paused_until - self._now()))

    def _pauses(self, connection: ConnectionId) -> Mapping[str, int]:
        """Until when what an order usually needs is paused, as far as this container was told."""
        places = {name: _apart(name) for name in self._usual(connection)}
        seen = {name: self.limiter(connection, side).seen.get(bucket) for name, (side, bucket) in places.items()}
        return {name: bucket.paused_until for name, bucket in seen.items() if bucket}

    def _usual(self, connection: ConnectionId) -> Sequence[str]:
        return [name for name, need in (self._line(connection).needs or {}).items() if need.calls >= USUAL]

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

    def _learn(self, connection: ConnectionId, orders: int) -> None:
        lesson = self._lessons.setdefault(connection, _Lesson())
        lesson.orders += orders
        for name, (calls, pace) in self._used(connection).items():
            lesson.calls[name] += calls
            lesson.paces[name] = pace
        if self._line(connection).needs is None or lesson.orders >= LESSON:
            del self._lessons[connection]
            self._tell(connection, lesson)

    def _tell(self, connection: ConnectionId, lesson: _Lesson) -> None:
        """Nobody minds whose figures stand when several tell at once: all saw orders of this connection."""
        line = self._line(connection)
        told = _Lineup(line.booked, _taught(line.needs, lesson))
        if line.needs is not None and abs(told.worth - line.worth) <= WORTH_TELLING * line.worth:
            return
        self._lines[connection] = told
        self.table.update(
            _key(connection),
            "SET #needs = :needs, #forget_at = :forget_at",
            needs=compact(_written(told.needs or {})),
            forget_at=forget_after(self.clock(), KEEP),
        )

    def _now(self) -> int:
        return (self.clock() - EPOCH) // MICROSECOND


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


def _line(item: Item) -> _Lineup:
    booked = {lane: int(item[lane]["N"]) for lane in CROWD if lane in item}
    if "needs" not in item:
        return _Lineup(booked, None)
    return _Lineup(booked, {name: _need(calls, stated) for name, (calls, stated) in plain(item["needs"]).items()})


def _need(calls: float, stated: str) -> Need:
    most, _, seconds = stated.partition("/")
    return Need(calls, pace_of(int(most), int(seconds)))


def _apart(name: str) -> tuple[Side, str]:
    side, _, bucket = name.partition("#")
    return ("shop" if side == "shop" else "office"), bucket


def _key(connection: ConnectionId) -> Item:
    return key(connection, "TURNS")


def _moment(microseconds: int) -> datetime:
    return EPOCH + microseconds * MICROSECOND
