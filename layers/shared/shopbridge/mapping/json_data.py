"""Plain data as JSON has it."""

from decimal import Decimal
from typing import Any

from shopbridge.errors import Held


def plain(value: Any) -> Any:
    """Plain data with its decimals as numbers. Raises Held for one with more digits than a JSON number keeps."""
    match value:
        case dict():
            return {key: plain(item) for key, item in value.items()}
        case list() | tuple():
            return [plain(item) for item in value]
        case Decimal():
            return _number(value)
        case _:
            return value


def json_number(value: Decimal) -> int | float:
    """A number that we computed: JSON's 15 digits are enough for any amount, and nobody computes with it further."""
    whole = int(value)
    return whole if whole == value else float(value)


def _number(value: Decimal) -> int | float:
    """An int or a float whose text is the decimal's own: a float keeps 15 digits, which the text shows."""
    if value == value.to_integral_value():
        return int(value)
    number = float(value)
    if Decimal(repr(number)) != value:
        raise Held(
            f"The number {value} has more digits than can be sent",
            code="number_too_long",
            fix="Look at the connection's own rules: a computed value needs rounding.",
        )
    return number
