"""Which of a product's prices it is sold for in the target; pure."""

from collections.abc import Mapping
from decimal import Decimal

from shopbridge.errors import Held
from shopbridge.model.base import CurrencyCode
from shopbridge.model.catalogue import CataloguePrice, Price, Product
from shopbridge.model.product_settings import PriceSettings

NOTHING, TOO_MUCH = Decimal(0), Decimal(10**12)
"""What a price is not below, and where one that nobody meant begins: no platform's arithmetic holds it to the cent."""


def price_of(product: Product, settings: PriceSettings, currency: CurrencyCode) -> CataloguePrice:
    """What the product costs.

    Raises:
        Held: It has no price in the chosen group, or one in another currency.
    """
    if settings.group not in product.prices:
        known = ", ".join(sorted(product.prices)) or "none"
        raise Held(
            f"It has no price in the price group {settings.group!r}; it has: {known}",
            code="no_price",
            fix="Give it a price there at the source, or choose another products.prices.group for the connection.",
        )
    return _chosen(product.prices, settings, currency)


def variant_prices_of(product: Product, settings: PriceSettings, currency: CurrencyCode) -> dict[str, CataloguePrice]:
    """What those variants cost that have a price of their own, by SKU. Raises Held as ``price_of``."""
    return {
        variant.sku: _chosen(variant.prices, settings, currency)
        for variant in product.variants
        if settings.group in variant.prices
    }


def _chosen(prices: Mapping[str, Price], settings: PriceSettings, currency: CurrencyCode) -> CataloguePrice:
    regular = _usable(prices[settings.group], currency)
    reduced = prices.get(settings.sale_group) if settings.sale_group else None
    sale = _comparable(_usable(reduced, currency), regular) if reduced else None
    return CataloguePrice(regular=regular, sale=sale if sale and sale.amount < regular.amount else None)


def _usable(price: Price, currency: CurrencyCode) -> Price:
    if not NOTHING <= price.amount < TOO_MUCH:
        raise Held(
            f"Nothing costs {price.amount:.6g} {price.currency}",
            code="impossible_price",
            fix="Correct the product's price or its sale price at the source.",
        )
    if price.currency != currency:
        raise Held(
            f"Its price is in {price.currency}, the target's prices are in {currency}",
            code="other_currency",
            fix="Give it a price in that currency at the source, or set products.prices.currency of the connection.",
        )
    return price


def _comparable(sale: Price, regular: Price) -> Price:
    if sale.gross != regular.gross:
        raise Held(
            "Of its price and its sale price one includes tax and the other does not",
            code="mixed_prices",
            fix="Choose price groups in products.prices that both include tax or both do not.",
        )
    return sale
