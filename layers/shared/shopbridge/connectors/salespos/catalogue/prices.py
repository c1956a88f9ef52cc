"""What a change costs in SalesPOS: price, discount and what each variant adds; pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from shopbridge.connectors.salespos.catalogue.map import Terms, unambiguous
from shopbridge.errors import Held
from shopbridge.mapping.prices import PriceTerms, amount_for
from shopbridge.mapping.rounding import cents
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
    price_terms = price_terms_of(change, terms)
    base = change.price or _own_price(change.product)
    prices = [_variant_price(change, variant) for variant in change.product.variants]
    if change.price is None:
        _must_cost_something(prices or [base], change.product)
    regular, discount = _amounts(base, price_terms)
    variants = [_amounts(price, price_terms) for price in prices]
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


def price_terms_of(change: ProductChange, terms: Terms) -> PriceTerms:
    """How SalesPOS will keep the product's prices: a tariff that stands for several percentages tells none."""
    rate = change.rate_after
    told = change.keeps_tax or unambiguous(rate, terms.tariffs)
    fix = "Give the tariff of the product exactly one percentage in tax_tariffs in the settings of SalesPOS."
    return PriceTerms("SalesPOS", terms.currency, terms.gross, rate if told else None, fix)


def _must_cost_something(prices: Sequence[CataloguePrice], product: Product) -> None:
    """Nobody chose the source's own price, so nobody chose to give the product away."""
    if any(cents((price.sale or price.regular).amount) <= NOTHING for price in prices):
        raise Held(
            f"{product.sku} would be given away: prices are not carried, and its own at the source is 0",
            code="free_product",
            where="SalesPOS",
            fix="Give it a price at the source, or make the product in SalesPOS by hand; the next run finds it.",
        )


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


def _amounts(price: CataloguePrice, terms: PriceTerms) -> tuple[Decimal, Decimal]:
    """Price and discount; no discount where the sale is none."""
    regular = cents(amount_for(price.regular, terms))
    sale = cents(amount_for(price.sale, terms)) if price.sale else regular
    return regular, max(regular - sale, NOTHING)


def option_rows(variants: Sequence[Variant]) -> list[tuple[tuple[str, str], ...]]:
    """Attribute and value of each variant, the attributes in the same order."""
    return [tuple(sorted(variant.options.items())) for variant in variants]
