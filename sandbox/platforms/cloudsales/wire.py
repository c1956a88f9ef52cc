"""JSON as it travels: money read as Decimal and written as a plain number; moments as a wall clock shows them."""

import json
from datetime import datetime
from decimal import Decimal
from typing import Any, NoReturn
from zoneinfo import ZoneInfo

from sandbox.platforms.cloudsales.errors import invalid

Record = dict[str, Any]

ZONE = ZoneInfo("Europe/Bucharest")
"""Times carry no zone; this is whose wall clock they show (client B3)."""


def read(text: bytes) -> Any:
    """Parse a body; numbers with a fraction become Decimal.

    Raises:
        ApiError: The text is no JSON.
    """
    try:
        return json.loads(text, parse_float=Decimal, parse_constant=_no_constant)
    except ValueError as problem:
        raise invalid(f"the body is not JSON: {problem}") from problem


def write(value: Any) -> bytes:
    """Render an answer."""
    return json.dumps(value, default=_plain, ensure_ascii=False, separators=(",", ":")).encode()


def local(moment: datetime) -> str:
    """``YYYY-MM-DD HH:MM:SS`` on the wall in Bucharest; an hour comes twice when summer time ends."""
    return moment.astimezone(ZONE).strftime("%Y-%m-%d %H:%M:%S")


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON number")


def _plain(value: Any) -> Any:
    """Decimals as JSON numbers: the shortest text of the float is the Decimal's own up to 15 digits."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    raise TypeError(f"{type(value).__name__} does not go into JSON")
