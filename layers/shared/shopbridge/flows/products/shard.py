"""What becomes of the products of one shard: unchanged, written, held, failed, or gone from the source.

An entry is only ever replaced once its product is settled, so whatever breaks off, the next slice or run finds the
rest as it was. A product counts as deleted when two readings in a row did not find it, and so does a variant.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace

from shopbridge.flows.failures import reason_of
from shopbridge.flows.products.change import switched_off
from shopbridge.flows.products.entries import (
    MISSING,
    REPORTED,
    SETTLED,
    TAKEN_OFF,
    Entry,
    Orphan,
    orphans_of,
    state_told,
)
from shopbridge.flows.products.flat import record_of
from shopbridge.flows.products.names import duplicate_sku, feature_fix
from shopbridge.flows.products.read import ProductItem
from shopbridge.flows.products.retire import (
    BY_ABSENCE,
    DELETED,
    DELETED_THERE,
    DISABLED,
    Gone,
    left_by,
    retire,
    too_many,
    why_left,
)
from shopbridge.flows.products.run import ShardTally
from shopbridge.flows.products.snapshot import GONE, Register, refused
from shopbridge.flows.products.write import ChangeBatch, WriteResult
from shopbridge.flows.shards import Group
from shopbridge.model.base import ExternalId
from shopbridge.model.catalogue import Product
from shopbridge.model.ledger import Reason


class ShardSync:
    """One shard's turn.

    Args:
        batch: What changed waits in it, with what other shards have.
        look: The target is asked whether it still has what it was brought to.

    Attributes:
        looks: As ``look``.
        kept: What is known now of those that are settled.
        dropped: Those that nothing needs to be known of any more.
        must_keep: What is known is to be stored before anything is written.
        is_done: Nothing of the shard is left.
    """

    def __init__(
        self,
        batch: ChangeBatch,
        group: Group[ProductItem],
        stored: Mapping[str, Entry],
        twice: Collection[str],
        register: Register,
        *,
        look: bool,
    ) -> None:
        self._job = batch.job
        self._group = group
        self._stored = stored
        self._twice = twice
        self._register = register
        self._batch = batch
        self.looks = look
        self._gone: list[Gone] = []
        self._is_within = False
        self._targets = Counter(entry.target for entry in stored.values() if entry.state != TAKEN_OFF)
        self._tally = ShardTally(batch.job.turn.run.rank)
        self._settled = ShardTally(batch.job.turn.run.rank)
        self.kept: dict[str, Entry] = {}
        self.dropped: set[str] = set()
        self.must_keep = False
        self.is_done = False

    def take(self) -> Iterator[None]:
        """Take one after the other; pauses whenever all that were taken are settled, as a full batch was written.

        Raises:
            RetryLater: A platform is busy or away; what was settled at the last pause stays so.
            NeedsAttention: A platform refuses us.
        """
        if self.looks and self._note_lost():
            self.must_keep = True
            yield
            self.must_keep = False
        for item in self._group.items:
            self._take(item)
            if self._batch.is_full:
                self._batch.write()
                self._note_settled()
                yield

    def finish(self) -> None:
        """Settle what is not there any more, once all was taken, written and looked for. Raises as ``take``."""
        self._retire()
        self.is_done = True
        self._note_settled()

    def _note_settled(self) -> None:
        """A record that is several products is told once all of it is settled; the next slice begins with it again."""
        if self._is_within:
            return
        self._settled.rank = self._tally.rank
        self._settled.counts += self._tally.counts
        self._settled.problems += self._tally.problems
        self._tally = ShardTally(self._tally.rank)

    def take_tally(self) -> ShardTally:
        """Return what was settled since the last time, up to the last pause."""
        settled, self._settled = self._settled, ShardTally(self._settled.rank)
        return settled

    def entries(self) -> dict[str, Entry]:
        """Return the shard as it is to be kept, also half-way."""
        known = {**self._stored, **self.kept}
        return {key: entry for key, entry in known.items() if key not in self.dropped}

    def _known(self, item: ProductItem) -> Entry | None:
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

    def _brought_before(self, item: ProductItem) -> Sequence[str]:
        """What of a product's present SKUs the target had when it was brought there."""
        entry, skus = self._stored.get(item.id), item.desired.product.stocked_skus if item.desired else ()
        if entry is None or not entry.hash:
            return ()
        return skus if entry.hash == item.hash else [sku for sku in skus if sku in entry.sold]

    def _take(self, item: ProductItem) -> None:
        entry = self._known(item)
        self._is_within = not item.closes
        self._tally.rank = item.rank
        if item.left_out:
            self._leave(item, entry)
            return
        self._tally.counts["found"] += 1
        twice = refused(item.skus, self._twice)
        reason = reason_of(duplicate_sku(twice)) if twice else item.reason
        if reason:
            self._hold(item, "held", reason)
        elif entry and item.desired and self._is_unchanged(item, entry):
            self._keep(item, item.desired.product, entry.target, ())
            self._tally.counts["unchanged"] += 1
        else:
            self._batch.add(self, item)

    def _is_unchanged(self, item: ProductItem, entry: Entry) -> bool:
        same = not self._job.turn.run.afresh and entry.state in (SETTLED, MISSING) and entry.hash == item.hash
        return same and not self._is_shared(item.id, entry)

    def _is_shared(self, key: str, entry: Entry) -> bool:
        """Another record has been the same product there meanwhile: what this one wrote need not stand there now."""
        beside = bool(entry.target) and self._targets[entry.target] > 1
        return beside or (entry.state == MISSING and self._register.has_another(key, entry))

    def _keep(self, item: ProductItem, product: Product, target: ExternalId | None, learnt: Collection[str]) -> None:
        """The product is settled; what it leaves behind is looked at once the whole shard is."""
        off = switched_off(product, self._job.settings)
        kept, due = orphans_of(self._known(item), product, target, off, learnt)
        orphans = (*kept, *due)
        self.kept[item.id] = Entry(item.hash, target, SETTLED, item.rank, item.name, product.stocked_skus, orphans)
        self._gone += [Gone(item.id, each, why_left(each, off)) for each in due]

    # --- those that changed -----------------------------------------------------------------------------------

    def returns(self, item: ProductItem) -> bool:
        """Tell whether it was taken off sale, or what it is sold under now was."""
        entry = self._known(item)
        if entry is not None and not entry.has_taken_off.isdisjoint(item.skus):
            return True
        if entry is not None and entry.target is not None:
            if entry.state == TAKEN_OFF:
                return True
            if entry.sold and set(item.skus) - {entry.name} <= set(entry.sold):
                return False
        return self._job.settings.gone == "deactivate" and self._register.was_taken_off(item.id, item.name, item.skus)

    def settle(self, item: ProductItem, result: WriteResult) -> None:
        """Note what became of a product."""
        outcome, before = result.outcome, self._known(item)
        was_lost = before is not None and before.target is not None and not before.hash and before.state != TAKEN_OFF
        reason = outcome.reason or (DELETED_THERE if was_lost and self._may_not_write(outcome.state) else None)
        if reason:
            self._hold(item, outcome.state if outcome.reason else "held", reason)
            return
        self._tally.counts[outcome.state] += 1
        if item.desired:
            self._keep(item, item.desired.product, outcome.id, result.learnt)
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

    def _report_unmapped(self, item: ProductItem) -> None:
        for name in item.desired.unmapped if item.desired else ():
            text = f"The feature {name!r} has no entry in the settings: it is left out."
            reason = Reason(code="unmapped_feature", text=text, fix=feature_fix([name]))
            if self._job.problem("products.features", reason):
                self._job.warn("feature_unmapped", reason, product=item.name)

    def _hold(self, item: ProductItem, state: str, reason: Reason) -> None:
        before = self._known(item) or Entry("", None, SETTLED, item.rank, item.name)
        now = replace(before, state=state_told(reason), rank=item.rank, name=item.name)
        self.kept[item.id] = now
        self._tally.counts[state] += 1
        self._tally.problems.append((item.name, reason))
        if self._job.tells_everything or now.state != before.state:
            self._job.warn(f"product_{state}", reason, product=item.name)

    def news(self, item: ProductItem, result: WriteResult) -> Sequence[str]:
        """Return what had no stock from us yet: what was just made, and all that was not there when we last looked."""
        entry, target = self._known(item), result.outcome.id
        if target is None or item.desired is None:
            return ()
        product = item.desired.product
        is_new = entry is None or entry.target != target or set(entry.sold) != set(product.stocked_skus)
        return product.stocked_skus if is_new else result.learnt

    # --- those that do not travel any more -----------------------------------------------------------------------

    def _leave(self, item: ProductItem, entry: Entry | None) -> None:
        """A product that the settings leave out; what the target has of it is as if it were deleted at the source."""
        if entry is None:
            return
        if item.left_out == "disabled":
            self._gone += left_by(item.id, entry)
        if entry.state == TAKEN_OFF:
            return
        if item.left_out == "disabled" and entry.target:
            self._gone.append(Gone(item.id, replace(entry, rank=item.rank), DISABLED))
            return
        self.dropped.add(item.id)
        if entry.target:
            self._job.info("product_left_out", product=item.name, external_id=entry.target)

    def look_for_gone(self) -> bool:
        """Tell whether anything is not there any more; only a shard that was read whole can find that out."""
        read = {item.id for item in self._group.items}
        unread = {item.id for item in self._group.items if item.reason}
        for key, entry in self._stored.items() if self._group.whole else ():
            if key in read or record_of(key) in unread or entry.rank > self._group.upto:
                continue
            if entry.state in GONE:
                self._gone += left_by(key, entry)
            if entry.state == TAKEN_OFF:
                continue
            if entry.target is None:
                self._forget(key, entry)
            elif entry.state in (MISSING, REPORTED):
                self._gone.append(Gone(key, entry, DELETED))
            else:
                self.kept[key] = entry.now(MISSING)
        return bool(self._gone)

    def _retire(self) -> None:
        """What nobody offers any more: whole products, and what others have left behind."""
        if not self._gone:
            return
        gone = [each for each in self._gone if not self._is_taken_over(each)]
        if any(each.why.code in BY_ABSENCE for each in gone) and too_many(self._job, self._register):
            gone = [each for each in gone if each.why.code not in BY_ABSENCE]
        for each, state, reason in retire(self._job, gone, look=self.looks):
            self._note_gone(each, state)
            if reason:
                self._tally.problems.append((each.what.name, reason))
            if state != SETTLED:
                self._tally.counts[COUNTED[state]] += 1

    def _is_taken_over(self, gone: Gone) -> bool:
        """Another record of the source stands for it by now; then nothing needs to be known of it here."""
        what = gone.what
        if isinstance(what, Orphan) and not what.whole:
            taken_over = self._register.sells(what.sku, but=gone.id)
        else:
            entry = what if isinstance(what, Entry) else Entry("", what.target, MISSING, 0, what.sku)
            taken_over = self._register.is_offered_elsewhere(gone.id, entry)
        if taken_over:
            self._note_gone(gone, None)
        return taken_over

    def _note_gone(self, gone: Gone, state: str | None) -> None:
        """What is known from now on of something that is gone; None: nothing, it is another record's."""
        entry = self.kept.get(gone.id) or self._stored[gone.id]
        if isinstance(gone.what, Orphan):
            others = tuple(each for each in entry.orphans if each.sku != gone.what.sku)
            now = () if state is None else (replace(gone.what, state=state),)
            self._keep_or_forget(gone.id, replace(entry, orphans=(*others, *now)))
        elif state is None or state == SETTLED:
            self._forget(gone.id, entry)
        else:
            digest = "" if state == TAKEN_OFF else entry.hash
            self.kept[gone.id] = replace(entry, state=state, hash=digest, rank=gone.what.rank)

    def _keep_or_forget(self, key: str, entry: Entry) -> None:
        if entry.target is None and entry.state == TAKEN_OFF:
            self._forget(key, entry)
        else:
            self.kept[key] = entry

    def _forget(self, key: str, entry: Entry) -> None:
        if left := entry.remains:
            self.kept[key] = left
        else:
            self.dropped.add(key)


COUNTED: Mapping[str, str] = {TAKEN_OFF: "updated", REPORTED: "held", MISSING: "failed"}
"""What leaves counts by what became of it, like everything else."""
