"""Pages: ``page`` from 1, ``limit`` up to 100, and the envelope around a collection."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Protocol, TypeVar

from sandbox.platforms.gomag import inferred
from sandbox.platforms.gomag.routing import Call
from sandbox.platforms.gomag.state import Shop
from sandbox.platforms.gomag.wire import Record, keyed

LARGEST_LIMIT = 100
COUNTERS_AS_TEXT = frozenset({"orders"})
"""The file's examples show text for orders and numbers for products."""


class HasId(Protocol):
    """A record."""

    @property
    def id(self) -> int:
        """Its key in the collection."""


R = TypeVar("R", bound=HasId)


def page(shop: Shop, call: Call, name: str, records: Sequence[R], view: Callable[[R], Any]) -> Record:
    """One page of a collection: an object keyed by id, for some pages an array, and an array when empty."""
    limit = min(_whole(call, "limit", inferred.DEFAULT_LIMIT), LARGEST_LIMIT)
    number = _whole(call, "page", 1)
    shown = [(record.id, view(record)) for record in records[(number - 1) * limit : number * limit]]
    rows = keyed(dict(shown))
    if shop.assumed.varied and number % 2 == 0:
        rows = [row for _, row in shown]
    return envelope(name, len(records), number, -(-len(records) // limit), rows)


def envelope(name: str, total: int, number: int, pages: int, rows: Any) -> Record:
    """Counters and collection."""
    counters: Record = {"total": total, "page": number, "pages": pages}
    if name in COUNTERS_AS_TEXT:
        counters = {key: str(value) for key, value in counters.items()}
    return {**counters, name: rows}


def changed_since(call: Call, moment: datetime) -> bool:
    """Whether a record changed on or after the day of ``updated``; a time beside the day is not looked at."""
    return day(moment) >= call.query.get("updated", "")[:10]


def day(moment: datetime) -> str:
    """The day on the shop's wall clock; days are compared as text, so that ``2026-00-00`` works as it does there."""
    return inferred.local(moment).strftime("%Y-%m-%d")


def _whole(call: Call, name: str, otherwise: int) -> int:
    """[inferred] What is no number above 0 counts as left out."""
    text = call.query.get(name, "")
    return int(text) if text.isdecimal() and int(text) > 0 else otherwise
