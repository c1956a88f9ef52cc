"""Snapshots: what was pushed last, one item per shard and one manifest that tells whether they must be read at all."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from shopbridge.model.base import ConnectionId
from shopbridge.model.snapshot import Manifest, Shard
from shopbridge.store.items import Item, compact, key, number, plain, text
from shopbridge.store.table import Table


@dataclass(frozen=True)
class DynamoSnapshots:
    """Manifests and shards in the state table.

    An unchanged sweep reads manifests only: about 12 KB for a hundred thousand entries, three read units each time.

    A crash between the shards and their manifest leaves shards that are newer than their digests. The next sweep then
    finds the shard changed, reads it, and compares entry by entry. Only when the source is back at the very figures of
    the old digest does the shard pass for unchanged: a flow that writes notes what it is about to write beforehand.
    """

    table: Table

    def manifest(self, connection: ConnectionId, name: str) -> Manifest:
        """Return the manifest; an empty one before the first save."""
        item = self.table.get(_manifest_key(connection, name))
        return Manifest.model_validate_json(item["manifest"]["S"]) if item else Manifest()

    def shards(self, connection: ConnectionId, name: str, ids: Sequence[int]) -> Mapping[int, Shard]:
        """Return the entries of these shards, as they stand now: an older reading could hide what was written since."""
        items = self.table.get_many([_shard_key(connection, name, shard) for shard in ids])
        return {int(item["record"]["S"].rpartition("#")[2]): plain(item["entries"]) for item in items}

    def save(self, connection: ConnectionId, name: str, manifest: Manifest, shards: Mapping[int, Shard]) -> Manifest:
        """Store shards, then the manifest that names their digests; returns it with its new version.

        Only the manifest is guarded by its version: that no two workers save shards at once is up to their lease.
        """
        self.table.put_many([_shard_item(connection, name, shard, entries) for shard, entries in shards.items()])
        saved = manifest.model_copy(update={"version": manifest.version + 1})
        item: Item = {
            **_manifest_key(connection, name),
            "version": number(saved.version),
            "manifest": text(saved.model_dump_json(exclude_defaults=True)),
        }
        self.table.put_after(manifest.version, item)
        return saved

    def forget(self, connection: ConnectionId, name: str, ids: Sequence[int]) -> None:
        """Remove shards that no manifest names any more."""
        self.table.delete_many([_shard_key(connection, name, shard) for shard in dict.fromkeys(ids)])


def _shard_item(connection: ConnectionId, name: str, shard: int, entries: Shard) -> Item:
    return {**_shard_key(connection, name, shard), "entries": compact(entries)}


def _manifest_key(connection: ConnectionId, name: str) -> Item:
    return key(connection, f"SNAPSHOT#{name}")


def _shard_key(connection: ConnectionId, name: str, shard: int) -> Item:
    return key(connection, f"SNAPSHOT#{name}#{shard:06}")
