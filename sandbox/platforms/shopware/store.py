"""The shop's rows in memory, indexed along its associations, with a way back."""

from bisect import bisect_left, insort
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from operator import attrgetter
from typing import Any

from sandbox.platforms.shopware.schema import order, product, shop
from sandbox.platforms.shopware.schema.model import Association, Entity
from sandbox.platforms.shopware.values import folded
from sandbox.platforms.shopware.versions import Version

Schema = Mapping[str, Entity]
LOOKED_UP = (
    ("customer", "email"),
    ("product", "productNumber"),
    ("order_line_item", "productId"),
)
"""Fields indexed beside the associations."""
NUMBER = "autoIncrement"
"""The growing number of a table: rows can be read from a number on without walking the table."""


def schema_of(version: Version) -> dict[str, Entity]:
    """All entities as that release knows them, by snake-case name."""
    every = (*order.ENTITIES, *shop.ENTITIES, *product.ENTITIES)
    return {entity.name: entity.at(version) for entity in every}


@dataclass(slots=True, eq=False)
class Row:
    """One record.

    Args:
        values: Its fields by name; translatable ones in the system's language.
        links: Hidden lists of ids, such as an order's tags.
        serial: Grows with every insertion.
        texts: Translatable fields by language id, other than the system's.
    """

    entity: str
    values: dict[str, Any]
    links: dict[str, list[str]] = field(default_factory=dict)
    serial: int = 0
    texts: dict[str, dict[str, Any]] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """The id."""
        return str(self.values["id"])


_serial = attrgetter("serial")


class Store:
    """Tables by entity name. Ids are unique within a table; rows keep the order of insertion.

    Indexed texts are compared without regard to case, as the shop's database does. Everything written can be
    undone back to a mark.
    """

    def __init__(self, schema: Schema) -> None:
        self.schema = schema
        self.tables: dict[str, dict[str, Row]] = {name: {} for name in schema}
        self._index: dict[str, dict[str, dict[str, list[Row]]]] = {name: {} for name in schema}
        self._numbered: dict[str, list[Row]] = {name: [] for name in schema if NUMBER in schema[name].fields}
        self._undo: list[Callable[[], None]] = []
        self._inserted = 0
        for entity, name in (*_referring(schema), *LOOKED_UP):
            self._index[entity][name] = {}

    def insert(self, entity: str, values: Mapping[str, Any], **links: list[str]) -> Row:
        """Add a record; fields it does not name are null, fields this release lacks are dropped."""
        blank: dict[str, Any] = dict.fromkeys(self.schema[entity].fields)
        self._inserted += 1
        known = {name: value for name, value in values.items() if name in blank}
        row = Row(entity, blank | known, links, self._inserted)
        self._add(row)
        self._undo.append(partial(self._remove, row))
        return row

    def write(self, row: Row, values: Mapping[str, Any]) -> None:
        """Set fields of a record; those this release lacks are dropped."""
        known = {name: value for name, value in values.items() if name in row.values}
        self._undo.append(partial(self._set, row, {name: row.values[name] for name in known}))
        self._set(row, known)

    def translate(self, row: Row, language_id: str, texts: Mapping[str, Any]) -> None:
        """Set translatable fields in a language other than the system's."""
        self._undo.append(partial(setattr, row, "texts", row.texts))
        row.texts = {**row.texts, language_id: {**row.texts.get(language_id, {}), **texts}}

    def link(self, row: Row, name: str, ids: list[str]) -> None:
        """Set a list of ids that stands behind an association."""
        if name in row.values:
            self.write(row, {name: ids or None})
            return
        self._undo.append(partial(setattr, row, "links", row.links))
        row.links = {**row.links, name: ids}

    def linked(self, row: Row, name: str) -> list[str]:
        """A list of ids that stands behind an association."""
        return row.links.get(name) or row.values.get(name) or []

    def delete(self, row: Row) -> None:
        """Remove a record."""
        self._remove(row)
        self._undo.append(partial(self._restore, row))

    def mark(self) -> int:
        """A point to come back to."""
        return len(self._undo)

    def undo(self, mark: int) -> None:
        """Take back everything since the mark."""
        while len(self._undo) > mark:
            self._undo.pop()()

    def forget(self) -> None:
        """Nothing so far can be taken back any more."""
        self._undo.clear()

    def get(self, entity: str, row_id: str | None) -> Row | None:
        """The record with this id."""
        return self.tables[entity].get(row_id) if row_id else None

    def all(self, entity: str) -> Iterable[Row]:
        """All records of an entity, oldest first."""
        return self.tables[entity].values()

    def from_number(self, entity: str, number: float) -> Iterator[Row]:
        """The records whose growing number is at least this, in its order."""
        rows = self._numbered[entity]
        return (rows[place] for place in range(bisect_left(rows, number, key=_number), len(rows)))

    def find(self, entity: str, **values: Any) -> Row | None:
        """The first record whose fields equal these values."""
        wanted = values.items()
        matches = (r for r in self.all(entity) if all(r.values[name] == value for name, value in wanted))
        return next(matches, None)

    def is_indexed(self, entity: str, name: str) -> bool:
        """Whether ``children`` works for this field."""
        return name in self._index[entity]

    def children(self, entity: str, by: str, owner_id: str) -> list[Row]:
        """The records of ``entity`` whose indexed field ``by`` holds this value, oldest first."""
        return self._index[entity][by].get(folded(owner_id), [])

    def follow(self, row: Row, way: Association) -> list[Row]:
        """The records an association leads to."""
        if way.kind == "one":
            found = self.get(way.target, row.values.get(way.by))
            return [found] if found else []
        if way.kind == "list":
            table = self.tables[way.target]
            return [table[i] for i in self.linked(row, way.by) if i in table]
        return self.children(way.target, way.by, row.id)

    def _add(self, row: Row) -> None:
        self.tables[row.entity][row.id] = row
        if row.entity in self._numbered:
            insort(self._numbered[row.entity], row, key=_number)
        for name in self._index[row.entity]:
            self._list(row, name)

    def _set(self, row: Row, values: Mapping[str, Any]) -> None:
        moved = [name for name in self._index[row.entity] if name in values]
        for name in moved:
            self._unlist(row, name)
        row.values.update(values)
        for name in moved:
            self._list(row, name)

    def _remove(self, row: Row) -> None:
        del self.tables[row.entity][row.id]
        if row.entity in self._numbered:
            numbered = self._numbered[row.entity]
            del numbered[bisect_left(numbered, _number(row), key=_number)]
        for name in self._index[row.entity]:
            self._unlist(row, name)

    def _restore(self, row: Row) -> None:
        """Put a deleted record back where it stood."""
        self._add(row)
        table = self.tables[row.entity]
        ordered = sorted(table.values(), key=_serial)
        table.clear()
        table.update((each.id, each) for each in ordered)

    def _list(self, row: Row, name: str) -> None:
        value = row.values[name]
        if value is not None:
            insort(self._index[row.entity][name].setdefault(folded(value), []), row, key=_serial)

    def _unlist(self, row: Row, name: str) -> None:
        value = row.values[name]
        if value is None:
            return
        rows = self._index[row.entity][name][folded(value)]
        rows.remove(row)
        if not rows:
            del self._index[row.entity][name][folded(value)]


def _number(row: Row) -> Any:
    return row.values[NUMBER]


def _referring(schema: Schema) -> Iterable[tuple[str, str]]:
    """The fields through which to-many associations find their rows."""
    ways = (way for entity in schema.values() for way in entity.associations.values())
    return ((way.target, way.by) for way in ways if way.kind in {"many", "back"})
