"""Features: groups of properties, their options, and the values products have (generated clients S3, S4, SDK S1)."""

from functools import partial

from sandbox.platforms.kit.fields import optional
from sandbox.platforms.salespos.catalogue import links
from sandbox.platforms.salespos.errors import NO_SUCH_REFERENCE, ApiError
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
    NAME,
    PRODUCT_TO_GROUP_POST,
    PROPERTY_OPTION_POST,
    PROPERTY_POST,
    PROPERTY_VALUE_PATCH,
    PROPERTY_VALUE_POST,
)
from sandbox.platforms.salespos.state import Shop
from sandbox.platforms.salespos.wire import Record

GROUPS, PROPERTIES, OPTIONS = "productpropertygroups", "productproperties", "productpropertyoptions"
GROUP_LINKS, VALUES = "producttopropertygroups", "productpropertyvalues"
_CHOSEN = ("Option", "OptionCheckbox")
"""Types whose value is an option's id."""


def list_groups(shop: Shop, call: Call) -> Answer:
    """All groups."""
    return page(call, f"/{GROUPS}/", list(shop.table(GROUPS).values()), partial(_group_view, call.root))


def post_group(shop: Shop, call: Call) -> Answer:
    """A new group."""
    return created(_group_view(call.root, _add(shop, GROUPS, call.body)))


def show_group(shop: Shop, call: Call) -> Answer:
    """One group."""
    return found(_group_view(call.root, existing(shop.table(GROUPS), call, GROUPS)))


def list_properties(shop: Shop, call: Call) -> Answer:
    """The properties of a group; there is no list of all."""
    existing(shop.table(GROUPS), call, GROUPS)
    records = [each for each in shop.table(PROPERTIES).values() if each["group_id"] == call.id]
    return page(call, f"/{GROUPS}/{call.id}/{PROPERTIES}/", records, partial(_property_view, call.root))


def post_property(shop: Shop, call: Call) -> Answer:
    """A new property of a group; ``Text`` unless said otherwise, [inferred]."""
    existing(shop.table(GROUPS), call, GROUPS)
    defaults: Record = {"group_id": call.id, "parent": None, "description": None, "position": None, "type": "Text"}
    return created(_property_view(call.root, _add(shop, PROPERTIES, {**defaults, **call.body})))


def show_property(shop: Shop, call: Call) -> Answer:
    """One property."""
    return found(_property_view(call.root, existing(shop.table(PROPERTIES), call, PROPERTIES)))


def list_options(shop: Shop, call: Call) -> Answer:
    """The options of a property."""
    existing(shop.table(PROPERTIES), call, PROPERTIES)
    records = [each for each in shop.table(OPTIONS).values() if each["property_id"] == call.id]
    return page(call, f"/{PROPERTIES}/{call.id}/{OPTIONS}/", records, partial(_option_view, call.root))


def post_option(shop: Shop, call: Call) -> Answer:
    """A new option of a property."""
    existing(shop.table(PROPERTIES), call, PROPERTIES)
    return created(_option_view(call.root, _add(shop, OPTIONS, {"property_id": call.id, "position": 1, **call.body})))


def show_option(shop: Shop, call: Call) -> Answer:
    """One option."""
    return found(_option_view(call.root, existing(shop.table(OPTIONS), call, OPTIONS)))


def list_of_product(shop: Shop, call: Call) -> Answer:
    """The groups of a product with its values."""
    links.check_product(shop, call.id)
    records = links.of_product(shop, GROUP_LINKS, call.id)
    return page(call, f"/products/{call.id}/{GROUP_LINKS}/", records, partial(group_link_view, shop, call.root))


def post_group_link(shop: Shop, call: Call) -> Answer:
    """Attach a group to a product."""
    group_id = call.body["product_property_group_id"]
    if group_id not in shop.table(GROUPS):
        raise ApiError(NO_SUCH_REFERENCE, f"product_property_group_id {group_id} does not exist")
    link = links.add(shop, GROUP_LINKS, call.body, unique="product_property_group_id")
    return created(group_link_view(shop, call.root, link))


def show_group_link(shop: Shop, call: Call) -> Answer:
    """One attached group."""
    return found(group_link_view(shop, call.root, existing(shop.table(GROUP_LINKS), call, GROUP_LINKS)))


def post_value(shop: Shop, call: Call) -> Answer:
    """The value of a property for a product, [inferred] one each, whose group must be attached."""
    wanted = shop.table(PROPERTIES).get(call.body["product_property_id"])
    groups = {
        each["product_property_group_id"] for each in links.of_product(shop, GROUP_LINKS, call.body["product_id"])
    }
    if wanted is None or (shop.catalogue.get(call.body["product_id"]) and wanted["group_id"] not in groups):
        raise ApiError(NO_SUCH_REFERENCE, "product_property_id names no property of the product's groups")
    _check_option(shop, wanted, call.body["value"])
    return created(_value_view(call.root, links.add(shop, VALUES, call.body, unique="product_property_id")))


def show_value(shop: Shop, call: Call) -> Answer:
    """One value."""
    return found(_value_view(call.root, existing(shop.table(VALUES), call, VALUES)))


def patch_value(shop: Shop, call: Call) -> Answer:
    """Another value."""
    value = existing(shop.table(VALUES), call, VALUES)
    _check_option(shop, shop.table(PROPERTIES)[value["product_property_id"]], call.body["value"])
    value.update(call.body)
    return DONE


def _check_option(shop: Shop, of: Record, value: str) -> None:
    if of["type"] in _CHOSEN:
        option = shop.table(OPTIONS).get(int(value)) if value.isdecimal() else None
        if option is None or option["property_id"] != of["id"]:
            raise ApiError(NO_SUCH_REFERENCE, f"value {value} is no option of the property")


def _add(shop: Shop, resource: str, body: Record) -> Record:
    record = {"id": shop.new_id(resource), **body}
    shop.table(resource)[record["id"]] = record
    return record


def _patch(resource: str, shop: Shop, call: Call) -> Answer:
    existing(shop.table(resource), call, resource).update(call.body)
    return DONE


def _delete(resource: str, shop: Shop, call: Call) -> Answer:
    existing(shop.table(resource), call, resource)
    del shop.table(resource)[call.id]
    return DONE


def _unlink(resource: str, shop: Shop, call: Call) -> Answer:
    links.remove(shop, resource, call.id)
    return DONE


def _group_view(root: str, group: Record) -> Record:
    href = f"{root}/{GROUPS}/{group['id']}/"
    return {"href": href, **group, "productproperties": f"{href}{PROPERTIES}/"}


def _property_view(root: str, of: Record) -> Record:
    href = f"{root}/{PROPERTIES}/{of['id']}/"
    fields = {name: value for name, value in of.items() if name != "group_id"}
    return {"href": href, **fields, "options": {"href": f"{href}{OPTIONS}/"}, "children": []}


def _option_view(root: str, option: Record) -> Record:
    fields = {name: value for name, value in option.items() if name != "property_id"}
    return {"href": f"{root}/{OPTIONS}/{option['id']}/", **fields}


def _value_view(root: str, value: Record) -> Record:
    return {"href": f"{root}/{VALUES}/{value['id']}/", **value}


def group_link_view(shop: Shop, root: str, link: Record) -> Record:
    """A group of a product, with the product's values in it: only here are values listed."""
    group_id = link["product_property_group_id"]
    values = [
        _value_view(root, value)
        for value in links.of_product(shop, VALUES, link["product_id"])
        if shop.table(PROPERTIES).get(value["product_property_id"], {}).get("group_id") == group_id
    ]
    return {
        "href": f"{root}/{GROUP_LINKS}/{link['id']}/",
        **link,
        "product_href": f"{root}/products/{link['product_id']}/",
        "product_property_group_href": f"{root}/{GROUPS}/{group_id}/",
        "values": {"collection": values},
    }


ROUTES: Routes = {
    f"/{GROUPS}": {"GET": Endpoint(list_groups, PAGING), "POST": Endpoint(post_group, shape=NAME)},
    f"/{GROUPS}/{{id}}": {
        "GET": Endpoint(show_group),
        "PATCH": Endpoint(partial(_patch, GROUPS), shape=NAME),
        "DELETE": Endpoint(partial(_delete, GROUPS)),
    },
    f"/{GROUPS}/{{id}}/{PROPERTIES}": {
        "GET": Endpoint(list_properties, PAGING),
        "POST": Endpoint(post_property, shape=PROPERTY_POST),
    },
    f"/{PROPERTIES}/{{id}}": {
        "GET": Endpoint(show_property),
        "PATCH": Endpoint(partial(_patch, PROPERTIES), shape=optional(PROPERTY_POST)),
        "DELETE": Endpoint(partial(_delete, PROPERTIES)),
    },
    f"/{PROPERTIES}/{{id}}/{OPTIONS}": {
        "GET": Endpoint(list_options, PAGING),
        "POST": Endpoint(post_option, shape=PROPERTY_OPTION_POST),
    },
    f"/{OPTIONS}/{{id}}": {
        "GET": Endpoint(show_option),
        "PATCH": Endpoint(partial(_patch, OPTIONS), shape=optional(PROPERTY_OPTION_POST)),
        "DELETE": Endpoint(partial(_delete, OPTIONS)),
    },
    f"/products/{{id}}/{GROUP_LINKS}": {"GET": Endpoint(list_of_product, PAGING)},
    f"/{GROUP_LINKS}": {"POST": Endpoint(post_group_link, shape=PRODUCT_TO_GROUP_POST)},
    f"/{GROUP_LINKS}/{{id}}": {
        "GET": Endpoint(show_group_link),
        "DELETE": Endpoint(partial(_unlink, GROUP_LINKS)),
    },
    f"/{VALUES}": {"POST": Endpoint(post_value, shape=PROPERTY_VALUE_POST)},
    f"/{VALUES}/{{id}}": {
        "GET": Endpoint(show_value),
        "PATCH": Endpoint(patch_value, shape=PROPERTY_VALUE_PATCH),
        "DELETE": Endpoint(partial(_unlink, VALUES)),
    },
}
