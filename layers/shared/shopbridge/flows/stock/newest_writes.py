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
class Trace:
    """One SKU's last write.

    Attributes:
        read_until: The reading behind the figure had ended by then.
        doubtful: The target may have another figure than the snapshot says.
    """

    read_until: datetime
    doubtful: bool


@dataclass(frozen=True)
class Trail:
    """The traces by SKU. ``manifest`` guards them: who saw an older one may not save."""

    manifest: Manifest
    traces: Mapping[str, Trace] = field(default_factory=dict)

    @property
    def doubtful(self) -> frozenset[str]:
        """SKUs to be sent whatever the snapshot says."""
        return frozenset(sku for sku, trace in self.traces.items() if trace.doubtful)

    def is_newer(self, sku: str, moment: datetime) -> bool:
        """What was written of it was read after ``moment``."""
        return sku in self.traces and self.traces[sku].read_until > moment

    def begun(self, reads: Mapping[str, datetime]) -> "Trail":
        """These are about to be written; by SKU the moment their reading ended."""
        begun = {sku: Trace(moment, doubtful=True) for sku, moment in reads.items()}
        return replace(self, traces={**self.traces, **begun})

    def ended(self, skus: Collection[str], unsure: Collection[str], *, keep: bool) -> "Trail":
        """These are written and the snapshot knows; ``keep`` their moments, for sweeps that read before."""
        traces = dict(self.traces)
        for sku in skus:
            traces[sku] = replace(traces[sku], doubtful=sku in unsure)
            if not keep and sku not in unsure:
                del traces[sku]
        return replace(self, traces=traces)


def load_trail(route: StockRoute) -> Trail:
    """The trail as it stands; empty before the first write."""
    snapshots, name = route.bridge.snapshots, _name(route)
    manifest = snapshots.manifest(route.id, name)
    if not manifest.shards:
        return Trail(manifest)
    entries = snapshots.shards(route.id, name, [_SHARD]).get(_SHARD, {})
    return Trail(manifest, {sku: _trace(text) for sku, text in entries.items()})


def save_trail(route: StockRoute, trail: Trail) -> Trail:
    """Store it, without what nobody needs any more. Raises Conflict when another worker has written meanwhile."""
    kept = dict(_young(trail.traces.items(), route.bridge.clock()))
    entries: Shard = {sku: _text(trace) for sku, trace in kept.items()}
    mark = ShardMark(id=_SHARD, upto=NO_END, digest="")
    manifest = trail.manifest.model_copy(update={"shards": (mark,)})
    return Trail(route.bridge.snapshots.save(route.id, _name(route), manifest, {_SHARD: entries}), kept)


def _young(traces: Iterable[tuple[str, Trace]], now: datetime) -> Iterable[tuple[str, Trace]]:
    for sku, trace in traces:
        if now - trace.read_until < (DOUBT_KEPT if trace.doubtful else READ_KEPT):
            yield sku, trace


def _name(route: StockRoute) -> str:
    return f"{route.snapshot}-trail"


def _text(trace: Trace) -> str:
    """Short, since every push writes all of them: hexadecimal microseconds."""
    return f"{_DOUBT if trace.doubtful else ''}{(trace.read_until - _EPOCH) // _TICK:x}"


def _trace(text: str) -> Trace:
    return Trace(_EPOCH + int(text.removeprefix(_DOUBT), 16) * _TICK, doubtful=text.startswith(_DOUBT))
