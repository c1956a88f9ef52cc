"""How values travel: amounts, days and moments as objects that name their class; moments are UTC without saying so."""

from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from sandbox.platforms.tryton.errors import PageError

MEMBERS = {"id", "method", "params"}
_MOMENT = ("year", "month", "day", "hour", "minute", "second", "microsecond")


def told(value: Any) -> Any:
    """A value as it is answered; stored booleans are numbers, as SQLite has them."""
    match value:
        case datetime():
            moment = value.astimezone(UTC)
            return {"__class__": "datetime", **{name: getattr(moment, name) for name in _MOMENT}}
        case date():
            return {"__class__": "date", "year": value.year, "month": value.month, "day": value.day}
        case Decimal():
            return {"__class__": "Decimal", "decimal": f"{value:f}"}
        case dict():
            return {key: told(each) for key, each in value.items()}
        case list() | tuple():
            return [told(each) for each in value]
        case _:
            return value


def taken(value: Any) -> Any:
    """A value as it was sent. Raises PageError for an object of a class whose parts do not fit."""
    match value:
        case {"__class__": _}:
            return _typed(value)
        case dict():
            return {key: taken(each) for key, each in value.items()}
        case list():
            return [taken(each) for each in value]
        case Decimal():
            return float(value)
        case _:
            return value


def _typed(value: dict[str, Any]) -> Any:
    try:
        match value["__class__"]:
            case "Decimal":
                return Decimal(value["decimal"])
            case "date":
                return date(value["year"], value["month"], value["day"])
            case "datetime":
                return datetime(**{name: value[name] for name in _MOMENT}, tzinfo=UTC)
    except (KeyError, TypeError, ValueError, InvalidOperation) as problem:
        raise PageError(400, "Unable to read JSON request") from problem
    raise PageError(400, "Unable to read JSON request")
