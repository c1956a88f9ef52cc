"""The arithmetic of a platform's limit: so many calls in any so many seconds, whoever makes them.

It is the generic cell rate algorithm. A bucket is one number, ``booked``: the moment up to which its tokens are given
out. A token moves it by ``spacing``, and may be used from ``burst`` spacings before that moment on, for a ``lapse``. So
tokens may be given out long before their moments come: each has its own. Between two moments that lie ``d`` apart,
fewer than ``d / spacing + burst`` tokens become usable, so with a token's lapse counted in, no 60 seconds, wherever
they begin, see more than ``per_minute`` calls. Fixed minutes of a platform are such 60 seconds, too. All times are
whole microseconds, which DynamoDB adds exactly.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache

SECOND = 1_000_000
MINUTE = 60 * SECOND
LAPSE = SECOND
"""How long a reserved token may be used, at most. Longer would slow the steady rate, shorter would waste tokens."""
MOST_RESERVED = 10
AT_ONCE = 3
"""Tokens that even a small limit gives out at once: whoever verifies, corrects and verifies again needs not wait."""
SPARED = AT_ONCE - 1
"""Tokens of a bucket at rest that may lapse: nobody wanted them, and a further write costs more."""
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
MICROSECOND = timedelta(microseconds=1)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Rhythm:
    """How somebody uses tokens, in microseconds.

    Attributes:
        lag: From the reservation to the first call.
        cycle: From one call to the next, if no limit were in the way.
    """

    lag: int
    cycle: int


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

    def usable_from(self, booked: int, now: int) -> int:
        """Return when the last token of a bucket that now stands at ``booked`` may be used."""
        return max(now, booked - self.burst * self.spacing)

    def fitting(self, booked: int, now: int, wanted: int, ahead: int, rhythm: Rhythm) -> int:
        """Return how many tokens to reserve now so that ``wanted`` calls in this rhythm find theirs.

        None beyond ``ahead``, nor one that would lapse before its call comes; a bucket at rest may spare some. None of
        a limit by the second either: its tokens lapse within some hundredths, and no order keeps to a schedule so
        closely that they would not be missed.
        """
        if self.lapse < LAPSE:
            return 0
        size = used = 0
        call = now + rhythm.lag
        for number in range(1, wanted + SPARED + 1):
            usable = self.usable_from(max(booked, now) + number * self.spacing, now)
            if used == wanted or usable > now + ahead:
                break
            if call < usable + self.lapse:
                call = max(call, usable) + rhythm.cycle
                used, size = used + 1, number
            elif usable > now or number - used > SPARED:
                break
        return size


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


def stated_pace(stated: str) -> Pace:
    """Return the pace of a limit as it is stated."""
    calls, _, seconds = stated.partition("/")
    return pace_of(int(calls), int(seconds))


def _burst(calls: int, window: int, lapse: int) -> int:
    """The most that leaves ``USED`` of the limit; more where calls are few."""
    if window < SHORT * SECOND:
        return 1
    burst = 1 + calls * (100 * window - USED * (window + lapse)) // (100 * window)
    if window > LONG * SECOND:
        return min(MOST_AT_ONCE, max(AT_ONCE, calls * 2 // 5) if calls < FEW_AN_HOUR else burst)
    return AT_ONCE if calls < FEW else min(MOST_RESERVED, burst)


def moment_of(microseconds: int) -> datetime:
    """Return a moment of a bucket's clock."""
    return EPOCH + microseconds * MICROSECOND


def microseconds_of(moment: datetime) -> int:
    """Return a moment as a bucket's clock has it."""
    return (moment - EPOCH) // MICROSECOND
