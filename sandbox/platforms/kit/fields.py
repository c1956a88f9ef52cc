"""What a body may hold: field by field and nothing else. What a refusal looks like is the platform's own matter."""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any


@dataclass(frozen=True)
class Field:
    """One field.

    Args:
        kind: What it should be, in words.
        accepts: Tells whether a value is such a thing.
        nullable: Null has a meaning of its own.
        inside: The fields of the object, or of each object of the list.
    """

    kind: str
    accepts: Callable[[Any], bool]
    required: bool = False
    nullable: bool = False
    inside: "Mapping[str, Field] | None" = None


Shape = Mapping[str, Field]


def faults(body: Any, shape: Shape, where: str = "body", *, deep: bool = True) -> Iterator[str]:
    """Say what is wrong: unknown names first, then field by field in the order of the shape.

    Args:
        where: What the body is called in the sentences.
        deep: Whether to look into nested objects, each where its field comes.
    """
    if not isinstance(body, dict):
        yield f"{where} should be an object"
        return
    yield from (f"{where}.{name} is not a known field" for name in body if name not in shape)
    for name, field in shape.items():
        if name in body:
            yield from _value_faults(body[name], field, f"{where}.{name}", deep=deep)
        elif field.required:
            yield f"{where}.{name} is missing"


def first_fault(body: Any, shape: Shape, where: str = "body") -> str | None:
    """The first of them, for a platform that names one."""
    return next(faults(body, shape, where), None)


def parts(value: Any, field: Field, where: str) -> Iterator[tuple[Any, Shape, str]]:
    """What is nested in a value that is accepted: each object, its fields, and what it is called."""
    if field.inside is None or value is None:
        return
    rows = enumerate(value) if isinstance(value, list) else ((None, value),)
    for at, row in rows:
        yield row, field.inside, where if at is None else f"{where}[{at}]"


def _value_faults(value: Any, field: Field, where: str, *, deep: bool) -> Iterator[str]:
    if value is None and field.nullable:
        return
    if not field.accepts(value):
        yield f"{where} should be {field.kind}"
    elif deep:
        for row, inside, at in parts(value, field, where):
            yield from faults(row, inside, at)


def requiring(shape: Shape, names: Collection[str] | None = None) -> Shape:
    """The same fields, these of them required; None is all."""
    return {name: replace(field, required=names is None or name in names) for name, field in shape.items()}


def optional(shape: Shape) -> Shape:
    """The same fields, none required: what a change takes."""
    return requiring(shape, ())


def required(field: Field) -> Field:
    """The same field, required."""
    return replace(field, required=True)


def nullable(field: Field) -> Field:
    """The same field, where null has a meaning of its own."""
    return replace(field, nullable=True)


def one_of(values: Iterable[Any]) -> Field:
    """One of a closed set; 1 and true are different values."""
    allowed = [(type(value), value) for value in values]
    words = ", ".join(str(value) for _, value in allowed)
    return Field(f"one of {words}", lambda value: (type(value), value) in allowed)


def nested(shape: Shape) -> Field:
    """An object."""
    return Field("an object", lambda value: isinstance(value, dict), inside=shape)


def listed(shape: Shape, kind: str = "a list") -> Field:
    """A list of objects."""
    return Field(kind, lambda value: isinstance(value, list), inside=shape)


def is_text(value: Any) -> bool:
    """A JSON string."""
    return isinstance(value, str)


def is_number(value: Any) -> bool:
    """A JSON number."""
    return isinstance(value, int | Decimal) and not isinstance(value, bool)


def is_day(value: Any) -> bool:
    """``YYYY-MM-DD``, a day of the calendar."""
    try:
        return isinstance(value, str) and date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


PERCENT = Field("a percentage", lambda value: is_number(value) and 0 <= value <= 100)  # noqa: PLR2004 - per cent
CURRENCY = Field("an ISO 4217 code", lambda value: is_text(value) and bool(re.fullmatch("[A-Z]{3}", value)))
