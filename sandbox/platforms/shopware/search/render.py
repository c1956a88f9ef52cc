"""Rows as JSON, the plain shape of ``Accept: application/json``."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from sandbox.platforms.shopware.schema.model import Entity
from sandbox.platforms.shopware.search.criteria import Criteria
from sandbox.platforms.shopware.search.matching import narrow
from sandbox.platforms.shopware.store import Row, Store
from sandbox.platforms.shopware.values import SYSTEM_LANGUAGE_ID
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
        language: The language of translatable fields (header ``sw-language-id``); a text it lacks reads null.
    """

    store: Store
    version: Version
    includes: Mapping[str, frozenset[str]] | None = None
    inherit: bool = False
    language: str = SYSTEM_LANGUAGE_ID
    _blank: dict[str, dict[str, Any]] = field(default_factory=dict)

    def records(self, rows: Iterable[Row], criteria: Criteria = NOTHING) -> list[dict[str, Any]]:
        """Several rows as JSON."""
        return [self.record(row, criteria) for row in rows]

    def record(self, row: Row, criteria: Criteria = NOTHING) -> dict[str, Any]:
        """One row as JSON, with its associations."""
        entity = self.store.schema[row.entity]
        body = {"_uniqueIdentifier": row.id, **row.values, **self._unloaded(entity)}
        if entity.translated and self.language != SYSTEM_LANGUAGE_ID:
            body |= self._texts(entity, row, self.language)
        if entity.inherited and row.values.get("parentId"):
            self._take_over(entity, row, body)
        if entity.translated and self._wants(entity, "translated"):
            body["translated"] = self._translated(entity, row)
        for name in self._automatic[row.entity]:
            if self._wants(entity, name):
                body[name] = self._association(entity, row, name, NOTHING)
        for name, nested in criteria.loads.items():
            body[name] = self._association(entity, row, name, nested)
        return body if self.includes is None else self._trimmed(body)

    def _wants(self, entity: Entity, name: str) -> bool:
        """Whether a part will survive the trimming; making it would be for nothing."""
        kept = (self.includes or {}).get(entity.name)
        return kept is None or name in kept

    def _association(self, entity: Entity, row: Row, name: str, nested: Criteria) -> Any:
        way = entity.associations[name]
        rows = self.store.follow(row, way)
        parent = self._parent(entity, row) if self.inherit else None
        if parent is not None and not rows and name in entity.inherited:
            rows = self.store.follow(parent, way)
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

    def _parent(self, entity: Entity, row: Row) -> Row | None:
        return self.store.get(row.entity, row.values.get("parentId")) if entity.inherited else None

    def _take_over(self, entity: Entity, row: Row, body: dict[str, Any]) -> None:
        parent = self._parent(entity, row)
        if not self.inherit or parent is None:
            return
        values = {**parent.values, **self._texts(entity, parent, self.language)}
        for name in entity.inherited & entity.fields.keys():
            if body[name] is None:
                body[name] = values[name]

    def _texts(self, entity: Entity, row: Row, language: str) -> dict[str, Any]:
        """The translatable fields in one language."""
        texts = row.values if language == SYSTEM_LANGUAGE_ID else row.texts.get(language, {})
        return {name: texts.get(name) for name in entity.translated if name in entity.fields}

    def _translated(self, entity: Entity, row: Row) -> dict[str, Any]:
        """By the chain: the language before the system's, the record before its parent."""
        parent = self._parent(entity, row)
        rows = (row,) if parent is None else (row, parent)
        chain = [self._texts(entity, each, name) for name in (self.language, SYSTEM_LANGUAGE_ID) for each in rows]
        values = {name: _first(texts[name] for texts in chain) for name in chain[0]}
        if "customFields" in values:
            values["customFields"] = values["customFields"] or {}
        return values

    def _trimmed(self, body: dict[str, Any]) -> dict[str, Any]:
        kept = (self.includes or {}).get(body["apiAlias"])
        if kept is None:
            return body
        always = {"apiAlias", "extensions"} if self.version.at_least("6.7.12") else {"apiAlias"}
        return {name: value for name, value in body.items() if name in kept or name in always}


def _first(values: Iterable[Any]) -> Any:
    return next((value for value in values if value is not None), None)
