"""The snapshot of a connection's products: what the target was last brought to, shard by shard."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from shopbridge.flows.products.entries import MISSING, REPORTED, TAKEN_OFF, Entry, digests, entries_from, shard_of
from shopbridge.flows.products.read import ProductItem
from shopbridge.flows.products.run import ProductJob
from shopbridge.flows.shards import Group, placed, save_shards, with_entries
from shopbridge.model.base import in_batches
from shopbridge.model.snapshot import NO_END, Shard, ShardMark, digest_of

GONE = frozenset({MISSING, TAKEN_OFF, REPORTED})
"""States of records that are not offered."""
MANY = 20
"""So many products and variants may be gone at once without further questions."""
LARGE_SHARE = 5
"""Above that, one in so many that the target has is more than anybody deletes between two runs."""


class Register:
    """Every product that the snapshot knows, by its name and by the target's id, as it stands in this slice.

    A source may give a product a new id (deleted and made again, or sold under another record from now on): what the
    old record leaves behind in the target is then not gone, and must not be taken off sale. Read only when a product is
    new or seems to be gone, and once in a slice.
    """

    def __init__(self, read: Callable[[], Iterable[Mapping[str, Entry]]]) -> None:
        self._read = read
        self._all: dict[str, Entry] | None = None
        self._alike: dict[str, set[str]] = defaultdict(set)

    def read_all(self) -> dict[str, Entry]:
        """Return all entries by the source's id."""
        if self._all is None:
            self._all = {}
            for entries in self._read():
                self._add(self._all, entries)
        return self._all

    def note(self, before: Mapping[str, Entry], now: Mapping[str, Entry]) -> None:
        """Note what was kept of a shard until now, and what is from now on."""
        if self._all is None:
            return
        for key in before.keys() - now.keys():
            self._all.pop(key, None)
        self._add(self._all, now)

    def is_offered_elsewhere(self, key: str, entry: Entry) -> bool:
        """Tell that another record of the source is, or is to become, the same product in the target."""
        return any(other.state not in GONE for other in self._others(key, entry))

    def has_another(self, key: str, entry: Entry) -> bool:
        """Tell that another record of the source is, or was until lately, the same product in the target."""
        return any(other.state != TAKEN_OFF for other in self._others(key, entry))

    def sells(self, sku: str, *, but: str) -> bool:
        """Tell that another record of the source than ``but`` is offered under this SKU."""
        offered = (other for other in self._with(sku, but) if other.state not in GONE)
        return any(sku.casefold() in map(str.casefold, (other.name, *other.sold)) for other in offered)

    def was_taken_off(self, key: str, name: str, skus: Iterable[str]) -> bool:
        """Tell whether it, or something it sells now, was taken off sale when another record ceased to offer it."""
        sought = Entry("", None, TAKEN_OFF, 0, name)
        if any(other.state == TAKEN_OFF for other in self._others(key, sought)):
            return True
        return any(sku in other.has_taken_off for sku in skus for other in self._with(sku, key))

    def too_many_are_gone(self) -> bool:
        """Tell whether a source that hides its products is likelier than one that deleted so many."""
        entries = [entry for entry in self.read_all().values() if entry.target and entry.state != TAKEN_OFF]
        gone = sum(_skus(entry) if entry.state in GONE else _waiting(entry) for entry in entries)
        return gone > MANY and gone * LARGE_SHARE > sum(_skus(entry) + _waiting(entry) for entry in entries)

    def _others(self, key: str, entry: Entry) -> Iterator[Entry]:
        known, marks = self.read_all(), _marks(entry)
        for other in set().union(*(self._alike[mark] for mark in marks)) - {key}:
            if other in known and marks & _marks(known[other]):
                yield known[other]

    def _with(self, sku: str, but: str) -> Iterator[Entry]:
        """Every other record that has something to do with an SKU, or once had."""
        known, folded = self.read_all(), sku.casefold()
        keys = self._alike[f"named {folded}"] | self._alike[f"sells {folded}"] | self._alike[f"left {folded}"]
        return (known[key] for key in keys - {but} if key in known)

    def _add(self, known: dict[str, Entry], entries: Mapping[str, Entry]) -> None:
        for key, entry in entries.items():
            known[key] = entry
            sells = (f"sells {sku.casefold()}" for sku in entry.sold)
            for mark in (*_marks(entry), *sells, *(f"left {each.sku.casefold()}" for each in entry.orphans)):
                self._alike[mark].add(key)


def _skus(entry: Entry) -> int:
    """What of it has an SKU of its own."""
    return max(len(entry.sold), 1)


def _waiting(entry: Entry) -> int:
    """What it offers no more, while it is offered itself."""
    return len(entry.waiting)


def _marks(entry: Entry) -> set[str]:
    """What two records of one product have in common."""
    return {f"named {entry.name.casefold()}", *({f"is {entry.target}"} if entry.target else ())}


SHARDS_AT_ONCE = 20
LOOK_EVERY = timedelta(hours=20)
"""How long it is believed that the target still has what it was brought to: so what was deleted there comes back within
a day, however long a run takes."""
WAITS = "!"
"""No content's hash: a shard with a product that waits is always looked into."""


class ProductSnapshot:
    """Reads and keeps it.

    Attributes:
        manifest: As it is to be stored next.
        register: What it knows of all products.
    """

    def __init__(self, job: ProductJob) -> None:
        self._job = job
        self._name = f"products-{job.settings.direction}"
        self._store = job.turn.bridge.snapshots
        self._stored = self._store.manifest(job.connection, self._name)
        self.manifest = self._stored.model_copy(update={"seed": job.terms.seed})
        self.register = Register(self._read_all)

    def is_unchanged(self, group: Group[ProductItem], twice: Collection[str]) -> bool:
        """Tell whether the whole shard is as it was when the target was last brought to it."""
        if group.mark is None or not group.whole or self._job.turn.run.afresh:
            return False
        found = {item.id: _digest(item, twice) for item in travelling(group)}
        return digest_of(found, self.manifest.seed) == group.mark.digest

    def is_due(self, group: Group[ProductItem]) -> bool:
        """Tell whether the target is to be asked whether it still has what is in the shard.

        After a day, or if somebody wants it.
        """
        if group.mark is None:
            return False
        run, now = self._job.turn.run, self._job.turn.bridge.clock()
        asked = self._job.tells_everything and group.mark.looked_at <= int(run.started_at.timestamp())
        return asked or group.mark.looked_at < int((now - LOOK_EVERY).timestamp())

    def note_look(self, mark: ShardMark) -> None:
        """Note that the target has all of the shard as far as it could be brought there; stored with the next save."""
        looked = mark.model_copy(update={"looked_at": int(self._job.turn.bridge.clock().timestamp())})
        marks = tuple(looked if each.id == mark.id else each for each in self.manifest.shards)
        self.manifest = self.manifest.model_copy(update={"shards": marks})

    def shard(self, group: Group[ProductItem]) -> "StoredShard":
        """Return what is stored of the group's shard."""
        if group.mark is None:
            return StoredShard(self, group, {})
        stored = self._store.shards(self._job.connection, self._name, [group.mark.id])
        return StoredShard(self, group, entries_from(stored.get(group.mark.id, {})))

    def place(self, group: Group[ProductItem], upto: int) -> ShardMark:
        """Return the group's mark in the manifest, reaching up to this rank from now on."""
        self.manifest, shard = placed(self.manifest, replace(group, upto=upto))
        return next(mark for mark in self.manifest.shards if mark.id == shard)

    def keep(self, shards: Mapping[int, Mapping[str, Entry]], *, changed: bool) -> None:
        """Store shards; one that has nothing left is removed. Raises Conflict when another worker took over.

        Unchanged ones are not stored, but a manifest that a crash left behind them learns their digest.
        """
        for shard, entries in shards.items():
            self.manifest = with_entries(self.manifest, shard, digests(entries), holds_more=bool(entries))
        if not changed:
            return
        there = {mark.id for mark in self.manifest.shards}
        self._save({shard: shard_of(entries) for shard, entries in shards.items() if shard in there})

    def refuse(self, skus: Collection[str], *, complete: bool) -> None:
        """Store which SKUs come twice, and whether the products were read to their end."""
        done = complete or self.manifest.complete
        self.manifest = self.manifest.model_copy(update={"refused": tuple(sorted(skus)), "complete": done})
        if self.manifest != self._stored:
            self._save({})

    def _read_all(self) -> Iterator[dict[str, Entry]]:
        ids = [mark.id for mark in self._stored.shards]
        for some in in_batches(ids, SHARDS_AT_ONCE):
            yield from map(entries_from, self._store.shards(self._job.connection, self._name, some).values())

    def _save(self, shards: Mapping[int, Shard]) -> None:
        before, now = self._stored, self.manifest
        self.manifest = self._stored = save_shards(self._store, self._job.connection, self._name, before, now, shards)


class StoredShard:
    """One shard's place in the snapshot.

    Attributes:
        entries: As they are stored.
    """

    def __init__(self, snapshot: ProductSnapshot, group: Group[ProductItem], entries: dict[str, Entry]) -> None:
        self._snapshot = snapshot
        self._group = group
        self._was_new = group.mark is None
        self._looked = self._was_new
        self.entries = entries

    def keep_so_far(self, entries: dict[str, Entry]) -> None:
        """Store what is known half-way: a shard keeps its range, a new one reaches as far as is known."""
        if not entries:
            return
        upto = self._group.upto
        if self._group.mark:
            upto = self._group.mark.upto
        if self._was_new:
            upto = max(entry.rank for entry in entries.values())
        self._put(entries, upto, {})

    def keep(self, entries: dict[str, Entry], *, looked: bool) -> ShardMark | None:
        """Store the whole shard; returns the mark of what was split off, since the last one had grown too large.

        Args:
            looked: The target was asked for all of it.
        """
        upto = self._group.upto
        self._looked = self._was_new or (looked and self._group.whole)
        split_off = {key: entry for key, entry in entries.items() if entry.rank > upto}
        return self._put({key: entry for key, entry in entries.items() if entry.rank <= upto}, upto, split_off)

    def _put(self, entries: dict[str, Entry], upto: int, split_off: dict[str, Entry]) -> ShardMark | None:
        mark = self._snapshot.place(self._group, upto)
        rest = self._snapshot.place(Group(None, NO_END, (), whole=False), NO_END) if split_off else None
        for each in (mark, rest) if self._looked else ():
            if each:
                self._snapshot.note_look(each)
        shards = {mark.id: entries, **({rest.id: split_off} if rest else {})}
        self._snapshot.keep(shards, changed=entries != self.entries)
        self._snapshot.register.note(before=self.entries, now={**entries, **split_off})
        self._group = replace(self._group, mark=mark)
        self.entries = entries
        return rest


def travelling(group: Group[ProductItem]) -> list[ProductItem]:
    """Return those that the settings take."""
    return [item for item in group.items if not item.left_out]


def _digest(item: ProductItem, twice: Collection[str]) -> str:
    return WAITS if item.reason or refused(item.skus, twice) else item.hash


def refused(skus: Sequence[str], twice: Collection[str]) -> list[str]:
    """Return which of these SKUs come twice."""
    return [sku for sku in skus if sku.casefold() in twice]
