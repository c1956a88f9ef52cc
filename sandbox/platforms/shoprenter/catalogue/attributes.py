"""List attributes, their values, and the classes that say what variants differ in.

[inferred]: a class has the attributes that are its variant parameters, and no others.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from sandbox.platforms.kit.fields import Shape, nullable, required
from sandbox.platforms.shoprenter.errors import bad, exists
from sandbox.platforms.shoprenter.fields import INT, RELATION, TEXT, check, inside, relation
from sandbox.platforms.shoprenter.records import ListAttribute, ListValue, Product, ProductClass
from sandbox.platforms.shoprenter.routing import Numbers, Resource, Resources, parent, same, single
from sandbox.platforms.shoprenter.state import Shop
from sandbox.platforms.shoprenter.wire import Key, Nothing, Record, below, link

AREA: Final = "product.attribute"
NO_CLASS: Final = 40012
NOT_OF_CLASS: Final = 40021
SAME_PARAMETERS: Final = 40023


def choose(shop: Shop, product: Product, options: Mapping[str, str]) -> None:
    """The merchant gives a product values of list attributes; whatever is missing is made."""
    attributes = [_attribute(shop, name) for name in options]
    product.product_class = make_class(shop, " / ".join(options), list(options))
    pairs = zip(attributes, options.values(), strict=True)
    product.values = [_value(shop, attribute, text).id for attribute, text in pairs]


def _attribute(shop: Shop, name: str) -> ListAttribute:
    known = (each for each in shop.list_attributes.values() if each.name == name)
    made = next(known, None) or ListAttribute(shop.new_id("listAttribute"), name)
    return shop.list_attributes.setdefault(made.id, made)


def _value(shop: Shop, attribute: ListAttribute, text: str) -> ListValue:
    of = (each for each in shop.list_values.values() if each.attribute == attribute.id)
    known = next((each for each in of if text in each.names.values()), None)
    made = known or ListValue(shop.new_id("listValue"), attribute.id, dict.fromkeys(shop.languages, text))
    return shop.list_values.setdefault(made.id, made)


def make_class(shop: Shop, name: str, attributes: Sequence[str]) -> int:
    """The class whose variants differ in these attributes, at most two; it and they are made where there is none."""
    first, second, *_ = [*(_attribute(shop, each).id for each in attributes), None, None]
    known = (each for each in shop.product_classes.values() if (each.first, each.second) == (first, second))
    made = next(known, None) or ProductClass(shop.new_id("productClass"), name, first, second)
    return shop.product_classes.setdefault(made.id, made).id


# --- resources ----------------------------------------------------------------------------------------------------


def _attribute_view(_: Shop, attribute: ListAttribute) -> Record:
    return {
        "type": "LIST",
        "name": attribute.name,
        "priority": "IMPORTANT",
        "sortOrder": "1",
        "required": "0",
        "presentation": "TEXT",
        "listAttributeValues": below("listAttributeValues", "listAttributeId", "listAttribute", attribute.id),
    }


def _new_attribute(shop: Shop, body: Record) -> Numbers:
    name = check(body, {"name": required(TEXT)}, new=True)["name"]
    for known in shop.list_attributes.values():
        if known.name == name:
            raise exists("The attribute exists", Key("listAttribute", (known.id,)))
    return (_attribute(shop, name).id,)


def _values(shop: Shop) -> Mapping[Numbers, ListValue]:
    return {(each.attribute, each.id): each for each in shop.list_values.values()}


def _value_view(_: Shop, value: ListValue) -> Record:
    number = (value.attribute, value.id)
    return {
        "listAttribute": link("listAttributes", "listAttribute", value.attribute),
        "listAttributeValueDescriptions": below(
            "listAttributeValueDescriptions", "listAttributeValueId", "listAttributeValue", *number
        ),
    }


def _new_value(shop: Shop, body: Record) -> Numbers:
    check(body, {"listAttribute": required(RELATION), "sortOrder": INT}, new=True)
    attribute = inside(shop.list_attributes, relation(shop, body["listAttribute"], "listAttribute"))
    made = ListValue(shop.new_id("listValue"), attribute, {})
    shop.list_values[made.id] = made
    return attribute, made.id


def _texts(shop: Shop) -> Mapping[Numbers, tuple[ListValue, int]]:
    rows = ((each, language) for each in shop.list_values.values() for language in each.names)
    return {(each.attribute, language, each.id): (each, language) for each, language in rows}


def _text_view(_: Shop, text: tuple[ListValue, int]) -> Record:
    value, language = text
    return {
        "name": value.names[language],
        "listAttributeValue": link("listAttributeValues", "listAttributeValue", value.attribute, value.id),
        "language": link("languages", "language", language),
    }


def _new_text(shop: Shop, body: Record) -> Numbers:
    shape: Shape = {
        "name": required(TEXT),
        "listAttributeValue": required(RELATION),
        "language": required(RELATION),
    }
    check(body, shape, new=True)
    value = _named_value(shop, body)
    language = inside(shop.languages, relation(shop, body["language"], "language"))
    if language in value.names:
        raise exists(
            "The description exists", Key("listAttributeValueDescription", (value.attribute, language, value.id))
        )
    value.names[language] = body["name"]
    return value.attribute, language, value.id


def _named_value(shop: Shop, body: Record) -> ListValue:
    key = relation(shop, body["listAttributeValue"], "listAttributeValue")
    number = inside(shop.list_values, Key(key.entity, key.numbers[1:]))
    return shop.list_values[number]


def _class_view(_: Shop, kind: ProductClass) -> Record:
    first, second = (
        link("listAttributes", "listAttribute", each) if each else Nothing() for each in (kind.first, kind.second)
    )
    return {
        "name": kind.name,
        "description": "",
        "firstVariantParameter": first,
        "secondVariantParameter": second,
        "firstVariantSelectType": "SELECT",
        "secondVariantSelectType": "SELECT",
    }


def _new_class(shop: Shop, body: Record) -> Numbers:
    parameter = nullable(RELATION)
    check(
        body,
        {"name": required(TEXT), "firstVariantParameter": parameter, "secondVariantParameter": parameter},
        new=True,
    )
    first, second = (
        inside(shop.list_attributes, relation(shop, body[name], "listAttribute")) if body.get(name) else None
        for name in ("firstVariantParameter", "secondVariantParameter")
    )
    if first is not None and first == second:
        raise bad(SAME_PARAMETERS, "Both variant parameters are the same")
    made = ProductClass(shop.new_id("productClass"), body["name"], first, second)
    shop.product_classes[made.id] = made
    return (made.id,)


def _relations(shop: Shop) -> Mapping[Numbers, tuple[Product, int]]:
    rows = ((each, value) for each in shop.products.values() for value in each.values)
    return {(shop.list_values[value].attribute, each.id, value): (each, value) for each, value in rows}


def _relation_view(shop: Shop, row: tuple[Product, int]) -> Record:
    product, value = row
    attribute = shop.list_values[value].attribute
    return {
        "product": link("products", "product", product.id),
        "listAttributeValue": link("listAttributeValues", "listAttributeValue", attribute, value),
    }


def _new_relation(shop: Shop, body: Record) -> Numbers:
    """A product takes a value of an attribute that its class has; an older value of the same attribute goes."""
    check(body, {"product": required(RELATION), "listAttributeValue": required(RELATION)}, new=True)
    product = shop.products[inside(shop.products, relation(shop, body["product"], "product"))]
    value = _named_value(shop, body)
    if product.product_class is None:
        raise bad(NO_CLASS, "The product has no product class")
    if value.attribute not in shop.product_classes[product.product_class].attributes:
        raise bad(NOT_OF_CLASS, "The attribute is not one of the product's class")
    numbers = (value.attribute, product.id, value.id)
    if value.id in product.values:
        raise exists("The relation exists", Key("productListAttributeValueRelation", numbers))
    product.values = [each for each in product.values if shop.list_values[each].attribute != value.attribute]
    product.values.append(value.id)
    product.updated = shop.now()
    return numbers


def _drop_relation(shop: Shop, row: tuple[Product, int]) -> None:
    product, value = row
    product.values.remove(value)
    product.updated = shop.now()


_INNER = {"innerId": same(lambda record: record.id)}

RESOURCES: Resources = {
    "listAttributes": Resource(
        "listAttribute",
        AREA,
        single(lambda shop: shop.list_attributes),
        _attribute_view,
        _INNER,
        create=_new_attribute,
    ),
    "listAttributeValues": Resource(
        "listAttributeValue",
        AREA,
        _values,
        _value_view,
        {"listAttributeId": parent("listAttribute", lambda value: value.attribute)},
        create=_new_value,
    ),
    "listAttributeValueDescriptions": Resource(
        "listAttributeValueDescription",
        AREA,
        _texts,
        _text_view,
        {"listAttributeValueId": parent("listAttributeValue", lambda text: text[0].id)},
        create=_new_text,
    ),
    "productClasses": Resource(
        "productClass",
        AREA,
        single(lambda shop: shop.product_classes),
        _class_view,
        _INNER,
        create=_new_class,
    ),
    "productListAttributeValueRelations": Resource(
        "productListAttributeValueRelation",
        "product.product",
        _relations,
        _relation_view,
        {"productId": parent("product", lambda row: row[0].id)},
        create=_new_relation,
        delete=_drop_relation,
    ),
}
