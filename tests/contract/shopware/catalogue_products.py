"""Products and changes of them as tests write them to a Shopware shop, and what is there afterwards."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from shopbridge.connectors.parts import RequiredParts
from shopbridge.model.catalogue import (
    CataloguePrice,
    Price,
    Product,
    ProductChange,
    ProductField,
    ProductOutcome,
    TargetProduct,
    Variant,
)
from tests.contract.benches.shopware import Bench

SYNC, SEARCH = "POST /api/_action/sync", "POST /api/search/product"
ALL: frozenset[ProductField] = frozenset(
    {"name", "short_text", "long_text", "ean", "active", "tax", "price", "stock", "categories", "features"}
)


NINETEEN = Decimal(19)


def gross(amount: str, currency: str = "EUR") -> Price:
    return Price(amount=Decimal(amount), gross=True, currency=currency)


def size(sku: str, value: str, **changes: Any) -> Variant:
    values = {"id": sku, "ean": "", "active": True, "options": {"Size": value}, "prices": {}, "stock": Decimal(7)}
    return Variant.model_validate({"sku": sku, **values, **changes})


def source(sku: str = "SHIRT", variants: Sequence[Variant] = (), **changes: Any) -> Product:
    values: dict[str, Any] = {
        "id": f"id of {sku}",
        "rank": 1,
        "sku": sku,
        "name": f"Demo {sku}",
        "short_text": "",
        "long_text": "Soft",
        "ean": "4000000000017",
        "active": True,
        "tax_rate": NINETEEN,
        "prices": {},
        "stock": Decimal("5.5"),
        "categories": (),
        "features": (),
        "images": 0,
        "extras": {},
    }
    return Product.model_validate({**values, "variants": tuple(variants), **changes})


def shirt(sku: str = "SHIRT", **changes: Any) -> Product:
    return source(sku, [size(f"{sku}.M", "M"), size(f"{sku}.L", "L")], **changes)


def change(product: Product, known: TargetProduct | None = None, **changes: Any) -> ProductChange:
    values: dict[str, Any] = {
        "fields": ALL,
        "price": CataloguePrice(regular=gross("119"), sale=None),
        "variant_prices": {},
        "categories": (),
    }
    return ProductChange(product=product, known=known, **{**values, **changes})


def found(connector: RequiredParts, product: Product) -> TargetProduct | None:
    """As the flow looks a product up: by all its SKUs, in one place at most."""
    hits = [hit for hits in connector.catalogue_target.find(product.skus).values() for hit in hits]
    by_id = {hit.id: hit for hit in hits}
    assert len(by_id) <= 1
    return next(iter(by_id.values()), None)


def written(connector: RequiredParts, *changes: ProductChange) -> list[ProductOutcome]:
    return list(connector.catalogue_target.write([connector.catalogue_target.plan(each) for each in changes]))


def carried(connector: RequiredParts, *products: Product, **changes: Any) -> list[ProductOutcome]:
    """Write products as a run would: looked up first."""
    return written(connector, *(change(each, found(connector, each), **changes) for each in products))


def table(shop: Bench, entity: str) -> list[dict[str, Any]]:
    return [dict(row.values) for row in shop.shop.shop.store.all(entity)]


def axis(shop: Bench, sku: str) -> list[str]:
    names = {row["id"]: row["name"] for row in table(shop, "property_group_option")}
    return sorted(names[option] for option in shop.shop.product(sku)["optionIds"])
