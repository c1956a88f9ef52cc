"""All that is kept under a connection's id in both tables, whatever it is: counted, and removed for good."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from shopbridge.model.base import ConnectionId
from shopbridge.store.connections import TOMBSTONE
from shopbridge.store.items import Item, key, text
from shopbridge.store.leases import lease_key
from shopbridge.store.table import Table


@dataclass(frozen=True)
class DynamoRemains:
    """The partitions of one connection. What says that it is being forgotten, and the lease for it, goes last."""

    state: Table
    connections: Table

    def records(self, connection: ConnectionId) -> Iterator[str]:
        """The range key of every item, page by page as it is read."""
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
