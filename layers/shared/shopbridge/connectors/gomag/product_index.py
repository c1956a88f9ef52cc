"""Finding products by SKU. Gomag has no way to ask for many at once, and every call counts.

A few SKUs are asked for with the filter ``sku``, more of them by reading the whole list. Whether the filter also finds
a product by a version's SKU is not known (platform file, "Products and variants"): until the shop has shown that it
does, what the filter does not find is looked for in the list.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from shopbridge.connectors.gomag.api import GomagApi, Page
from shopbridge.connectors.gomag.seen import Seen, see
from shopbridge.connectors.gomag.sweep import Way, way_of
from shopbridge.connectors.kit.rows import Row
from shopbridge.connectors.kit.sku_index import SkuIndex
from shopbridge.errors import RetryLater
from shopbridge.ports import Clock

READ, LIST = "product/read", "products"
WITH_VERSIONS: Final = {"addVersions": "true"}
KEPT = timedelta(minutes=5)
"""How long it is believed that an SKU which was seen is still there."""
ASKED_AT_MOST = 30
"""SKUs that are asked for one by one: a minute of our share of the calls."""
PAGES_AT_ONCE = 40
"""Pages that are read on end; a longer list is read on with the next try."""

Found = Mapping[str, Sequence[Seen]]
"""Products by SKU, their own or a version's, whatever its capitals; an SKU that nobody has is left out."""


@dataclass
class Shelf:
    """The products of a shop; remembers for a while what it saw.

    Attributes:
        finds_versions: The filter has found a product by a version's SKU.
    """

    api: GomagApi
    clock: Clock
    language: str
    finds_versions: bool = False
    _unfinished: "tuple[Page, list[Seen]] | None" = field(default=None, repr=False)
    _pages: int | None = None
    _way: Way | None = None
    _tried: bool = False

    def __post_init__(self) -> None:
        self._index = SkuIndex[Seen](self.clock)

    def page(self, number: int) -> Page:
        """One page of the list, with versions."""
        page = self.api.page(READ, LIST, number, view=self.language, **WITH_VERSIONS)
        self._pages = page.pages
        if number == 1:
            self._way = way_of(page.rows)
        return page

    @property
    def way(self) -> Way:
        """Whether ids rise or fall along the list; one call, once."""
        return self._way or way_of(self.page(1).rows)

    def look(self, skus: Iterable[str]) -> Found:
        """The products that these SKUs are on, as they are now.

        Raises:
            RetryLater: Also while a long list is still being read.
        """
        wanted = list(dict.fromkeys(sku for sku in skus if sku))
        if self._takes_list(wanted):
            return _by_sku(self._read_list(), wanted)
        asked = [self._ask(sku) for sku in wanted]
        found = _by_sku([seen for answer in asked for seen in answer or ()], wanted)
        if not self.finds_versions:
            found |= self._where_they_were([sku for sku in wanted if sku not in found])
        if None not in asked and (self.finds_versions or len(found) == len(wanted)):
            return found
        return _by_sku(self._read_list(), wanted)

    def again(self, product: int) -> Seen | None:
        """One product, by its id; None when it is gone, or when others come back."""
        page = self.api.page(READ, LIST, 1, id=str(product), view=self.language, **WITH_VERSIONS)
        return next((seen for seen in self.note(page.rows) if seen.sold.id == product), None)

    def find(self, skus: Iterable[str], kept: timedelta = KEPT) -> Found:
        """The same, but what was seen within the last minutes is not asked for again."""
        wanted = list(dict.fromkeys(sku for sku in skus if sku))
        known = {sku: seen for sku in wanted if (seen := self._index.lately(sku, kept))}
        return {**known, **self.look(sku for sku in wanted if sku not in known)}

    def forget(self, products: Iterable[int]) -> None:
        """These were changed: they are asked for anew."""
        self._index.forget(products)

    def note(self, rows: Iterable[Row]) -> list[Seen]:
        """Remember the rows of a list. Raises RetryLater when one does not even tell what it is sold as."""
        noted = [see(row, self.clock(), self.language) for row in rows]
        for seen in noted:
            self._index.note(seen.sold.id, seen, seen.sold.skus)
        return noted

    def _where_they_were(self, skus: Sequence[str]) -> dict[str, list[Seen]]:
        """Versions that were seen on a product once, if they still are on it."""
        products = {product for sku in skus for product in self._index.ids(sku)}
        return _by_sku([seen for product in sorted(products) if (seen := self.again(product))], skus)

    def _takes_list(self, wanted: Sequence[str]) -> bool:
        """Whether the list is shorter than asking, or too many are wanted."""
        if len(wanted) > ASKED_AT_MOST:
            return True
        return len(wanted) > 1 and self._pages is not None and self._pages <= len(wanted)

    def _ask(self, sku: str) -> list[Seen] | None:
        """By the filter; None where other products come back, too: it was ignored, so it tells nothing."""
        page = self.api.page(READ, LIST, 1, sku=sku, view=self.language, **WITH_VERSIONS)
        noted = self.note(page.rows)
        if not page.is_last or not all(_is_sold_as(seen, sku) for seen in noted):
            return None
        self.finds_versions = self.finds_versions or any(sku.casefold() != seen.sold.sku.casefold() for seen in noted)
        return noted

    def _read_list(self) -> list[Seen]:
        """All products. Raises RetryLater to be called once more where the list is long."""
        page, noted = self._begun()
        for _ in range(PAGES_AT_ONCE):
            if page.is_last:
                self._unfinished = None
                self._try_filter(noted)
                return noted
            page = self.page(page.number + 1)
            noted += self.note(page.rows)
        self._unfinished = (page, noted)
        raise RetryLater("The shop has many products, reading them goes on", after=1, where="Gomag products")

    def _begun(self) -> tuple[Page, list[Seen]]:
        """Where an earlier call has stopped, if that was lately; else the first page."""
        if self._unfinished and self._unfinished[1][0].at >= self.clock() - KEPT:
            return self._unfinished
        page = self.page(1)
        return page, self.note(page.rows)

    def _try_filter(self, noted: Sequence[Seen]) -> None:
        """Once, whether the filter finds a version that was seen."""
        versions = ((version.sku, seen.sold.sku) for seen in noted for version in seen.sold.versions)
        sample = next((sku for sku, own in versions if sku and sku != own), None)
        if sample and not self.finds_versions and not self._tried:
            self._tried = True
            self._ask(sample)


def _is_sold_as(seen: Seen, sku: str) -> bool:
    """Without regard to capitals: a shop may look for both."""
    return sku.casefold() in (each.casefold() for each in seen.sold.skus)


def _by_sku(seen: Iterable[Seen], wanted: Sequence[str]) -> dict[str, list[Seen]]:
    found: dict[str, dict[int, Seen]] = {}
    for each in seen:
        for sku in each.sold.skus:
            found.setdefault(sku.casefold(), {})[each.sold.id] = each
    return {sku: list(found[sku.casefold()].values()) for sku in wanted if sku.casefold() in found}
