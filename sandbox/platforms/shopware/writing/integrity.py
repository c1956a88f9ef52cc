"""What the database refuses, after the values were found valid: keys that exist twice or lead nowhere."""

from collections.abc import Iterable

from sandbox.platforms.shopware.errors import ApiError, api_error
from sandbox.platforms.shopware.schema.model import Entity
from sandbox.platforms.shopware.state import Shop
from sandbox.platforms.shopware.store import Row

DUPLICATE_KEY, BAD_REFERENCE = 1062, 1452
MALFORMED = "Malformed UTF-8 characters, possibly incorrectly encoded"


def refused(shop: Shop, row: Row, names: Iterable[str], *, in_sync: bool) -> ApiError | None:
    """Why the database would not take a written record.

    Args:
        names: The fields that were sent.
    """
    entity = shop.store.schema[row.entity]
    return (
        _twice(shop, entity, row)
        or _leads_nowhere(shop, entity, row, frozenset(names), in_sync=in_sync)
        or _nested_too_deep(shop, row)
    )


def bad_reference(entity: str, name: str, *, in_sync: bool) -> ApiError:
    """A foreign key of a record that does not exist; in a sync the message hides what it is about (I#6119)."""
    if in_sync:
        return api_error(500, "0", MALFORMED)
    detail = f"Cannot add or update a child row: a foreign key constraint fails (`{entity}`, `{name}`)"
    return _database(BAD_REFERENCE, detail)


def _twice(shop: Shop, entity: Entity, row: Row) -> ApiError | None:
    for group in entity.unique:
        values = [row.values[name] for name in group]
        same = shop.store.children(entity.name, group[0], values[0])
        if any(each is not row and [each.values[name] for name in group[1:]] == values[1:] for each in same):
            return _duplicate(entity, values)
    return None


def _duplicate(entity: Entity, values: list[str]) -> ApiError:
    if entity.name == "product":
        detail = f'Product with number "{values[0]}" already exists.'
        return api_error(400, "CONTENT__DUPLICATE_PRODUCT_NUMBER", detail, number=values[0])
    entry = "-".join(values)
    return _database(DUPLICATE_KEY, f"Duplicate entry '{entry}' for key '{entity.name}.uniq'")


def _leads_nowhere(shop: Shop, entity: Entity, row: Row, names: frozenset[str], *, in_sync: bool) -> ApiError | None:
    for way in entity.associations.values():
        if way.kind != "one" or way.by not in names or row.values[way.by] is None:
            continue
        if shop.store.get(way.target, row.values[way.by]) is None:
            return bad_reference(entity.name, way.by, in_sync=in_sync)
    return None


def _nested_too_deep(shop: Shop, row: Row) -> ApiError | None:
    """[inferred]: what a real shop answers is not known; variants of variants are not supported."""
    parent = shop.store.get("product", row.values["parentId"]) if row.entity == "product" else None
    children = shop.store.children("product", "parentId", row.id) if parent else []
    if parent is None or not (parent.values["parentId"] or children):
        return None
    detail = "A variant cannot have variants: Shopware does not support deeper nesting."
    return api_error(400, "SANDBOX__NESTED_VARIANT", detail)


def _database(number: int, detail: str) -> ApiError:
    text = f"An exception occurred while executing a query: SQLSTATE[23000]: Integrity constraint violation: {number} "
    return api_error(500, str(number), text + detail)
