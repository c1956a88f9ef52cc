"""Brings figures to the target: one write at a time for each connection, and never an older reading over a newer one.

Everything that writes stock does so under one lease. Single SKUs are also read under it, so their figures are the
newest there are; a sweep reads its figures long before, and leaves out what was written from a newer reading meanwhile.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from shopbridge.flows.bridge import open_job
from shopbridge.flows.leases import OwnLease, leased_for_writing
from shopbridge.flows.orders.filter import first_moment
from shopbridge.flows.orders.office_ids import product_ids, product_kind
from shopbridge.flows.runs import LEASE as SLICE_LEASE
from shopbridge.flows.stock.figures import Figure, to_write, told_figure
from shopbridge.flows.stock.route import StockRoute
from shopbridge.model.base import ExternalId
from shopbridge.model.ledger import IN_DOUBT, LedgerRecord, Reason
from shopbridge.model.snapshot import NO_END, Manifest, Shard, ShardMark
from shopbridge.model.stock import AT_THE_TARGET, UNKNOWN_SKU, OpenOrder, StockChange, ambiguous

READ_KEPT = SLICE_LEASE
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
    """The newest write of each SKU: what a snapshot cannot tell.

    Which SKUs were read and written apart from a sweep, and which writes are in doubt. A write is noted here before it
    is made, and its doubt is lifted once the snapshot knows it. So whatever ends the process in between, the next sweep
    sends these SKUs once more, even if their figures have not moved. ``manifest`` guards them: who saw an older one may
    not save.
    """

    manifest: Manifest
    by_sku: Mapping[str, NewestWrite] = field(default_factory=dict)

    @property
    def doubtful(self) -> frozenset[str]:
        """SKUs to be sent whatever the snapshot says."""
        return frozenset(sku for sku, last in self.by_sku.items() if last.doubtful)

    def is_newer(self, sku: str, moment: datetime) -> bool:
        """Tell whether what was written of it was read after ``moment``."""
        return sku in self.by_sku and self.by_sku[sku].read_until > moment

    def begun(self, reads: Mapping[str, datetime]) -> "NewestWrites":
        """Note that these are about to be written; by SKU the moment their reading ended."""
        begun = {sku: NewestWrite(moment, doubtful=True) for sku, moment in reads.items()}
        return replace(self, by_sku={**self.by_sku, **begun})

    def ended(self, skus: Collection[str], unsure: Collection[str], *, keep: bool) -> "NewestWrites":
        """Note that these are written and the snapshot knows; ``keep`` their moments, for sweeps that read before."""
        by_sku = dict(self.by_sku)
        for sku in skus:
            by_sku[sku] = replace(by_sku[sku], doubtful=sku in unsure)
            if not keep and sku not in unsure:
                del by_sku[sku]
        return replace(self, by_sku=by_sku)


def load_newest_writes(route: StockRoute) -> NewestWrites:
    """Return the newest writes as they stand; none before the first one."""
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


# --- units of open orders that one side has taken off already and the other one has not -------------------------------

CREATION_TAKES = timedelta(seconds=90)
"""How long after ``sent_at`` an order may still take effect in the back office: longer than any time-out of ours."""
CLOCKS_DIFFER = timedelta(minutes=1)
"""The shop's word for when an order was placed, against our own for when we read."""
LEASE_NAME = "stock-write"
LEASE = timedelta(minutes=5)
WRITE_TAKES = timedelta(minutes=3)
"""What must be left of the lease when a write begins: longer than its calls can take."""
FIELD = "sku"
"""Stock belongs to SKUs, whatever orders are matched by."""


@dataclass(frozen=True)
class OpenUnits:
    """By SKU.

    Attributes:
        pending: Units that the back office has still to book.
        unsure: An order is on its way right now: the figure may already hold it. It is counted so that less is
            offered, and the next sweep looks again.
    """

    pending: Mapping[str, Decimal]
    unsure: frozenset[str]

    def of(self, sku: str) -> Decimal:
        """Return the pending units of one SKU."""
        return self.pending.get(sku, Decimal(0))


def open_units(route: StockRoute, read_at: Mapping[str, datetime]) -> OpenUnits:
    """Ask the shop for its open orders and the ledger what became of them.

    Args:
        read_at: The SKUs, and when the reading of each one's figure began.
    """
    if route.counts_open_orders:
        return OpenUnits({}, frozenset())
    orders = route.shop.of(list(read_at), first_moment(route.connection))
    records = route.bridge.ledger.orders(route.id, [order.id for order in orders]) if orders else {}
    pending: defaultdict[str, Decimal] = defaultdict(Decimal)
    unsure: set[str] = set()
    for order in orders:
        for sku, units in order.units.items():
            if sku not in read_at:
                continue
            share, is_sure = _judge(route, order, records.get(order.id), read_at[sku])
            pending[sku] += share * units
            unsure |= set() if is_sure else {sku}
    return OpenUnits(dict(pending), frozenset(unsure))


def _judge(route: StockRoute, order: OpenOrder, record: LedgerRecord | None, read_at: datetime) -> tuple[int, bool]:
    """How often an order's units count as pending, and whether that is sure."""
    if record is not None and record.is_set_aside:
        return 0, True
    if not route.to_shop:
        return _for_office(order, record, read_at)
    return _for_shop(record, read_at) if route.source.falls_with_orders else (1, True)


def _for_shop(record: LedgerRecord | None, read_at: datetime) -> tuple[int, bool]:
    """Pending is what the back office's figure, read from ``read_at`` on, cannot hold yet."""
    if record is None or record.state != "DONE":
        return 1, record is None or record.state not in IN_DOUBT
    long_ago = record.sent_at is None or record.sent_at < read_at - CREATION_TAKES
    return (0, True) if long_ago or record.updated_at <= read_at else (1, False)


def _for_office(order: OpenOrder, record: LedgerRecord | None, read_at: datetime) -> tuple[int, bool]:
    """Pending is what the back office will take off, and the shop's figure, read from ``read_at`` on, is without.

    An order that was placed after the reading is still in the figure. If the back office has it already, its units
    have to come off: the figure would bring them back.
    """
    known_before = record is not None and (record.sent_at or record.updated_at) <= read_at
    in_figure = order.placed_at > read_at - CLOCKS_DIFFER and not known_before
    on_its_way = record is not None and record.state in IN_DOUBT
    booked = on_its_way or (record is not None and record.state == "DONE")
    return (0 if booked else 1) - in_figure, not (in_figure or on_its_way)


# --- the write --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Pushed:
    """What became of figures.

    Attributes:
        told: By SKU a line for the log, for those that were written.
        refused: Those that the target did not take, each with the reason.
        unsure: Written, but to be sent once more: an order was on its way meanwhile.
    """

    told: Mapping[str, str]
    refused: Mapping[str, Reason]
    unsure: frozenset[str]


NOTHING = Pushed({}, {}, frozenset())


def write_lease(route: StockRoute) -> AbstractContextManager[OwnLease]:
    """Take the right to write. Raises Busy while somebody else has it."""
    return leased_for_writing(route.bridge, route.id, LEASE_NAME, LEASE)


def write(
    route: StockRoute, hold: OwnLease, writes: NewestWrites, figures: Sequence[Figure]
) -> tuple[NewestWrites, Pushed]:
    """Write figures, ``route.traits.batch`` of them at most; they are in doubt then, see ``lift_doubt``.

    Raises:
        RetryLater: Some or none were written.
    """
    if not figures:
        return writes, NOTHING
    noted = save_newest_writes(route, writes.begun({figure.sku: figure.read_until for figure in figures}))
    return noted, _write(route, hold, figures)


def lift_doubt(
    route: StockRoute, writes: NewestWrites, skus: Iterable[str], unsure: Collection[str], *, newest: bool
) -> None:
    """Lift the doubt about those that the snapshot knows now, but for those that are ``unsure``.

    Args:
        newest: They were read under the lease. A sweep must respect that for a while.
    """
    noted = writes.doubtful.intersection(skus)
    if noted:
        save_newest_writes(route, writes.ended(noted, unsure, keep=newest))


def _write(route: StockRoute, hold: OwnLease, figures: Sequence[Figure]) -> Pushed:
    ids, ambiguous = _target_ids(route, [figure.sku for figure in figures])
    known = {figure.sku: figure for figure in figures if figure.sku not in ambiguous}
    if not known:
        return Pushed({}, ambiguous, frozenset())
    units, waiting = _claims(route, known)
    changes, told, oversold = [], {}, set()
    for sku, figure in known.items():
        pending, later = units.of(sku), waiting.get(sku, Decimal(0))
        quantity = to_write(figure.units, pending, later, to_shop=route.to_shop)
        changes.append(StockChange(sku=sku, quantity=quantity, target=ids.get(sku)))
        told[sku] = told_figure(figure, pending, later, quantity)
        # More is pending than there is: the shop is told 0, so a cancelled order of these would bring back too much.
        oversold |= {sku} if route.to_shop and figure.units + later < pending else set()
    hold.must_last(WRITE_TAKES)
    refused = route.target.write(changes, manage=route.settings.manage_stock, warehouse=route.settings.target_warehouse)
    unsure = units.unsure | oversold | forget_ids(route, {sku: why for sku, why in refused.items() if sku in ids})
    written = {sku: line for sku, line in told.items() if sku not in refused}
    return Pushed(written, {**ambiguous, **refused}, unsure)


def _claims(route: StockRoute, figures: Mapping[str, Figure]) -> tuple[OpenUnits, Mapping[str, Decimal]]:
    """What open orders will still take, on both sides; the last thing that is read before the write.

    An order that is cancelled in the shop, or imported, between the two readings must not be missing in the one that
    takes it off and be there in the one that adds it. Hence the order, so that the target rather offers too little.
    """
    read_at = {sku: figure.read_at for sku, figure in figures.items()}
    if route.to_shop:
        return open_units(route, read_at), route.target.will_deduct(list(figures))
    waiting = route.target.will_deduct(list(figures))
    return open_units(route, read_at), waiting


def _target_ids(route: StockRoute, skus: Sequence[str]) -> tuple[Mapping[str, ExternalId], dict[str, Reason]]:
    """The target's own ids, where it wants them, and the SKUs that have several."""
    if not route.traits.by_id:
        return {}, {}
    found = product_ids(open_job(route.bridge, route.connection), skus, FIELD)
    refused = {sku: ambiguous("the target", sku) for sku, ids in found.items() if len(ids) > 1}
    return {sku: ids[0] for sku, ids in found.items() if sku not in refused}, refused


def forget_ids(route: StockRoute, refused: Mapping[str, Reason]) -> frozenset[str]:
    """Forget ids that are not the SKU's record any more, to be looked up anew the next time; returns those SKUs."""
    stale = [sku for sku, reason in refused.items() if reason.code in AT_THE_TARGET] if route.traits.by_id else []
    if stale:
        route.bridge.directory.forget(route.id, product_kind(FIELD), stale)
    return frozenset(stale)


def unknown_sku(sku: str) -> Reason:
    """Return why nothing is written for an SKU that the target does not have."""
    fix = "Give the product there this SKU, or create it."
    return Reason(code=UNKNOWN_SKU, text=f"The target has no product {sku!r}", fix=fix)
