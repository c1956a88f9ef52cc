"""JSON as it travels: money read as Decimal, written as a plain number, moments in UTC with ``Z``."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, NoReturn

from sandbox.platforms.salespos.errors import invalid

Record = dict[str, Any]


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


def moment(value: datetime) -> str:
    """A moment as the platform writes it, to the second."""
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON number")


def _plain(value: Any) -> Any:
    """Decimals as JSON numbers: the shortest text of the float is the Decimal's own up to 15 digits."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    raise TypeError(f"{type(value).__name__} does not go into JSON")
