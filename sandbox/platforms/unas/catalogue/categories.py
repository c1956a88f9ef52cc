"""Categories: a tree whose paths are joined by pipes (platform file, "Categories")."""

from collections import Counter
from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from sandbox.platforms.unas.batch import batch
from sandbox.platforms.unas.catalogue.shapes import CATEGORY
from sandbox.platforms.unas.errors import invalid, no_data, refused
from sandbox.platforms.unas.fields import LEVELS, Merge, listed, shown
from sandbox.platforms.unas.inferred import KEPT_AFTER_DELETION
from sandbox.platforms.unas.orders.calls import within
from sandbox.platforms.unas.routing import Functions, Page, reading, whole, writing
from sandbox.platforms.unas.state import Category, Product, Shop
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


def category_view(shop: Shop, category: Category, counts: Mapping[str, Counter[str]], level: int) -> Record:
    """A category as the API shows it.

    Args:
        counts: How many products lie in each category, by its id, in all and new ones.
    """
    event = {"Action": "delete", "Time": unix(category.modified), "Id": str(category.id)}
    told = {
        **category.nodes,
        "State": "deleted" if category.deleted else "live",
        "Id": str(category.id),
        "Url": f"https://shop.example.test/{category.nodes.get('SefUrl', category.id)}",
        "Parent": {"Id": str(category.parent), "Tree": _tree(shop, category)},
        "Products": {name: str(counts[name][str(category.id)]) for name in ("All", "New")},
        "CreateTime": unix(category.created),
        "LastModTime": unix(category.modified),
        "History": {"Event": [event] if category.deleted else []},
    }
    return shown(told, CATEGORY, level)


def _counts(shop: Shop) -> Mapping[str, Counter[str]]:
    counts: Mapping[str, Counter[str]] = {"All": Counter(), "New": Counter()}
    for product in shop.living():
        fresh = any(row.get("Type") == "base" and row.get("Value") == "2" for row in _statuses(product))
        for row in listed(product.nodes, "Categories", "Category"):
            counts["All"][row["Id"]] += 1
            counts["New"][row["Id"]] += fresh
    return counts


def _statuses(product: Product) -> list[Record]:
    return listed(product.nodes, "Statuses", "Status")


def list_categories(shop: Shop, params: Record) -> Any:
    """The categories every filter leaves; deleted ones with ``History``, for a month."""
    level = LEVELS.get(params.get("ContentType", "normal"))
    if level is None or params.get("ContentType") == "short":
        raise invalid("ContentType should be minimal, normal or full")
    found = [each for each in shop.categories.values() if _is_shown(shop, each, params)]
    counts = _counts(shop)
    views = [category_view(shop, each, counts, level) for each in Page.of(params).cut(found)]
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
    if _counts(shop)["All"][str(category.id)] or any(each.parent == category.id for each in _living(shop)):
        raise refused("the category is not empty")
    category.deleted = category.modified = shop.now()


FUNCTIONS: Functions = {
    "getCategory": reading(list_categories, "Categories", FILTERS, "Id", beside="ContentType Lang"),
    "setCategory": writing(
        batch("Category", write_category, ("add", "modify", "delete"), ("Id",)), "Categories", "Category"
    ),
}
