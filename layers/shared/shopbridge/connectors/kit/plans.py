"""A change of a product on its way into a shop's words: what every shop refuses alike, and what it is given; pure."""

from collections import Counter
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from shopbridge.connectors.kit.order_lines import NOTHING
from shopbridge.errors import Held
from shopbridge.mapping.numbers import whole_pieces
from shopbridge.model.catalogue import Product, ProductChange, ProductField, TargetProduct

Own = Mapping[ProductField, tuple[str, Any]]
"""Of each field: what the platform calls it, and its value; None where it is not to be sent."""


def chosen(change: ProductChange, own: Own) -> dict[str, Any]:
    """Return those of the fields that are to be written and have something, by the platform's names."""
    values = (own[field] for field in sorted(change.fields & own.keys()))
    return {name: value for name, value in values if value is not None}


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
