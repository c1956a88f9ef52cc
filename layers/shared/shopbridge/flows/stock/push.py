"""Sends single SKUs at once: after an order was imported or cancelled."""

from collections.abc import Mapping, Sequence

from shopbridge.errors import Held, NeedsAttention, Rejected, RetryLater
from shopbridge.flows.bridge import Bridge
from shopbridge.flows.failures import counting_obstructions, stop_connection
from shopbridge.flows.shards import with_entries
from shopbridge.flows.stock.figures import Reading, content_of, refused_entry
from shopbridge.flows.stock.route import StockRoute, log_left, log_pushed, open_route
from shopbridge.flows.stock.shard import Findings, assess
from shopbridge.flows.stock.write import Pushed, lift_doubt, load_newest_writes, write, write_lease
from shopbridge.model.base import in_batches
from shopbridge.model.ledger import Reason
from shopbridge.model.messages import StockRequest
from shopbridge.model.snapshot import Manifest

_NOT_THERE = Reason(
    code="sku_not_at_source",
    text="The source has no record with this SKU.",
    fix="Give the product there this SKU if its stock is to be carried.",
)


def push_or_leave(bridge: Bridge, request: StockRequest, *, again: bool, last_try: bool) -> None:
    """Do as ``push_skus``.

    But what fails even at its last try is left to the next run of stock, which finds it by itself.

    Raises:
        RetryLater: There are tries left.
    """
    try:
        push_skus(bridge, request, again=again)
    except RetryLater:
        if not last_try:
            raise


def push_skus(bridge: Bridge, request: StockRequest, *, again: bool = False) -> None:
    """Send the stock of these SKUs, whatever was sent before.

    Args:
        again: The request was delivered before.

    Raises:
        RetryLater: A platform is busy or away, or another push is at work.
    """
    connection = bridge.connections.get(request.connection)
    if connection is None or connection.status != "active" or not connection.settings.stock.active:
        return
    try:
        with counting_obstructions(bridge, connection, "skus", again=again):
            _push_all(open_route(bridge, connection), request)
    except NeedsAttention as error:
        stop_connection(bridge, connection.id, error)
    except (Held, Rejected) as error:
        reason = f"{error.what} ({error.where})."
        bridge.activity.warning("stock_refused", connection.id, fix=error.fix, reason=reason, because=request.because)
    except RetryLater as error:
        reason = f"{error.what} ({error.where})."
        bridge.activity.info("stock_waits", connection.id, reason=reason, because=request.because)
        raise


def _push_all(route: StockRoute, request: StockRequest) -> None:
    skus = list(dict.fromkeys(sku for sku in request.skus if sku))
    for some in in_batches(skus, route.traits.batch):
        _push_some(route, some, request.because)


def _push_some(route: StockRoute, skus: Sequence[str], because: str) -> None:
    with write_lease(route) as hold:
        manifest = route.bridge.snapshots.manifest(route.id, route.snapshot)
        readings = _read(route, skus)
        findings = assess(route, readings, manifest.refused)
        writes, pushed = write(route, hold, load_newest_writes(route), list(findings.figures.values()))
        _record(route, manifest, findings, pushed, {reading.level.sku: reading.level.rank for reading in readings})
        lift_doubt(route, writes, findings.figures, pushed.unsure, newest=True)
    left = {sku: _NOT_THERE for sku in skus if sku not in findings.moments}
    log_pushed(route, pushed.told.values(), because)
    log_left(route, {**left, **findings.held, **pushed.refused}, because)


def _read(route: StockRoute, skus: Sequence[str]) -> list[Reading]:
    read_at = route.bridge.clock()
    levels = route.source.of(skus)
    read_until = route.bridge.clock()
    return [Reading(level, read_at, read_until) for level in levels]


def _record(
    route: StockRoute, manifest: Manifest, findings: Findings, pushed: Pushed, ranks: Mapping[str, int]
) -> None:
    """Put the figures where a sweep will look for them; what lies beyond all shards is left to the sweep."""
    snapshots, name = route.bridge.snapshots, route.snapshot
    places = {sku: mark.id for sku in findings.figures if (mark := manifest.covering(ranks[sku]))}
    if manifest.seed != route.seed or not places:
        return
    changed = {}
    for shard, entries in snapshots.shards(route.id, name, sorted(set(places.values()))).items():
        news = {sku: _entry(findings, pushed, sku) for sku, place in places.items() if place == shard}
        if any(entries.get(sku) != entry for sku, entry in news.items()):
            changed[shard] = {**entries, **news}
            manifest = with_entries(manifest, shard, changed[shard], content_of)
    if changed:
        snapshots.save(route.id, name, manifest, changed)


def _entry(findings: Findings, pushed: Pushed, sku: str) -> str:
    entry = findings.figures[sku].entry
    return refused_entry(entry) if sku in pushed.refused else entry
