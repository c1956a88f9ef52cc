"""What an operator changed in a connection, as the log may tell it: places and plain values, never a secret."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from shopbridge.model.connection import ConnectionSettings, Side

PERSONAL = ("name", "orders.customers.default_id", "orders.rules", "products.rules")
"""Settings that may tell of a person, or hold any text: of these only the place is told."""
MOST, LONGEST = 40, 80
"""Changes in one line of the log, and letters of a value."""


def setting_changes(before: ConnectionSettings, after: ConnectionSettings) -> Sequence[str]:
    """Each changed setting, such as ``orders.poll_minutes: 5 → 10``; one that is not there is ``none``."""
    old, new = (dict(_flat(each.model_dump(mode="json"))) for each in (before, after))
    places = [place for place in {**old, **new} if old.get(place) != new.get(place)]
    return [_told(place, old.get(place), new.get(place)) for place in sorted(places)]


def secret_changes(before: Mapping[Side, Mapping[str, str]], given: Mapping[Side, Mapping[str, str]]) -> Sequence[str]:
    """The places of the secrets that are others now, such as ``secrets.office.password``."""
    return [
        f"secrets.{side}.{name}"
        for side, values in given.items()
        for name, value in sorted(values.items())
        if before[side].get(name) != value
    ]


def _flat(value: Any, place: str = "") -> Iterator[tuple[str, Any]]:
    """Every single setting with its place; a list is one."""
    if isinstance(value, Mapping):
        for name, part in value.items():
            yield from _flat(part, f"{place}.{name}" if place else name)
    else:
        yield place, value


def _told(place: str, old: object, new: object) -> str:
    if any(place == each or place.startswith(f"{each}.") for each in PERSONAL):
        return place
    return f"{place}: {_value(old)} → {_value(new)}"


def _value(value: object) -> str:
    text = "none" if value is None else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
