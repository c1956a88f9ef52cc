"""Cursors: how far sources were read, and which versions of orders were handed over lately."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from shopbridge.model.base import ConnectionId
from shopbridge.model.handed_over import PageRecord
from shopbridge.model.run import OrderCursor
from shopbridge.store.items import Item, forget_after, key, moment, number, text
from shopbridge.store.table import Table

LOG = "HANDED#"
BEHIND = f"{LOG}~"
"""Sorts behind every name in the log: they begin with a year."""


@dataclass(frozen=True)
class DynamoCursors:
    """Cursors in the state table, moved only by whoever saw where they stood; and the log of what was handed over.

    A record of the log is written once or twice, and never changed by anybody else: so nobody has to read before, two
    polls at a time keep both of theirs, and a write costs what is new. All that a poll needs of it is one query.
    """

    table: Table

    def load(self, connection: ConnectionId, name: str) -> OrderCursor | None:
        """Return the cursor, or None before the first read."""
        item = self.table.get(cursor_key(connection, name))
        return cursor_of(item) if item else None

    def save(self, connection: ConnectionId, name: str, cursor: OrderCursor) -> OrderCursor:
        """Store if nobody moved it meanwhile (raises Conflict); returns it with its new version."""
        moved = cursor.model_copy(update={"version": cursor.version + 1})
        item: Item = {
            **cursor_key(connection, name),
            "version": number(moved.version),
            "cursor": text(moved.model_dump_json(exclude_defaults=True)),
        }
        self.table.put_after(cursor.version, item)
        return moved

    def handed_over(self, connection: ConnectionId, since: datetime) -> Iterator[PageRecord]:
        """Yield what was handed over of pages that were read since then, in the order of their names.

        A record that DynamoDB forgets days late is as true as before, so no times are compared.
        """
        items = self.table.query(
            "#connection = :connection AND #record BETWEEN :first AND :last",
            newest=True,
            connection=text(connection),
            first=text(LOG + moment(since)["S"]),
            last=text(BEHIND),
        )
        return map(_page, items)

    def note(self, connection: ConnectionId, page: PageRecord, until: datetime) -> None:
        """Store what was handed over of a page, in the place of what stands under its name."""
        versions = {"handed": {"B": page.handed}} if page.handed else {}
        ids = {"begun": {"B": page.begun}} if page.begun else {}
        forget = {"forget_at": forget_after(until, timedelta(0))}
        self.table.put({**key(connection, LOG + page.name), **versions, **ids, **forget})


def cursor_key(connection: ConnectionId, name: str) -> Item:
    """Return the primary key of a cursor."""
    return key(connection, f"CURSOR#{name}")


def cursor_of(item: Item) -> OrderCursor:
    """Return the cursor of a record."""
    return OrderCursor.model_validate_json(item["cursor"]["S"])


def _page(item: Item) -> PageRecord:
    handed, begun = (bytes(item[name]["B"]) if name in item else b"" for name in ("handed", "begun"))
    return PageRecord(item["record"]["S"].removeprefix(LOG), handed, begun)
