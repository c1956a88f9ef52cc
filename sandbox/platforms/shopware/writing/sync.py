"""Bulk writes, ``POST /api/_action/sync`` (platform file, chapter "Sync API")."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sandbox.platforms.shopware.errors import api_error, unknown_key
from sandbox.platforms.shopware.schema.links import LINKS, rows_of
from sandbox.platforms.shopware.schema.model import Entity
from sandbox.platforms.shopware.search.filters import FilterParser
from sandbox.platforms.shopware.state import Shop
from sandbox.platforms.shopware.store import Row
from sandbox.platforms.shopware.values import is_id
from sandbox.platforms.shopware.writing.batch import Batch, Key
from sandbox.platforms.shopware.writing.fields import bad_id, unknown_field
from sandbox.platforms.shopware.writing.integrity import bad_reference
from sandbox.platforms.shopware.writing.removal import delete_key
from sandbox.platforms.shopware.writing.resolvers import resolve
from sandbox.platforms.shopware.writing.writes import writable, write, write_link

KEYS = frozenset({"entity", "action", "payload", "criteria", "key"})
ACTIONS = frozenset({"upsert", "delete"})
Require = Callable[[Iterable[str]], None]


@dataclass(frozen=True)
class Operation:
    """One operation of a sync.

    Args:
        key: What error pointers and the answer of 6.4 name it by.
        criteria: Filters for what to delete, instead of a payload.
    """

    key: str
    entity: str
    action: str
    payload: list[Any]
    criteria: list[Any]


@dataclass
class Deleted:
    """The keys that deletions named, by entity: those that were there, and those that were not."""

    deleted: dict[str, list[Key]] = field(default_factory=dict)
    missing: dict[str, list[Key]] = field(default_factory=dict)

    def add(self, entity: str, key: Key, *, found: bool) -> None:
        """Note one."""
        (self.deleted if found else self.missing).setdefault(entity, []).append(key)


def parse(shop: Shop, body: Any) -> list[Operation]:
    """The operations of either form: an object keyed by name, or a list.

    Raises:
        ApiError: 400, the body is neither, or an operation says nothing that can be done.
    """
    if isinstance(body, dict):
        named = list(body.items())
    elif isinstance(body, list):
        named = [(str(_key(each, number)), each) for number, each in enumerate(body)]
    else:
        named = []
    if not all(isinstance(each, dict) for _, each in named) or not isinstance(body, (dict, list)):
        raise api_error(400, "0", "A sync has to be an object or a list of operations.")
    return [_operation(shop, key, each) for key, each in named]


def _key(each: Any, number: int) -> Any:
    return each.get("key", number) if isinstance(each, dict) else number


def _operation(shop: Shop, key: str, body: dict[str, Any]) -> Operation:
    criteria = body.get("criteria") if shop.version.deletes_by_criteria else None
    found = Operation(
        key, str(body.get("entity")), str(body.get("action")).lower(), _list(body.get("payload")), _list(criteria)
    )
    errors = _errors(shop, found)
    if errors:
        detail = f'Invalid sync operation in "{key}". {" ".join(errors)}'
        raise api_error(400, "FRAMEWORK__INVALID_SYNC_OPERATION", detail, key=key, errors=errors)
    for name in body:
        if name not in KEYS:
            raise unknown_key(name, "a sync operation")
    if criteria and found.action == "upsert":
        raise unknown_key("criteria", "an upsert")
    return found


def _list(given: Any) -> list[Any]:
    return given if isinstance(given, list) else []


def _errors(shop: Shop, found: Operation) -> list[str]:
    entity = shop.store.schema.get(found.entity)
    known = found.entity in LINKS or (entity is not None and writable(entity))
    errors = [] if known else [f'The entity "{found.entity}" is unknown (or not simulated).']
    if found.action not in ACTIONS:
        errors.append(f'The action "{found.action}" is unknown.')
    if not found.payload and not found.criteria:
        errors.append("The payload is empty.")
    return errors


def run(shop: Shop, operations: Iterable[Operation], batch: Batch, require: Require) -> dict[str, Any]:
    """Do all operations in their order, all or nothing: the answer. Only within ``shop.change()``.

    Raises:
        ApiError: Something is wrong with one of them.
    """
    told = Deleted()
    ready = [_ready(shop, operation) for operation in operations]
    for operation in ready:
        for number, record in enumerate(operation.payload):
            execute(batch, operation, record, f"/{operation.key}/{number}", told)
    batch.finish(require)
    return {
        "extensions": [],
        "data": batch.keys() or [],
        "notFound": told.missing or [],
        "deleted": told.deleted or [],
    }


def execute(batch: Batch, operation: Operation, record: Any, pointer: str, told: Deleted) -> None:
    """Write or delete one record."""
    if operation.action == "upsert":
        return _upsert(batch, operation.entity, record, pointer)
    result = delete_key(batch, operation.entity, record, pointer)
    if result is not None:
        told.add(operation.entity, result[0], found=result[1])
    return None


def _ready(shop: Shop, operation: Operation) -> Operation:
    """With ids in place of natural keys, and keys in place of criteria."""
    payload = operation.payload
    if operation.action == "upsert":
        payload = resolve(shop, operation.key, operation.entity, payload)
    elif operation.criteria:
        payload = _matching(shop, operation)
    return Operation(operation.key, operation.entity, operation.action, payload, [])


def _matching(shop: Shop, operation: Operation) -> list[Mapping[str, Any]]:
    link = LINKS.get(operation.entity)
    entity: Entity = link.entity if link else shop.store.schema[operation.entity]
    filters = FilterParser(shop.store, entity, shop.clock)
    tests = filters.parse(operation.criteria, f"/{operation.key}/criteria")
    filters.finish()
    rows: Iterable[Row] = rows_of(shop.store, link) if link else shop.store.all(entity.name)
    found = [row for row in rows if all(test(row) for test in tests)]
    return [row.values if link else {"id": row.id} for row in found]


def _upsert(batch: Batch, entity: str, record: Any, pointer: str) -> None:
    link = LINKS.get(entity)
    if link is None:
        write(batch, batch.shop.store.schema[entity], record, pointer)
        return
    keys = (link.owner_key, link.other_key)
    given = record if isinstance(record, dict) else {}
    batch.problems += [bad_id(f"{pointer}/{key}", given.get(key)) for key in keys if not is_id(given.get(key))]
    batch.problems += [unknown_field(key, entity, f"{pointer}/{key}") for key in given if key not in keys]
    owner = batch.shop.store.get(link.owner, given.get(keys[0])) if is_id(given.get(keys[0])) else None
    if owner is not None and is_id(given.get(keys[1])):
        write_link(batch, link, owner, given[keys[1]])
    elif owner is None:
        batch.failures.append(bad_reference(entity, link.owner_key, in_sync=batch.in_sync))
