"""Which fields of a product are to be written, by the policy of each; pure.

What the source has nothing of is never sent, whatever the policy: an empty text there must not empty an enriched one
here, and a source that keeps no features or categories has no say in the target's.
"""

from collections.abc import Callable, Mapping
from typing import Any, get_args

from shopbridge.model.catalogue import Product, ProductField
from shopbridge.model.product_settings import ProductSettings

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
    """The source has something to write into the field; a price that is missing is told, not passed over."""
    return bool(_HAS[field](product))


def fields_to_create(product: Product, settings: ProductSettings) -> frozenset[ProductField]:
    """What a new product is made of."""
    return frozenset(field for field in FIELDS if settings.policy(field) != "never" and has(product, field))


def fields_to_update(
    product: Product, settings: ProductSettings, filled: frozenset[ProductField]
) -> frozenset[ProductField]:
    """What is written into a product that is there, ``filled`` as it is."""
    return frozenset(field for field in FIELDS if _is_updated(field, settings, filled) and has(product, field))


def _is_updated(field: ProductField, settings: ProductSettings, filled: frozenset[ProductField]) -> bool:
    policy = settings.policy(field)
    return policy == "always" or (policy == "only_if_empty" and field not in filled)
