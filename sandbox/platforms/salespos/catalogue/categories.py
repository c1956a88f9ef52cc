"""The tree of categories and which products are in them (generated client S4)."""

from collections.abc import Mapping
from functools import partial

from sandbox.platforms.kit.fields import optional
from sandbox.platforms.salespos.catalogue import links
from sandbox.platforms.salespos.errors import NO_SUCH_REFERENCE, ApiError, invalid
from sandbox.platforms.salespos.paging import page
from sandbox.platforms.salespos.routing import (
    DONE,
    PAGING,
    Answer,
    Call,
    Endpoint,
    Routes,
    created,
    existing,
    found,
)
from sandbox.platforms.salespos.shapes import CATEGORY_POST, PRODUCT_TO_CATEGORY_POST
from sandbox.platforms.salespos.state import Shop
from sandbox.platforms.salespos.wire import Record

RESOURCE, LINKS = "categories", "producttocategories"


def list_categories(shop: Shop, call: Call) -> Answer:
    """All categories."""
    records = list(shop.table(RESOURCE).values())
    return page(call, "/categories/", records, partial(_view, call.root))


def list_children(shop: Shop, call: Call) -> Answer:
    """The categories right below one."""
    existing(shop.table(RESOURCE), call, RESOURCE)
    below = [each for each in shop.table(RESOURCE).values() if each["parentcategory_id"] == call.id]
    return page(call, f"/categories/{call.id}/categories/", below, partial(_view, call.root))


def show_category(shop: Shop, call: Call) -> Answer:
    """One category."""
    return found(_view(call.root, existing(shop.table(RESOURCE), call, RESOURCE)))


def post_category(shop: Shop, call: Call) -> Answer:
    """A new category; the name need not be unique."""
    _check_parent(shop, call.body)
    defaults: Record = {"description": None, "position": None, "show_on_website": True, "parentcategory_id": None}
    category = {"id": shop.new_id(RESOURCE), **defaults, **call.body}
    shop.table(RESOURCE)[category["id"]] = category
    shop.emit("categories.created", RESOURCE, category["id"])
    return created(_view(call.root, category))


def patch_category(shop: Shop, call: Call) -> Answer:
    """Change fields; a category cannot hang below itself."""
    category = existing(shop.table(RESOURCE), call, RESOURCE)
    _check_parent(shop, call.body)
    parent = call.body.get("parentcategory_id")
    while parent is not None:
        if parent == call.id:
            raise invalid("body.parentcategory_id lies below the category")
        parent = shop.table(RESOURCE)[parent]["parentcategory_id"]
    category.update(call.body)
    shop.emit("categories.updated", RESOURCE, call.id)
    return DONE


def delete_category(shop: Shop, call: Call) -> Answer:
    """Remove a category; its products stay, [inferred] and so do the categories below it, as roots."""
    existing(shop.table(RESOURCE), call, RESOURCE)
    for link in [each for each in shop.table(LINKS).values() if each["category_id"] == call.id]:
        links.remove(shop, LINKS, link["id"])
    for each in shop.table(RESOURCE).values():
        if each["parentcategory_id"] == call.id:
            each["parentcategory_id"] = None
    del shop.table(RESOURCE)[call.id]
    shop.emit("categories.deleted", RESOURCE, call.id)
    return DONE


def category_tree(shop: Shop, call: Call) -> Answer:
    """Every category, each with its children."""
    below: dict[int | None, list[Record]] = {}
    for category in shop.table(RESOURCE).values():
        below.setdefault(category["parentcategory_id"], []).append(category)
    return found({"href": f"{call.root}/categorytree/", "root_categories": _branch(call.root, below, None)})


def _branch(root: str, below: Mapping[int | None, list[Record]], parent: int | None) -> list[Record]:
    return [
        {
            "href": f"{root}/categories/{category['id']}/",
            **{name: category[name] for name in ("id", "name", "description", "position", "show_on_website")},
            "deeplink": None,
            "children": _branch(root, below, category["id"]),
        }
        for category in below.get(parent, ())
    ]


def list_of_product(shop: Shop, call: Call) -> Answer:
    """The categories a product is in."""
    links.check_product(shop, call.id)
    records = links.of_product(shop, LINKS, call.id)
    return page(call, f"/products/{call.id}/producttocategories/", records, partial(link_view, call.root))


def list_of_category(shop: Shop, call: Call) -> Answer:
    """The products in a category."""
    existing(shop.table(RESOURCE), call, RESOURCE)
    records = [each for each in shop.table(LINKS).values() if each["category_id"] == call.id]
    return page(call, f"/categories/{call.id}/producttocategories/", records, partial(link_view, call.root))


def post_link(shop: Shop, call: Call) -> Answer:
    """Put a product into a category."""
    if call.body["category_id"] not in shop.table(RESOURCE):
        raise ApiError(NO_SUCH_REFERENCE, f"category_id {call.body['category_id']} does not exist")
    return created(link_view(call.root, links.add(shop, LINKS, {"position": 1, **call.body}, unique="category_id")))


def show_link(shop: Shop, call: Call) -> Answer:
    """One product in one category."""
    return found(link_view(call.root, existing(shop.table(LINKS), call, LINKS)))


def patch_link(shop: Shop, call: Call) -> Answer:
    """Move a product within a category."""
    existing(shop.table(LINKS), call, LINKS).update(call.body)
    return DONE


def delete_link(shop: Shop, call: Call) -> Answer:
    """Take a product out of a category."""
    links.remove(shop, LINKS, call.id)
    return DONE


def link_view(root: str, link: Record) -> Record:
    """A product in a category, as a read shows it."""
    return {
        "href": f"{root}/producttocategories/{link['id']}/",
        **link,
        "product_href": f"{root}/products/{link['product_id']}/",
        "category_href": f"{root}/categories/{link['category_id']}/",
    }


def _view(root: str, category: Record) -> Record:
    href = f"{root}/categories/{category['id']}/"
    parent = category["parentcategory_id"]
    fields = {name: value for name, value in category.items() if name != "parentcategory_id"}
    return {
        "href": href,
        **fields,
        "parentcategory": None if parent is None else {"id": parent, "href": f"{root}/categories/{parent}/"},
        "producttocategories": {"href": f"{href}producttocategories/"},
        "categories": {"href": f"{href}categories/"},
    }


def _check_parent(shop: Shop, body: Record) -> None:
    parent = body.get("parentcategory_id")
    if parent is not None and parent not in shop.table(RESOURCE):
        raise ApiError(NO_SUCH_REFERENCE, f"parentcategory_id {parent} does not exist")


ROUTES: Routes = {
    "/categorytree": {"GET": Endpoint(category_tree)},
    "/categories": {
        "GET": Endpoint(list_categories, PAGING),
        "POST": Endpoint(post_category, shape=CATEGORY_POST),
    },
    "/categories/{id}": {
        "GET": Endpoint(show_category),
        "PATCH": Endpoint(patch_category, shape=optional(CATEGORY_POST)),
        "DELETE": Endpoint(delete_category),
    },
    "/categories/{id}/categories": {"GET": Endpoint(list_children, PAGING)},
    "/categories/{id}/producttocategories": {"GET": Endpoint(list_of_category, PAGING)},
    "/products/{id}/producttocategories": {"GET": Endpoint(list_of_product, PAGING)},
    "/producttocategories": {"POST": Endpoint(post_link, shape=PRODUCT_TO_CATEGORY_POST)},
    "/producttocategories/{id}": {
        "GET": Endpoint(show_link),
        "PATCH": Endpoint(patch_link, shape={"position": PRODUCT_TO_CATEGORY_POST["position"]}),
        "DELETE": Endpoint(delete_link),
    },
}
