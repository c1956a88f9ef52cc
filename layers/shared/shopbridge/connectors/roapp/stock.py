"""RO App as a source of stock, by warehouse.

Stock is changed there by documents alone (postings and write-offs, doc L1), each of which moves a difference: no call
sets a figure, and none would be safe to repeat. So RO App is no target of stock.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from decimal import Decimal

from shopbridge.connectors.kit.kept import Kept
from shopbridge.connectors.kit.rows import read_row
from shopbridge.connectors.roapp.api import GOODS, WAREHOUSES, Params, all_rows, short_list
from shopbridge.connectors.roapp.product_index import ListedProduct, SweptPage, product_id, product_step
from shopbridge.connectors.roapp.settings import RoAppSettings
from shopbridge.connectors.roapp.wire import GoodsRow, NamedRow
from shopbridge.errors import NeedsAttention
from shopbridge.http.client import PlatformClient
from shopbridge.model.base import ExternalId, in_batches
from shopbridge.model.stock import Figures, StockLevel, StockPage
from shopbridge.ports import Clock

KEPT = timedelta(hours=1)
AT_ONCE = 50
"""Products in one question: as many as a page has rows."""
Stock = Mapping[int, Mapping[int, GoodsRow | None]]
"""By warehouse and product; None for a row that cannot be read."""
NONE_THERE = Decimal(0)
"""[inferred] What a warehouse has of a product that it does not list."""


class RoAppStock:
    """What an account says is there; the port ``StockSource`` tells the terms.

    [inferred] RO App does not show what is reserved (platform file, "Stock and prices"). An order lowers nothing until
    its goods are written off (client L4), so that its units are told as being there.
    """

    falls_with_orders = False
    """Goods leave the figure when they are written off (platform file, "Lines")."""

    def __init__(self, settings: RoAppSettings, client: PlatformClient, clock: Clock) -> None:
        self._settings = settings
        self._client = client
        self._warehouses = Kept(self._read_warehouses, clock, KEPT)

    def page(self, position: str | None) -> StockPage:
        """Return a page of products, with a call for each warehouse."""
        step = product_step(self._client, SweptPage.parse(position))
        stock = self.beside(step.products)
        levels = tuple(_level(product, stock) for product in step.products)
        return StockPage(levels=levels, position=step.following.model_dump_json() if step.following else None)

    def beside(self, products: Sequence[ListedProduct]) -> Stock:
        """Return what the warehouses have of these products."""
        ids = [str(product.id) for product in products]
        return {warehouse: self._goods(warehouse, {"ids[]": ids}) if ids else {} for warehouse in self._chosen()}

    def of(self, skus: Sequence[str]) -> Sequence[StockLevel]:
        """Return the products with these SKUs: a call for each warehouse and 50 of them."""
        wanted = [sku for sku in dict.fromkeys(skus) if sku]
        return [level for batch in in_batches(wanted, AT_ONCE) for level in self._levels(batch)]

    def _levels(self, skus: Sequence[str]) -> Iterator[StockLevel]:
        stock = {warehouse: self._goods(warehouse, {"articles[]": list(skus)}) for warehouse in self._chosen()}
        found = {key: row for goods in stock.values() for key, row in goods.items() if row and row.sku in skus}
        for key, row in sorted(found.items()):
            yield _level(ListedProduct(key, None, sku=row.sku), stock, readable=True)

    def _goods(self, warehouse: int, params: Params) -> Mapping[int, GoodsRow | None]:
        rows = all_rows(self._client, f"{GOODS}/{warehouse}", params)
        read = ((product_id(row), read_row(GoodsRow, row)) for row in rows)
        return {key: row if isinstance(row, GoodsRow) else None for key, row in read if key}

    def _chosen(self) -> Sequence[int]:
        """Those that are set, or all.

        Raises:
            NeedsAttention: The account has none that keeps products.
        """
        chosen = self._settings.warehouses or tuple(each.id for each in self._warehouses.value())
        if not chosen:
            raise NeedsAttention(
                "RO App names no warehouse of products",
                where="RO App, warehouses",
                fix="Give the employee of the API key access to the warehouses, or make one in RO App.",
            )
        return chosen

    def _read_warehouses(self) -> Sequence[NamedRow]:
        return short_list(self._client, WAREHOUSES, NamedRow, {"type": "product"})


def in_all(product: ListedProduct, stock: Stock) -> Decimal | None:
    """Return what all warehouses have of a product; None where one of them does not tell."""
    known = [_on_hand(goods, product.id) for goods in stock.values()]
    told = [quantity for quantity in known if quantity is not None]
    return sum(told, NONE_THERE) if len(told) == len(known) else None


def _level(product: ListedProduct, stock: Stock, *, readable: bool = False) -> StockLevel:
    """A product that cannot be read has no figures, and so nothing is written for it."""
    known = readable or product.row is not None
    figures = tuple(
        Figures(
            warehouse=str(warehouse),
            on_hand=_on_hand(goods, product.id) if known else None,
            reserved=None,
            available=None,
        )
        for warehouse, goods in stock.items()
    )
    item = ExternalId(str(product.id))
    return StockLevel(sku=product.sku, rank=product.id, item=item, managed=True, figures=figures)


def _on_hand(goods: Mapping[int, GoodsRow | None], product: int) -> Decimal | None:
    if product not in goods:
        return NONE_THERE
    row = goods[product]
    return row.residue if row else None
