"""A text that grows with every change of an order."""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

_TO_ONE = ("orderCustomer", "billingAddress", "shippingOrderAddress")
_TO_MANY = ("transactions", "deliveries", "lineItems")
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


def revision(order: Mapping[str, Any]) -> str:
    """Such as ``2026-03-01T10:00:00.000Z-1a2b3c4d``, from an order as read (any shape is taken).

    The time is the newest ``createdAt`` or ``updatedAt`` of the order and of the rows that belong to it alone,
    since ``order.updatedAt`` stays when only a payment, delivery, line or address row is written (platform file,
    C12, C20). It has a fixed width, so texts compare by time first.

    The suffix hashes the rows' plain columns: two changes within a millisecond still get different revisions,
    though which of the two is the greater is then up to chance.
    """
    rows = list(_rows(order))
    newest = max((moment for row in rows for moment in _moments(row)), default=_NEVER)
    content = json.dumps([_columns(row) for row in rows], default=str, sort_keys=True)
    return f"{_milliseconds(newest)}-{sha256(content.encode()).hexdigest()[:8]}"


def _rows(row: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The row and its own rows; not what it shares with others (a product, a sales channel)."""
    yield row
    for key in _TO_ONE:
        if isinstance(child := row.get(key), Mapping):
            yield child
    for key in _TO_MANY:
        children = row.get(key)
        for child in children if isinstance(children, list) else ():
            if isinstance(child, Mapping):
                yield from _rows(child)


def _moments(row: Mapping[str, Any]) -> Iterator[datetime]:
    for key in ("createdAt", "updatedAt"):
        try:
            moment = datetime.fromisoformat(str(row.get(key)))
            if moment.tzinfo is not None:
                yield moment.astimezone(UTC)
        except (ValueError, OverflowError):
            continue


def _milliseconds(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _columns(row: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in row.items() if not isinstance(value, dict | list)}
