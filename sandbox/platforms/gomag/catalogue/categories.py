"""Categories: the whole tree at once, or in pages; made, changed and, when empty, deleted."""

from collections.abc import Iterable
from functools import partial
from typing import Any

from sandbox.platforms.gomag.catalogue.view import text_in
from sandbox.platforms.gomag.errors import SUCCESS, invalid, no_data
from sandbox.platforms.gomag.fields import FLAG, ID, TEXT, TEXTS, amount, check_rows
from sandbox.platforms.gomag.paging import page
from sandbox.platforms.gomag.routing import PAGING, Call, Routes, reading, writing
from sandbox.platforms.gomag.state import LANGUAGE, Category, Shop
from sandbox.platforms.gomag.wire import Record, keyed
from sandbox.platforms.kit.fields import Shape, required

_FILTERS = frozenset({"id", "parentId", "view"}) | PAGING
_FIELDS: Shape = {"name": TEXTS, "description": TEXTS, "parent_id": ID, "enabled": FLAG, "image": TEXT}
_NEW: Shape = {**_FIELDS, "name": required(TEXTS)}
_CHANGED: Shape = {**_FIELDS, "id": required(ID)}


def list_categories(shop: Shop, call: Call) -> Record:
    """The tree whole and without counters when no page is asked for (G7), else a page."""
    found = [each for each in shop.categories.values() if _fits(each, call)]
    view = partial(category_view, shop, call)
    if not PAGING & call.query.keys():
        return {"categories": keyed({each.id: view(each) for each in found})}
    return page(shop, call, "categories", found, view)


def category_view(shop: Shop, call: Call, category: Category) -> Record:
    """A category; ``parents`` is keyed by ancestor ids, the order of whose keys tells nothing here."""
    turn, language = shop.turn("category", category.id), call.query.get("view", LANGUAGE)
    above = ancestors(shop, category)
    parents = {each.id: text_in(each.names, language) for each in turn.pick(above, above[::-1])}
    return {
        "id": turn.scalar(category.id),
        "name": text_in(category.names, language),
        "depth": turn.scalar(len(above) + 1),
        "position": turn.scalar(category.position),
        "parents": keyed(parents),
    }


def ancestors(shop: Shop, category: Category) -> list[Category]:
    """From the root down to the direct parent."""
    if category.parent is None:
        return []
    parent = shop.categories[category.parent]
    return [*ancestors(shop, parent), parent]


def path_of_names(shop: Shop, names: Iterable[str]) -> tuple[int, ...]:
    """The ids along a path of names; what is not there is made [inferred]."""
    path: tuple[int, ...] = ()
    for name in names:
        parent = path[-1] if path else None
        known = (each for each in shop.categories.values() if each.parent == parent and name in each.names.values())
        found = next(known, None) or add_category(shop, {LANGUAGE: name}, parent)
        path = (*path, found.id)
    return path


def add_category(shop: Shop, names: dict[str, str], parent: int | None = None, **more: Any) -> Category:
    """Make a category, the last of its siblings."""
    position = 1 + sum(each.parent == parent for each in shop.categories.values())
    made = Category(shop.new_id("category"), names, parent, position, more)
    shop.categories[made.id] = made
    return made


def write(shop: Shop, call: Call) -> Record:
    """New categories."""
    rows = check_rows(call.data, _NEW)
    parents = [_parent(shop, row) for row in rows]
    for row, parent in zip(rows, parents, strict=True):
        add_category(shop, row["name"], parent, **_more(row))
    return SUCCESS


def patch(shop: Shop, call: Call) -> Record:
    """Changed categories."""
    for row in check_rows(call.data, _CHANGED):
        category = _named(shop, row["id"])
        category.names.update(row.get("name", {}))
        category.more.update(_more(row))
        if "parent_id" in row:
            category.parent = _below(shop, category, _parent(shop, row))
    return SUCCESS


def delete(shop: Shop, call: Call) -> Record:
    """Gone, when nothing is in it."""
    doomed = [_named(shop, row["id"]) for row in check_rows(call.data, {"id": required(ID)})]
    for category in doomed:
        if _is_used(shop, category):
            raise invalid(f"category {category.id} is not empty")
    for category in doomed:
        del shop.categories[category.id]
    return SUCCESS


def _fits(category: Category, call: Call) -> bool:
    wanted, parent = call.query.get("id"), call.query.get("parentId")
    return (not wanted or str(category.id) == wanted) and (not parent or str(category.parent or 0) == parent)


def _named(shop: Shop, category_id: Any) -> Category:
    found = shop.categories.get(int(amount(category_id)))
    if found is None:
        raise no_data()
    return found


def _parent(shop: Shop, row: Record) -> int | None:
    wanted = int(amount(row.get("parent_id", 0)))
    return _named(shop, wanted).id if wanted else None


def _below(shop: Shop, category: Category, parent: int | None) -> int | None:
    if parent is not None and category in (shop.categories[parent], *ancestors(shop, shop.categories[parent])):
        raise invalid(f"category {category.id} cannot be below itself")
    return parent


def _more(row: Record) -> Record:
    return {name: row[name] for name in ("description", "enabled", "image") if name in row}


def _is_used(shop: Shop, category: Category) -> bool:
    below = any(each.parent == category.id for each in shop.categories.values())
    return below or any(category.id in path for product in shop.products.values() for path in product.categories)


ROUTES: Routes = {
    "category/read/json": reading(list_categories, "category", _FILTERS, "categories"),
    "category/write/json": writing(write, "category"),
    "category/patch/json": writing(patch, "category"),
    "category/delete/json": writing(delete, "category"),
}
