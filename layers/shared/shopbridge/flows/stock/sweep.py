"""Sends the differences of a whole source, in slices: a run of the kind ``stock`` or ``stock_comparison``.

A sweep reads the source page by page and cuts it into the shards of the snapshot. A shard whose digest is the same
costs nothing. What differs is collected over shards, so that every write but the last is a full batch.
"""

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from datetime import datetime
from itertools import groupby

from shopbridge.flows.leases import alone
from shopbridge.flows.runs import LEASE, Slice
from shopbridge.flows.shards import Group, Seen, ShardStream, is_unchanged
from shopbridge.flows.stock.batches import StockChanges
from shopbridge.flows.stock.compare import Comparison
from shopbridge.flows.stock.figures import SKU_TWICE
from shopbridge.flows.stock.log import tell_gone, tell_held
from shopbridge.flows.stock.luggage import pack, unpack
from shopbridge.flows.stock.newest_writes import load_trail
from shopbridge.flows.stock.route import StockRoute, forget_all_but, open_route
from shopbridge.flows.stock.shard import (
    Findings,
    Part,
    Reading,
    assess,
    differences,
    newly_held,
    part_of,
    told_problems,
)
from shopbridge.flows.stock.write import the_only_writer
from shopbridge.model.snapshot import NO_END, Manifest, Shard
from shopbridge.model.stock import StockLevel

SWEEP_LEASE = "stock-sweep"
"""A comparison and a sweep of differences never run at the same time: the later reading could be written first."""


def stock_work(turn: Slice) -> bool:
    """One slice of a stock run; True when it is done.

    Raises:
        RetryLater: A platform is busy or away, or another stock run is at work.
    """
    with alone(turn.bridge, turn.connection.id, SWEEP_LEASE, LEASE):
        route = open_route(turn.bridge, turn.connection)
        turn.go_in(route.settings.direction)
        manifest = _prepared(turn, route)
        if turn.run.stage == "survey":
            surveyed = _survey(turn, route, manifest)
            if surveyed is None:
                return False
            manifest = surveyed
        return _Items(turn, route, manifest).run()


def _prepared(turn: Slice, route: StockRoute) -> Manifest:
    """The manifest that fits the settings; when they changed, everything is written anew, from the beginning."""
    manifest = turn.bridge.snapshots.manifest(route.id, route.snapshot)
    afresh = turn.run.afresh and not turn.run.stage
    if afresh or manifest.seed != route.seed:
        manifest = _emptied(route)
        turn.start_over("items" if manifest.complete else turn.run.stage)
    if not turn.run.stage:
        turn.move("items" if manifest.complete else "survey")
    return manifest


def _emptied(route: StockRoute) -> Manifest:
    snapshots = route.bridge.snapshots
    with the_only_writer(route):
        before = snapshots.manifest(route.id, route.snapshot)
        empty = before.model_copy(update={"shards": (), "seed": route.seed})
        saved = snapshots.save(route.id, route.snapshot, empty, {})
        forget_all_but(route, before, saved)
    return saved


# --- the first time: which SKUs come twice? -------------------------------------------------------------------------


def _survey(turn: Slice, route: StockRoute, manifest: Manifest) -> Manifest | None:
    """Read everything once before anything is written; None when the time is up before its end."""
    luggage, position = unpack(turn), turn.run.position
    while True:
        page = route.source.page(position)
        _note(luggage.seen, page.levels)
        position = page.position
        if position is None:
            return _surveyed(turn, route, manifest, luggage.seen.twice)
        if turn.time_is_up:
            turn.move("survey", position)
            pack(turn, luggage)
            return None
        turn.pulse()


def _surveyed(turn: Slice, route: StockRoute, manifest: Manifest, twice: AbstractSet[str]) -> Manifest:
    concluded = _conclude(route, manifest, refused=twice, complete=False)
    tell_held(route, dict.fromkeys(sorted(twice), SKU_TWICE))
    turn.move("items")
    turn.save()
    return concluded


def _note(seen: Seen, levels: tuple[StockLevel, ...]) -> None:
    for level in levels:
        if level.sku:
            seen.add(level.sku, level.item)


def _conclude(route: StockRoute, known: Manifest, *, refused: AbstractSet[str], complete: bool) -> Manifest:
    """Keep what reading the whole source has taught."""
    news = {"refused": tuple(sorted(refused)), "complete": complete}
    if known.model_copy(update=news) == known:
        return known
    snapshots = route.bridge.snapshots
    with the_only_writer(route):
        manifest = snapshots.manifest(route.id, route.snapshot)
        return snapshots.save(route.id, route.snapshot, manifest.model_copy(update=news), {})


# --- every time -----------------------------------------------------------------------------------------------------


class _Items:
    """The stage ``items`` of one slice."""

    def __init__(self, turn: Slice, route: StockRoute, manifest: Manifest) -> None:
        self._turn = turn
        self._route = route
        self._known = manifest
        self._refused = frozenset(manifest.refused)
        self._doubtful = load_trail(route).doubtful
        self._luggage = unpack(turn)
        self._stream: ShardStream[Reading] = ShardStream(manifest.shards, reached=turn.run.rank)
        self._changes = StockChanges(turn, route)
        self._comparison = Comparison(route) if turn.run.kind == "stock_comparison" else None
        self._position = turn.run.position
        self._split_off: Shard = {}

    def run(self) -> bool:
        """True when the source is read to its end and everything is written."""
        for group in self._groups():
            self._take(group)
            self._changes.flush_full()
            if self._turn.time_is_up:
                break
        else:
            if self._changes.flush_all():
                self._end()
                return True
        self._changes.flush_all()
        pack(self._turn, self._luggage)
        return False

    def _groups(self) -> Iterator[Group[Reading]]:
        taken, clock = self._stream.reached, self._route.bridge.clock
        while True:
            read_at = clock()
            page = self._route.source.page(self._position)
            _note(self._luggage.seen, page.levels)
            for rank, readings in _by_rank(page.levels, read_at, clock()):
                if rank > taken and rank >= self._stream.reached:
                    yield from filter(_has_something, self._stream.feed(rank, readings))
            if page.position is None:
                yield from filter(_has_something, self._stream.end())
                return
            self._position = page.position

    def _take(self, group: Group[Reading]) -> None:
        findings = assess(self._route, group.items, self._refused | self._luggage.seen.twice)
        for item, reason in told_problems(findings).items():
            self._turn.tell(item, reason)
        part = part_of(group, findings, self._position)
        same = is_unchanged(group, findings.entries, self._route.seed)
        part.changed = not same or bool(self._doubtful & findings.moments.keys())
        if part.changed or self._comparison:
            self._look_into(part, findings)
        self._changes.add(part)

    def _look_into(self, part: Part, findings: Findings) -> None:
        part.found, part.moments = findings.entries, findings.moments
        part.stored = self._stored(part.group)
        self._miss(part)
        news = newly_held(findings, part.stored)
        tell_held(self._route, {sku: why for sku, why in news.items() if why != SKU_TWICE or sku not in self._refused})
        if self._comparison:
            self._compare(self._comparison, part, findings)
        else:
            changed = differences(findings, part.stored, self._doubtful)
            part.todo = [findings.wish(sku) for sku in changed]

    def _compare(self, comparison: Comparison, part: Part, findings: Findings) -> None:
        refused = comparison.judge(part, findings, self._doubtful)
        part.counts.update(held=len(refused), unchanged=-len(refused))
        for sku, reason in refused.items():
            self._turn.tell(sku, reason)
        tell_held(self._route, {sku: reason for sku, reason in refused.items() if not part.was_refused(sku)})
        learnt = any(part.stored.get(sku) != entry for sku, entry in part.outcome.items())
        part.changed = part.changed or learnt or bool(part.todo)

    def _stored(self, group: Group[Reading]) -> Shard:
        """What the snapshot has of a shard. A new one may hold what was split off the last one, when it grew."""
        if group.mark is None:
            return self._split_off
        found = self._route.bridge.snapshots.shards(self._route.id, self._route.snapshot, [group.mark.id])
        return found.get(group.mark.id, {})

    def _miss(self, part: Part) -> None:
        """Note what the shard held and the source did not list there; behind a split it may still come."""
        mark = part.group.mark
        left = {sku: entry for sku, entry in part.stored.items() if sku not in part.found}
        is_split = part.group.upto < NO_END and (mark is None or mark.upto == NO_END)
        self._split_off = left if is_split else {}
        if part.group.whole and not is_split:
            self._luggage.gone |= left.keys()

    def _end(self) -> None:
        twice, luggage = self._luggage.seen.twice, self._luggage
        _conclude(self._route, self._known, refused=twice if luggage.whole else twice | self._refused, complete=True)
        tell_gone(self._route, luggage.missing)


def _by_rank(
    levels: tuple[StockLevel, ...], read_at: datetime, read_until: datetime
) -> Iterator[tuple[int, list[Reading]]]:
    for rank, some in groupby(levels, key=lambda level: level.rank):
        yield rank, [Reading(level, read_at, read_until) for level in some]


def _has_something(group: Group[Reading]) -> bool:
    """The rest of a shard that another slice began may be empty."""
    return bool(group.items) or group.whole
