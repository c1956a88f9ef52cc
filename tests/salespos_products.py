"""Canonical products for the tests of SalesPOS, a flow in small that carries them there, and what is there then."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from sandbox.platforms.salespos import SalesPosEmulator
from sandbox.platforms.salespos.catalogue import links
from shopbridge.connectors.parts import RequiredParts
from shopbridge.model.catalogue import (
    CataloguePrice,
    Feature,
    Price,
    Product,
    ProductChange,
    ProductField,
    ProductOutcome,
    Variant,
)

EVERY_FIELD: frozenset[ProductField] = frozenset(
    ("name", "short_text", "long_text", "ean", "active", "tax", "price", "stock", "categories", "features")
)
ON_CREATE: frozenset[ProductField] = frozenset(("name", "active", "tax", "stock"))
"""Fields that the default policies write once only."""


def price(amount: str, *, gross: bool = True, currency: str = "EUR") -> Price:
    """What something costs."""
    return Price(amount=Decimal(amount), gross=gross, currency=currency)


def variant(sku: str, options: Mapping[str, str], **other: Any) -> Variant:
    """A variant that costs what its product costs."""
    values = {"id": f"v-{sku}", "sku": sku, "ean": f"EAN-{sku}", "active": True, "prices": {}, "stock": Decimal(3)}
    return Variant.model_validate({**values, "options": dict(options), **other})


def product(sku: str = "TEE", variants: Sequence[Variant] = (), **other: Any) -> Product:
    """A T-shirt."""
    values: dict[str, Any] = {
        "id": f"p-{sku}",
        "rank": 1,
        "sku": sku,
        "name": "T-shirt",
        "short_text": "Cotton",
        "long_text": "<p>Soft cotton.</p>",
        "ean": "8712345000011",
        "active": True,
        "tax_rate": Decimal(21),
        "prices": {"regular": price("24.95")},
        "stock": None if variants else Decimal(5),
        "categories": (),
        "features": (Feature(name="Material", value="Cotton"), Feature(name="Fit", value="Slim")),
        "variants": tuple(variants),
        "images": 2,
        "extras": {},
    }
    return Product.model_validate(values | other)


def shirts(sizes: Sequence[str] = ("S", "M"), colours: Sequence[str] = ("red", "blue")) -> Product:
    """A product in sizes and colours, all but one of the combinations."""
    options = [{"Size": size, "Colour": colour} for size in sizes for colour in colours][:-1]
    return product(variants=[variant("TEE-" + "-".join(each.values()), each) for each in options])


def change_of(
    office: RequiredParts, of: Product, fields: frozenset[ProductField] | None = None, **other: Any
) -> ProductChange:
    """What the flow makes of a product: all fields of a new one, and not those written once of a known one."""
    found = {known.id: known for each in office.catalogue_target.find(of.skus).values() for known in each}
    assert len(found) <= 1
    known = next(iter(found.values()), None)
    usual = EVERY_FIELD - ON_CREATE if known else EVERY_FIELD
    values: dict[str, Any] = {
        "product": of,
        "known": known,
        "fields": usual if fields is None else fields,
        "price": CataloguePrice(regular=of.prices["regular"], sale=of.prices.get("sale")),
        "variant_prices": {
            each.sku: CataloguePrice(regular=each.prices["regular"], sale=each.prices.get("sale"))
            for each in of.variants
            if each.prices
        },
        "categories": (),
    }
    return ProductChange.model_validate(values | other)


def carry(
    office: RequiredParts, of: Product, fields: frozenset[ProductField] | None = None, **other: Any
) -> ProductOutcome:
    """Look the product up, plan it and write it."""
    (outcome,) = office.catalogue_target.write([office.catalogue_target.plan(change_of(office, of, fields, **other))])
    return outcome


def record_of(account: SalesPosEmulator, outcome: ProductOutcome) -> dict[str, Any]:
    """The product as the account keeps it."""
    assert outcome.id is not None, outcome
    found = account.shop.catalogue.get(int(outcome.id))
    assert found is not None
    return found


def contents(account: SalesPosEmulator) -> dict[str, Any]:
    """All products of an account without ids and times, to compare two accounts."""
    return {each["productnumber"]: _content(account, each) for each in account.shop.catalogue}


def _content(account: SalesPosEmulator, kept: Mapping[str, Any]) -> dict[str, Any]:
    shop, number = account.shop, kept["id"]
    names = ("name", "shortdescription", "description", "price", "discount", "taxtariff", "stock", "stocktype", "memo")
    properties = shop.table("productproperties")
    return {
        **{name: kept[name] for name in (*names, "eannumber", "is_active", "stockenabled")},
        "variants": sorted(map(_variant, account.combinations(number)), key=str),
        "categories": sorted(
            shop.table("categories")[link["category_id"]]["name"]
            for link in links.of_product(shop, "producttocategories", number)
        ),
        "features": {
            properties[value["product_property_id"]]["name"]: value["value"]
            for value in links.of_product(shop, "productpropertyvalues", number)
        },
    }


def _variant(combination: Mapping[str, Any]) -> tuple[Any, ...]:
    made_of = {part["attribute"]["name"]: part["attribute_value"]["name"] for part in combination["combination"]}
    fields = ("product_number", "ean_number", "active", "stock", "netto_extra_price")
    return (sorted(made_of.items()), *(combination[name] for name in fields))
