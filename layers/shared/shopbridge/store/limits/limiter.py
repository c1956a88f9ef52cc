"""The limits of a connection's side, shared by all containers through DynamoDB and reserved ahead.

Who knows what is coming says so, and has the tokens of all its calls by one write: a schedule, in which each token has
its own moment and lapses soon after it. Everybody else reserves blocks of what the bucket gives out this moment.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from threading import Lock

from shopbridge.errors import LimitReached
from shopbridge.model.base import ConnectionId
from shopbridge.model.connection import Side
from shopbridge.ports import Clock
from shopbridge.store.aws import ConditionFailed
from shopbridge.store.items import Item, forget_after
from shopbridge.store.limits.buckets import AT_ITS_BEGINNING, Bucket, Draw, buckets_of, draw, limits_key, pause
from shopbridge.store.limits.pace import MOST_RESERVED, SECOND, Pace, Rhythm, microseconds_of, pace_of
from shopbridge.store.table import Table

WIDE = SECOND // 50
"""Of a limit that gives fifty calls a second a whole block is reserved at once: what lapses of it nobody misses."""
PATIENCE = 2 * SECOND
"""Longer waits are the queue's: a waiting Lambda costs money. An order that was begun waits longer."""
AHEAD = 5 * SECOND
"""How far tokens of calls that are expected are reserved ahead. Whoever else wants the same limit waits that long."""
LIST_AHEAD = 120 * SECOND
"""The same for the pages of a long list that is read from its beginning to its end."""
FIRST_GUESS = SECOND // 2
"""Between two calls of an order that nobody has seen yet: some calls of AWS and of the other platform."""
TRIES = 5
KEEP = timedelta(days=2)
"""Far longer than any limit's window."""


@dataclass
class Tokens:
    """Tokens of a bucket that this container reserved.

    Attributes:
        booked: Where the bucket stood before the next of them.
    """

    pace: Pace
    reserved_at: int
    booked: int
    size: int
    left: int
    used: int = 0

    def take(self, now: int) -> int | None:
        """Return when the next one that has not lapsed may be used; None when there is none."""
        while self.left:
            self.left -= 1
            self.booked += self.pace.spacing
            usable = self.pace.usable_from(self.booked, self.reserved_at)
            if now < usable + self.pace.lapse:
                self.used += 1
                return max(usable, now)
        return None

    def has_lapsed(self, now: int) -> bool:
        """Tell whether the last of them may not be used any more."""
        last = self.booked + self.left * self.pace.spacing
        return now >= self.pace.usable_from(last, self.reserved_at) + self.pace.lapse

    def next_size(self, now: int) -> int:
        """Return what will be used: more after a block that was used up in time, less after one that lapsed."""
        if self.used < self.size:
            return max(1, self.used)
        return self.size if self.has_lapsed(now) else self.size * 2


@dataclass
class _Habit:
    """How calls of a bucket followed each other in this container: of each new figure a half counts."""

    lag: int = 0
    cycle: int = FIRST_GUESS
    before: int | None = None
    reserved_at: int | None = None

    def called(self, now: int, usable: int) -> None:
        """Note a call: asked for now, made when it may be."""
        if self.before is not None:
            self.cycle = (self.cycle + max(0, now - self.before)) // 2
        if self.reserved_at is not None:
            self.lag, self.reserved_at = (self.lag + now - self.reserved_at) // 2, None
        self.before = usable

    def rhythm(self, *, asked: bool) -> Rhythm:
        """What is to be expected; who asks calls at once."""
        return Rhythm(0 if asked else self.lag, self.cycle)


@dataclass
class _Expected:
    """Calls that are coming; without a pace they are reserved only with the first of them, which has it."""

    calls: int
    pace: Pace | None
    ahead: int = AHEAD


@dataclass(frozen=True)
class SharedLimiter:
    """The limits of one connection side. One per container, since it holds the container's reserved tokens."""

    table: Table
    connection: ConnectionId
    side: Side
    clock: Clock
    sleep: Callable[[float], None]
    patience: Callable[[], int] = lambda: PATIENCE
    calls: dict[str, tuple[int, Pace]] = field(default_factory=dict, repr=False)
    seen: dict[str, Bucket] = field(default_factory=dict, repr=False)
    held: dict[str, Tokens] = field(default_factory=dict, repr=False)
    lock: Lock = field(default_factory=Lock, repr=False)
    _paces: dict[str, Pace] = field(default_factory=dict, repr=False)
    _expected: dict[str, _Expected] = field(default_factory=dict, repr=False)
    _habits: dict[str, _Habit] = field(default_factory=dict, repr=False)

    def expect(self, calls: Mapping[str, tuple[int, Pace]]) -> None:
        """Tell how many calls of each bucket are coming: the first of them reserves for all. What was told before ends.

        Nothing is written before a call is made, and what is not called after all lapses.
        """
        with self.lock:
            self._expected.clear()
            self._expected.update({bucket: _Expected(*each) for bucket, each in calls.items()})
            for habit in self._habits.values():
                habit.before = None

    def expect_list(self, calls: Mapping[str, int]) -> None:
        """Tell how many calls of each bucket the list that is read now is likely to take. Otherwise as ``expect``."""
        self.expect({})
        with self.lock:
            self._expected.update({bucket: _Expected(each, None, LIST_AHEAD) for bucket, each in calls.items()})

    def take(self, bucket: str, calls: int, seconds: int = 60) -> None:
        """Wait for the right to make one call; raises LimitReached when that takes longer than patience lasts."""
        pace = pace_of(calls, seconds)
        with self.lock:
            self.calls[bucket] = (self.calls.get(bucket, (0, pace))[0] + 1, pace)
            self._paces[bucket] = pace
            now, held = self._now(), self.held.get(bucket)
            usable = held.take(now) if held and held.pace == pace else None  # settings may have changed the share
            if usable is None:
                usable = self._reserve(bucket, pace)
            self._called(bucket, now, usable)
        wait = usable - self._now()
        if wait > 0:
            self.sleep(wait / SECOND)

    def used(self) -> Mapping[str, tuple[int, Pace]]:
        """Return how many calls were asked for since the last look, by bucket."""
        with self.lock:
            used = dict(self.calls)
            self.calls.clear()
        return used

    def pause(self, bucket: str, seconds: float) -> None:
        """Hold all calls back for these seconds, as the platform itself asked; a longer pause stays."""
        until = self._now() + int(seconds * SECOND)
        with self.lock:
            self.held.pop(bucket, None)
            try:
                item = pause(self.table, self._key(), bucket, until, self._forget_at(seconds))
            except ConditionFailed as error:
                item = error.standing
            self.saw(item)

    def saw(self, item: Item) -> None:
        """Note the buckets as they stand."""
        self.seen.clear()
        self.seen.update(buckets_of(item))

    def _called(self, bucket: str, now: int, usable: int) -> None:
        self._habit(bucket).called(now, usable)
        if expected := self._expected.get(bucket):
            expected.calls -= 1

    def _reserve(self, bucket: str, pace: Pace) -> int:
        """Reserve what is expected, a block, or the next free token; returns when the first may be used."""
        for _ in range(TRIES):
            now = self._now()
            self._refuse_long_waits(bucket, pace, now)
            draws = [self._asked_for(bucket, pace, now), *self._expected_besides(bucket, now)]
            try:
                item = draw(self.table, self._key(), draws, self.seen, now, self._forget_at())
            except ConditionFailed as error:
                self.saw(error.standing)
                continue
            self.saw(item)
            for each in draws:
                self._hold(each, now, asked=each.bucket == bucket)
            usable = self.held[bucket].take(now)
            if usable is not None:
                return usable
        raise LimitReached("Many calls want the same limit", after=1, where=f"{self.connection}, {self.side}, {bucket}")

    def _hold(self, drawn: Draw, now: int, *, asked: bool) -> None:
        before = self.seen[drawn.bucket].booked - drawn.cost
        self.held[drawn.bucket] = Tokens(drawn.pace, now, before, drawn.tokens, drawn.tokens)
        if not asked:
            self._habit(drawn.bucket).reserved_at = now

    def _asked_for(self, bucket: str, pace: Pace, now: int) -> Draw:
        """The call that is made now, and those that follow it as far as anybody knows."""
        expected, booked = self._expected.get(bucket), self._seen(bucket).booked
        coming, far = (max(1, expected.calls), expected.ahead) if expected else (1, AHEAD)
        ahead = pace.fitting(booked, now, coming, far, self._habit(bucket).rhythm(asked=True))
        block = min(self._block(bucket, pace, now), MOST_RESERVED, pace.affordable(booked, now))
        if max(ahead, block) <= 1:
            return Draw(bucket, pace, 1, self.patience())
        return Draw(bucket, pace, ahead, far) if ahead > block else Draw(bucket, pace, block, 0)

    def _block(self, bucket: str, pace: Pace, now: int) -> int:
        held = self.held.get(bucket)
        return MOST_RESERVED if pace.spacing <= WIDE else held.next_size(now) if held else 1

    def _expected_besides(self, asked: str, now: int) -> list[Draw]:
        """What is expected of the other buckets, where nothing is held and no pause is known."""
        draws = []
        for bucket, expected in self._expected.items():
            seen, held = self._seen(bucket), self.held.get(bucket)
            pace = expected.pace and self._paces.get(bucket, expected.pace)  # what was told may be of another share
            is_held = held is not None and held.left and not held.has_lapsed(now)
            if bucket == asked or pace is None or seen.paused_until > now or is_held:
                continue
            rhythm = self._habit(bucket).rhythm(asked=False)
            size = pace.fitting(seen.booked, now, max(0, expected.calls), expected.ahead, rhythm)
            draws += [Draw(bucket, pace, size, expected.ahead)] if size else []
        return draws

    def _refuse_long_waits(self, bucket: str, pace: Pace, now: int) -> None:
        seen = self._seen(bucket)
        wait = pace.usable_from(seen.booked + pace.spacing, now) - now
        if wait > self.patience() or seen.paused_until > now:
            raise LimitReached(
                "The platform's limit is used up",
                after=max(wait, seen.paused_until - now) / SECOND,
                where=f"{self.connection}, {self.side}, {bucket}",
            )

    def _seen(self, bucket: str) -> Bucket:
        return self.seen.get(bucket, AT_ITS_BEGINNING)

    def _habit(self, bucket: str) -> _Habit:
        return self._habits.setdefault(bucket, _Habit())

    def _now(self) -> int:
        return microseconds_of(self.clock())

    def _forget_at(self, seconds: float = 0) -> Item:
        return forget_after(self.clock(), KEEP + timedelta(seconds=seconds))

    def _key(self) -> Item:
        return limits_key(self.connection, self.side)
