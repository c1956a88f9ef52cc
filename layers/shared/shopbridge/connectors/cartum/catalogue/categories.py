"""The sections of a shop's catalogue, which its API lists and does not write (platform file, K1, K2 and K4).

The list mixes sections with pages of content, and nothing tells them apart: a merchant maps those that hold products.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, NoReturn

from pydantic import TypeAdapter

from shopbridge.connectors.cartum.api import CartumApi
from shopbridge.connectors.cartum.outcomes import TITLE
from shopbridge.connectors.cartum.settings import CartumSettings
from shopbridge.connectors.cartum.wire import title_in
from shopbridge.connectors.cartum.wire_products import WireSection
from shopbridge.connectors.kit.kept import Kept
from shopbridge.connectors.kit.paging import MOST_PAGES, stands_still
from shopbridge.connectors.kit.rows import read_rows
from shopbridge.errors import Held
from shopbridge.mapping.identity import is_sound
from shopbridge.model.base import ExternalId
from shopbridge.model.catalogue import Category
from shopbridge.ports import Clock

SECTIONS: Final = "pages/export"
ROOT: Final = "0"
NO_PARENT: Final = frozenset({"", ROOT})
KEPT = timedelta(minutes=10)
_SECTIONS = TypeAdapter(list[WireSection])
KeptSections = Kept[Sequence[Category]]
"""The sections of a shop, read again after a while."""


def kept_sections(api: CartumApi, clock: Clock, settings: CartumSettings) -> KeptSections:
    """Return the sections, not read yet."""
    return Kept(lambda: list(CartumSections(api, settings.language).read()), clock, KEPT)


@dataclass(frozen=True)
class CartumSections:
    """Lists sections."""

    api: CartumApi
    language: str

    def read(self) -> Iterator[Category]:
        """Yield all sections with their titles.

        Raises:
            RetryLater: The list has an unexpected form, or no end.
        """
        rows = {row.id: row for row in self._all() if is_sound(row.id)}
        for row in rows.values():
            parent = ExternalId(row.parent) if row.parent in rows else None
            name = title_in(row.title, self.language) or row.id
            yield Category(id=ExternalId(row.id), parent=parent, name=name, active=True)

    def _all(self) -> Iterator[WireSection]:
        """[inferred] What is below a section is asked for section by section, unless the first answer holds it all."""
        first = self._below(ROOT)
        yield from first
        if any(row.parent not in NO_PARENT for row in first):
            return
        waiting, asked = [row.id for row in first], {ROOT}
        while waiting:
            section = waiting.pop(0)
            if section in asked:
                continue
            asked.add(section)
            if len(asked) > MOST_PAGES:
                raise stands_still(TITLE, "sections")
            below = [row.model_copy(update={"parent": row.parent or section}) for row in self._below(section)]
            yield from below
            waiting += [row.id for row in below]

    def _below(self, section: str) -> list[WireSection]:
        asked = {"parent": int(section) if section.isdecimal() else section}
        return read_rows(_SECTIONS, self.api.rows(SECTIONS, "pages", asked), TITLE, "sections")


def refuse_section(name: str) -> NoReturn:
    """Raise Held: no call is known that writes a section."""
    raise Held(
        f"The section {name!r} is not in Cartum, whose API cannot write sections",
        code="field_not_writable",
        where=TITLE,
        fix="Make it in Cartum's admin, with this name below the same parent; or switch products.categories off "
        "in the connection.",
    )
