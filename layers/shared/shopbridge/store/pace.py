"""How fast a limit may be used: the arithmetic of the shared token bucket (the generic cell rate algorithm).

A bucket is one number, ``booked``: the moment up to which its tokens are given out. A token moves it by
``spacing``, and it may run ahead of the clock by at most ``burst`` tokens. Between two moments that lie ``d``
apart, fewer than ``d / spacing + burst`` tokens become usable, so with a token's ``LAPSE`` counted in, no 60
seconds, wherever they begin, see more than ``per_minute`` calls. Fixed minutes of a platform are such
60 seconds, too. All times are whole microseconds, which DynamoDB adds exactly.
"""

from dataclasses import dataclass

SECOND = 1_000_000
MINUTE = 60 * SECOND
LAPSE = 2 * SECOND
"""How long a reserved token may be used. Longer would slow the steady rate, shorter would waste tokens."""
MOST_RESERVED = 10
WORTH = 5
"""A block is at most worth these seconds of the limit."""
AT_ONCE = 3
"""Tokens that even a small limit gives out at once: whoever verifies, corrects and verifies again needs not wait."""


@dataclass(frozen=True)
class Pace:
    """The bucket of a limit.

    Attributes:
        burst: Tokens that a bucket at rest gives out at once; also the largest block.
        spacing: Microseconds between tokens in the long run.
    """

    burst: int
    spacing: int

    def affordable(self, booked: int, now: int) -> int:
        """How many tokens are there at this moment; at most ``burst``."""
        return max(0, (now + self.burst * self.spacing - max(booked, now)) // self.spacing)

    def usable_from(self, booked: int, now: int) -> int:
        """When the last token of a bucket that now stands at ``booked`` may be used."""
        return max(now, booked - self.burst * self.spacing)


def pace_of(per_minute: int) -> Pace:
    """The pace that keeps ``per_minute`` calls (at least one) in any 60 seconds: 90 a minute for a limit of 100."""
    per_minute = max(1, per_minute)
    burst = min(MOST_RESERVED, max(min(AT_ONCE, per_minute), per_minute * WORTH * SECOND // MINUTE))
    share = per_minute - burst + 1
    return Pace(burst, -(-(MINUTE + LAPSE) // share))
