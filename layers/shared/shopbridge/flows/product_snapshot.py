"""The snapshot of a connection's products: what the target was last brought to, shard by shard."""

from collections.abc import Collection, Mapping
from dataclasses import replace

from shopbridge.flows.product_entries import Entry, digests, entries_from, shard_of
from shopbridge.flows.product_job import ProductJob
from shopbridge.flows.product_reading import Item
from shopbridge.flows.sweep import Group, placed, with_entries
from shopbridge.model.snapshot import Manifest, ShardMark, digest_of

WAITS = "!"
"""No content's hash: a shard with a product that waits is always looked into."""


class ProductSnapshot:
    """Reads and keeps it.

    Attributes:
        manifest: As it is to be stored next.
    """

    def __init__(self, job: ProductJob) -> None:
        self._job = job
        self._name = f"products-{job.settings.direction}"
        self._store = job.turn.bridge.snapshots
        self._stored = self._store.manifest(job.connection, self._name)
        self.manifest = self._stored.model_copy(update={"seed": job.terms.seed})

    def is_unchanged(self, group: Group[Item], twice: Collection[str]) -> bool:
        """The whole shard is as it was when the target was brought to it."""
        if group.mark is None or not group.whole or self._job.turn.run.afresh:
            return False
        return digest_of({each.id: _digest(each, twice) for each in travelling(group)}, self.manifest.seed) == group.mark.digest

    def entries(self, mark: ShardMark | None) -> dict[str, Entry]:
        """What a shard holds."""
        if mark is None:
            return {}
        return entries_from(self._store.shards(self._job.connection, self._name, [mark.id]).get(mark.id, {}))

    def place(self, group: Group[Item]) -> Group[Item]:
        """Give a group its mark in the manifest, with the group's last rank."""
        self.manifest, shard = placed(self.manifest, group)
        mark = next(mark for mark in self.manifest.shards if mark.id == shard)
        return replace(group, mark=mark)

    def keep(self, mark: ShardMark, entries: Mapping[str, Entry]) -> None:
        """Store a shard. Raises Conflict when another worker took over."""
        self.manifest = with_entries(self.manifest, mark.id, digests(entries))
        is_there = any(known.id == mark.id for known in self.manifest.shards)
        self._save({mark.id: shard_of(entries)} if is_there else {})
        if not is_there:
            self._store.forget(self._job.connection, self._name, [mark.id])

    def refuse(self, skus: Collection[str]) -> None:
        """Store which SKUs come twice."""
        self.manifest = self.manifest.model_copy(update={"refused": tuple(sorted(skus))})
        self.store()

    def complete(self, skus: Collection[str]) -> None:
        """The source was read to its end, and has these SKUs twice."""
        self.manifest = self.manifest.model_copy(update={"complete": True})
        self.refuse(skus)

    def store(self) -> None:
        """Store the manifest if it changed. Raises Conflict when another worker took over."""
        if self.manifest != self._stored:
            self._save({})
