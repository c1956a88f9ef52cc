"""A change of a product in Shopware's words, before anything is looked up; pure.

The payload holds what the merchant's rules may still change: fields of the product, and ``variants``, one row each.
Prices, tax, categories and properties are added when it is sent, since they need the shop's ids.
"""

from collections import Counter
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from shopbridge.connectors.shopware.catalogue.find import present_of
from shopbridge.errors import Held
from shopbridge.mapping.numbers import whole_pieces
from shopbridge.mapping.rules import TargetField
from shopbridge.model.catalogue import Product, ProductChange, ProductDraft, ProductField, Variant

VARIANTS = "variants"
_TITLES = {
    "name": ("Name", 255),
    "description": ("Description", None),
    "descriptionTeaser": ("Short text (from 6.7.12)", None),
    "ean": ("EAN", 255),
    "manufacturerNumber": ("Manufacturer number", 255),
    "metaTitle": ("Meta title", 255),
    "metaDescription": ("Meta description", 255),
    "keywords": ("Search keywords", None),
    "packUnit": ("Packing unit", 255),
}
_OF_VARIANTS = ("name", "ean", "manufacturerNumber")


def product_fields() -> dict[str, TargetField]:
    """Return every field the merchant's rules may set."""
    texts = [TargetField(path, title, "text", length) for path, (title, length) in _TITLES.items()]
    numbers = [
        TargetField("minPurchase", "Smallest quantity of an order", "integer"),
        TargetField("maxPurchase", "Largest quantity of an order", "integer"),
        TargetField("purchaseSteps", "Steps of the quantity", "integer"),
        TargetField("restockTime", "Days until it is there again", "integer"),
        TargetField("weight", "Weight in kg", "decimal"),
        TargetField("active", "Active", "boolean"),
        TargetField("isCloseout", "Clearance sale: not sold without stock", "boolean"),
        TargetField("shippingFree", "Free of shipping costs", "boolean"),
        TargetField("markAsTopseller", "Marked as a top seller", "boolean"),
    ]
    rows = [TargetField(f"{VARIANTS}[].{path}", f"Variant: {_TITLES[path][0]}", "text", 255) for path in _OF_VARIANTS]
    rows.append(TargetField(f"{VARIANTS}[].weight", "Variant: weight in kg", "decimal"))
    return {field.path: field for field in (*texts, *numbers, *rows)}


def plan(change: ProductChange, short_text_field: str) -> ProductDraft:
    """Return what is to be written of a product.

    Raises:
        Held: It cannot be expressed: a name or an SKU is missing, or comes twice.
    """
    _check_identity(change)
    product, known = change.product, change.known
    there = present_of(change).variants
    payload = _own_fields(change, short_text_field)
    if known is None:
        payload |= {"productNumber": product.sku, "name": product.name}
        payload["stock"] = payload.get("stock", 0)
    rows = [_row(change, variant, is_new=variant.sku not in there) for variant in product.variants]
    return ProductDraft(
        change=change, payload={**payload, VARIANTS: rows}, variant_of_row=tuple(range(len(product.variants)))
    )


def _own_fields(change: ProductChange, short_text_field: str) -> dict[str, Any]:
    """Fields that are to be written. The stock and the EAN of a product with variants are theirs."""
    product = change.product
    values: Mapping[ProductField, tuple[str, Any]] = {
        "name": ("name", product.name),
        "short_text": (short_text_field, product.short_text),
        "long_text": ("description", product.long_text),
        "ean": ("ean", product.ean),
        "active": ("active", product.active),
        "stock": ("stock", None if product.variants else _units(product.stock)),
    }
    chosen = {values[field] for field in change.fields if field in values}
    return {name: value for name, value in sorted(chosen, key=lambda pair: pair[0]) if value not in (None, "")}


def _row(change: ProductChange, variant: Variant, *, is_new: bool) -> dict[str, Any]:
    """A variant; one that is switched on is not on sale while its product is off."""
    fields = change.fields_of_variant(is_new=is_new)
    row: dict[str, Any] = {"productNumber": variant.sku}
    if "ean" in fields and variant.ean:
        row["ean"] = variant.ean
    if "active" in fields:
        row["active"] = variant.active and change.product.active
    units = _units(variant.stock) if "stock" in fields else None
    if units is not None or is_new:
        row["stock"] = units or 0
    return row


def _units(stock: Decimal | None) -> int | None:
    """Shopware knows no halves: what is left of a unit is not for sale."""
    return None if stock is None else max(int(whole_pieces(stock)), 0)


def _check_identity(change: ProductChange) -> None:
    product = change.product
    if not product.name.strip() and (change.known is None or "name" in change.fields):
        raise Held("The product has no name", code="no_name", fix="Give it a name at the source.")
    if change.known is None and not product.sku:
        raise Held(
            "The product has no SKU of its own, which Shopware needs above the variants' SKUs",
            code="no_sku",
            fix="Give the product an SKU at the source, another one than its variants have.",
        )
    _check_variants(product)


def _check_variants(product: Product) -> None:
    twice = [sku for sku, count in Counter(sku.casefold() for sku in product.skus).items() if count > 1]
    if twice:
        raise Held(
            f"The SKU {twice[0]!r} is on two of the product's variants, or on the product and a variant",
            code="duplicate_sku",
            fix="Shopware knows every SKU once: give each variant its own at the source.",
        )
    bare = [variant for variant in product.variants if not variant.sku or not all(_pairs(variant))]
    if bare:
        raise Held(
            f"The variant {bare[0].sku or bare[0].id!r} has no SKU or no options",
            code="incomplete_variant",
            fix="Complete the variant at the source, or map the attribute it differs in.",
        )


def _pairs(variant: Variant) -> list[bool]:
    """Whether name and value of each option say something; one that is false when there is none."""
    return [bool(name.strip() and value.strip()) for name, value in variant.options.items()] or [False]
