"""How often BOCP may be called."""

from collections.abc import Callable, Sequence
from decimal import Decimal

from shopbridge.connectors.cloudsales.api import is_connectors
from shopbridge.http.answer import Call
from shopbridge.http.client import Limit

CALLS = 60
"""[inferred] Calls a minute of each user; BOCP publishes no limit (platform file, "Limits and errors")."""


def bucket_of(call: Call) -> str:
    """Each of the two users has a bucket."""
    return "connector" if is_connectors(call) else "account"


def limits_of(factor: Decimal) -> Callable[[Call], Sequence[Limit]]:
    """The bucket a call draws from, with the connection's share of the limit."""
    per_minute = max(1, int(CALLS * factor))
    return lambda call: (Limit(bucket_of(call), per_minute),)
