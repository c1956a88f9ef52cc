"""What becomes of the products of one shard: unchanged, written, held, failed, or gone from the source.

An entry is only ever replaced once its product is settled, so whatever breaks off, the next slice or run finds the
rest as it was. A product counts as deleted when two readings in a row did not find it.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from shopbridge.flows.hold import reason_of
from shopbridge.flows.product_changes import duplicate_sku
from shopbridge.flows.product_entries import MISSING, SETTLED, TAKEN_OFF, Entry, skus_hash, told
from shopbridge.flows.product_job import ProductJob
from shopbridge.flows.product_names import feature_fix
from shopbridge.flows.product_reading import Item
from shopbridge.flows.product_register import Register
from shopbridge.flows.product_snapshot import refused
from shopbridge.flows.retire_products import DELETED, DISABLED, RENAMED, Leaving, retire
from shopbridge.flows.sweep import Group
from shopbridge.flows.write_products import Changed, bring
from shopbridge.model.batches import in_batches
from shopbridge.model.catalogue import ProductOutcome
from shopbridge.model.ledger import Reason
from shopbridge.model.messages import StockRequest

STOCK_AT_ONCE = 100
"""SKUs in one request for stock."""


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

    Attributes:
        kept: What is known now of those that are settled.
        dropped: Those that nothing needs to be known of any more.
        is_done: Nothing of the shard is left.
    """

    def __init__(
        self,
        job: ProductJob,
        group: Group[Item],
        stored: Mapping[str, Entry],
        twice: Collection[str],
        register: Register,
    ) -> None:
        self._job = job
        self._group = group
        self._stored = stored
        self._twice = twice
        self._register = register
        self._batch: list[Item] = []
        self._leaving: list[Leaving] = []
        self._tally = Tally(job.turn.run.rank)
        self._settled = Tally(job.turn.run.rank)
        self.kept: dict[str, Entry] = {}
        self.dropped: set[str] = set()
        self.is_done = False

    def run(self) -> Iterator[None]:
        """Settle one after the other; pauses whenever all that were taken are settled.

        Raises:
            RetryLater: A platform is busy or away; what was settled at the last pause stays so.
            NeedsAttention: A platform refuses us.
        """
        for item in self._group.items:
            self._take(item)
            if self._batch and len(self._batch) >= self._job.target.product_batch:
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

    def _take(self, item: Item) -> None:
        entry = self._stored.get(item.id)
        self._tally.rank = item.rank
        if item.left_out:
            self._leave(item, entry)
            return
        self._tally.counts["found"] += 1
        twice = refused(item.skus, self._twice)
        reason = reason_of(duplicate_sku(twice)) if twice else item.reason
        if reason:
            self._hold(item, "held", reason)
        elif entry and self._is_unchanged(item, entry):
            self.kept[item.id] = replace(entry, state=SETTLED, rank=item.rank, name=item.name)
            self._tally.counts["unchanged"] += 1
        else:
            self._batch.append(item)

    def _is_unchanged(self, item: Item, entry: Entry) -> bool:
        return not self._job.turn.run.afresh and entry.state in (SETTLED, MISSING) and entry.hash == item.hash

    # --- those that changed -----------------------------------------------------------------------------------

    def _write(self) -> None:
        if self._batch:
            changed = [Changed(item.wanted, self._was_taken_off(item)) for item in self._batch if item.wanted]
            outcomes = bring(self._job, changed)
            self._ask_for_stock(outcomes)
            for item, outcome in zip(self._batch, outcomes, strict=True):
                self._settle(item, outcome)
            self._batch = []

    def _was_taken_off(self, item: Item) -> bool:
        entry = self._stored.get(item.id)
        if entry is not None and entry.target is not None:
            return entry.state == TAKEN_OFF
        return self._job.settings.gone == "deactivate" and self._register.was_taken_off(item.id, item.name)

    def _settle(self, item: Item, outcome: ProductOutcome) -> None:
        if outcome.reason:
            self._hold(item, outcome.state, outcome.reason)
            return
        self._tally.counts[outcome.state] += 1
        self._report_renamed(item, outcome)
        self.kept[item.id] = Entry(item.hash, outcome.id, SETTLED, item.rank, skus_hash(item.skus), item.name)
        if outcome.state != "unchanged" or outcome.remarks:
            facts = {"product": item.name, "external_id": outcome.id, "remarks": outcome.remarks}
            self._job.info(f"product_{outcome.state}", **facts)
            self._report_unmapped(item)
        for warning in outcome.warnings:
            self._tally.problems.append((item.name, warning))
            self._job.warn("product_warning", warning, product=item.name, external_id=outcome.id)

    def _report_renamed(self, item: Item, outcome: ProductOutcome) -> None:
        """Under its new SKU it is another product of the target; what it was before has no source any more."""
        before = self._stored.get(item.id)
        if before is None or before.state == TAKEN_OFF:
            return
        if before.target not in (None, outcome.id) and before.skus != skus_hash(item.skus):
            self._job.warn("product_gone", RENAMED, product=before.name, external_id=before.target)
            self._tally.problems.append((before.name, RENAMED))

    def _report_unmapped(self, item: Item) -> None:
        for name in item.wanted.unmapped if item.wanted else ():
            text = f"The feature {name!r} has no entry in the settings: it is left out."
            reason = Reason(code="unmapped_feature", text=text, fix=feature_fix([name]))
            if self._job.problem("products.features", reason):
                self._job.warn("feature_unmapped", reason, product=item.name)

    def _hold(self, item: Item, state: str, reason: Reason) -> None:
        before = self._stored.get(item.id) or Entry("", None, SETTLED, item.rank, "", item.name)
        now = replace(before, state=told(reason), rank=item.rank, name=item.name)
        self.kept[item.id] = now
        self._tally.counts[state] += 1
        self._tally.problems.append((item.name, reason))
        if self._job.tells_everything or now.state != before.state:
            self._job.warn(f"product_{state}", reason, product=item.name)

    def _ask_for_stock(self, outcomes: Sequence[ProductOutcome]) -> None:
        """The stock flow has passed over SKUs that the target did not know; now it does."""
        stock = self._job.turn.connection.settings.stock
        if not stock.active or stock.direction != self._job.settings.direction:
            return
        pairs = zip(self._batch, outcomes, strict=True)
        learnt = [item.wanted.product for item, outcome in pairs if outcome.id and item.wanted and self._is_new(item)]
        skus = [sku for product in learnt for sku in product.stocked_skus]
        because = "products that are new in the target"
        requests = [
            StockRequest(connection=self._job.connection, skus=tuple(some), because=because)
            for some in in_batches(skus, STOCK_AT_ONCE)
        ]
        if requests:
            self._job.turn.bridge.work.send(requests)

    def _is_new(self, item: Item) -> bool:
        """The product or one of its variants was not in the target yet when we last looked."""
        entry = self._stored.get(item.id)
        return entry is None or entry.target is None or entry.skus != skus_hash(item.skus)

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
            elif entry.state == MISSING:
                self._leaving.append(Leaving(key, entry, DELETED))
            else:
                self.kept[key] = entry.now(MISSING)

    def _retire(self) -> None:
        for leaving, entry, reason in retire(self._job, self._without_successor(), self._register):
            if entry is None:
                self.dropped.add(leaving.id)
            else:
                self.kept[leaving.id] = entry
            if reason:
                self._tally.problems.append((leaving.entry.name, reason))

    def _without_successor(self) -> list[Leaving]:
        """Those that leave and that no other record of the source stands for by now."""
        if not self._leaving:
            return []
        self._register.read_all()
        self._register.note(self._stored, self.entries())
        self.dropped |= {each.id for each in self._leaving if self._register.is_offered_elsewhere(each.id, each.entry)}
        return [each for each in self._leaving if each.id not in self.dropped]
