"""What several stores have, read at once: their records lie in few tables, and one call reads of all of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from shopbridge.model.base import ConnectionId, OrderId
from shopbridge.model.ledger import EffectKey
from shopbridge.ports import PollSight, Sight
from shopbridge.store.connections.settings import DynamoConnections
from shopbridge.store.cursors import cursor_key, cursor_of
from shopbridge.store.items import key
from shopbridge.store.ledger.directory import entry_ids, entry_name
from shopbridge.store.ledger.items import from_item, item_key
from shopbridge.store.runs import run_key, run_of
from shopbridge.store.table import Table

ORDERS: Final = "orders"
"""Names both the cursor of a poll and the kind of run that hands over all of them."""


@dataclass(frozen=True)
class DynamoSights:
    """Looks into the state table, and at a connection beside it."""

    table: Table
    connections: DynamoConnections

    def look(self, connection: ConnectionId, orders: Sequence[OrderId], names: Mapping[str, Sequence[str]]) -> Sight:
        """Return what is known of these orders, and of the directory's keys by kind; see the port."""
        places = {entry_name(kind, wanted): (kind, wanted) for kind, keys in names.items() for wanted in keys}
        wanted = [item_key(EffectKey(connection=connection, kind="order", id=order)) for order in orders]
        items = self.table.get_many([*wanted, *(key(connection, name) for name in places)], newest=False)
        known = {places[name]: entry_ids(item) for item in items if (name := item["record"]["S"]) in places}
        records = [from_item(item) for item in items if item["record"]["S"] not in places]
        return Sight(
            records={OrderId(record.key.id): record for record in records},
            known={place: known.get(place, ()) for place in places.values()},
        )

    def before_poll(self, connection: ConnectionId) -> PollSight | None:
        """Return how a connection stands, and how far its orders were read; None where it is gone.

        As everything stands, since the cursor is compared with what is written next.
        """
        cursor, run = cursor_key(connection, ORDERS), run_key(connection, ORDERS)
        standing, items = self.connections.get_beside(connection, self.table, [cursor, run], newest=True)
        if standing is None:
            return None
        found = {item["record"]["S"]: item for item in items}
        cursor_item, run_item = (found.get(each["record"]["S"]) for each in (cursor, run))
        return PollSight(
            standing,
            cursor=cursor_of(cursor_item) if cursor_item else None,
            run=run_of(run_item) if run_item else None,
        )
