"""What a log widget would show: its query over the activity log, as far as our own queries go.

``fields``, ``filter`` with ``=``, ``!=``, ``in``, ``like /…/``, ``ispresent`` and ``and``, ``sort`` and ``limit``.
"""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from sandbox.aws.activity import Line

LIMIT = 1000
Row = Mapping[str, Any]
_PRESENT = re.compile(r"ispresent\((?P<field>[\w.@]+)\)")
_AMONG = re.compile(r"(?P<field>[\w.@]+) in \[(?P<values>[^\]]*)\]")
_EQUAL = re.compile(r"(?P<field>[\w.@]+) *(?P<sign>!?=) *(?P<value>'[^']*'|\"[^\"]*\"|-?\d+)")


class UnknownQueryError(ValueError):
    """A query says what only CloudWatch understands."""


def rows_of(query: str, lines: Iterable[Line]) -> tuple[list[str], list[list[str]]]:
    """The columns that a query names, and its rows.

    Raises:
        UnknownQueryError: It is more than is understood here.
    """
    columns: list[str] = ["@timestamp", "@message"]
    rows: list[Row] = [_read(line) for line in lines]
    limit = LIMIT
    for part in map(str.strip, query.split("|")):
        command, _, rest = part.partition(" ")
        match command:
            case "SOURCE":
                continue
            case "fields":
                columns = [each.strip() for each in rest.split(",")]
            case "filter":
                tests = [_test(each.strip()) for each in rest.split(" and ")]
                rows = [row for row in rows if all(test(row) for test in tests)]
            case "sort":
                rows = _sorted(rows, rest)
            case "limit":
                limit = int(rest)
            case _:
                raise UnknownQueryError(part)
    return columns, [[_text(row.get(column)) for column in columns] for row in rows[:limit]]


def _read(line: Line) -> Row:
    try:
        said = json.loads(line.text)
    except ValueError:
        said = {}
    at = f"{datetime.fromtimestamp(line.at / 1000, UTC):%Y-%m-%d %H:%M:%S}"
    return {**(said if isinstance(said, dict) else {}), "@timestamp": at, "@message": line.text}


def _sorted(rows: list[Row], by: str) -> list[Row]:
    field, _, order = by.partition(" ")
    return sorted(rows, key=lambda row: _text(row.get(field)), reverse=order.strip() == "desc")


def _test(words: str) -> Callable[[Row], bool]:
    if found := _PRESENT.fullmatch(words):
        field = found["field"]
        return lambda row: row.get(field) is not None
    if found := _AMONG.fullmatch(words):
        field, values = found["field"], {each.strip().strip("'\"") for each in found["values"].split(",")}
        return lambda row: _text(row.get(field)) in values
    if found := _EQUAL.fullmatch(words):
        field, value, equal = found["field"], found["value"].strip("'\""), found["sign"] == "="
        return lambda row: (_text(row.get(field)) == value) == equal
    raise UnknownQueryError(words)


def _text(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value)
