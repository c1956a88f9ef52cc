"""Lists without lasting ids and order, handed out from memory by a rank of our own.

A sweep needs ranks that rise from page to page and stay the same from sweep to sweep: entries of a snapshot are kept by
them, and a product that slid into another shard would look deleted in its own. So where a platform's list has no id
and no order, it is read whole and put in order by a hash of the code: the rank of a code is a function of it alone.
"""

from collections.abc import Iterable, Mapping, Sequence
from hashlib import blake2b
from itertools import islice
from typing import TypeVar

from shopbridge.model.base import ExternalId

Row = TypeVar("Row")

CODES = 250
"""Codes on a page that is handed out."""
_BYTES = 7
"""Of the hash: ranks fit in 8 bytes with a sign, and two of 100,000 codes share one in one of 14 million catalogues."""


def rank_of(code: str) -> int:
    """Return where a code stands in every sweep, from 1; rows without a code come first."""
    return int.from_bytes(blake2b(code.encode(), digest_size=_BYTES).digest(), "big") + 1 if code else 1


def in_order(codes: Iterable[str]) -> list[str]:
    """Return codes by rising rank."""
    return sorted(codes, key=lambda code: (rank_of(code), code))


def item_id(code: str, number: int) -> ExternalId:
    """Make an id of a code, and of a number where several rows have it."""
    return ExternalId(code if number == 1 else f"{code}#{number}")


def rank_in(position: str | None) -> int:
    """Return the rank that a page's position names; 0 for the first page."""
    return int(position) if position and position.isdecimal() else 0


def page_behind(rank: int, rows: Mapping[str, Sequence[Row]]) -> tuple[list[tuple[ExternalId, Row]], str | None]:
    """Return the rows of the next codes behind a rank, with their ids, and the position behind them; None at the end.

    Args:
        rows: By code, by rising rank.
    """
    rest = ((code, found) for code, found in rows.items() if rank_of(code) > rank)
    page = dict(islice(rest, CODES + 1))
    codes = list(page)[:CODES]
    items = [(item_id(code, number), row) for code in codes for number, row in enumerate(page[code], 1)]
    return items, str(rank_of(codes[-1])) if len(page) > CODES else None
