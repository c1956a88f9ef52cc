"""SalesPOS as a source of stock."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from shopbridge.connectors.salespos.account import SalesPosAccount
from shopbridge.connectors.salespos.api import Sweep, step
from shopbridge.connectors.salespos.product_index import Found, SalesPosProductIndex
from shopbridge.connectors.salespos.stock.open_orders import NOTHING, OpenOrderRows, OpenRows, reserved
from shopbridge.connectors.salespos.wire_products import (
    StockedRead,
    VariantRead,
    item_id,
    product_sku,
    sold_as_variants,
    variant_sku,
)
from shopbridge.model.stock import Figures, StockLevel, StockPage


@dataclass(frozen=True)
class SoldItem:
    """One thing that is sold under a number.

    Attributes:
        variant: None for the product itself.
        shared: Its stock is the product's, which other variants have too: no figure is its own.
    """

    sku: str
    product: int
    variant: int | None
    stock: Decimal | None
    managed: bool
    shared: bool


class SalesPosStock:
    """What an account says is there; the port ``StockSource`` tells the terms."""

    falls_with_orders = True

    def __init__(self, account: SalesPosAccount, orders: OpenOrderRows, index: SalesPosProductIndex) -> None:
        self._account = account
        self._orders = orders
        self._index = index

    def page(self, position: str | None) -> StockPage:
        """Return up to 250 products by ascending id, in one call; none is missed when others are deleted meanwhile."""
        place = Sweep.parse(position)
        before = self._orders.read()
        new, after_this = step(place, self._index.page(place))
        levels = self._levels([self._index.noted(product) for product in new], before)
        return StockPage(levels=tuple(levels), position=after_this.text() if after_this else None)

    def of(self, skus: Sequence[str]) -> Sequence[StockLevel]:
        """Return the records with these numbers.

        A product is asked for by its number, one call each; a variant is read where its number was met last. Only for
        what is still missing then, all products are read, at most once in ten minutes.
        """
        before = self._orders.read()
        wanted = {sku for sku in skus if sku}
        search = _Search(self._index)
        for sku in sorted(wanted):
            search.look_for(sku)
        if wanted - search.skus:
            self._index.read_all()
            search.read(place for sku in wanted - search.skus for place in self._index.seen.ids(sku))
        return [level for level in self._levels(search.found.values(), before) if level.sku in wanted]

    def _levels(self, products: Iterable[Found], before: OpenRows) -> Iterator[StockLevel]:
        """The stock of what was just read; the orders are read once more after it."""
        known = list(products)
        after = self._orders.read() if known else before
        for product, variants in known:
            units = reserved(product.id, variants, before, after)
            for item in sold_items(product, variants, keeps_stock=self._account.keeps_stock):
                yield _level(item, units.get(item.variant, NOTHING))


class _Search:
    """Products read one by one, none twice."""

    def __init__(self, index: SalesPosProductIndex) -> None:
        self._index = index
        self.found: dict[int, Found] = {}

    @property
    def skus(self) -> set[str]:
        """All numbers that the found products are sold under."""
        return {item.sku for found in self.found.values() for item in sold_items(*found, keeps_stock=True)}

    def look_for(self, sku: str) -> None:
        """Where a variant with this number was met, or by the product's own number."""
        self.read(self._index.of_variant(sku))
        if sku not in self.skus:
            self.found |= {found[0].id: found for found in self._index.ask(sku)}

    def read(self, ids: Iterable[int]) -> None:
        """Read these, but for those that are gone."""
        read = {place: self._index.read(place) for place in sorted(set(ids) - set(self.found))}
        self.found |= {place: found for place, found in read.items() if found is not None}


def sold_items(product: StockedRead, variants: Sequence[VariantRead], *, keeps_stock: bool) -> Iterator[SoldItem]:
    """Yield what a product sells: its variants where stock lies on them.

    Else itself, and variants that share its stock.
    """
    on_variants = sold_as_variants(product, variants)
    managed = keeps_stock and product.stockenabled is True
    if not on_variants:
        yield SoldItem(product_sku(product), product.id, None, product.stock, managed, shared=False)
    for variant in variants:
        sku = variant_sku(product, variant)
        yield SoldItem(sku, product.id, variant.id, variant.stock, managed and on_variants, shared=not on_variants)


def _level(item: SoldItem, reserved: Decimal) -> StockLevel:
    """SalesPOS has no figure of its own for what may be sold."""
    figures = Figures(on_hand=item.stock, reserved=reserved, available=None)
    place = item_id(item.product, item.variant)
    return StockLevel(sku=item.sku, rank=item.product, item=place, managed=item.managed, figures=(figures,))
