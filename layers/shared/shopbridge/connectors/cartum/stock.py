"""Stock: read, and written, as figures of one warehouse where the shop keeps any, else as whether it can be bought.

An article that is not there would become a new product, so what is written is looked for first. A shop may say that
all went well and drop what its settings do not allow (platform file, "Import"), so figures that were to change are read
back.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from shopbridge.connectors.cartum.api import CartumApi
from shopbridge.connectors.cartum.imports import import_rows
from shopbridge.connectors.cartum.outcomes import TITLE
from shopbridge.connectors.cartum.product_index import LARGEST_PAGE, CartumProductIndex, ListedRow, list_page, listed
from shopbridge.connectors.cartum.settings import CartumSettings
from shopbridge.connectors.cartum.wire_products import WireStocked
from shopbridge.connectors.kit.reasons import no_warehouses, unknown_sku
from shopbridge.connectors.kit.sku_index import Met, Standings
from shopbridge.connectors.kit.whole_list import in_order, page_behind, rank_in, rank_of
from shopbridge.mapping.json_data import json_number
from shopbridge.mapping.numbers import whole_pieces
from shopbridge.model.base import ExternalId
from shopbridge.model.ledger import Reason
from shopbridge.model.stock import (
    Figures,
    ManageStock,
    Standing,
    StockChange,
    StockLevel,
    StockPage,
    StockTraits,
    other_capitals,
    sold_otherwise,
)

NOTHING = Decimal(0)
BATCH = 200
"""[inferred] Rows in one call: clients send hundreds, or the whole catalogue (platform file, "Stock and prices")."""
NO_SWITCH: Final = Reason(
    code="no_stock_switch",
    text="Cartum's API has no switch for whether a product is sold without stock",
    fix="Set manage_stock of the connection's stock settings to untouched.",
)
AS_A_GROUP: Final = "as the rows of its group"


@dataclass(frozen=True)
class CartumStock:
    """What a shop says is there."""

    falls_with_orders = True

    index: CartumProductIndex
    settings: CartumSettings

    def page(self, position: str | None) -> StockPage:
        """Return the next 250 rows in an order of our own; the first page reads them all, 500 in a call."""
        shelf = self.index.afresh() if position is None else self.index.shelf
        rows = {article: [shelf.rows[article]] for article in in_order(shelf.rows)}
        items, after = page_behind(rank_in(position), rows)
        return StockPage(levels=tuple(self._level(row) for _, row in items), position=after)

    def of(self, skus: Sequence[str]) -> Sequence[StockLevel]:
        """Return the rows with these articles, as they are now; 200 in a call."""
        rows = self.index.found(skus).values()
        return [self._level(row) for each in rows for row in listed(each)]

    def _level(self, row: ListedRow) -> StockLevel:
        told = row.stocked if isinstance(row.stocked, WireStocked) else None
        return StockLevel(
            sku=row.article,
            rank=rank_of(row.article),
            item=ExternalId(row.article),
            managed=self.settings.stock_as == "residues",
            figures=(self._figures(told.stock_in(self.settings.warehouse) if told else None),),
        )

    def _figures(self, stock: Decimal | None) -> Figures:
        """Where an order lowers the stock at once, nothing is reserved beside it; else Cartum does not say."""
        net = self.settings.orders_lower_stock and stock is not None
        return Figures(on_hand=stock, reserved=NOTHING if net else None, available=stock if net else None)


def groups_of(rows: Sequence[ListedRow]) -> Iterator[str]:
    """Yield the articles of groups that these rows belong to and none of them is."""
    own = {row.article for row in rows}
    return (group for group in dict.fromkeys(row.group for row in rows) if group not in own)


@dataclass(frozen=True)
class CartumStockWriter:
    """Writes figures by article."""

    api: CartumApi
    index: CartumProductIndex
    settings: CartumSettings

    @property
    def traits(self) -> StockTraits:
        """By SKU, whole units."""
        return StockTraits(batch=BATCH, whole_units=True, by_id=False)

    def will_deduct(self, skus: Sequence[str]) -> Mapping[str, Decimal]:
        """Return nothing, without a call: orders take their goods when they are placed, or never."""
        del skus
        return {}

    def reader(self) -> Standings[str]:
        """Read the list page by page."""
        return Standings(TITLE, self._standings)

    def write(self, changes: Sequence[StockChange], *, manage: ManageStock, warehouse: str) -> dict[str, Reason]:
        """Write absolute figures, so it may be repeated: one call to look, one to write, one to look again."""
        if warehouse not in ("", self.settings.warehouse) or manage != "untouched":
            return {
                each.sku: NO_SWITCH if manage != "untouched" else _other_warehouse(self.settings) for each in changes
            }
        if not changes:
            return {}
        before = self._read(changes)
        refused = {each.sku: self._unknown(each.sku) for each in changes if each.sku not in before}
        known = [each for each in changes if each.sku in before]
        refused |= self._write(known)
        written = [each for each in known if each.sku not in refused]
        return refused | self._unless_arrived(written, before)

    def _read(self, changes: Sequence[StockChange]) -> dict[str, WireStocked | str]:
        rows = self.index.found(each.sku for each in changes).values()
        return {row.article: row.stocked for each in rows for row in listed(each)}

    def _write(self, changes: Sequence[StockChange]) -> dict[str, Reason]:
        outcomes = import_rows(self.api, [{"article": each.sku, **self._figure(each.quantity)} for each in changes])
        return {
            sku: Reason(
                code="refused_by_shop",
                text=f"Cartum did not take the stock of {sku!r}: {'; '.join(outcome.problems) or 'no reason given'}",
                fix="Read Cartum's reason. Where warehouse accounting is off, set stock_as of the connection to "
                "presence; where it is on, to residues.",
            )
            for sku, outcome in outcomes.items()
            if outcome.problems or not outcome.is_done
        }

    def _figure(self, quantity: Decimal) -> dict[str, Any]:
        pieces = max(whole_pieces(quantity), NOTHING)
        if self.settings.stock_as == "presence":
            return {"presence": self.settings.in_stock if pieces else self.settings.out_of_stock}
        return {"residues": [{"warehouse": self.settings.warehouse, "quantity": json_number(pieces)}]}

    def _unless_arrived(
        self, changes: Sequence[StockChange], before: Mapping[str, WireStocked | str]
    ) -> dict[str, Reason]:
        """Nothing of a figure that moved, by us or by somebody who bought meanwhile; else why it stayed."""
        if self.settings.stock_as == "presence":
            return {}
        old = {each.sku: self._stock(before[each.sku]) for each in changes}
        moved = [each for each in changes if old[each.sku] != max(whole_pieces(each.quantity), NOTHING)]
        now = self._read(moved) if moved else {}
        stayed = (each.sku for each in moved if each.sku in now and self._stock(now[each.sku]) == old[each.sku])
        return {sku: _not_arrived(sku, self.settings) for sku in stayed}

    def _stock(self, row: WireStocked | str) -> Decimal | None:
        return row.stock_in(self.settings.warehouse) if isinstance(row, WireStocked) else None

    def _unknown(self, sku: str) -> Reason:
        """Why there is no row to write to; what was not found by its article is looked for in the list."""
        shelf = self.index.shelf
        if shelf.is_group_only(sku):
            return sold_otherwise(TITLE, sku, AS_A_GROUP)
        return other_capitals(TITLE, sku, shelf.alike(sku)) or unknown_sku(TITLE, sku)

    def _standings(self, position: str | None) -> tuple[list[Met], str | None]:
        rows, after = list_page(self.api, position, min(self.settings.page_size, LARGEST_PAGE))
        parents: list[Met] = [(group, sold_otherwise(TITLE, group, AS_A_GROUP)) for group in groups_of(rows)]
        seen = {row.article: row for row in rows if position is None or row.article != position.partition(":")[2]}
        return [*(self._met(row) for row in seen.values()), *parents], after

    def _met(self, row: ListedRow) -> Met:
        stock = self._stock(row.stocked)
        told = self.settings.stock_as == "residues" and stock is not None
        return row.article, Standing(quantity=stock, will_deduct=NOTHING) if told and stock is not None else None


def _other_warehouse(settings: CartumSettings) -> Reason:
    reason = no_warehouses(TITLE)
    fix = f"Leave target_warehouse of the connection's stock settings empty, or write {settings.warehouse!r} there."
    return reason.model_copy(update={"fix": fix})


def _not_arrived(sku: str, settings: CartumSettings) -> Reason:
    return Reason(
        code="not_written",
        text=f"Cartum says that the stock was written, but {sku!r} still has the old one",
        fix=f"Look whether the shop has a warehouse {settings.warehouse!r} and its accounting is on; where that is "
        "off, set stock_as of the connection to presence.",
    )
