"""What a route is: a call in, an answer out, and the query parameters and body fields it admits."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sandbox.platforms.kit.fields import Shape
from sandbox.platforms.salespos.errors import METHOD_NOT_ALLOWED, NO_SUCH_RECORD, UNKNOWN_RESOURCE, ApiError
from sandbox.platforms.salespos.state import Shop
from sandbox.platforms.salespos.wire import Record

PAGING = frozenset({"start", "size"})


@dataclass(frozen=True)
class Call:
    """One request, checked and taken apart.

    Args:
        uri: Path and query as sent.
        root: The absolute address of the API without a final slash.
        ids: The numbers in the path, in their order.
    """

    method: str
    uri: str
    root: str
    ids: tuple[int, ...] = ()
    query: Mapping[str, str] = field(default_factory=dict)
    body: Record = field(default_factory=dict)

    @property
    def id(self) -> int:
        """The only number in the path."""
        return self.ids[0]


@dataclass(frozen=True)
class Answer:
    """Status and body; None is no body at all."""

    status: int
    body: Any = None


@dataclass(frozen=True)
class Endpoint:
    """One method of one path."""

    handle: Callable[[Shop, Call], Answer]
    query: frozenset[str] = frozenset()
    shape: Shape | None = None


Routes = Mapping[str, Mapping[str, Endpoint]]
"""Path pattern, such as ``/orders/{id}``, to method to endpoint."""

DONE = Answer(204)


def found(body: Any) -> Answer:
    """A read that succeeded."""
    return Answer(200, body)


def created(body: Any) -> Answer:
    """A record that was made."""
    return Answer(201, body)


def pattern_of(path: str) -> tuple[str, tuple[int, ...]]:
    """``/orders/7/orderrows/`` becomes ``/orders/{id}/orderrows`` and ``(7,)``."""
    bare = path.rstrip("/")
    numbers = tuple(int(number) for number in re.findall(r"(?<=/)\d{1,18}(?=/|$)", bare))
    return re.sub(r"(?<=/)\d{1,18}(?=/|$)", "{id}", bare) or "/", numbers


def endpoint_for(routes: Routes, method: str, pattern: str) -> Endpoint:
    """The endpoint, or the documented refusal.

    Raises:
        ApiError: 404.20 or 405.10.
    """
    if pattern not in routes:
        raise ApiError(UNKNOWN_RESOURCE, f"unknown resource {pattern}")
    if method not in routes[pattern]:
        raise ApiError(METHOD_NOT_ALLOWED, f"{method} is not allowed on {pattern}")
    return routes[pattern][method]


def existing(table: Mapping[int, Any], call: Call, what: str) -> Any:
    """The record the path names.

    Raises:
        ApiError: There is none.
    """
    if call.id not in table:
        raise ApiError(NO_SUCH_RECORD, f"{what} {call.id} does not exist")
    return table[call.id]
