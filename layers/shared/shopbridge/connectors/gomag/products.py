"""Reading products whole, page by page, and the categories that they name."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from shopbridge.connectors.gomag.categories import Categories, CategoryTree
from shopbridge.connectors.gomag.product_maps import read_product
from shopbridge.connectors.gomag.settings import GomagSettings
from shopbridge.connectors.gomag.shelf import Shelf
from shopbridge.connectors.gomag.sweep import read_step
from shopbridge.errors import Held
from shopbridge.model.base import ExternalId
from shopbridge.model.catalogue import Category, Product, ProductPage, UnreadableProduct
from shopbridge.ports import Clock

KEPT = timedelta(minutes=10)


@dataclass
class KeptTree:
    """The category tree, read again after a while, or when it lacks what a product names."""

    categories: Categories
    clock: Clock
    _read: tuple[datetime, CategoryTree] | None = field(default=None, repr=False)

    def ids_of(self, shape: Any) -> tuple[ExternalId, ...]:
        """The categories that a product's field names. Raises Held when the shop does not list one."""
        if not shape:
            return ()
        try:
            return self.tree().ids_of(shape)
        except Held:
            if self._is_fresh:
                raise
            return self.refreshed().ids_of(shape)

    def tree(self) -> CategoryTree:
        """As it was some minutes ago at the most."""
        if self._read is None or self.clock() - self._read[0] > KEPT:
            return self.refreshed()
        return self._read[1]

    def refreshed(self) -> CategoryTree:
        """As it is now."""
        self._read = (self.clock(), self.categories.tree())
        return self._read[1]

    @property
    def _is_fresh(self) -> bool:
        """So new that another look would tell the same."""
        return self._read is not None and self.clock() - self._read[0] < KEPT / 10


@dataclass(frozen=True)
class GomagProducts:
    """Products by rank, each with all its versions."""

    shelf: Shelf
    tree: KeptTree
    settings: GomagSettings

    def categories(self) -> Sequence[Category]:
        """All categories, as they are now."""
        return self.tree.refreshed().categories

    def page(self, position: str | None) -> ProductPage:
        """One page. Raises RetryLater also when the list is empty or in no order by id."""
        step = read_step(self.shelf.page, position)
        read = [read_product(row, rank, self.settings, self.tree.ids_of) for rank, row in step.rows]
        return ProductPage(
            products=tuple(each for each in read if isinstance(each, Product)),
            unreadable=tuple(each for each in read if isinstance(each, UnreadableProduct)),
            position=step.position,
        )
