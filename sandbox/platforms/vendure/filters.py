"""Lists as Vendure filters, sorts and cuts them (platform file, "Lists")."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sandbox.platforms.vendure.errors import not_emulated, too_many
from sandbox.platforms.vendure.inferred import DEFAULT_TAKE

MOST = 1000
Columns = Callable[[Any], Mapping[str, Any]]
"""What of a record can be filtered by."""


def listed(records: Sequence[Any], options: Mapping[str, Any] | None, columns: Columns) -> tuple[list[Any], int]:
    """The records that are asked for, and how many every filter leaves.

    Raises:
        GraphQLError: More than a list gives are asked for, or a way to filter or sort that is not emulated.
    """
    asked = options or {}
    skip, take = asked.get("skip") or 0, asked.get("take") or DEFAULT_TAKE
    if take > MOST:
        raise too_many(MOST)
    wanted = asked.get("filter") or {}
    if asked.get("filterOperator") == "OR":
        raise not_emulated("filterOperator OR")
    found = [record for record in records if passes(columns(record), wanted)]
    found.sort(key=lambda record: record.id, reverse=_is_descending(asked.get("sort") or {}))
    return found[skip : skip + take], len(found)


def _is_descending(sort: Mapping[str, str]) -> bool:
    if set(sort) - {"id"}:
        raise not_emulated(f"Sorting by {', '.join(sort)}")
    return sort.get("id", "ASC") == "DESC"


def passes(row: Mapping[str, Any], wanted: Mapping[str, Any]) -> bool:
    """Whether a record passes every part of a filter."""
    for name, asked in wanted.items():
        if name == "_or":
            right = not asked or any(passes(row, each) for each in asked)
        elif name == "_and":
            right = all(passes(row, each) for each in asked)
        elif name not in row:
            raise not_emulated(f"Filtering by {name}")
        else:
            right = all(_OPERATORS[word](row[name], value) for word, value in asked.items())
        if not right:
            return False
    return True


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _text(value: Any) -> str:
    return "" if value is None else str(value)


_OPERATORS: Mapping[str, Callable[[Any, Any], bool]] = {
    "eq": lambda value, wanted: bool(value == wanted),
    "notEq": lambda value, wanted: bool(value != wanted),
    "in": lambda value, wanted: value in wanted,
    "notIn": lambda value, wanted: value not in wanted,
    "contains": lambda value, wanted: _like(wanted, _text(value)),
    "isNull": lambda value, wanted: (value is None) is wanted,
    "after": lambda value, wanted: value is not None and value > _moment(wanted),
    "before": lambda value, wanted: value is not None and value < _moment(wanted),
    "between": lambda value, wanted: value is not None and _moment(wanted["start"]) <= value <= _moment(wanted["end"]),
}


def _like(part: str, text: str) -> bool:
    """As a database finds a part of a text: in any case, ``%`` and ``_`` standing for others."""
    pattern = "".join({"%": ".*", "_": "."}.get(letter, re.escape(letter)) for letter in part)
    return re.search(pattern, text, re.IGNORECASE | re.DOTALL) is not None
