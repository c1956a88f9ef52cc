"""Products go from one side to the other, in slices: an unchanged one costs nothing, one bad one stops nobody.

A run surveys the source for SKUs that come twice (the first time only), brings categories up to date, then reads the
products page by page. What changed since the last run is told by a snapshot: the hash of each product's content, and
a digest of each shard of products, so that an unchanged shard is not even read. What changed is collected over shards,
so that a few changes in a large catalogue are looked up and written together. Every product is looked up in the
target by its SKUs before it is written, so a run may break off anywhere and be repeated.
"""

from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from shopbridge.errors import BridgeError, Held, RetryLater
from shopbridge.flows.products.categories import CategoryLinks, category_work
from shopbridge.flows.products.read import Pages, ProductItem, in_order, items_of, meet, survey
from shopbridge.flows.products.run import ProductJob, ShardTally
from shopbridge.flows.products.shard import ShardSync
from shopbridge.flows.products.snapshot import ProductSnapshot, StoredShard, travelling
from shopbridge.flows.products.write import ChangeBatch
from shopbridge.flows.runs import Slice, StopAskedError
from shopbridge.flows.shards import Group, ShardStream, load_memory, save_memory
from shopbridge.model.base import ExternalId
from shopbridge.model.catalogue import ProductPage


def product_work(turn: Slice) -> bool:
    """Do one slice of a product run; True when the run is done.

    Raises:
        RetryLater: A platform is busy or away; what was done is kept.
        NeedsAttention: A platform refuses us.
        Held: The source hands out nothing at all, although it did before.
        StopAskedError: Somebody wants the run to stop.
    """
    job = ProductJob(turn)
    job.turn.go_in(job.settings.direction)
    snapshot = ProductSnapshot(job)
    if not turn.run.stage:
        turn.move("categories" if snapshot.manifest.complete else "survey")
    if turn.run.stage == "survey" and not _survey(job, snapshot):
        return False
    links = CategoryLinks(job) if job.carries_categories else None
    if turn.run.stage == "categories":
        if links and not category_work(job, links):
            return False
        turn.move("items")
    return _Sweep(job, snapshot, links.targets() if links else {}).run()


def _survey(job: ProductJob, snapshot: ProductSnapshot) -> bool:
    twice = survey(job)
    if twice is None:
        return False
    snapshot.refuse(twice, complete=False)
    found = job.turn.run.counts.found
    job.turn.start_over("categories")
    job.turn.save(expected=found)
    return True


MOST_OPEN = 20
"""Shards that wait for a full batch: their products are held in memory."""


@dataclass(frozen=True)
class _OpenShard:
    """A shard that was gone through, and its place in the snapshot; what changed in it may wait to be written."""

    sync: ShardSync
    stored: StoredShard


class _Sweep:
    """The source's products from where the run stands, shard by shard."""

    def __init__(self, job: ProductJob, snapshot: ProductSnapshot, categories: Mapping[ExternalId, ExternalId]) -> None:
        self._job = job
        self._snapshot = snapshot
        self._categories = categories
        self._from = job.turn.run.rank
        self._pages = Pages(job)
        self._stream: ShardStream[ProductItem] = ShardStream(snapshot.manifest.shards, reached=self._from)
        self._twice_before = frozenset(snapshot.manifest.refused)
        self._batch = ChangeBatch(job)
        self._open: deque[_OpenShard | Group[ProductItem]] = deque()
        self._memory = load_memory(job.turn)

    def run(self) -> bool:
        """True when the source was read to its end; else the next slice gets what this one has met."""
        try:
            done = self._run()
        except (RetryLater, StopAskedError):
            save_memory(self._job.turn, self._memory)
            raise
        if not done:
            save_memory(self._job.turn, self._memory)
        return done

    def _run(self) -> bool:
        for page in self._pages:
            if not self._take(page):
                return False
            if page.position and self._job.turn.time_is_up:
                self._pause()
                return False
        self._refuse_an_empty_source()
        if not all(self._settle(group) for group in self._stream.end()):
            return False
        self._flush()
        twice = self._memory.seen.twice
        self._snapshot.refuse(twice if self._memory.whole else twice | self._twice_before, complete=True)
        return True

    def _take(self, page: ProductPage) -> bool:
        for record in in_order(page):
            if record.rank <= self._from:
                continue  # another slice took it
            items = items_of(self._job, record, self._categories)
            for item in items:
                meet(self._memory, item.skus, item.id)
            if not all(self._settle(group) for group in self._stream.feed(record.rank, items)):
                return False
        return True

    def _pause(self) -> None:
        for group in self._stream.pause():
            self._settle(group)
        self._flush()

    def _refuse_an_empty_source(self) -> None:
        if self._snapshot.manifest.shards and not self._stream.reached:
            raise Held(
                "The source hands out no products at all, although it did before",
                code="empty_source",
                fix="Check the rights of the credentials and the settings of the source; nothing was changed.",
            )

    # --- one shard, or several that wait for a full batch ---------------------------------------------------------

    @property
    def _twice(self) -> frozenset[str]:
        return self._twice_before.union(self._memory.seen.twice)

    def _settle(self, group: Group[ProductItem]) -> bool:
        """True when all of the shard is settled, or waits; False when the time is up before."""
        if not group.items and not group.whole:
            return True
        look = self._snapshot.is_due(group)
        if not look and self._snapshot.is_unchanged(group, self._twice):
            self._open.append(group)
            self._flush_if(not self._batch.waiting or self._is_time)
            return True
        stands_alone = look or group.mark is None or group.mark.upto != group.upto
        self._flush_if(stands_alone)
        if not self._go_through(group, look=look):
            return False
        self._flush_if(stands_alone or not self._batch.waiting or self._is_time)
        return True

    @property
    def _is_time(self) -> bool:
        """What waits is to be written, however little it is."""
        return self._job.turn.time_is_up or self._job.turn.is_due or len(self._open) >= MOST_OPEN

    def _flush_if(self, needed: bool) -> None:
        if needed:
            self._flush()

    def _flush(self) -> None:
        with self._kept_if_broken_off():
            self._batch.write()
        self._close_all()
        self._job.turn.pulse()

    def _go_through(self, group: Group[ProductItem], *, look: bool) -> bool:
        stored = self._snapshot.shard(group)
        shard = ShardSync(self._batch, group, stored.entries, self._twice, self._snapshot.register, look=look)
        self._open.append(_OpenShard(shard, stored))
        for _ in self._guarded(shard.take()):
            time_is_up = self._job.turn.time_is_up
            self._close_all(but=1)
            if time_is_up or shard.must_keep or self._job.turn.is_due:
                self._keep_so_far(shard, stored)
                self._job.turn.pulse()
            if time_is_up:
                self._open.clear()
                return False
        return True

    def _guarded(self, pauses: Iterator[None]) -> Iterator[None]:
        with suppress(StopIteration):
            while True:
                with self._kept_if_broken_off():
                    next(pauses)
                yield

    @contextmanager
    def _kept_if_broken_off(self) -> Iterator[None]:
        """What was written stays known, also when something else breaks off."""
        try:
            yield
        except BridgeError:
            shards = [each for each in self._open if isinstance(each, _OpenShard)]
            for each in shards[1:]:
                each.stored.keep_so_far(each.sync.entries())
            for each in shards[:1]:
                self._keep_so_far(each.sync, each.stored)
            raise

    def _close_all(self, but: int = 0) -> None:
        """The shards that wait, but for the last ones, are done: nothing of them is left to be written."""
        closing = list(self._open)[: len(self._open) - but]
        if any([each.sync.look_for_gone() for each in closing if isinstance(each, _OpenShard)]):  # noqa: C419 - all look
            self._snapshot.register.read_all()
            self._note_all()
        for each in closing:
            if isinstance(each, _OpenShard):
                self._close(each.sync, each.stored)
            else:
                self._pass_over(each)
            self._open.popleft()

    def _close(self, shard: ShardSync, stored: StoredShard) -> None:
        with self._kept_if_broken_off():
            shard.finish()
        split_off = stored.keep(shard.entries(), looked=shard.looks)
        self._commit(shard.take_tally())
        if split_off:
            self._stream.marks += (split_off,)

    def _note_all(self) -> None:
        """What was written a moment ago is offered, though it is not stored yet: it takes over from what is gone."""
        for each in self._open:
            if isinstance(each, _OpenShard):
                self._snapshot.register.note(each.stored.entries, each.sync.entries())

    def _keep_so_far(self, shard: ShardSync, stored: StoredShard) -> None:
        """What is settled is kept before the run moves on."""
        stored.keep_so_far(shard.entries())
        self._commit(shard.take_tally())

    def _commit(self, tally: ShardTally) -> None:
        self._job.turn.count(**tally.counts)
        for name, reason in tally.problems:
            self._job.problem(name, reason)
        self._stand_at(tally.rank)

    def _pass_over(self, group: Group[ProductItem]) -> None:
        number = len(travelling(group))
        self._snapshot.place(group, group.upto)
        self._job.turn.count(found=number, unchanged=number)
        self._stand_at(group.items[-1].rank if group.items else self._job.turn.run.rank)

    def _stand_at(self, rank: int) -> None:
        self._job.turn.move("items", self._pages.position_after(rank), rank)
