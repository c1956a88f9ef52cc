"""What the bridge keeps of each product and category between two runs: one line of a snapshot; pure."""

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from hashlib import blake2b
from typing import Any

from shopbridge.model.base import ExternalId
from shopbridge.model.catalogue import Product
from shopbridge.model.ledger import Reason
from shopbridge.model.snapshot import Shard

SETTLED, MISSING, TAKEN_OFF, REPORTED, TOLD = "-", "?", "x", "g", "!"
_NONE, _NAME, _BETWEEN = "-", "=", "\t"


@dataclass(frozen=True)
class Left:
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
        left: What it has left there, by SKU.
    """

    hash: str
    target: ExternalId | None
    state: str
    rank: int
    name: str
    sold: tuple[str, ...] = ()
    left: tuple[Left, ...] = ()

    @property
    def digest(self) -> str:
        """What a whole shard is recognised by: equal to the content's hash only when nothing is left to do."""
        is_done = self.state == SETTLED and not any(each.waits for each in self.left)
        return self.hash if is_done else f"{self.state}{self.hash}"

    @property
    def has_taken_off(self) -> frozenset[str]:
        """The SKUs that go on sale again once the record offers them."""
        return frozenset(each.sku for each in self.left if each.state == TAKEN_OFF)

    def now(self, state: str) -> "Entry":
        """The same in another state."""
        return replace(self, state=state)

    def text(self) -> str:
        """As a snapshot keeps it."""
        parts = (self.hash or _NONE, self.target or _NONE, self.state, str(self.rank), _skus_text(self), self.name)
        return _BETWEEN.join(parts)


def entry_from(text: str) -> Entry:
    """What ``text`` of an entry gave."""
    digest, target, state, rank, skus, name = text.split(_BETWEEN, 5)
    sold, left = _skus_from(skus, name)
    known = ExternalId(target) if target != _NONE else None
    return Entry("" if digest == _NONE else digest, known, state, int(rank), name, sold, left)


def _skus_text(entry: Entry) -> str:
    """JSON, which has no bare tabs; short for the many that are sold under their name alone."""
    if not entry.left and entry.sold in ((), (entry.name,)):
        return _NAME if entry.sold else _NONE
    left = [[each.sku, each.target, each.state, each.whole] for each in entry.left]
    return json.dumps([entry.sold, left], ensure_ascii=False, separators=(",", ":"))


def _skus_from(text: str, name: str) -> tuple[tuple[str, ...], tuple[Left, ...]]:
    """Before SKUs were kept a hash of them stood there: then nobody knows."""
    if not text.startswith("["):
        return ((name,) if text == _NAME else ()), ()
    sold, left = json.loads(text)
    return tuple(sold), tuple(Left(*each) for each in left)


def told(reason: Reason) -> str:
    """The state of what waits for this reason."""
    return TOLD + short_hash([reason.code, reason.text], size=4)


def entries_from(shard: Shard) -> dict[str, Entry]:
    """The entries of a shard, by the source's id."""
    return {key: entry_from(text) for key, text in shard.items()}


def shard_of(entries: Mapping[str, Entry]) -> Shard:
    """The shard that keeps these entries."""
    return {key: entry.text() for key, entry in entries.items()}


def digests(entries: Mapping[str, Entry]) -> Shard:
    """What tells one state of a shard from another; what was taken off counts no more than what is gone."""
    return {key: entry.digest for key, entry in entries.items() if entry.state != TAKEN_OFF}


def short_hash(content: Any, *, size: int = 9) -> str:
    """A short text that differs when the content does."""
    return blake2b(json.dumps(content, sort_keys=True, default=str).encode(), digest_size=size).hexdigest()


@dataclass(frozen=True)
class Parting:
    """What a record has left behind.

    Attributes:
        kept: Nothing is to be done about it in this run.
        due: It is to be taken off sale, or told.
    """

    kept: tuple[Left, ...] = ()
    due: tuple[Left, ...] = ()


def parting_of(
    before: Entry | None, product: Product, target: ExternalId | None, off: Collection[str], learnt: Collection[str]
) -> Parting:
    """What a product that is settled leaves behind from now on: variants, and former SKUs.

    A record that is read twice in a row without an SKU offers it no more; after one reading, another record may have
    taken it over that was not read yet. What the record itself says to be switched off needs no second reading.

    Args:
        target: What it is in the target.
        off: Its SKUs that are switched off at the source.
        learnt: Those that were just created there, switched off like everything that is.
    """
    offered = set(product.skus) - set(off)
    known = {each.sku: each for each in (before.left if before else ()) if not _is_back(each, target, offered)}
    gone = {each.sku: each for each in _gone(before, product, target)}
    state_of = {sku: TAKEN_OFF if sku in learnt else MISSING for sku in off}
    switched = {sku: Left(sku, target, state, whole=False) for sku, state in state_of.items() if target}
    every = {**gone, **switched, **known}
    due = {sku for sku in (*switched, *known) if every[sku].waits}
    return Parting(
        tuple(each for sku, each in every.items() if sku not in due),
        tuple(each for sku, each in every.items() if sku in due),
    )


def _is_back(left: Left, target: ExternalId | None, offered: Collection[str]) -> bool:
    return left.sku in offered or (left.whole and left.target == target)


def _gone(before: Entry | None, product: Product, target: ExternalId | None) -> Iterator[Left]:
    """SKUs that were sold and are not offered now. None of them stayed, and it is another product: all of that is."""
    if before is None or before.target is None:
        return
    sold = before.sold or (before.name,)
    if target != before.target and not set(sold) & set(product.skus):
        yield Left(before.name, before.target, TAKEN_OFF if before.state == TAKEN_OFF else MISSING, whole=True)
        return
    yield from (Left(sku, before.target, MISSING, whole=False) for sku in before.sold if sku not in product.skus)
