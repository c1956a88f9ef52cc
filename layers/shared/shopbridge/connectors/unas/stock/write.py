"""Stock, written by SKU as absolute figures, which may be sent again (platform file, "Stock").

UNAS stops at the first SKU that it does not know, and failed calls end in a ban. So what is written is looked for
first; what was seen within the hour is believed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import ROUND_FLOOR, Decimal
from functools import partial
from typing import Any

from shopbridge.connectors.kit.kept import Kept
from shopbridge.connectors.kit.reasons import unknown_sku
from shopbridge.connectors.kit.rows import Row
from shopbridge.connectors.kit.sku_index import Met, Standings
from shopbridge.connectors.unas.account import read_warehouses
from shopbridge.connectors.unas.api import LARGEST_WRITE, PRODUCTS, UnasApi, write_all
from shopbridge.connectors.unas.outcomes import TITLE
from shopbridge.connectors.unas.product_index import UnasProductList, row_id, row_sku
from shopbridge.connectors.unas.settings import MAIN_STOCK, UnasSettings
from shopbridge.connectors.unas.stock.read import StockedRecord, product_skus, records_of
from shopbridge.connectors.unas.wire import WireWarehouse, amount_text
from shopbridge.errors import NeedsAttention, Rejected
from shopbridge.mapping.numbers import sensible
from shopbridge.model.ledger import Reason
from shopbridge.model.stock import (
    ManageStock,
    Standing,
    StockChange,
    StockTraits,
    ambiguous,
    other_capitals,
    sold_otherwise,
)
from shopbridge.ports import Clock

NOTHING = Decimal(0)
FINEST = Decimal("0.0001")
"""Digits of a figure that UNAS takes (platform file, "Stock")."""
KEPT = timedelta(hours=1)
"""How long an SKU is believed to be there that was seen: a comparison finds the few that went meanwhile."""
NO_SWITCH = Reason(
    code="no_stock_switch",
    text="The bridge does not change whether UNAS keeps stock for a product",
    fix="Set manage_stock of the connection's stock settings to untouched.",
)
Found = tuple[Row, StockedRecord]
"""A product's row, and what of it has the SKU."""
Warehouses = Kept[Sequence[WireWarehouse]]
"""The further warehouses of a shop."""


def kept_warehouses(api: UnasApi, clock: Clock) -> Warehouses:
    """Return them, not read yet."""
    return Kept(lambda: read_warehouses(api), clock, KEPT)


@dataclass(frozen=True)
class UnasStockWriter:
    """Writes figures by SKU."""

    api: UnasApi
    stocked: UnasProductList
    settings: UnasSettings
    warehouses: Warehouses

    traits = StockTraits(batch=LARGEST_WRITE, whole_units=False, by_id=False)
    """By SKU, with up to four digits behind the point."""

    def will_deduct(self, skus: Sequence[str]) -> Mapping[str, Decimal]:
        """Return nothing, without a call: orders take their goods when they are placed."""
        del skus
        return {}

    def reader(self) -> Standings[str]:
        """Read the list page by page."""
        return Standings(TITLE, partial(standings_page, self.stocked, self.settings))

    def write(self, changes: Sequence[StockChange], *, manage: ManageStock, warehouse: str) -> dict[str, Reason]:
        """Write absolute figures, so it may be repeated.

        Raises:
            NeedsAttention: The shop has no such warehouse.
            RetryLater: Some or none were written.
        """
        if manage != "untouched":
            return {change.sku: NO_SWITCH for change in changes}
        where = self._where(warehouse)
        found = self._found([change.sku for change in changes], KEPT)
        refused = {change.sku: reason for change in changes if (reason := self._problem(found, change.sku))}
        known = [change for change in changes if change.sku not in refused]
        records = [_record(found[change.sku][0], change, where) for change in known]
        send = partial(self._send, repeatable=True)
        failed = write_all(records, send, PRODUCTS, lambda record: str(record["Sku"])).refused if records else {}
        return refused | self._explained({known[at].sku: error for at, error in failed.items()}, found)

    def _send(self, records: Sequence[Mapping[str, Any]], *, repeatable: bool) -> Any:
        return self.api.write("setStock", PRODUCTS, records, repeatable=repeatable)

    def _where(self, warehouse: str) -> str | None:
        """The main warehouse is written without a name (platform file, "Stock")."""
        if warehouse in ("", MAIN_STOCK):
            return None
        if warehouse not in (known := {each.id: each.name for each in self.warehouses.value()}):
            listed = ", ".join(f"{key} = {name}" for key, name in {MAIN_STOCK: "main stock", **known}.items())
            raise NeedsAttention(
                f"The shop has no warehouse {warehouse!r}",
                where="stock.target_warehouse",
                fix=f"Choose one of: {listed}.",
            )
        return warehouse

    def _found(self, skus: Sequence[str], kept: timedelta) -> dict[str, list[Found]]:
        """What has each SKU; whatever its capitals, so that neighbours can be told."""
        names = {sku: product_skus(sku, self.settings) for sku in skus}
        rows = self.stocked.find((name for each in names.values() for name in each), kept)
        return {
            sku: [
                (row, record)
                for name in each
                for row in rows.get(name, ())
                for record in records_of(row, self.settings)
                if record.sku == sku
            ]
            for sku, each in names.items()
        }

    def _problem(self, found: Mapping[str, Sequence[Found]], sku: str) -> Reason | None:
        """Why no figure can be written for an SKU that was looked for."""
        there = found.get(sku, ())
        if len(there) > 1:
            return ambiguous(TITLE, sku)
        if there:
            return problem_of(*there[0], self.settings)
        alike = {each for name in product_skus(sku, self.settings) for each in self.stocked.alike(name)}
        return other_capitals(TITLE, sku, alike) or unknown_sku(TITLE, sku)

    def _explained(self, failed: Mapping[str, Rejected], found: Mapping[str, Sequence[Found]]) -> dict[str, Reason]:
        """One that went since it was seen is unknown; the others UNAS refuses."""
        if not failed:
            return {}
        self.stocked.forget(row_id(row) for sku in failed for row, _ in found[sku])
        again = self._found(list(failed), KEPT)
        return {sku: self._problem(again, sku) or _refused(sku, error) for sku, error in failed.items()}


def standings_page(
    stocked: UnasProductList, settings: UnasSettings, position: str | None
) -> tuple[list[Met], str | None]:
    """Return what a page of the list has under which SKU, and the position of the next one."""
    step = stocked.step(position)
    return [met for _, row in step.rows for met in _met(row, settings)], step.position


def _met(row: Row, settings: UnasSettings) -> list[Met]:
    met: list[Met] = []
    for record in records_of(row, settings):
        units = record.figures.get(MAIN_STOCK)
        standing = None if units is None else Standing(quantity=units, will_deduct=NOTHING)
        met.append((record.sku, problem_of(row, record, settings) or standing))
    return met


def problem_of(row: Row, record: StockedRecord, settings: UnasSettings) -> Reason | None:
    """Return why a record that is there takes no figure: its stock lies on its combinations."""
    on_variants = settings.variant_skus == "product" and has_combinations(row, settings)
    return sold_otherwise(TITLE, record.sku, "with stock for each variant") if on_variants else None


def has_combinations(row: Row, settings: UnasSettings) -> bool:
    """Tell whether stock lies on combinations of variants."""
    joined = settings.model_copy(update={"variant_skus": "joined"})
    return any(record.values for record in records_of(row, joined))


def _record(found: Found, change: StockChange, warehouse: str | None) -> dict[str, Any]:
    row, record = found
    variants = {"Variant": list(record.values)} if record.values else None
    units = sensible(max(change.quantity, NOTHING)).quantize(FINEST, ROUND_FLOOR)
    stock = {"WarehouseId": warehouse, "Variants": variants, "Qty": amount_text(units)}
    return {"Action": "modify", "Sku": row_sku(row), "Stocks": {"Stock": stock}}


def _refused(sku: str, error: Rejected) -> Reason:
    return Reason(code="refused_by_shop", text=f"UNAS refuses the stock of {sku!r}: {error.what}", fix=error.fix)
