"""JSON as it travels: numbers with a fraction are read as Decimal and written as plain numbers."""

import json
from decimal import Decimal
from typing import Any, NoReturn


def read_json(text: bytes | str) -> Any:
    """Parse a body.

    Raises:
        ValueError: The text is no JSON.
    """
    return json.loads(text, parse_float=Decimal, parse_constant=_no_constant)


def write_json(value: Any) -> bytes:
    """Render an answer."""
    return json.dumps(value, default=_plain, ensure_ascii=False, separators=(",", ":")).encode()


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON number")


def _plain(value: Any) -> Any:
    """Decimals as JSON numbers: the shortest text of the float is the Decimal's own up to 15 digits."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    raise TypeError(f"{type(value).__name__} does not go into JSON")
