"""Where a product's stock lies, and under which number it is sold; pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from shopbridge.connectors.salespos.lookup import sold_as_variants
from shopbridge.connectors.salespos.stock.open_orders import NOTHING, Units
from shopbridge.connectors.salespos.wire import CombinationRead, ProductRead
from shopbridge.connectors.salespos.wire_products import StockedRead, VariantRead
from shopbridge.model.base import ExternalId
from shopbridge.model.stock import Figures, StockLevel


@dataclass(frozen=True)
class Lot:
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

    @property
    def item(self) -> ExternalId:
        """The id as the directory and orders know it."""
        return item_id(self.product, self.variant)


def item_id(product: int, variant: int | None) -> ExternalId:
    """A product, or one of its variants."""
    return ExternalId(str(product) if variant is None else f"{product}/{variant}")


def product_sku(product: ProductRead) -> str:
    """The product's own number."""
    return (product.productnumber or "").strip()


def variant_sku(product: ProductRead, variant: CombinationRead) -> str:
    """The number a variant is told apart by; its product's own number tells nothing."""
    numbers = ((number or "").strip() for number in (variant.product_number, variant.sku_number))
    return next((number for number in numbers if number and number != product_sku(product)), "")


def lots_of(product: StockedRead, variants: Sequence[VariantRead], *, keeps_stock: bool) -> Iterator[Lot]:
    """What a product sells: its variants where stock lies on them; else itself, and variants that share its stock."""
    on_variants = sold_as_variants(product, variants)
    managed = keeps_stock and product.stockenabled is True
    if not on_variants:
        yield Lot(product_sku(product), product.id, None, product.stock, managed, shared=False)
    for variant in variants:
        sku = variant_sku(product, variant)
        yield Lot(sku, product.id, variant.id, variant.stock, managed and on_variants, shared=not on_variants)


def level_of(lot: Lot, reserved: Units) -> StockLevel:
    """A lot as a source of stock tells it; SalesPOS has no figure of its own for what may be sold."""
    figures = Figures(on_hand=lot.stock, reserved=reserved.get(lot.variant, NOTHING), available=None)
    return StockLevel(sku=lot.sku, rank=lot.product, item=lot.item, managed=lot.managed, figures=(figures,))
