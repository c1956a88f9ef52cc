"""The shards of a stock sweep: what was found of each, and what is written, collected until a batch is full."""

from collections import Counter, deque
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import chain, islice, takewhile

from shopbridge.flows.leases import Busy, OwnLease
from shopbridge.flows.runs import Slice
from shopbridge.flows.shards import Group, merged, placed, with_entries
from shopbridge.flows.stock.figures import (
    SKU_MISSING,
    SKU_TWICE,
    UNTOLD,
    Figure,
    Reading,
    content_of,
    figure_of,
    is_refused,
    refused_entry,
)
from shopbridge.flows.stock.route import StockRoute, log_drift, log_held, log_pushed, save_snapshot
from shopbridge.flows.stock.write import NewestWrites, Pushed, lift_doubt, load_newest_writes, write, write_lease
from shopbridge.model.ledger import Reason
from shopbridge.model.snapshot import Manifest, Shard
from shopbridge.model.stock import AT_THE_TARGET


@dataclass(frozen=True)
class Findings:
    """What the source says of one shard.

    Attributes:
        figures: By SKU.
        held: SKUs that nothing can be written for, each with the reason.
        moments: When each SKU was read: begin and end.
        nameless: Records without an SKU.
        records: All of them.
    """

    figures: Mapping[str, Figure]
    held: Mapping[str, Reason]
    moments: Mapping[str, tuple[datetime, datetime]]
    nameless: int
    records: int

    @property
    def problems(self) -> dict[str, Reason]:
        """What a run keeps of it, by item."""
        return {**self.held, **({"(no SKU)": SKU_MISSING} if self.nameless else {})}

    @property
    def entries(self) -> Shard:
        """As the snapshot keeps it while the target takes everything."""
        return {sku: self.figures[sku].entry if sku in self.figures else UNTOLD for sku in self.moments}


def assess(route: StockRoute, readings: Sequence[Reading], twice: Collection[str]) -> Findings:
    """Return what the readings come to; SKUs that are there ``twice`` are held, whatever they say."""
    counted = Counter(reading.level.sku for reading in readings)
    figures: dict[str, Figure] = {}
    held: dict[str, Reason] = {}
    for reading in (each for each in readings if each.level.sku):
        sku = reading.level.sku
        several = counted[sku] > 1 or sku in twice
        found = SKU_TWICE if several else figure_of(reading, route.settings, whole_units=route.traits.whole_units)
        if isinstance(found, Figure):
            figures[sku] = found
        else:
            held[sku] = found
    moments = {each.level.sku: (each.read_at, each.read_until) for each in readings if each.level.sku}
    return Findings(figures, held, moments, counted[""], len(readings))


@dataclass
class SweptShard:
    """A shard on its way through a sweep; of an unchanged one only its place and its counts are kept.

    Attributes:
        group: What was cut out of the source, without the readings.
        found: Its entries by the source.
        stored: Its entries in the snapshot when it was found to differ.
        position, rank: Where a sweep goes on once this shard is done.
        todo: What is still to be written.
        outcome: Entries that writing (or looking at the target) has led to.
        unsure: SKUs to be sent once more, see ``Pushed``.
        drift: By SKU what the target had instead of what was written there.
    """

    group: Group[Reading]
    position: str | None
    rank: int
    counts: Counter[str]
    found: Shard = field(default_factory=dict)
    moments: Mapping[str, tuple[datetime, datetime]] = field(default_factory=dict)
    stored: Shard = field(default_factory=dict)
    todo: list[Figure] = field(default_factory=list)
    outcome: dict[str, str] = field(default_factory=dict)
    unsure: set[str] = field(default_factory=set)
    drift: dict[str, str] = field(default_factory=dict)
    changed: bool = False

    def was_refused(self, sku: str) -> bool:
        """Tell whether the target did not take it last time either."""
        return is_refused(self.stored.get(sku, ""))

    def settled(self, writes: NewestWrites) -> list[str]:
        """Return the SKUs whose entry is the outcome of this sweep, and of nobody after it."""
        return [sku for sku in self.outcome if not writes.is_newer(sku, self.moments[sku][1])]

    def entries(self, standing: Shard, writes: NewestWrites) -> Shard:
        """Return what the shard holds from now on.

        Args:
            standing: What it holds right now: SKUs may have been written apart from the sweep meanwhile.
        """
        ours = {sku: self._entry(sku, entry, standing, writes) for sku, entry in self.found.items()}
        return merged(standing, {sku: entry for sku, entry in ours.items() if entry}, whole=self.group.whole)

    def _entry(self, sku: str, found: str, standing: Shard, writes: NewestWrites) -> str:
        read_at, read_until = self.moments[sku]
        before = standing.get(sku, "")
        if writes.is_newer(sku, read_until if sku in self.outcome else read_at):
            return before
        if sku in self.outcome:
            return self.outcome[sku]
        return before if content_of(before) == found else found


def swept_shard(group: Group[Reading], findings: Findings, position: str | None) -> SweptShard:
    """Return a shard before it is compared with anything."""
    held = findings.records - len(findings.figures)
    return SweptShard(
        replace(group, items=()),
        position,
        rank=max((reading.level.rank for reading in group.items), default=0),
        counts=Counter(found=findings.records, unchanged=len(findings.figures), held=held),
    )


class StockChanges:
    """What a sweep found to write, its shards in order; the run moves on behind each one that is done."""

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
        figures = list(islice(chain.from_iterable(part.todo for part in self._parts), self._route.traits.batch))
        try:
            with write_lease(self._route) as hold:
                pushed = self._write(hold, figures)
        except Busy:
            return False
        self._tell(pushed)
        self._move_on()
        return True

    def _write(self, hold: OwnLease, figures: Sequence[Figure]) -> Pushed:
        writes = load_newest_writes(self._route)
        fresh = [figure for figure in figures if not writes.is_newer(figure.sku, figure.read_at)]
        noted, pushed = write(self._route, hold, writes, fresh)
        self._note(figures, pushed)
        done = list(takewhile(lambda part: not part.todo, self._parts))
        self._save(done, noted)
        recorded = chain.from_iterable(part.settled(noted) for part in done)
        unsure = set().union(*(part.unsure for part in done))
        lift_doubt(self._route, noted, recorded, unsure, newest=False)
        return pushed

    def _note(self, figures: Sequence[Figure], pushed: Pushed) -> None:
        """Move figures from what is to be done to what came of it."""
        asked = {figure.sku: figure for figure in figures}
        for part in self._parts:
            for figure in [figure for figure in part.todo if asked.get(figure.sku) is figure]:
                self._settle(part, figure, pushed)
            part.todo = [figure for figure in part.todo if asked.get(figure.sku) is not figure]

    def _settle(self, part: SweptShard, figure: Figure, pushed: Pushed) -> None:
        entry, sku = figure.entry, figure.sku
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
        route = self._route
        manifest = before = route.bridge.snapshots.manifest(route.id, route.snapshot)
        shards: dict[int, Shard] = {}
        for part in (part for part in parts if part.changed):
            standing = self._standing(part, before)
            entries = part.entries(standing, writes)
            manifest, shard = placed(manifest, part.group)
            manifest = with_entries(manifest, shard, entries, content_of)
            if entries and (entries != standing or part.group.mark is None):
                shards[shard] = entries
        if manifest != before or shards:
            save_snapshot(route, before, manifest, shards)

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
            log_drift(self._route, {sku: line for sku, line in part.drift.items() if sku in part.outcome})
            self._turn.move("items", part.position, max(part.rank, self._turn.run.rank))
        self._turn.pulse()

    def _tell(self, pushed: Pushed) -> None:
        log_pushed(self._route, pushed.told.values(), self._turn.run.kind)
        log_held(self._route, self._newly_refused)
        self._newly_refused = {}
