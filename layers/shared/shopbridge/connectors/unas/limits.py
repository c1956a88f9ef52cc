"""How many calls an hour UNAS allows, by function and plan (platform file, "Request limits").

Who makes more is banned for an hour, with all functions, so what we may make is booked before a call leaves. Lists are
the rare ones: 30 an hour on PREMIUM. Those of orders are shared out, so that neither stock, which looks for open
orders, nor a run over old ones keeps a poll waiting: it has two thirds of them, more than one every five minutes.
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import Literal, NamedTuple

from shopbridge.connectors.unas.settings import UnasSettings
from shopbridge.http.client import Limit

HOUR = 3600
EVERYTHING = "all"
"""The bucket that every call draws from: a ban pauses it."""
LOGINS = 4
"""Tries an hour: five that fail are a ban, and ten within ten minutes two hours of silence on all shops."""
Scope = Literal["one", "poll", "rest", "list", "write"]
"""What a call asks for: a single record by its key, orders that changed lately, any other orders, a list of other
records; or writes up to 100.

[inferred] A comma list and a filter count as several, whatever they find (platform file, open question 3).
"""
BY_THE_PLAN = frozenset({"getOrderStatus", "getMethod"})
"""Functions of which every call counts as one of the rare ones."""


class Hourly(NamedTuple):
    """What a plan allows in an hour.

    Attributes:
        single: Reads of one record, or writes of up to 100, for each function.
        several: Lists, for each function.
    """

    every: int
    single: int
    several: int


PLANS = {"premium": Hourly(2000, 1000, 30), "vip": Hourly(6000, 3000, 90)}


def limits_of(settings: UnasSettings, function: str, scope: Scope) -> Sequence[Limit]:
    """Return the buckets that a call draws from, with the connection's share of each."""
    plan = PLANS[settings.plan]
    calls = plan.several if function in BY_THE_PLAN else _calls(plan, scope)
    shares = ((EVERYTHING, plan.every), (f"{function} {scope}", calls))
    return tuple(Limit(bucket, share_of(calls, settings.limit_factor), HOUR) for bucket, calls in shares)


def share_of(calls: int, factor: Decimal) -> int:
    """Return how many of these calls are ours; at least one."""
    return max(1, int(calls * factor))


def _calls(plan: Hourly, scope: Scope) -> int:
    match scope:
        case "one" | "write":
            return plan.single
        case "poll":
            return plan.several * 2 // 3
        case "rest":
            return plan.several // 3
        case "list":
            return plan.several
