"""The directory: ids of a back office's customers and products by what they are matched by."""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from hashlib import sha256
from uuid import uuid4

from shopbridge.model.base import ConnectionId, ExternalId
from shopbridge.model.office import DirectoryEntry, DirectoryMark
from shopbridge.store.aws import ConditionFailed
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
        """Return the known ids by key; several ids mean that the key is ambiguous there."""
        names = {entry_name(kind, wanted): wanted for wanted in keys}
        items = self.table.get_many([key(connection, name) for name in names])
        return {names[item["record"]["S"]]: entry_ids(item) for item in items}

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
            list(pool.map(lambda entry: self._add(key(connection, entry_name(kind, entry[0])), entry[1]), new.items()))

    def add(self, connection: ConnectionId, kind: str, entry: DirectoryEntry) -> None:
        """Add one that was surely not there; what is known is not looked at."""
        self._add(key(connection, entry_name(kind, entry.key)), {entry.id})

    def forget(self, connection: ConnectionId, kind: str, keys: Sequence[str]) -> None:
        """Drop keys that turned out wrong."""
        self.table.delete_many([key(connection, entry_name(kind, wrong)) for wrong in dict.fromkeys(keys)])

    def mark(self, connection: ConnectionId, kind: str) -> DirectoryMark:
        """Return how far the back office's list was read."""
        item = self.table.get(key(connection, f"MARK#{kind}"))
        return _mark(item or {})

    def set_mark(self, connection: ConnectionId, kind: str, mark: DirectoryMark) -> None:
        """Remember how far it was read. Raises Conflict when it is to be read anew, or others came further."""
        seen = {"before": text(mark.before)} if mark.before is not None else {}
        reading = {"reading": text(mark.reading)} if mark.reading else {}
        stands = "#mark = :before" if seen else "attribute_not_exists(#mark)"
        same = "#reading = :reading" if reading else "attribute_not_exists(#reading)"
        place = key(connection, f"MARK#{kind}")
        try:
            self.table.update(
                place, "SET #mark = :mark", f"{stands} AND {same}", mark=text(mark.value or ""), **seen, **reading
            )
        except ConditionFailed as error:
            standing = _mark(error.standing)
            # The client repeats a write whose answer was lost; and two who read the same page mean the same.
            if (standing.value, standing.reading) != (mark.value, mark.reading):
                raise

    def read_anew(self, connection: ConnectionId, kind: str) -> None:
        """Start the list from its beginning, also for whoever is reading it just now."""
        self.table.update(
            key(connection, f"MARK#{kind}"), "SET #reading = :reading REMOVE #mark", reading=text(uuid4().hex)
        )

    def _add(self, item: Item, ids: set[ExternalId]) -> None:
        self.table.update(item, "ADD #ids :ids", ids={"SS": sorted(ids)[:MOST_IDS]})


def _mark(item: Item) -> DirectoryMark:
    value = item["mark"]["S"] if "mark" in item else None
    return DirectoryMark(value=value, before=value, reading=item["reading"]["S"] if "reading" in item else "")


def _is_news(ids: set[ExternalId], known: Sequence[ExternalId]) -> bool:
    return len(known) < MOST_IDS and not ids <= set(known)


def entry_name(kind: str, wanted: str) -> str:
    """Return the name of an entry's record."""
    if len(wanted.encode()) > LONGEST_KEY:
        wanted = "sha256:" + sha256(wanted.encode()).hexdigest()
    return f"DIRECTORY#{kind}#{wanted}"


def entry_ids(item: Item) -> tuple[ExternalId, ...]:
    """Return the ids of an entry's record."""
    return tuple(ExternalId(found) for found in sorted(item["ids"]["SS"]))
