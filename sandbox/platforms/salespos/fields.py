"""What a body may hold: field by field, nothing else, null only where the contract names it."""

from datetime import datetime
from typing import Any

from sandbox.platforms.kit.fields import Field, Shape, first_fault, is_number, is_text
from sandbox.platforms.salespos.countries import ALPHA_2
from sandbox.platforms.salespos.errors import invalid


def check(body: Any, shape: Shape, where: str = "body") -> None:
    """Refuse the first fault found.

    Raises:
        ApiError: Names the field and what it should be.
    """
    if fault := first_fault(body, shape, where):
        raise invalid(fault)


def text(longest: int) -> Field:
    """A string, at most ``longest`` characters."""
    return Field(f"a string of at most {longest} characters", lambda value: is_text(value) and len(value) <= longest)


def _is_integer(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_moment(value: Any) -> bool:
    try:
        return isinstance(value, str) and datetime.fromisoformat(value) is not None
    except ValueError:
        return False


TEXT = Field("a string", is_text)
INTEGER = Field("an integer", _is_integer)
NUMBER = Field("a number", is_number)
AMOUNT = Field("a number not below 0", lambda value: is_number(value) and value >= 0)
COUNT = Field("a number above 0", lambda value: is_number(value) and value > 0)
FLAG = Field("true or false", lambda value: isinstance(value, bool))
MOMENT = Field("an ISO-8601 date", _is_moment)
COUNTRY = Field("an ISO 3166-1 alpha-2 code", lambda value: is_text(value) and value in ALPHA_2)
