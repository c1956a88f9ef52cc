"""The directory: ids of a back office's customers and products by what they are matched by."""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from hashlib import sha256

from shopbridge.model.base import ConnectionId, ExternalId
from shopbridge.model.office import DirectoryEntry
from shopbridge.store.items import Item, key, text
from shopbridge.store.table import Table

LONGEST_KEY = 900
"""Bytes of a matching value in a range key, which DynamoDB limits to 1,024."""
MOST_IDS = 10
"""Ids kept of one value: two make it ambiguous. Thousands of customers may share the till's own e-mail address, and
each further id would write the whole set again, up to the 400 KB of an item."""
THREADS = 8


@dataclass(frozen=True)
class DynamoDirectory:
    """One item per matching value in the state table, with the set of ids that carry it."""

    table: Table

    def lookup(self, connection: ConnectionId, kind: str, keys: Sequence[str]) -> Mapping[str, tuple[ExternalId, ...]]:
        """The known ids by key; several ids mean that the key is ambiguous there."""
        names = {_name(kind, wanted): wanted for wanted in keys}
        items = self.table.get_many([key(connection, name) for name in names])
        return {names[item["record"]["S"]]: _ids(item) for item in items}

    def remember(self, connection: ConnectionId, kind: str, entries: Sequence[DirectoryEntry]) -> None:
        """Add entries; the same key with another id makes it ambiguous.

        Adding to a set is the one write that two containers can do in any order without losing an id, so
        new entries are written one by one, several at a time; known ones cost no write.
        """
        wanted: dict[str, set[ExternalId]] = {}
        for entry in entries:
            wanted.setdefault(entry.key, set()).add(entry.id)
        known = self.lookup(connection, kind, list(wanted))
        new = {name: ids for name, ids in wanted.items() if _is_news(ids, known.get(name, ()))}
        with ThreadPoolExecutor(THREADS) as pool:
            list(pool.map(lambda entry: self._add(key(connection, _name(kind, entry[0])), entry[1]), new.items()))

    def forget(self, connection: ConnectionId, kind: str, keys: Sequence[str]) -> None:
        """Drop keys that turned out wrong."""
        self.table.delete_many([key(connection, _name(kind, wrong)) for wrong in dict.fromkeys(keys)])

    def mark(self, connection: ConnectionId, kind: str) -> str | None:
        """How far the back office's list was read."""
        item = self.table.get(key(connection, f"MARK#{kind}"))
        return item["mark"]["S"] if item else None

    def set_mark(self, connection: ConnectionId, kind: str, mark: str) -> None:
        """Remember how far it was read."""
        self.table.put({**key(connection, f"MARK#{kind}"), "mark": text(mark)})

    def _add(self, item: Item, ids: set[ExternalId]) -> None:
        self.table.update(item, "ADD #ids :ids", ids={"SS": sorted(ids)[:MOST_IDS]})


def _is_news(ids: set[ExternalId], known: Sequence[ExternalId]) -> bool:
    return len(known) < MOST_IDS and not ids <= set(known)


def _name(kind: str, wanted: str) -> str:
    if len(wanted.encode()) > LONGEST_KEY:
        wanted = "sha256:" + sha256(wanted.encode()).hexdigest()
    return f"DIRECTORY#{kind}#{wanted}"


def _ids(item: Item) -> tuple[ExternalId, ...]:
    return tuple(ExternalId(found) for found in sorted(item["ids"]["SS"]))
