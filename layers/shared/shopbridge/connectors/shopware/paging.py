"""Reading by key: always page 1, behind the last row's ``autoIncrement``, which never changes and is unique.

So rows that arrive or change while pages are read can shift nobody to a page that was read already (platform file,
I#7465, I#10497).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from shopbridge.connectors.kit.paging import stands_still
from shopbridge.errors import RetryLater

LARGEST_PAGE = 500
"""The most rows every release gives (6.4.0 to 6.4.4, and again from 6.6); a shop may allow fewer from 6.5.5 on."""


@dataclass
class PageLimit:
    """The most rows this shop gives, as far as it was told: only its refusal of a larger page names it."""

    most: int = LARGEST_PAGE


def by_key(position: str | None, limit: int, filters: Sequence[Mapping[str, Any]] = (), of: str = "") -> dict[str, Any]:
    """The part of a search that makes it the page behind ``position``.

    Args:
        of: The way to the record whose key it is, with its dot.
    """
    key = f"{of}autoIncrement"
    behind = [{"type": "range", "field": key, "parameters": {"gt": int(position)}}] if position else []
    return {
        "page": 1,
        "limit": limit,
        "total-count-mode": "none",
        "filter": [*filters, *behind],
        "sort": [{"field": key, "order": "ASC"}],
    }


def next_position(rows: Sequence[Mapping[str, Any]], position: str | None, limit: int, what: str) -> str | None:
    """The key of the last row that has one, None after the last page. Raises RetryLater when it does not move on."""
    if len(rows) < limit:
        return None
    last = next(filter(None, map(key_of, reversed(rows))), 0)
    if last <= int(position or 0):
        raise stands_still("Shopware", what)
    return str(last)


def placed(rows: Sequence[Mapping[str, Any]], what: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """Yield the rows with their keys; one without a key stands where the one before it stands.

    Raises:
        RetryLater: No row has one, so nothing may be concluded from the page.
    """
    key = next(filter(None, map(key_of, rows)), 0)
    if rows and not key:
        raise RetryLater(f"The shop lists {what} in an unexpected form", after=300, where=f"Shopware {what}")
    for row in rows:
        key = key_of(row) or key
        yield key, row


def key_of(row: Mapping[str, Any]) -> int:
    """A row's key; 0 when it has none that can be one."""
    key = row.get("autoIncrement")
    return key if isinstance(key, int) and 0 < key < 2**63 else 0
