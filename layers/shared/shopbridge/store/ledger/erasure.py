"""What is found and removed for good: ledger records of a buyer, and all that is kept under a connection's id.

An erasure reads records in order, and writes only where nobody has touched them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from shopbridge.model.base import CLOCKS_APART, ConnectionId, OrderId
from shopbridge.model.ledger import LedgerRecord
from shopbridge.ports import Clock
from shopbridge.store.aws import ConditionFailed
from shopbridge.store.connections.settings import TOMBSTONE
from shopbridge.store.items import Item, key, moment, text
from shopbridge.store.leases import lease_key
from shopbridge.store.ledger.items import PREFIX, item_key, to_item
from shopbridge.store.table import Table

ORDERS = f"{PREFIX}order#"
BEHIND_ALL = "\U0010ffff"
UNTOUCHED = "#updated_at = :updated_at AND #revision = :revision AND attribute_not_exists(#lease_owner)"
LEFT_BEHIND = "#updated_at = :updated_at AND #revision = :revision AND #lease_owner = :owner AND #lease_until = :until"


@dataclass(frozen=True)
class DynamoErasure:
    """Ledger records in the state table."""

    table: Table
    clock: Clock

    def buyers(self, connection: ConnectionId, after: OrderId | None) -> Iterator[tuple[OrderId, str]]:
        """Yield every order behind ``after`` in the order of the ids, with the mark of its buyer.

        Read as it is asked for.
        """
        found = self.table.query(
            "#connection = :connection AND #record BETWEEN :first AND :last",
            only=("record", "buyer"),
            newest=True,
            connection=text(connection),
            first=text(ORDERS + (f"{after}\0" if after else "")),
            last=text(ORDERS + BEHIND_ALL),
        )
        for item in found:
            yield OrderId(item["record"]["S"].removeprefix(ORDERS)), item["buyer"]["S"] if "buyer" in item else ""

    def rewrite(self, seen: LedgerRecord, record: LedgerRecord) -> bool:
        """Replace a record that stands as ``seen``; False where somebody is at it, or was meanwhile."""
        try:
            self.table.put(to_item(record), self._condition(seen), **self._values(seen))
        except ConditionFailed:
            return False
        return True

    def remove(self, seen: LedgerRecord) -> bool:
        """Remove a record that stands as ``seen``; as ``rewrite``."""
        try:
            self.table.delete(item_key(seen.key), self._condition(seen), **self._values(seen))
        except ConditionFailed as error:
            return not error.standing
        return True

    def _is_left_behind(self, record: LedgerRecord) -> bool:
        """Its owner died: nobody is at it by any clock."""
        return record.lease_until is not None and record.lease_until + CLOCKS_APART < self.clock()

    def _condition(self, seen: LedgerRecord) -> str:
        return LEFT_BEHIND if self._is_left_behind(seen) else UNTOUCHED

    def _values(self, seen: LedgerRecord) -> dict[str, Item]:
        stands = {"updated_at": moment(seen.updated_at), "revision": text(seen.revision)}
        if seen.lease_until is None or not self._is_left_behind(seen):
            return stands
        return {**stands, "owner": text(seen.lease_owner or ""), "until": moment(seen.lease_until)}


@dataclass(frozen=True)
class DynamoRemains:
    """The partitions of one connection. What says that it is being forgotten, and the lease for it, goes last."""

    state: Table
    connections: Table

    def records(self, connection: ConnectionId) -> Iterator[str]:
        """Yield the range key of every item, page by page as it is read."""
        for table in (self.state, self.connections):
            yield from (item["record"]["S"] for item in _keys(table, connection))

    def remove(self, connection: ConnectionId, most: int, lease: str) -> int:
        """Remove some, ``most`` of them; returns how many, 0 when only the last are left. Raises RetryLater."""
        last = ({"S": TOMBSTONE}, lease_key(connection, lease)["record"])
        for table in (self.state, self.connections):
            found = (item for item in _keys(table, connection, newest=True) if item["record"] not in last)
            some = list(islice(found, most))
            if some:
                table.delete_many(some)
                return len(some)
        return 0

    def end(self, connection: ConnectionId, lease: str) -> None:
        """Remove the last: from now on nothing is known of the id."""
        self.connections.delete(key(connection, TOMBSTONE))
        self.state.delete(lease_key(connection, lease))


def _keys(table: Table, connection: ConnectionId, *, newest: bool = False) -> Iterator[Item]:
    only = ("connection", "record")
    return table.query("#connection = :connection", only=only, newest=newest, connection=text(connection))
