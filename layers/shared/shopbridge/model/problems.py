"""What pydantic finds wrong with what an operator wrote, as sentences that say what to write instead."""

from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

_INSTEAD = {
    "missing": "This is needed and is not there",
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
_UNKNOWN = "There is no such setting here."
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


def sentences(
    error: ValidationError, *, model: type[BaseModel] | None = None, below: Sequence[str] = (), skip: int = 0
) -> list[str]:
    """Return one for each problem, beginning with its place.

    Args:
        model: What was validated: a name that it has not is told with the one that was meant.
        below: Where what was validated stands, such as ``("shop", "settings")``.
        skip: How many parts of each place mean nothing to the reader.
    """
    found = error.errors(include_url=False, include_input=False)
    return [f"{_place((*below, *each['loc'][skip:]))}: {_told(each, each['loc'][skip:], model)}" for each in found]


def _told(problem: Mapping[str, Any], place: Sequence[str | int], model: type[BaseModel] | None) -> str:
    if problem["type"] != "extra_forbidden":
        return f"{_instead(problem['type'], problem)}."
    close = get_close_matches(str(place[-1]), _names(model, place[:-1]), n=1) if model else []
    return f"{_UNKNOWN} Did you mean {close[0]!r}?" if close else f"{_UNKNOWN} Look for a typing error, or remove it."


def _names(model: type[BaseModel], place: Sequence[str | int]) -> list[str]:
    """The names that may stand at a place below a model; its parts that are no field are keys, numbers and tags."""
    models = [model]
    for part in place:
        below = [each.model_fields[part].annotation for each in models if part in each.model_fields]
        models = [found for annotation in below for found in _models(annotation)] if below else models
    return [name for each in models for name in each.model_fields]


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in get_args(annotation):
        yield from _models(argument)


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
