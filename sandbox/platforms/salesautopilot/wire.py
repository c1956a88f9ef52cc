"""What travels: bodies as JSON, every number of a record as text, moments as a wall clock shows them."""

import re
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from sandbox.platforms.kit.wire import read_json
from sandbox.platforms.salesautopilot.errors import wrong
from sandbox.platforms.salesautopilot.inferred import ZONE

Body = dict[str, Any]

_CENT = Decimal("0.01")
_TOO_LARGE, _PLACES = Decimal(10) ** 15, 10


def read(text: bytes) -> Any:
    """Parse a body; numbers with a fraction become Decimal, and no body is None.

    Raises:
        ApiError: The text is no JSON.
    """
    try:
        return read_json(text) if text else None
    except ValueError as problem:
        raise wrong(f"the body is not JSON: {problem}") from problem


def local(moment: datetime) -> str:
    """``YYYY-MM-DD HH:MM:SS``."""
    return moment.astimezone(ZONE).strftime("%Y-%m-%d %H:%M:%S")


def is_decimal(value: Any) -> bool:
    """A JSON number, or a text of one."""
    if isinstance(value, str):
        return re.fullmatch(r"-?\d{1,15}(\.\d{1,10})?", value, re.ASCII) is not None
    return isinstance(value, int | Decimal) and not isinstance(value, bool) and _in_bounds(Decimal(value))


def cents(amount: Decimal) -> Decimal:
    """An amount with 2 decimals."""
    return amount.quantize(_CENT, ROUND_HALF_UP)


def money(amount: Decimal) -> str:
    """An amount as it is read, such as ``1500.00``."""
    return f"{cents(amount):f}"


def plain(number: Decimal) -> str:
    """Any other number as it is read, as short as can be: ``27``, ``20.1``."""
    return f"{number:f}".rstrip("0").rstrip(".") if "." in f"{number:f}" else f"{number:f}"


def _in_bounds(number: Decimal) -> bool:
    """Not longer than the texts that are taken."""
    exponent = number.as_tuple().exponent
    return abs(number) < _TOO_LARGE and isinstance(exponent, int) and exponent >= -_PLACES
