"""CloudWatch Logs Insights, as far as the saved queries and the dashboards speak it; anything else is refused.

Known: ``SOURCE``, ``fields``, ``filter`` (``and``, ``or``, ``=``, ``in``, ``not in``, ``like``, ``ispresent``),
``stats`` (``count``, ``count_distinct``, ``latest``, ``sum``) with ``by``, ``sort`` and ``limit`` (Logs user guide,
query syntax).
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

Row = dict[str, Any]
Test = Callable[[Row], bool]

TOKEN = re.compile(r"""\s*(/(?:[^/\\]|\\.)*/|"[^"]*"|'[^']*'|[\w@.]+|\(|\)|\[|\]|,|!=|=)""")
CALL = re.compile(r"(\w+)\(([@\w.]*)\)(?: as (\w+))?")
HOUR = re.compile(r"bin\((\d+)h\)")


def run(query: str, lines: Sequence[str]) -> list[Row]:
    """Return what a query finds in the lines of a log, each a JSON object. Raises ValueError for what is unknown."""
    rows = [_row(line) for line in lines if line.startswith("{")]
    shown: list[str] = []
    for command in _commands(query):
        word, _, rest = command.partition(" ")
        if word == "SOURCE":
            continue
        if word == "fields":
            shown = _names(rest)
        else:
            rows = COMMANDS[word](rows, rest.strip())
        if word == "stats":
            shown = []
    return [{name: row[name] for name in shown if name in row} for row in rows] if shown else rows


def filled(query: str, values: Mapping[str, str], *, quoted: bool = False) -> str:
    """Return a query with its parameters put in, as they are or between quotation marks."""
    for name, value in values.items():
        query = query.replace(f"{{{{{name}}}}}", f'"{value}"' if quoted else value)
    if found := re.findall(r"\{\{\w+\}\}", query):
        raise ValueError(f"Nothing was given for {found}")
    return query


def _row(line: str) -> Row:
    """Fields of inner objects have their path for a name."""
    found: Row = {"@message": line}
    _flatten("", json.loads(line), found)
    return {"@timestamp": found.get("timestamp", ""), **found}


def _flatten(place: str, value: Any, row: Row) -> None:
    if isinstance(value, dict):
        for name, part in value.items():
            _flatten(f"{place}.{name}" if place else name, part, row)
    else:
        row[place] = value


def _commands(query: str) -> list[str]:
    """Commands stand between bars, but for those in a pattern; a line after # is a remark."""
    text = "\n".join(line for line in query.splitlines() if not line.lstrip().startswith("#"))
    parts = re.findall(r"""(?:/(?:[^/\\\n]|\\.)*/|"[^"]*"|'[^']*'|[^|])+""", text)
    return [" ".join(part.split()) for part in parts if part.strip()]


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",")]


# --- commands -------------------------------------------------------------------------------------------------------


def _filter(rows: list[Row], text: str) -> list[Row]:
    tokens = TOKEN.findall(text)
    if "".join(tokens) != re.sub(r"\s+(?=(?:[^\"'/]|\"[^\"]*\"|'[^']*'|/(?:[^/\\]|\\.)*/)*$)", "", text):
        raise ValueError(f"Nothing is known of the filter {text}")
    reader = _Reader(tokens)
    wanted = reader.any_of()
    if reader.left:
        raise ValueError(f"Nothing is known of {reader.left} in {text}")
    return [row for row in rows if wanted(row)]


def _sort(rows: list[Row], text: str) -> list[Row]:
    name, _, direction = text.partition(" ")
    if direction not in ("", "asc", "desc"):
        raise ValueError(f"Nothing is known of sorting {direction}")
    return sorted(rows, key=lambda row: row.get(name, ""), reverse=direction == "desc")


def _limit(rows: list[Row], text: str) -> list[Row]:
    return rows[: int(text)]


def _stats(rows: list[Row], text: str) -> list[Row]:
    figures, _, groups = text.partition(" by ")
    names = [name.strip() for name in groups.split(",")] if groups else []
    grouped: dict[tuple[Any, ...], list[Row]] = {}
    for row in rows:
        grouped.setdefault(tuple(_group(row, name) for name in names), []).append(row)
    return [
        {**dict(zip(names, key, strict=True)), **{name: figure(found) for name, figure in _figures(figures)}}
        for key, found in grouped.items()
    ]


def _figures(text: str) -> Iterator[tuple[str, Callable[[list[Row]], Any]]]:
    for each in text.split(","):
        call = CALL.fullmatch(each.strip())
        if call is None:
            raise ValueError(f"Nothing is known of the statistic {each}")
        yield call[3] or call[0], partial(FIGURES[call[1]], name=call[2])


def _group(row: Row, name: str) -> Any:
    if every := HOUR.fullmatch(name):
        moment = datetime.fromisoformat(row["@timestamp"])
        return moment.replace(hour=moment.hour // int(every[1]) * int(every[1]), minute=0, second=0, microsecond=0)
    return row.get(name)


def _latest(rows: list[Row], name: str) -> Any:
    return max((row for row in rows if name in row), key=lambda row: row["@timestamp"], default={}).get(name)


COMMANDS: Mapping[str, Callable[[list[Row], str], list[Row]]] = {
    "filter": _filter,
    "stats": _stats,
    "sort": _sort,
    "limit": _limit,
}
FIGURES: Mapping[str, Callable[..., Any]] = {
    "count": lambda rows, name: sum(name in (*row, "*", "") for row in rows),
    "count_distinct": lambda rows, name: len({row[name] for row in rows if name in row}),
    "latest": _latest,
    "sum": lambda rows, name: sum(row[name] for row in rows if name in row),
}


# --- filters --------------------------------------------------------------------------------------------------------


@dataclass
class _Reader:
    """Reads a condition from left to right; ``and`` binds closer than ``or``."""

    left: list[str]

    def any_of(self) -> Test:
        parts = [self._all_of()]
        while self._eat("or"):
            parts.append(self._all_of())
        return lambda row: any(part(row) for part in parts)

    def _all_of(self) -> Test:
        parts = [self._one()]
        while self._eat("and"):
            parts.append(self._one())
        return lambda row: all(part(row) for part in parts)

    def _one(self) -> Test:
        if self._eat("("):
            found = self.any_of()
            self._expect(")")
            return found
        name = self.left.pop(0)
        if name == "ispresent":
            self._expect("(")
            field = self.left.pop(0)
            self._expect(")")
            return lambda row: field in row
        return self._comparison(name)

    def _comparison(self, name: str) -> Test:
        sign = self.left.pop(0)
        if sign == "like":
            pattern = self.left.pop(0)
            wanted = re.compile(pattern[1:-1] if pattern.startswith("/") else re.escape(pattern[1:-1]))
            return lambda row: wanted.search(str(row.get(name, ""))) is not None
        if sign == "=":
            value = _literal(self.left.pop(0))
            return lambda row: row.get(name) == value
        without = sign == "not"
        if without or sign == "in":
            if without:
                self._expect("in")
            values = self._list()
            return lambda row: (row.get(name) in values) is not without
        raise ValueError(f"Nothing is known of {sign}")

    def _list(self) -> set[Any]:
        self._expect("[")
        values = {_literal(self.left.pop(0))}
        while self._eat(","):
            values.add(_literal(self.left.pop(0)))
        self._expect("]")
        return values

    def _eat(self, word: str) -> bool:
        if self.left[:1] == [word]:
            del self.left[0]
            return True
        return False

    def _expect(self, word: str) -> None:
        if not self._eat(word):
            raise ValueError(f"{word} is missing before {self.left}")


def _literal(token: str) -> Any:
    if token[0] in "\"'":
        return token[1:-1]
    if re.fullmatch(r"\d+", token):
        return int(token)
    raise ValueError(f"{token} is a field, and no value: it lacks quotation marks")
