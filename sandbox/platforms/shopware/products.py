"""Registering products, variants, properties and categories."""

from decimal import Decimal
from typing import Any

from sandbox.platforms.shopware import seed, stock
from sandbox.platforms.shopware.specs import ProductSpec
from sandbox.platforms.shopware.state import Shop
from sandbox.platforms.shopware.store import Row
from sandbox.platforms.shopware.values import DEFAULT_CURRENCY_ID, number


def add(shop: Shop, spec: ProductSpec) -> Row:
    """Write a new product or variant.

    Raises:
        ValueError: Its number is taken, its parent is unknown, or a main product lacks name, price or tax.
    """
    if shop.store.children("product", "productNumber", spec.sku):
        raise ValueError(f"The product number {spec.sku!r} is taken")
    parent = _parent(shop, spec)
    options = [option(shop, group, name).id for group, name in spec.options.items()]
    properties = [option(shop, group, name).id for group, name in spec.properties.items()]
    categories = [category(shop, name).id for name in spec.categories]
    values = {
        **_values(shop, spec, parent),
        "optionIds": options or None,
        "propertyIds": properties or None,
        "categoryIds": categories or None,
        "categoryTree": categories or None,
    }
    product = shop.insert("product", values)
    if parent is not None:
        shop.store.write(parent, {"childCount": parent.values["childCount"] + 1})
    for position in range(spec.images):
        values = {"productId": product.id, "mediaId": shop.new_id("media"), "position": position}
        shop.insert("product_media", values)
    stock.refresh(shop, product)
    return product


def option(shop: Shop, group: str, name: str) -> Row:
    """The option of this name in the group of that name; new ones if there are none."""
    found = shop.store.find("property_group", name=group) or shop.insert("property_group", {"name": group})
    same = shop.store.find("property_group_option", name=name, groupId=found.id)
    values = {"name": name, "groupId": found.id}
    return same or shop.insert("property_group_option", values)


def category(shop: Shop, name: str) -> Row:
    """The category of this name; a new root if there is none."""
    return shop.store.find("category", name=name) or shop.insert("category", {"name": name, "breadcrumb": [name]})


def _parent(shop: Shop, spec: ProductSpec) -> Row | None:
    if spec.parent is None:
        if spec.name is None or spec.price is None or spec.tax is None:
            raise ValueError(f"The product {spec.sku!r} needs name, price and tax, as it has no parent")
        return None
    found = shop.store.children("product", "productNumber", spec.parent)
    if not found:
        raise ValueError(f"No product has the number {spec.parent!r}")
    return found[0]


def _values(shop: Shop, spec: ProductSpec, parent: Row | None) -> dict[str, Any]:
    """A variant's fields stay null where it inherits; a main product has Shopware's defaults."""
    chosen = {"active": spec.active, "isCloseout": spec.closeout}
    defaults = shop.store.schema["product"].defaults if parent is None else {}
    return {
        **defaults,
        **{name: value for name, value in chosen.items() if value is not None},
        "parentId": None if parent is None else parent.id,
        "productNumber": spec.sku,
        "name": spec.name,
        "ean": spec.ean,
        "stock": spec.stock,
        "price": None if spec.price is None else [_price(spec.price, spec.tax or Decimal(0))],
        "taxId": None if spec.tax is None else seed.tax(shop, spec.tax).id,
        "customFields": dict(spec.custom_fields) if spec.custom_fields is not None else None,
    }


def _price(gross: Decimal, rate: Decimal) -> dict[str, Any]:
    """A net price keeps many decimals."""
    net = (gross * 100 / (100 + rate)).quantize(Decimal("0.0000000001"))
    return {
        "currencyId": DEFAULT_CURRENCY_ID,
        "gross": number(gross),
        "net": number(net),
        "linked": True,
        "percentage": None,
        "extensions": [],
        "apiAlias": "price",
    }
