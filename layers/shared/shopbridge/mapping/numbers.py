"""Numbers as they come in from outside: without the noise of binary fractions, and in bounds; pure.

Platforms keep amounts as doubles and some write all the digits that a double has: 8.0999999999999996 for 8.1 (PHP with
``serialize_precision`` 17), or 55 digits (100). The shortest decimal of the same double is what was meant.
"""

import math
from decimal import ROUND_FLOOR, ROUND_HALF_EVEN, Context, Decimal, InvalidOperation
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field

EXACT = 16
"""Characters: up to 15 digits and a point are the shortest decimal of their double already."""
LONGEST = 400
"""Characters of a number; a double written out in full has 55 for an amount."""
GREATEST = 40
"""The exponent of ten, up and down, within which amounts, quantities and noise lie."""
SENSIBLE = Decimal("0.000001")
"""Finer differences of a quantity are noise of computing: 2.9999999999999996 pieces are 3."""
UNUSABLE = "\N{REPLACEMENT CHARACTER}"
_SHOWN = 20
_QUANTITIES = Context(prec=4 * GREATEST)


def shortest(text: str) -> Decimal | None:
    """Return the shortest decimal of the double that a number's text stands for.

    None when it is none, or out of bounds.
    """
    if len(text) <= EXACT and "e" not in text and "E" not in text:
        return _decimal(text)
    try:
        double = float(text) if len(text) <= LONGEST else math.inf
    except ValueError:
        return None
    number = Decimal(repr(double))
    return _positive(number) if number.is_finite() and abs(number.adjusted()) <= GREATEST else None


def _decimal(text: str) -> Decimal | None:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return _positive(number) if number.is_finite() else None


def _positive(number: Decimal) -> Decimal:
    """The same, but for a negative zero, which nobody means and which has another text."""
    return number or abs(number)


def unusable(text: str) -> str:
    """Return what stands for a number that nobody can use.

    Its beginning, marked so that no field of a number takes it.
    """
    return f"{text[:_SHOWN]}{UNUSABLE}"


def as_written(value: Any) -> Any:
    """Return a number as text, or a double, without its noise; anything else stays, for the field to judge.

    PHP shops send numbers as texts, whose digits are those of a double all the same.
    """
    if isinstance(value, float):
        return shortest(repr(value))
    if not isinstance(value, str):
        return value
    text = value.strip()
    is_fraction = len(text) > EXACT or "e" in text or "E" in text
    if not is_fraction or text.lstrip("+-").isdigit():
        return text
    number = shortest(text)
    return unusable(text) if number is None else number


def sensible(quantity: Decimal) -> Decimal:
    """Return a quantity without the noise of computing; one that has none stays as it is written."""
    rounded = quantity.quantize(SENSIBLE, ROUND_HALF_EVEN, _QUANTITIES)
    if rounded == quantity:
        return quantity
    return Decimal(int(rounded)) if rounded == rounded.to_integral_value() else rounded.normalize(_QUANTITIES)


def whole_pieces(quantity: Decimal) -> Decimal:
    """Return the whole pieces of a quantity: what is left of one is not for sale, and noise takes none away."""
    return Decimal(int(sensible(quantity).to_integral_value(ROUND_FLOOR)))


Figure = Annotated[Decimal, Field(max_digits=GREATEST, allow_inf_nan=False), BeforeValidator(as_written)]
"""An amount or a percentage from outside. Its bounds stand before what reads it, so that the core of pydantic looks at
them: in Python that would take twice the time."""
Quantity = Annotated[Figure, AfterValidator(sensible)]
"""A figure of stock from outside, which platforms compute with doubles."""
Whole = Annotated[int, Field(ge=-(2**63), lt=2**63)]
"""A whole number from outside, such as an id: what does not fit 64 bits is none of a platform's."""
