"""One token bucket per platform limit, shared by all containers through DynamoDB and reserved in blocks.

The arithmetic is the generic cell rate algorithm. A bucket is one number, ``booked``: the moment up to which its tokens
are given out. A token moves it by ``spacing``, and it may run ahead of the clock by at most ``burst`` tokens. Between
two moments that lie ``d`` apart, fewer than ``d / spacing + burst`` tokens become usable, so with a token's ``LAPSE``
counted in, no 60 seconds, wherever they begin, see more than ``per_minute`` calls. Fixed minutes of a platform are such
60 seconds, too. All times are whole microseconds, which DynamoDB adds exactly.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from threading import Lock
from typing import Self

from shopbridge.errors import LimitReached
from shopbridge.model.base import ConnectionId
from shopbridge.model.connection import SIDES, Side
from shopbridge.ports import Clock, LimitStanding
from shopbridge.store.aws import ConditionFailed
from shopbridge.store.items import Item, forget_after, key, number, text
from shopbridge.store.table import Table

SECOND = 1_000_000
MINUTE = 60 * SECOND
LAPSE = SECOND
"""How long a reserved token may be used, at most. Longer would slow the steady rate, shorter would waste tokens."""
MOST_RESERVED = 10
WIDE = SECOND // 50
"""Of a limit that gives fifty calls a second a whole block is reserved at once: what lapses of it nobody misses."""
AT_ONCE = 3
"""Tokens that even a small limit gives out at once: whoever verifies, corrects and verifies again needs not wait."""
PATIENCE = 2 * SECOND
"""Longer waits are the queue's: a waiting Lambda costs money. An order that was begun waits longer."""
SHORT = 10
"""Windows of fewer seconds have no room for a block: its tokens could all be used at their very end."""
SHARE = 25
"""A token may be used for this part of its window, which is what an hour's work then takes longer than the limit."""
USED = 96
"""Per cent of a limit that can be used in the long run; what is left of the rest may be given out at once."""
LONG, MOST_AT_ONCE = 60, 100
FEW, FEW_AN_HOUR = 31, 100
"""Limits of fewer calls give more out at once, and less in the long run: whoever verifies, corrects and verifies again
needs not wait, and who may call thirty times an hour reads pages, then rests."""
TRIES = 5
KEEP = timedelta(hours=2)
MICROSECOND = timedelta(microseconds=1)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
NOT_PAUSED = "(attribute_not_exists(#paused_until) OR #paused_until <= :now)"
AT_REST = f"(attribute_not_exists(#booked) OR #booked <= :now) AND {NOT_PAUSED}"
RUNNING = f"#booked > :now AND #booked <= :latest AND {NOT_PAUSED}"
LONGER = "attribute_not_exists(#paused_until) OR #paused_until < :until"


@dataclass(frozen=True)
class Pace:
    """The bucket of a limit.

    Attributes:
        burst: Tokens that a bucket at rest gives out at once.
        spacing: Microseconds between tokens in the long run.
        lapse: Microseconds that a reserved token may be used.
        stated: The limit as the platform has it, calls and seconds, such as ``100/60``.
    """

    burst: int
    spacing: int
    lapse: int = LAPSE
    stated: str = ""

    def affordable(self, booked: int, now: int) -> int:
        """Return how many tokens are there at this moment; at most ``burst``."""
        return max(0, (now + self.burst * self.spacing - max(booked, now)) // self.spacing)

    def crowded_for(self, booked: int, now: int, most: int) -> int:
        """Return for how long more than ``most`` calls will wait for a bucket that now stands at ``booked``."""
        return max(0, booked - (self.burst + most) * self.spacing - now)

    def usable_from(self, booked: int, now: int) -> int:
        """Return when the last token of a bucket that now stands at ``booked`` may be used."""
        return max(now, booked - self.burst * self.spacing)


@cache
def pace_of(calls: int, seconds: int = 60) -> Pace:
    """Return the pace that keeps ``calls`` (at least one) in any ``seconds``.

    The arithmetic: the most calls of any window are ``burst - 1 + (window + lapse) / spacing``, so ``spacing`` is
    ``(window + lapse) / (calls - burst + 1)``, and of the limit there can be used
    ``(calls - burst + 1) / calls * window / (window + lapse)``. With a burst of 3 and a lapse of a second that is
    96.4 a minute for a limit of 100; with a lapse of 40 ms 28.8 in ten seconds for a limit of 3 a second.
    """
    calls, window = max(1, calls), seconds * SECOND
    lapse = min(LAPSE, window // SHARE)
    burst = max(1, min(calls, _burst(calls, window, lapse)))
    return Pace(burst, -(-(window + lapse) // (calls - burst + 1)), lapse, f"{calls}/{seconds}")


def _burst(calls: int, window: int, lapse: int) -> int:
    """The most that leaves ``USED`` of the limit; more where calls are few."""
    if window < SHORT * SECOND:
        return 1
    burst = 1 + calls * (100 * window - USED * (window + lapse)) // (100 * window)
    if window > LONG * SECOND:
        return min(MOST_AT_ONCE, max(AT_ONCE, calls * 2 // 5) if calls < FEW_AN_HOUR else burst)
    return AT_ONCE if calls < FEW else min(MOST_RESERVED, burst)


@dataclass(frozen=True)
class Bucket:
    """A bucket as last seen; the truth may only be later."""

    booked: int = 0
    paused_until: int = 0

    @classmethod
    def of(cls, item: Item) -> Self:
        """Return it as the table has it; a forgotten one is at rest."""
        return cls(*(int(item[name]["N"]) if name in item else 0 for name in ("booked", "paused_until")))


@dataclass
class _Block:
    """Tokens this container reserved."""

    size: int
    left: int
    lapses_at: int

    def spend(self, now: int) -> bool:
        if not self.left or now >= self.lapses_at:
            return False
        self.left -= 1
        return True

    def next_size(self, now: int) -> int:
        """Reserve what will be used: more after a block that was used up in time, less after one that lapsed."""
        if self.left:
            return max(1, self.size - self.left)
        return self.size * 2 if now < self.lapses_at else self.size


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
    blocks: dict[str, _Block] = field(default_factory=dict, repr=False)
    lock: Lock = field(default_factory=Lock, repr=False)

    def take(self, bucket: str, calls: int, seconds: int = 60) -> None:
        """Wait for the right to make one call; raises LimitReached when that takes longer than patience lasts."""
        pace = pace_of(calls, seconds)
        with self.lock:
            self.calls[bucket] = (self.calls.get(bucket, (0, pace))[0] + 1, pace)
            block = self.blocks.get(bucket)
            if block and block.spend(self._now()):
                return
            usable_from = self._reserve(bucket, pace)
        wait = usable_from - self._now()
        if wait > 0:
            self.sleep(wait / SECOND)

    def used(self) -> Mapping[str, tuple[int, Pace]]:
        """Return how many calls were asked for since the last look, by bucket."""
        with self.lock:
            used = dict(self.calls)
            self.calls.clear()
        return used

    def pause(self, bucket: str, seconds: float) -> None:
        """Let nobody call before, since the platform itself said stop. A longer pause that runs already stays."""
        until = self._now() + int(seconds * SECOND)
        with self.lock:
            self.blocks.pop(bucket, None)
            try:
                item = self._pause(bucket, until, seconds)
            except ConditionFailed as error:
                item = error.standing
            self.seen[bucket] = Bucket.of(item)

    def _pause(self, bucket: str, until: int, seconds: float) -> Item:
        return self.table.update(
            self._key(bucket),
            "SET #paused_until = :until, #forget_at = :forget_at",
            LONGER,
            until=number(until),
            forget_at=self._forget_at(seconds),
        )

    def _reserve(self, bucket: str, pace: Pace) -> int:
        """Reserve a block, or book the next free token ahead; returns when the first token may be used."""
        for _ in range(TRIES):
            now = self._now()
            seen = self._seen(bucket)
            self._refuse_long_waits(bucket, pace, seen, now)
            wanted = MOST_RESERVED if pace.spacing <= WIDE else self._wanted(bucket, now)
            size = min(wanted, MOST_RESERVED, max(1, pace.affordable(seen.booked, now)))
            try:
                booked = self._book(bucket, pace, size, seen, now)
            except ConditionFailed as error:
                self.seen[bucket] = Bucket.of(error.standing)
                continue
            self.seen[bucket] = Bucket(booked, seen.paused_until)
            start = pace.usable_from(booked, now)
            self.blocks[bucket] = _Block(size, size - 1, start + pace.lapse)
            return start
        raise LimitReached("Many calls want the same limit", after=1, where=f"{self.connection}, {self.side}, {bucket}")

    def _book(self, bucket: str, pace: Pace, size: int, seen: Bucket, now: int) -> int:
        cost = size * pace.spacing
        if seen.booked <= now:
            item = self._start(bucket, pace, now, now + cost)
        else:
            ahead = self.patience() if size == 1 else 0
            item = self._add(bucket, pace, now, cost, now + ahead + pace.burst * pace.spacing - cost)
        return int(item["booked"]["N"])

    def _start(self, bucket: str, pace: Pace, now: int, booked: int) -> Item:
        return self.table.update(
            self._key(bucket),
            "SET #booked = :booked, #stated = :stated, #forget_at = :forget_at",
            AT_REST,
            stated=text(pace.stated),
            booked=number(booked),
            now=number(now),
            forget_at=self._forget_at(),
        )

    def _add(self, bucket: str, pace: Pace, now: int, cost: int, latest: int) -> Item:
        return self.table.update(
            self._key(bucket),
            "SET #stated = :stated, #forget_at = :forget_at ADD #booked :cost",
            RUNNING,
            stated=text(pace.stated),
            cost=number(cost),
            latest=number(latest),
            now=number(now),
            forget_at=self._forget_at(),
        )

    def _refuse_long_waits(self, bucket: str, pace: Pace, seen: Bucket, now: int) -> None:
        start = pace.usable_from(seen.booked + pace.spacing, now)
        wait = start - now
        if wait > self.patience() or seen.paused_until > now:
            raise LimitReached(
                "The platform's limit is used up",
                after=max(wait, seen.paused_until - now) / SECOND,
                where=f"{self.connection}, {self.side}, {bucket}",
            )

    def _wanted(self, bucket: str, now: int) -> int:
        block = self.blocks.get(bucket)
        return block.next_size(now) if block else 1

    def _seen(self, bucket: str) -> Bucket:
        return self.seen.get(bucket, Bucket())

    def _now(self) -> int:
        return (self.clock() - EPOCH) // MICROSECOND

    def _forget_at(self, seconds: float = 0) -> Item:
        return forget_after(self.clock(), KEEP + timedelta(seconds=seconds))

    def _key(self, bucket: str) -> Item:
        return bucket_key(self.connection, self.side, bucket)


def bucket_key(connection: ConnectionId, side: Side, bucket: str) -> Item:
    """Return the primary key of a bucket."""
    return key(connection, f"BUCKET#{side}#{bucket}")


@dataclass(frozen=True)
class DynamoLimits:
    """The buckets of a connection, as others see them."""

    table: Table
    clock: Clock

    def standing(self, connection: ConnectionId) -> Sequence[LimitStanding]:
        """Return the limits that calls drew from within the last hours, by side and bucket."""
        now = (self.clock() - EPOCH) // MICROSECOND
        where = "#connection = :connection AND begins_with(#record, :buckets)"
        items = self.table.query(where, connection=text(connection), buckets=text("BUCKET#"))
        return [_standing(item, now) for item in items if _counts(item, now)]


def _counts(item: Item, now: int) -> bool:
    """Whether it is of a side of ours, and not to be forgotten: DynamoDB may take days to."""
    return item["record"]["S"].split("#")[1] in SIDES and int(item["forget_at"]["N"]) * SECOND > now


def _standing(item: Item, now: int) -> LimitStanding:
    _, side, name = item["record"]["S"].split("#", 2)
    bucket, (calls, seconds) = Bucket.of(item), _stated(item)
    pace = pace_of(calls, seconds)
    # One that was last drawn from by a release of before says nothing but until when it is given out.
    free_at = pace.usable_from(bucket.booked + pace.spacing, now) if calls else max(now, bucket.booked)
    paused = bucket.paused_until > now
    return LimitStanding(
        side="shop" if side == "shop" else "office",
        bucket=name,
        calls=calls,
        seconds=seconds,
        left=0 if paused or not calls else pace.affordable(bucket.booked, now),
        free_at=EPOCH + max(free_at, bucket.paused_until) * MICROSECOND,
        apart=pace.spacing * MICROSECOND if calls else timedelta(0),
    )


def _stated(item: Item) -> tuple[int, int]:
    calls, _, seconds = item["stated"]["S"].partition("/") if "stated" in item else ("0", "", "60")
    return int(calls), int(seconds)
