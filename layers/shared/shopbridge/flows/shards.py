"""Sweeps of a source, read by rising rank: cut into the shards of a snapshot, and remembered from slice to slice."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Generic, TypeVar

from shopbridge.flows.runs import Slice
from shopbridge.model.base import ConnectionId
from shopbridge.model.snapshot import NO_END, SHARD_SIZE, Manifest, Shard, ShardMark, digest_of
from shopbridge.ports import Snapshots

Item = TypeVar("Item")


@dataclass(frozen=True)
class Group(Generic[Item]):
    """What a sweep found of one shard.

    Attributes:
        mark: The shard in the manifest; None for a new one.
        upto: The last rank that belongs to it from now on.
        whole: Everything of the shard was read; what it held besides is gone from the source.
    """

    mark: ShardMark | None
    upto: int
    items: tuple[Item, ...]
    whole: bool


@dataclass
class ShardStream(Generic[Item]):
    """Takes items by rising rank and gives each shard as it is complete.

    Args:
        marks: The manifest's shards.
        reached: The last rank that another slice took; 0 when the sweep begins. The shard it lies in is not whole.
    """

    marks: tuple[ShardMark, ...]
    reached: int = 0
    _shard: int = 0
    _items: list[Item] = field(default_factory=list)
    _cut: bool = False

    def __post_init__(self) -> None:
        self._cut = self.reached > 0
        while self._mark is not None and self.reached > self._mark.upto:
            self._shard += 1

    def feed(self, rank: int, items: Iterable[Item]) -> Iterator[Group[Item]]:
        """Take what stands at one rank; gives the shards that end before it."""
        while self._shard < len(self.marks) and rank > self.marks[self._shard].upto:
            yield self._closed(self.marks[self._shard].upto)
        if self._is_open and len(self._items) >= SHARD_SIZE and rank > self.reached:
            yield self._closed(self.reached)
        self._items.extend(items)
        self.reached = rank

    def end(self) -> Iterator[Group[Item]]:
        """Yield the shards that are left when the source is read to its end; the last one reaches for ever."""
        while self._shard < len(self.marks) - 1:
            yield self._closed(self.marks[self._shard].upto)
        yield self._closed(NO_END)

    def pause(self) -> Iterator[Group[Item]]:
        """Yield what was read so far, as the slice ends within a shard."""
        if self._items:
            is_new = self._mark is None
            upto = self.reached if self._mark is None else self._mark.upto
            yield Group(self._mark, upto, tuple(self._items), whole=is_new)
            self._items = []

    @property
    def _mark(self) -> ShardMark | None:
        return self.marks[self._shard] if self._shard < len(self.marks) else None

    @property
    def _is_open(self) -> bool:
        return self._mark is None or self._mark.upto == NO_END

    def _closed(self, upto: int) -> Group[Item]:
        group = Group(self._mark, upto, tuple(self._items), whole=not self._cut)
        self._cut = False
        self._items = []
        self._shard += 1
        return group


def placed(manifest: Manifest, group: Group[Item]) -> tuple[Manifest, int]:
    """Return the manifest with a mark for the group, and the mark's id."""
    known = {mark.id: mark for mark in manifest.shards}
    identity = group.mark.id if group.mark else max(known, default=0) + 1
    before = known.get(identity, ShardMark(id=identity, upto=group.upto, digest=""))
    known[identity] = before.model_copy(update={"upto": group.upto})
    return _with_marks(manifest, known.values()), identity


def with_entries(
    manifest: Manifest,
    shard: int,
    entries: Shard,
    content: Callable[[str], str] = lambda entry: entry,
    *,
    holds_more: bool = False,
) -> Manifest:
    """Return the manifest after the shard's entries became these.

    An empty shard leaves it, and its range the next one's.

    Args:
        content: What of an entry comes from the source, where an entry also keeps what the target said of it. The
            digest is made of that alone, so that a sweep can tell from the source whether anything changed.
        holds_more: It has further entries that the digest is not made of, so it stays.
    """
    digest = digest_of({key: content(entry) for key, entry in entries.items()}, manifest.seed)
    marks = [
        mark.model_copy(update={"digest": digest}) if mark.id == shard else mark
        for mark in manifest.shards
        if entries or holds_more or mark.id != shard
    ]
    return _with_marks(manifest, marks)


def save_shards(
    store: Snapshots, connection: ConnectionId, name: str, before: Manifest, now: Manifest, shards: Mapping[int, Shard]
) -> Manifest:
    """Store these shards and the manifest that goes with them, and remove what only the manifest before had.

    Raises:
        Conflict: Another worker has saved since ``now`` was read.
    """
    saved = store.save(connection, name, now, shards)
    if dropped := sorted({mark.id for mark in before.shards} - {mark.id for mark in saved.shards}):
        store.forget(connection, name, dropped)
    return saved


def is_unchanged(group: Group[Item], found: Shard, seed: str) -> bool:
    """Tell whether the snapshot has these entries already, and needs neither to be read nor written."""
    if group.mark is None:
        return not found
    same = group.mark.digest == digest_of(found, seed)
    return group.whole and group.upto == group.mark.upto and same


def _with_marks(manifest: Manifest, marks: Iterable[ShardMark]) -> Manifest:
    return manifest.model_copy(update={"shards": tuple(sorted(marks, key=lambda mark: mark.upto))})


def merged(stored: Shard, found: Shard, *, whole: bool) -> Shard:
    """Return a shard after a sweep: what was found, and what another slice may have found."""
    return dict(found) if whole else {**stored, **found}


_SKU, _RECORD = 7, 3
"""Bytes kept of the hash of an SKU, and of the record that has it: among a hundred thousand SKUs two meet by chance
once in ten million catalogues."""


class SeenSkus:
    """The SKUs a sweep has met, small enough to be carried from slice to slice."""

    def __init__(self, packed: bytes = b"") -> None:
        head, _, rest = packed.partition(b"\n")
        self.twice: set[str] = set(json.loads(head or b"[]"))
        pieces = (rest[start : start + _SKU + _RECORD] for start in range(0, len(rest), _SKU + _RECORD))
        self._records = {piece[:_SKU]: piece[_SKU:] for piece in pieces}

    def add(self, sku: str, record: str) -> None:
        """Note a record with this SKU; the same record may be read again."""
        name = _hashed(record, _RECORD)
        if self._records.setdefault(_hashed(sku, _SKU), name) != name:
            self.twice.add(sku)

    def __contains__(self, sku: str) -> bool:
        return _hashed(sku, _SKU) in self._records

    def packed(self) -> bytes:
        """Return all of it, for the next slice."""
        packed = b"".join(sku + record for sku, record in self._records.items())
        return json.dumps(sorted(self.twice)).encode() + b"\n" + packed


def _hashed(text: str, size: int) -> bytes:
    return blake2b(text.encode(), digest_size=size).digest()


@dataclass
class SweepMemory:
    """What a sweep remembers from slice to slice: the SKUs it has met, and those that it misses.

    Attributes:
        gone: SKUs that are not where they were; they may still come up elsewhere.
        whole: Nothing is missing: no slice of this run broke off before it could leave what it had met.
    """

    seen: SeenSkus = field(default_factory=SeenSkus)
    gone: set[str] = field(default_factory=set)
    whole: bool = True

    @property
    def missing(self) -> set[str]:
        """At the end of a sweep: SKUs that the source has no longer."""
        return {sku for sku in self.gone if sku not in self.seen} if self.whole else set()


def load_memory(turn: Slice) -> SweepMemory:
    """Return what the slice before left; some is missing when it broke off after it had moved on."""
    run = turn.run
    if run.position is None and not run.rank:
        return SweepMemory()
    head, _, packed = turn.bridge.runs.checkpoint(turn.connection.id, run.kind).partition(b"\n")
    match json.loads(head or b"null"):
        case {"run": run.id, "place": place, "whole": whole, "gone": gone}:
            return SweepMemory(SeenSkus(packed), set(gone), whole=whole and place == [run.stage, run.rank])
    return SweepMemory(whole=False)


def save_memory(turn: Slice, memory: SweepMemory) -> None:
    """Store it for the slice that goes on where the run stands."""
    run, gone = turn.run, sorted(memory.gone)
    facts = {"run": run.id, "place": [run.stage, run.rank], "whole": memory.whole, "gone": gone}
    packed = json.dumps(facts).encode() + b"\n" + memory.seen.packed()
    turn.bridge.runs.save_checkpoint(turn.connection.id, run.kind, packed)
