"""What a change costs in SalesPOS: price, discount and what each variant adds; pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from shopbridge.connectors.salespos.product_maps import Terms
from shopbridge.errors import Held
from shopbridge.mapping.rounding import cents
from shopbridge.mapping.taxes import with_tax, without_tax
from shopbridge.model.catalogue import CataloguePrice, Price, Product, ProductChange, Variant

NOTHING = Decimal(0)


@dataclass(frozen=True)
class Costs:
    """Amounts as the account means them.

    Attributes:
        price: Before the discount.
        differences: What each of the product's variants costs more than the product, in their order.
    """

    price: Decimal
    discount: Decimal
    differences: tuple[Decimal, ...]


def costs_of(change: ProductChange, terms: Terms) -> Costs | None:
    """What is to be written; None when prices are not carried and SalesPOS has one already.

    Raises:
        Held: There is no price, or it cannot be expressed.
    """
    if "price" not in change.fields and change.known is not None:
        return None
    regular, discount = _amounts(change.price or _own_price(change.product), change.product, terms)
    variants = [_amounts(_variant_price(change, variant), change.product, terms) for variant in change.product.variants]
    discounts = {part for _, part in variants} or {discount}
    if len(discounts) > 1:
        raise Held(
            f"The variants of {change.product.sku} are reduced by different amounts",
            code="variant_sale_differs",
            where="SalesPOS",
            fix="SalesPOS has one discount for all variants of a product: give them the same one, or leave the price "
            "group of sales empty in products.prices.",
        )
    return Costs(regular, discounts.pop(), tuple(price - regular for price, _ in variants))


def _variant_price(change: ProductChange, variant: Variant) -> CataloguePrice:
    if change.price is not None:
        return change.variant_prices.get(variant.sku, change.price)
    return _chosen(variant.prices) or _own_price(change.product)


def _own_price(product: Product) -> CataloguePrice:
    """A new product needs a price even where prices are not carried: the source's own."""
    price = _chosen(product.prices)
    if price is None:
        raise Held(
            f"The product {product.sku} has no price",
            code="no_price",
            where="SalesPOS",
            fix="SalesPOS takes no product without one: give it a price in the source.",
        )
    return price


def _chosen(prices: dict[str, Price]) -> CataloguePrice | None:
    regular, sale = prices.get("regular"), prices.get("sale")
    return CataloguePrice(regular=regular, sale=sale) if regular else None


def _amounts(price: CataloguePrice, product: Product, terms: Terms) -> tuple[Decimal, Decimal]:
    """Price and discount; no discount where the sale is none."""
    regular = _converted(price.regular, product, terms)
    sale = _converted(price.sale, product, terms) if price.sale else regular
    return regular, max(regular - sale, NOTHING)


def _converted(price: Price, product: Product, terms: Terms) -> Decimal:
    if price.currency != terms.currency:
        raise Held(
            f"The price of {product.sku} is in {price.currency}, and SalesPOS has {terms.currency}",
            code="other_currency",
            where="SalesPOS",
            fix="Choose a price group in the currency of SalesPOS.",
        )
    if price.gross == terms.gross:
        return cents(price.amount)
    if product.tax_rate is None:
        raise Held(
            f"The price of {product.sku} needs its tax: one side has prices with tax, the other without",
            code="no_tax_rate",
            where="SalesPOS",
            fix="Give the product a tax rate in the source.",
        )
    return cents((without_tax if price.gross else with_tax)(price.amount, product.tax_rate))


def option_rows(variants: Sequence[Variant]) -> list[tuple[tuple[str, str], ...]]:
    """Attribute and value of each variant, the attributes in the same order."""
    return [tuple(sorted(variant.options.items())) for variant in variants]
