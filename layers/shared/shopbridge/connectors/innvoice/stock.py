"""InnVoice as a source of stock, by warehouse; and as a target of it by our stand-in only."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from shopbridge.connectors.innvoice.product_index import YOUNG, InnVoiceProductIndex, ListedProduct, Rows
from shopbridge.connectors.innvoice.settings import InnVoiceSettings
from shopbridge.connectors.innvoice.stand_in import BATCH, StandIn
from shopbridge.connectors.innvoice.wire import ProductRow
from shopbridge.connectors.kit.reasons import unknown_sku
from shopbridge.connectors.kit.sku_index import Met, Standings, spellings
from shopbridge.connectors.kit.whole_list import item_id, rank_of
from shopbridge.errors import NeedsAttention
from shopbridge.mapping.numbers import sensible
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
)


class InnVoiceStock:
    """What an account says is there; the port ``StockSource`` tells the terms.

    Every warehouse is told on its own, so that one of them, or the sum of several, can be taken.
    """

    falls_with_orders = True

    def __init__(self, index: InnVoiceProductIndex) -> None:
        self._index = index

    def page(self, position: str | None) -> StockPage:
        """Return the whole list, as one page."""
        del position
        return StockPage(levels=tuple(self._levels(self._index.now())), position=None)

    def of(self, skus: Sequence[str]) -> Sequence[StockLevel]:
        """Return the products with these SKUs; for that, too, the whole list is read."""
        rows, wanted = self._index.now(), set(skus) - {""}
        return list(self._levels({code: found for code, found in rows.items() if code in wanted}))

    def _levels(self, rows: Rows) -> Iterator[StockLevel]:
        for code, found in rows.items():
            for number, each in enumerate(found, 1):
                yield level_of(each, item_id(code, number))


def level_of(found: ListedProduct, item: ExternalId) -> StockLevel:
    """Return the stock of one product. One that cannot be read has no figures, and so nothing is written for it.

    [inferred] That a product without any entry is kept without stock. InnVoice does not tell what is reserved.
    """
    row = found.row
    quantities = {name: entry.quantity for name, entry in row.warehouses.items()} if row else {}
    figures = tuple(
        Figures(warehouse=name, on_hand=quantity, reserved=None, available=None)
        for name, quantity in (quantities or {"": None}).items()
    )
    managed = row is None or bool(quantities)
    return StockLevel(sku=found.code, rank=rank_of(found.code), item=item, managed=managed, figures=figures)


def quantity_in(row: ProductRow, warehouse: str) -> Decimal | None:
    """Return what lies in the warehouse of this id; None where the list does not tell."""
    return next((each.quantity for each in row.stock.entries if each.id == warehouse), None)


def stock_row(sku: str, quantity: Decimal, warehouse: str) -> dict[str, Any]:
    """Return a row of the stand-in."""
    return {"CikkSzam": sku, "RaktarID": warehouse, "Raktar_Keszlet": sensible(quantity)}


class InnVoiceStockWriter:
    """Writes what lies in one warehouse."""

    traits = StockTraits(batch=BATCH, whole_units=False, by_id=False)

    def __init__(self, stand_in: StandIn, index: InnVoiceProductIndex, settings: InnVoiceSettings) -> None:
        self._stand_in = stand_in
        self._index = index
        self._warehouse = settings.stand_in_warehouse

    def will_deduct(self, skus: Sequence[str]) -> Mapping[str, Decimal]:
        """Return nothing, and no call: what InnVoice will still take off for its documents is not known to be told."""
        del skus
        return {}

    def reader(self) -> Standings[None]:
        """Read the whole list once, as one page."""
        return Standings("InnVoice", lambda _: (self._met(self._index.now()), None))

    def write(self, changes: Sequence[StockChange], *, manage: ManageStock, warehouse: str) -> Mapping[str, Reason]:
        """Write absolute figures; those not taken, with the reason.

        Raises:
            NeedsAttention: The settings ask for what even the stand-in cannot do.
        """
        if manage != "untouched" or warehouse not in ("", self._warehouse):
            raise NeedsAttention(
                "InnVoice has no switch for keeping stock, and writes go to the warehouse stand_in_warehouse only",
                where="stock.manage_stock, stock.target_warehouse",
                fix="Set manage_stock to untouched and leave target_warehouse empty.",
            )
        refused = self._stand_in.write(
            "stock", [stock_row(each.sku, each.quantity, self._warehouse) for each in changes]
        )
        return self._reasons(refused)

    def _reasons(self, refused: Mapping[str, str]) -> Mapping[str, Reason]:
        """Why each was refused: what InnVoice says of an SKU that it does not have is not known, so it is looked up."""
        rows = self._index.lately(YOUNG) if refused else {}
        spelt = spellings(rows)
        return {sku: self._reason(sku, told, rows, spelt.get(sku.casefold(), ())) for sku, told in refused.items()}

    def _reason(self, sku: str, told: str, rows: Rows, alike: Sequence[str]) -> Reason:
        if sku not in rows:
            return other_capitals("InnVoice", sku, alike) or unknown_sku("InnVoice", sku)
        return Reason(code="refused", text=f"InnVoice does not take it for {sku} ({told}).", fix="See the message.")

    def _met(self, rows: Rows) -> Iterator[Met]:
        for code, found in rows.items():
            for each in found:
                figure = quantity_in(each.row, self._warehouse) if each.row else None
                yield code, None if figure is None else Standing(quantity=figure, will_deduct=Decimal(0))
