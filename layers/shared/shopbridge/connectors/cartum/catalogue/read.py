"""Reading products whole: the rows of some groups at a time, found by their articles."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from shopbridge.connectors.cartum.catalogue.categories import KeptSections
from shopbridge.connectors.cartum.catalogue.map import odd_group, read_group
from shopbridge.connectors.cartum.product_index import CartumProductIndex
from shopbridge.connectors.cartum.settings import CartumSettings
from shopbridge.connectors.kit.rows import products_page
from shopbridge.connectors.kit.whole_list import in_order, rank_in, rank_of
from shopbridge.model.catalogue import Category, Product, ProductPage, UnreadableProduct

WHOLE: Final = (
    "article",
    "parent_article",
    "title",
    "mod_title",
    "short_description",
    "description",
    "price",
    "price_old",
    "currency",
    "presence",
    "residues",
    "display_in_showcase",
    "parent",
    "images",
    "gtin",
    "brand",
    "characteristics",
)
"""What of a row is read for a product."""
GROUPS = 40
"""On a page: with their texts, rows have up to 70 KB each (platform file, K1)."""


@dataclass(frozen=True)
class CartumProducts:
    """Products by rank, each with all its variants."""

    index: CartumProductIndex
    sections: KeptSections
    settings: CartumSettings

    def categories(self) -> Sequence[Category]:
        """Return all sections, as they are now."""
        return self.sections.refreshed()

    def page(self, position: str | None) -> ProductPage:
        """Return the next products in an order of our own; the first page reads the list of all rows before.

        Raises:
            RetryLater: An answer has an unexpected form.
        """
        shelf = self.index.afresh() if position is None else self.index.shelf
        rank = rank_in(position)
        some = list(islice((group for group in in_order(shelf.groups) if rank_of(group) > rank), GROUPS + 1))
        groups = some[:GROUPS]
        after = str(rank_of(groups[-1])) if len(some) > GROUPS else None
        return products_page(self._products(groups), after)

    def _products(self, groups: Sequence[str]) -> Iterator[Product | UnreadableProduct]:
        """A row that went meanwhile is none; a group without any row is left out."""
        listed = {group: self.index.shelf.groups[group] for group in groups}
        found = self.index.found((row.article for rows in listed.values() for row in rows), WHOLE)
        for group, rows in listed.items():
            odd = next((row.stocked for row in rows if isinstance(row.stocked, str)), None)
            whole = [found[row.article] for row in rows if row.article in found]
            if odd is not None:
                yield odd_group(group, rank_of(group), odd)
            elif whole:
                yield read_group(group, whole, rank_of(group), self.settings)
