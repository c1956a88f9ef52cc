"""Field names such as ``transactions.stateMachineState.technicalName``, turned into readers of a row."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sandbox.platforms.shopware.errors import ApiError, api_error
from sandbox.platforms.shopware.schema.model import Association, Entity
from sandbox.platforms.shopware.store import Row, Store

RUNTIME_FIELDS = frozenset({"hash"})
"""Fields that exist only in answers and cannot be searched by."""


@dataclass(frozen=True)
class Path:
    """A way to values.

    Args:
        type: The type of the field at the end; None inside JSON.
        entities: The entities walked through, each needs the right to read.
        read: All values a row has there; one null where an association leads nowhere.
        to_many: Whether a database has to join several rows to one, then group them again.
    """

    type: str | None
    entities: tuple[str, ...]
    read: Callable[[Row], list[Any]]
    to_many: bool


def parse_path(store: Store, entity: Entity, name: str) -> Path:
    """Resolve a field name.

    Raises:
        ApiError: Nothing of that name can be searched by.
    """
    ways, owner, rest = _walk(store, entity, name.split("."))
    kind = owner.fields.get(rest[0])
    inside = tuple(rest[1:])
    if kind is None or rest[0] in RUNTIME_FIELDS or (inside and kind != "json"):
        raise unmapped(name, entity)
    read = _reader(store, ways, rest[0], inside)
    to_many = any(way.kind in {"many", "list"} for way in ways)
    return Path(None if inside else kind, tuple(way.target for way in ways), read, to_many)


def unmapped(name: str, entity: Entity) -> ApiError:
    """The field is unknown."""
    detail = f'Field "{name}" in entity "{entity.name}" was not found.'
    return api_error(400, "FRAMEWORK__UNMAPPED_FIELD", detail, field=name, entity=entity.name)


def _walk(store: Store, entity: Entity, parts: list[str]) -> tuple[list[Association], Entity, list[str]]:
    ways: list[Association] = []
    while len(parts) > 1 and parts[0] in entity.associations:
        way = entity.associations[parts[0]]
        ways.append(way)
        entity, parts = store.schema[way.target], parts[1:]
    return ways, entity, parts


def _reader(store: Store, ways: list[Association], name: str, inside: tuple[str, ...]) -> Callable[[Row], list[Any]]:
    if not ways and not inside:
        return lambda row: [row.values[name]]

    def read(row: Row) -> list[Any]:
        rows = [row]
        for way in ways:
            rows = [found for current in rows for found in store.follow(current, way)]
        return [_dig(found.values[name], inside) for found in rows] or [None]

    return read


def _dig(value: Any, inside: tuple[str, ...]) -> Any:
    for key in inside:
        value = value.get(key) if isinstance(value, dict) else None
    return value
