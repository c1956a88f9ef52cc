"""Products over the API: found, made, changed, deleted, by id, by SKU or by an id that the caller chose."""

from copy import deepcopy
from typing import Any, Final

from sandbox.platforms.kit.fields import Field, Shape, listed, nullable, one_of, required
from sandbox.platforms.shoprenter.catalogue import parts as product_parts
from sandbox.platforms.shoprenter.catalogue import products
from sandbox.platforms.shoprenter.catalogue.view import STOCK_STATUSES, product_extend_view, product_view
from sandbox.platforms.shoprenter.errors import bad, exists, not_emulated
from sandbox.platforms.shoprenter.fields import (
    FLAG,
    INT,
    NUMBER,
    PRICE,
    RELATION,
    TEXT,
    amount,
    check,
    inside,
    relation,
)
from sandbox.platforms.shoprenter.records import Product
from sandbox.platforms.shoprenter.routing import (
    Filter,
    Numbers,
    Resource,
    Resources,
    earliest,
    found_in,
    latest,
    on_day,
    same,
    single,
)
from sandbox.platforms.shoprenter.specs import by_warehouse
from sandbox.platforms.shoprenter.state import Shop
from sandbox.platforms.shoprenter.wire import Key, Record, link, money

TOO_MANY: Final = 40015
_READ_ONLY = "href innerId dateCreated dateUpdated productPrices allImages productAttributeExtend quantity"
READ_ONLY: Final = frozenset(_READ_ONLY.split())
_NOT_WRITTEN = """
productTags productProductBadgeRelations urlAliases volumeUnit weightUnit productRelatedProductRelations
productCollateralProductRelations productAddonProductRelations
"""
_ALSO_REAL: Final = frozenset(_NOT_WRITTEN.split())
_TEXT_FIELDS = ("modelNumber", "gtin", "availableDate", "mainPicture", "imageAlt")
_FLAGS = ("orderable", "shipped", "minimalOrderNumberMultiply", "freeShipping", "durableMediaDevice", "multiplierLock")
_NUMBERS = ("minimalOrderNumber", "maximalOrderNumber", "cost", "loyaltyPoints", "width", "height", "length", "weight")
_MONEY = ("cost", "multiplier")
_STOCKS = ("stock1", "stock2", "stock3", "stock4")
_MANUFACTURER = Field("a manufacturer", lambda value: isinstance(value, dict) and value.keys() <= {"id", "name"})
_PLAIN: Shape = {
    "sku": required(TEXT),
    "status": one_of((0, 1, 2, "0", "1", "2")),
    "price": PRICE,
    "subtractStock": FLAG,
    "sortOrder": INT,
    "multiplier": PRICE,
    "taxClass": RELATION,
    "manufacturer": nullable(_MANUFACTURER),
    "parentProduct": RELATION,
    "productClass": nullable(RELATION),
    **dict.fromkeys(_TEXT_FIELDS, TEXT),
    **dict.fromkeys(_FLAGS, FLAG),
    **dict.fromkeys(_NUMBERS, NUMBER),
    **dict.fromkeys(_STOCKS, NUMBER),
    **dict.fromkeys(STOCK_STATUSES, RELATION),
}
_EXTENDED: Shape = {**_PLAIN, **{name: listed(part.shape) for name, part in product_parts.PARTS.items()}}


def _create(shop: Shop, body: Record) -> Numbers:
    """A new product; without ``status`` it is on sale. An SKU that is there is a 409 with the id.

    Raises:
        ApiError: Nothing was made.
    """
    _checked(body, new=True)
    if len(shop.products) >= shop.assumed.products_at_most:
        raise bad(TOO_MANY, "The product limit of the plan is reached")
    _free(shop, body["sku"])
    tax = next(iter(shop.tax_classes))
    now = shop.now()
    product = Product(0, body["sku"], amount(0), tax, now, now, by_warehouse(0))
    _write(shop, product, body, "POST")
    product.id = shop.new_id("product")
    for special in product.specials.values():
        special.product = product.id
    shop.put(product)
    return (product.id,)


def _update(shop: Shop, product: Product, body: Record, method: str) -> None:
    """What is sent: all of it or, when anything is wrong, nothing.

    Raises:
        ApiError: Nothing was changed.
    """
    _checked(body, new=False)
    old = product.sku
    if "sku" in body:
        _free(shop, body["sku"], but=product)
    draft = deepcopy(product)
    _write(shop, draft, body, method)
    draft.updated = shop.now()
    vars(product).update(vars(draft))
    shop.put(product, old)


def _delete(shop: Shop, product: Product) -> None:
    shop.drop(product)


def _checked(body: Record, *, new: bool) -> None:
    if real := sorted(body.keys() & _ALSO_REAL):
        raise not_emulated(f"{real[0]} of a product in a write")
    check(body, _EXTENDED, READ_ONLY, new=new)


def _free(shop: Shop, sku: str, but: Product | None = None) -> None:
    known = shop.product_of(sku)
    if known is not None and known is not but:
        raise exists(f"There is a product with the SKU {sku}", Key("product", (known.id,)))


def _write(shop: Shop, product: Product, body: Record, method: str) -> None:
    product.sku = body.get("sku", product.sku)
    product.status = int(body.get("status", product.status))
    product.subtracts = str(body.get("subtractStock", int(product.subtracts))) == "1"
    if "price" in body:
        product.price = amount(body["price"])
    for at, name in enumerate(_STOCKS):
        if name in body:
            product.stock[at] = amount(body[name])
    for name in {*_TEXT_FIELDS, *_FLAGS, *_NUMBERS, "sortOrder", "multiplier"} & body.keys():
        product.fields[name] = money(amount(body[name])) if name in _MONEY else str(body[name])
    _multiply(shop, product)
    _relate(shop, product, body)
    product_parts.write_parts(shop, product, body, method)


def _multiply(shop: Shop, product: Product) -> None:
    """Every write takes the multiplier of the shop's bands, unless it is locked."""
    if shop.assumed.price_multiplier != 1 and product.fields.get("multiplierLock") != "1":
        product.fields["multiplier"] = money(shop.assumed.price_multiplier)


def _relate(shop: Shop, product: Product, body: Record) -> None:
    if "taxClass" in body:
        product.tax_class = inside(shop.tax_classes, relation(shop, body["taxClass"], "taxClass"))
    if "parentProduct" in body:
        above = inside(shop.products, relation(shop, body["parentProduct"], "product"))
        product.parent = 0 if above == product.id else above
    for name in {*STOCK_STATUSES} & body.keys():
        status = inside(shop.stock_statuses, relation(shop, body[name], "stockStatus"))
        product.fields[name] = link("stockStatuses", "stockStatus", status)
    if "manufacturer" in body:
        product.manufacturer = _manufacturer(shop, body["manufacturer"])
    if "productClass" in body:
        _classify(shop, product, body["productClass"])


def _classify(shop: Shop, product: Product, value: Any) -> None:
    """Another class drops the values of attributes that it does not have."""
    if value is None:
        product.product_class, product.values = None, []
        return
    number = inside(shop.product_classes, relation(shop, value, "productClass"))
    has = shop.product_classes[number].attributes
    product.product_class = number
    product.values = [each for each in product.values if shop.list_values[each].attribute in has]


def _manufacturer(shop: Shop, value: Any) -> int | None:
    """An id relinks, a name makes one, both rename it."""
    if value is None:
        return None
    if "id" not in value:
        return products.manufacturer(shop, value["name"])
    number = inside(shop.manufacturers, relation(shop, value, "manufacturer"))
    shop.manufacturers[number] = value.get("name", shop.manufacturers[number])
    return number


# --- resources ----------------------------------------------------------------------------------------------------


def _has_sku(shop: Shop, product: Product, wanted: str) -> bool:
    found, text = (product.sku, wanted) if not shop.assumed.sku_any_case else (product.sku.lower(), wanted.lower())
    return found.startswith(text) if shop.assumed.sku_prefix else found == text


def _is_child(shop: Shop, product: Product, wanted: str) -> bool:
    return str(product.parent) == wanted or (shop.assumed.parent_among_children and str(product.id) == wanted)


def _products(shop: Shop) -> dict[int, Product]:
    return shop.products


FILTERS: dict[str, Filter] = {
    "innerId": same(lambda product: product.id),
    "sku": Filter(same(str).check, _has_sku),
    "createdAt": on_day(lambda product: product.created),
    "updatedAt": on_day(lambda product: product.updated),
    "parentProductId": Filter(same(str).check, _is_child),
}
MORE_FILTERS: dict[str, Filter] = {
    **FILTERS,
    "createdAfter": earliest(lambda product: product.created),
    "createdBefore": latest(lambda product: product.created),
    "updatedAfter": earliest(lambda product: product.updated),
    "updatedBefore": latest(lambda product: product.updated),
    "published": same(lambda product: product.status),
}


def _new_manufacturer(shop: Shop, body: Record) -> Numbers:
    name = check(body, {"name": required(TEXT), "sortOrder": INT}, new=True)["name"]
    if name in shop.manufacturers.values():
        raise exists("The manufacturer exists", Key("manufacturer", (products.manufacturer(shop, name),)))
    return (products.manufacturer(shop, name),)


RESOURCES: Resources = {
    "products": Resource(
        "product",
        product_parts.AREA,
        single(_products),
        product_view,
        FILTERS,
        found_in(_products),
        _create,
        _update,
        _delete,
        answers_always=True,
    ),
    "productExtend": Resource(
        "product",
        product_parts.AREA,
        single(_products),
        product_extend_view,
        MORE_FILTERS,
        found_in(_products),
        _create,
        _update,
        _delete,
        by_sku=True,
        answers_always=True,
        beside=lambda shop: {"requestTime": shop.stamp(shop.now())},
    ),
    "manufacturers": Resource(
        "manufacturer",
        "product.manufacturer",
        lambda shop: {(number,): (number, name) for number, name in shop.manufacturers.items()},
        lambda _, maker: {"innerId": str(maker[0]), "name": maker[1], "sortOrder": "1"},
        {"innerId": same(lambda maker: maker[0])},
        create=_new_manufacturer,
    ),
}
