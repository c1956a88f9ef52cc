"""DynamoDB attributes, written out: what we store can be read in the console and compares as text."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from shopbridge.mapping.masking import mask_patterns
from shopbridge.model.basics import ConnectionId

Item = Mapping[str, Any]
"""A record: DynamoDB's typed values by attribute."""

LONGEST_TEXT = 1000
"""Characters kept of a text for people, so that no story outgrows the 400 KB of an item."""


def key(connection: ConnectionId, record: str) -> Item:
    """Return the primary key in both tables."""
    return {"connection": text(connection), "record": text(record)}


def text(value: str) -> Item:
    """Return a text attribute."""
    return {"S": value}


def number(value: int) -> Item:
    """Return a whole number; decimals are stored as text, since DynamoDB drops their trailing zeros."""
    return {"N": str(value)}


def moment(value: datetime) -> Item:
    """Return a moment as text of fixed width in UTC, so that later moments compare greater."""
    return text(value.astimezone(UTC).isoformat(timespec="microseconds"))


def read_moment(value: Item) -> datetime:
    """Return the moment of a text attribute."""
    return datetime.fromisoformat(value["S"])


def compact(value: Any) -> Item:
    """Return plain data as compact JSON text."""
    return text(json.dumps(value, ensure_ascii=False, separators=(",", ":")))


def plain(value: Item) -> Any:
    """Return the data of a JSON text attribute."""
    return json.loads(value["S"])


def forget_after(now: datetime, keep: timedelta) -> Item:
    """Return the TTL attribute ``forget_at``, in epoch seconds.

    DynamoDB may be days late, so readers compare times too.
    """
    return number(int((now + keep).timestamp()))


def sentence(words: str) -> str:
    """Return a text for people as it is kept: without what looks like personal data, whoever wrote it, and brief."""
    return brief(mask_patterns(words))


def brief(words: str) -> str:
    """Return a text for people, cut where it is longer than anybody reads."""
    return words if len(words) <= LONGEST_TEXT else words[: LONGEST_TEXT - 1] + "…"
