"""Sends the differences of a whole source, in slices: a run of the kind ``stock`` or ``stock_comparison``.

A sweep reads the source page by page and cuts it into the shards of the snapshot. A shard whose digest is the same
costs nothing. What differs is collected over shards, so that every write but the last is a full batch.
"""

from collections.abc import Collection, Iterator, Mapping
from collections.abc import Set as AbstractSet
from datetime import datetime
from itertools import groupby

from shopbridge.flows.leases import leased
from shopbridge.flows.runs import LEASE, Slice
from shopbridge.flows.shards import Group, SeenSkus, ShardStream, is_unchanged, load_memory, save_memory
from shopbridge.flows.stock.figures import SKU_TWICE, UNTOLD, Reading, amount, content_of, refused_entry, to_write
from shopbridge.flows.stock.route import StockRoute, log_gone, log_held, open_route, save_snapshot
from shopbridge.flows.stock.shard import Findings, StockChanges, SweptShard, assess, swept_shard
from shopbridge.flows.stock.write import forget_ids, load_newest_writes, open_units, unknown_sku, write_lease
from shopbridge.model.ledger import Reason
from shopbridge.model.snapshot import NO_END, Manifest, Shard
from shopbridge.model.stock import Standing, StockLevel

SWEEP_LEASE = "stock-sweep"
"""A comparison and a sweep of differences never run at the same time: the later reading could be written first."""


def stock_work(turn: Slice) -> bool:
    """Do one slice of a stock run; True when it is done.

    Raises:
        RetryLater: A platform is busy or away, or another stock run is at work.
    """
    with leased(turn.bridge, turn.connection.id, SWEEP_LEASE, LEASE):
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
    with write_lease(route):
        before = route.bridge.snapshots.manifest(route.id, route.snapshot)
        empty = before.model_copy(update={"shards": (), "seed": route.seed})
        return save_snapshot(route, before, empty, {})


# --- the first time: which SKUs come twice? -------------------------------------------------------------------------


def _survey(turn: Slice, route: StockRoute, manifest: Manifest) -> Manifest | None:
    """Read everything once before anything is written; None when the time is up before its end."""
    memory, position = load_memory(turn), turn.run.position
    while True:
        page = route.source.page(position)
        _note(memory.seen, page.levels)
        position = page.position
        if position is None:
            return _surveyed(turn, route, manifest, memory.seen.twice)
        if turn.time_is_up:
            turn.move("survey", position)
            save_memory(turn, memory)
            return None
        turn.pulse()


def _surveyed(turn: Slice, route: StockRoute, manifest: Manifest, twice: AbstractSet[str]) -> Manifest:
    concluded = _conclude(route, manifest, refused=twice, complete=False)
    log_held(route, dict.fromkeys(sorted(twice), SKU_TWICE))
    turn.move("items")
    turn.save()
    return concluded


def _note(seen: SeenSkus, levels: tuple[StockLevel, ...]) -> None:
    for level in levels:
        if level.sku:
            seen.add(level.sku, level.item)


def _conclude(route: StockRoute, known: Manifest, *, refused: AbstractSet[str], complete: bool) -> Manifest:
    """Keep what reading the whole source has taught."""
    news = {"refused": tuple(sorted(refused)), "complete": complete}
    if known.model_copy(update=news) == known:
        return known
    with write_lease(route):
        manifest = route.bridge.snapshots.manifest(route.id, route.snapshot)
        return save_snapshot(route, manifest, manifest.model_copy(update=news), {})


# --- a comparison: nobody else sees what others changed in the target -------------------------------------------------


class Comparison:
    """Holds what a target has against what it should have; for one slice: the reader may keep what it has read."""

    def __init__(self, route: StockRoute) -> None:
        self._route = route
        self._reader = route.target.reader()

    def judge(self, part: SweptShard, findings: Findings, doubtful: Collection[str]) -> Mapping[str, Reason]:
        """Put what differs on the part's list, and settle the rest; returns SKUs that no figure can be written for.

        The open orders are asked for even where a figure seems right: an order may hold units that were written over.
        """
        read = self._reader.read(list(findings.figures))
        standings = {sku: each for sku, each in read.items() if isinstance(each, Standing)}
        units = open_units(self._route, {sku: findings.moments[sku][0] for sku in standings})
        for sku, standing in standings.items():
            figure = findings.figures[sku]
            expected = to_write(figure.units, units.of(sku), standing.will_deduct, to_shop=self._route.to_shop)
            if standing.quantity == expected and sku not in units.unsure:
                part.outcome[sku] = figure.entry
                continue
            part.todo.append(figure)
            settled = content_of(part.stored.get(sku, "")) == figure.entry
            if settled and not part.was_refused(sku) and sku not in units.unsure and sku not in doubtful:
                there = f"{amount(standing.quantity)} in the target instead of {amount(expected)}"
                part.drift[sku] = f"{sku}: {there} ({figure.inputs})"
        found = {sku: read.get(sku) or unknown_sku(sku) for sku in findings.figures}
        refused = {sku: reason for sku, reason in found.items() if isinstance(reason, Reason)}
        part.outcome |= {sku: refused_entry(findings.figures[sku].entry) for sku in refused}
        forget_ids(self._route, refused)
        return refused


# --- every time -----------------------------------------------------------------------------------------------------


class _Items:
    """The stage ``items`` of one slice."""

    def __init__(self, turn: Slice, route: StockRoute, manifest: Manifest) -> None:
        self._turn = turn
        self._route = route
        self._known = manifest
        self._refused = frozenset(manifest.refused)
        self._doubtful = load_newest_writes(route).doubtful
        self._memory = load_memory(turn)
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
        save_memory(self._turn, self._memory)
        return False

    def _groups(self) -> Iterator[Group[Reading]]:
        taken, clock = self._stream.reached, self._route.bridge.clock
        while True:
            read_at = clock()
            page = self._route.source.page(self._position)
            _note(self._memory.seen, page.levels)
            for rank, readings in _by_rank(page.levels, read_at, clock()):
                if rank > taken and rank >= self._stream.reached:
                    yield from filter(_has_something, self._stream.feed(rank, readings))
            if page.position is None:
                yield from filter(_has_something, self._stream.end())
                return
            self._position = page.position

    def _take(self, group: Group[Reading]) -> None:
        findings = assess(self._route, group.items, self._refused | self._memory.seen.twice)
        for item, reason in findings.problems.items():
            self._turn.tell(item, reason)
        part = swept_shard(group, findings, self._position)
        same = is_unchanged(group, findings.entries, self._route.seed)
        part.changed = not same or bool(self._doubtful & findings.moments.keys())
        if part.changed or self._comparison:
            self._look_into(part, findings)
        self._changes.add(part)

    def _look_into(self, part: SweptShard, findings: Findings) -> None:
        part.found, part.moments = findings.entries, findings.moments
        part.stored = self._stored(part.group)
        self._miss(part)
        news = {sku: why for sku, why in findings.held.items() if part.stored.get(sku) != UNTOLD}
        log_held(self._route, {sku: why for sku, why in news.items() if why != SKU_TWICE or sku not in self._refused})
        if self._comparison:
            self._compare(self._comparison, part, findings)
        else:
            part.todo = [
                figure
                for sku, figure in findings.figures.items()
                if sku in self._doubtful or content_of(part.stored.get(sku, "")) != figure.entry
            ]

    def _compare(self, comparison: Comparison, part: SweptShard, findings: Findings) -> None:
        refused = comparison.judge(part, findings, self._doubtful)
        part.counts.update(held=len(refused), unchanged=-len(refused))
        for sku, reason in refused.items():
            self._turn.tell(sku, reason)
        log_held(self._route, {sku: reason for sku, reason in refused.items() if not part.was_refused(sku)})
        learnt = any(part.stored.get(sku) != entry for sku, entry in part.outcome.items())
        part.changed = part.changed or learnt or bool(part.todo)

    def _stored(self, group: Group[Reading]) -> Shard:
        """What the snapshot has of a shard. A new one may hold what was split off the last one, when it grew."""
        if group.mark is None:
            return self._split_off
        found = self._route.bridge.snapshots.shards(self._route.id, self._route.snapshot, [group.mark.id])
        return found.get(group.mark.id, {})

    def _miss(self, part: SweptShard) -> None:
        """Note what the shard held and the source did not list there; behind a split it may still come."""
        mark = part.group.mark
        left = {sku: entry for sku, entry in part.stored.items() if sku not in part.found}
        is_split = part.group.upto < NO_END and (mark is None or mark.upto == NO_END)
        self._split_off = left if is_split else {}
        if part.group.whole and not is_split:
            self._memory.gone |= left.keys()

    def _end(self) -> None:
        twice, memory = self._memory.seen.twice, self._memory
        _conclude(self._route, self._known, refused=twice if memory.whole else twice | self._refused, complete=True)
        log_gone(self._route, memory.missing)


def _by_rank(
    levels: tuple[StockLevel, ...], read_at: datetime, read_until: datetime
) -> Iterator[tuple[int, list[Reading]]]:
    for rank, some in groupby(levels, key=lambda level: level.rank):
        yield rank, [Reading(level, read_at, read_until) for level in some]


def _has_something(group: Group[Reading]) -> bool:
    """The rest of a shard that another slice began may be empty."""
    return bool(group.items) or group.whole
