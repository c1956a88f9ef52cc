"""Filters of a search: parsed strictly, then tested on rows.

A test answers True, False or None (unknown), as a database does with NULL: a row is found only when its
test is True, so ``not`` does not find rows whose field is null. Over a to-many association a filter
holds when it holds for any of the rows. Text compares without regard to case and to blanks behind it,
as the usual database collation does. [inferred, all three: the platform file leaves them to the database]
"""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from operator import eq, ge, gt, le, lt, ne
from typing import Any

from sandbox.platforms.shopware.errors import INVALID_UUID, ApiError, Problem
from sandbox.platforms.shopware.schema.model import Entity
from sandbox.platforms.shopware.search.paths import Path, parse_path
from sandbox.platforms.shopware.store import Row, Store
from sandbox.platforms.shopware.values import folded, is_id, parse_stamp

Test = Callable[[Row], bool | None]
Clock = Callable[[], datetime]

RANGES: Mapping[str, Callable[[Any, Any], bool]] = {"gt": gt, "gte": ge, "lt": lt, "lte": le}
_COMPARISONS = {**RANGES, "eq": eq, "neq": ne}
_DAYS = re.compile(r"P(?:(\d+)W|(\d+)D)")
_KEYS = {
    "equals": {"field", "value"},
    "equalsAny": {"field", "value"},
    "equalsAll": {"field", "value"},
    "contains": {"field", "value"},
    "prefix": {"field", "value"},
    "suffix": {"field", "value"},
    "range": {"field", "parameters"},
    "since": {"field", "value", "parameters"},
    "until": {"field", "value", "parameters"},
    **{name: {"operator", "queries"} for name in ("not", "nand", "nor", "multi", "and", "or")},
}


class FilterParser:
    """Turns the ``filter`` of a criteria body into tests.

    Args:
        clock: The shop's clock, for ``since`` and ``until``.

    Attributes:
        problems: Everything wrong with the filters so far; a request answers them all at once.
        entities: The entities walked through.
        to_many: The fields that lie behind an association to many rows.
    """

    def __init__(self, store: Store, entity: Entity, clock: Clock) -> None:
        self._store = store
        self._entity = entity
        self._clock = clock
        self.problems: list[Problem] = []
        self.entities: set[str] = set()
        self.to_many: set[str] = set()

    def parse(self, body: Any, pointer: str) -> list[Test]:
        """All tests of a list of filters, or of the short form ``{"field": "value"}``."""
        if isinstance(body, dict):
            return [self._short(name, value, f"{pointer}/{name}") for name, value in body.items()]
        if not isinstance(body, list):
            return [self._wrong(pointer, "The filter has to be a list of filters or an object")]
        return [self._one(entry, f"{pointer}/{number}") for number, entry in enumerate(body)]

    def _short(self, name: str, value: Any, pointer: str) -> Test:
        blank = value is None or value == ""
        if blank or isinstance(value, (dict, list)):
            return self._wrong(pointer, "The value of a short filter has to be a scalar and not blank")
        return self._equals({"field": name, "value": value}, pointer)

    def _one(self, entry: Any, pointer: str) -> Test:
        kind = entry.get("type") if isinstance(entry, dict) else None
        if not isinstance(kind, str) or kind not in _KEYS:
            return self._wrong(f"{pointer}/type", f"Unsupported filter type: {kind}")
        if unknown := sorted(set(entry) - _KEYS[kind] - {"type"}):
            return self._wrong(pointer, f"The sandbox refuses unknown filter keys: {', '.join(unknown)}")
        if "queries" in _KEYS[kind]:
            return self._nested(kind, entry, pointer)
        return self._leaf(kind, entry, pointer)

    def _leaf(self, kind: str, entry: dict[str, Any], pointer: str) -> Test:
        if not isinstance(entry.get("field"), str) or not entry["field"]:
            return self._wrong(f"{pointer}/field", "The filter needs a field")
        parsers = {
            "equals": self._equals,
            "equalsAny": self._equals_any,
            "equalsAll": self._equals_all,
            "range": self._range,
            "since": self._relative,
            "until": self._relative,
        }
        return parsers.get(kind, self._text)(entry, pointer)

    def _nested(self, kind: str, entry: dict[str, Any], pointer: str) -> Test:
        default = {"not": "and", "nand": "and", "nor": "or", "multi": "and"}.get(kind, kind)
        operator = entry.get("operator", default)
        if str(operator).lower() not in {"and", "or", "nand", "nor"}:
            return self._wrong(f"{pointer}/operator", f"Unsupported operator: {operator}")
        if not isinstance(entry.get("queries"), list) or not entry["queries"]:
            return self._wrong(f"{pointer}/queries", "The filter needs a list of queries")
        join = any_true if str(operator).lower() in {"or", "nor"} else all_true
        tests = self.parse(entry["queries"], f"{pointer}/queries")
        if kind in {"not", "nand", "nor"}:
            return lambda row: _negated(join(test(row) for test in tests))
        return lambda row: join(test(row) for test in tests)

    def _equals(self, entry: dict[str, Any], pointer: str) -> Test:
        value = entry.get("value", "")
        if value == "" or isinstance(value, (dict, list)):
            return self._wrong(f"{pointer}/value", "The value has to be a scalar, null, and not empty")
        path = self._path(entry["field"])
        if value is None:
            return lambda row: any(found is None for found in path.read(row))
        wanted = self._value(path, value, f"{pointer}/value")
        return self._any(path, lambda found: found == wanted)

    def _equals_any(self, entry: dict[str, Any], pointer: str) -> Test:
        path = self._path(entry["field"])
        wanted = frozenset(self._values(entry, path, pointer))
        return self._any(path, lambda found: found in wanted)

    def _equals_all(self, entry: dict[str, Any], pointer: str) -> Test:
        path = self._path(entry["field"])
        wanted = frozenset(self._values(entry, path, pointer))
        return lambda row: wanted <= {_comparable(path, found) for found in _flat(path.read(row))}

    def _text(self, entry: dict[str, Any], pointer: str) -> Test:
        value = entry.get("value")
        if not isinstance(value, (str, int, float)) or value == "":
            return self._wrong(f"{pointer}/value", "The value has to be a text that is not empty")
        path, part = self._path(entry["field"]), str(value).casefold()
        matches = {"contains": str.__contains__, "prefix": str.startswith, "suffix": str.endswith}
        match = matches[entry["type"]]
        return self._any(path, lambda found: bool(match(str(found), part)))

    def _range(self, entry: dict[str, Any], pointer: str) -> Test:
        given = entry.get("parameters")
        if not isinstance(given, dict) or not given or set(given) - set(RANGES):
            return self._wrong(f"{pointer}/parameters", "A range needs gt, gte, lt or lte")
        path = self._path(entry["field"])
        bounds = [
            (RANGES[name], self._value(path, value, f"{pointer}/parameters/{name}")) for name, value in given.items()
        ]
        return self._any(path, lambda found: all(compare(found, bound) for compare, bound in bounds))

    def _relative(self, entry: dict[str, Any], pointer: str) -> Test:
        given = entry.get("parameters")
        operator = given.get("operator") if isinstance(given, dict) else None
        days = _DAYS.fullmatch(str(entry.get("value")))
        if operator not in _COMPARISONS or days is None:
            text = "The filter needs parameters.operator and an interval of days (P3D) or weeks (P1W)"
            return self._wrong(pointer, text)
        interval = timedelta(weeks=int(days[1] or 0), days=int(days[2] or 0))
        sign = 1 if entry["type"] == "since" else -1
        path, compare = self._path(entry["field"]), _COMPARISONS[operator]
        today = self._clock().astimezone(UTC).date()
        return self._any(path, lambda found: compare(sign * (today - _day(found)), interval))

    def _values(self, entry: dict[str, Any], path: Path, pointer: str) -> Iterable[Any]:
        given = entry.get("value")
        values = given.split("|") if isinstance(given, str) and given else given
        if not isinstance(values, list) or not values:
            self._wrong(f"{pointer}/value", "The list of values must not be empty")
            return
        for value in values:
            yield self._value(path, value, f"{pointer}/value")

    def _value(self, path: Path, value: Any, pointer: str) -> Any:
        """A client's value in the form the column is compared in."""
        if path.type == "id" and not is_id(value):
            detail = f"Value is not a valid UUID: {value}"
            self.problems.append(Problem(400, INVALID_UUID, detail, "Bad Request", pointer))
        if path.type == "time":
            return self._time(value, pointer)
        if path.type in {"integer", "number"} and isinstance(value, str):
            return self._number(value, pointer)
        return folded(value) if isinstance(value, str) else value

    def _time(self, value: Any, pointer: str) -> str:
        moment = parse_stamp(value)
        if moment is None:
            self._wrong(pointer, f"Not a date: {value}")
        return moment or ""

    def _number(self, value: str, pointer: str) -> float:
        try:
            return float(value)
        except ValueError:
            self._wrong(pointer, f"Not a number: {value}")
            return 0

    def _any(self, path: Path, holds: Callable[[Any], bool]) -> Test:
        def test(row: Row) -> bool | None:
            found = (_comparable(path, value) for value in _flat(path.read(row)))
            return any_true(None if value is None else holds(value) for value in found)

        return test

    def _path(self, name: str) -> Path:
        path = parse_path(self._store, self._entity, name)
        self.entities.update(path.entities)
        self.to_many |= {name} if path.to_many else set()
        return path

    def _wrong(self, pointer: str, detail: str) -> Test:
        problem = Problem(400, "FRAMEWORK__INVALID_FILTER_QUERY", detail, "Bad Request", pointer)
        self.problems.append(problem)
        return lambda _: False

    def finish(self) -> None:
        """Answer everything that was wrong.

        Raises:
            ApiError: Something was.
        """
        if self.problems:
            raise ApiError(*self.problems)


def all_true(answers: Iterable[bool | None]) -> bool | None:
    """``and`` over answers that may be unknown."""
    result: bool | None = True
    for answer in answers:
        if answer is False:
            return False
        result = result and answer
    return result


def any_true(answers: Iterable[bool | None]) -> bool | None:
    """``or`` over answers that may be unknown."""
    result: bool | None = False
    for answer in answers:
        if answer:
            return True
        result = answer if answer is None else result
    return result


def _negated(answer: bool | None) -> bool | None:
    return None if answer is None else not answer


def _comparable(path: Path, value: Any) -> Any:
    if isinstance(value, dict):
        return json.dumps(value)
    if isinstance(value, str) and path.type not in {"id", "time"}:
        return folded(value)
    return value


def _flat(values: list[Any]) -> Iterable[Any]:
    """The entries of list fields one by one: a list matches when one of its entries does."""
    for value in values:
        yield from value if isinstance(value, list) else (value,)


def _day(text: str) -> Any:
    return datetime.fromisoformat(text).astimezone(UTC).date()
