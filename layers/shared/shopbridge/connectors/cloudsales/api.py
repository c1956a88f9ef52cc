"""The calls to BOCP: everything is in the path, which ends with a slash; there is no query (client B3)."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from shopbridge.http.answer import Call
from shopbridge.http.bodies import LARGEST_RECEIPT

API = "/app/rest/v1"
CONNECTOR = "/connector/"
"""How addresses begin that the order connector's own user calls."""
PROBE = "shopbridge-verify"
"""An order that nobody has."""


def listed(name: str, *segments: str, page: int = 1) -> Call:
    """One page of a list; ``segments`` such as ``include:images`` and ``modifiedafter:2026-01-12 00:00:00``."""
    sent = [quote(segment, safe=":,") for segment in (*segments, f"page:{page}")]
    return Call("GET", f"/{name}/{'/'.join(sent)}/")


def order_path(connector: int, reference: str) -> str:
    """The address of an order, by the id that we gave it."""
    return f"{CONNECTOR}{connector}/order/{quote(reference, safe='')}/"


def create(path: str, body: Mapping[str, Any]) -> Call:
    """Create an order: a lost answer leaves open whether it is there."""
    return Call("POST", path, json=body, repeatable=False, largest=LARGEST_RECEIPT)


def put(path: str, body: Mapping[str, Any]) -> Call:
    """Bring something up to date; a second time changes nothing."""
    return Call("PUT", path, json=body, largest=LARGEST_RECEIPT)


def is_connectors(call: Call) -> bool:
    """Whether the order connector's own user makes the call."""
    return call.path.startswith(CONNECTOR)


def probe(connector: int) -> Call:
    """Ask for an order that nobody has, to see whether the user is let in; nothing is written."""
    return Call("GET", order_path(connector, PROBE))


def is_probe(call: Call) -> bool:
    """Whether it only matters that the user is let in."""
    return call.method == "GET" and call.path.endswith(f"/{PROBE}/")
