"""What becomes of the products of one shard: unchanged, written, held, failed, or gone from the source.

An entry is only ever replaced once its product is settled, so whatever breaks off, the next slice or run finds the
rest as it was. A product counts as deleted when two readings in a row did not find it, and so does a variant.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from shopbridge.flows.orders.records import reason_of
from shopbridge.flows.orders.stock_request import ask_new_stock
from shopbridge.flows.products.change import switched_off
from shopbridge.flows.products.entries import MISSING, REPORTED, SETTLED, TAKEN_OFF, Entry, parting_of, told
from shopbridge.flows.products.names import duplicate_sku, feature_fix
from shopbridge.flows.products.read import Item
from shopbridge.flows.products.run import ProductJob
from shopbridge.flows.products.snapshot import Register, refused
from shopbridge.flows.products.write import (
    BY_ABSENCE,
    DELETED,
    DISABLED,
    Brought,
    Changed,
    Due,
    Gone,
    Leaving,
    after,
    bring,
    retire,
    retire_left,
    too_many,
    why_left,
)
from shopbridge.flows.shards import Group
from shopbridge.model.base import ExternalId
from shopbridge.model.catalogue import Product
from shopbridge.model.ledger import Reason

DELETED_THERE = Reason(
    code="deleted_in_target",
    text="The target has the product no more, or not all of its variants, and the settings do not let it be written.",
    fix="Switch products.create and products.update on in the connection, leave the product out by its category, or "
    "make it in the target again.",
)


@dataclass
class Tally:
    """What a run is told of products that are settled.

    Attributes:
        rank: All up to here are.
    """

    rank: int
    counts: Counter[str] = field(default_factory=Counter)
    problems: list[tuple[str, Reason]] = field(default_factory=list)


class Settling:
    """One shard's turn.

    Args:
        look: The target is asked whether it still has what it was brought to.

    Attributes:
        kept: What is known now of those that are settled.
        dropped: Those that nothing needs to be known of any more.
        must_keep: What is known is to be stored before anything is written.
        is_done: Nothing of the shard is left.
    """

    def __init__(
        self,
        job: ProductJob,
        group: Group[Item],
        stored: Mapping[str, Entry],
        twice: Collection[str],
        register: Register,
        *,
        look: bool,
    ) -> None:
        self._job = job
        self._group = group
        self._stored = stored
        self._twice = twice
        self._register = register
        self._look = look
        self._batch: list[Item] = []
        self._leaving: list[Leaving] = []
        self._due: list[Due] = []
        self._tally = Tally(job.turn.run.rank)
        self._settled = Tally(job.turn.run.rank)
        self.kept: dict[str, Entry] = {}
        self.dropped: set[str] = set()
        self.must_keep = False
        self.is_done = False

    def run(self) -> Iterator[None]:
        """Settle one after the other; pauses whenever all that were taken are settled.

        Raises:
            RetryLater: A platform is busy or away; what was settled at the last pause stays so.
            NeedsAttention: A platform refuses us.
        """
        if self._look and self._note_lost():
            self.must_keep = True
            yield
            self.must_keep = False
        for item in self._group.items:
            self._take(item)
            if self._batch and len(self._batch) >= self._job.target.batch:
                self._write()
                self._note_settled()
                yield
        self._write()
        self._look_for_gone()
        self._retire()
        self.is_done = True
        self._note_settled()
        yield

    def _note_settled(self) -> None:
        self._settled.rank = self._tally.rank
        self._settled.counts += self._tally.counts
        self._settled.problems += self._tally.problems
        self._tally = Tally(self._tally.rank)

    def take_tally(self) -> Tally:
        """What was settled since the last time, up to the last pause."""
        settled, self._settled = self._settled, Tally(self._settled.rank)
        return settled

    def entries(self) -> dict[str, Entry]:
        """The shard as it is to be kept, also half-way."""
        known = {**self._stored, **self.kept}
        return {key: entry for key, entry in known.items() if key not in self.dropped}

    def _known(self, item: Item) -> Entry | None:
        return self.kept.get(item.id) or self._stored.get(item.id)

    def _note_lost(self) -> bool:
        """Make those changed that the target has no more, whole or in part; True when there are any."""
        sold = {item.id: skus for item in self._group.items if (skus := self._brought_before(item))}
        there = self._job.target.on_sale([sku for skus in sold.values() for sku in skus]) if sold else {}
        for key, skus in sold.items():
            if lost := [sku for sku in skus if sku not in there]:
                before = self._stored[key]
                left = tuple(sku for sku in before.sold if sku not in lost)
                self.kept[key] = replace(before, hash="", sold=left)
                self._job.info("product_lost", product=before.name, skus=lost)
        return bool(self.kept)

    def _brought_before(self, item: Item) -> Sequence[str]:
        """What of a product's present SKUs the target had when it was brought there."""
        entry, skus = self._stored.get(item.id), item.wanted.product.stocked_skus if item.wanted else ()
        if entry is None or not entry.hash:
            return ()
        return skus if entry.hash == item.hash else [sku for sku in skus if sku in entry.sold]

    def _take(self, item: Item) -> None:
        entry = self._known(item)
        self._tally.rank = item.rank
        if item.left_out:
            self._leave(item, entry)
            return
        self._tally.counts["found"] += 1
        twice = refused(item.skus, self._twice)
        reason = reason_of(duplicate_sku(twice)) if twice else item.reason
        if reason:
            self._hold(item, "held", reason)
        elif entry and item.wanted and self._is_unchanged(item, entry):
            self._keep(item, item.wanted.product, entry.target, ())
            self._tally.counts["unchanged"] += 1
        else:
            self._batch.append(item)

    def _is_unchanged(self, item: Item, entry: Entry) -> bool:
        return not self._job.turn.run.afresh and entry.state in (SETTLED, MISSING) and entry.hash == item.hash

    def _keep(self, item: Item, product: Product, target: ExternalId | None, learnt: Collection[str]) -> None:
        """The product is settled; what it leaves behind is looked at once the whole shard is."""
        off = switched_off(product, self._job.settings)
        parting = parting_of(self._known(item), product, target, off, learnt)
        left = (*parting.kept, *parting.due)
        self.kept[item.id] = Entry(item.hash, target, SETTLED, item.rank, item.name, product.stocked_skus, left)
        self._due += [Due(item.id, each, why_left(each, off)) for each in parting.due]

    # --- those that changed -----------------------------------------------------------------------------------

    def _write(self) -> None:
        if self._batch:
            changed = [Changed(item.wanted, self._returns(item)) for item in self._batch if item.wanted]
            brought = bring(self._job, changed)
            pairs = list(zip(self._batch, brought, strict=True))
            ask_new_stock(self._job, [sku for item, each in pairs for sku in self._news(item, each)])
            for item, each in pairs:
                self._settle(item, each)
            self._batch = []

    def _returns(self, item: Item) -> bool:
        """It was taken off sale, or what it is sold under now was."""
        entry = self._known(item)
        if entry is not None and entry.target is not None:
            if entry.state == TAKEN_OFF or not entry.has_taken_off.isdisjoint(item.skus):
                return True
            if entry.sold and set(item.skus) - {entry.name} <= set(entry.sold):
                return False
        return self._job.settings.gone == "deactivate" and self._register.was_taken_off(item.id, item.name, item.skus)

    def _settle(self, item: Item, brought: Brought) -> None:
        outcome, before = brought.outcome, self._known(item)
        was_lost = before is not None and before.target is not None and not before.hash and before.state != TAKEN_OFF
        reason = outcome.reason or (DELETED_THERE if was_lost and self._may_not_write(outcome.state) else None)
        if reason:
            self._hold(item, outcome.state if outcome.reason else "held", reason)
            return
        self._tally.counts[outcome.state] += 1
        if item.wanted:
            self._keep(item, item.wanted.product, outcome.id, brought.learnt)
        if outcome.state != "unchanged" or outcome.remarks:
            facts = {"product": item.name, "external_id": outcome.id, "remarks": outcome.remarks}
            self._job.info(f"product_{outcome.state}", **facts)
            self._report_unmapped(item)
        for warning in outcome.warnings:
            self._tally.problems.append((item.name, warning))
            self._job.warn("product_warning", warning, product=item.name, external_id=outcome.id)

    def _may_not_write(self, state: str) -> bool:
        settings = self._job.settings
        return state == "unchanged" and not (settings.create and settings.update)

    def _report_unmapped(self, item: Item) -> None:
        for name in item.wanted.unmapped if item.wanted else ():
            text = f"The feature {name!r} has no entry in the settings: it is left out."
            reason = Reason(code="unmapped_feature", text=text, fix=feature_fix([name]))
            if self._job.problem("products.features", reason):
                self._job.warn("feature_unmapped", reason, product=item.name)

    def _hold(self, item: Item, state: str, reason: Reason) -> None:
        before = self._known(item) or Entry("", None, SETTLED, item.rank, item.name)
        now = replace(before, state=told(reason), rank=item.rank, name=item.name)
        self.kept[item.id] = now
        self._tally.counts[state] += 1
        self._tally.problems.append((item.name, reason))
        if self._job.tells_everything or now.state != before.state:
            self._job.warn(f"product_{state}", reason, product=item.name)

    def _news(self, item: Item, brought: Brought) -> Sequence[str]:
        """What had no stock from us yet: what was just made, and all of what was not there when we last looked."""
        entry, target = self._known(item), brought.outcome.id
        if target is None or item.wanted is None:
            return ()
        product = item.wanted.product
        is_new = entry is None or entry.target != target or set(entry.sold) != set(product.stocked_skus)
        return product.stocked_skus if is_new else brought.learnt

    # --- those that do not travel any more -----------------------------------------------------------------------

    def _leave(self, item: Item, entry: Entry | None) -> None:
        """A product that the settings leave out; what the target has of it is as if it were deleted at the source."""
        if entry is None or entry.state == TAKEN_OFF:
            return
        if item.left_out == "disabled" and entry.target:
            self._leaving.append(Leaving(item.id, replace(entry, rank=item.rank), DISABLED))
            return
        self.dropped.add(item.id)
        if entry.target:
            self._job.info("product_left_out", product=item.name, external_id=entry.target)

    def _look_for_gone(self) -> None:
        """Only a shard that was read from its first to its last rank can tell what is not there."""
        read = {item.id for item in self._group.items}
        for key, entry in self._stored.items() if self._group.whole else ():
            if key in read or entry.rank > self._group.upto or entry.state == TAKEN_OFF:
                continue
            if entry.target is None:
                self.dropped.add(key)
            elif entry.state in (MISSING, REPORTED):
                self._leaving.append(Leaving(key, entry, DELETED))
            else:
                self.kept[key] = entry.now(MISSING)

    def _retire(self) -> None:
        """What nobody offers any more: whole products, and what others have left behind."""
        if not self._leaving and not self._due:
            return
        self._register.read_all()
        self._register.note(self._stored, self.entries())
        leaving, due = self._without_successor()
        absent = BY_ABSENCE & ({each.why.code for each in leaving} | {each.why.code for each in due})
        if absent and too_many(self._job, self._register):
            leaving = [each for each in leaving if each.why.code not in BY_ABSENCE]
            due = [each for each in due if each.why.code not in BY_ABSENCE]
        for each, gone in retire(self._job, leaving, look=self._look):
            entry = after(each.entry, gone)
            if entry is None:
                self.dropped.add(each.id)
            else:
                self.kept[each.id] = entry
            self._count(each.entry.name, gone)
        for part, gone in retire_left(self._job, due, look=self._look):
            self._replace(part, gone.state)
            self._count(part.left.sku, gone)

    def _without_successor(self) -> tuple[list[Leaving], list[Due]]:
        """Those that leave and that no other record of the source stands for by now."""
        self.dropped |= {each.id for each in self._leaving if self._register.is_offered_elsewhere(each.id, each.entry)}
        taken_over = [each for each in self._due if self._is_taken_over(each)]
        for each in taken_over:
            self._replace(each, None)
        leaving = [each for each in self._leaving if each.id not in self.dropped]
        return leaving, [each for each in self._due if each not in taken_over]

    def _is_taken_over(self, due: Due) -> bool:
        left = due.left
        if not left.whole:
            return self._register.sells(left.sku, but=due.id)
        return self._register.is_offered_elsewhere(due.id, Entry("", left.target, MISSING, 0, left.sku))

    def _replace(self, due: Due, state: str | None) -> None:
        """What is known of something that was left behind; None: nothing, it is another record's."""
        entry = self.kept[due.id]
        others = tuple(each for each in entry.left if each.sku != due.left.sku)
        now = () if state is None else (replace(due.left, state=state),)
        self.kept[due.id] = replace(entry, left=(*others, *now))

    def _count(self, name: str, gone: Gone) -> None:
        if gone.reason:
            self._tally.problems.append((name, gone.reason))
        if gone.state != SETTLED:
            self._tally.counts[COUNTED[gone.state]] += 1


COUNTED: Mapping[str, str] = {TAKEN_OFF: "updated", REPORTED: "held", MISSING: "failed"}
"""What leaves counts by what became of it, like everything else."""
