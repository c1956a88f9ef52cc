"""Brings figures to the target: one write at a time for each connection, and never an older reading over a newer one.

Everything that writes stock does so under one lease. Single SKUs are also read under it, so their figures are the
newest there are; a sweep reads its figures long before, and leaves out what was written from a newer reading meanwhile.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from shopbridge.flows.leases import Hold, writing_alone
from shopbridge.flows.orders.job import open_job
from shopbridge.flows.orders.lookup import product_ids, product_kind
from shopbridge.flows.stock.figures import to_write, told_figure
from shopbridge.flows.stock.newest_writes import Trail, save_trail
from shopbridge.flows.stock.open_units import OpenUnits, open_units
from shopbridge.flows.stock.route import StockRoute
from shopbridge.flows.stock.shard import Wish
from shopbridge.model.base import ExternalId
from shopbridge.model.ledger import Reason
from shopbridge.model.sku_reasons import AT_THE_TARGET, UNKNOWN, ambiguous
from shopbridge.model.stock import StockChange

LEASE_NAME = "stock-write"
LEASE = timedelta(minutes=5)
WRITE_TAKES = timedelta(minutes=3)
"""What must be left of the lease when a write begins: longer than its calls can take."""
FIELD = "sku"
"""Stock belongs to SKUs, whatever orders are matched by."""


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


def the_only_writer(route: StockRoute) -> AbstractContextManager[Hold]:
    """Own the right to write. Raises Busy when somebody else does."""
    return writing_alone(route.bridge, route.id, LEASE_NAME, LEASE)


def write(route: StockRoute, hold: Hold, trail: Trail, wishes: Sequence[Wish]) -> tuple[Trail, Pushed]:
    """Write figures, ``route.traits.batch`` of them at most; the trail then has them in doubt, see ``settle``.

    Raises:
        RetryLater: Some or none were written.
    """
    if not wishes:
        return trail, NOTHING
    noted = save_trail(route, trail.begun({wish.sku: wish.read_until for wish in wishes}))
    return noted, _write(route, hold, wishes)


def settle(route: StockRoute, trail: Trail, skus: Iterable[str], unsure: Collection[str], *, newest: bool) -> None:
    """The snapshot knows these now, so they are in doubt no more, but for those that are ``unsure``.

    Args:
        newest: They were read under the lease. A sweep must respect that for a while.
    """
    noted = trail.doubtful.intersection(skus)
    if noted:
        save_trail(route, trail.ended(noted, unsure, keep=newest))


def _write(route: StockRoute, hold: Hold, wishes: Sequence[Wish]) -> Pushed:
    ids, ambiguous = _target_ids(route, [wish.sku for wish in wishes])
    known = {wish.sku: wish for wish in wishes if wish.sku not in ambiguous}
    if not known:
        return Pushed({}, ambiguous, frozenset())
    units, waiting = _claims(route, known)
    changes, told, oversold = [], {}, set()
    for sku, wish in known.items():
        pending, later = units.of(sku), waiting.get(sku, Decimal(0))
        quantity = to_write(wish.figure.units, pending, later, to_shop=route.to_shop)
        changes.append(StockChange(sku=sku, quantity=quantity, target=ids.get(sku)))
        told[sku] = told_figure(wish.figure, pending, later, quantity)
        # More is pending than there is: the shop is told 0, so a cancelled order of these would bring back too much.
        oversold |= {sku} if route.to_shop and wish.figure.units + later < pending else set()
    hold.must_last(WRITE_TAKES)
    refused = route.target.write(changes, manage=route.settings.manage_stock, warehouse=route.settings.target_warehouse)
    unsure = units.unsure | oversold | forget_ids(route, {sku: why for sku, why in refused.items() if sku in ids})
    written = {sku: line for sku, line in told.items() if sku not in refused}
    return Pushed(written, {**ambiguous, **refused}, unsure)


def _claims(route: StockRoute, wishes: Mapping[str, Wish]) -> tuple[OpenUnits, Mapping[str, Decimal]]:
    """What open orders will still take, on both sides; the last thing that is read before the write.

    An order that is cancelled in the shop, or imported, between the two readings must not be missing in the one that
    takes it off and be there in the one that adds it. Hence the order, so that the target rather offers too little.
    """
    read_at = {sku: wish.read_at for sku, wish in wishes.items()}
    if route.to_shop:
        return open_units(route, read_at), route.target.will_deduct(list(wishes))
    waiting = route.target.will_deduct(list(wishes))
    return open_units(route, read_at), waiting


def _target_ids(route: StockRoute, skus: Sequence[str]) -> tuple[Mapping[str, ExternalId], dict[str, Reason]]:
    """The target's own ids, where it wants them, and the SKUs that have several."""
    if not route.traits.by_id:
        return {}, {}
    found = product_ids(open_job(route.bridge, route.connection), skus, FIELD)
    refused = {sku: ambiguous("the target", sku) for sku, ids in found.items() if len(ids) > 1}
    return {sku: ids[0] for sku, ids in found.items() if sku not in refused}, refused


def forget_ids(route: StockRoute, refused: Mapping[str, Reason]) -> frozenset[str]:
    """Ids that are not the SKU's record any more are looked up anew the next time; gives those SKUs."""
    stale = [sku for sku, reason in refused.items() if reason.code in AT_THE_TARGET] if route.traits.by_id else []
    if stale:
        route.bridge.directory.forget(route.id, product_kind(FIELD), stale)
    return frozenset(stale)


def unknown_sku(sku: str) -> Reason:
    """Why nothing is written for an SKU that the target does not have."""
    fix = "Give the product there this SKU, or create it."
    return Reason(code=UNKNOWN, text=f"The target has no product {sku!r}", fix=fix)
