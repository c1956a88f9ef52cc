"""What a written body may hold: field by field and nothing else. Numbers may be text, as the sources show them."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from sandbox.platforms.gomag.errors import invalid
from sandbox.platforms.gomag.wire import Record


@dataclass(frozen=True)
class Field:
    """One field: its kind in words, what it accepts, and what is inside an object or each row of a list."""

    kind: str
    accepts: Callable[[Any], bool]
    required: bool = False
    inside: "Mapping[str, Field] | None" = None


Shape = Mapping[str, Field]


def check(body: Any, shape: Shape, where: str = "data") -> Record:
    """The body, when nothing is wrong with it.

    Raises:
        ApiError: Names the first fault.
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
    return body


def check_rows(body: Any, shape: Shape) -> list[Record]:
    """A JSON array of such objects.

    Raises:
        ApiError: It is none, or empty.
    """
    if not isinstance(body, list) or not body:
        raise invalid("data should be an array with rows")
    return [check(row, shape, f"data[{at}]") for at, row in enumerate(body)]


def check_identifier(row: Record, *names: str) -> None:
    """A row must say which record it means.

    Raises:
        ApiError: It does not.
    """
    if not any(name in row for name in names):
        raise invalid(f"a row needs {' or '.join(names)}")


def required(field: Field) -> Field:
    """The same field, required."""
    return replace(field, required=True)


def object_of(shape: Shape) -> Field:
    """An object."""
    return Field("an object", lambda value: isinstance(value, dict), inside=shape)


def rows_of(shape: Shape) -> Field:
    """A list of objects."""
    return Field("an array", lambda value: isinstance(value, list), inside=shape)


def number(value: Any) -> Decimal | None:
    """What a number or its text says; None when it is neither."""
    if isinstance(value, bool):
        return None
    try:
        amount = Decimal(value) if isinstance(value, int | str | Decimal) else None
    except InvalidOperation:
        return None
    return amount if amount is not None and amount.is_finite() else None


def amount(value: Any) -> Decimal:
    """A number that was checked before."""
    return number(value) or Decimal(0)


def _check_value(value: Any, field: Field, where: str) -> None:
    if not field.accepts(value):
        raise invalid(f"{where} should be {field.kind}")
    if field.inside is not None:
        rows = enumerate(value) if isinstance(value, list) else ((None, value),)
        for at, row in rows:
            check(row, field.inside, where if at is None else f"{where}[{at}]")


def _is_whole(value: Any) -> bool:
    found = number(value)
    return found is not None and found == found.to_integral_value()


def _is_positive(value: Any) -> bool:
    found = number(value)
    return found is not None and found >= 0


def _are_texts(value: Any) -> bool:
    return isinstance(value, dict) and all(re.fullmatch("[a-z]{2}", key) for key in value) and _all_text(value.values())


def _are_paths(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(path, list) and path and _all_text(path) for path in value)


def _all_text(values: Any) -> bool:
    return all(isinstance(value, str) for value in values)


def _is_day(value: Any) -> bool:
    try:
        return isinstance(value, str) and date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


TEXT = Field("text", lambda value: isinstance(value, str))
NUMBER = Field("a number", lambda value: number(value) is not None)
PRICE = Field("a number not below 0", _is_positive)
ID = Field("a whole number", _is_whole)
FLAG = Field("0 or 1", lambda value: value in (0, 1, "0", "1"))
DAY = Field("a day such as 2026-01-31", _is_day)
TEXTS = Field("an object of texts by language code", _are_texts)
PATHS = Field("an array of paths, each an array of names", _are_paths)
