"""Reading products whole, page by page, and the categories that they name."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from shopbridge.connectors.gomag.catalogue.categories import GomagCategories, GomagCategoryTree
from shopbridge.connectors.gomag.catalogue.map import read_product
from shopbridge.connectors.gomag.product_index import GomagProductIndex, read_step
from shopbridge.connectors.gomag.settings import GomagSettings
from shopbridge.connectors.kit.kept import Kept
from shopbridge.connectors.kit.rows import products_page
from shopbridge.errors import Held
from shopbridge.model.base import ExternalId
from shopbridge.model.catalogue import Category, ProductPage
from shopbridge.ports import Clock

KEPT = timedelta(minutes=10)


@dataclass(frozen=True)
class KeptTree:
    """The category tree, read again after a while, or when it lacks what a product names."""

    categories: GomagCategories
    kept: Kept[GomagCategoryTree]

    def ids_of(self, shape: Any) -> tuple[ExternalId, ...]:
        """Return the categories that a product's field names. Raises Held when the shop does not list one."""
        if not shape:
            return ()
        try:
            return self.kept.value().ids_of(shape)
        except Held:
            if self.kept.is_younger(KEPT / 10):  # so new that another look would tell the same
                raise
            return self.kept.refreshed().ids_of(shape)


def kept_tree(categories: GomagCategories, clock: Clock) -> KeptTree:
    """Return the tree, not read yet."""
    return KeptTree(categories, Kept(categories.tree, clock, KEPT))


@dataclass(frozen=True)
class GomagProducts:
    """Products by rank, each with all its versions."""

    index: GomagProductIndex
    tree: KeptTree
    settings: GomagSettings

    def categories(self) -> Sequence[Category]:
        """Return all categories, as they are now."""
        return self.tree.kept.refreshed().categories

    def page(self, position: str | None) -> ProductPage:
        """Return one page. Raises RetryLater also when the list is empty or in no order by id."""
        step = read_step(self.index.page, position)
        read = [read_product(row, rank, self.settings, self.tree.ids_of) for rank, row in step.rows]
        return products_page(read, step.position)
