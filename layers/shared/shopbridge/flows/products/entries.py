"""What the bridge keeps of each product and category between two runs: one line of a snapshot; pure."""

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import ClassVar

from shopbridge.mapping.json_data import short_hash
from shopbridge.model.base import ExternalId
from shopbridge.model.catalogue import Product
from shopbridge.model.ledger import Reason
from shopbridge.model.snapshot import Shard

SETTLED, MISSING, TAKEN_OFF, REPORTED, TOLD = "-", "?", "x", "g", "!"
_NONE, _NAME, _BETWEEN = "-", "=", "\t"


@dataclass(frozen=True)
class Orphan:
    """Something with an SKU of its own that the target got from a record, which offers it no more.

    Attributes:
        target: The target's product that it is, or is a variant of.
        whole: It is the product itself: the record is another product there by now.
        state: ``MISSING``, ``TAKEN_OFF`` or ``REPORTED``, as of an entry; ``SETTLED``: nobody can buy it any more,
            without our doing.
    """

    sku: str
    target: ExternalId
    state: str
    whole: bool

    @property
    def name(self) -> str:
        """What people call it."""
        return self.sku

    @property
    def skus(self) -> tuple[str, ...]:
        """What it is sold under."""
        return (self.sku,)

    @property
    def waits(self) -> bool:
        """It is to be looked at in every run."""
        return self.state in (MISSING, REPORTED)


@dataclass(frozen=True)
class Entry:
    """What is known of one record of the source.

    Attributes:
        hash: Of the content that the target was last brought to; empty before that.
        target: The target's id; empty when it is not there.
        state: ``SETTLED``; ``MISSING``: the last reading did not find it; ``TAKEN_OFF``: it does not travel any more
            and was deactivated; ``REPORTED``: it does not travel any more, and a person is told so in every run;
            ``TOLD`` with a reason's hash: it is held or failed, and that was told.
        rank: Where it stood when it was last read.
        name: What people call it.
        sold: What is sold of it in the target: its own SKU, or its variants'. Empty as long as nobody knows.
        orphans: What it has left there, by SKU.
    """

    hash: str
    target: ExternalId | None
    state: str
    rank: int
    name: str
    sold: tuple[str, ...] = ()
    orphans: tuple[Orphan, ...] = ()
    whole: ClassVar[bool] = True

    @property
    def digest(self) -> str:
        """What a whole shard is recognised by: equal to the content's hash only when nothing is left to do."""
        is_done = self.state == SETTLED and not self.waiting
        return self.hash if is_done else f"{self.state}{self.hash}"

    @property
    def skus(self) -> tuple[str, ...]:
        """What it is sold under; its name as long as nobody knows."""
        return self.sold or (self.name,)

    @property
    def has_taken_off(self) -> frozenset[str]:
        """The SKUs that go on sale again once the record offers them."""
        return frozenset(each.sku for each in self.orphans if each.state == TAKEN_OFF)

    @property
    def remains(self) -> "Entry | None":
        """What is to be known of a record that is gone: what it has left behind, on sale or to go on sale again."""
        left = tuple(each for each in self.orphans if each.state != SETTLED)
        return Entry("", None, TAKEN_OFF, self.rank, left[0].sku, (), left) if left else None

    @property
    def waiting(self) -> tuple[Orphan, ...]:
        """What it has left behind that is to be looked at in every run."""
        return tuple(each for each in self.orphans if each.waits)

    def now(self, state: str) -> "Entry":
        """Return the same in another state."""
        return replace(self, state=state)

    def text(self) -> str:
        """Return it as a snapshot keeps it."""
        parts = (self.hash or _NONE, self.target or _NONE, self.state, str(self.rank), _skus_text(self), self.name)
        return _BETWEEN.join(parts)


def entry_from(text: str) -> Entry:
    """Return what ``text`` of an entry gave."""
    digest, target, state, rank, skus, name = text.split(_BETWEEN, 5)
    sold, orphans = _skus_from(skus, name)
    known = ExternalId(target) if target != _NONE else None
    return Entry("" if digest == _NONE else digest, known, state, int(rank), name, sold, orphans)


def _skus_text(entry: Entry) -> str:
    """JSON, which has no bare tabs; short for the many that are sold under their name alone."""
    if not entry.orphans and entry.sold in ((), (entry.name,)):
        return _NAME if entry.sold else _NONE
    orphans = [[each.sku, each.target, each.state, each.whole] for each in entry.orphans]
    return json.dumps([entry.sold, orphans], ensure_ascii=False, separators=(",", ":"))


def _skus_from(text: str, name: str) -> tuple[tuple[str, ...], tuple[Orphan, ...]]:
    """Before SKUs were kept a hash of them stood there: then nobody knows."""
    if not text.startswith("["):
        return ((name,) if text == _NAME else ()), ()
    sold, orphans = json.loads(text)
    return tuple(sold), tuple(Orphan(*each) for each in orphans)


def state_told(reason: Reason) -> str:
    """Return the state of what waits for this reason."""
    return TOLD + short_hash([reason.code, reason.text], size=4)


def entries_from(shard: Shard) -> dict[str, Entry]:
    """Return the entries of a shard, by the source's id."""
    return {key: entry_from(text) for key, text in shard.items()}


def shard_of(entries: Mapping[str, Entry]) -> Shard:
    """Return the shard that keeps these entries."""
    return {key: entry.text() for key, entry in entries.items()}


def digests(entries: Mapping[str, Entry]) -> Shard:
    """Return what tells one state of a shard from another; what was taken off counts no more than what is gone."""
    return {key: entry.digest for key, entry in entries.items() if entry.state != TAKEN_OFF or entry.waiting}


def orphans_of(
    before: Entry | None, product: Product, target: ExternalId | None, off: Collection[str], learnt: Collection[str]
) -> tuple[tuple[Orphan, ...], tuple[Orphan, ...]]:
    """Return what a product that is settled leaves behind from now on: variants, and former SKUs.

    A record that is read twice in a row without an SKU offers it no more; after one reading, another record may have
    taken it over that was not read yet. What the record itself says to be switched off needs no second reading.

    Args:
        target: What it is in the target.
        off: Its SKUs that are switched off at the source.
        learnt: Those that were just created there, switched off like everything that is.

    Returns:
        Those that nothing is to be done about in this run, and those that are to be taken off sale, or told.
    """
    offered = set(product.skus) - set(off)
    known = {each.sku: each for each in (before.orphans if before else ()) if not _is_back(each, target, offered)}
    gone = {each.sku: each for each in _gone(before, product, target)}
    state_of = {sku: TAKEN_OFF if sku in learnt else MISSING for sku in off}
    switched = {sku: Orphan(sku, target, state, whole=False) for sku, state in state_of.items() if target}
    every = {**gone, **switched, **known}
    due = {sku for sku in (*switched, *known) if every[sku].waits}
    return (
        tuple(each for sku, each in every.items() if sku not in due),
        tuple(each for sku, each in every.items() if sku in due),
    )


def _is_back(orphan: Orphan, target: ExternalId | None, offered: Collection[str]) -> bool:
    return orphan.sku in offered or (orphan.whole and orphan.target == target)


def _gone(before: Entry | None, product: Product, target: ExternalId | None) -> Iterator[Orphan]:
    """SKUs that were sold and are not offered now. None of them stayed, and it is another product: all of that is."""
    if before is None or before.target is None:
        return
    sold = before.sold or (before.name,)
    if target != before.target and not set(sold) & set(product.skus):
        yield Orphan(before.name, before.target, TAKEN_OFF if before.state == TAKEN_OFF else MISSING, whole=True)
        return
    yield from (Orphan(sku, before.target, MISSING, whole=False) for sku in before.sold if sku not in product.skus)
