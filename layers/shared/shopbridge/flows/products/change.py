"""What is to become of a product in the target, by the connection's settings; pure.

What the source has nothing of is never sent, whatever the policy: an empty text there must not empty an enriched one
here, and a source that keeps no features or categories has no say in the target's.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, get_args

from shopbridge.errors import Held
from shopbridge.flows.products.names import DesiredProduct
from shopbridge.mapping.expressions import as_document
from shopbridge.mapping.json_data import short_hash
from shopbridge.mapping.rounding import cents
from shopbridge.mapping.rule_engine import CompiledRule, read_by_rules
from shopbridge.model.base import CurrencyCode
from shopbridge.model.catalogue import CataloguePrice, Price, Product, ProductChange, ProductField, TargetProduct
from shopbridge.model.connection import ConnectionSettings
from shopbridge.model.ledger import Reason
from shopbridge.model.product_settings import PriceSettings, ProductSettings


@dataclass(frozen=True)
class ProductTerms:
    """What a product's content is decided by.

    Attributes:
        currency: Asks which one the target's prices are in.
        rules: The merchant's own.
        seed: Hash of all settings the content depends on.
    """

    settings: ProductSettings
    currency: Callable[[], CurrencyCode]
    rules: tuple[CompiledRule, ...]
    seed: str


def seed_of(settings: ConnectionSettings) -> str:
    """Return what differs when a setting changed that what is written depends on."""
    products = settings.products.model_dump(mode="json", exclude={"active", "every_minutes", "gone"})
    return short_hash([products, settings.ends])


# --- has it changed -----------------------------------------------------------------------------------------------


def content_hash(desired: DesiredProduct, terms: ProductTerms) -> str:
    """Return what differs when a product that is in the target already would have to be written once more.

    What is written on creation only does not count; a field that is filled if it is empty counts by whether the source
    has something for it. Raises Held when the product has no price that could be written.
    """
    content = {
        "seed": terms.seed,
        "skus": [desired.product.sku, *((variant.sku, variant.options) for variant in desired.product.variants)],
        "fields": {field: _content(desired.product, field, terms) for field in FIELDS},
        "rules": read_by_rules(terms.rules, document_of(desired.product)) if terms.rules else [],
    }
    if off := switched_off(desired.product, terms.settings):
        content["off"] = sorted(off)
    return short_hash(content)


def switched_off(product: Product, settings: ProductSettings) -> frozenset[str]:
    """Return the SKUs of variants that are not offered at the source while their product is.

    Where switched off ones travel, or whether something is on always does, the write says it all.
    """
    if settings.include_disabled or settings.policy("active") == "always":
        return frozenset()
    return frozenset(variant.sku for variant in product.variants if not variant.active)


def _content(product: Product, field: ProductField, terms: ProductTerms) -> Any:
    policy = terms.settings.policy(field)
    if policy == "only_if_empty":
        return has(product, field)
    return _value(product, field, terms) if policy == "always" and has(product, field) else None


def _value(product: Product, field: ProductField, terms: ProductTerms) -> Any:
    match field:
        case "price":
            base, own = _prices(product, terms)
            return [_plain(base), {sku: _plain(price) for sku, price in own.items()}]
        case "stock" | "ean" | "active":
            return [str(getattr(each, field)) for each in (product, *product.variants)]
        case "tax":
            return str(product.tax_rate)
        case "features":
            return sorted((feature.name, feature.value) for feature in product.features)
        case "categories":
            return sorted(product.categories)
        case _:
            return getattr(product, field)


def _plain(price: CataloguePrice) -> list[Any]:
    return [(each.amount.normalize(), each.gross, each.currency) for each in (price.regular, price.sale) if each]


def document_of(product: Product) -> dict[str, Any]:
    """Return the product as rules see it: plain data, amounts as Decimal."""
    document: dict[str, Any] = as_document(product.model_dump())
    return document


# --- the change ---------------------------------------------------------------------------------------------------


def change_of(
    desired: DesiredProduct, known: TargetProduct | None, terms: ProductTerms, *, also: frozenset[ProductField]
) -> ProductChange | None:
    """Return what is to be written; None when nothing is.

    Args:
        known: As the target has it; None to create it.
        also: Fields that are written into a known product whatever their policy.

    Raises:
        Held: It has no price that could be written.
    """
    product, settings = desired.product, terms.settings
    created = fields_to_create(product, settings)
    fields = fields_to_update(product, settings, known.filled) | also if known else created
    if known and not fields and not product.variants and not terms.rules:
        return None
    price, own = _prices(product, terms) if "price" in fields else (None, {})
    return ProductChange(
        product=product,
        known=known,
        fields=fields,
        new_variant_fields=created - fields,
        price=price,
        variant_prices=own,
        categories=product.categories if "categories" in fields else (),
    )


def _prices(product: Product, terms: ProductTerms) -> tuple[CataloguePrice, dict[str, CataloguePrice]]:
    prices, currency = terms.settings.prices, terms.currency()
    return price_of(product, prices, currency), variant_prices_of(product, prices, currency)


FIELDS: tuple[ProductField, ...] = get_args(ProductField)

_HAS: Mapping[ProductField, Callable[[Product], Any]] = {
    "name": lambda product: product.name.strip(),
    "short_text": lambda product: product.short_text.strip(),
    "long_text": lambda product: product.long_text.strip(),
    "ean": lambda product: product.ean or any(variant.ean for variant in product.variants),
    "active": lambda _: True,
    "tax": lambda product: product.tax_rate is not None,
    "price": lambda _: True,
    "stock": lambda product: product.stock is not None or any(each.stock is not None for each in product.variants),
    "categories": lambda product: product.categories,
    "features": lambda product: product.features,
}


def has(product: Product, field: ProductField) -> bool:
    """Tell whether the source has something to write into the field; a price that is missing is told."""
    return bool(_HAS[field](product))


def fields_to_create(product: Product, settings: ProductSettings) -> frozenset[ProductField]:
    """Return what a new product is made of."""
    return frozenset(field for field in FIELDS if settings.policy(field) != "never" and has(product, field))


def fields_to_update(
    product: Product, settings: ProductSettings, filled: frozenset[ProductField]
) -> frozenset[ProductField]:
    """Return what is written into a product that is there, ``filled`` as it is."""
    return frozenset(field for field in FIELDS if _is_updated(field, settings, filled) and has(product, field))


def _is_updated(field: ProductField, settings: ProductSettings, filled: frozenset[ProductField]) -> bool:
    policy = settings.policy(field)
    return policy == "always" or (policy == "only_if_empty" and field not in filled)


NOTHING, TOO_MUCH = Decimal(0), Decimal(10**12)
"""What a price is not below, and where one that nobody meant begins: no platform's arithmetic holds it to the cent."""


def price_of(product: Product, settings: PriceSettings, currency: CurrencyCode) -> CataloguePrice:
    """Return what the product costs; nothing is a price for one whose variants all have their own.

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
    """Return what those variants cost that have a price of their own, by SKU. Raises Held as ``price_of``."""
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
    """Tell that the target goes on taxing the product otherwise than the source, with both rates.

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
