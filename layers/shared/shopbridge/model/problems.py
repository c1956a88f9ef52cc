"""What pydantic finds wrong with what an operator wrote, as sentences that say what to write instead."""

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import ValidationError

_INSTEAD = {
    "missing": "This is needed and is not there",
    "extra_forbidden": "There is no such setting here. Look for a typing error, or remove it",
    "string_type": 'This should be a text. Put a number, a date, yes or no in quotes, such as "21"',
    "bool_type": "This should be true or false",
    "bool_parsing": "This should be true or false",
    "int_parsing": "This should be a whole number",
    "int_from_float": "This should be a whole number",
    "decimal_parsing": "This should be a number",
    "tuple_type": "This should be a list, such as [first, second]",
    "list_type": "This should be a list, such as [first, second]",
    "dict_type": "This should have names with values below it",
    "model_type": "This should have names with values below it",
    "model_attributes_type": "This should have names with values below it",
    "string_too_short": "This may not be empty",
}
_DAY = "This should be a day, such as 2026-01-31"
_MOMENT = "This should be a time with its zone, such as 2026-01-31T00:00:00Z"
_BEGINNINGS = {"date_from": _DAY, "date_type": _DAY, "date_parsing": _DAY, "datetime": _MOMENT, "timezone": _MOMENT}
_PATTERNS = {
    "^[a-z0-9][a-z0-9-]": "This should be 3 to 50 small letters, digits and hyphens, no hyphen at either end",
    "^[0-9a-f]{32}$": "This should be an id of 32 digits and small letters a to f",
    "^[A-Z]{3}$": "This should be a currency's three capital letters, such as EUR",
    "^[A-Z]{2}$": "This should be a country's two capital letters, such as NL",
    "^[a-z]{2}$": "This should be two small letters, such as en",
    "^([a-z]{2})?$": "This should be two small letters, such as en, or empty",
    "^[0-9]+$": "This should be digits only",
    "^https?://": "This should be an address such as https://shop.example, without user, ? or #",
}


def sentences(error: ValidationError, *, below: Sequence[str] = (), skip: int = 0) -> list[str]:
    """Return one for each problem, beginning with its place.

    Args:
        below: Where what was validated stands, such as ``("shop", "settings")``.
        skip: How many parts of each place mean nothing to the reader.
    """
    found = error.errors(include_url=False, include_input=False)
    return [f"{_place((*below, *each['loc'][skip:]))}: {_instead(each['type'], each)}." for each in found]


def _place(parts: Sequence[str | int]) -> str:
    """Return where it is: list entries are counted from one; what pydantic adds for the key of a map is left out."""
    named = [str(part + 1) if isinstance(part, int) else part for part in parts if part != "[key]"]
    return ".".join(named) or "The request"


def _instead(kind: str, problem: Mapping[str, Any]) -> str:
    message = str(problem["msg"]).removeprefix("Value error, ")
    if kind == "string_pattern_mismatch":
        known = (text for start, text in _PATTERNS.items() if problem["ctx"]["pattern"].startswith(start))
        return next(known, message)
    by_beginning = (text for start, text in _BEGINNINGS.items() if kind.startswith(start))
    return _INSTEAD.get(kind) or next(by_beginning, message)
