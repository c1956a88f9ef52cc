"""The calls to BOCP, how often it may be called, who calls, and its wall clock.

Everything is in the path, which ends with a slash; there is no query (client B3).
"""

from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import quote

from shopbridge.http.answer import Call
from shopbridge.http.bodies import LARGEST_RECEIPT
from shopbridge.http.client import Limit

API = "/app/rest/v1"
CONNECTOR = "/connector/"
"""How addresses begin that the order connector's own user calls."""
PROBE = "shopbridge-verify"
"""An order that nobody has."""
WINTER, SUMMER = timedelta(hours=2), timedelta(hours=3)
_MARCH, _OCTOBER = 3, 10
CALLS = 60
"""[inferred] Calls a minute of each user; BOCP publishes no limit (platform file, "Limits and errors")."""


def listed(name: str, *segments: str, page: int = 1) -> Call:
    """Return one page of a list; ``segments`` such as ``include:images`` and ``modifiedafter:2026-01-12 00:00:00``."""
    sent = [quote(segment, safe=":,") for segment in (*segments, f"page:{page}")]
    return Call("GET", f"/{name}/{'/'.join(sent)}/")


def order_path(connector: int, reference: str) -> str:
    """Return the address of an order, by the id that we gave it."""
    return f"{CONNECTOR}{connector}/order/{quote(reference, safe='')}/"


def create(path: str, body: Mapping[str, Any]) -> Call:
    """Create an order: a lost answer leaves open whether it is there."""
    return Call("POST", path, json=body, repeatable=False, largest=LARGEST_RECEIPT)


def put(path: str, body: Mapping[str, Any]) -> Call:
    """Bring something up to date; a second time changes nothing."""
    return Call("PUT", path, json=body, largest=LARGEST_RECEIPT)


def is_connectors(call: Call) -> bool:
    """Tell whether the order connector's own user makes the call."""
    return call.path.startswith(CONNECTOR)


def probe(connector: int) -> Call:
    """Ask for an order that nobody has, to see whether the user is let in; nothing is written."""
    return Call("GET", order_path(connector, PROBE))


def is_probe(call: Call) -> bool:
    """Tell whether it only matters that the user is let in."""
    return call.method == "GET" and call.path.endswith(f"/{PROBE}/")


# --- the wall clock of Bucharest, without a zone (client B3) ----------------------------------------------------------


def in_bucharest(moment: datetime) -> datetime:
    """Return what the wall clock shows; naive.

    By the rule that holds in the whole EU, since a function's image need not bring a table of time zones: summer time
    from the last Sunday of March to the last of October, each at 1:00 UTC.
    """
    utc = moment.astimezone(UTC).replace(tzinfo=None)
    is_summer = _last_sunday(utc.year, _MARCH) <= utc < _last_sunday(utc.year, _OCTOBER)
    return utc + (SUMMER if is_summer else WINTER)


def moment_text(moment: datetime) -> str:
    """Return ``YYYY-MM-DD HH:MM:SS``."""
    return in_bucharest(moment).strftime("%Y-%m-%d %H:%M:%S")


def _last_sunday(year: int, month: int) -> datetime:
    """At 1:00; both months have 31 days."""
    last = datetime(year, month, 31, 1)  # noqa: DTZ001 - compared with naive times only
    return last - timedelta(days=(last.weekday() + 1) % 7)


# --- how often BOCP may be called -------------------------------------------------------------------------------------


def bucket_of(call: Call) -> str:
    """Give each of the two users a bucket."""
    return "connector" if is_connectors(call) else "account"


def limits_of(factor: Decimal) -> Callable[[Call], Sequence[Limit]]:
    """Return the bucket a call draws from, with the connection's share of the limit."""
    per_minute = max(1, int(CALLS * factor))
    return lambda call: (Limit(bucket_of(call), per_minute),)


# --- one user for the lists, another for the order connector (official B1, client B3) ---------------------------------


def sign(secrets: Mapping[str, str], method: str, target: str, body: bytes) -> Mapping[str, str]:
    """Return the header with the credentials that the address asks for; BOCP does not sign its answers."""
    del method, body
    prefix = "connector_" if CONNECTOR in target.partition("?")[0] else ""
    pair = f"{secrets[prefix + 'user']}:{secrets[prefix + 'password']}"
    return {"Authorization": f"Basic {b64encode(pair.encode()).decode('ascii')}"}
