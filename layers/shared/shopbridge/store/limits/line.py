"""The line of a connection's orders, in which each has its turn; without pydantic, as all of the intake.

A turn is worth the time in which the scarcest limit gives an order what it usually needs: so many calls, each a
``spacing`` apart. A line is one number, the moment up to which its turns are given out, as with the buckets themselves.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock
from typing import TYPE_CHECKING, Final

from shopbridge.errors import LimitReached
from shopbridge.model.basics import LOGIN, SOON, ConnectionId
from shopbridge.store.aws import ConditionFailed
from shopbridge.store.items import Item, forget_after, key, number, plain
from shopbridge.store.limits.pace import SECOND, Pace, microseconds_of, moment_of, stated_pace
from shopbridge.store.table import Table

if TYPE_CHECKING:
    from shopbridge.ports import Clock

LINE = "TURNS"
LIVE, OLD = "live", "old"
LANES: Final = (LIVE, OLD)
GUESS = SECOND
"""What a turn is worth as long as nobody knows."""
QUICK = SECOND // 200
"""Two hundred orders a second are more than all workers together bring: nobody has to queue for a limit as wide."""
AT_ONCE = 2 * SECOND
"""Turns are given out so far ahead of the clock, or as far as the limit itself gives calls out at once."""
TRIES = 5
KEEP = timedelta(days=30)
MOST_AHEAD = 8
"""Turns that are booked at once while one order after the other is announced."""


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
class Lineup:
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
        worth = int(self.scarcest.time) if self.scarcest else 0
        return worth if worth >= QUICK else 0

    @property
    def ahead(self) -> int:
        """Microseconds by which turns are given out ahead of the clock."""
        pace = self.scarcest.pace if self.scarcest else None
        return max(AT_ONCE, pace.burst * pace.spacing if pace else 0)


@dataclass
class _Block:
    """Turns that were booked ahead."""

    turns: list[datetime] = field(default_factory=list)
    size: int = 0


@dataclass(frozen=True)
class DynamoLines:
    """Lines in the state table. One per container: it remembers how they stood.

    Attributes:
        keeps: A booking puts off when the line is forgotten. The intake has no right to.
    """

    table: Table
    clock: "Clock"
    keeps: bool = True
    _seen: dict[ConnectionId, Lineup] = field(default_factory=dict, repr=False)
    _blocks: dict[ConnectionId, _Block] = field(default_factory=dict, repr=False)
    _lock: Lock = field(default_factory=Lock, repr=False)

    def knows(self, connection: ConnectionId) -> bool:
        """Tell whether a line was seen before."""
        return connection in self._seen

    def of(self, connection: ConnectionId) -> Lineup:
        """Return a line as last seen; read when it was not."""
        if connection not in self._seen:
            self.saw(connection, self.table.get(line_key(connection)) or {})
        return self._seen[connection]

    def saw(self, connection: ConnectionId, item: Item) -> Lineup:
        """Note a line as it stands."""
        self._seen[connection] = lineup = lineup_of(item)
        return lineup

    def looked_at(self, connection: ConnectionId, item: Item) -> None:
        """Note a line as it was read this moment: where nobody stands, the next turn is had without a booking.

        Other containers may give one away as well. So few come at once, and the limits themselves are kept by others.
        """
        line, now = self.saw(connection, item), self.clock()
        with self._lock:
            if line.needs is not None and line.booked.get(LIVE, 0) <= microseconds_of(now):
                self._blocks[connection] = _Block([now], size=1)

    def book(self, connection: ConnectionId, orders: int, lane: str, first: int) -> Sequence[datetime]:
        """Book the next turns, from ``first`` on; one write, and none where nothing is limited."""
        line = self.of(connection)
        if not line.worth:
            return [moment_of(first)] * orders
        line = self._booked(connection, line.worth * orders, lane, first)
        begins = line.booked[lane] - line.worth * orders - line.ahead
        return [moment_of(max(first, begins + line.worth * number)) for number in range(orders)]

    def next_turn(self, connection: ConnectionId) -> datetime | None:
        """Return the next turn of a live order; more of them are booked by one write as one order follows the other.

        None as long as no order has told what it needs: a whole burst would be spread out by the guess.
        """
        with self._lock:
            if not self._is_told(connection):
                return None
            return self._next_turn(self._blocks.setdefault(connection, _Block()), connection)

    def _is_told(self, connection: ConnectionId) -> bool:
        """Read the line until an order has told: what stood there before is no answer."""
        seen = self._seen.get(connection)
        if seen is None or seen.needs is None:
            seen = self.saw(connection, self.table.get(line_key(connection)) or {})
        return seen.needs is not None

    def _next_turn(self, block: _Block, connection: ConnectionId) -> datetime:
        now = self.clock()
        while block.turns:
            turn = block.turns.pop(0)
            if turn >= now - timedelta(seconds=SOON):
                return turn
            block.size = 0  # some lapsed
        block.size = min(MOST_AHEAD, max(1, block.size * 2))
        block.turns += self.book(connection, block.size, LIVE, microseconds_of(now))
        return block.turns.pop(0)

    def _booked(self, connection: ConnectionId, cost: int, lane: str, first: int) -> Lineup:
        for _ in range(TRIES):
            try:
                return self._moved(connection, self._book(connection, cost, lane, first))
            except ConditionFailed as error:
                self.saw(connection, error.standing or self.table.get(line_key(connection)) or {})
        raise LimitReached("Many orders book their turn", after=1, where=connection)

    def _moved(self, connection: ConnectionId, changed: Item) -> Lineup:
        """Note what a booking changed; all else of the line stands as it was seen, since the intake is not told it."""
        seen, now = self.of(connection), lineup_of(changed)
        needs = seen.needs if now.needs is None else now.needs
        self._seen[connection] = lineup = Lineup({**seen.booked, **now.booked}, needs)
        return lineup

    def _book(self, connection: ConnectionId, cost: int, lane: str, first: int) -> Item:
        update = self.table.update if self.keeps else self.table.update_part
        place, kept = line_key(connection), {"forget_at": forget_after(self.clock(), KEEP)} if self.keeps else {}
        if self.of(connection).booked.get(lane, 0) > first:
            change, only_if = f"ADD #{lane} :cost", f"#{lane} > :first"
            change = f"SET #forget_at = :forget_at {change}" if kept else change
            return update(place, change, only_if, cost=number(cost), first=number(first), **kept)
        change = f"SET #{lane} = :booked{', #forget_at = :forget_at' if kept else ''}"
        only_if = f"attribute_not_exists(#{lane}) OR #{lane} <= :first"
        return update(place, change, only_if, booked=number(first + cost), first=number(first), **kept)


def lineup_of(item: Item) -> Lineup:
    """Return the line of a record; of none, one in which nobody is."""
    booked = {lane: int(item[lane]["N"]) for lane in LANES if lane in item}
    if "needs" not in item:
        return Lineup(booked, None)
    needs = {name: each for name, each in plain(item["needs"]).items() if not is_login(name)}
    return Lineup(booked, {name: Need(calls, stated_pace(stated)) for name, (calls, stated) in needs.items()})


def is_login(name: str) -> bool:
    """Tell whether a bucket, by side and name, is one that no order needs."""
    return name.endswith(f"#{LOGIN}")


def line_key(connection: ConnectionId) -> Item:
    """Return the primary key of a line."""
    return key(connection, LINE)
