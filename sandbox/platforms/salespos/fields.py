"""What a body may hold: field by field, nothing else, null only where the contract names it."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from sandbox.platforms.salespos.countries import ALPHA_2
from sandbox.platforms.salespos.errors import invalid


@dataclass(frozen=True)
class Field:
    """One field: its kind in words, and what it accepts.

    Args:
        inside: The fields of the object, or of each object of the list when ``many``.
    """

    kind: str
    accepts: Callable[[Any], bool]
    required: bool = False
    nullable: bool = False
    inside: "Mapping[str, Field] | None" = None
    many: bool = False


Shape = Mapping[str, Field]


def check(body: Any, shape: Shape, where: str = "body") -> None:
    """Refuse the first fault found.

    Raises:
        ApiError: Names the field and what it should be.
    """
    if not isinstance(body, dict):
        raise invalid(f"{where} should be an object")
    for name in body:
        if name not in shape:
            raise invalid(f"{where}.{name} is not a known field")
    for name, field in shape.items():
        if name in body:
            _check_value(body[name], field, f"{where}.{name}")
        elif field.required:
            raise invalid(f"{where}.{name} is missing")


def _check_value(value: Any, field: Field, where: str) -> None:
    if value is None and field.nullable:
        return
    if not field.accepts(value):
        raise invalid(f"{where} should be {field.kind}")
    if field.inside is not None:
        for at, item in enumerate(value) if field.many else ((None, value),):
            check(item, field.inside, where if at is None else f"{where}[{at}]")


def optional(shape: Shape) -> Shape:
    """The same fields, none required: what a PATCH takes."""
    return {name: replace(field, required=False) for name, field in shape.items()}


def required(field: Field) -> Field:
    """The same field, required."""
    return replace(field, required=True)


def nullable(field: Field) -> Field:
    """The same field, where null has a meaning of its own."""
    return replace(field, nullable=True)


def text(longest: int | None = None) -> Field:
    """A string, at most ``longest`` characters."""
    if longest is None:
        return Field("a string", lambda value: isinstance(value, str))
    return Field(
        f"a string of at most {longest} characters",
        lambda value: isinstance(value, str) and len(value) <= longest,
    )


def one_of(values: Iterable[Any]) -> Field:
    """One of a closed set; 1 and true are different values."""
    allowed = {(type(value), value) for value in values}
    words = ", ".join(str(value) for value in values)
    return Field(f"one of {words}", lambda value: _hashable(value) and (type(value), value) in allowed)


def nested(shape: Shape) -> Field:
    """An object."""
    return Field("an object", lambda value: isinstance(value, dict), inside=shape)


def listed(shape: Shape) -> Field:
    """A list of objects."""
    return Field("a list", lambda value: isinstance(value, list), inside=shape, many=True)


def _hashable(value: Any) -> bool:
    return isinstance(value, str | int | bool)


def _is_integer(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | Decimal) and not isinstance(value, bool)


def _is_moment(value: Any) -> bool:
    try:
        return isinstance(value, str) and datetime.fromisoformat(value) is not None
    except ValueError:
        return False


TEXT = text()
INTEGER = Field("an integer", _is_integer)
NUMBER = Field("a number", _is_number)
AMOUNT = Field("a number not below 0", lambda value: _is_number(value) and value >= 0)
COUNT = Field("a number above 0", lambda value: _is_number(value) and value > 0)
PERCENT = Field("a percentage", lambda value: _is_number(value) and 0 <= value <= 100)  # noqa: PLR2004 - per cent
FLAG = Field("true or false", lambda value: isinstance(value, bool))
MOMENT = Field("an ISO-8601 date", _is_moment)
COUNTRY = Field("an ISO 3166-1 alpha-2 code", lambda value: isinstance(value, str) and value in ALPHA_2)
CURRENCY = Field("an ISO 4217 code", lambda value: isinstance(value, str) and bool(re.fullmatch("[A-Z]{3}", value)))
