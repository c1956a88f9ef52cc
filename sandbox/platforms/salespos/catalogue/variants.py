"""Attributes, their values, and the combinations the server generates from them (generated client S4)."""

import itertools
from functools import partial

from sandbox.platforms.salespos.errors import (
    ALREADY_EXISTS,
    NO_SUCH_RECORD,
    NO_SUCH_REFERENCE,
    SAME_VALUE,
    ApiError,
    invalid,
)
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
    ATTRIBUTE,
    ATTRIBUTE_VALUE_PATCH,
    ATTRIBUTE_VALUE_POST,
    COMBINATION_PATCH,
    PRODUCT_VALUE_PATCH,
    PRODUCT_VALUE_POST,
)
from sandbox.platforms.salespos.state import Shop
from sandbox.platforms.salespos.wire import Record

_COMBINING = ("option_menu", "option_menu_required")


def combinations_of(shop: Shop, product_id: int) -> list[Record]:
    """The product's combinations, by id."""
    ids = shop.combination_ids.get(product_id, ())
    return [shop.combinations[combination_id] for combination_id in ids]


def combination_view(root: str, combination: Record) -> Record:
    """A combination as a read shows it."""
    fields = {name: value for name, value in combination.items() if name != "values"}
    return {
        "href": f"{root}/attributecombinations/{combination['id']}/",
        **fields,
        "parent": {"href": f"{root}/products/{combination['product_id']}/"},
    }


def regenerate(shop: Shop, product_id: int, stock: object = 0, *, keep: bool = True) -> None:
    """Make the set of combinations anew from the product's linked values.

    Args:
        stock: What new combinations start with.
        keep: [inferred] A combination of the same values keeps its id and numbers.
    """
    old = {each["values"]: each for each in combinations_of(shop, product_id)} if keep else {}
    for combination_id in shop.combination_ids.pop(product_id, ()):
        del shop.combinations[combination_id]
    for links in _products_of(shop, product_id):
        values = frozenset(link["optionvalue_id"] for link in links)
        combination = old.get(values) or _new_combination(shop, product_id, values, stock)
        combination["combination"] = [_part(shop, link) for link in links]
        combination["netto_extra_price"] = sum(link["price"] for link in links)
        shop.combinations[combination["id"]] = combination
        shop.combination_ids.setdefault(product_id, []).append(combination["id"])


def _products_of(shop: Shop, product_id: int) -> list[tuple[Record, ...]]:
    """One link of each combining attribute, in every way."""
    links: dict[int, list[Record]] = {}
    for link in links_of(shop, product_id):
        if shop.attributes[link["optionid"]]["type"] in _COMBINING:
            links.setdefault(link["optionid"], []).append(link)
    return list(itertools.product(*links.values())) if links else []


def _new_combination(shop: Shop, product_id: int, values: frozenset[int], stock: object) -> Record:
    return {
        "id": shop.new_id("attributecombinations"),
        "product_id": product_id,
        "values": values,
        **dict.fromkeys(("note", "product_number", "ean_number", "sku_number", "delivery_default_text"), ""),
        "delivery_time": 0,
        "delivery_time_type": "unknown",
        "stock": stock,
        "ordering_without_stock": "global_setting",
        "active": True,
    }


def _part(shop: Shop, link: Record) -> Record:
    return {
        "attribute": {"id": link["optionid"], "name": shop.attributes[link["optionid"]]["name"]},
        "attribute_value": {
            "id": link["optionvalue_id"],
            "name": shop.attribute_values[link["optionvalue_id"]]["name"],
        },
        "extra_price": link["price"],
    }


def links_of(shop: Shop, product_id: int) -> list[Record]:
    """The attribute values linked to a product."""
    return list(shop.product_values.get(product_id, {}).values())


def list_combinations(shop: Shop, call: Call) -> Answer:
    """All combinations of a product."""
    _check_product(shop, call.id)
    path = f"/products/{call.id}/attributecombinations/"
    return page(call, path, combinations_of(shop, call.id), partial(combination_view, call.root))


def show_combination(shop: Shop, call: Call) -> Answer:
    """One combination."""
    return found(combination_view(call.root, existing(shop.combinations, call, "attributecombination")))


def patch_combination(shop: Shop, call: Call) -> Answer:
    """Change a combination; ``stock`` is an absolute value."""
    combination = existing(shop.combinations, call, "attributecombination")
    if call.body and shop.is_same(combination, call.body):
        raise ApiError(SAME_VALUE, "nothing changes")
    combination.update(call.body)
    return DONE


def list_attributes(shop: Shop, call: Call) -> Answer:
    """All attributes."""
    return page(call, "/attributes/", list(shop.attributes.values()), partial(_attribute_view, call.root))


def show_attribute(shop: Shop, call: Call) -> Answer:
    """One attribute."""
    return found(_attribute_view(call.root, existing(shop.attributes, call, "attribute")))


def post_attribute(shop: Shop, call: Call) -> Answer:
    """A new attribute."""
    return created(_attribute_view(call.root, create_attribute(shop, call.body)))


def create_attribute(shop: Shop, body: Record) -> Record:
    """Make an attribute."""
    attribute = {"id": shop.new_id("attributes"), **body}
    shop.attributes[attribute["id"]] = attribute
    return attribute


def patch_attribute(shop: Shop, call: Call) -> Answer:
    """Change name or type; the type only between required and not."""
    attribute = existing(shop.attributes, call, "attribute")
    if call.body["type"].removesuffix("_required") != attribute["type"].removesuffix("_required"):
        raise invalid("body.type can only change between required and not required")
    attribute.update(call.body)
    return DONE


def list_values(shop: Shop, call: Call) -> Answer:
    """All values of an attribute."""
    existing(shop.attributes, call, "attribute")
    values = [value for value in shop.attribute_values.values() if value["attribute_id"] == call.id]
    return page(call, f"/attributes/{call.id}/attributevalues/", values, partial(_value_view, call.root))


def post_value(shop: Shop, call: Call) -> Answer:
    """A new value of an attribute."""
    attribute = existing(shop.attributes, call, "attribute")
    return created(_value_view(call.root, create_value(shop, attribute["id"], call.body)))


def create_value(shop: Shop, attribute_id: int, body: Record) -> Record:
    """Make an attribute value."""
    value = {"id": shop.new_id("attributevalues"), "attribute_id": attribute_id, **body}
    shop.attribute_values[value["id"]] = value
    return value


def show_value(shop: Shop, call: Call) -> Answer:
    """One attribute value."""
    return found(_value_view(call.root, existing(shop.attribute_values, call, "attributevalue")))


def patch_value(shop: Shop, call: Call) -> Answer:
    """Change an attribute value."""
    existing(shop.attribute_values, call, "attributevalue").update(call.body)
    return DONE


def list_links(shop: Shop, call: Call) -> Answer:
    """All attribute values linked to a product."""
    _check_product(shop, call.id)
    path = f"/products/{call.id}/productattributevalues/"
    return page(call, path, links_of(shop, call.id), partial(_link_view, call.root))


def post_link(shop: Shop, call: Call) -> Answer:
    """Link a value to a product: the server generates the combinations."""
    _check_product(shop, call.id)
    return created(_link_view(call.root, create_link(shop, call.id, call.body)))


def create_link(shop: Shop, product_id: int, body: Record) -> Record:
    """Link an attribute value to a product.

    Raises:
        ApiError: There is no such value, or, [inferred], the product has it already (500.40).
    """
    value = shop.attribute_values.get(body["optionvalue"])
    if value is None:
        raise ApiError(NO_SUCH_REFERENCE, f"attributevalue {body['optionvalue']} does not exist")
    links = shop.product_values.setdefault(product_id, {})
    if any(link["optionvalue_id"] == value["id"] for link in links.values()):
        raise ApiError(ALREADY_EXISTS, "the product has this attributevalue already")
    link = {
        "id": shop.new_id("productattributevalues"),
        "optionid": value["attribute_id"],
        "optionname": shop.attributes[value["attribute_id"]]["name"],
        "optionvalue_id": value["id"],
        "optionvalue_name": value["name"],
        "position": body.get("position", len(links) + 1),
        "price": body["price"],
    }
    links[link["id"]] = link
    regenerate(shop, product_id, body.get("stock", 0))
    return link


def show_link(shop: Shop, call: Call) -> Answer:
    """One linked value."""
    product_id = _product_of_link(shop, call.id)
    return found(_link_view(call.root, shop.product_values[product_id][call.id]))


def patch_link(shop: Shop, call: Call) -> Answer:
    """Change a linked value's price or place."""
    product_id = _product_of_link(shop, call.id)
    shop.product_values[product_id][call.id].update(call.body)
    regenerate(shop, product_id)
    return DONE


def delete_link(shop: Shop, call: Call) -> Answer:
    """Take a value from its product; combinations with it go."""
    product_id = _product_of_link(shop, call.id)
    del shop.product_values[product_id][call.id]
    regenerate(shop, product_id)
    return DONE


def drop_value(shop: Shop, product_id: int, value_id: int) -> None:
    """Take every link of a value from its product; combinations with it go."""
    links = shop.product_values[product_id]
    for link_id in [each["id"] for each in links.values() if each["optionvalue_id"] == value_id]:
        del links[link_id]
    regenerate(shop, product_id)


def _product_of_link(shop: Shop, link_id: int) -> int:
    for product_id, links in shop.product_values.items():
        if link_id in links:
            return product_id
    raise ApiError(NO_SUCH_RECORD, f"productattributevalue {link_id} does not exist")


def _check_product(shop: Shop, product_id: int) -> None:
    if shop.catalogue.get(product_id) is None:
        raise ApiError(NO_SUCH_RECORD, f"product {product_id} does not exist")


def _attribute_view(root: str, attribute: Record) -> Record:
    href = f"{root}/attributes/{attribute['id']}/"
    return {"href": href, **attribute, "attributevalues": {"href": f"{href}attributevalues/"}}


def _value_view(root: str, value: Record) -> Record:
    return {"href": f"{root}/attributevalues/{value['id']}/", **value}


def _link_view(root: str, link: Record) -> Record:
    return {"href": f"{root}/productattributevalues/{link['id']}/", **link}


ROUTES: Routes = {
    "/products/{id}/attributecombinations": {
        "GET": Endpoint(list_combinations, PAGING),
    },
    "/attributecombinations/{id}": {
        "GET": Endpoint(show_combination),
        "PATCH": Endpoint(patch_combination, shape=COMBINATION_PATCH),
    },
    "/attributes": {
        "GET": Endpoint(list_attributes, PAGING),
        "POST": Endpoint(post_attribute, shape=ATTRIBUTE),
    },
    "/attributes/{id}": {
        "GET": Endpoint(show_attribute),
        "PATCH": Endpoint(patch_attribute, shape=ATTRIBUTE),
    },
    "/attributes/{id}/attributevalues": {
        "GET": Endpoint(list_values, PAGING),
        "POST": Endpoint(post_value, shape=ATTRIBUTE_VALUE_POST),
    },
    "/attributevalues/{id}": {
        "GET": Endpoint(show_value),
        "PATCH": Endpoint(patch_value, shape=ATTRIBUTE_VALUE_PATCH),
    },
    "/products/{id}/productattributevalues": {
        "GET": Endpoint(list_links, PAGING),
        "POST": Endpoint(post_link, shape=PRODUCT_VALUE_POST),
    },
    "/productattributevalues/{id}": {
        "GET": Endpoint(show_link),
        "PATCH": Endpoint(patch_link, shape=PRODUCT_VALUE_PATCH),
        "DELETE": Endpoint(delete_link),
    },
}
