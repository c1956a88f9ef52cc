"""The way that a connection's stock takes: its source, its target, the shop that knows the open orders, and the log.

The operator is told of SKUs in lists, since one line for each would bury everything else.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b
from typing import Any

from shopbridge.flows.bridge import Bridge
from shopbridge.flows.shards import save_shards
from shopbridge.model.base import ConnectionId, in_batches
from shopbridge.model.connection import SIDES_OF, Connection
from shopbridge.model.ledger import Reason
from shopbridge.model.snapshot import Manifest, Shard
from shopbridge.model.stock import StockSettings, StockTraits
from shopbridge.ports import OpenOrders, StockSource, StockTarget

IN_A_LINE = 100


@dataclass(frozen=True)
class StockRoute:
    """One connection's stock on its way from source to target."""

    bridge: Bridge
    connection: Connection
    source: StockSource
    target: StockTarget
    shop: OpenOrders

    @property
    def id(self) -> ConnectionId:
        """The connection's."""
        return self.connection.id

    @property
    def settings(self) -> StockSettings:
        """What the operator chose for stock."""
        return self.connection.settings.stock

    @property
    def to_shop(self) -> bool:
        """The back office knows what is there, and the shop is told."""
        return self.settings.direction == "office_to_shop"

    @property
    def snapshot(self) -> str:
        """The snapshot's name."""
        return f"stock-{self.settings.direction}"

    @cached_property
    def traits(self) -> StockTraits:
        """How the target wants stock written."""
        return self.target.traits

    @cached_property
    def counts_open_orders(self) -> bool:
        """The source's figure still holds the units of the shop's open orders: then nothing of them is pending."""
        return not self.to_shop and self.settings.formula == "on_hand" and not self.shop.deducts_at_order()

    @property
    def seed(self) -> str:
        """Changes when everything has to be written anew: another target, or figures made in another way."""
        settings = self.settings
        parts: list[Any] = [
            self.connection.settings.ends,
            *(settings.formula, str(settings.safety_buffer.normalize()), sorted(settings.warehouses)),
            *(settings.target_warehouse, settings.manage_stock),
        ]
        return blake2b(json.dumps(parts, sort_keys=True).encode(), digest_size=6).hexdigest()


def open_route(bridge: Bridge, connection: Connection) -> StockRoute:
    """Build what the settings name. Raises NeedsAttention when a side cannot do its part."""
    source, target = SIDES_OF[connection.settings.stock.direction]
    return StockRoute(
        bridge,
        connection,
        bridge.platforms.parts(connection, source).stock_source,
        bridge.platforms.parts(connection, target).stock_target,
        bridge.platforms.parts(connection, "shop").open_orders,
    )


def save_snapshot(route: StockRoute, before: Manifest, now: Manifest, shards: Mapping[int, Shard]) -> Manifest:
    """Store it, see ``save_shards``."""
    return save_shards(route.bridge.snapshots, route.id, route.snapshot, before, now, shards)


def log_pushed(route: StockRoute, figures: Iterable[str], because: str) -> None:
    """Log what was written, with the inputs of every figure."""
    for some in in_batches(list(figures), IN_A_LINE):
        route.bridge.activity.info("stock_pushed", route.id, figures=some, count=len(some), because=because)


def log_held(route: StockRoute, held: Mapping[str, Reason]) -> None:
    """Log SKUs that nothing is written for."""
    by_code: defaultdict[str, dict[str, Reason]] = defaultdict(dict)
    for sku, reason in held.items():
        by_code[reason.code][sku] = reason
    for code, reasons in by_code.items():
        first = next(iter(reasons.values()))
        for some in in_batches(sorted(reasons), IN_A_LINE):
            route.bridge.activity.warning(
                "stock_held", route.id, fix=first.fix, code=code, reason=first.text, skus=some, count=len(some)
            )


def log_left(route: StockRoute, left: Mapping[str, Reason], because: str) -> None:
    """Log SKUs of an order that nothing was sent for; what is wrong with them, the sweeps tell once."""
    reasons = [f"{sku}: {reason.text.rstrip('.')}." for sku, reason in left.items()]
    if reasons:
        route.bridge.activity.info(
            "stock_left", route.id, reasons=reasons[:IN_A_LINE], count=len(left), because=because
        )


def log_drift(route: StockRoute, drift: Mapping[str, str]) -> None:
    """Log SKUs whose stock somebody else had changed in the target."""
    fix = "It is repaired. If it comes back, look who else writes stock there: a plugin, an import, or a colleague."
    for some in in_batches([drift[sku] for sku in sorted(drift)], IN_A_LINE):
        route.bridge.activity.warning("stock_drift", route.id, fix=fix, figures=some, count=len(some))


def log_gone(route: StockRoute, skus: Iterable[str]) -> None:
    """Log SKUs that the source has no longer."""
    fix = "Their stock in the target stays as it is: take them off sale there if they are not sold any more."
    for some in in_batches(sorted(skus), IN_A_LINE):
        route.bridge.activity.warning("stock_gone", route.id, fix=fix, skus=some, count=len(some))
