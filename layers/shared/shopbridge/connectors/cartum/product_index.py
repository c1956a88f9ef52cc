"""The rows of the catalogue: read whole, or found by their articles (platform file, "Export").

Lists come in no order that anybody promises and tell no numbers, so a sweep reads all rows and puts them in an order of
our own. Each page begins with the last rows of the one before: where these are not among them, rows have moved, and the
list is read once more.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from shopbridge.connectors.cartum.api import CartumApi
from shopbridge.connectors.cartum.outcomes import TITLE
from shopbridge.connectors.cartum.wire_products import WireStocked
from shopbridge.connectors.kit.kept import Kept
from shopbridge.connectors.kit.loose import as_text
from shopbridge.connectors.kit.paging import each_page
from shopbridge.connectors.kit.rows import Row, read_row
from shopbridge.connectors.kit.whole_list import in_order
from shopbridge.errors import RetryLater
from shopbridge.mapping.identity import is_sound, sound_name
from shopbridge.model.base import in_batches
from shopbridge.ports import Clock

EXPORT: Final = "catalog/export"
STOCKED: Final = ("article", "parent_article", "residues", "presence", "display_in_showcase")
"""What of a row is read for stock: whole rows have 70 KB (platform file, K1)."""
LARGEST_PAGE = 500
"""Rows; of more, no more than these come, without a word."""
FOUND_AT_ONCE, WHOLE_AT_ONCE = 200, 50
"""[inferred] Articles that one call looks for, with their stock or whole: nobody tells a limit."""
OVERLAP = 5
YOUNG = timedelta(minutes=10)
"""How old the list may be where SKUs are looked for that were not found by their article."""


@dataclass(frozen=True)
class ListedRow:
    """A row that is there.

    Attributes:
        article: Its SKU.
        stocked: Where the row is odd, and how, in its place.
    """

    article: str
    stocked: WireStocked | str

    @property
    def group(self) -> str:
        """The article of its group; its own where it has none, or cannot be read."""
        return self.stocked.group if isinstance(self.stocked, WireStocked) else self.article

    @property
    def is_shown(self) -> bool:
        """It can be bought."""
        return isinstance(self.stocked, WireStocked) and self.stocked.display_in_showcase


class CartumShelf:
    """All rows as they were read last, by article and by group, in the order of a sweep."""

    def __init__(self, rows: Iterable[ListedRow]) -> None:
        known = {row.article: row for row in rows}
        self.rows = {article: known[article] for article in in_order(known)}
        joined: dict[str, list[ListedRow]] = {}
        for row in self.rows.values():
            joined.setdefault(row.group, []).append(row)
        self.groups = {group: joined[group] for group in in_order(joined)}
        self._spelt: dict[str, set[str]] = {}
        for name in (*self.rows, *self.groups):
            self._spelt.setdefault(name.casefold(), set()).add(name)

    def alike(self, sku: str) -> set[str]:
        """Return the articles, of rows and of groups, that differ from this one in capitals at the most."""
        return self._spelt.get(sku.casefold(), set())

    def note(self, written: WireStocked) -> None:
        """Take in a row as it was written; where it stands in a sweep, the next reading of the list tells."""
        row, before = ListedRow(written.article, written), self.rows.get(written.article)
        self.rows[row.article] = row
        rest = [each for each in self.groups.get(row.group, ()) if each.article != row.article]
        self.groups[row.group] = [*rest, row]
        if before is not None and before.group != row.group:
            self.groups[before.group] = [each for each in self.groups[before.group] if each.article != row.article]
        for name in (row.article, row.group):
            self._spelt.setdefault(name.casefold(), set()).add(name)

    def is_group_only(self, sku: str) -> bool:
        """Tell whether nothing is sold under an SKU but the rows of its group."""
        return bool(self.groups.get(sku)) and sku not in self.rows


@dataclass(frozen=True)
class CartumProductIndex:
    """Reads the catalogue of one shop."""

    api: CartumApi
    kept: Kept[CartumShelf]

    @property
    def shelf(self) -> CartumShelf:
        """All rows, as they were some minutes ago at the most."""
        return self.kept.value()

    def afresh(self) -> CartumShelf:
        """Return all rows, as they are now."""
        return self.kept.refreshed()

    def groups_with(self, sku: str) -> set[str]:
        """Return the groups that have rows with this SKU, or are called so, whatever their capitals."""
        shelf = self.shelf
        alike = shelf.alike(sku)
        named = {shelf.rows[each].group for each in alike if each in shelf.rows}
        return {group for group in named | (alike & shelf.groups.keys()) if shelf.groups[group]}

    def found(self, skus: Iterable[str], params: Sequence[str] = STOCKED) -> dict[str, Row]:
        """Return the rows with these articles as they are now; those that are not there are left out."""
        wanted = [sku for sku in dict.fromkeys(skus) if sku]
        rows: dict[str, Row] = {}
        for some in in_batches(wanted, FOUND_AT_ONCE if params is STOCKED else WHOLE_AT_ONCE):
            asked = {
                "expr": {"article": list(some)},
                "offset": 0,
                "limit": LARGEST_PAGE,
                "includedParams": list(params),
            }
            rows |= {article: row for row in self.api.rows(EXPORT, "products", asked) if (article := article_of(row))}
        return {sku: rows[sku] for sku in wanted if sku in rows}


def product_index(api: CartumApi, clock: Clock, page_size: int) -> CartumProductIndex:
    """Return the index of a shop, with nothing read yet."""
    size = min(page_size, LARGEST_PAGE)
    return CartumProductIndex(api, Kept(lambda: CartumShelf(all_rows(api, size)), clock, YOUNG))


def all_rows(api: CartumApi, size: int) -> Iterator[ListedRow]:
    """Yield every row that has an article; one may come twice."""
    pages = each_page(lambda place: list_page(api, place, size), "0", TITLE, "products")
    return (row for rows, _ in pages for row in rows)


def list_page(api: CartumApi, place: str | None, size: int) -> tuple[list[ListedRow], str | None]:
    """Return one page of the list, and where the next one is; None after the last.

    Raises:
        RetryLater: Rows moved between two pages.
    """
    offset, _, before = (place or "0").partition(":")
    asked = {"offset": int(offset), "limit": size, "includedParams": list(STOCKED)}
    rows = [row for each in api.rows(EXPORT, "products", asked) for row in listed(each)]
    if before and before not in (row.article for row in rows):
        raise RetryLater("Products were moved while their list was read", after=60, where=f"{TITLE} products")
    if len(rows) < size:
        return rows, None
    again = min(OVERLAP, size // 2)
    return rows, f"{int(offset) + len(rows) - again}:{rows[-again].article}"


def listed(row: Row) -> Iterator[ListedRow]:
    """Yield a row, unless it has no article: nothing is sold under it."""
    article = article_of(row)
    if article and is_sound(article):
        yield ListedRow(article, read_row(WireStocked, row))
    elif article:
        yield ListedRow(sound_name(article), "article: it is too long for a name, or no text")


def article_of(row: Mapping[str, Any]) -> str:
    """Return the article of a row, or a name of ours for what is no text; empty for none."""
    text = as_text(row.get("article"))
    return text if isinstance(text, str) else sound_name(text)
