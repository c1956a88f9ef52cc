"""Values of platforms that write them as they like: text or number, nothing in five spellings; pure.

PHP writes an empty object as ``[]`` or ``{}``, and numbers as text. All of it is read here, so that nothing behind it
has to know.
"""

import re
from decimal import Decimal
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field

from shopbridge.mapping.numbers import as_written, sensible

_HALVES = re.compile("[\ud800-\udfff]")
MOST_DIGITS = 20
"""More are neither money nor an id, and a number of a million digits would take all memory once it is written out."""


def writable(text: str) -> str:
    """Return the same, but for halves of characters, which nothing could store or send on."""
    return _HALVES.sub("\N{REPLACEMENT CHARACTER}", text)


def as_text(value: Any) -> Any:
    """Return a scalar as text, trimmed; nothing in any spelling is empty. What is no scalar stays, to be refused."""
    if value is None or (isinstance(value, list | dict) and not value):
        return ""
    if isinstance(value, str):
        return writable(value.strip())
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return _digits(value)
    return value


def _digits(value: int | Decimal) -> Any:
    """A number as it would have been written as text; one that is beyond all measure stays, to be refused."""
    number = Decimal(value)
    exponent = number.as_tuple().exponent
    sane = isinstance(exponent, int) and abs(exponent) <= MOST_DIGITS and abs(number) < 10**MOST_DIGITS
    return f"{value:f}" if sane and isinstance(value, Decimal) else str(value) if sane else value


def none_for_nothing(value: Any) -> Any:
    """Return None for nothing in any spelling."""
    blank = isinstance(value, str) and not value.strip()
    return None if blank or (isinstance(value, list | dict) and not value) else value


def same_digits(value: Decimal) -> Decimal:
    """Return a number in one text, whether it was written ``50``, ``50.0`` or ``50.00``: contents are compared."""
    return value.quantize(Decimal(1)) if value == value.to_integral_value() else value.normalize()


LooseText = Annotated[str, BeforeValidator(as_text)]
LooseNumber = Annotated[
    Decimal, Field(max_digits=MOST_DIGITS), BeforeValidator(as_written), AfterValidator(same_digits)
]
"""An amount, a rate or a count; equal ones are written alike."""
MaybeNumber = Annotated[LooseNumber | None, BeforeValidator(none_for_nothing)]
MaybeQuantity = Annotated[Annotated[LooseNumber, AfterValidator(sensible)] | None, BeforeValidator(none_for_nothing)]
