"""Variants on their way into a target that has none: each becomes a product of its own; pure.

What it is told by over the runs is the source's id of the product and of the variant. So a variant that comes, goes, is
renamed or switched off is what any product is that does so, and so is a simple product that gets variants, or loses
them.
"""

from collections.abc import Mapping

from shopbridge.model.base import ExternalId
from shopbridge.model.catalogue import Product, Variant

WITHIN = "\x7f"
"""Between both ids: no id holds it, see ``mapping.identity``."""
REMARK = "It is one of a product's variants, which the target cannot keep together."


def split(product: Product, group: str) -> tuple[Product, ...]:
    """Return the products that are made of a product: itself where it is a simple one, else one of each variant.

    All stand at the product's rank. What they have of their own is SKU, EAN, stock, price and whether they are on;
    their name tells their options. ``extras`` gain ``productName``, ``productSku`` and ``options``.

    Args:
        group: The price group that is read: a variant without a price there costs what the product costs.
    """
    return tuple(_alone(product, variant, group) for variant in product.variants) or (product,)


def name_of(product: Product, variant: Variant) -> str:
    """Return what a variant is called alone: its product, and its options by the names of the attributes.

    Sorted, since sources tell attributes in any order; where they tell none, the SKU stands for them. A product without
    a name gives none.
    """
    options = [value for _, value in sorted(variant.options.items()) if value] or [variant.sku]
    return f"{product.name} ({', '.join(options)})" if product.name.strip() else product.name


def record_of(item: str) -> str:
    """Return the source's id of the product that an item is, or was made of."""
    return item.partition(WITHIN)[0]


def _alone(product: Product, variant: Variant, group: str) -> Product:
    own = {
        "id": ExternalId(f"{product.id}{WITHIN}{variant.id}"),
        "sku": variant.sku,
        "name": name_of(product, variant),
        "ean": variant.ean,
        "active": product.active and variant.active,
        "prices": variant.prices if group in variant.prices else product.prices,
        "stock": variant.stock,
        "extras": {**product.extras, **_origin(product, variant)},
        "variants": (),
    }
    return product.model_copy(update=own)


def _origin(product: Product, variant: Variant) -> Mapping[str, object]:
    return {"productName": product.name, "productSku": product.sku, "options": dict(variant.options)}
