"""A change of a product on its way into a shop's words: what every shop refuses alike, and what it is given; pure."""

from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from shopbridge.connectors.kit.order_lines import NOTHING
from shopbridge.errors import Held
from shopbridge.mapping.numbers import whole_pieces
from shopbridge.mapping.prices import PriceTerms, conversion_rate
from shopbridge.model.catalogue import Product, ProductChange, ProductDraft, ProductField, TargetProduct

Own = Mapping[ProductField, tuple[str, Any]]
"""Of each field: what the platform calls it, and its value; None where it is not to be sent."""
VARIANTS: Final = "variants"
"""Of a payload: one row for each of the product's variants, in their order."""


def chosen(change: ProductChange, own: Own) -> dict[str, Any]:
    """Return those of the fields that are to be written and have something, by the platform's names."""
    values = (own[field] for field in sorted(change.fields & own.keys()))
    return {name: value for name, value in values if value is not None}


def draft_with_rows(
    change: ProductChange, own: Mapping[str, Any], rows: Sequence[Mapping[str, Any]], terms: PriceTerms
) -> ProductDraft:
    """Return what is to be written of a product that has a row for each variant."""
    return ProductDraft(
        change=change,
        payload={**own, VARIANTS: rows},
        variant_of_row=tuple(range(len(rows))),
        converted_by=conversion_rate(change.prices, terms),
    )


def whole_units(stock: Decimal | None) -> Decimal | None:
    """Return whole units, none below zero: what is left of one is not for sale. None stays unknown."""
    return None if stock is None else max(whole_pieces(stock), NOTHING)


def check_name(change: ProductChange) -> None:
    """Raise Held (code ``no_name``) when a name is to be written and there is none."""
    if not change.product.name.strip() and (change.known is None or "name" in change.fields):
        raise Held("The product has no name", code="no_name", fix="Give it a name at the source.")


def check_sku(product: Product) -> None:
    """Raise Held (code ``no_sku``) for a product that is sold itself, and has no SKU."""
    if not product.variants and not product.sku:
        raise Held("The product has no SKU", code="no_sku", fix="Give it an SKU at the source.")


def check_skus_differ(product: Product) -> None:
    """Raise Held (code ``duplicate_sku``) when a product and its variants, or two of these, have one SKU."""
    twice = [sku for sku, count in Counter(product.skus).items() if count > 1]
    if twice:
        raise Held(
            f"The SKU {twice[0]!r} is on two of the product's variants, or on the product and a variant",
            code="duplicate_sku",
            fix="Give each variant an SKU of its own at the source.",
        )


def check_variants(product: Product, alone: str) -> None:
    """Raise Held when two SKUs are one, when a variant has none, or when a variant is the only one.

    Args:
        alone: What the platform makes of a product with one variant, to end the sentence.
    """
    check_skus_differ(product)
    bare = next((variant for variant in product.variants if not variant.sku), None)
    if bare:
        raise Held(
            f"The variant {bare.id!r} has no SKU", code="incomplete_variant", fix="Complete the variant at the source."
        )
    if len(product.variants) == 1:
        raise Held(
            f"The product has only one variant ({product.variants[0].sku}): {alone}",
            code="single_variant",
            fix="Sell it without variants at the source, or add the others.",
        )


def refuse_otherwise(platform: str, known: TargetProduct, how: str) -> Held:
    """Return why nothing is written over a product that only happens to sell the same SKU.

    Args:
        how: How the platform sells it, such as ``with versions``.
    """
    return Held(
        f"{platform} sells the product {known.sku or known.id} {how}, the source does not",
        code="sold_otherwise",
        fix="Build the product in the same way on both sides, or give one of them another SKU.",
    )
