"""Writing stock in bulk, without ever making a product (platform file, "Stock" and "Sync API")."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from shopbridge.connectors.shopware.api import AdminApi
from shopbridge.connectors.shopware.settling import Refused, blame, settle
from shopbridge.connectors.shopware.stock import known_skus
from shopbridge.connectors.shopware.sync import BLANK, UNRESOLVED, Operation, Problem, sync
from shopbridge.connectors.shopware.versions import Features
from shopbridge.mapping.numbers import whole_pieces
from shopbridge.model.ledger import Reason
from shopbridge.model.stock import StockChange, StockTraits
from shopbridge.model.stock_settings import ManageStock

STOCK_TRAITS = StockTraits(batch=500, whole_units=True, by_id=False)

NO_WAREHOUSES = Reason(
    code="no_warehouses",
    text="Shopware keeps one figure for each SKU, so there is no warehouse to write to",
    fix="Leave target_warehouse of the connection's stock settings empty.",
)

KEY = "stock"
_CLOSEOUT: Final[Mapping[ManageStock, Mapping[str, bool]]] = {
    "untouched": {},
    "managed": {"isCloseout": True},
    "unmanaged": {"isCloseout": False},
}
_UNKNOWN = Problem(UNRESOLVED, "no product has this number")


@dataclass(frozen=True)
class StockWriter:
    """Writes figures by SKU; from 6.5.2 the shop itself finds the products, before they are looked up.

    An id that was deleted in between would be an insertion without any of the fields a product needs, so it fails.
    """

    api: AdminApi
    features: Features

    def write(self, changes: Sequence[StockChange], manage: ManageStock) -> dict[str, Reason]:
        """Returns those that were not taken. One search more before 6.5.2, and one call more for unknown SKUs."""
        ids = None if self.features.resolves_numbers else self._ids(changes)
        known = [change for change in changes if ids is None or change.sku in ids]
        refused = settle(known, lambda some: self._send(some, ids, _CLOSEOUT[manage]))
        reasons = {known[place].sku: _reason(known[place].sku, problem) for place, problem in refused.items()}
        unknown = {change.sku for change in changes} - {change.sku for change in known}
        return {sku: _unknown(sku) for sku in sorted(unknown)} | reasons

    def _send(
        self, changes: Sequence[StockChange], ids: Mapping[str, str] | None, flags: Mapping[str, bool]
    ) -> Refused | None:
        records = [{"id": _target(change.sku, ids), "stock": _units(change), **flags} for change in changes]
        refusal = sync(self.api.client, [Operation(KEY, "product", records)], self.features)
        if refusal is None:
            return None
        refused = blame(refusal, {KEY: [(place,) for place in range(len(changes))]})
        return refused if refused.at else Refused(refusal.whole, self._gone(changes))

    def _gone(self, changes: Sequence[StockChange]) -> dict[int, Problem]:
        """Without pointers: those that the shop does not have, if there are any."""
        ids = self._ids(changes)
        return {place: _UNKNOWN for place, change in enumerate(changes) if change.sku not in ids}

    def _ids(self, changes: Sequence[StockChange]) -> dict[str, str]:
        return known_skus(self.api, [change.sku for change in changes])


def _target(sku: str, ids: Mapping[str, str] | None) -> Any:
    return {"resolver": "product.number", "value": sku} if ids is None else ids[sku]


def _units(change: StockChange) -> int:
    return int(whole_pieces(change.quantity))


def _reason(sku: str, problem: Problem) -> Reason:
    """A blank required field means that the shop wanted to insert a product: it has none of this id (any more)."""
    if problem.code in (UNRESOLVED, BLANK):
        return _unknown(sku)
    return Reason(
        code="refused_by_shop",
        text=f"Shopware refuses the stock of {sku!r}: {problem.text}",
        fix="Read the shop's reason; a plugin or a figure beyond what the shop can hold is the usual cause.",
    )


def _unknown(sku: str) -> Reason:
    return Reason(
        code="unknown_sku",
        text=f"Shopware has no product {sku!r}",
        fix="Give the product in Shopware this number, or create it there; capitals count.",
    )
