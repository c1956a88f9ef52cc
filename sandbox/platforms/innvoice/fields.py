"""What a body may hold: every value is a text, and most have a form."""

import re
from collections.abc import Callable, Collection
from decimal import Decimal
from typing import Any

from sandbox.platforms.innvoice import wire
from sandbox.platforms.innvoice.errors import invalid
from sandbox.platforms.kit import fields
from sandbox.platforms.kit.fields import Field, Shape, first_fault, is_text


def check(body: Any, shape: Shape, where: str) -> None:
    """Refuse the first fault.

    Raises:
        ApiError: Names the field and what is wrong with it.
    """
    if fault := first_fault(body, shape, where):
        raise invalid(fault)


def one_of(values: Collection[str]) -> Field:
    """One of a closed set."""
    return fields.one_of(sorted(values))


def _form(pattern: str) -> Callable[[Any], bool]:
    compiled = re.compile(pattern, re.ASCII)
    return lambda value: is_text(value) and compiled.fullmatch(value) is not None


def _is_day(value: Any) -> bool:
    try:
        return is_text(value) and wire.written(wire.day(value)) == value
    except ValueError:
        return False


_is_number = _form(r"-?\d+(\.\d+)?")

TEXT = Field("a text", is_text)
FILLED = Field("a text that is not empty", lambda value: is_text(value) and bool(value.strip()))
ID = Field("an id", _form(r"[1-9]\d*"))
COUNTRY = Field("a country such as HU", _form("[A-Z]{2}"))
TAX_NUMBER = Field("a tax number such as 12345678-1-23, or no element at all", _form(r"\d{8}-\d-\d{2}"))
DAY = Field("a day such as 2030.01.15.", _is_day)
NUMBER = Field("a number", _is_number)
NOT_NEGATIVE = Field("a number not below 0", lambda value: _is_number(value) and Decimal(value) >= 0)
POSITIVE = Field("a number above 0", lambda value: _is_number(value) and Decimal(value) > 0)
FLAG = one_of(("0", "1"))
