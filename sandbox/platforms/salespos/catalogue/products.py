"""Products (platform file, "Articles and variants" and "Stock and reservations")."""

from collections.abc import Callable, Iterable
from decimal import Decimal
from functools import partial
from typing import Any

from sandbox.platforms.salespos.catalogue import categories, features, links
from sandbox.platforms.salespos.catalogue.index import NUMBERS
from sandbox.platforms.salespos.catalogue.variants import combination_view, combinations_of
from sandbox.platforms.salespos.errors import (
    NO_SUCH_RECORD,
    NO_SUCH_REFERENCE,
    PRODUCT_LIMIT,
    SAME_VALUE,
    ApiError,
    invalid,
)
from sandbox.platforms.salespos.paging import as_flag, as_integer, as_number, ordered, page
from sandbox.platforms.salespos.routing import DONE, PAGING, Answer, Call, Endpoint, Routes, created, found
from sandbox.platforms.salespos.shapes import PRODUCT_PATCH, PRODUCT_POST
from sandbox.platforms.salespos.state import Shop
from sandbox.platforms.salespos.wire import Record, moment

SHORTEST_NAME_SEARCH = 3
_REFERENCES = {"package_id": "packages"}

_SUB_COLLECTIONS = [
    "attributecombinations",
    "productattributevalues",
    "productattributesets",
    "producttocategories",
    "productphotos",
    "producttopropertygroups",
    "productstaggeredprices",
    "producttaxtariffexceptions",
    "productkeywords",
    "productrelevant",
    "productattachments",
    "productreviews",
    "productshippingcosts",
    "productvideos",
    "productlabels",
    "productvariations",
]

_DEFAULTS: Record = {
    **dict.fromkeys((*NUMBERS, "shortdescription", "description", "unit", "stocklocation", "memo"), ""),
    **dict.fromkeys(("maincategory", "subcategory", "alias", "meta_description", "page_title"), ""),
    **dict.fromkeys(("purchaseprice", "container_deposit_price", "safety_deposit_price"), 0),
    **dict.fromkeys(("weight", "stock", "decimal_amount"), 0),
    **dict.fromkeys(("brand", "condition", "color", "supplier", "productmainphoto"), None),
    "taxtariff": None,
    "vatrate": None,
    "stockenabled": False,
    "stocktype": "Product",
    "ordering_without_stock": "global_setting",
    "minimal_order_amount": 1,
    "is_multishop_product": False,
    "is_active": True,
}


def list_products(shop: Shop, call: Call) -> Answer:
    """The products not in the trash, narrowed, ordered and expanded as asked."""
    expanded = _expanded(call)
    products = ordered(call, _narrowed(shop, call), _ORDER_BY)
    return page(call, "/products/", products, partial(product_view, shop, call.root, expanded))


def show_product(shop: Shop, call: Call) -> Answer:
    """One product."""
    return found(product_view(shop, call.root, _expanded(call), product_of(shop, call.id)))


def post_product(shop: Shop, call: Call) -> Answer:
    """A new product."""
    return created(product_view(shop, call.root, (), create_product(shop, call.body)))


def create_product(shop: Shop, body: Record) -> Record:
    """Make a product.

    Raises:
        ApiError: No tax, no such package, or the subscription's limit is reached (500.60).
    """
    if "taxtariff" not in body and "vatrate" not in body:
        raise invalid("body.taxtariff or body.vatrate is missing")
    _check_references(shop, body)
    _check_limit(shop, body)
    now = shop.now()
    product = {
        "id": shop.new_id("products"),
        "createdate": now,
        "modifydate": now,
        **_DEFAULTS,
        **_stored(body),
    }
    shop.catalogue.add(product)
    shop.emit("products.created", "products", product["id"])
    return product


def patch_product(shop: Shop, call: Call) -> Answer:
    """Change the sent fields only; ``stock`` is an absolute value."""
    change_product(shop, product_of(shop, call.id), call.body)
    return DONE


def change_product(shop: Shop, product: Record, body: Record) -> None:
    """Change a product.

    Raises:
        ApiError: 500.50 when the account refuses changes that change nothing.
    """
    _check_references(shop, body)
    changes = _stored(body)
    if changes and shop.is_same(product, changes):
        raise ApiError(SAME_VALUE, "nothing changes")
    shop.catalogue.change(product, changes)
    if set(changes) != {"stock"} or shop.settings.stock_moves_modifydate:
        touch(shop, product)


def touch(shop: Shop, product: Record) -> None:
    """The product counts as modified."""
    product["modifydate"] = shop.now()
    shop.emit("products.updated", "products", product["id"])


def delete_product(shop: Shop, call: Call) -> Answer:
    """Move to the trash."""
    trash_product(shop, product_of(shop, call.id)["id"])
    return DONE


def trash_product(shop: Shop, product_id: int) -> None:
    """Move to the trash: no longer listed, found or orderable."""
    shop.catalogue.trash(product_id)
    shop.emit("products.deleted", "products", product_id)


def product_of(shop: Shop, product_id: int) -> Record:
    """The product.

    Raises:
        ApiError: It is absent or, [inferred], in the trash.
    """
    product = shop.catalogue.get(product_id)
    if product is None:
        raise ApiError(NO_SUCH_RECORD, f"product {product_id} does not exist")
    return product


def product_view(shop: Shop, root: str, expanded: Iterable[str], product: Record) -> Record:
    """A product as a read shows it; sub-collections are links unless expanded."""
    href = f"{root}/products/{product['id']}/"
    fields = {name: value for name, value in product.items() if not name.endswith("_id")}
    return {
        "href": href,
        **fields,
        "createdate": moment(product["createdate"]),
        "modifydate": moment(product["modifydate"]),
        "vatrate": shop.tax_of(product),
        "package": {"href": f"{root}/packages/{product['package_id']}/", "id": product["package_id"]},
        **{name: {"href": f"{href}{name}/"} for name in _SUB_COLLECTIONS},
        **{name: {"href": f"{href}{name}/", "items": _sub_items(shop, root, name, product["id"])} for name in expanded},
    }


def _sub_items(shop: Shop, root: str, name: str, product_id: int) -> list[Record]:
    if name == "attributecombinations":
        return [combination_view(root, each) for each in combinations_of(shop, product_id)]
    show = _LINKED.get(name)
    return [show(shop, root, record) for record in links.of_product(shop, name, product_id)] if show else []


_LINKED: dict[str, Callable[[Shop, str, Record], Record]] = {
    "producttocategories": lambda _, root, link: categories.link_view(root, link),
    "producttopropertygroups": features.group_link_view,
    "productphotos": lambda _, root, photo: links.photo_view(root, photo),
}


def _stored(body: Record) -> Record:
    """Writes say ``active``, reads say ``is_active`` (SDK S1); a tariff replaces a rate and back."""
    changes = {name: value for name, value in body.items() if name != "active"}
    if "active" in body:
        changes["is_active"] = body["active"]
    if "vatrate" in body and "taxtariff" not in body:
        changes["taxtariff"] = None
    return changes


def _check_references(shop: Shop, body: Record) -> None:
    for name, resource in _REFERENCES.items():
        if name in body and body[name] not in shop.table(resource):
            raise ApiError(NO_SUCH_REFERENCE, f"{name} {body[name]} does not exist")


def _check_limit(shop: Shop, body: Record) -> None:
    limit = shop.settings.product_limit
    if limit < 0 or not body.get("active", True):
        return
    if sum(product["is_active"] for product in shop.catalogue) >= limit:
        raise ApiError(PRODUCT_LIMIT, "the product limit of the subscription is reached")


def _expanded(call: Call) -> tuple[str, ...]:
    names = tuple(filter(None, call.query.get("expand", "").split(",")))
    for name in names:
        if name not in _SUB_COLLECTIONS:
            raise invalid(f"expand does not know {name}")
    return names


def _narrowed(shop: Shop, call: Call) -> Iterable[Record]:
    products = _numbered(shop, call)
    tests = [test(call.query[name], name) for name, test in _FILTERS.items() if name in call.query]
    return [product for product in products if all(test(product) for test in tests)]


def _numbered(shop: Shop, call: Call) -> Iterable[Record]:
    asked = [name for name in NUMBERS if name in call.query]
    if not asked:
        return shop.catalogue
    products = shop.catalogue.numbered(asked[0], call.query[asked[0]])
    return [each for each in products if all(each[name] == call.query[name] for name in asked)]


Test = Callable[[Record], bool]


def _sell_price(product: Record) -> Decimal:
    return Decimal(product["price"]) - Decimal(product["discount"])


def _field(name: str) -> Callable[[Record], Any]:
    return lambda product: product[name]


def _at_least(value: Callable[[Record], Any]) -> Callable[[str, str], Test]:
    def test(text: str, name: str) -> Test:
        bound = as_number(text, name)
        return lambda product: bool(value(product) >= bound)

    return test


def _at_most(value: Callable[[Record], Any]) -> Callable[[str, str], Test]:
    def test(text: str, name: str) -> Test:
        bound = as_number(text, name)
        return lambda product: bool(value(product) <= bound)

    return test


def _name_like(text: str, name: str) -> Test:
    if len(text) < SHORTEST_NAME_SEARCH:
        raise invalid(f"{name} should have at least {SHORTEST_NAME_SEARCH} characters")
    return lambda product: text.casefold() in product["name"].casefold()


def _stock_is(text: str, name: str) -> Test:
    stock = as_integer(text, name)
    return lambda product: bool(product["stock"] == stock)


def _active_is(text: str, name: str) -> Test:
    active = as_flag(text, name)
    return lambda product: bool(product["is_active"] == active)


def _color_is(text: str, _: str) -> Test:
    """Colours are not simulated: every product is without one."""
    return lambda product: (product["color"] or "null") == text


_FILTERS: dict[str, Callable[[str, str], Test]] = {
    "productname": _name_like,
    "minprice": _at_least(_field("price")),
    "maxprice": _at_most(_field("price")),
    "mindiscount": _at_least(_field("discount")),
    "maxdiscount": _at_most(_field("discount")),
    "minsellprice": _at_least(_sell_price),
    "maxsellprice": _at_most(_sell_price),
    "stock": _stock_is,
    "minstock": _at_least(_field("stock")),
    "maxstock": _at_most(_field("stock")),
    "color": _color_is,
    "active": _active_is,
}
_ORDER_BY = {name: _field(name) for name in ("id", "name", "createdate", "modifydate")}

ROUTES: Routes = {
    "/products": {
        "GET": Endpoint(list_products, PAGING | {"orderby", "expand"} | set(NUMBERS) | set(_FILTERS)),
        "POST": Endpoint(post_product, shape=PRODUCT_POST),
    },
    "/products/{id}": {
        "GET": Endpoint(show_product, frozenset({"expand"})),
        "PATCH": Endpoint(patch_product, shape=PRODUCT_PATCH),
        "DELETE": Endpoint(delete_product),
    },
}
