"""Query parameters and the collection envelope (platform file: generated client S4, client S3)."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, TypeVar
from urllib.parse import urlencode

from sandbox.platforms.salespos.errors import invalid
from sandbox.platforms.salespos.routing import Answer, Call, found
from sandbox.platforms.salespos.wire import Record

T = TypeVar("T")

LARGEST = 250
DEFAULT_SIZE = 50
"""[inferred] The default is not published; whoever relies on one is wrong somewhere."""


def page(call: Call, path: str, items: Sequence[T], render: Callable[[T], Record]) -> Answer:
    """One page of ``items``; only what is on it is rendered.

    Args:
        path: The collection's own path, such as ``/orders/``.
    """
    start, size = _whole(call.query, "start", 0), _whole(call.query, "size", DEFAULT_SIZE)
    if not 1 <= size <= LARGEST:
        raise invalid(f"size should be from 1 to {LARGEST}")

    def link(offset: int) -> str:
        return f"{call.root}{path}?{urlencode({**call.query, 'start': offset, 'size': size})}"

    return found(
        {
            "start": start,
            "size": size,
            "href": link(start),
            "first": link(0),
            "previous": link(max(0, start - size)) if start else None,
            "next": link(start + size) if start + size < len(items) else None,
            "items": [render(item) for item in items[start : start + size]],
        }
    )


def ordered(call: Call, items: Iterable[T], keys: Mapping[str, Callable[[T], Any]]) -> list[T]:
    """Sorted as ``orderby`` asks, else as they come: by id.

    Args:
        keys: The fields one may order by; ``<field>_desc`` turns the order round. Absent values come first.
    """
    wanted = call.query.get("orderby")
    if wanted is None:
        return list(items)
    name = wanted.removesuffix("_desc")
    if name not in keys:
        raise invalid(f"orderby should be one of {', '.join(keys)}, or one of them with _desc")
    value = keys[name]

    def rank(item: T) -> tuple[bool, Any]:
        at = value(item)
        return (False, 0) if at is None else (True, at)

    return sorted(items, key=rank, reverse=wanted.endswith("_desc"))


def as_integer(text: str, name: str) -> int:
    """A whole number from the query."""
    if not text.removeprefix("-").isdecimal():
        raise invalid(f"{name} should be an integer")
    return int(text)


def as_number(text: str, name: str) -> Decimal:
    """A number from the query."""
    try:
        number = Decimal(text)
    except InvalidOperation as problem:
        raise invalid(f"{name} should be a number") from problem
    if not number.is_finite():
        raise invalid(f"{name} should be a number")
    return number


def as_flag(text: str, name: str) -> bool:
    """``true`` or ``false``."""
    if text not in ("true", "false"):
        raise invalid(f"{name} should be true or false")
    return text == "true"


def as_moment(text: str, name: str) -> datetime:
    """A date or a moment; without an offset it is UTC. An unescaped ``+`` arrives as a space and is refused."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as problem:
        raise invalid(f"{name} should be an ISO-8601 date") from problem
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _whole(query: Mapping[str, str], name: str, otherwise: int) -> int:
    if name not in query:
        return otherwise
    if not query[name].isdecimal():
        raise invalid(f"{name} should be an integer from 0")
    return int(query[name])
