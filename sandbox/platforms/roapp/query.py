"""The part of an address after ``?``: arrays in three spellings, pages, sorting, times from and to."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from urllib.parse import parse_qsl

from sandbox.platforms.roapp.errors import refused
from sandbox.platforms.roapp.inferred import PAGE
from sandbox.platforms.roapp.wire import Record, moment_of

R = TypeVar("R")
Times = tuple[datetime | None, datetime | None]
"""From and to, both included; None where there is no such end."""
BOTH = 2
"""Values of a time: from and to (M1)."""


@dataclass(frozen=True)
class Query:
    """What was asked for, name by name, without brackets.

    Args:
        values: An array comes as one name with brackets again and again (M1), the same without brackets (L13), or its
            values joined by a comma (L11).
    """

    values: dict[str, tuple[str, ...]]

    def one(self, name: str) -> str | None:
        """A single value.

        Raises:
            ApiError: There are several.
        """
        found = self.values.get(name)
        if found and len(found) > 1:
            raise refused(name, "one value only")
        return found[0] if found else None

    def many(self, name: str) -> tuple[str, ...]:
        """All values of an array."""
        return tuple(part for value in self.values.get(name, ()) for part in value.split(",") if part)

    def numbers(self, name: str) -> frozenset[int]:
        """All values of an array of ids.

        Raises:
            ApiError: One is no number.
        """
        found = self.many(name)
        if not all(value.isascii() and value.isdigit() for value in found):
            raise refused(name, "whole numbers only")
        return frozenset(map(int, found))

    def times(self, name: str) -> Times:
        """From and to, both included.

        Raises:
            ApiError: A time is none, or there are more than two.
        """
        found = self.many(name)
        if len(found) > BOTH:
            raise refused(name, "one or two values")
        try:
            read = [*map(moment_of, found), None, None]
        except ValueError as error:
            raise refused(name, "times in ISO 8601 with their zone, without fractions of a second") from error
        return read[0], read[1]

    @property
    def page(self) -> int:
        """Which page, from 1.

        Raises:
            ApiError: It is none.
        """
        text = self.one("page") or "1"
        if not (text.isascii() and text.isdigit() and int(text)):
            raise refused("page", "a whole number from 1")
        return int(text)


def read_query(text: str, known: Iterable[str]) -> Query:
    """What an address asks for.

    Raises:
        ApiError: A parameter is not documented [inferred].
    """
    values: dict[str, tuple[str, ...]] = {}
    allowed = set(known)
    for raw, value in parse_qsl(text, keep_blank_values=True):
        name = raw.removesuffix("[]")
        if name not in allowed:
            raise refused(raw, "is not a known parameter")
        values[name] = (*values.get(name, ()), value)
    return Query(values)


def is_within(moment: datetime, times: Times) -> bool:
    """Whether it lies between both, as far as they are given."""
    since, until = times
    return (since is None or moment >= since) and (until is None or moment <= until)


def sorted_by(rows: Sequence[R], query: Query, keys: dict[str, Callable[[R], Any]]) -> list[R]:
    """In the order asked for, a leading ``-`` for the other way (M1); without one by id.

    Raises:
        ApiError: Nothing can be sorted by it.
    """
    asked = query.one("sort") or "id"
    name = asked.removeprefix("-")
    if name not in keys:
        raise refused("sort", f"one of {', '.join(keys)}")
    return sorted(rows, key=keys[name], reverse=asked.startswith("-"))


def paged(rows: Sequence[R], query: Query, view: Callable[[R], Record]) -> Record:
    """A page of v2 (D1, M1, L2, L9)."""
    some = rows[(query.page - 1) * PAGE : query.page * PAGE]
    pages = max((len(rows) + PAGE - 1) // PAGE, 1)
    paging = {"page": query.page, "page_size": PAGE, "total_pages": pages, "count": len(rows)}
    return {"data": [view(each) for each in some], "paging": paging}


def counted(rows: Sequence[R], query: Query, view: Callable[[R], Record]) -> Record:
    """A page of the unversioned API: all rows are counted (L1)."""
    some = rows[(query.page - 1) * PAGE : query.page * PAGE]
    return {"data": [view(each) for each in some], "count": len(rows), "success": True}


def whole(rows: Iterable[Record]) -> Record:
    """A list of the unversioned API that comes whole."""
    found = list(rows)
    return {"data": found, "count": len(found), "success": True}
