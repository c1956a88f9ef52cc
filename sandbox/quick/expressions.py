"""DynamoDB's conditions and changes, as far as the store speaks them; anything else is refused."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final

Item = Mapping[str, Any]
"""DynamoDB's typed values by attribute."""
Values = Mapping[str, Any]
"""What the placeholders of a request stand for: names by ``#name``, typed values by ``:name``."""
Condition = Callable[[Item, Values], bool]
Change = Callable[[dict[str, Any], Values], None]

TOKEN: Final = re.compile(r"\s*(#\w+|:\w+|<>|<=|>=|[=<>(),]|\w+)")
CLAUSE: Final = re.compile(r"\b(SET|REMOVE|ADD|DELETE)\b")
BETWEEN_ACTIONS: Final = re.compile(r",(?![^(]*\))")
KEPT: Final = re.compile(r"(#\w+) = if_not_exists\((#\w+), (:\w+)\)")
COMPARED: Final[Mapping[str, Callable[[Any, Any], bool]]] = {
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}


@lru_cache(maxsize=1024)
def condition(expression: str) -> Condition:
    """Compile a condition, key condition or filter. Raises ValueError for what the store never says."""
    reader = _Reader(TOKEN.findall(expression))
    found = reader.any_of()
    if reader.left:
        raise ValueError(f"Nothing is known of {reader.left} in {expression}")
    return found


@lru_cache(maxsize=1024)
def change(expression: str) -> Change:
    """Compile an update expression. Raises ValueError for what the store never says."""
    _, *parts = CLAUSE.split(expression)
    steps = [
        _step(clause, action.strip())
        for clause, actions in zip(parts[::2], parts[1::2], strict=True)
        for action in BETWEEN_ACTIONS.split(actions)
    ]

    def apply(item: dict[str, Any], values: Values) -> None:
        for step in steps:
            step(item, values)

    return apply


def _step(clause: str, action: str) -> Change:
    if clause == "SET" and (kept := KEPT.fullmatch(action)):
        attribute, there, value = kept.groups()
        return lambda item, values: _set(item, values[attribute], item.get(values[there], values[value]))
    name, *words = action.split()
    if clause == "REMOVE" and not words:
        return lambda item, values: _remove(item, values[name])
    if clause == "SET" and words[:1] == ["="] and len(words) == len("=v"):
        return lambda item, values: _set(item, values[name], values[words[1]])
    if clause == "ADD" and len(words) == 1:
        return lambda item, values: _add(item, values[name], values[words[0]])
    raise ValueError(f"Nothing is known of {clause} {action}")


def _remove(item: dict[str, Any], name: str) -> None:
    item.pop(name, None)


def _set(item: dict[str, Any], name: str, value: Any) -> None:
    item[name] = value


def _add(item: dict[str, Any], name: str, value: Mapping[str, Any]) -> None:
    """Numbers are summed, sets united."""
    (kind, amount), before = next(iter(value.items())), item.get(name)
    if kind == "N":
        item[name] = {"N": str(Decimal(before["N"] if before else 0) + Decimal(amount))}
    else:
        item[name] = {kind: sorted({*(before[kind] if before else ()), *amount})}


@dataclass
class _Reader:
    """Reads a condition from left to right; AND binds closer than OR."""

    left: list[str]

    def any_of(self) -> Condition:
        parts = [self._all_of()]
        while self._eat("OR"):
            parts.append(self._all_of())
        return parts[0] if len(parts) == 1 else lambda item, values: any(part(item, values) for part in parts)

    def _all_of(self) -> Condition:
        parts = [self._one()]
        while self._eat("AND"):
            parts.append(self._one())
        return parts[0] if len(parts) == 1 else lambda item, values: all(part(item, values) for part in parts)

    def _one(self) -> Condition:
        first = self.left.pop(0)
        if first == "(":
            found = self.any_of()
            self._expect(")")
            return found
        return self._comparison(first) if first.startswith("#") else self._function(first)

    def _function(self, name: str) -> Condition:
        self._expect("(")
        attribute = self.left.pop(0)
        value = self.left.pop(0) if self._eat(",") else ""
        self._expect(")")
        if name in ("attribute_exists", "attribute_not_exists"):
            wanted = name == "attribute_exists"
            return lambda item, values: (values[attribute] in item) is wanted
        if name == "begins_with":
            return lambda item, values: item.get(values[attribute], {"S": ""})["S"].startswith(values[value]["S"])
        if name == "contains":
            return lambda item, values: values[value]["S"] in item.get(values[attribute], {"S": ""})["S"]
        raise ValueError(f"Nothing is known of {name}")

    def _comparison(self, attribute: str) -> Condition:
        sign, value = self.left.pop(0), self.left.pop(0)
        if sign in ("=", "<>"):
            wanted = sign == "="
            return lambda item, values: (_plain(item.get(values[attribute])) == _plain(values[value])) is wanted
        if sign == "BETWEEN":
            return self._between(attribute, value)
        compare = COMPARED[sign]
        return lambda item, values: _ordered(compare, item.get(values[attribute]), values[value])

    def _between(self, attribute: str, first: str) -> Condition:
        """Both ends belong to it."""
        self._expect("AND")
        last, low, high = self.left.pop(0), COMPARED[">="], COMPARED["<="]

        def inside(item: Item, values: Values) -> bool:
            found = item.get(values[attribute])
            return _ordered(low, found, values[first]) and _ordered(high, found, values[last])

        return inside

    def _eat(self, word: str) -> bool:
        if self.left[:1] == [word]:
            del self.left[0]
            return True
        return False

    def _expect(self, word: str) -> None:
        if not self._eat(word):
            raise ValueError(f"{word} is missing before {self.left}")


def _plain(value: Mapping[str, Any] | None) -> Any:
    """What can be compared: 7 is 7.0."""
    return ("N", Decimal(value["N"])) if value and "N" in value else value


def _ordered(compare: Callable[[Any, Any], bool], value: Mapping[str, Any] | None, other: Mapping[str, Any]) -> bool:
    """A value that is missing, or of another kind, is neither less nor more."""
    if value is None or value.keys() != other.keys():
        return False
    (kind, one), (another,) = next(iter(value.items())), other.values()
    return compare(Decimal(one), Decimal(another)) if kind == "N" else compare(one, another)
