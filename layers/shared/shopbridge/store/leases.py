"""Leases: one worker at a time, for a while."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

from shopbridge.errors import RetryLater
from shopbridge.model.base import ConnectionId
from shopbridge.ports import Clock
from shopbridge.store.aws import ConditionFailed
from shopbridge.store.items import Item, forget_after, key, moment, read_moment, text
from shopbridge.store.table import Table

KEPT = timedelta(days=1)
FREE = "attribute_not_exists(#until) OR #until <= :now OR #owner = :owner"


@dataclass(frozen=True)
class DynamoLeases:
    """Leases in the state table."""

    table: Table
    clock: Clock

    def take(self, connection: ConnectionId, name: str, owner: str, lease: timedelta) -> None:
        """Own ``name`` for a while, or for a while longer.

        Args:
            owner: Names one attempt; never used twice, or two attempts could both believe to own it.

        Raises:
            RetryLater: Somebody else owns it; ``after`` is what is left of their time.
        """
        now = self.clock()
        try:
            self.table.update(
                _lease_key(connection, name),
                "SET #owner = :owner, #until = :until, #forget_at = :forget_at",
                FREE,
                owner=text(owner),
                until=moment(now + lease),
                now=moment(now),
                forget_at=forget_after(now, lease + KEPT),
            )
        except ConditionFailed as error:
            raise self._taken(connection, name, error.standing) from error

    def give_back(self, connection: ConnectionId, name: str, owner: str) -> None:
        """Let go of it, unless somebody else owns it by now.

        The lease is emptied, not deleted: most functions have no right to delete.
        """
        with suppress(ConditionFailed):
            self.table.update(
                _lease_key(connection, name), "REMOVE #owner, #until", "#owner = :owner", owner=text(owner)
            )

    def _taken(self, connection: ConnectionId, name: str, standing: Item) -> RetryLater:
        left = read_moment(standing["until"]) - self.clock() if "until" in standing else timedelta(0)
        return RetryLater("Another worker is at it", after=max(left.total_seconds(), 1), where=f"{connection}, {name}")


def _lease_key(connection: ConnectionId, name: str) -> Item:
    return key(connection, f"LEASE#{name}")
