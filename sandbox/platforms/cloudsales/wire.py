"""What travels: a body as JSON, moments as a wall clock shows them."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sandbox.platforms.cloudsales.errors import invalid
from sandbox.platforms.kit.wire import read_json

Record = dict[str, Any]

ZONE = ZoneInfo("Europe/Bucharest")
"""Times carry no zone; this is whose wall clock they show (client B3)."""


def read(text: bytes) -> Any:
    """Parse a body; numbers with a fraction become Decimal.

    Raises:
        ApiError: The text is no JSON.
    """
    try:
        return read_json(text)
    except ValueError as problem:
        raise invalid(f"the body is not JSON: {problem}") from problem


def local(moment: datetime) -> str:
    """``YYYY-MM-DD HH:MM:SS`` on the wall in Bucharest; an hour comes twice when summer time ends."""
    return moment.astimezone(ZONE).strftime("%Y-%m-%d %H:%M:%S")
