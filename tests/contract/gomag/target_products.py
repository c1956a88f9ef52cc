"""Products and changes of them as tests bring them into a Gomag shop."""

from typing import Any

from shopbridge.connectors.parts import RequiredParts
from shopbridge.model.base import ExternalId
from shopbridge.model.catalogue import (
    CataloguePrice,
    Category,
    Price,
    Product,
    ProductChange,
    ProductField,
    ProductOutcome,
    TargetProduct,
    Variant,
)
from tests.contract.benches.gomag import D

READ, WRITE, PATCH, INVENTORY = "product/read", "product/write", "product/patch", "product/inventory"
ALL: frozenset[ProductField] = frozenset(
    {"name", "short_text", "long_text", "ean", "active", "tax", "price", "stock", "categories", "features"}
)


def price(amount: str, sale: str = "", *, gross: bool = True) -> CataloguePrice:
    def of(text: str) -> Price:
        return Price(amount=D(text), gross=gross, currency="RON")

    return CataloguePrice(regular=of(amount), sale=of(sale) if sale else None)


def variant(sku: str, stock: int = 1) -> Variant:
    return Variant(
        id=ExternalId(sku), sku=sku, ean=f"59{len(sku)}", active=True, options={"V": sku}, prices={}, stock=D(stock)
    )


def product(sku: str = "LAMP", *variants: Variant, **other: Any) -> Product:
    given: dict[str, Any] = {
        "id": ExternalId(f"src-{sku}"),
        "rank": 1,
        "sku": sku,
        "name": f"Lampă {sku}",
        "short_text": "",
        "long_text": "<p>Luminează</p>",
        "ean": "5940000000012",
        "active": True,
        "tax_rate": D(21),
        "prices": {},
        "stock": None if variants else D(3),
        "categories": (),
        "features": (),
        "variants": variants,
        "images": 0,
        "extras": {},
    }
    return Product(**{**given, **other})


def change(of: Product, known: TargetProduct | None = None, **other: Any) -> ProductChange:
    given: dict[str, Any] = {
        "fields": ALL,
        "new_variant_fields": frozenset(),
        "price": price("120.00"),
        "variant_prices": {},
        "categories": of.categories,
    }
    return ProductChange(product=of, known=known, **{**given, **other})


def bring(shop: RequiredParts, of: Product, **other: Any) -> ProductOutcome:
    """Look the product up and write it, as the flow does."""
    found = {target.id: target for each in shop.catalogue_target.find(of.skus).values() for target in each}
    assert len(found) <= 1
    draft = shop.catalogue_target.plan(change(of, next(iter(found.values()), None), **other))
    return shop.catalogue_target.write([draft])[0]


def category(name: str, parent: str | None = None, **other: Any) -> Category:
    return Category(id=ExternalId("x"), parent=ExternalId(parent) if parent else None, name=name, active=True, **other)
