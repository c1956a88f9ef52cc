"""SalesPOS as a source of stock."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from shopbridge.connectors.salespos.account import SalesPosAccount
from shopbridge.connectors.salespos.api import SIZE, Sweep, get, read_if_there, step
from shopbridge.connectors.salespos.product_index import EXPANDED, SalesPosProductIndex
from shopbridge.connectors.salespos.stock.open_orders import NOTHING, OpenOrderRows, OpenRows, Units, reserved
from shopbridge.connectors.salespos.wire_products import (
    STOCKED,
    STOCKED_PAGE,
    StockedRead,
    VariantRead,
    item_id,
    product_sku,
    sold_as_variants,
    variant_sku,
)
from shopbridge.http.client import PlatformClient
from shopbridge.model.stock import Figures, StockLevel, StockPage

Found = tuple[StockedRead, Sequence[VariantRead]]
"""A product with its variants."""


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

    def __init__(
        self, client: PlatformClient, account: SalesPosAccount, orders: OpenOrderRows, index: SalesPosProductIndex
    ) -> None:
        self._client = client
        self._account = account
        self._orders = orders
        self._index = index

    def page(self, position: str | None) -> StockPage:
        """Up to 250 products by ascending id, in one call; none is missed when others are deleted meanwhile."""
        place = Sweep.parse(position)
        before = self._orders.read()
        new, after_this = step(place, self._index.page(place))
        levels = self._levels([(product, self._index.variants(product)) for product in new], before)
        return StockPage(levels=tuple(levels), position=after_this.text() if after_this else None)

    def of(self, skus: Sequence[str]) -> Sequence[StockLevel]:
        """The records with these numbers.

        A product is asked for by its number, one call each; a variant is read where its number was met last. Only for
        what is still missing then, all products are read, at most once in ten minutes.
        """
        before = self._orders.read()
        wanted = {sku for sku in skus if sku}
        search = _Search(self._client, self._index)
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
            self._index.note(product, variants)
            units = reserved(product.id, variants, before, after)
            for item in sold_items(product, variants, keeps_stock=self._account.keeps_stock):
                yield level_of(item, units)


class _Search:
    """Products read one by one, none twice."""

    def __init__(self, client: PlatformClient, index: SalesPosProductIndex) -> None:
        self._client = client
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
            call = get("/products/", productnumber=sku, expand=EXPANDED, size=SIZE)
            for product in self._client.read(call, STOCKED_PAGE).items:
                self._add(product)

    def read(self, ids: Iterable[int]) -> None:
        """Read these, but for those that are gone."""
        for product_id in sorted(set(ids) - set(self.found)):
            product = read_if_there(self._client, get(f"/products/{product_id}/", expand=EXPANDED), STOCKED)
            if product is not None:
                self._add(product)

    def _add(self, product: StockedRead) -> None:
        self.found[product.id] = (product, self._index.variants(product))


def sold_items(product: StockedRead, variants: Sequence[VariantRead], *, keeps_stock: bool) -> Iterator[SoldItem]:
    """What a product sells: its variants where stock lies on them; else itself, and variants that share its stock."""
    on_variants = sold_as_variants(product, variants)
    managed = keeps_stock and product.stockenabled is True
    if not on_variants:
        yield SoldItem(product_sku(product), product.id, None, product.stock, managed, shared=False)
    for variant in variants:
        sku = variant_sku(product, variant)
        yield SoldItem(sku, product.id, variant.id, variant.stock, managed and on_variants, shared=not on_variants)


def level_of(item: SoldItem, reserved: Units) -> StockLevel:
    """It as a source of stock tells it; SalesPOS has no figure of its own for what may be sold."""
    figures = Figures(on_hand=item.stock, reserved=reserved.get(item.variant, NOTHING), available=None)
    return StockLevel(
        sku=item.sku,
        rank=item.product,
        item=item_id(item.product, item.variant),
        managed=item.managed,
        figures=(figures,),
    )
