"""Sends the differences of a whole source, in slices: a run of the kind ``stock`` or ``stock_comparison``.

A sweep reads the source page by page and cuts it into the shards of the snapshot. A shard whose digest is the same
costs nothing. What differs is collected over shards, so that every write but the last is a full batch.
"""

from collections.abc import Iterator

from shopbridge.flows.alone import alone
from shopbridge.flows.compare_stock import Comparison
from shopbridge.flows.runs import LEASE, Slice
from shopbridge.flows.stock_changes import StockChanges
from shopbridge.flows.stock_figures import SKU_TWICE
from shopbridge.flows.stock_log import tell_held
from shopbridge.flows.stock_luggage import Luggage
from shopbridge.flows.stock_route import StockRoute, open_route
from shopbridge.flows.stock_shards import Part, Reading, assess, counted, differences, told_problems
from shopbridge.flows.stock_trail import load_trail
from shopbridge.flows.stock_writing import the_only_writer
from shopbridge.flows.sweep import Group, Seen, ShardStream, is_unchanged
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
        manifest = _prepared(turn, route)
        if turn.run.stage == "survey" and not _survey(turn, route):
            return False
        if turn.run.stage == "survey":
            turn.move("items")
            turn.save()
            manifest = turn.bridge.snapshots.manifest(route.id, route.snapshot)
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
        turn.save()
    return manifest


def _emptied(route: StockRoute) -> Manifest:
    snapshots = route.bridge.snapshots
    with the_only_writer(route):
        before = snapshots.manifest(route.id, route.snapshot)
        empty = before.model_copy(update={"shards": (), "seed": route.seed})
        saved = snapshots.save(route.id, route.snapshot, empty, {})
        snapshots.forget(route.id, route.snapshot, [mark.id for mark in before.shards])
    return saved


# --- the first time: which SKUs come twice? -------------------------------------------------------------------------


def _survey(turn: Slice, route: StockRoute) -> bool:
    """Read everything once before anything is written; True when it is read to its end."""
    runs, kind = turn.bridge.runs, turn.run.kind
    seen = Seen(runs.luggage(route.id, kind) if turn.run.position else b"")
    position = turn.run.position
    while True:
        page = route.source.stock_page(position)
        _note(seen, page.levels)
        position = page.position
        if position is None:
            _refuse_twice(route, seen.twice)
            return True
        if turn.time_is_up:
            runs.leave_luggage(route.id, kind, seen.luggage())
            turn.move("survey", position)
            return False
        turn.pulse()


def _note(seen: Seen, levels: tuple[StockLevel, ...]) -> None:
    for level in levels:
        if level.sku:
            seen.add(level.sku, level.item)


def _refuse_twice(route: StockRoute, twice: set[str]) -> None:
    _conclude(route, refused=tuple(sorted(twice)), complete=False)
    tell_held(route, dict.fromkeys(sorted(twice), SKU_TWICE))


def _conclude(route: StockRoute, *, refused: tuple[str, ...], complete: bool) -> None:
    """Keep what reading the whole source has taught."""
    snapshots, news = route.bridge.snapshots, {"refused": refused, "complete": complete}
    manifest = snapshots.manifest(route.id, route.snapshot)
    if manifest.model_copy(update=news) != manifest:
        with the_only_writer(route):
            manifest = snapshots.manifest(route.id, route.snapshot)
            snapshots.save(route.id, route.snapshot, manifest.model_copy(update=news), {})


# --- every time -----------------------------------------------------------------------------------------------------


class _Items:
    """The stage ``items`` of one slice."""

    def __init__(self, turn: Slice, route: StockRoute, manifest: Manifest) -> None:
        self._turn = turn
        self._route = route
        self._refused = frozenset(manifest.refused)
        self._doubtful = load_trail(route).doubtful
        self._luggage = Luggage.unpacked(turn)
        self._stream: ShardStream[Reading] = ShardStream(manifest.shards, reached=turn.run.rank)
        self._changes = StockChanges(turn, route)
        self._compare = Comparison(route) if turn.run.kind == "stock_comparison" else None
        self._split_off: Shard = {}
        self._page: str | None = turn.run.position
        self._moved = False

    def run(self) -> bool:
        """True when the source is read to its end and everything is written."""
        for group in self._groups():
            self._take(group)
            self._changes.flush_full()
            if self._turn.time_is_up:
                self._changes.flush_all()
                self._luggage.packed(self._turn)
                return False
        if not self._changes.flush_all():
            return False
        self._end()
        return True

    def _groups(self) -> Iterator[Group[Reading]]:
        taken = self._stream.reached
        while True:
            read_at, clock = self._turn.bridge.clock(), self._turn.bridge.clock
            page = self._route.source.stock_page(self._page)
            _note(self._luggage.seen, page.levels)
            for rank, readings in _by_rank(page.levels, read_at, clock()):
                if rank > taken:
                    yield from self._stream.feed(rank, readings)
            if page.position is None:
                yield from self._stream.end()
                return
            self._page = page.position

    def _take(self, group: Group[Reading]) -> None:
        twice = self._refused | self._luggage.seen.twice
        findings = assess(self._route, group.items, twice)
        for item, reason in told_problems(findings).items():
            self._turn.tell(item, reason)
        same = is_unchanged(group, findings.entries, self._route.seed)
        rank = max((reading.level.rank for reading in group.items), default=0)
        part = Part(group, findings, {}, self._page, rank, counts=counted(findings))
        if not same or self._compare or self._doubtful & findings.moments.keys():
            self._change(part)
        self._changes.add(part, same=same)

    def _change(self, part: Part) -> None:
        part.stored = self._stored(part.group)
        news = {sku: why for sku, why in part.newly_held().items() if why != SKU_TWICE or sku not in self._refused}
        tell_held(self._route, news)
        self._luggage.gone |= part.gone - self._split_off.keys()
        if self._compare:
            self._compare.judge(part, self._doubtful)
        else:
            part.todo = [part.findings.wish(sku) for sku in differences(part.findings, part.stored, self._doubtful)]

    def _stored(self, group: Group[Reading]) -> Shard:
        """What the snapshot has of a shard; the last one is split when it has grown too large."""
        if group.mark is None:
            return {sku: entry for sku, entry in self._split_off.items()}
        snapshots = self._turn.bridge.snapshots
        stored = snapshots.shards(self._route.id, self._route.snapshot, [group.mark.id]).get(group.mark.id, {})
        is_split = group.mark.upto == NO_END and group.upto < NO_END
        self._split_off = dict(stored) if is_split else {}
        return stored
