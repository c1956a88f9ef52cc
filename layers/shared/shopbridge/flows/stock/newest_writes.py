"""What a snapshot cannot tell: which SKUs were read and written apart from a sweep, and which writes are in doubt.

A write is noted here before it is made, and its doubt is lifted once the snapshot knows it. So whatever ends the
process in between, the next sweep sends these SKUs once more, even if their figures have not moved.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from shopbridge.flows.runs import LEASE
from shopbridge.flows.stock.route import StockRoute
from shopbridge.model.snapshot import NO_END, Manifest, Shard, ShardMark

READ_KEPT = LEASE
"""Longer than a slice of a sweep lasts, so no sweep still holds a figure that was read before."""
DOUBT_KEPT = timedelta(days=2)
"""By then a comparison has been by."""
_DOUBT = "?"
_EPOCH, _TICK = datetime(2020, 1, 1, tzinfo=UTC), timedelta(microseconds=1)
_SHARD = 1


@dataclass(frozen=True)
class NewestWrite:
    """One SKU's last write.

    Attributes:
        read_until: The reading behind the figure had ended by then.
        doubtful: The target may have another figure than the snapshot says.
    """

    read_until: datetime
    doubtful: bool


@dataclass(frozen=True)
class NewestWrites:
    """The newest write of each SKU. ``manifest`` guards them: who saw an older one may not save."""

    manifest: Manifest
    by_sku: Mapping[str, NewestWrite] = field(default_factory=dict)

    @property
    def doubtful(self) -> frozenset[str]:
        """SKUs to be sent whatever the snapshot says."""
        return frozenset(sku for sku, last in self.by_sku.items() if last.doubtful)

    def is_newer(self, sku: str, moment: datetime) -> bool:
        """What was written of it was read after ``moment``."""
        return sku in self.by_sku and self.by_sku[sku].read_until > moment

    def begun(self, reads: Mapping[str, datetime]) -> "NewestWrites":
        """These are about to be written; by SKU the moment their reading ended."""
        begun = {sku: NewestWrite(moment, doubtful=True) for sku, moment in reads.items()}
        return replace(self, by_sku={**self.by_sku, **begun})

    def ended(self, skus: Collection[str], unsure: Collection[str], *, keep: bool) -> "NewestWrites":
        """These are written and the snapshot knows; ``keep`` their moments, for sweeps that read before."""
        by_sku = dict(self.by_sku)
        for sku in skus:
            by_sku[sku] = replace(by_sku[sku], doubtful=sku in unsure)
            if not keep and sku not in unsure:
                del by_sku[sku]
        return replace(self, by_sku=by_sku)


def load_newest_writes(route: StockRoute) -> NewestWrites:
    """The newest writes as they stand; none before the first one."""
    snapshots, name = route.bridge.snapshots, _name(route)
    manifest = snapshots.manifest(route.id, name)
    if not manifest.shards:
        return NewestWrites(manifest)
    entries = snapshots.shards(route.id, name, [_SHARD]).get(_SHARD, {})
    return NewestWrites(manifest, {sku: _write_from(text) for sku, text in entries.items()})


def save_newest_writes(route: StockRoute, writes: NewestWrites) -> NewestWrites:
    """Store it, without what nobody needs any more. Raises Conflict when another worker has written meanwhile."""
    kept = dict(_young(writes.by_sku.items(), route.bridge.clock()))
    entries: Shard = {sku: _text(last) for sku, last in kept.items()}
    mark = ShardMark(id=_SHARD, upto=NO_END, digest="")
    manifest = writes.manifest.model_copy(update={"shards": (mark,)})
    return NewestWrites(route.bridge.snapshots.save(route.id, _name(route), manifest, {_SHARD: entries}), kept)


def _young(by_sku: Iterable[tuple[str, NewestWrite]], now: datetime) -> Iterable[tuple[str, NewestWrite]]:
    for sku, last in by_sku:
        if now - last.read_until < (DOUBT_KEPT if last.doubtful else READ_KEPT):
            yield sku, last


def _name(route: StockRoute) -> str:
    return f"{route.snapshot}-trail"


def _text(last: NewestWrite) -> str:
    """Short, since every push writes all of them: hexadecimal microseconds."""
    return f"{_DOUBT if last.doubtful else ''}{(last.read_until - _EPOCH) // _TICK:x}"


def _write_from(text: str) -> NewestWrite:
    return NewestWrite(_EPOCH + int(text.removeprefix(_DOUBT), 16) * _TICK, doubtful=text.startswith(_DOUBT))
