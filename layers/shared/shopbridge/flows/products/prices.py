"""Which of a product's prices it is sold for in the target, and whether it is taxed alike; pure."""

from collections.abc import Mapping
from decimal import Decimal

from shopbridge.errors import Held
from shopbridge.mapping.rounding import cents
from shopbridge.model.base import CurrencyCode
from shopbridge.model.catalogue import CataloguePrice, Price, Product, ProductField, TargetProduct
from shopbridge.model.ledger import Reason
from shopbridge.model.product_settings import PriceSettings

NOTHING, TOO_MUCH = Decimal(0), Decimal(10**12)
"""What a price is not below, and where one that nobody meant begins: no platform's arithmetic holds it to the cent."""


def price_of(product: Product, settings: PriceSettings, currency: CurrencyCode) -> CataloguePrice:
    """What the product costs; nothing is a price for one whose variants all have their own.

    Raises:
        Held: It has no price in the chosen group, one in another currency or terms of its own, or costs nothing
            unasked.
    """
    if product.prices_held:
        held = product.prices_held
        raise Held(held.text, code=held.code, fix=held.fix)
    if settings.group not in product.prices:
        known = ", ".join(sorted(product.prices)) or "none"
        raise Held(
            f"It has no price in the price group {settings.group!r}; it has: {known}",
            code="no_price",
            fix="Give it a price there at the source, or choose another products.prices.group for the connection.",
        )
    price = _chosen(product.prices, settings, currency)
    if not product.variants or any(settings.group not in variant.prices for variant in product.variants):
        _must_cost_something(price, settings, product.sku)
    return price


def variant_prices_of(product: Product, settings: PriceSettings, currency: CurrencyCode) -> dict[str, CataloguePrice]:
    """What those variants cost that have a price of their own, by SKU. Raises Held as ``price_of``."""
    prices = {
        variant.sku: _chosen(variant.prices, settings, currency)
        for variant in product.variants
        if settings.group in variant.prices
    }
    for sku, price in prices.items():
        _must_cost_something(price, settings, sku)
    return prices


def _must_cost_something(price: CataloguePrice, settings: PriceSettings, sku: str) -> None:
    """A price that is missing at the source mostly reads 0, and what is on sale would be given away."""
    lowest = price.sale or price.regular
    if settings.free or cents(lowest.amount) > NOTHING:
        return
    what = "its sale price" if price.sale else "its price"
    raise Held(
        f"{sku} would be given away: {what} is {lowest.amount.normalize():f} {lowest.currency}",
        code="free_product",
        fix="Give it a price at the source; the target keeps the one it has. Where products may cost nothing, set "
        "products.prices.free to true.",
    )


def tax_warnings(product: Product, known: TargetProduct | None, fields: frozenset[ProductField]) -> tuple[Reason, ...]:
    """That the target goes on taxing the product otherwise than the source, with both rates.

    Args:
        fields: Those that are written.
    """
    source, target = product.tax_rate, known.tax_rate if known else None
    if "tax" in fields or source is None or target is None or source == target:
        return ()
    differs = Reason(
        code="tax_differs",
        text=f"Its tax is {source.normalize():f} % at the source and {target.normalize():f} % in the target",
        fix="Correct the one that is wrong, or set tax in products.fields to always: the source's is then written.",
    )
    return (differs,)


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
