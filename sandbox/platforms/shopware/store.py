"""The shop's rows in memory, indexed along its associations."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sandbox.platforms.shopware import entities_order, entities_shop
from sandbox.platforms.shopware.model import Association, Entity
from sandbox.platforms.shopware.versions import Version

Schema = Mapping[str, Entity]
LOOKED_UP = (
    ("customer", "email"),
    ("product", "productNumber"),
    ("order_line_item", "productId"),
)
"""Fields indexed beside the associations."""


def schema_of(version: Version) -> dict[str, Entity]:
    """All entities as that release knows them, by snake-case name."""
    every = (*entities_order.ENTITIES, *entities_shop.ENTITIES)
    return {entity.name: entity.at(version) for entity in every}


@dataclass(slots=True, eq=False)
class Row:
    """One record: its fields by name, and hidden lists of ids (such as an order's tags)."""

    entity: str
    values: dict[str, Any]
    links: dict[str, list[str]] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """The id."""
        return str(self.values["id"])


class Store:
    """Tables by entity name. Ids are unique within a table; rows keep the order of insertion."""

    def __init__(self, schema: Schema) -> None:
        self.schema = schema
        self.tables: dict[str, dict[str, Row]] = {name: {} for name in schema}
        self._index: dict[str, dict[str, dict[str, list[Row]]]] = {name: {} for name in schema}
        for entity, name in (*_referring(schema), *LOOKED_UP):
            self._index[entity][name] = {}

    def insert(self, entity: str, values: Mapping[str, Any], **links: list[str]) -> Row:
        """Add a record; fields it does not name are null, fields this release lacks are dropped."""
        blank: dict[str, Any] = dict.fromkeys(self.schema[entity].fields)
        row = Row(entity, blank | {name: value for name, value in values.items() if name in blank}, links)
        self.tables[entity][row.id] = row
        for name in self._index[entity]:
            self._list(row, name)
        return row

    def write(self, row: Row, values: Mapping[str, Any]) -> None:
        """Set fields of a record."""
        moved = [name for name in self._index[row.entity] if name in values]
        for name in moved:
            self._unlist(row, name)
        row.values.update(values)
        for name in moved:
            self._list(row, name)

    def delete(self, row: Row) -> None:
        """Remove a record."""
        del self.tables[row.entity][row.id]
        for name in self._index[row.entity]:
            self._unlist(row, name)

    def get(self, entity: str, row_id: str | None) -> Row | None:
        """The record with this id."""
        return self.tables[entity].get(row_id) if row_id else None

    def all(self, entity: str) -> Iterable[Row]:
        """All records of an entity, oldest first."""
        return self.tables[entity].values()

    def find(self, entity: str, **values: Any) -> Row | None:
        """The first record whose fields equal these values."""
        wanted = values.items()
        matches = (r for r in self.all(entity) if all(r.values[name] == value for name, value in wanted))
        return next(matches, None)

    def children(self, entity: str, by: str, owner_id: str) -> list[Row]:
        """The records of ``entity`` whose indexed field ``by`` holds this value."""
        return self._index[entity][by].get(owner_id, [])

    def follow(self, row: Row, way: Association) -> list[Row]:
        """The records an association leads to."""
        if way.kind == "one":
            found = self.get(way.target, row.values.get(way.by))
            return [found] if found else []
        if way.kind == "list":
            ids = row.links.get(way.by) or row.values.get(way.by) or []
            table = self.tables[way.target]
            return [table[i] for i in ids if i in table]
        return self.children(way.target, way.by, row.id)

    def _list(self, row: Row, name: str) -> None:
        value = row.values[name]
        if value is not None:
            self._index[row.entity][name].setdefault(value, []).append(row)

    def _unlist(self, row: Row, name: str) -> None:
        value = row.values[name]
        if value is not None:
            self._index[row.entity][name][value].remove(row)


def _referring(schema: Schema) -> Iterable[tuple[str, str]]:
    """The fields through which to-many associations find their rows."""
    ways = (way for entity in schema.values() for way in entity.associations.values())
    return ((way.target, way.by) for way in ways if way.kind in {"many", "back"})
