"""Products are made, changed and deleted by the API (platform file, "Products and variants"; all unverified there).

A product is created through its versions: one version is a simple product, several are a parent with versions
[inferred], and the parent then has no SKU of its own. One faulty row refuses the whole call [inferred].
"""

from decimal import Decimal

from sandbox.platforms.gomag.catalogue.categories import path_of_names
from sandbox.platforms.gomag.catalogue.products import add_product, add_version, brand_named
from sandbox.platforms.gomag.errors import SUCCESS, invalid, no_data
from sandbox.platforms.gomag.fields import (
    FLAG,
    ID,
    NUMBER,
    PATHS,
    PRICE,
    TEXT,
    TEXTS,
    amount,
    check_identifier,
    check_rows,
    rows_of,
)
from sandbox.platforms.gomag.routing import Call, Routes, writing
from sandbox.platforms.gomag.specs import ProductSpec, VersionSpec
from sandbox.platforms.gomag.state import Product, Shop, Version
from sandbox.platforms.gomag.wire import Record
from sandbox.platforms.kit.fields import Shape, required

SOLD: Shape = {"price": PRICE, "specialPrice": PRICE, "stock": NUMBER, "weight": NUMBER, "ean": TEXT}
DESCRIBED: Shape = {
    "name": TEXTS,
    "description": TEXTS,
    "enabled": FLAG,
    "vat": PRICE,
    "currency": TEXT,
    "brand": TEXT,
    "categories": PATHS,
}
NEW_VERSION: Shape = {**SOLD, "sku": required(TEXT), "price": required(PRICE)}
NEW: Shape = {**DESCRIBED, "name": required(TEXTS), "versions": required(rows_of(NEW_VERSION))}
CHANGED: Shape = {
    **DESCRIBED,
    **SOLD,
    "id": ID,
    "sku": TEXT,
    "versions": rows_of({**SOLD, "id": ID, "sku": TEXT}),
}


def write(shop: Shop, call: Call) -> Record:
    """New products."""
    rows = check_rows(call.data, NEW)
    refuse_negative(shop, rows)
    for row in rows:
        _check_versions(shop, row)
    for row in rows:
        _create(shop, row)
    return SUCCESS


def _check_versions(shop: Shop, row: Record) -> None:
    if not row["versions"]:
        raise invalid("a product needs a version")
    taken = [each["sku"] for each in row["versions"] if shop.sold_as(each["sku"])]
    if taken and shop.assumed.duplicate_sku_refused:
        raise invalid(f"sku {taken[0]} exists")


def _create(shop: Shop, row: Record) -> None:
    versions = row["versions"]
    simple = len(versions) == 1
    spec = ProductSpec(
        sku=versions[0]["sku"] if simple else "",
        price=amount(versions[0]["price"]),
        stock=amount(versions[0].get("stock", 0)),
        versions=() if simple else tuple(_version_spec(each) for each in versions),
        ean=versions[0].get("ean", "") if simple else "",
        names=row["name"],
    )
    product = add_product(shop, spec)
    _describe(shop, product, row)
    if simple:
        _sell(product, versions[0])


def _version_spec(row: Record) -> VersionSpec:
    weight = amount(row["weight"]) if "weight" in row else None
    return VersionSpec(row["sku"], amount(row["price"]), amount(row.get("stock", 0)), row.get("ean", ""), weight)


def patch(shop: Shop, call: Call) -> Record:
    """Changed products, by ``id`` or ``sku``; a version's price goes through ``versions``."""
    rows = check_rows(call.data, CHANGED)
    refuse_negative(shop, rows)
    for row in rows:
        check_identifier(row, "id", "sku")
        for each in row.get("versions", []):
            check_identifier(each, "id", "sku")
    matched = [(product, row) for row in rows for product in _named(shop, row)]
    if not matched:
        raise no_data()
    for product, row in matched:
        _describe(shop, product, row)
        _sell(product, row)
        for each in row.get("versions", []):
            _patch_version(shop, product, each)
        product.updated = shop.now()
    return SUCCESS


def delete(shop: Shop, call: Call) -> Record:
    """Products that are gone, by ``id`` or ``sku``."""
    rows = check_rows(call.data, {"id": ID, "sku": TEXT})
    for row in rows:
        check_identifier(row, "id", "sku")
    doomed = {product.id for row in rows for product in _named(shop, row)}
    if not doomed:
        raise no_data()
    for product_id in doomed:
        del shop.products[product_id]
    shop.catalogue_changed()
    return SUCCESS


def _named(shop: Shop, row: Record) -> list[Product]:
    """The first product a row means; a version's SKU means its parent only where reads find it so."""
    if "id" in row:
        found = shop.products.get(int(amount(row["id"])))
        return [found] if found else []
    return [product for product in shop.products.values() if product.sku and product.sku == row["sku"]][:1]


def _patch_version(shop: Shop, product: Product, row: Record) -> None:
    """Change a version; a simple product is its own."""
    if not product.versions and row.get("sku") == product.sku:
        _sell(product, row)
        return
    found = next((each for each in product.versions if _is_meant(each, row)), None)
    if found is None and "sku" in row and shop.assumed.patch_adds_versions:
        found = add_version(shop, VersionSpec(row["sku"]))
        product.versions.append(found)
        shop.catalogue_changed()
    if found is not None:
        _sell(found, row)


def _is_meant(version: Version, row: Record) -> bool:
    return amount(row["id"]) == version.id if "id" in row else row["sku"] == version.sku


def _describe(shop: Shop, product: Product, row: Record) -> None:
    """What versions share."""
    product.names.update(row.get("name", {}))
    product.descriptions.update(row.get("description", {}))
    product.enabled = str(row.get("enabled", int(product.enabled))) == "1"
    product.vat = amount(row.get("vat", product.vat))
    product.currency = row.get("currency", product.currency)
    product.brand = brand_named(shop, row.get("brand", product.brand))
    if "categories" in row:
        product.categories = [path_of_names(shop, path) for path in row["categories"]]


def _sell(sold: Product | Version, row: Record) -> None:
    """What each version has of its own. A special price of 0 ends it [inferred]."""
    set_stock_and_price(sold, row)
    if "weight" in row:
        sold.weight = amount(row["weight"])
    sold.ean = row.get("ean", sold.ean)


def set_stock_and_price(sold: Product | Version, row: Record) -> None:
    """Take ``price``, ``specialPrice`` and ``stock`` over."""
    if "price" in row:
        sold.price = amount(row["price"])
    if "specialPrice" in row:
        sold.special_price = amount(row["specialPrice"]) or None
    if "stock" in row:
        _set_stock(sold, amount(row["stock"]))


def _set_stock(sold: Product | Version, stock: Decimal) -> None:
    if isinstance(sold, Product):
        sold.own_stock = stock
    else:
        sold.stock = stock


def refuse_negative(shop: Shop, rows: list[Record]) -> None:
    """Check every figure before anything is written.

    Raises:
        ApiError: A stock is below 0 and this shop takes none.
    """
    figures = [each.get("stock", 0) for row in rows for each in (row, *row.get("versions", []))]
    if shop.assumed.negative_stock_refused and any(amount(figure) < 0 for figure in figures):
        raise invalid("stock should not be below 0")


ROUTES: Routes = {
    "product/write/json": writing(write, "product"),
    "product/patch/json": writing(patch, "product"),
    "product/delete/json": writing(delete, "product"),
}
