"""A change of a product in Vendure's words, before anything is sent; pure.

The payload holds what the merchant's rules may still change: of the product, and ``variants``, one row each. What is
sold is always a variant: of a product without any of its own, price and stock stand in the payload itself.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from shopbridge.connectors.kit.plans import (
    VARIANTS,
    Own,
    check_name,
    check_sku,
    check_skus_differ,
    chosen,
    draft_with_rows,
    refuse_otherwise,
    whole_units,
)
from shopbridge.connectors.vendure.catalogue.find import Present
from shopbridge.connectors.vendure.outcomes import TITLE
from shopbridge.errors import Held
from shopbridge.mapping.prices import PriceTerms, amount_for, tax_fix
from shopbridge.mapping.rounding import rounded
from shopbridge.mapping.rules import TargetField
from shopbridge.model.base import CurrencyCode
from shopbridge.model.catalogue import CataloguePrice, Product, ProductChange, ProductDraft, Variant


@dataclass(frozen=True)
class Money:
    """How a channel keeps its prices: with tax or without, in whole parts of its currency."""

    currency: CurrencyCode
    gross: bool
    decimals: int


def product_fields() -> dict[str, TargetField]:
    """Return every field the merchant's rules may set."""
    fields = [
        TargetField("name", "Name", "text", 255),
        TargetField("description", "Description (HTML)", "text"),
        TargetField("enabled", "Enabled", "boolean"),
        TargetField("price", "Price", "decimal"),
        TargetField(f"{VARIANTS}[].name", "Variant: name", "text", 255),
        TargetField(f"{VARIANTS}[].enabled", "Variant: enabled", "boolean"),
        TargetField(f"{VARIANTS}[].price", "Variant: price", "decimal"),
    ]
    return {field.path: field for field in fields}


def plan(change: ProductChange, money: Money) -> ProductDraft:
    """Return what is to be written of a product.

    Raises:
        Held: It cannot be expressed: a name, an SKU or what a variant differs in is missing, a price cannot be
            converted, or the shop sells its SKU in another way.
    """
    _check_identity(change)
    terms = _terms(change, money)
    rows = [_row(change, variant, terms, money) for variant in change.product.variants]
    return draft_with_rows(change, _own_fields(change, terms, money), rows, terms)


def _own_fields(change: ProductChange, terms: PriceTerms, money: Money) -> dict[str, Any]:
    """Of the product; what is sold of one with variants is theirs."""
    product = change.product
    single = not product.variants
    values: Own = {
        "name": ("name", product.name),
        "long_text": ("description", product.long_text),
        "active": ("enabled", product.active),
        "tax": ("tax", product.tax_rate),
        "stock": ("stock", whole_units(product.stock) if single else None),
    }
    new = {"name": product.name, "tax": product.tax_rate} if change.known is None else {}
    return {**new, **chosen(change, values), **(_priced(change.price, terms, money) if single else {})}


def _row(change: ProductChange, variant: Variant, terms: PriceTerms, money: Money) -> dict[str, Any]:
    """A variant. One that is new costs what the product costs, unless it has a price of its own."""
    is_new = change.known is None or variant.sku not in change.known.noted(Present).variants
    fields = change.fields | (change.new_variant_fields if is_new else frozenset())
    price = change.variant_prices.get(variant.sku, change.price)
    units = whole_units(variant.stock) if "stock" in fields else None
    return {
        "sku": variant.sku,
        **({"name": " ".join([change.product.name, *variant.options.values()])} if is_new else {}),
        **({"enabled": variant.active} if "active" in fields or is_new else {}),
        **({"stock": units} if units is not None else {}),
        **_priced(price, terms, money),
    }


def _priced(price: CataloguePrice | None, terms: PriceTerms, money: Money) -> dict[str, Decimal]:
    """What a buyer pays: Vendure keeps one price."""
    if price is None:
        return {}
    return {"price": rounded(amount_for(price.sale or price.regular, terms), money.decimals)}


def _terms(change: ProductChange, money: Money) -> PriceTerms:
    fix = tax_fix(TITLE, keeps_tax=change.keeps_tax)
    return PriceTerms(TITLE, money.currency, gross=money.gross, rate=change.rate_after, fix=fix)


def _check_identity(change: ProductChange) -> None:
    product, known = change.product, change.known
    check_name(change)
    check_sku(product)
    check_skus_differ(product)
    _check_variants(product)
    if known is not None and known.noted(Present).is_single == bool(product.variants):
        raise refuse_otherwise(TITLE, known, "without options" if product.variants else "with options")
    if known is not None and product.variants:
        _check_options(product, known.noted(Present).groups)


def _check_variants(product: Product) -> None:
    """Each differs from the others in the same options."""
    options = [variant.options for variant in product.variants]
    for variant in product.variants:
        if not variant.sku or not variant.options or variant.options.keys() != options[0].keys():
            raise Held(
                f"The variant {variant.sku or variant.id!r} has no SKU, or not the options that the others have",
                code="incomplete_variant",
                fix="Complete the variant at the source.",
            )
    if len({tuple(sorted(each.items())) for each in options}) < len(options):
        raise Held(
            "Two of the product's variants have the same options",
            code="incomplete_variant",
            fix="Let each variant differ from the others at the source.",
        )


def _check_options(product: Product, groups: Mapping[str, object]) -> None:
    if product.variants[0].options.keys() != groups.keys():
        raise Held(
            f"The variants differ in {', '.join(product.variants[0].options)}, those in Vendure in {', '.join(groups)}",
            code="attributes_differ",
            fix="Let the variants differ in the same on both sides, or map the attribute.",
        )
