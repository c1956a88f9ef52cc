"""Categories: a tree whose paths are joined by pipes (platform file, "Categories")."""

from copy import deepcopy
from typing import Any

from sandbox.platforms.unas.batch import batch
from sandbox.platforms.unas.errors import invalid, no_data, refused
from sandbox.platforms.unas.fields import LEVELS, Merge, listed, shown
from sandbox.platforms.unas.inferred import KEPT_AFTER_DELETION
from sandbox.platforms.unas.orders import within
from sandbox.platforms.unas.product_shapes import CATEGORY
from sandbox.platforms.unas.routing import Functions, Page, reading, whole, writing
from sandbox.platforms.unas.state import Category, Shop
from sandbox.platforms.unas.wire import Record, below, day_text, unix

PIPE = "|"
TOP = 0
FILTERS = """
Id Name Parent TimeStart TimeEnd DateStart DateEnd ContentType LimitNum LimitStart History Lang
"""


def add_category(shop: Shop, nodes: Record, parent: int = TOP) -> Category:
    """Make a category."""
    now = shop.now()
    category = Category(shop.new_id("category"), nodes, now, now, parent)
    shop.categories[category.id] = category
    return category


def path_id(shop: Shop, path: tuple[str, ...]) -> int:
    """The category at the end of a path of names; what does not exist is made."""
    parent = TOP
    for name in path:
        known = _child(shop, parent, name)
        parent = (known or add_category(shop, {"Name": name, "Display": {"Page": "yes", "Menu": "yes"}}, parent)).id
    return parent


def _child(shop: Shop, parent: int, name: str) -> Category | None:
    own = (each for each in _living(shop) if each.parent == parent and each.nodes["Name"] == name)
    return next(own, None)


def _living(shop: Shop) -> list[Category]:
    return [category for category in shop.categories.values() if category.deleted is None]


def category_named(shop: Shop, row: Record) -> Category | None:
    """The category that a product names: by its id, or by the path of its names."""
    if row.get("Id"):
        known = shop.categories.get(int(row["Id"])) if str(row["Id"]).isdigit() else None
        return known if known and known.deleted is None else None
    return next((each for each in _living(shop) if full_name(shop, each) == row.get("Name")), None)


def full_name(shop: Shop, category: Category) -> str:
    """The path to a category and its own name."""
    return PIPE.join(filter(None, (_tree(shop, category), category.nodes["Name"])))


def _tree(shop: Shop, category: Category) -> str:
    parent = shop.categories.get(category.parent)
    return full_name(shop, parent) if parent else ""


def category_view(shop: Shop, category: Category, level: int = LEVELS["full"]) -> Record:
    """A category as the API shows it."""
    event = {"Action": "delete", "Time": unix(category.modified), "Id": str(category.id)}
    told = {
        **category.nodes,
        "State": "deleted" if category.deleted else "live",
        "Id": str(category.id),
        "Url": f"https://shop.example.test/{category.nodes.get('SefUrl', category.id)}",
        "Parent": {"Id": str(category.parent), "Tree": _tree(shop, category)},
        "Products": _counts(shop, category),
        "CreateTime": unix(category.created),
        "LastModTime": unix(category.modified),
        "History": {"Event": [event] if category.deleted else []},
    }
    return shown(told, CATEGORY, level)


def _counts(shop: Shop, category: Category) -> Record:
    inside = _products(shop, category)
    fresh = [product for product in inside if {"Type": "base", "Value": "2"} in _statuses(product.nodes)]
    return {"All": str(len(inside)), "New": str(len(fresh))}


def _statuses(nodes: Record) -> list[Record]:
    return [{"Type": row.get("Type"), "Value": row.get("Value")} for row in listed(nodes, "Statuses", "Status")]


def _products(shop: Shop, category: Category) -> list[Any]:
    own = str(category.id)
    return [
        product
        for product in shop.living()
        if any(row.get("Id") == own for row in listed(product.nodes, "Categories", "Category"))
    ]


def list_categories(shop: Shop, params: Record) -> Any:
    """The categories every filter leaves; deleted ones with ``History``, for a month."""
    level = LEVELS.get(params.get("ContentType", "normal"))
    if level is None or params.get("ContentType") == "short":
        raise invalid("ContentType should be minimal, normal or full")
    found = [each for each in shop.categories.values() if _is_shown(shop, each, params)]
    views = [category_view(shop, each, level) for each in Page.of(params).cut(found)]
    if params.get("History") == "yes":
        return {"Category": views}
    return {"Category": [{name: value for name, value in view.items() if name != "History"} for view in views]}


def _is_shown(shop: Shop, category: Category, params: Record) -> bool:
    if category.deleted:
        told = params.get("History") == "yes" and category.deleted + KEPT_AFTER_DELETION > shop.now()
        if not told:
            return False
    own = {"Id": str(category.id), "Name": category.nodes["Name"], "Parent": str(category.parent)}
    if any(own[name] != params.get(name, own[name]) for name in own):
        return False
    day = day_text(category.modified)
    if not params.get("DateStart", day) <= day <= params.get("DateEnd", day):
        return False
    return within(shop.assumed, category.modified, whole(params, "TimeStart"), whole(params, "TimeEnd"))


def write_category(shop: Shop, action: str, row: Record) -> Record:
    """One category of ``setCategory``."""
    known = category_named(shop, {"Id": row.get("Id")}) if row.get("Id") else None
    if action == "add":
        return {"Id": str(_added(shop, row).id)}
    if known is None:
        raise refused("category not found")
    if action == "delete":
        _delete(shop, known)
    else:
        _modified(shop, known, row)
    return {"Id": str(known.id)}


def _added(shop: Shop, row: Record) -> Category:
    nodes, parent = _merged(shop, Merge(True, shop.ignored), {}, row)
    if "Name" not in nodes:
        raise refused("a category needs a Name")
    return add_category(shop, {"Display": {"Page": "yes", "Menu": "yes"}, **nodes}, parent or TOP)


def _modified(shop: Shop, category: Category, row: Record) -> None:
    merge = Merge(False, shop.ignored)
    nodes, parent = _merged(shop, merge, category.nodes, row)
    if not merge.known:
        raise no_data()
    if parent is not None and category.id in _ancestry(shop, parent):
        raise refused("a category cannot lie in itself")
    category.nodes, category.modified = nodes, shop.now()
    category.parent = category.parent if parent is None else parent


def _merged(shop: Shop, merge: Merge, stored: Record, row: Record) -> tuple[Record, int | None]:
    nodes = deepcopy(stored)
    sent = {name: value for name, value in row.items() if name not in ("Action", "Id", "Lang")}
    merge.into(nodes, sent, CATEGORY, "Category")
    wanted = below(nodes.pop("Parent", {}), "Id")
    if wanted == "":
        return nodes, None
    if wanted != str(TOP) and category_named(shop, {"Id": wanted}) is None:
        raise refused(f"unknown parent {wanted}")
    return nodes, int(wanted)


def _ancestry(shop: Shop, category_id: int) -> list[int]:
    found = []
    while category_id in shop.categories:
        found.append(category_id)
        category_id = shop.categories[category_id].parent
    return found


def _delete(shop: Shop, category: Category) -> None:
    """[inferred] One that still holds products or categories stays."""
    if _products(shop, category) or any(each.parent == category.id for each in _living(shop)):
        raise refused("the category is not empty")
    category.deleted = category.modified = shop.now()


FUNCTIONS: Functions = {
    "getCategory": reading(list_categories, "Categories", FILTERS, "Id", beside="ContentType Lang"),
    "setCategory": writing(
        batch("Category", write_category, ("add", "modify", "delete"), ("Id",)), "Categories", "Category"
    ),
}
