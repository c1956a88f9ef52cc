"""Products come into being: by the merchant, and over the API."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any, Final

from sandbox.platforms.shoprenter.catalogue.attributes import choose
from sandbox.platforms.shoprenter.furnish import tax_class
from sandbox.platforms.shoprenter.records import Product, Special
from sandbox.platforms.shoprenter.specs import ProductSpec, SpecialSpec, by_warehouse
from sandbox.platforms.shoprenter.state import Shop
from sandbox.platforms.shoprenter.wire import Record

_TEXTS = """
name metaTitle metaKeywords metaDescription shortDescription description customContentTitle customContent parameters
packagingUnit measurementUnit videoCode
"""
TEXTS: Final = tuple(_TEXTS.split())
"""What a description holds in each language."""


def add_product(shop: Shop, spec: ProductSpec) -> Product:
    """The merchant makes a product.

    Raises:
        ValueError: The SKU is taken, or the parent does not exist.
    """
    if shop.product_of(spec.sku):
        raise ValueError(f"There is a product {spec.sku!r}")
    parent = shop.product_of(spec.parent) if spec.parent else None
    if spec.parent and parent is None:
        raise ValueError(f"There is no product {spec.parent!r}")
    product = Product(
        shop.new_id("product"),
        spec.sku,
        spec.price,
        tax_class(shop, spec.tax),
        shop.now(),
        shop.now(),
        by_warehouse(spec.stock),
        dict(spec.fields),
        _texts(shop, spec),
        parent.id if parent else 0,
        spec.status,
        spec.subtracts,
        manufacturer(shop, spec.manufacturer) if spec.manufacturer else None,
        categories=list(spec.categories),
        group_prices=dict(spec.group_prices),
    )
    if spec.options:
        choose(shop, product, spec.options)
    for special in spec.specials:
        add_special(shop, product, special)
    shop.put(product)
    return product


def change(shop: Shop, product: Product, changes: Mapping[str, Any]) -> None:
    """The merchant changes a product.

    Raises:
        ValueError: It has no such field, or the SKU is taken.
    """
    texts, own = product.texts[shop.language.id], {field.name for field in fields(product)}
    if unknown := changes.keys() - own - {"name", "description"}:
        raise ValueError(f"A product has no {', '.join(sorted(unknown))}")
    old, wanted = product.sku, changes.get("sku", product.sku)
    if wanted != old and shop.product_of(wanted):
        raise ValueError(f"There is a product {wanted!r}")
    texts.update({name: changes[name] for name in ("name", "description") if name in changes})
    for name in own & changes.keys():
        setattr(product, name, changes[name])
    product.updated = shop.now()
    shop.put(product, old)


def add_special(shop: Shop, product: Product, spec: SpecialSpec) -> Special:
    """The product gets one more special price."""
    number = shop.new_id("special")
    row = (spec.price, spec.group, spec.begins, spec.ends, spec.priority, spec.least, spec.most)
    product.specials[number] = Special(number, product.id, *row)
    return product.specials[number]


def manufacturer(shop: Shop, name: str) -> int:
    """A manufacturer by its name; made when there is none."""
    for number, known in shop.manufacturers.items():
        if known == name:
            return number
    number = shop.new_id("manufacturer")
    shop.manufacturers[number] = name
    return number


def text(values: Mapping[str, str]) -> Record:
    """A description with all its fields."""
    return {**dict.fromkeys(TEXTS, ""), **values}


def _texts(shop: Shop, spec: ProductSpec) -> dict[int, Record]:
    first = shop.language
    names = {first.code: spec.name or spec.sku, **spec.names}
    texts = {shop.language_of(code).id: text({"name": name}) for code, name in names.items()}
    texts[first.id]["description"] = spec.description
    return texts
