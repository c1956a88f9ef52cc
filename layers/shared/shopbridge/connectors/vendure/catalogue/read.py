"""Reading products whole, and the collections they are in."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from pydantic import TypeAdapter

from shopbridge.connectors.kit.loose import LooseText
from shopbridge.connectors.kit.paging import each_page
from shopbridge.connectors.kit.rows import Row, products_page, read_rows
from shopbridge.connectors.vendure.api import BY_ID, MOST, Document, Listing, VendureApi, VendurePlace, page_from
from shopbridge.connectors.vendure.catalogue.map import read_product
from shopbridge.connectors.vendure.outcomes import TITLE
from shopbridge.connectors.vendure.settings import VendureSettings
from shopbridge.connectors.vendure.stock import LEVELS
from shopbridge.connectors.vendure.wire import Id, Wire
from shopbridge.model.base import ExternalId
from shopbridge.model.catalogue import Category, ProductPage

MOST_PRODUCTS = 50
"""On a page: each brings all its variants."""
PRODUCTS: Final = Document(
    name="products",
    field="products",
    text=f"""query products($options: ProductListOptions) {{
  globalSettings {{ trackInventory serverConfig {{ moneyStrategyPrecision }} }}
  activeChannel {{ code token defaultCurrencyCode pricesIncludeTax }}
  products(options: $options) {{
    totalItems
    items {{
      id name slug description enabled
      assets {{ id }}
      collections {{ id }}
      facetValues {{ code name facet {{ code name }} }}
      variants {{
        id sku name enabled price priceWithTax currencyCode trackInventory
        taxRateApplied {{ value }}
        options {{ name group {{ code name }} }}
        {LEVELS}
      }}
    }}
  }}
}}""",
)
COLLECTIONS: Final = Document(
    name="collections",
    field="collections",
    text="""query collections($options: CollectionListOptions) {
  collections(options: $options) { totalItems items { id name parentId isPrivate } }
}""",
)


class _Collection(Wire):
    id: Id
    name: LooseText = ""
    parent_id: LooseText = ""
    is_private: bool = False


_COLLECTIONS = TypeAdapter(list[_Collection])


@dataclass(frozen=True)
class VendureProducts:
    """Products by id, each with all its variants."""

    api: VendureApi
    settings: VendureSettings

    def categories(self) -> Sequence[Category]:
        """Return all collections; the one above all others is not listed."""

        def page(skip: int, take: int) -> Listing:
            return self.api.listed(COLLECTIONS, {"sort": BY_ID, "skip": skip, "take": take})

        def read(place: str) -> tuple[Sequence[Row], str | None]:
            found, after = page_from(VendurePlace.parse(place), MOST, page, "collections")
            return found.rows, after.text() if after else None

        rows = [row for some, _ in each_page(read, "", TITLE, "collections") for row in some]
        listed = read_rows(_COLLECTIONS, rows, TITLE, "collections")
        ids = {each.id for each in listed}
        return [_category(each, ids) for each in listed]

    def page(self, position: str | None) -> ProductPage:
        """Return the next products by id.

        Raises:
            RetryLater: An answer has an unexpected form.
        """

        def read(skip: int, take: int) -> Listing:
            return self.api.listed(PRODUCTS, {"sort": BY_ID, "skip": skip, "take": take})

        size = min(self.settings.page_size, MOST_PRODUCTS)
        found, place = page_from(VendurePlace.parse(position), size, read, "products")
        return products_page(
            [read_product(row, found.facts, found.channel) for row in found.rows if row],
            place.text() if place else None,
        )


def _category(each: _Collection, ids: set[str]) -> Category:
    parent = ExternalId(each.parent_id) if each.parent_id in ids else None
    return Category(id=ExternalId(each.id), parent=parent, name=each.name, active=not each.is_private)
