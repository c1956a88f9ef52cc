"""The category tree, as a source and as a target (platform file, "Properties and categories")."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter

from shopbridge.connectors.kit.rows import read_rows
from shopbridge.connectors.shopware.api import AdminApi
from shopbridge.connectors.shopware.catalogue.criteria import below
from shopbridge.connectors.shopware.facts import TITLE, ShopFacts
from shopbridge.connectors.shopware.ids import our_id
from shopbridge.connectors.shopware.texts import created_texts, updated_texts
from shopbridge.connectors.shopware.wire_products import WireCategory
from shopbridge.model.base import ExternalId
from shopbridge.model.catalogue import Category

_ROWS = TypeAdapter(list[WireCategory])
_INCLUDES = {"category": ["id", "autoIncrement", "parentId", "name", "translated", "active"]}


@dataclass(frozen=True)
class Categories:
    """The tree below ``root``, which itself is no part of it; without one, the whole tree."""

    api: AdminApi
    facts: ShopFacts
    root: str | None

    def all(self) -> Sequence[Category]:
        """Every category; those right below the root are roots here."""
        found = self.api.sweep("category", below(self.root), headers=self.facts.headers, includes=_INCLUDES)
        return [self._category(row) for row in read_rows(_ROWS, list(found), TITLE, "categories")]

    def write(self, category: Category, known: ExternalId | None) -> ExternalId:
        """Create a category or bring it up to date; returns its id. Siblings may have one name: each is its own.

        One that we made under this name and that was renamed in the shop since is left as it is, and used.
        """
        parent = category.parent or self.root
        if known is not None:
            texts = updated_texts({"name": category.name}, self.facts.language)
            self.api.patch("category", known, {**texts, **_parent(parent), "active": category.active})
            return known
        made = ExternalId(our_id("category", parent or "", category.name, category.id))
        texts = created_texts({"name": category.name}, self.facts.language)
        self.api.create("category", {"id": made, **texts, **_parent(parent), "active": category.active})
        return made

    def _category(self, row: WireCategory) -> Category:
        parent = None if row.parent_id is None or row.parent_id == self.root else ExternalId(row.parent_id)
        return Category(id=ExternalId(row.id), parent=parent, name=row.title, active=bool(row.active))


def _parent(parent: str | None) -> dict[str, Any]:
    """A top category without a chosen root is left where it is."""
    return {"parentId": parent} if parent else {}
