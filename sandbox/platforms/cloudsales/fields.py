"""What a body may hold: field by field, nothing else."""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sandbox.platforms.cloudsales.errors import invalid


@dataclass(frozen=True)
class Field:
    """One field: its kind in words, and what it accepts.

    Args:
        inside: The fields of the object, or of each object of the list when ``many``.
    """

    kind: str
    accepts: Callable[[Any], bool]
    inside: "Mapping[str, Field] | None" = None
    many: bool = False


Shape = Mapping[str, Field]


def check(body: Any, shape: Shape, required: Collection[str] | None = None, where: str = "body") -> None:
    """Refuse all faults of one level at once, before looking into nested ones.

    Args:
        required: Names that must be there; None is all of them.

    Raises:
        ApiError: Each detail names a field and what is wrong with it.
    """
    if not isinstance(body, dict):
        raise invalid(f"{where} should be an object")
    needed = shape if required is None else required
    known = {name: field for name, field in shape.items() if name in body}
    faults = [f"{where}.{name} is not a known field" for name in body if name not in shape]
    faults += [f"{where}.{name} is missing" for name in shape if name in needed and name not in body]
    faults += [
        f"{where}.{name} should be {field.kind}" for name, field in known.items() if not field.accepts(body[name])
    ]
    if faults:
        raise invalid(*faults)
    for name, field in known.items():
        _check_inside(body[name], field, f"{where}.{name}")


def _check_inside(value: Any, field: Field, where: str) -> None:
    if field.inside is None:
        return
    if not field.many:
        check(value, field.inside, where=where)
        return
    for at, item in enumerate(value):
        check(item, field.inside, where=f"{where}[{at}]")


def one_of(values: Collection[Any]) -> Field:
    """One of a closed set; 1 and true are different values."""
    allowed = {(type(value), value) for value in values}
    words = ", ".join(sorted(str(value) for value in values))
    return Field(f"one of {words}", lambda value: isinstance(value, str | int) and (type(value), value) in allowed)


def nested(shape: Shape) -> Field:
    """An object; all its fields are needed."""
    return Field("an object", lambda value: isinstance(value, dict), shape)


def listed(shape: Shape) -> Field:
    """A list of objects, with something in it."""
    return Field("a list of objects", lambda value: isinstance(value, list) and bool(value), shape, many=True)


def is_number(value: Any) -> bool:
    """A JSON number."""
    return isinstance(value, int | Decimal) and not isinstance(value, bool)


def is_day(value: Any) -> bool:
    """``YYYY-MM-DD``, a day of the calendar."""
    return _is_moment(value, r"\d{4}-\d{2}-\d{2}")


def is_moment(value: Any) -> bool:
    """``YYYY-MM-DD HH:MM:SS``."""
    return _is_moment(value, r"\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}")


def _is_moment(value: Any, pattern: str) -> bool:
    if not isinstance(value, str) or not re.fullmatch(pattern, value, re.ASCII):
        return False
    try:
        datetime.fromisoformat(value)
    except ValueError:
        return False
    return True


def _is_amount(value: Any) -> bool:
    return is_number(value) and Decimal(value) == round(Decimal(value), 2)


TEXT = Field("a text", lambda value: isinstance(value, str))
FILLED = Field("a text that is not empty", lambda value: isinstance(value, str) and bool(value.strip()))
AMOUNT = Field("a number with 2 decimals at most", _is_amount)
POSITIVE = Field("a number above 0", lambda value: is_number(value) and value > 0)
NOT_NEGATIVE = Field("a number of 2 decimals at most, not below 0", lambda value: _is_amount(value) and value >= 0)
PERCENT = Field("a percentage", lambda value: is_number(value) and 0 <= value <= 100)  # noqa: PLR2004 - per cent
DAY = Field("a day, YYYY-MM-DD", is_day)
MOMENT = Field("a time, YYYY-MM-DD HH:MM:SS", is_moment)
CURRENCY = Field("an ISO 4217 code", lambda value: isinstance(value, str) and bool(re.fullmatch("[A-Z]{3}", value)))
NOTHING = Field("an empty list", lambda value: value == [])
