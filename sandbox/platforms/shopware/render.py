"""Rows as JSON, the plain shape of ``Accept: application/json``."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from sandbox.platforms.shopware.criteria import Criteria
from sandbox.platforms.shopware.model import Entity
from sandbox.platforms.shopware.search import narrow
from sandbox.platforms.shopware.store import Row, Store
from sandbox.platforms.shopware.versions import Version

NOTHING = Criteria()
TO_ONE = frozenset({"one", "back"})
STATES = frozenset({"stateMachineState", "shippingOrderAddress"})
"""What comes along unasked only up to 6.5."""


@dataclass
class Renderer:
    """Renders rows with the associations asked for; all others are null.

    Args:
        includes: Fields to keep, by ``apiAlias``.
        inherit: Variants get their parent's values (header ``sw-inheritance``).
    """

    store: Store
    version: Version
    includes: Mapping[str, frozenset[str]] | None = None
    inherit: bool = False
    _blank: dict[str, dict[str, Any]] = field(default_factory=dict)

    def records(self, rows: Iterable[Row], criteria: Criteria = NOTHING) -> list[dict[str, Any]]:
        """Several rows as JSON."""
        return [self.record(row, criteria) for row in rows]

    def record(self, row: Row, criteria: Criteria = NOTHING) -> dict[str, Any]:
        """One row as JSON, with its associations."""
        entity = self.store.schema[row.entity]
        body = {"_uniqueIdentifier": row.id, **row.values, **self._unloaded(entity)}
        if entity.inherited and row.values.get("parentId"):
            self._take_over(entity, row, body)
        if entity.translated:
            body["translated"] = self._translated(entity, row)
        for name in self._automatic[row.entity]:
            body[name] = self._association(entity, row, name, NOTHING)
        for name, nested in criteria.loads.items():
            body[name] = self._association(entity, row, name, nested)
        return body if self.includes is None else self._trimmed(body)

    def _association(self, entity: Entity, row: Row, name: str, nested: Criteria) -> Any:
        way = entity.associations[name]
        rows = self.store.follow(row, way)
        if way.kind in TO_ONE:
            return self.record(rows[0], nested) if rows else None
        rows = narrow(rows, nested)
        end = nested.offset + nested.limit if nested.limit else None
        return self.records(rows[nested.offset : end], nested)

    def _unloaded(self, entity: Entity) -> dict[str, Any]:
        """The keys every record of this entity has beside its fields."""
        if entity.name not in self._blank:
            extension = {"extensions": [], "apiAlias": f"{entity.name}_foreign_keys_extension"}
            self._blank[entity.name] = {
                **dict.fromkeys(entity.associations),
                "translated": [],
                "extensions": {"foreignKeys": extension} if entity.name == "order" else [],
                "apiAlias": entity.name,
            }
        return self._blank[entity.name]

    @cached_property
    def _automatic(self) -> dict[str, list[str]]:
        asked = not self.version.loads_states_itself
        return {
            name: [way for way in entity.automatic if not (asked and way in STATES)]
            for name, entity in self.store.schema.items()
        }

    def _take_over(self, entity: Entity, row: Row, body: dict[str, Any]) -> None:
        parent = self.store.get(row.entity, row.values["parentId"])
        if not self.inherit or parent is None:
            return
        for name in entity.inherited & entity.fields.keys():
            if body[name] is None:
                body[name] = parent.values[name]

    def _translated(self, entity: Entity, row: Row) -> dict[str, Any]:
        parent = self.store.get(row.entity, row.values.get("parentId")) if entity.inherited else None
        values = {name: row.values.get(name) for name in entity.translated}
        if parent is not None:
            values = {n: parent.values.get(n) if v is None else v for n, v in values.items()}
        if "customFields" in values:
            values["customFields"] = values["customFields"] or {}
        return values

    def _trimmed(self, body: dict[str, Any]) -> dict[str, Any]:
        kept = (self.includes or {}).get(body["apiAlias"])
        if kept is None:
            return body
        always = {"apiAlias", "extensions"} if self.version.at_least("6.7.12") else {"apiAlias"}
        return {name: value for name, value in body.items() if name in kept or name in always}
