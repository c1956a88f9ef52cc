"""What a body may hold: field by field, nothing else."""

from collections.abc import Collection
from datetime import datetime
from decimal import Decimal
from typing import Any

from sandbox.platforms.cloudsales.errors import invalid
from sandbox.platforms.kit import fields
from sandbox.platforms.kit.fields import Field, Shape, faults, is_day, is_number, is_text, parts, requiring


def check(body: Any, shape: Shape, required: Collection[str] | None = None, where: str = "body") -> None:
    """Refuse all faults of one level at once, before looking into nested ones.

    Args:
        required: Names that must be there; None is all of them.

    Raises:
        ApiError: Each detail names a field and what is wrong with it.
    """
    if found := tuple(faults(body, requiring(shape, required), where, deep=False)):
        raise invalid(*found)
    for name, value in body.items():
        for row, inside, at in parts(value, shape[name], f"{where}.{name}"):
            check(row, inside, where=at)


def one_of(values: Collection[Any]) -> Field:
    """One of a closed set."""
    return fields.one_of(sorted(values))


def listed(shape: Shape) -> Field:
    """A list of objects, with something in it."""
    return Field("a list of objects", lambda value: isinstance(value, list) and bool(value), inside=shape)


def is_moment(value: Any) -> bool:
    """``YYYY-MM-DD HH:MM:SS``."""
    try:
        return is_text(value) and datetime.fromisoformat(value).replace(tzinfo=None).isoformat(" ", "seconds") == value
    except ValueError:
        return False


def _is_amount(value: Any) -> bool:
    return is_number(value) and Decimal(value) == round(Decimal(value), 2)


TEXT = Field("a text", is_text)
FILLED = Field("a text that is not empty", lambda value: is_text(value) and bool(value.strip()))
AMOUNT = Field("a number with 2 decimals at most", _is_amount)
POSITIVE = Field("a number above 0", lambda value: is_number(value) and value > 0)
NOT_NEGATIVE = Field("a number of 2 decimals at most, not below 0", lambda value: _is_amount(value) and value >= 0)
DAY = Field("a day, YYYY-MM-DD", is_day)
MOMENT = Field("a time, YYYY-MM-DD HH:MM:SS", is_moment)
NOTHING = Field("an empty list", lambda value: value == [])
