"""The category tree, as a source and as a target (platform file, "Categories")."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from pydantic import TypeAdapter

from shopbridge.connectors.kit.paging import each_page
from shopbridge.connectors.kit.rows import Row, read_rows
from shopbridge.connectors.unas.api import CATEGORIES, UnasApi, write_all
from shopbridge.connectors.unas.orders.status import YES_NO
from shopbridge.connectors.unas.outcomes import TITLE
from shopbridge.connectors.unas.wire_products import WireCategory
from shopbridge.errors import OutcomeUnknown
from shopbridge.model.base import ExternalId
from shopbridge.model.catalogue import Category

NO_PARENT: Final = "0"
HIDDEN: Final = "no"
_ROWS = TypeAdapter(list[WireCategory])


@dataclass(frozen=True)
class UnasCategories:
    """Reads and writes categories."""

    api: UnasApi

    def all(self) -> tuple[Category, ...]:
        """Return all categories, as they are now; a call for each page.

        Raises:
            RetryLater: They do not have the form we know.
        """
        size = self.api.settings.page_size
        language = {"Lang": self.api.settings.language} if self.api.settings.language else {}

        def read(start: int) -> tuple[list[Row], int | None]:
            rows = self.api.read("getCategory", CATEGORIES, "list", **language, LimitNum=size, LimitStart=start)
            return rows, start + len(rows) if len(rows) >= size else None

        rows = [row for page, _ in each_page(read, 0, TITLE, "categories") for row in page]
        once = {row.id: row for row in read_rows(_ROWS, rows, TITLE, "categories") if row.id}
        return tuple(_category(row) for row in once.values())

    def write(self, category: Category, known: ExternalId | None) -> ExternalId:
        """Create a category or bring it up to date; what is not named of one that is there stays as it is.

        Raises:
            OutcomeUnknown: The answer was lost, or names none: the next run finds the new one.
            Rejected: UNAS refuses it.
        """
        record = self._new(category) if known is None else self._changed(category, known)
        outcome = write_all(
            [record],
            lambda some: self.api.write("setCategory", CATEGORIES, some, repeatable=known is not None),
            CATEGORIES,
            lambda each: str(each.get("Id") or each["Name"]),
        )
        for refused in outcome.refused.values():
            raise refused
        made = outcome.done[0].id
        if known is None and not made:
            raise OutcomeUnknown("UNAS made a category and names no id", where=f"UNAS category {category.name}")
        return known or ExternalId(made)

    def _new(self, category: Category) -> Mapping[str, Any]:
        shown = YES_NO[category.active]
        return {
            "Action": "add",
            **self._language(),
            "Name": category.name,
            "Parent": {"Id": category.parent} if category.parent else None,
            "Display": {"Page": shown, "Menu": shown},
        }

    def _changed(self, category: Category, known: ExternalId) -> Mapping[str, Any]:
        return {
            "Action": "modify",
            **self._language(),
            "Id": known,
            "Name": category.name,
            "Parent": {"Id": category.parent or NO_PARENT},
            "Display": {"Page": YES_NO[category.active]},
        }

    def _language(self) -> Mapping[str, str]:
        return {"Lang": self.api.settings.language} if self.api.settings.language else {}


def _category(row: WireCategory) -> Category:
    above = row.parent.id if row.parent else ""
    return Category(
        id=ExternalId(row.id),
        parent=ExternalId(above) if above not in ("", NO_PARENT) else None,
        name=row.name,
        active=row.display is None or row.display.page != HIDDEN,
    )
