"""The leaky buckets of a shop: one for reads, one for writes, shared by every app (platform file, G1).

A call pours one unit in, ``rate`` units leak out each second, and a call that would overflow ``burst`` is refused
and pours nothing. Another app of the shop drains the same bucket, at once or steadily.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from math import floor


@dataclass
class Bucket:
    """One bucket, exact to the microsecond.

    Args:
        rate: Calls a second.
        burst: Calls it holds.
    """

    rate: Decimal
    burst: int
    clock: Callable[[], datetime]
    refused: int = 0
    others_taken: int = 0
    others_refused: int = 0
    _level: Fraction = Fraction(0)
    _at: datetime | None = None
    _pace: timedelta | None = None
    _next: datetime | None = None

    def take(self) -> bool:
        """Pour one call in; False when it would overflow."""
        self._flow()
        taken = self._pour()
        self.refused += not taken
        return taken

    @property
    def remaining(self) -> int:
        """Calls that still fit at this moment."""
        self._flow()
        return floor(self.burst - self._level)

    def others_take(self, calls: int) -> None:
        """Another app makes calls at this moment; those that do not fit are refused to it."""
        self._flow()
        for _ in range(calls):
            self._pour_for_others()

    def others_pace(self, per_second: Decimal | float) -> None:
        """From now on another app calls steadily; 0 ends it."""
        self._flow()
        self._pace = timedelta(seconds=float(1 / Fraction(str(per_second)))) if per_second else None
        self._next = self.clock() + self._pace if self._pace else None

    def _flow(self) -> None:
        now = self.clock()
        while self._pace and self._next and self._next <= now:
            self._leak(self._next)
            self._pour_for_others()
            self._next += self._pace
        self._leak(now)

    def _leak(self, now: datetime) -> None:
        elapsed = Fraction((now - (self._at or now)) // timedelta(microseconds=1), 1_000_000)
        self._level = max(Fraction(0), self._level - Fraction(self.rate) * elapsed)
        self._at = now

    def _pour(self) -> bool:
        if self._level + 1 > self.burst:
            return False
        self._level += 1
        return True

    def _pour_for_others(self) -> None:
        if self._pour():
            self.others_taken += 1
        else:
            self.others_refused += 1


@dataclass
class Limits:
    """The two buckets, and what their headers say."""

    read: Bucket
    write: Bucket

    def of(self, kind: str) -> Bucket:
        """The bucket of ``read`` or ``write`` calls."""
        return self.read if kind == "read" else self.write

    def headers(self) -> dict[str, str]:
        """All six headers: the rate a decimal, the others whole."""
        return {
            f"Api-RateLimit-{name}{part}": str(value)
            for name, bucket in (("Read", self.read), ("Write", self.write))
            for part, value in (("", bucket.rate), ("-Burst", bucket.burst), ("-Remaining", bucket.remaining))
        }

    def others_take(self, *, reads: int = 0, writes: int = 0) -> None:
        """Another app of the shop makes calls at this moment."""
        self.read.others_take(reads)
        self.write.others_take(writes)

    def others_pace(self, *, reads: Decimal | float = 0, writes: Decimal | float = 0) -> None:
        """From now on another app makes so many calls a second; 0 ends it."""
        self.read.others_pace(reads)
        self.write.others_pace(writes)
