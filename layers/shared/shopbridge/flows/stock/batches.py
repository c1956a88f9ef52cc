"""What a stock sweep found to write, collected over shards until a batch is full."""

from collections import deque
from collections.abc import Sequence
from itertools import chain, islice, takewhile

from shopbridge.flows.leases import Busy, Hold
from shopbridge.flows.runs import Slice
from shopbridge.flows.shards import placed, with_entries
from shopbridge.flows.stock.figures import content_of, refused_entry
from shopbridge.flows.stock.newest_writes import NewestWrites, load_newest_writes
from shopbridge.flows.stock.route import StockRoute, forget_all_but, tell_drift, tell_held, tell_pushed
from shopbridge.flows.stock.shard import SweptShard, Wish
from shopbridge.flows.stock.write import Pushed, lift_doubt, the_only_writer, write
from shopbridge.model.ledger import Reason
from shopbridge.model.sku_reasons import AT_THE_TARGET
from shopbridge.model.snapshot import Manifest, Shard


class StockChanges:
    """Shards in the order of the sweep; the run moves on behind each one that is done."""

    def __init__(self, turn: Slice, route: StockRoute) -> None:
        self._turn = turn
        self._route = route
        self._parts: deque[SweptShard] = deque()
        self._newly_refused: dict[str, Reason] = {}

    def add(self, part: SweptShard) -> None:
        """Take a shard; one that is unchanged has nothing to wait for but those before it."""
        self._parts.append(part)
        if not any(each.changed for each in self._parts):
            self._move_on()

    def flush_full(self) -> None:
        """Write full batches. Another writer is left alone: it is tried again behind the next shard."""
        while sum(len(part.todo) for part in self._parts) >= self._route.traits.batch and self._flush():
            pass

    def flush_all(self) -> bool:
        """Write what is left; False when another writer is at work."""
        while self._parts:
            if not self._flush():
                return False
        return True

    def _flush(self) -> bool:
        wishes = list(islice(chain.from_iterable(part.todo for part in self._parts), self._route.traits.batch))
        try:
            with the_only_writer(self._route) as hold:
                pushed = self._write(hold, wishes)
        except Busy:
            return False
        self._tell(pushed)
        self._move_on()
        return True

    def _write(self, hold: Hold, wishes: Sequence[Wish]) -> Pushed:
        writes = load_newest_writes(self._route)
        fresh = [wish for wish in wishes if not writes.is_newer(wish.sku, wish.read_at)]
        noted, pushed = write(self._route, hold, writes, fresh)
        self._note(wishes, pushed)
        done = list(takewhile(lambda part: not part.todo, self._parts))
        self._save(done, noted)
        recorded = chain.from_iterable(part.settled(noted) for part in done)
        unsure = set().union(*(part.unsure for part in done))
        lift_doubt(self._route, noted, recorded, unsure, newest=False)
        return pushed

    def _note(self, wishes: Sequence[Wish], pushed: Pushed) -> None:
        """Move wishes from what is to be done to what came of it."""
        asked = {wish.sku: wish for wish in wishes}
        for part in self._parts:
            for wish in [wish for wish in part.todo if asked.get(wish.sku) is wish]:
                self._settle(part, wish, pushed)
            part.todo = [wish for wish in part.todo if asked.get(wish.sku) is not wish]

    def _settle(self, part: SweptShard, wish: Wish, pushed: Pushed) -> None:
        entry, sku = wish.figure.entry, wish.sku
        if sku in pushed.told:
            part.outcome[sku] = entry
            part.counts.update(updated=1, unchanged=-1)
        elif sku in pushed.refused:
            part.outcome[sku] = refused_entry(entry)
            reason = pushed.refused[sku]
            part.counts.update({"held" if reason.code in AT_THE_TARGET else "failed": 1, "unchanged": -1})
            self._turn.tell(sku, reason)
            if not part.was_refused(sku):
                self._newly_refused[sku] = reason
        part.unsure |= {sku} & pushed.unsure

    def _save(self, parts: Sequence[SweptShard], writes: NewestWrites) -> None:
        snapshots, route = self._route.bridge.snapshots, self._route
        manifest = before = snapshots.manifest(route.id, route.snapshot)
        shards: dict[int, Shard] = {}
        for part in (part for part in parts if part.changed):
            standing = self._standing(part, before)
            entries = part.entries(standing, writes)
            manifest, shard = placed(manifest, part.group)
            manifest = with_entries(manifest, shard, entries, content_of)
            if entries and (entries != standing or part.group.mark is None):
                shards[shard] = entries
        if manifest != before or shards:
            snapshots.save(route.id, route.snapshot, manifest, shards)
            forget_all_but(route, before, manifest)

    def _standing(self, part: SweptShard, manifest: Manifest) -> Shard:
        """A shard's entries as they stand now: read again when somebody has written them since."""
        mark = part.group.mark
        if mark is None or mark in manifest.shards:
            return part.stored
        found = self._route.bridge.snapshots.shards(self._route.id, self._route.snapshot, [mark.id])
        return found.get(mark.id, {})

    def _move_on(self) -> None:
        """Behind the shards that are done, in their order."""
        while self._parts and not self._parts[0].todo:
            part = self._parts.popleft()
            self._turn.count(**part.counts)
            tell_drift(self._route, {sku: line for sku, line in part.drift.items() if sku in part.outcome})
            self._turn.move("items", part.position, max(part.rank, self._turn.run.rank))
        self._turn.pulse()

    def _tell(self, pushed: Pushed) -> None:
        tell_pushed(self._route, pushed.told.values(), self._turn.run.kind)
        tell_held(self._route, self._newly_refused)
        self._newly_refused = {}
