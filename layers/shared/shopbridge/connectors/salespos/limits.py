"""How often SalesPOS may be called: per method and resource, and in total (SDK S1, client S4)."""

from collections.abc import Callable, Sequence
from decimal import Decimal

from shopbridge.http.answer import Call
from shopbridge.http.client import Limit

READS, WRITES = 150, 100
"""Calls a minute for GET, and for each of POST, PATCH, PUT and DELETE, on one resource."""
ACCOUNT = "account"
"""The bucket of all calls together."""
ACCOUNT_CALLS = 1000
"""[inferred] The vendor keeps the total limit's figure to itself: this one never holds calls back by itself, the
bucket is there to be paused when SalesPOS says 429.11."""


def bucket_of(call: Call) -> str:
    """The bucket of a call's method and resource, such as ``orders:POST``."""
    names = [part for part in call.path.split("/") if part and not part.isdigit()]
    return f"{names[-1] if names else 'root'}:{call.method}"


def limits_of(factor: Decimal) -> Callable[[Call], Sequence[Limit]]:
    """The buckets a call draws from, with the connection's share of the limits."""

    def limits(call: Call) -> Sequence[Limit]:
        own = READS if call.method == "GET" else WRITES
        return Limit(bucket_of(call), _share(own, factor)), Limit(ACCOUNT, _share(ACCOUNT_CALLS, factor))

    return limits


def _share(per_minute: int, factor: Decimal) -> int:
    return max(1, int(per_minute * factor))
