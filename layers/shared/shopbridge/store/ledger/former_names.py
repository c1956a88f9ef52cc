"""Customers by the names of before, bare hashes of their addresses: read to be renamed, then left to run out."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from shopbridge.model.base import ConnectionId, ExternalId
from shopbridge.model.office import DirectoryEntry
from shopbridge.store.aws import ConditionFailed
from shopbridge.store.items import Item, forget_after, key, text
from shopbridge.store.ledger.items import KEEP_CUSTOMERS
from shopbridge.store.table import Table

ENTRY, MARK, CREATED = "DIRECTORY#customer#", "MARK#customer", "LEDGER#customer#"
KEEP_ENTRIES = timedelta(days=3)
KEEP_MARK = timedelta(days=1)
"""Shorter: a mark without its entries would keep a release of before from reading the whole list anew."""
THREADS = 8


@dataclass(frozen=True)
class DynamoFormerNames:
    """Entries of the directory, its mark and records of created customers, in the state table."""

    table: Table

    def entries(self, connection: ConnectionId) -> Iterator[DirectoryEntry]:
        """Yield those that have no other name yet, one for each id."""
        for item in self._of(connection, ENTRY):
            name = item["record"]["S"].removeprefix(ENTRY)
            yield from (DirectoryEntry(key=name, id=ExternalId(found)) for found in sorted(item["ids"]["SS"]))

    def expire_entries(self, connection: ConnectionId, names: Sequence[str], now: datetime) -> None:
        """Set them to run out: they have another name now."""
        self._expire([key(connection, ENTRY + name) for name in dict.fromkeys(names)], now, KEEP_ENTRIES)

    def expire_rest(self, connection: ConnectionId, now: datetime) -> None:
        """End the mark, since all entries have; what was created before needs no record for much longer."""
        self._expire([key(connection, MARK)], now, KEEP_MARK)
        created = [key(connection, item["record"]["S"]) for item in self._of(connection, CREATED)]
        self._expire(created, now, KEEP_CUSTOMERS)

    def _of(self, connection: ConnectionId, beginning: str) -> Iterator[Item]:
        return self.table.query(
            "#connection = :connection AND begins_with(#record, :beginning)",
            keep="attribute_not_exists(#forget_at)",
            newest=True,
            connection=text(connection),
            beginning=text(beginning),
        )

    def _expire(self, keys: Sequence[Item], now: datetime, keep: timedelta) -> None:
        with ThreadPoolExecutor(THREADS) as pool:
            list(pool.map(lambda item: self._expire_one(item, forget_after(now, keep)), keys))

    def _expire_one(self, item: Item, forget_at: Item) -> None:
        with suppress(ConditionFailed):
            self.table.update(item, "SET #forget_at = :at", "attribute_exists(#record)", at=forget_at)
