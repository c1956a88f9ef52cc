"""Addresses: names in any case, ids as digits, other values as URL-encoded text (S1, S7)."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from sandbox.platforms.salesautopilot.errors import unknown, wrong
from sandbox.platforms.salesautopilot.state import Account

TEXTS = frozenset({"field", "value", "email", "prod_sku", "order_number", "direction"})
"""Variable parts that are texts; all others are numbers."""


@dataclass(frozen=True)
class Call:
    """What a call asks for.

    Args:
        names: The variable parts of its address, decoded.
        body: Parsed; None is none.
    """

    names: Mapping[str, str]
    body: Any = None

    def number(self, name: str) -> int:
        """A part that is an id or a limit."""
        return int(self.names[name])


Handler = Callable[[Account, Call], Any]
Routes = Mapping[str, Mapping[str, Handler]]
"""By pattern and method, such as ``list/{nl_id}/record/{id}`` and ``GET``."""


@dataclass(frozen=True)
class Target:
    """Which pattern an address has, and its variable parts."""

    pattern: str
    names: Mapping[str, str]


class Addresses:
    """All patterns of the API.

    Args:
        slash_splits: An encoded slash is one like any other.
    """

    def __init__(self, patterns: Iterable[str], *, slash_splits: bool) -> None:
        self._patterns = sorted(patterns, key=lambda pattern: (pattern.count("{"), pattern))
        self._slash_splits = slash_splits

    def find(self, uri: str) -> Target:
        """Read an address as it was sent.

        Raises:
            ApiError: 404, or 406 for a query: no call takes one.
        """
        path, mark, _ = uri.partition("?")
        sent = (re.sub("%2f", "/", path, flags=re.IGNORECASE) if self._slash_splits else path)[1:].split("/")
        parts = [unquote(part) for part in sent]
        for pattern in self._patterns:
            names = _match(pattern.split("/"), parts)
            if names is not None:
                if mark:
                    raise wrong("no call takes a query")
                return Target(pattern, names)
        raise unknown(f"no such address {uri}")


def _match(pattern: list[str], parts: list[str]) -> dict[str, str] | None:
    if len(pattern) != len(parts):
        return None
    names: dict[str, str] = {}
    for wanted, part in zip(pattern, parts, strict=True):
        if wanted.startswith("{"):
            names[wanted[1:-1]] = part
        elif wanted.lower() != part.lower():
            return None
    return names if all(_fits(name, part) for name, part in names.items()) else None


def _fits(name: str, part: str) -> bool:
    return bool(part) if name in TEXTS else re.fullmatch(r"\d{1,18}", part, re.ASCII) is not None
