"""What belongs to products: texts, categories, special and group prices, in lists of a product and by themselves.

In a list of ``productExtend`` PUT replaces all rows and POST adds to them; a row is written whole.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sandbox.platforms.kit.fields import Shape, is_text, nullable, one_of, optional, required
from sandbox.platforms.shoprenter.catalogue.prices import OPEN
from sandbox.platforms.shoprenter.catalogue.products import TEXTS, text
from sandbox.platforms.shoprenter.catalogue.view import category_relation, description, group_price, special_view
from sandbox.platforms.shoprenter.errors import WRONG_DATA, bad, exists
from sandbox.platforms.shoprenter.fields import (
    DATE,
    FLAG,
    INT,
    PRICE,
    RELATION,
    TEXT,
    amount,
    check,
    inside,
    relation,
)
from sandbox.platforms.shoprenter.records import Product, Special
from sandbox.platforms.shoprenter.routing import Filter, Numbers, Resource, Resources, parent
from sandbox.platforms.shoprenter.state import Shop
from sandbox.platforms.shoprenter.wire import Key, Record, link

AREA: Final = "product.product"
_DESCRIPTION: Shape = {**dict.fromkeys(TEXTS, TEXT), "language": required(RELATION)}
_CATEGORY: Shape = {"category": required(RELATION)}
_SPECIAL: Shape = {
    "price": required(PRICE),
    "priority": INT,
    "dateFrom": DATE,
    "dateTo": DATE,
    "minQuantity": INT,
    "maxQuantity": INT,
    "isLimitedDiscount": FLAG,
    "maxOrderableCount": INT,
    "type": one_of(("interval", "day_spec")),
    "customerGroup": nullable(RELATION),
}
_GROUP_PRICE: Shape = {"price": required(PRICE), "customerGroup": required(RELATION)}


@dataclass(frozen=True)
class Part:
    """One list of a product.

    Args:
        shape: A row.
        add: Adds a row; says which record it is.
        clear: Removes all rows.
    """

    shape: Shape
    add: Callable[[Shop, Product, Record], Numbers]
    clear: Callable[[Product], None]


def _add_text(shop: Shop, product: Product, row: Record) -> Numbers:
    language = inside(shop.languages, relation(shop, row["language"], "language"))
    if language in product.texts:
        raise exists("The description exists", Key("productDescription", (product.id, language)))
    product.texts[language] = text({name: value for name, value in row.items() if is_text(value)})
    return product.id, language


def _add_category(shop: Shop, product: Product, row: Record) -> Numbers:
    number = inside(shop.categories, relation(shop, row["category"], "category"))
    if number in product.categories:
        raise exists("The relation exists", Key("productCategory", (product.id, number)))
    product.categories.append(number)
    return product.id, number


def _add_special(shop: Shop, product: Product, row: Record) -> Numbers:
    """[inferred] A special price of the same group, priority, days and quantity is the same one."""
    made = _special(shop, product, row)
    for known in product.specials.values():
        if _identity(known) == _identity(made):
            raise exists("The special price exists", Key("productSpecial", (known.id,)))
    made.id = shop.new_id("special")
    product.specials[made.id] = made
    return (made.id,)


def _identity(row: Special) -> tuple[object, ...]:
    return row.group, row.priority, row.begins[:10], row.ends[:10], row.least


def _special(shop: Shop, product: Product, row: Record) -> Special:
    group = row.get("customerGroup")
    return Special(
        0,
        product.id,
        amount(row["price"]),
        inside(shop.customer_groups, relation(shop, group, "customerGroup")) if group else None,
        row.get("dateFrom", OPEN),
        row.get("dateTo", OPEN),
        int(row.get("priority", 1)),
        int(row.get("minQuantity", 0)),
        int(row.get("maxQuantity", 0)),
    )


def _add_group_price(shop: Shop, product: Product, row: Record) -> Numbers:
    group = inside(shop.customer_groups, relation(shop, row["customerGroup"], "customerGroup"))
    if shop.customer_groups[group].default:
        raise bad(WRONG_DATA, "The default customer group has no price of its own")
    if group in product.group_prices:
        raise exists("The price exists", Key("customerGroupProductPrice", (group, product.id)))
    product.group_prices[group] = amount(row["price"])
    return group, product.id


PARTS: Final[Mapping[str, Part]] = {
    "productDescriptions": Part(_DESCRIPTION, _add_text, lambda product: product.texts.clear()),
    "productCategoryRelations": Part(_CATEGORY, _add_category, lambda product: product.categories.clear()),
    "productSpecials": Part(_SPECIAL, _add_special, lambda product: product.specials.clear()),
    "customerGroupProductPrices": Part(_GROUP_PRICE, _add_group_price, lambda product: product.group_prices.clear()),
}


def write_parts(shop: Shop, product: Product, body: Record, method: str) -> None:
    """Write the lists that are there; those that are not stay as they are."""
    for name in PARTS.keys() & body.keys():
        if method == "PUT":
            PARTS[name].clear(product)
        for row in body[name]:
            PARTS[name].add(shop, product, row)


# --- by themselves ------------------------------------------------------------------------------------------------


def _creator(name: str) -> Callable[[Shop, Record], Numbers]:
    part = PARTS[name]

    def create(shop: Shop, body: Record) -> Numbers:
        check(body, {**part.shape, "product": required(RELATION)}, new=True)
        product = shop.products[inside(shop.products, relation(shop, body["product"], "product"))]
        row = {field: value for field, value in body.items() if field != "product"}
        numbers = part.add(shop, product, row)
        product.updated = shop.now()
        return numbers

    return create


def _texts(shop: Shop) -> Mapping[Numbers, tuple[Product, int]]:
    return {(each.id, language): (each, language) for each in shop.products.values() for language in each.texts}


def _text_view(shop: Shop, row: tuple[Product, int]) -> Record:
    return {**description(shop, *row), "product": link("products", "product", row[0].id)}


def _change_text(shop: Shop, row: tuple[Product, int], body: Record, _: str) -> None:
    product, language = row
    check(body, optional(_DESCRIPTION))
    product.texts[language].update({name: body[name] for name in TEXTS if name in body})
    product.updated = shop.now()


def _drop_text(shop: Shop, row: tuple[Product, int]) -> None:
    del row[0].texts[row[1]]
    row[0].updated = shop.now()


def _categories(shop: Shop) -> Mapping[Numbers, tuple[Product, int]]:
    return {(each.id, number): (each, number) for each in shop.products.values() for number in each.categories}


def _drop_category(shop: Shop, row: tuple[Product, int]) -> None:
    row[0].categories.remove(row[1])
    row[0].updated = shop.now()


def _specials(shop: Shop) -> Mapping[Numbers, Special]:
    return {(row.id,): row for product in shop.products.values() for row in product.specials.values()}


def _change_special(shop: Shop, special: Special, body: Record, _: str) -> None:
    """What is sent. Nothing makes it a price for everybody again."""
    check(body, optional(_SPECIAL))
    product = shop.products[special.product]
    now = special_view(shop, special)
    kept = {name: now[name] for name in ("price", "priority", "dateFrom", "dateTo", "minQuantity", "maxQuantity")}
    changed = _special(shop, product, {**kept, **body})
    changed.id, changed.group = special.id, changed.group or special.group
    product.specials[special.id] = changed
    product.updated = shop.now()


def _drop_special(shop: Shop, special: Special) -> None:
    product = shop.products[special.product]
    del product.specials[special.id]
    product.updated = shop.now()


def _group_prices(shop: Shop) -> Mapping[Numbers, tuple[Product, int]]:
    return {(group, each.id): (each, group) for each in shop.products.values() for group in each.group_prices}


def _change_group_price(shop: Shop, row: tuple[Product, int], body: Record, _: str) -> None:
    product, group = row
    check(body, {"price": PRICE})
    product.group_prices[group] = amount(body["price"])
    product.updated = shop.now()


def _drop_group_price(shop: Shop, row: tuple[Product, int]) -> None:
    del row[0].group_prices[row[1]]
    row[0].updated = shop.now()


def _product_of(row: Any) -> int:
    return int(row.product if isinstance(row, Special) else row[0].id)


_BY_PRODUCT: Mapping[str, Filter] = {"productId": parent("product", _product_of)}

RESOURCES: Resources = {
    "productDescriptions": Resource(
        "productDescription",
        AREA,
        _texts,
        _text_view,
        _BY_PRODUCT,
        create=_creator("productDescriptions"),
        update=_change_text,
        delete=_drop_text,
    ),
    "productCategoryRelations": Resource(
        "productCategory",
        AREA,
        _categories,
        lambda _, row: category_relation(*row),
        {**_BY_PRODUCT, "categoryId": parent("category", lambda row: row[1])},
        create=_creator("productCategoryRelations"),
        delete=_drop_category,
    ),
    "productSpecials": Resource(
        "productSpecial",
        AREA,
        _specials,
        special_view,
        _BY_PRODUCT,
        create=_creator("productSpecials"),
        update=_change_special,
        delete=_drop_special,
    ),
    "customerGroupProductPrices": Resource(
        "customerGroupProductPrice",
        AREA,
        _group_prices,
        lambda _, row: group_price(*row),
        _BY_PRODUCT,
        create=_creator("customerGroupProductPrices"),
        update=_change_group_price,
        delete=_drop_group_price,
    ),
}
