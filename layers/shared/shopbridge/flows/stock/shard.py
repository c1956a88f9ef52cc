"""One shard of a stock sweep: what was found of it, what has to be written, and what the snapshot keeps of it."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from shopbridge.flows.shards import Group, merged
from shopbridge.flows.stock.figures import (
    SKU_MISSING,
    SKU_TWICE,
    UNTOLD,
    Figure,
    content_of,
    figure_of,
    is_refused,
)
from shopbridge.flows.stock.newest_writes import NewestWrites
from shopbridge.flows.stock.route import StockRoute
from shopbridge.model.ledger import Reason
from shopbridge.model.snapshot import Shard
from shopbridge.model.stock import StockLevel


@dataclass(frozen=True)
class Reading:
    """What the source said of one record, and between which moments."""

    level: StockLevel
    read_at: datetime
    read_until: datetime


@dataclass(frozen=True)
class Wish:
    """A figure that the target should get, and when it was read."""

    figure: Figure
    read_at: datetime
    read_until: datetime

    @property
    def sku(self) -> str:
        """Whose figure it is."""
        return self.figure.sku


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
    def entries(self) -> Shard:
        """As the snapshot keeps it while the target takes everything."""
        return {sku: self.figures[sku].entry if sku in self.figures else UNTOLD for sku in self.moments}

    def wish(self, sku: str) -> Wish:
        """Its figure, to be written."""
        return Wish(self.figures[sku], *self.moments[sku])


def assess(route: StockRoute, readings: Sequence[Reading], twice: Collection[str]) -> Findings:
    """What the readings come to; SKUs that are there ``twice`` are held, whatever they say."""
    counted = Counter(reading.level.sku for reading in readings)
    figures: dict[str, Figure] = {}
    held: dict[str, Reason] = {}
    for level in (reading.level for reading in readings if reading.level.sku):
        several = counted[level.sku] > 1 or level.sku in twice
        found = SKU_TWICE if several else figure_of(level, route.settings, whole_units=route.traits.whole_units)
        if isinstance(found, Figure):
            figures[level.sku] = found
        else:
            held[level.sku] = found
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
    todo: list[Wish] = field(default_factory=list)
    outcome: dict[str, str] = field(default_factory=dict)
    unsure: set[str] = field(default_factory=set)
    drift: dict[str, str] = field(default_factory=dict)
    changed: bool = False

    def was_refused(self, sku: str) -> bool:
        """The target did not take it last time either."""
        return is_refused(self.stored.get(sku, ""))

    def settled(self, writes: NewestWrites) -> list[str]:
        """The SKUs whose entry is the outcome of this sweep, and of nobody after it."""
        return [sku for sku in self.outcome if not writes.is_newer(sku, self.moments[sku][1])]

    def entries(self, standing: Shard, writes: NewestWrites) -> Shard:
        """What the shard holds from now on.

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
    """A shard before it is compared with anything."""
    held = findings.records - len(findings.figures)
    return SweptShard(
        replace(group, items=()),
        position,
        rank=max((reading.level.rank for reading in group.items), default=0),
        counts=Counter(found=findings.records, unchanged=len(findings.figures), held=held),
    )


def changed_skus(findings: Findings, stored: Shard, doubtful: Collection[str]) -> list[str]:
    """The SKUs whose figure is not what was pushed last."""
    return [
        sku
        for sku, figure in findings.figures.items()
        if sku in doubtful or content_of(stored.get(sku, "")) != figure.entry
    ]


def newly_held(findings: Findings, stored: Shard) -> dict[str, Reason]:
    """Those that were not held before."""
    return {sku: why for sku, why in findings.held.items() if stored.get(sku) != UNTOLD}


def told_problems(findings: Findings) -> dict[str, Reason]:
    """What a run keeps of it, by item."""
    return {**findings.held, **({"(no SKU)": SKU_MISSING} if findings.nameless else {})}
