"""Which category of the target belongs to which of the source."""

from collections.abc import Iterator, Sequence
from itertools import islice

from shopbridge.flows.products.entries import Entry, entries_from, shard_of
from shopbridge.flows.products.run import ProductJob
from shopbridge.model.base import ExternalId
from shopbridge.model.snapshot import SHARD_SIZE, Manifest, ShardMark, digest_of


class CategoryLinks:
    """The links of a connection, kept as a snapshot of their own."""

    def __init__(self, job: ProductJob) -> None:
        self._job = job
        self._name = f"categories-{job.settings.direction}"
        self._store = job.turn.bridge.snapshots
        self._manifest = self._store.manifest(job.connection, self._name)
        ids = [mark.id for mark in self._manifest.shards]
        shards = self._store.shards(job.connection, self._name, ids) if ids else {}
        self.entries = {key: entry for shard in shards.values() for key, entry in entries_from(shard).items()}

    def targets(self) -> dict[ExternalId, ExternalId]:
        """The target's ids by the source's."""
        return {ExternalId(key): entry.target for key, entry in self.entries.items() if entry.target}

    def save(self) -> None:
        """Store what changed. Raises Conflict when another worker took over."""
        shards = dict(enumerate(_pieces(self.entries), 1))
        known = {mark.id: mark.digest for mark in self._manifest.shards}
        marks = [ShardMark(id=key, upto=key, digest=digest_of(shard_of(part), "")) for key, part in shards.items()]
        changed = {mark.id: shard_of(shards[mark.id]) for mark in marks if known.get(mark.id) != mark.digest}
        if not changed and len(marks) == len(known):
            return
        manifest = Manifest(shards=tuple(marks), version=self._manifest.version)
        self._manifest = self._store.save(self._job.connection, self._name, manifest, changed)
        self._forget(sorted(known.keys() - shards.keys()))

    def _forget(self, shards: Sequence[int]) -> None:
        if shards:
            self._store.forget(self._job.connection, self._name, shards)


def _pieces(entries: dict[str, Entry]) -> Iterator[dict[str, Entry]]:
    ordered = iter(sorted(entries.items()))
    while piece := dict(islice(ordered, SHARD_SIZE)):
        yield piece
