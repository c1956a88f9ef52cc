"""The category tree, as a source and as a target (platform file, "Categories")."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from pydantic import TypeAdapter

from shopbridge.connectors.gomag.api import GomagApi, strict
from shopbridge.connectors.gomag.wire_products import WireCategory, text_in
from shopbridge.errors import Held, OutcomeUnknown, Rejected, RetryLater
from shopbridge.mapping.names import folded
from shopbridge.model.base import ExternalId
from shopbridge.model.catalogue import Category

WRITE, PATCH = "category/write", "category/patch"
DEEPEST = 50
"""Levels; a shape that nests deeper is none of a shop's."""
_OF_RECORDS = frozenset({"name", "parents"})
"""Fields of a category's record that name no further category of the product."""
CATEGORIES = strict("category/read", "categories", TypeAdapter(list[WireCategory]), "categories")


@dataclass(frozen=True)
class GomagCategoryTree:
    """All categories, as they were read."""

    categories: tuple[Category, ...]

    def path_of(self, category: ExternalId) -> tuple[str, ...]:
        """Return the names from the root down, as products are written with.

        Raises:
            Held: It is gone, or runs in a circle.
        """
        line: list[ExternalId] = []
        at: ExternalId | None = category
        while at is not None:
            if at not in self._by_id:
                raise unknown_category(str(category))
            if at in line:
                raise _circle([self._by_id[each].name for each in (at, *reversed(line[line.index(at) :]))])
            line.append(at)
            at = self._by_id[at].parent
        return tuple(self._by_id[each].name for each in reversed(line))

    def ids_of(self, shape: Any) -> tuple[ExternalId, ...]:
        """Return the categories a product is in, whichever way it says so.

        Paths of names, records with ids, or both keyed.

        Raises:
            Held: It names one that the shop does not list, or says it in another way.
        """
        return tuple(sorted(set(self._walk(shape, 0)), key=lambda category: (len(category), category)))

    def _walk(self, shape: Any, depth: int) -> Iterator[ExternalId]:
        if depth > DEEPEST:
            raise unknown_category("a list without end")
        if isinstance(shape, Mapping):
            yield from self._in_object(shape, depth)
        elif isinstance(shape, list) and shape and all(isinstance(each, str) for each in shape):
            yield self._at_end_of(shape)
        elif isinstance(shape, list):
            for each in shape:
                yield from self._walk(each, depth + 1)
        elif shape not in (None, ""):
            raise unknown_category(str(shape)[:50])

    def _in_object(self, shape: Mapping[str, Any], depth: int) -> Iterator[ExternalId]:
        """A record with its id, ids with their names, or anything keyed."""
        if "id" in shape:
            yield self._known(str(shape["id"]))
            further = (each for name, each in shape.items() if name not in _OF_RECORDS)
            yield from self._walk([each for each in further if isinstance(each, dict | list)], depth + 1)
        elif shape and all(self._is_named(key, name) for key, name in shape.items()):
            yield from (ExternalId(key) for key in shape)
        else:
            yield from self._walk(list(shape.values()), depth + 1)

    def _is_named(self, key: str, name: Any) -> bool:
        there = self._by_id.get(ExternalId(key))
        return there is not None and isinstance(name, str) and folded(there.name) == folded(name)

    def _known(self, key: str) -> ExternalId:
        if ExternalId(key) not in self._by_id:
            raise unknown_category(key)
        return ExternalId(key)

    def _at_end_of(self, path: Sequence[str]) -> ExternalId:
        at: ExternalId | None = None
        for name in path:
            at = self._by_place.get((at, folded(name)))
            if at is None:
                raise unknown_category(" > ".join(path))
        return at or self._known("")

    @cached_property
    def _by_id(self) -> Mapping[ExternalId, Category]:
        return {each.id: each for each in self.categories}

    @cached_property
    def _by_place(self) -> Mapping[tuple[ExternalId | None, str], ExternalId]:
        return {(each.parent, folded(each.name)): each.id for each in reversed(self.categories)}


@dataclass(frozen=True)
class GomagCategories:
    """Reads and writes categories."""

    api: GomagApi
    language: str

    def tree(self) -> GomagCategoryTree:
        """Return all categories, as they are now; one call for each 100."""
        return GomagCategoryTree(read_categories(self.api.rows(CATEGORIES, view=self.language), self.language))

    def write(self, category: Category, known: ExternalId | None) -> ExternalId:
        """Create a category or bring it up to date; returns its id, which only another look tells.

        Raises:
            OutcomeUnknown: The answer was lost, or the new category does not show: the next run finds it.
        """
        record = {
            "name": {self.language: category.name},
            "parent_id": int(category.parent) if category.parent else 0,
            "enabled": int(category.active),
        }
        if known is not None:
            self.api.post(PATCH, [{"id": int(known), **record}], repeatable=True)
            return known
        self.api.post(WRITE, [record], repeatable=False)
        return self._just_made(category)

    def _just_made(self, category: Category) -> ExternalId:
        """The newest of its name at its place: ids rise."""
        where = f"Gomag category {category.name}"
        try:
            there = self.tree().categories
        except (RetryLater, Rejected) as error:
            raise OutcomeUnknown(f"The category was made, but not found again: {error.what}", where=where) from error
        name = folded(category.name)
        found = [each.id for each in there if each.parent == category.parent and folded(each.name) == name]
        if not found:
            raise OutcomeUnknown("Gomag says that it made the category, but does not list it", where=where)
        return max(found, key=int)


def read_categories(rows: Iterable[WireCategory], language: str) -> tuple[Category, ...]:
    """Return rows as categories, each once. Whether one is enabled Gomag does not tell.

    Raises:
        RetryLater: They name a parent that is not among them.
    """
    found = {row.id: row for row in rows}
    return tuple(
        Category(id=ExternalId(str(row.id)), parent=_parent(row, found), name=text_in(row.name, language), active=True)
        for row in found.values()
    )


def _parent(row: WireCategory, found: Mapping[int, WireCategory]) -> ExternalId | None:
    """The deepest of those above it, by their own depth: the order of keys tells nothing (platform file, G7)."""
    keys = row.parents if isinstance(row.parents, Mapping) else {}
    above = [int(key) for key in keys if str(key).isdecimal() and int(key) != row.id]
    if not above:
        return None
    if missing := [key for key in above if key not in found]:
        what = f"Gomag lists the category {row.id} below {missing[0]}, which it does not list"
        raise RetryLater(what, after=300, where="Gomag categories")
    return ExternalId(str(max(above, key=lambda key: found[key].depth or 0)))


def _circle(names: Sequence[str]) -> Held:
    return Held(
        f"Categories of the shop run in a circle: {' > '.join(names)}",
        code="category_circle",
        fix="Give one of them another parent in Gomag; the next run goes on.",
    )


def unknown_category(name: str) -> Held:
    """Return why a product cannot be read or written."""
    return Held(
        f"The shop does not list the category {name}",
        code="unknown_category",
        fix="Look at the product's categories in Gomag and save them once more.",
    )
