"""The envelope of every answer: ``is_error``, ``messages`` and ``data`` (client B3)."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sandbox.platforms.cloudsales.spelling import Spelling
from sandbox.platforms.cloudsales.wire import Record


@dataclass(frozen=True)
class Answer:
    """Status and body."""

    status: int
    body: Record
    headers: Record = field(default_factory=dict)


def success(spelling: Spelling, data: Any) -> Record:
    """A write that took effect, or one record."""
    return {"is_error": spelling.is_error(False), "messages": [], "data": data}


def listed(spelling: Spelling, rows: Sequence[Record], count: int, following: int | None) -> Record:
    """A page of a list.

    Args:
        following: The number of the next page; None when this is the last.
    """
    return {
        "is_error": spelling.is_error(False),
        "data_count": count,
        "data_next_page_exists": spelling.flag(following is not None),
        "data_next_page": _next_page(spelling, following),
        "data": list(rows),
    }


def refusal(spelling: Spelling, details: Sequence[str]) -> Record:
    """A refusal; the details are in ``messages``, in ``data.errors`` or in both, as texts or as objects."""
    error = {"is_error": spelling.is_error(True)}
    if spelling is Spelling.BOOLEAN:
        return {**error, "messages": "; ".join(details)}
    if spelling is Spelling.NUMBER:
        return {**error, "messages": ["refused"], "data": {"errors": list(details)}}
    return {**error, "messages": [], "data": {"errors": [{"message": detail} for detail in details]}}


def _next_page(spelling: Spelling, following: int | None) -> int | str:
    if following is None:
        return "" if spelling is Spelling.TEXT else 0
    return spelling.id(following)
