"""How an entity is described: its fields, its associations, and since when."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from sandbox.platforms.shopware.versions import Version

FieldType = Literal["id", "text", "integer", "number", "flag", "time", "json", "list", "prices"]


@dataclass(frozen=True)
class Association:
    """A way from one entity to another.

    Args:
        target: The entity reached, in snake case.
        kind: ``one``: our field ``by`` holds its id. ``many``: its field ``by`` holds our id.
            ``list``: our list ``by`` holds its ids. ``back``: as ``many``, but there is at most one.
    """

    target: str
    kind: Literal["one", "many", "list", "back"]
    by: str


@dataclass(frozen=True)
class Entity:
    """What one entity has and what may be written.

    Args:
        readonly: Fields a client may not write.
        required: Fields a new record needs.
        translated: Fields that depend on the language.
        inherited: Fields a variant takes over from its parent.
        automatic: Associations that come along unasked.
        since: Fields and associations by the release that brought them.
        until: Fields by the release that removed them.
        readonly_since: Fields a client may not write any more, by release.
        initial: What every new record begins with.
        defaults: What a new record begins with unless it is a variant, which inherits instead.
        unique: Groups of fields no two records share; the first of each is indexed.
        nested: Associations that may be written along with a record.
        owned: Associations whose records are deleted along with a record.
        beyond: Associations a real shop has and this emulator does not.
        creatable: Whether clients may create and delete records here, beyond changing them.
    """

    name: str
    fields: Mapping[str, FieldType]
    associations: Mapping[str, Association] = field(default_factory=dict)
    readonly: frozenset[str] = frozenset()
    required: frozenset[str] = frozenset()
    translated: tuple[str, ...] = ()
    inherited: frozenset[str] = frozenset()
    automatic: tuple[str, ...] = ()
    since: Mapping[str, str] = field(default_factory=dict)
    until: Mapping[str, str] = field(default_factory=dict)
    readonly_since: Mapping[str, str] = field(default_factory=dict)
    initial: Mapping[str, Any] = field(default_factory=dict)
    defaults: Mapping[str, Any] = field(default_factory=dict)
    unique: tuple[tuple[str, ...], ...] = ()
    nested: frozenset[str] = frozenset()
    owned: tuple[str, ...] = ()
    beyond: frozenset[str] = frozenset()
    creatable: bool = False

    def at(self, version: Version) -> "Entity":
        """The entity as that release knows it."""
        keep = {name: kind for name, kind in self.fields.items() if self._has(name, version)}
        ways = {name: way for name, way in self.associations.items() if self._has(name, version)}
        closed = {name for name, release in self.readonly_since.items() if version.at_least(release)}
        return replace(self, fields=keep, associations=ways, readonly=self.readonly | closed)

    def _has(self, name: str, version: Version) -> bool:
        gone = name in self.until and version.at_least(self.until[name])
        return version.at_least(self.since.get(name, "6.4")) and not gone


def fields(**names: str) -> dict[str, FieldType]:
    """Fields from words grouped by type; every entity also has its two times.

    ``fields(id="id groupId", text="name")``
    """
    kinds: dict[str, FieldType] = {
        "id": "id",
        "text": "text",
        "integer": "integer",
        "number": "number",
        "flag": "flag",
        "time": "time",
        "json": "json",
        "list": "list",
        "prices": "prices",
    }
    described = {name: kinds[kind] for kind, words in names.items() for name in words.split()}
    return described | {"createdAt": "time", "updatedAt": "time"}


def one(target: str, by: str) -> Association:
    """To-one: our field ``by`` holds the id."""
    return Association(target, "one", by)


def many(target: str, by: str) -> Association:
    """To-many: the other's field ``by`` holds our id."""
    return Association(target, "many", by)


def back(target: str, by: str) -> Association:
    """To-one from the other side: its field ``by`` holds our id."""
    return Association(target, "back", by)


def listed(target: str, by: str) -> Association:
    """Many-to-many: our list ``by`` holds the ids."""
    return Association(target, "list", by)


def words(text: str) -> frozenset[str]:
    """A set from words."""
    return frozenset(text.split())
