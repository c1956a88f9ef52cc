"""Stock as a shop tells it: one figure for each row, of one warehouse."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from shopbridge.connectors.cartum.product_index import CartumProductIndex, ListedRow, listed
from shopbridge.connectors.cartum.settings import CartumSettings
from shopbridge.connectors.cartum.wire_products import WireStocked
from shopbridge.connectors.kit.whole_list import page_behind, rank_in, rank_of
from shopbridge.mapping.identity import is_sound, sound_name
from shopbridge.model.base import ExternalId
from shopbridge.model.stock import Figures, StockLevel, StockPage

NOTHING = Decimal(0)


@dataclass(frozen=True)
class CartumStock:
    """What a shop says is there."""

    index: CartumProductIndex
    settings: CartumSettings

    def page(self, position: str | None) -> StockPage:
        """Return the next 250 rows in an order of our own; the first page reads them all, 500 in a call."""
        shelf = self.index.afresh() if position is None else self.index.shelf
        rows = {article: [row] for article, row in shelf.rows.items()}
        items, after = page_behind(rank_in(position), rows)
        return StockPage(levels=tuple(self._level(row) for _, row in items), position=after)

    def of(self, skus: Sequence[str]) -> Sequence[StockLevel]:
        """Return the rows with these articles, as they are now; 200 in a call."""
        rows = self.index.found(skus).values()
        return [self._level(row) for each in rows for row in listed(each)]

    def _level(self, row: ListedRow) -> StockLevel:
        sku = row.article if is_sound(row.article) else sound_name(row.article)
        told = row.stocked if isinstance(row.stocked, WireStocked) and sku == row.article else None
        return StockLevel(
            sku=sku,
            rank=rank_of(row.article),
            item=ExternalId(sku),
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
