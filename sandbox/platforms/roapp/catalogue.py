"""Products and services: read in v2, looked up and written in the unversioned API (L1, L4, L9)."""

from collections.abc import Iterable
from typing import Any

from sandbox.platforms.kit.fields import requiring
from sandbox.platforms.roapp.errors import ApiError, not_found
from sandbox.platforms.roapp.fields import NEW_PRODUCT, PRODUCT
from sandbox.platforms.roapp.query import Query, counted, paged
from sandbox.platforms.roapp.routing import Call, Route, Routes, created, created_before, found, get
from sandbox.platforms.roapp.state import Account, Category, Product
from sandbox.platforms.roapp.wire import Record, amount_of, money, plain


def products_of(account: Account, kind: str) -> list[Product]:
    """All products, or all services."""
    return [each for each in account.products.values() if each.kind == kind]


def products(account: Account, call: Call) -> Record:
    """A page of v2; no filter is known."""
    return paged(products_of(account, "product"), call.query, lambda each: product_view(account, each))


def services(account: Account, call: Call) -> Record:
    """The same of services."""
    return paged(products_of(account, "service"), call.query, lambda each: product_view(account, each))


def one_product(account: Account, call: Call) -> Record:
    """One product, by analogy with services only [inferred]."""
    if not account.assumed.one_product_of_v2:
        raise not_found("/v2/catalog/products/{id}")
    return product_view(account, _of_kind(account, call.id(), "product"))


def one_service(account: Account, call: Call) -> Record:
    """One service, which clients read bare and inside ``data`` (L16)."""
    service = product_view(account, _of_kind(account, call.id(), "service"))
    return service if call.id() % 2 else {"data": service}


def _of_kind(account: Account, number: int, kind: str) -> Product:
    product: Product = found(account.products, number, kind.capitalize())
    if product.kind != kind:
        raise not_found(kind.capitalize())
    return product


def categories(account: Account, call: Call) -> Any:
    """Categories of products: paged, on some accounts a bare array (L4, L9)."""
    return _categories(account, account.categories.values(), call)


def service_categories(account: Account, call: Call) -> Any:
    """The same of services."""
    return _categories(account, account.service_categories.values(), call)


def _categories(account: Account, rows: Iterable[Category], call: Call) -> Any:
    if account.assumed.bare_categories:
        return [category_view(each) for each in rows]
    return paged(list(rows), call.query, category_view)


def category_view(category: Category) -> Record:
    """A category (L4, L9)."""
    return {"id": category.id, "title": category.title, "parent_id": category.parent}


def product_view(account: Account, product: Product) -> Record:
    """A product as v2 shows it; of prices and barcodes there are two forms."""
    prices = {number: money(amount) for number, amount in product.prices.items()}
    as_map = {str(number): amount for number, amount in prices.items()}
    as_list = [{"id": number, "price": amount} for number, amount in prices.items()]
    texts = account.assumed.barcodes == "texts"
    return {
        "id": product.id,
        "title": product.title,
        "description": product.description,
        "code": product.code,
        "sku": product.sku,
        "uom_id": 1,
        "category_id": product.category,
        "cost": money(product.cost),
        "prices": as_map if account.assumed.prices == "map" else as_list,
        "barcodes": [code if texts else {"code": code, "type": "ean13"} for code in product.barcodes],
        "warranty": {"period": "0", "unit": "days"},
        "images": [],
        "is_dimensions_weight_enabled": False,
        "is_expiration_tracking_enabled": False,
        "is_expiring_soon_alert_enabled": False,
        "is_critical_alert_enabled": False,
        "default_supplier_id": None,
    }


# --- the unversioned API ---------------------------------------------------------------------------------------------


def looked_up(account: Account, call: Call) -> Record:
    """Products by id, category, exact title, article or barcode, or by a text in any of these (L1)."""
    rows = [each for each in products_of(account, "product") if is_meant(each, call.query)]
    return counted(rows, call.query, lambda each: _row(account, each))


def is_meant(product: Product, query: Query) -> bool:
    """Whether a product is what the filters ask for, all of them."""
    ids, sections = query.numbers("ids"), query.numbers("categories")
    title, articles, barcodes, text = query.one("title"), query.many("articles"), query.many("barcodes"), query.one("q")
    names = (product.title, product.sku, product.code, *product.barcodes)
    return (
        (not ids or product.id in ids)
        and (not sections or product.category in sections)
        and (title is None or product.title == title)
        and (not articles or product.sku in articles)
        and (not barcodes or not set(barcodes).isdisjoint(product.barcodes))
        and (not text or any(text.casefold() in name.casefold() for name in names))
    )


def _row(account: Account, product: Product) -> Record:
    return {**good_view(account, product), "uom_id": 1, "barcodes": list(product.barcodes), "is_serial": product.serial}


def good_view(account: Account, product: Product) -> Record:
    """A product in the older dialect: ``article`` is its SKU, a price is a number by price type (L1, L12)."""
    category = account.categories.get(product.category or 0)
    nested = {"id": category.id, "title": category.title, "parent_id": category.parent} if category else None
    return {
        "id": product.id,
        "code": product.code,
        "title": product.title,
        "image": [],
        "price": {str(number): plain(amount) for number, amount in product.prices.items()},
        "article": product.sku,
        "category": nested,
        "description": product.description,
        "custom_fields": product.custom,
        "warranty": 0,
        "warranty_period": 0,
    }


def make(account: Account, call: Call) -> Record:
    """A new product in the older dialect (L1)."""
    _check(account, call.body)
    product = add_product(account, title=call.body["title"])
    write(product, call.body)
    return created_before(account, product.id)


def make_in_v2(account: Account, call: Call) -> Any:
    """A new product in v2, which no source shows [inferred]."""
    if not account.assumed.products_of_v2_are_made:
        raise ApiError(405, "Method Not Allowed")
    _check(account, call.body)
    product = add_product(account, title=call.body["title"])
    write(product, call.body)
    return created(account, product_view(account, product))


def put(account: Account, call: Call) -> Record:
    """Other values of a product (L1)."""
    product = _of_kind(account, call.id(), "product")
    _check(account, call.body)
    write(product, call.body)
    return created_before(account, product.id)


def patch(account: Account, call: Call) -> Record:
    """The same, as an SDK does it (L2)."""
    if not account.assumed.patches_products:
        raise ApiError(405, "Method Not Allowed")
    return put(account, call)


def _check(account: Account, values: Record) -> None:
    wrong = ["category_id"] if values.get("category_id") not in {None, *account.categories} else []
    wrong += [f"prices.{name}" for name in values.get("prices", {}) if name not in map(str, account.price_types)]
    wrong += [name for name in values.get("custom_fields", {}) if int(name[1:]) not in account.custom_fields]
    if wrong:
        raise ApiError(400, {"validation": {name: ["unknown"] for name in wrong}})


def add_product(account: Account, *, title: str, kind: Any = "product") -> Product:
    """Put an empty product in the account; its code is the next number."""
    number = account.new_id("product")
    product = Product(number, kind, title, code=str(account.new_id("code")))
    account.products[number] = product
    return product


def write(product: Product, values: Record) -> None:
    """Put values on a product, by the names of either dialect."""
    product.title = values.get("title", product.title)
    product.description = values.get("description", product.description)
    product.code = str(values.get("code", product.code))
    product.sku = str(values.get("article", values.get("sku", product.sku)))
    product.category = values.get("category_id", product.category)
    product.barcodes = tuple(values.get("barcodes", product.barcodes))
    product.serial = values.get("is_serial", product.serial)
    product.custom.update(values.get("custom_fields", {}))
    product.prices.update({int(number): amount_of(price) for number, price in values.get("prices", {}).items()})


LOOKED_UP_BY = ("page", "ids", "categories", "title", "articles", "barcodes", "q")
ROUTES: Routes = {
    "GET /v2/catalog/products": get(products, "page"),
    "POST /v2/catalog/products": Route(make_in_v2, requiring(NEW_PRODUCT, {"title", "category_id"})),
    "GET /v2/catalog/products/{id}": get(one_product),
    "GET /v2/catalog/products/categories": get(categories, "page"),
    "GET /v2/catalog/services": get(services, "page"),
    "GET /v2/catalog/services/{id}": get(one_service),
    "GET /v2/catalog/services/categories": get(service_categories, "page"),
    "GET /products/": get(looked_up, *LOOKED_UP_BY),
    "POST /products/": Route(make, requiring(PRODUCT, {"category_id", "title"})),
    "PUT /products/{id}": Route(put, PRODUCT),
    "PATCH /products/{id}": Route(patch, PRODUCT),
}
