"""Cut Shopware's published Admin API schema down to what our contract tests need, and repair it.

Run by hand when the pinned version changes::

    npm pack @shopware/api-client@1.6.0 && tar xzf shopware-api-client-1.6.0.tgz
    python tools/shopware_schema.py package/api-types/adminApiSchema.json \
        tests/resources/shopware/admin-api-6.7.json

The published document describes a demo shop with plugins, and does not describe the wire in some points
(platform file, chapter "Schema package"): nulls, JSON columns, empty maps. What is repaired is named by
the functions below. What is cut: paths we do not use, the JSON:API shape, descriptions, and associations
to entities outside `ENTITIES` (they lead to the whole shop); a record may carry them unchecked.
"""

import json
import sys
from pathlib import Path
from typing import Any

ENTITIES = frozenset(
    {
        "Order",
        "OrderAddress",
        "OrderCustomer",
        "OrderDelivery",
        "OrderDeliveryPosition",
        "OrderLineItem",
        "OrderTransaction",
        "Document",
        "DocumentType",
        "StateMachine",
        "StateMachineHistory",
        "StateMachineState",
        "StateMachineTransition",
        "Customer",
        "CustomerAddress",
        "CustomerGroup",
        "Salutation",
        "Tag",
        "Product",
        "ProductConfiguratorSetting",
        "ProductManufacturer",
        "ProductMedia",
        "ProductVisibility",
        "Media",
        "Price",
        "Tax",
        "Unit",
        "DeliveryTime",
        "PropertyGroup",
        "PropertyGroupOption",
        "Category",
        "PaymentMethod",
        "ShippingMethod",
        "SalesChannel",
        "Country",
        "CountryState",
        "Currency",
        "Language",
        "Locale",
        "Webhook",
    }
)
"""The entities kept; a reference to another entity is cut."""
HELPERS = frozenset({"Criteria", "Associations", "Filters", "Includes", "Excludes", "MeasurementUnits"})
"""Schemas that are parts of requests or fields, not entities."""

SEARCHED = (
    "order",
    "order-address",
    "order-customer",
    "order-delivery",
    "order-line-item",
    "order-transaction",
    "state-machine",
    "state-machine-state",
    "state-machine-history",
    "customer",
    "product",
    "property-group",
    "property-group-option",
    "category",
    "payment-method",
    "shipping-method",
    "sales-channel",
    "country",
    "currency",
    "language",
    "tax",
    "tag",
)
"""Entities whose search is kept."""

WRITTEN = (
    "product",
    "product-visibility",
    "product-configurator-setting",
    "product-manufacturer",
    "unit",
    "property-group",
    "property-group-option",
    "category",
    "tax",
)
"""Entities a connector creates and deletes."""

PATHS = {
    "/oauth/token": ("post",),
    "/_info/version": ("get",),
    "/_info/config": ("get",),
    "/_info/health-check": ("get",),
    "/_action/sync": ("post",),
    "/_action/order/{orderId}/state/{transition}": ("post",),
    "/_action/order_delivery/{orderDeliveryId}/state/{transition}": ("post",),
    "/_action/order_transaction/{orderTransactionId}/state/{transition}": ("post",),
    "/_action/state-machine/{entityName}/{entityId}/state": ("get",),
    "/_action/state-machine/{entityName}/{entityId}/state/{transition}": ("post",),
    "/order/{id}": ("get", "patch"),
    "/order-delivery/{id}": ("get", "patch"),
    "/order-transaction/{id}": ("get", "patch"),
    **{f"/{entity}": ("post",) for entity in WRITTEN},
    **{f"/{entity}/{{id}}": ("get", "patch", "delete") for entity in WRITTEN},
    "/customer/{id}": ("get", "patch"),
    **{f"/search/{entity}": ("post",) for entity in (*SEARCHED, *WRITTEN)},
}
PROSE = frozenset({"description", "summary", "example", "examples", "tags", "title", "deprecated"})
NULLABLE_IN_VARIANTS = frozenset({"name", "taxId", "price"})
OBJECT_OR_LIST = ["object", "array"]

Schema = dict[str, Any]


def main(source: str, target: str) -> None:
    """Write the cut and repaired document."""
    document = json.loads(Path(source).read_text("utf-8"))
    Path(target).write_text(json.dumps(trimmed(document), indent=1, sort_keys=True) + "\n", "utf-8")


def trimmed(document: Schema) -> Schema:
    """The document with only the paths, schemas and answers in use."""
    paths = {path: _operations(document["paths"][path], methods) for path, methods in PATHS.items()}
    every = document["components"]["schemas"]
    names = _reachable(paths, document["components"]["responses"], every)
    schemas = {name: _entity(name, every[name]) for name in sorted(names)}
    _repair_error(schemas["error"])
    _repair_criteria(schemas["Criteria"])
    responses = {code: _plain(body) for code, body in document["components"]["responses"].items() if code.isdigit()}
    info = {name: document["info"][name] for name in ("title", "version")}
    components = {"schemas": schemas, "responses": responses}
    return {"openapi": document["openapi"], "info": info, "paths": paths, "components": components}


def _operations(path: Schema, methods: tuple[str, ...]) -> Schema:
    kept = ("requestBody", "responses")
    return {method: {name: _answered(_plain(path[method].get(name, {}))) for name in kept} for method in methods}


def _answered(node: Any) -> Any:
    """An answer or a body: maps are lists when empty, and ``total`` and ``data`` are always there."""
    if isinstance(node, list):
        return [_answered(each) for each in node]
    if not isinstance(node, dict):
        return node
    done = {name: _answered(value) for name, value in node.items()}
    if done.get("type") == "object" and not done.keys() & {"properties", "additionalProperties"}:
        done["type"] = OBJECT_OR_LIST
    if isinstance(done.get("properties"), dict) and "data" in done["properties"]:
        done["required"] = sorted(done["properties"])
    return done


def _plain_schema(schema: Schema) -> Schema:
    plain: Schema = _plain(schema)
    return plain


def _plain(node: Any) -> Any:
    """Without prose, without the JSON:API shape, without entities that are not kept."""
    if isinstance(node, list):
        return [_plain(each) for each in node]
    if not isinstance(node, dict):
        return node
    return {
        name: _properties(value) if name == "properties" else _plain(value)
        for name, value in node.items()
        if name != "application/vnd.api+json" and not (name in PROSE and isinstance(value, (str, bool, list)))
    }


def _properties(properties: Schema) -> Schema:
    kept = {name: value for name, value in properties.items() if not _leads_out(value)}
    return {name: _plain(value) for name, value in kept.items()}


def _leads_out(schema: Schema) -> bool:
    """Whether a property is an association to an entity that is not kept."""
    reference = schema.get("$ref") or schema.get("items", {}).get("$ref") or ""
    name = reference.rpartition("/")[2]
    return name[:1].isupper() and name not in ENTITIES | HELPERS


def _reachable(*roots_then_schemas: Schema) -> set[str]:
    """The names of all schemas the roots refer to, directly or not."""
    *roots, schemas = roots_then_schemas
    names, waiting = set[str](), [_plain(root) for root in roots]
    while waiting:
        fresh = _references(waiting.pop()) - names
        names |= fresh
        waiting += [_plain(schemas[name]) for name in fresh]
    return names


def _references(node: Any) -> set[str]:
    if isinstance(node, list):
        return set[str]().union(*(_references(each) for each in node))
    if not isinstance(node, dict):
        return set()
    own = {node["$ref"].rpartition("/")[2]} if "/schemas/" in str(node.get("$ref")) else set[str]()
    return own.union(*(_references(value) for value in node.values()))


def _entity(name: str, schema: Schema) -> Schema:
    """A component schema; those of answers get the nulls, lists and maps of the wire allowed.

    A breadcrumb is a list of names, not of empty objects.
    """
    if name not in ENTITIES | {"error", "failure"}:
        return _plain_schema(schema)
    repaired: Schema = _repaired(_plain(schema))
    if name == "Product":
        for field in NULLABLE_IN_VARIANTS:
            repaired["properties"][field] = _nullable(repaired["properties"][field])
    if name == "Category":
        repaired["properties"]["breadcrumb"] = _nullable({"type": "array", "items": {"type": "string"}})
    return repaired


def _repaired(schema: Any) -> Any:
    if isinstance(schema, list):
        return [_repaired(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    done = {name: _repaired(value) for name, value in schema.items() if name != "properties"}
    if done.get("type") == "mixed":
        del done["type"]
    if done.get("type") == "object" and not schema.keys() & {"properties", "additionalProperties"}:
        done["type"] = OBJECT_OR_LIST
    if "properties" in schema:
        required = set(schema.get("required", ())) - {"children"}
        done["properties"] = {
            name: _property(name, value, required=name in required) for name, value in schema["properties"].items()
        }
    return done


def _property(name: str, schema: Schema, *, required: bool) -> Schema:
    if name in {"calculatedTaxes", "taxRules"}:
        return {"type": "array", "items": {"type": "object"}}
    if name in {"extensions", "translated"}:
        return {"type": OBJECT_OR_LIST}
    repaired = _repaired(schema)
    return repaired if required else _nullable(repaired)


def _nullable(schema: Schema) -> Schema:
    """Null is allowed as well. ``if`` and ``else`` keep the messages about values precise."""
    return {"if": {"type": "null"}, "else": schema}


def _repair_error(schema: Schema) -> None:
    """``meta`` is typed in contradiction with itself, validation errors have no title."""
    schema["properties"]["meta"] = {"type": OBJECT_OR_LIST}
    schema["properties"]["detail"] = _nullable(schema["properties"]["detail"])
    schema["required"] = [name for name in schema["required"] if name != "title"]


def _repair_criteria(schema: Schema) -> None:
    """The server also takes numbers for ``total-count-mode``, and keys that are not listed (or were cut)."""
    schema["properties"]["total-count-mode"] = {"enum": [0, 1, 2, "none", "exact", "next-pages"]}
    schema["properties"] |= {name: {"type": "array"} for name in ("query", "aggregations")}
    schema["properties"]["term"] = {"type": "string"}
    schema["additionalProperties"] = False


if __name__ == "__main__":
    main(*sys.argv[1:])
