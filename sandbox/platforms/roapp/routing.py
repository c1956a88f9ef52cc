"""Addresses: v2 below ``/v2/``, stock and more below ``/`` (D1, D3)."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sandbox.platforms.kit.fields import Shape
from sandbox.platforms.roapp.errors import ApiError, not_found
from sandbox.platforms.roapp.query import Query
from sandbox.platforms.roapp.state import Account
from sandbox.platforms.roapp.wire import Record


@dataclass(frozen=True)
class Call:
    """What a call asks for.

    Args:
        ids: The variable parts of its address.
        body: Checked; empty where there is none.
    """

    ids: Mapping[str, int]
    query: Query
    body: Record

    def id(self, name: str = "id") -> int:
        """A variable part."""
        return self.ids[name]


Handler = Callable[[Account, Call], Any]


@dataclass(frozen=True)
class Route:
    """What a method does at an address.

    Args:
        shape: What the body may hold; None for a call without one.
        params: What may stand after ``?``.
    """

    handle: Handler
    shape: Shape | None = None
    params: frozenset[str] = field(default_factory=frozenset)


Routes = Mapping[str, Route]
"""By method and pattern, such as ``POST /v2/orders/{id}/items``."""


def get(handle: Handler, *params: str) -> Route:
    """A call that reads."""
    return Route(handle, params=frozenset(params))


@dataclass(frozen=True)
class Target:
    """Which pattern an address has, and its variable parts."""

    pattern: str
    ids: Mapping[str, int]


class Addresses:
    """All patterns of the API. A closing slash of those without a version may be left out [inferred]."""

    def __init__(self, patterns: Iterable[str]) -> None:
        self._patterns = {pattern: _compiled(pattern) for pattern in patterns}

    def find(self, path: str) -> Target:
        """Read an address as it was sent.

        Raises:
            ApiError: 404.
        """
        for pattern, expression in self._patterns.items():
            match = expression.fullmatch(path)
            if match:
                return Target(pattern, {name: int(value) for name, value in match.groupdict().items()})
        raise not_found(path)


def _compiled(pattern: str) -> re.Pattern[str]:
    text = re.sub(r"\{(\w+)\}", r"(?P<\1>\\d{1,15})", pattern)
    return re.compile(text if pattern.startswith("/v2/") else text.rstrip("/") + "/?", re.ASCII)


def found(records: Mapping[int, Any], number: int, what: str) -> Any:
    """The record of an id in an address.

    Raises:
        ApiError: 404.
    """
    if number not in records:
        raise not_found(what)
    return records[number]


def created(account: Account, record: Record) -> Any:
    """What a creation of v2 answers [inferred]."""
    only = {"id": record["id"]}
    return {"record": record, "id": only, "data": {"data": record}, "list": {"data": [only]}}[account.assumed.created]


def created_before(account: Account, number: int) -> Record:
    """What a creation of the unversioned API answers (L1, L6)."""
    only = {"id": number}
    return {"data": [only] if account.assumed.created_before == "list" else only, "success": True}


__all__ = ["Addresses", "ApiError", "Call", "Handler", "Route", "Routes", "Target", "created", "created_before", "get"]
