"""What a call's body may hold, beside the token. Numbers may be text where PHP would read them."""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any, Final

from sandbox.platforms.cartum.errors import invalid
from sandbox.platforms.cartum.wire import Record
from sandbox.platforms.kit.fields import Field, Shape, first_fault, is_number, is_text

LARGEST: Final = Decimal(10**15)
"""No number of a shop comes near to it, and larger ones take long to write out."""
_DAYS: Final = ("%Y-%m-%d", "%d.%m.%Y")
_CLOCK: Final = " %H:%M:%S"


def check(body: Record, shape: Shape) -> None:
    """Nothing, when the body is as documented.

    Raises:
        ApiError: Names the first fault.
    """
    if fault := first_fault(body, {"token": ANYTHING, **shape}):
        raise invalid(fault)


def number(value: Any) -> Decimal | None:
    """What a number or its text says; None when it is neither."""
    if isinstance(value, bool):
        return None
    try:
        amount = Decimal(value) if isinstance(value, int | str | Decimal) else None
    except InvalidOperation:
        return None
    return amount if amount is not None and amount.is_finite() else None


def whole(value: Any) -> int | None:
    """A whole number or its text; None when it is neither."""
    found = number(value)
    if found is None or abs(found) >= LARGEST or found != found.to_integral_value():
        return None
    return int(found)


def listed(value: Any) -> list[Any]:
    """One thing or several."""
    return value if isinstance(value, list) else [value]


@lru_cache
def moment(text: str) -> tuple[datetime, bool]:
    """A time of the shop's wall clock, and whether it was a bare day (C2, C3).

    Raises:
        ValueError: It is neither.
    """
    for pattern in _DAYS:
        for ending in ("", _CLOCK):
            try:
                return datetime.strptime(text, pattern + ending), not ending  # noqa: DTZ007 - the shop keeps no zone
            except ValueError:
                continue
    raise ValueError(f"{text!r} is neither a day nor a time")


def is_moment(value: Any) -> bool:
    """Whether it is such a text."""
    try:
        return isinstance(value, str) and bool(moment(value))
    except ValueError:
        return False


def texts(value: Any, languages: tuple[str, ...]) -> dict[str, str]:
    """A plain text for all languages, or texts by language; a language that is not used is dropped."""
    if isinstance(value, dict):
        return {language: text for language, text in value.items() if language in languages}
    return dict.fromkeys(languages, value)


def _are_texts(value: Any) -> bool:
    if isinstance(value, dict):
        return all(map(is_text, value)) and all(map(is_text, value.values()))
    return is_text(value)


def _all_whole(value: Any) -> bool:
    found = list(map(whole, listed(value)))
    return bool(found) and None not in found


def _all_text(value: Any) -> bool:
    return all(map(is_text, listed(value)))


def rows(value: Any) -> Iterator[Record]:
    """The rows of a write; what is no object counts as one without fields."""
    yield from (row if isinstance(row, dict) else {} for row in value)


ANYTHING = Field("anything", lambda _: True)
TEXT = Field("text", is_text)
TEXTS = Field("a text, or texts by language", _are_texts)
COUNT = Field("a whole number from 0", lambda value: (whole(value) or 0) >= 0 and whole(value) is not None)
NUMBERS = Field("a whole number or a list of them", _all_whole)
NAMES = Field("a text or a list of texts", _all_text)
MOMENT = Field("a day or a time", is_moment)
FLAG = Field("0 or 1", lambda value: whole(value) in (0, 1))
BOOL = Field("true or false", lambda value: isinstance(value, bool))
AMOUNT = Field("a number not below 0", lambda value: is_number(value) and 0 <= value < LARGEST)
ROWS = Field("a list with rows", lambda value: isinstance(value, list) and bool(value))
PAGING: Shape = {"offset": COUNT, "limit": COUNT}
