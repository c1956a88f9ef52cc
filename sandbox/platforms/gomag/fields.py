"""What a written body may hold: field by field and nothing else. Numbers may be text, as the sources show them."""

import re
from decimal import Decimal, InvalidOperation
from typing import Any

from sandbox.platforms.gomag.errors import invalid
from sandbox.platforms.gomag.wire import Record
from sandbox.platforms.kit.fields import Field, Shape, first_fault, is_day, is_text, listed


def check(body: Any, shape: Shape, where: str = "data") -> Record:
    """The body, when nothing is wrong with it.

    Raises:
        ApiError: Names the first fault.
    """
    if fault := first_fault(body, shape, where):
        raise invalid(fault)
    row: Record = body
    return row


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


def rows_of(shape: Shape) -> Field:
    """A list of objects."""
    return listed(shape, "an array")


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
    return all(map(is_text, values))


TEXT = Field("text", is_text)
NUMBER = Field("a number", lambda value: number(value) is not None)
PRICE = Field("a number not below 0", _is_positive)
ID = Field("a whole number", _is_whole)
FLAG = Field("0 or 1", lambda value: value in (0, 1, "0", "1"))
DAY = Field("a day such as 2026-01-31", is_day)
TEXTS = Field("an object of texts by language code", _are_texts)
PATHS = Field("an array of paths, each an array of names", _are_paths)
