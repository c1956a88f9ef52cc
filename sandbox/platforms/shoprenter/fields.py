"""What a written body may hold: field by field and nothing else. Numbers are texts or numbers, relations ids."""

import re
from collections.abc import Collection
from decimal import Decimal, InvalidOperation
from typing import Any

from sandbox.platforms.kit.fields import Field, Shape, first_fault, is_text
from sandbox.platforms.shoprenter.errors import (
    MISSING,
    READ_ONLY,
    WRONG_DATA,
    WRONG_ID,
    WRONG_IDENTITY,
    bad,
)
from sandbox.platforms.shoprenter.state import Shop
from sandbox.platforms.shoprenter.wire import Key, Record, decoded


def check(body: Record, shape: Shape, read_only: Collection[str] = (), *, new: bool = False) -> Record:
    """The body, when nothing is wrong with it; required fields are looked for in a ``new`` record.

    Raises:
        ApiError: Names the first fault.
    """
    if forbidden := [name for name in body if name in read_only]:
        raise bad(READ_ONLY, f"{forbidden[0]} is read only")
    missing = [name for name, field in shape.items() if field.required and name not in body]
    if new and missing:
        raise bad(MISSING, f"{missing[0]} is required")
    if fault := first_fault(body, {name: shape[name] for name in shape if name in body or not shape[name].required}):
        raise bad(WRONG_DATA, fault)
    return body


def relation(shop: Shop, value: Any, entity: str) -> Key:
    """The key in ``{"id": …}``, as base64 or as the id a caller chose.

    Raises:
        ApiError: It is none, or of another kind of record.
    """
    key = key_of(shop, value["id"], entity)
    if key is None:
        raise bad(WRONG_DATA, f"{value['id']} is a bad resource identifier")
    return key


def key_of(shop: Shop, text: str, entity: str) -> Key | None:
    """The key that an id stands for; None when it is none of this kind of record."""
    chosen = (key for key, own in shop.chosen.items() if own == text and key.entity == entity)
    key = next(chosen, None) or decoded(text)
    return key if key and key.entity == entity else None


def inside(numbers: Collection[int], key: Key) -> int:
    """The number of a record that a relation names.

    Raises:
        ApiError: There is none.
    """
    if key.numbers[0] not in numbers:
        raise bad(WRONG_IDENTITY, f"There is no {key.entity} {key.numbers[0]}")
    return key.numbers[0]


def wrong_id(text: str) -> Exception:
    """The id in the address is none of this resource."""
    return bad(WRONG_ID, f"{text} is a wrong resource id")


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


def _is_relation(value: Any) -> bool:
    return isinstance(value, dict) and value.keys() == {"id"} and is_text(value["id"])


def _is_whole(value: Any) -> bool:
    found = number(value)
    return found is not None and found == found.to_integral_value()


def _is_date(value: Any) -> bool:
    return is_text(value) and bool(re.fullmatch(r"\d{4}-\d\d-\d\d( \d\d:\d\d:\d\d)?", value))


TEXT = Field("a text", is_text)
NUMBER = Field("a number", lambda value: number(value) is not None)
PRICE = Field("a number not below 0", lambda value: (number(value) or Decimal(-1 if number(value) is None else 0)) >= 0)
INT = Field("an int", _is_whole)
FLAG = Field("0 or 1", lambda value: value in (0, 1, "0", "1") and not isinstance(value, bool))
DATE = Field("a date such as 2026-01-31", _is_date)
RELATION = Field('a relation such as {"id": "…"} and nothing else', _is_relation)
URL = Field("an address", lambda value: is_text(value) and bool(re.fullmatch(r"https?://\S+", value)))
