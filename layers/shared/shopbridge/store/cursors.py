"""Cursors: how far sources were read."""

from dataclasses import dataclass

from shopbridge.model.base import ConnectionId
from shopbridge.model.cursor import OrderCursor
from shopbridge.store.items import Item, key, number, text
from shopbridge.store.table import Table


@dataclass(frozen=True)
class DynamoCursors:
    """Cursors in the state table, moved only by whoever saw where they stood."""

    table: Table

    def load(self, connection: ConnectionId, name: str) -> OrderCursor | None:
        """The cursor, or None before the first read."""
        item = self.table.get(key(connection, f"CURSOR#{name}"))
        return OrderCursor.model_validate_json(item["cursor"]["S"]) if item else None

    def save(self, connection: ConnectionId, name: str, cursor: OrderCursor) -> OrderCursor:
        """Store if nobody moved it meanwhile (raises Conflict); returns it with its new version."""
        moved = cursor.model_copy(update={"version": cursor.version + 1})
        item: Item = {
            **key(connection, f"CURSOR#{name}"),
            "version": number(moved.version),
            "cursor": text(moved.model_dump_json(exclude_defaults=True)),
        }
        self.table.put_after(cursor.version, item)
        return moved
