"""Parts of a list, and bounds of time (platform file, "Paging and incremental reads")."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TypeVar

from sandbox.platforms.cartum.fields import moment, whole
from sandbox.platforms.cartum.inferred import local
from sandbox.platforms.cartum.state import Shop
from sandbox.platforms.cartum.wire import Record

R = TypeVar("R")
_DAY = timedelta(days=1)
_SECOND = timedelta(seconds=1)


def cut(records: Sequence[R], body: Record, usual: int, largest: int | None) -> Sequence[R]:
    """The rows a call asks for: ``offset`` counts only beside a ``limit``, and 0 rows are none.

    Args:
        usual: Rows without a ``limit``.
        largest: Rows at most, whatever is asked for, without a word.
    """
    asked = whole(body["limit"]) if "limit" in body else None
    start = (whole(body.get("offset", 0)) or 0) if asked is not None else 0
    count = usual if asked is None else asked
    return records[start : start + (count if largest is None else min(count, largest))]


def is_within(shop: Shop, at: datetime, body: Record) -> bool:
    """Whether a moment lies within ``from`` and ``to``, both included, as the shop's wall clock shows it."""
    shown = local(at).replace(microsecond=0)
    if "from" in body and shown < moment(body["from"])[0]:
        return False
    return "to" not in body or shown <= _end(shop, body["to"])


def _end(shop: Shop, text: str) -> datetime:
    end, is_day = moment(text)
    return end + _DAY - _SECOND if is_day and not shop.assumed.bare_end_is_midnight else end
