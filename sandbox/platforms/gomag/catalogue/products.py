"""Products are listed and found; the merchant's own changes."""

from decimal import Decimal
from functools import partial

from sandbox.platforms.gomag.catalogue.categories import path_of_names
from sandbox.platforms.gomag.catalogue.view import product_view
from sandbox.platforms.gomag.paging import changed_since, page
from sandbox.platforms.gomag.routing import PAGING, Call, Routes, reading
from sandbox.platforms.gomag.specs import ProductSpec, VersionSpec
from sandbox.platforms.gomag.state import LANGUAGE, Product, Shop, Version
from sandbox.platforms.gomag.wire import Record

_FILTERS = frozenset({"id", "sku", "category", "brand", "updated", "addVersions", "view"}) | PAGING
_TAKEN_ONLY = frozenset({"includeFiles", "includeVideos", "promoTag"})
"""Documented filters that change nothing here: files, videos and promotion tags are not simulated."""


def list_products(shop: Shop, call: Call) -> Record:
    """The products every filter leaves. A hidden one is found by id or SKU only."""
    named = "id" in call.query or "sku" in call.query
    found = [each for each in shop.products.values() if (named or not each.hidden) and _fits(shop, each, call)]
    return page(shop, call, "products", found, partial(product_view, shop, call))


def _fits(shop: Shop, product: Product, call: Call) -> bool:
    values = {
        "id": {str(product.id)},
        "sku": skus_of(shop, product),
        "category": {str(each) for path in product.categories for each in path},
        "brand": {_brand_id(shop, product)},
    }
    fits = all(call.query[name] in known for name, known in values.items() if call.query.get(name))
    return fits and changed_since(call, product.updated)


def skus_of(shop: Shop, product: Product) -> set[str]:
    """Under which SKUs a read finds a product."""
    own = {product.sku} - {""}
    return own | {each.sku for each in product.versions if shop.assumed.sku_filter_finds_versions}


def _brand_id(shop: Shop, product: Product) -> str:
    brands = shop.table("brands").items()
    return next((str(brand_id) for brand_id, brand in brands if brand["name"] == product.brand), "")


def add_product(shop: Shop, spec: ProductSpec) -> Product:
    """Put a product in the shop."""
    product = Product(
        id=shop.new_id("product"),
        sku=spec.sku,
        names={LANGUAGE: spec.name or spec.sku, **spec.names},
        descriptions={LANGUAGE: spec.description},
        price=spec.price,
        base_price=spec.base_price,
        special_price=spec.special_price,
        vat=shop.assumed.default_vat if spec.vat is None else spec.vat,
        own_stock=Decimal(spec.stock),
        ean=spec.ean,
        brand=brand_named(shop, spec.brand),
        currency=spec.currency,
        with_vat=shop.assumed.prices_include_vat if spec.with_vat is None else spec.with_vat,
        categories=[path_of_names(shop, path) for path in spec.categories],
        images=list(spec.images),
        attributes=[{"name": name, "value": value} for name, value in spec.attributes.items()],
        enabled=spec.enabled,
        hidden=spec.hidden,
        weight=spec.weight,
        updated=shop.now(),
    )
    product.versions = [add_version(shop, version) for version in spec.versions]
    product.nth = len(shop.products)
    shop.products[product.id] = product
    shop.catalogue_changed()
    return product


def add_version(shop: Shop, spec: VersionSpec) -> Version:
    """A version with an id of its own."""
    stock = Decimal(spec.stock)
    return Version(shop.new_id("product"), spec.sku, spec.price, stock, spec.ean, spec.weight)


def brand_named(shop: Shop, name: str) -> str:
    """The same name; a brand the shop does not know yet is made [inferred]."""
    brands = shop.table("brands")
    if name and not any(brand["name"] == name for brand in brands.values()):
        brand_id = shop.new_id("brand")
        brands[brand_id] = {"id": brand_id, "name": name}
    return name


ROUTES: Routes = {"product/read/json": reading(list_products, "product", _FILTERS | _TAKEN_ONLY, "products")}
