"""Categories: disabled ones are shown too, names are in descriptions only, and there is no filter for changes."""

from collections.abc import Mapping
from typing import Any, Final

from sandbox.platforms.kit.fields import Shape, is_text, listed, nullable, required
from sandbox.platforms.shoprenter.errors import WRONG_DATA, bad, exists, not_emulated
from sandbox.platforms.shoprenter.fields import FLAG, INT, RELATION, TEXT, check, inside, relation
from sandbox.platforms.shoprenter.records import Category
from sandbox.platforms.shoprenter.routing import (
    Filter,
    Numbers,
    Resource,
    Resources,
    earliest,
    found_in,
    latest,
    same,
    single,
)
from sandbox.platforms.shoprenter.routing import parent as parent_filter
from sandbox.platforms.shoprenter.state import Shop
from sandbox.platforms.shoprenter.wire import Key, Nothing, Record, below, link

AREA: Final = "product.category"
_TEXTS = "name heading description shortDescription footerSeoText metaTitle metaKeywords metaDescription"
TEXTS: Final = tuple(_TEXTS.split())
READ_ONLY: Final = frozenset({"href", "innerId", "dateCreated", "dateUpdated"})
_DESCRIPTION: Shape = {**dict.fromkeys(TEXTS, TEXT), "language": required(RELATION)}
_PLAIN: Shape = {
    "picture": TEXT,
    "sortOrder": INT,
    "status": FLAG,
    "productsStatus": FLAG,
    "groupCode": TEXT,
    "parentCategory": nullable(RELATION),
}
_EXTENDED: Shape = {**_PLAIN, "categoryDescriptions": listed(_DESCRIPTION)}
_ALSO_REAL = frozenset({"centralCategory", "categoryCustomerGroupRelations", "urlAliases"})


def add_category(shop: Shop, names: Mapping[int, str], parent: int | None = None, status: int = 1) -> Category:
    """Make a category; names by language."""
    number, now = shop.new_id("category"), shop.now()
    texts = {language: _text({"name": name}) for language, name in names.items()}
    shop.categories[number] = Category(number, texts, now, now, parent, status)
    return shop.categories[number]


def category_view(shop: Shop, category: Category) -> Record:
    """``/categories``: descriptions are a link."""
    return {
        **_plain(shop, category),
        "categoryDescriptions": below("categoryDescriptions", "categoryId", "category", category.id),
    }


def category_extend_view(shop: Shop, category: Category) -> Record:
    """``/categoryExtend``: with its descriptions."""
    rows = [{"id": _key(category, at), **_description(category, at)} for at in category.texts]
    return {
        **_plain(shop, category),
        "categoryDescriptions": rows,
        "categoryCustomerGroupRelations": [],
        "urlAliases": Nothing([]),
    }


def _plain(shop: Shop, category: Category) -> Record:
    above = link("categories", "category", category.parent) if category.parent else Nothing()
    return {
        "innerId": str(category.id),
        "picture": "",
        "sortOrder": "1",
        "productsStatus": "1",
        "groupCode": "",
        **category.fields,
        "status": str(category.status),
        "parentCategory": above,
        "centralCategory": Nothing(),
        "dateCreated": shop.stamp(category.created),
        "dateUpdated": shop.stamp(category.updated),
    }


def _key(category: Category, language: int) -> Key:
    return Key("categoryDescription", (category.id, language))


def _description(category: Category, language: int) -> Record:
    return {**category.texts[language], "language": link("languages", "language", language)}


def _text(values: Mapping[str, Any]) -> Record:
    return {**dict.fromkeys(TEXTS, ""), **values}


def _create(shop: Shop, body: Record) -> Numbers:
    """A category; what is not sent is as a new one's."""
    _checked(body)
    parent = _parent(shop, body, None)
    texts = _texts(shop, body)
    category = add_category(shop, {}, parent)
    category.texts = texts
    _keep(category, body)
    return (category.id,)


def _update(shop: Shop, category: Category, body: Record, method: str) -> None:
    """What is sent: PUT replaces the descriptions, POST adds to them."""
    _checked(body)
    parent, texts = _parent(shop, body, category), _texts(shop, body)
    if method == "POST" and (there := texts.keys() & category.texts.keys()):
        raise exists("The description exists", _key(category, min(there)))
    category.parent = parent
    if "categoryDescriptions" in body:
        category.texts = texts if method == "PUT" else {**category.texts, **texts}
    _keep(category, body)
    category.updated = shop.now()


def _delete(shop: Shop, category: Category) -> None:
    """[inferred] Its products stay, and what is below it moves to the root."""
    del shop.categories[category.id]
    for each in shop.categories.values():
        each.parent = None if each.parent == category.id else each.parent
    for product in shop.products.values():
        product.categories = [number for number in product.categories if number != category.id]


def _checked(body: Record) -> None:
    if real := sorted(body.keys() & _ALSO_REAL):
        raise not_emulated(f"{real[0]} of a category in a write")
    check(body, _EXTENDED, READ_ONLY)


def _keep(category: Category, body: Record) -> None:
    kept = _PLAIN.keys() - {"status", "parentCategory"}
    category.fields.update({name: str(body[name]) for name in kept & body.keys()})
    category.status = int(body.get("status", category.status))


def _parent(shop: Shop, body: Record, category: Category | None) -> int | None:
    if "parentCategory" not in body:
        return category.parent if category else None
    if body["parentCategory"] is None:
        return None
    number = inside(shop.categories, relation(shop, body["parentCategory"], "category"))
    above: int | None = number
    while above is not None:
        if category and above == category.id:
            raise bad(WRONG_DATA, "A category cannot be below itself")
        above = shop.categories[above].parent
    return number


def _texts(shop: Shop, body: Record) -> dict[int, Record]:
    rows = body.get("categoryDescriptions", [])
    return {
        inside(shop.languages, relation(shop, row["language"], "language")): _text(
            {name: value for name, value in row.items() if is_text(value)}
        )
        for row in rows
    }


# --- descriptions by themselves -----------------------------------------------------------------------------------

_OWN: Shape = {**_DESCRIPTION, "category": required(RELATION)}


def _descriptions(shop: Shop) -> Mapping[Numbers, tuple[Category, int]]:
    return {(each.id, language): (each, language) for each in shop.categories.values() for language in each.texts}


def _description_view(_: Shop, row: tuple[Category, int]) -> Record:
    return {**_description(*row), "category": link("categories", "category", row[0].id)}


def _new_description(shop: Shop, body: Record) -> Numbers:
    check(body, _OWN, new=True)
    category = shop.categories[inside(shop.categories, relation(shop, body["category"], "category"))]
    language = inside(shop.languages, relation(shop, body["language"], "language"))
    if language in category.texts:
        raise exists("The description exists", _key(category, language))
    category.texts[language] = _text({name: body[name] for name in TEXTS if name in body})
    category.updated = shop.now()
    return category.id, language


def _change_description(shop: Shop, row: tuple[Category, int], body: Record, _: str) -> None:
    category, language = row
    check(body, _OWN)
    category.texts[language].update({name: body[name] for name in TEXTS if name in body})
    category.updated = shop.now()


def _delete_description(_: Shop, row: tuple[Category, int]) -> None:
    del row[0].texts[row[1]]


def _categories(shop: Shop) -> dict[int, Category]:
    return shop.categories


FILTERS: dict[str, Filter] = {
    "innerId": same(lambda category: category.id),
    "createdAfter": earliest(lambda category: category.created),
    "createdBefore": latest(lambda category: category.created),
}
"""Nothing tells which ones changed."""

RESOURCES: Resources = {
    "categories": Resource(
        "category",
        AREA,
        single(_categories),
        category_view,
        {"innerId": FILTERS["innerId"]},
        found_in(_categories),
        _create,
        _update,
        _delete,
    ),
    "categoryExtend": Resource(
        "category",
        AREA,
        single(_categories),
        category_extend_view,
        FILTERS,
        found_in(_categories),
        _create,
        _update,
        _delete,
    ),
    "categoryDescriptions": Resource(
        "categoryDescription",
        AREA,
        _descriptions,
        _description_view,
        {"categoryId": parent_filter("category", lambda row: row[0].id)},
        None,
        _new_description,
        _change_description,
        _delete_description,
    ),
}
