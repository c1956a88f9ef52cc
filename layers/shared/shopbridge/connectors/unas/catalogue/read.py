"""Reading products whole, page by page, and the categories; every page is one of the rare calls."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from shopbridge.connectors.kit.rows import Row, products_page
from shopbridge.connectors.unas.api import UnasApi
from shopbridge.connectors.unas.catalogue.categories import UnasCategories
from shopbridge.connectors.unas.catalogue.map import read_product
from shopbridge.connectors.unas.product_index import UnasProductList
from shopbridge.connectors.unas.settings import UnasSettings
from shopbridge.connectors.unas.wire import ZONE
from shopbridge.model.catalogue import Category, ProductPage
from shopbridge.ports import Clock

WHOLE: Final = "full"
"""The level that has further categories and parameters."""
NAMED: Final = "minimal"
LIVE: Final = {"State": "live"}


def product_list(api: UnasApi, clock: Clock, level: str) -> UnasProductList:
    """Return the list of products with as much of each as a level has."""
    language = {"Lang": api.settings.language} if api.settings.language else {}
    return UnasProductList(api, clock, "getProduct", {"ContentType": level, **LIVE, **language})


def today(clock: Clock) -> date:
    """Return the day it is in the shop."""
    return clock().astimezone(ZONE).date()


def all_rows(products: UnasProductList) -> list[Row]:
    """Return every row of a list, page by page."""
    step = products.step(None)
    rows = [row for _, row in step.rows]
    while step.position is not None:
        step = products.step(step.position)
        rows += [row for _, row in step.rows]
    return rows


@dataclass(frozen=True)
class UnasProducts:
    """Products by rank, each with all its variants."""

    products: UnasProductList
    tree: UnasCategories
    settings: UnasSettings

    def categories(self) -> Sequence[Category]:
        """Return all categories, as they are now."""
        return self.tree.all()

    def page(self, position: str | None) -> ProductPage:
        """Return one page. Raises RetryLater also when the list is empty or in no order by id."""
        step, day = self.products.step(position), today(self.products.clock)
        read = [read_product(row, rank, self.settings, day) for rank, row in step.rows]
        return products_page(read, step.position)
