"""Partial updates of records through the API (``PATCH``), validated field by field."""

from collections.abc import Callable, Mapping
from typing import Any

from sandbox.platforms.shopware import seed, stock
from sandbox.platforms.shopware.errors import (
    BLANK,
    INVALID_UUID,
    NOT_WRITABLE,
    WRONG_TYPE,
    ApiError,
    Problem,
    api_error,
    not_simulated,
    unknown_key,
    violation,
)
from sandbox.platforms.shopware.model import Entity, words
from sandbox.platforms.shopware.shop import Shop
from sandbox.platforms.shopware.states import MACHINES
from sandbox.platforms.shopware.store import Row
from sandbox.platforms.shopware.values import is_id, parse_stamp

WRITABLE = words(
    "order order_delivery order_transaction order_line_item order_address order_customer customer"
    " customer_address product"
)
"""The entities this emulator updates."""
LINKED = {("order", "tags"): "tagIds"}
"""The to-many associations it adds to: the hidden list of ids behind each."""

_ACCEPTS: Mapping[str, Callable[[Any], bool]] = {
    "id": lambda value: isinstance(value, str),
    "text": lambda value: isinstance(value, str),
    "integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "number": lambda value: isinstance(value, (int, float)) and not isinstance(value, bool),
    "flag": lambda value: isinstance(value, bool),
    "time": lambda value: parse_stamp(value) is not None,
    "json": lambda value: isinstance(value, dict),
    "list": lambda value: isinstance(value, list),
}


def patch(shop: Shop, entity: Entity, row_id: str, body: Any) -> Row:
    """Write the sent fields of an existing record.

    Custom fields are merged key by key; other lists and objects are replaced; nested lists only add.

    Raises:
        ApiError: 400, with every violation of the body at once.
    """
    if not isinstance(body, dict):
        raise api_error(400, "0", "The body has to be one record")
    row = shop.store.get(entity.name, row_id)
    if row is None:
        raise _not_there(entity, row_id)
    if body.get("id", row_id) != row_id:
        raise api_error(400, INVALID_UUID, "The id of the body differs from the path's", pointer="/0/id")
    sent = {name: value for name, value in body.items() if name != "id"}
    fields = {name: value for name, value in sent.items() if name in entity.fields}
    links = {name: value for name, value in sent.items() if name not in entity.fields}
    check_fields(entity, fields, "/0")
    added = {name: _linked(shop, entity, name, value) for name, value in links.items()}
    shop.update(row, {name: _stored(entity, row, name, value) for name, value in fields.items()})
    for name, ids in added.items():
        _add_links(row, LINKED[entity.name, name], ids)
    if entity.name == "product":
        stock.refresh(shop, row)
    return row


def check_fields(entity: Entity, fields: Mapping[str, Any], pointer: str) -> None:
    """Check the values of known fields.

    Raises:
        ApiError: 400, one problem for each field.
    """
    problems = [_check(entity, name, value, f"{pointer}/{name}") for name, value in fields.items()]
    found = [problem for problem in problems if problem is not None]
    if found:
        raise ApiError(*found)


def _check(entity: Entity, name: str, value: Any, pointer: str) -> Problem | None:
    if name in entity.readonly:
        return violation(pointer, NOT_WRITABLE, "This field is write-protected.", value)
    if name == "stateId" and entity.name in MACHINES:
        detail = "The state of this record cannot be written. Use a state transition."
        return violation(pointer, NOT_WRITABLE, detail, value)
    if value is None or value == "":
        blank = name in entity.required and not (value is None and name in entity.inherited)
        return violation(pointer, BLANK, "This value should not be blank.", value) if blank else None
    return _check_type(entity.fields[name], value, pointer)


def _check_type(kind: str, value: Any, pointer: str) -> Problem | None:
    if not _ACCEPTS[kind](value):
        return violation(pointer, WRONG_TYPE, f"This value should be of type {kind}.", str(value))
    if kind == "id" and not is_id(value):
        return violation(pointer, INVALID_UUID, f"The string {value!r} is not a valid uuid.", value)
    return None


def _stored(entity: Entity, row: Row, name: str, value: Any) -> Any:
    if name == "customFields" and value is not None:
        return {**(row.values["customFields"] or {}), **value}
    return parse_stamp(value) if entity.fields[name] == "time" and value is not None else value


def _linked(shop: Shop, entity: Entity, name: str, value: Any) -> list[str]:
    """The ids a nested list names; a tag that is new is created."""
    if name not in entity.associations:
        raise unknown_key(name, f"a record of {entity.name}")
    if (entity.name, name) not in LINKED:
        raise not_simulated(f"Writing {name} nested in {entity.name}")
    if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
        raise ApiError(violation(f"/0/{name}", WRONG_TYPE, "This value should be a list of objects."))
    return [_tag_id(shop, each, f"/0/{name}/{number}") for number, each in enumerate(value)]


def _tag_id(shop: Shop, body: dict[str, Any], pointer: str) -> str:
    known = shop.store.get("tag", body.get("id"))
    if known is not None:
        return known.id
    if not body.get("name"):
        raise ApiError(violation(f"{pointer}/name", BLANK, "This value should not be blank."))
    return seed.tag(shop, body["name"]).id


def _add_links(row: Row, name: str, ids: list[str]) -> None:
    row.links[name] = list(dict.fromkeys([*row.links.get(name, []), *ids]))


def _not_there(entity: Entity, row_id: str) -> ApiError:
    detail = f"Expected command for {entity.name} {row_id} to be an update; use POST to create records."
    return api_error(
        400,
        "FRAMEWORK__WRITE_TYPE_INTEND_ERROR",
        detail,
        definition=entity.name,
        expectedClass="UpdateCommand",
        actualClass="InsertCommand",
    )
