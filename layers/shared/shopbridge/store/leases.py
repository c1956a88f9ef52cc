"""Leases: one worker at a time, for a while.

Nobody compares two clocks: whoever finds a lease waits as long as it lasts from when it first saw that very one.
"""

import math
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from shopbridge.errors import RetryLater
from shopbridge.model.base import ConnectionId, time_left
from shopbridge.ports import Clock
from shopbridge.store.aws import ConditionFailed
from shopbridge.store.items import Item, forget_after, key, moment, number, read_moment, text
from shopbridge.store.table import Table

KEPT = timedelta(days=1)
TAKE = "SET #owner = :owner, #until = :until, #lasts = :lasts, #forget_at = :forget_at"
FREE = "attribute_not_exists(#until) OR #owner = :owner"
DEAD = "#owner = :seen_owner AND #until = :seen_until"
MOST = 1000
"""Places remembered; a forgotten one is seen for the first time again, which costs its wait once more."""


@dataclass(frozen=True)
class Sightings:
    """Remembers the newest mark of each place. Of use to nobody else: another container has another clock."""

    clock: Clock
    _seen: dict[str, tuple[str, datetime]] = field(default_factory=dict, repr=False)

    def since(self, place: str, mark: str) -> datetime:
        """Return when this container first saw ``mark`` at ``place``, with no other one there in between."""
        before = self._seen.pop(place, None)
        first = before[1] if before is not None and before[0] == mark else self.clock()
        self._seen[place] = (mark, first)
        if len(self._seen) > MOST:
            del self._seen[next(iter(self._seen))]
        return first


def place_of(key: Item) -> str:
    """Return a record's place by its key."""
    return f"{key['connection']['S']}/{key['record']['S']}"


@dataclass(frozen=True)
class DynamoLeases:
    """Leases in the state table."""

    table: Table
    clock: Clock
    seen: Sightings

    def take(self, connection: ConnectionId, name: str, owner: str, lease: timedelta) -> None:
        """Take ``name`` for a while, or keep it for a while longer.

        Args:
            owner: Names one attempt; never used twice, or two attempts could both believe to own it.
        """
        try:
            self._write(connection, name, owner, lease, FREE)
        except ConditionFailed as error:
            self._take_over(connection, name, owner, lease, error.standing)

    def give_back(self, connection: ConnectionId, name: str, owner: str) -> None:
        """Give it back, unless somebody else owns it by now.

        The lease is emptied, not deleted: most functions have no right to delete.
        """
        with suppress(ConditionFailed):
            self.table.update(
                lease_key(connection, name), "REMOVE #owner, #until", "#owner = :owner", owner=text(owner)
            )

    def _take_over(self, connection: ConnectionId, name: str, owner: str, lease: timedelta, standing: Item) -> None:
        """Take what its owner left behind. Raises RetryLater while it may be at work."""
        left = self._left(standing) if "until" in standing else timedelta(0)
        if left > timedelta(0):
            raise _taken(connection, name, left)
        seen = {"seen_owner": standing["owner"], "seen_until": standing["until"]} if "until" in standing else {}
        try:
            self._write(connection, name, owner, lease, DEAD if seen else FREE, **seen)
        except ConditionFailed as error:
            raise _taken(connection, name, timedelta(0)) from error

    def _write(
        self, connection: ConnectionId, name: str, owner: str, lease: timedelta, only_if: str, **values: Item
    ) -> None:
        now = self.clock()
        taken = self.table.update(
            lease_key(connection, name),
            TAKE,
            only_if,
            owner=text(owner),
            until=moment(now + lease),
            lasts=number(math.ceil(lease.total_seconds())),
            forget_at=forget_after(now, lease + KEPT),
            **values,
        )
        self._left(taken)

    def _left(self, standing: Item) -> timedelta:
        """How long its owner may be at work, by this container's clock."""
        until = read_moment(standing["until"])
        lasts = timedelta(seconds=int(standing["lasts"]["N"])) if "lasts" in standing else KEPT
        first = self.seen.since(place_of(standing), f"{standing['owner']['S']} {until.isoformat()}")
        return time_left(first, lasts, until, self.clock())


def _taken(connection: ConnectionId, name: str, left: timedelta) -> RetryLater:
    return RetryLater("Another worker is at it", after=max(left.total_seconds(), 1), where=f"{connection}, {name}")


def lease_key(connection: ConnectionId, name: str) -> Item:
    """Return the primary key of a lease."""
    return key(connection, f"LEASE#{name}")
