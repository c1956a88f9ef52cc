"""Gomag's leaky bucket, which all apps of a shop pour into: our share of it, and the room that others need.

The shared limiter keeps all containers within the share of the settings. How full the bucket really is, only Gomag's
answers tell (``Api-RateLimit-*``, platform file, "Rate limit"): when less is left than the part that is not ours, the
next call waits as long as our share takes to leak out of the bucket.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal, InvalidOperation

from shopbridge.errors import BridgeError, RetryLater
from shopbridge.http.answer import Answer, Call
from shopbridge.http.client import Limit
from shopbridge.ports import Deadline, Limiter

PER_MINUTE = 60
"""Reads, and writes as many: what Gomag allows unless it granted more."""
READS, WRITES = "reads", "writes"
_HEADERS = {READS: "api-ratelimit-read", WRITES: "api-ratelimit-write"}
PATIENCE = 20.0
"""Seconds a call waits for its turn: where calls are two seconds apart, every list of some pages takes that long."""
KEPT_BACK = 15.0
"""Seconds that must be left of the invocation once the wait is over."""
SHORTEST = 0.05
LONGEST_PAUSE = 60.0
BEYOND_REASON = 10**6


def bucket_of(call: Call) -> str:
    """Reads and writes are counted apart."""
    return READS if call.method == "GET" else WRITES


def limits_of(factor: Decimal) -> Callable[[Call], Sequence[Limit]]:
    """The bucket a call draws from, with the connection's share of it."""
    per_minute = max(1, int(PER_MINUTE * factor))
    return lambda call: (Limit(bucket_of(call), per_minute),)


@dataclass(frozen=True)
class Gauge:
    """What an answer tells of a bucket.

    Attributes:
        rate: Calls that leak out in a second.
        burst: Calls the bucket holds.
        remaining: Calls that still fit.
    """

    rate: Decimal
    burst: int
    remaining: int

    def pause(self, share: Decimal) -> float:
        """Seconds until our next call; 0 while there is more left than the others' part of the bucket."""
        ours = min(share, Decimal(1))
        for_others = min(int((self.burst * (1 - ours)).to_integral_value(ROUND_CEILING)), self.burst - 1)
        if self.remaining > for_others:
            return 0.0
        calls = 1 if self.remaining > 0 else 2
        return min(float(calls / (self.rate * ours)), LONGEST_PAUSE)


def read_gauge(headers: Mapping[str, str], bucket: str) -> Gauge | None:
    """The three headers of a bucket; None when they are not there or odd: they may be left out when it is full."""
    name = _HEADERS[bucket]
    texts = [headers.get(name + part, "") for part in ("", "-burst", "-remaining")]
    try:
        rate, burst, remaining = (Decimal(text) for text in texts)
    except InvalidOperation:
        return None
    if not all(number.is_finite() and abs(number) < BEYOND_REASON for number in (rate, burst, remaining)):
        return None
    whole = [int(number.to_integral_value(ROUND_FLOOR)) for number in (burst, remaining)]
    return Gauge(rate, whole[0], whole[1]) if rate > 0 and burst >= 1 else None


@dataclass(frozen=True)
class RoomForOthers:
    """The shared limiter, with more patience, and with an ear for what Gomag's answers tell.

    Args:
        share: Of the bucket, as set.
        others: Who also wants to see each answer.
    """

    inner: Limiter
    share: Decimal
    deadline: Deadline
    sleep: Callable[[float], None]
    others: Callable[[Answer], None]

    def take(self, bucket: str, per_minute: int) -> None:
        """Wait for the right to make one call. Raises RetryLater when that would take too long."""
        waited = 0.0
        while True:
            try:
                self.inner.take(bucket, per_minute)
            except RetryLater as error:
                wait = max(error.after, SHORTEST)
                waited += wait
                if waited > PATIENCE or self.deadline.remaining() < wait + KEPT_BACK:
                    raise
                self.sleep(wait)
            else:
                return

    def pause(self, bucket: str, seconds: float) -> None:
        """Gomag itself said stop: nobody calls before."""
        self.inner.pause(bucket, seconds)

    def observe(self, answer: Answer) -> None:
        """Slow everybody down when little is left. A call that was answered never fails for that."""
        self.others(answer)
        bucket = bucket_of(answer.call)
        gauge = read_gauge(answer.headers, bucket)
        seconds = gauge.pause(self.share) if gauge else 0.0
        if seconds:
            with suppress(BridgeError):
                self.inner.pause(bucket, seconds)
