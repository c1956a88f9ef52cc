"""The category tree, as a source and as a target (platform file, "Categories").

Names are only in descriptions, one for each language; a PUT replaces all of them, so all are sent back with the changed
one among them.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from pydantic import TypeAdapter

from shopbridge.connectors.kit.rows import Row, read_rows
from shopbridge.connectors.shoprenter.facts import ShopFacts
from shopbridge.connectors.shoprenter.outcomes import TITLE
from shopbridge.connectors.shoprenter.wire import WireText, as_list, link_id, sent_back
from shopbridge.connectors.shoprenter.wire_products import DISABLED, WireCategory
from shopbridge.errors import AlreadyDone, OutcomeUnknown
from shopbridge.model.base import ExternalId
from shopbridge.model.catalogue import Category

CATEGORIES: Final = "categoryExtend"
TEXTS: Final = ("name", "heading", "description", "shortDescription", "footerSeoText", "customTitle", "robotsMetaTag")
META: Final = ("metaTitle", "metaKeywords", "metaDescription")
_ROWS = TypeAdapter(list[WireCategory])


@dataclass(frozen=True)
class ShoprenterCategories:
    """Reads and writes categories: all of them, for nothing tells which have changed."""

    facts: ShopFacts

    def all(self) -> tuple[Category, ...]:
        """Return all categories, disabled ones too, as they are now.

        Raises:
            RetryLater: They do not have the form we know.
        """
        rows = read_rows(_ROWS, list(self.facts.api.rows(CATEGORIES)), TITLE, "categories")
        language = self.facts.language_id if rows else ""
        found = {row.id: row for row in rows}
        return tuple(
            Category(
                id=ExternalId(row.id),
                parent=_parent(row, found),
                name=name_in(row.category_descriptions, language),
                active=row.status != DISABLED,
            )
            for row in found.values()
        )

    def write(self, category: Category, known: ExternalId | None) -> ExternalId:
        """Create a category or bring it up to date; returns its id.

        Raises:
            OutcomeUnknown: It may have been created: the next run finds it by its name and parent.
        """
        record: dict[str, Any] = {"status": "1" if category.active else DISABLED}
        if category.parent:
            record["parentCategory"] = {"id": category.parent}
        if known is not None:
            texts = list(self._texts(known, category.name))
            self.facts.api.put(CATEGORIES, known, {**record, "categoryDescriptions": texts})
            return known
        texts = [{"name": category.name, "language": {"id": self.facts.language_id}}]
        made = self._make({**record, "productsStatus": "1", "categoryDescriptions": texts})
        if not made:
            raise OutcomeUnknown(f"{TITLE} does not tell the id of the new category", where=f"{TITLE} {category.name}")
        return ExternalId(made)

    def _make(self, record: Mapping[str, Any]) -> str:
        try:
            made = link_id(self.facts.api.post(CATEGORIES, record))
        except AlreadyDone as error:
            return error.external_id
        return made if isinstance(made, str) else ""

    def _texts(self, category: str, name: str) -> Iterator[dict[str, Any]]:
        """Its texts in all languages, renamed in ours."""
        row: Row = self.facts.api.record(CATEGORIES, category) or {}
        there = as_list(row.get("categoryDescriptions"))
        language = self.facts.language_id
        yield from with_text(there, language, {"name": name}, (*TEXTS, *META))


def name_in(texts: Sequence[WireText], language: str) -> str:
    """Return the name in a language, else in any."""
    named = [each.name for each in texts if each.language == language]
    return next(iter(named), "") or next((each.name for each in texts if each.name), "")


def with_text(there: Any, language: str, changed: Mapping[str, str], fields: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Yield a record's texts as they are sent back: in all languages, changed in one, which is added where missing."""
    listed = [each for each in there if isinstance(each, Mapping)] if isinstance(there, list) else []
    languages = [link_id(each.get("language")) for each in listed]
    for each, its in zip(listed, languages, strict=True):
        kept = sent_back(each, fields)
        yield {**kept, **(changed if its == language else {}), "language": {"id": its}}
    if language not in languages:
        yield {**changed, "language": {"id": language}}


def _parent(row: WireCategory, found: Mapping[str, WireCategory]) -> ExternalId | None:
    """None at the root, where it may also be its own parent; one that is not listed counts as none."""
    parent = row.parent_category
    return ExternalId(parent) if parent and parent != row.id and parent in found else None
