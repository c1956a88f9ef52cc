"""Resources with no rules beyond their fields: packages, payment methods, categories, features."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial

from sandbox.platforms.salespos.errors import NO_SUCH_REFERENCE, ApiError
from sandbox.platforms.salespos.fields import Shape, optional
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
from sandbox.platforms.salespos.shapes import (
    CATEGORY_POST,
    NAME,
    PRODUCT_TO_CATEGORY_POST,
    PRODUCT_TO_GROUP_POST,
    PROPERTY_POST,
    PROPERTY_VALUE_PATCH,
    PROPERTY_VALUE_POST,
)
from sandbox.platforms.salespos.state import Shop
from sandbox.platforms.salespos.wire import Record


@dataclass(frozen=True)
class Plain:
    """One such resource.

    Args:
        refers: Field to the resource whose record it must name.
    """

    name: str
    post: Shape | None = None
    patch: Shape | None = None
    deletable: bool = False
    refers: Mapping[str, str] = field(default_factory=dict)


RESOURCES = (
    Plain("packages", NAME, NAME),
    Plain("paymethods"),
    Plain("categories", CATEGORY_POST, optional(CATEGORY_POST), True, {"parentcategory_id": "categories"}),
    Plain(
        "producttocategories",
        PRODUCT_TO_CATEGORY_POST,
        {"position": PRODUCT_TO_CATEGORY_POST["position"]},
        True,
        {"product_id": "products", "category_id": "categories"},
    ),
    Plain("productpropertygroups", NAME, NAME, True),
    Plain("productproperties", PROPERTY_POST, optional(PROPERTY_POST), True),
    Plain(
        "producttopropertygroups",
        PRODUCT_TO_GROUP_POST,
        None,
        True,
        {"product_id": "products", "product_property_group_id": "productpropertygroups"},
    ),
    Plain(
        "productpropertyvalues",
        PROPERTY_VALUE_POST,
        PROPERTY_VALUE_PATCH,
        True,
        {"product_id": "products", "product_property_id": "productproperties"},
    ),
)


def view(root: str, resource: str, record: Record) -> Record:
    """A record as a read shows it."""
    return {"href": f"{root}/{resource}/{record['id']}/", **record}


def add(shop: Shop, resource: str, body: Record) -> Record:
    """Make a record."""
    record = {"id": shop.new_id(resource), **body}
    shop.table(resource)[record["id"]] = record
    return record


def _list(resource: Plain, shop: Shop, call: Call) -> Answer:
    records = list(shop.table(resource.name).values())
    return page(call, f"/{resource.name}/", records, partial(view, call.root, resource.name))


def _show(resource: Plain, shop: Shop, call: Call) -> Answer:
    return found(view(call.root, resource.name, existing(shop.table(resource.name), call, resource.name)))


def _post(resource: Plain, shop: Shop, call: Call) -> Answer:
    _check_references(resource, shop, call.body)
    record = add(shop, resource.name, call.body)
    shop.emit(f"{resource.name}.created", resource.name, record["id"])
    return created(view(call.root, resource.name, record))


def _patch(resource: Plain, shop: Shop, call: Call) -> Answer:
    _check_references(resource, shop, call.body)
    existing(shop.table(resource.name), call, resource.name).update(call.body)
    shop.emit(f"{resource.name}.updated", resource.name, call.id)
    return DONE


def _delete(resource: Plain, shop: Shop, call: Call) -> Answer:
    existing(shop.table(resource.name), call, resource.name)
    del shop.table(resource.name)[call.id]
    shop.emit(f"{resource.name}.deleted", resource.name, call.id)
    return DONE


def _check_references(resource: Plain, shop: Shop, body: Record) -> None:
    for name, target in resource.refers.items():
        if name in body and not _exists(shop, target, body[name]):
            raise ApiError(NO_SUCH_REFERENCE, f"{name} {body[name]} does not exist")


def _exists(shop: Shop, resource: str, record_id: int) -> bool:
    if resource == "products":
        return shop.catalogue.get(record_id) is not None
    return record_id in shop.table(resource)


def category_tree(shop: Shop, call: Call) -> Answer:
    """The categories, each with its children; the shape is [inferred]."""
    return found({"items": _branch(shop, call.root, None)})


def _branch(shop: Shop, root: str, parent: int | None) -> list[Record]:
    return [
        {**view(root, "categories", category), "children": _branch(shop, root, category["id"])}
        for category in shop.table("categories").values()
        if category.get("parentcategory_id") == parent
    ]


def _routes(resource: Plain) -> Routes:
    many = {"GET": Endpoint(partial(_list, resource), PAGING)}
    one = {"GET": Endpoint(partial(_show, resource))}
    if resource.post is not None:
        many["POST"] = Endpoint(partial(_post, resource), shape=resource.post)
    if resource.patch is not None:
        one["PATCH"] = Endpoint(partial(_patch, resource), shape=resource.patch)
    if resource.deletable:
        one["DELETE"] = Endpoint(partial(_delete, resource))
    return {f"/{resource.name}": many, f"/{resource.name}/{{id}}": one}


ROUTES: Routes = {
    "/categorytree": {"GET": Endpoint(category_tree)},
    **{pattern: methods for resource in RESOURCES for pattern, methods in _routes(resource).items()},
}
