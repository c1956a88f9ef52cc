"""Reading products whole, page by page."""

from collections.abc import Sequence
from dataclasses import dataclass

from shopbridge.connectors.kit.rows import Row, products_page
from shopbridge.connectors.shopware.api import AdminApi
from shopbridge.connectors.shopware.catalogue.categories import Categories
from shopbridge.connectors.shopware.catalogue.criteria import PRODUCT_PAGE, SMALL_PAGE, product_page
from shopbridge.connectors.shopware.catalogue.map import View, read_products
from shopbridge.connectors.shopware.facts import ShopFacts
from shopbridge.connectors.shopware.paging import next_position
from shopbridge.errors import Unfinished
from shopbridge.model.catalogue import Category, ProductPage


@dataclass(frozen=True)
class ShopwareProducts:
    """Products of the top level by ``autoIncrement``, each with all its variants."""

    api: AdminApi
    facts: ShopFacts
    tree: Categories

    def categories(self) -> Sequence[Category]:
        """All categories below the chosen one."""
        return self.tree.all()

    def page(self, position: str | None) -> ProductPage:
        """One page; a small one where a whole one is more than the shop's time or memory."""
        try:
            rows, limit = self._rows(position, PRODUCT_PAGE)
        except Unfinished:
            rows, limit = self._rows(position, SMALL_PAGE)
        return self._read(rows, next_position(rows, position, limit, "products"))

    def _rows(self, position: str | None, limit: int) -> tuple[list[Row], int]:
        root = self.facts.settings.root_category
        return self.api.page("product", limit, lambda most: product_page(position, most, root), self.facts.headers)

    def _read(self, rows: Sequence[Row], position: str | None) -> ProductPage:
        settings = self.facts.settings
        view = View(self.facts.currency, settings.price_kind, settings.short_text_field)
        return products_page(read_products(rows, view), position)
