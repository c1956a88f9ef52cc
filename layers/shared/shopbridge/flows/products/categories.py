"""Categories, before their products: created under their parents, renamed, moved and switched off as at the source.

A category is looked for in the target by its name and parent before it is created, so a crash or a lost answer never
doubles one. What somebody changed in the target stays until the source changes.
"""

from collections.abc import Sequence

from shopbridge.errors import BridgeError, Held, OutcomeUnknown, Rejected
from shopbridge.flows.failures import reason_of
from shopbridge.flows.products.entries import SETTLED, Entry, entries_from, shard_of, state_told
from shopbridge.flows.products.run import ProductJob
from shopbridge.flows.shards import save_shards
from shopbridge.mapping.json_data import short_hash
from shopbridge.mapping.names import folded
from shopbridge.model.base import ExternalId, in_batches
from shopbridge.model.catalogue import Category
from shopbridge.model.ledger import Reason
from shopbridge.model.snapshot import SHARD_SIZE, Manifest, ShardMark, digest_of


class CategoryLinks:
    """Which category of the target belongs to which of the source, kept as a snapshot of its own."""

    def __init__(self, job: ProductJob) -> None:
        self._job = job
        self._name = f"categories-{job.settings.direction}"
        self._store = job.turn.bridge.snapshots
        self._manifest = self._store.manifest(job.connection, self._name)
        ids = [mark.id for mark in self._manifest.shards]
        shards = self._store.shards(job.connection, self._name, ids) if ids else {}
        self.entries = {key: entry for shard in shards.values() for key, entry in entries_from(shard).items()}

    def targets(self) -> dict[ExternalId, ExternalId]:
        """Return the target's ids by the source's."""
        return {ExternalId(key): entry.target for key, entry in self.entries.items() if entry.target}

    def save(self) -> None:
        """Store what changed. Raises Conflict when another worker took over."""
        shards = dict(enumerate(map(dict, in_batches(sorted(self.entries.items()), SHARD_SIZE)), 1))
        known = {mark.id: mark.digest for mark in self._manifest.shards}
        marks = [ShardMark(id=key, upto=key, digest=digest_of(shard_of(part), "")) for key, part in shards.items()]
        changed = {mark.id: shard_of(shards[mark.id]) for mark in marks if known.get(mark.id) != mark.digest}
        if not changed and len(marks) == len(known):
            return
        manifest = Manifest(shards=tuple(marks), version=self._manifest.version)
        before, connection = self._manifest, self._job.connection
        self._manifest = save_shards(self._store, connection, self._name, before, manifest, changed)


CROSSED = Reason(
    code="category_circle",
    text="Its new parent lies below it in the target, which cannot move it to the top.",
    fix="Move the new parent out from under the category in the target by hand; the next run goes on.",
)


def category_work(job: ProductJob, links: CategoryLinks) -> bool:
    """Bring all categories up to date; True when done, False when the time is up.

    Raises:
        RetryLater: A platform is busy or away; what was done is kept.
        NeedsAttention: A platform refuses us.
    """
    try:
        done = _Categories(job, links).run()
    except BridgeError:
        links.save()
        raise
    links.save()
    return done


class _Categories:
    def __init__(self, job: ProductJob, links: CategoryLinks) -> None:
        self._job = job
        self._links = links
        self._entries = links.entries
        self._there: dict[ExternalId, Category] | None = None

    def run(self) -> bool:
        """Parents first."""
        for category in self._job.tree.circling:
            self._fail(category, _in_a_circle(category, self._job.tree.circle_above(category)))
        for category in self._job.tree.ordered:
            if self._bring(category):
                if self._job.turn.time_is_up:
                    return False
                self._pulse()
        self._forget_gone()
        return True

    def _pulse(self) -> None:
        """What was done is kept before the run is saved, which may end the slice."""
        if self._job.turn.is_due:
            self._links.save()
            self._job.turn.save()

    def _bring(self, category: Category) -> bool:
        """True when the target was asked to write something."""
        entry = self._entries.get(category.id)
        linked = entry is not None and entry.target is not None
        if category.id in self._job.selection.excluded or not (linked or self._job.selection.takes(category)):
            return False
        parent = self._job.tree.parent_of(category)
        under = self._entries.get(parent) if parent else None
        if parent and (under is None or under.target is None):
            return False  # the parent is left out, or was told as failed
        wanted = category.model_copy(update={"parent": under.target if under else None})
        return not self._is_settled(wanted, entry) and self._write(wanted, entry)

    def _is_settled(self, wanted: Category, entry: Entry | None) -> bool:
        if entry is None or entry.target is None or (entry.state, entry.hash) != (SETTLED, _hash(wanted)):
            return False
        return not self._job.turn.run.afresh or _same(wanted, self._existing().get(entry.target))

    def _write(self, wanted: Category, entry: Entry | None) -> bool:
        known = entry.target if entry and entry.target in self._existing() else None
        if known and self._would_circle(wanted, known):
            self._fail(wanted, CROSSED)
            return False
        if known is None and (found := self._find(wanted)):
            self._link(wanted, found)
            return False
        if known and _same(wanted, self._existing()[known]):
            self._link(wanted, known)
            return False
        try:
            self._link(wanted, self._job.target.write_category(wanted, known))
            self._tell_written(wanted, is_new=known is None)
        except (Held, Rejected) as error:
            self._fail(wanted, reason_of(error))
        except OutcomeUnknown as error:
            self._look_again(wanted, error, is_new=known is None)
        return True

    def _look_again(self, wanted: Category, error: OutcomeUnknown, *, is_new: bool) -> None:
        """The answer was lost: what is there now, nobody else has made. If it is not there yet, the next run looks."""
        self._there = None
        found = self._find(wanted)
        if found:
            self._link(wanted, found)
            self._tell_written(wanted, is_new=is_new)
        else:
            self._fail(wanted, Reason(code="outcome_unknown", text=f"{error.what}.", fix=error.fix or _LOOKS_AGAIN))

    def _existing(self) -> dict[ExternalId, Category]:
        """The target's categories, read only when one has to be written."""
        if self._there is None:
            self._there = {category.id: category for category in self._job.target.categories()}
        return self._there

    def _would_circle(self, wanted: Category, known: ExternalId) -> bool:
        """Its new parent lies below it in the target; read anew before that is said."""
        if not self._lies_below(wanted.parent, known):
            return False
        self._there = None
        return self._lies_below(wanted.parent, known)

    def _lies_below(self, category: ExternalId | None, top: ExternalId) -> bool:
        passed: set[ExternalId] = set()
        while category is not None and category != top and category not in passed:
            passed.add(category)
            above = self._existing().get(category)
            category = above.parent if above else None
        return category == top

    def _find(self, wanted: Category) -> ExternalId | None:
        """The target's category of this name at this place, unless it is another one's already."""
        taken = {entry.target for key, entry in self._entries.items() if key != wanted.id}
        for there in self._existing().values():
            if there.parent == wanted.parent and folded(there.name) == folded(wanted.name) and there.id not in taken:
                return there.id
        return None

    def _link(self, wanted: Category, target: ExternalId) -> None:
        self._entries[wanted.id] = Entry(_hash(wanted), target, SETTLED, 0, wanted.name)
        before = self._existing().get(target)
        parent = wanted.parent or (before.parent if before else None)  # a target may leave a top category where it is
        self._existing()[target] = wanted.model_copy(update={"id": target, "parent": parent})

    def _tell_written(self, wanted: Category, *, is_new: bool) -> None:
        event = "category_created" if is_new else "category_updated"
        self._job.info(event, category=wanted.name, external_id=self._entries[wanted.id].target)

    def _fail(self, category: Category, reason: Reason) -> None:
        before = self._entries.get(category.id)
        target = before.target if before else None
        self._entries[category.id] = Entry("", target, state_told(reason), 0, category.name)
        first_time = self._job.problem(category.name, reason)
        if (first_time and self._job.tells_everything) or before is None or before.state != state_told(reason):
            self._job.warn("category_failed", reason, category=category.name)

    def _forget_gone(self) -> None:
        """The links of what the source has no more; the target keeps the categories. An empty source proves nothing."""
        for key in list(self._entries) if self._job.tree.by_id else ():
            if key not in self._job.tree.by_id:
                self._job.info("category_gone", category=self._entries.pop(key).name)


_LOOKS_AGAIN = "Nothing to do: the next run looks for the category by its name and parent before it creates anything."


def _in_a_circle(category: Category, circle: Sequence[Category]) -> Reason:
    way = " > ".join(each.name for each in (*circle, circle[0]))
    where = "The category and its parents" if category in circle else "Categories above it"
    return Reason(
        code="category_circle",
        text=f"{where} run in a circle at the source: {way}.",
        fix="Give one of these another parent there; until then they and all below them are left out.",
    )


def _hash(wanted: Category) -> str:
    return short_hash([wanted.name, wanted.parent, wanted.active])


def _same(wanted: Category, there: Category | None) -> bool:
    return there is not None and _hash(there) == _hash(wanted)
