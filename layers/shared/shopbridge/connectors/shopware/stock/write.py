"""Writing stock in bulk, without ever making a product (platform file, "Stock" and "Sync API")."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from shopbridge.connectors.kit.reasons import no_warehouses, unknown_sku
from shopbridge.connectors.shopware.facts import TITLE, ShopFacts
from shopbridge.connectors.shopware.stock.read import ShopwareStandings, WireStock, records, standings
from shopbridge.connectors.shopware.sync import BLANK, Problem, Refused, settle, upsert_each
from shopbridge.mapping.numbers import whole_pieces
from shopbridge.model.ledger import Reason
from shopbridge.model.stock import ManageStock, Standing, StockChange, StockTraits

_CLOSEOUT: Final[Mapping[ManageStock, Mapping[str, bool]]] = {
    "untouched": {},
    "managed": {"isCloseout": True},
    "unmanaged": {"isCloseout": False},
}


@dataclass(frozen=True)
class ShopwareStockWriter:
    """Writes figures by id, after a look at what is sold under each SKU.

    From 6.5.2 on a sync finds products by their number itself, exactly as it is written. That would save the look, but
    it finds a product with variants as well, whose figure nobody buys from, and misses a number with a blank behind it.
    An id that was deleted in between would be an insertion without any of the fields a product needs, so it fails.
    """

    facts: ShopFacts

    traits = StockTraits(batch=500, whole_units=True, by_id=False)

    def will_deduct(self, skus: Sequence[str]) -> Mapping[str, Decimal]:
        """Return, up to 6.5, what open orders will take on completion; from 6.6 on nothing, without a call."""
        if self._net:
            return {}
        found = standings(self.facts.api, skus, net=False)
        return {sku: each.will_deduct for sku, each in found.items() if isinstance(each, Standing)}

    def reader(self) -> ShopwareStandings:
        """Read by SKU, 500 at once."""
        return ShopwareStandings(self.facts.api, net=self._net)

    def write(self, changes: Sequence[StockChange], *, manage: ManageStock, warehouse: str) -> dict[str, Reason]:
        """Write figures, 500 by one search and one sync; returns what was not taken. Core Shopware has one stock."""
        if warehouse:
            return {change.sku: no_warehouses(TITLE) for change in changes}
        found = records(self.facts.api, [change.sku for change in changes])
        ids = {sku: each.id for sku, each in found.items() if isinstance(each, WireStock)}
        known = [change for change in changes if change.sku in ids]
        problems = settle(known, lambda some: self._send(some, ids, _CLOSEOUT[manage]))
        refused = {sku: each for sku, each in found.items() if isinstance(each, Reason)}
        unknown = {change.sku: unknown_sku(TITLE, change.sku) for change in changes if change.sku not in found}
        named = {known[place].sku: _reason(known[place].sku, problem) for place, problem in problems.items()}
        return {**unknown, **refused, **named}

    @property
    def _net(self) -> bool:
        return self.facts.features.stock_falls_at_order

    def _send(
        self, changes: Sequence[StockChange], ids: Mapping[str, str], flags: Mapping[str, bool]
    ) -> Refused | None:
        rows = [{"id": ids[change.sku], "stock": _units(change), **flags} for change in changes]
        return upsert_each(self.facts.api.client, "product", rows, self.facts.features)


def _units(change: StockChange) -> int:
    return int(whole_pieces(change.quantity))


def _reason(sku: str, problem: Problem) -> Reason:
    """A blank required field means that the shop wanted to insert a product: it has none of this id (any more)."""
    if problem.code == BLANK:
        return unknown_sku(TITLE, sku)
    return Reason(
        code="refused_by_shop",
        text=f"Shopware refuses the stock of {sku!r}: {problem.text}",
        fix="Read the shop's reason; a plugin or a figure beyond what the shop can hold is the usual cause.",
    )
