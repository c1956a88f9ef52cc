"""RO App as a source of products: every sellable unit is a product of its own (platform file, "Products and variants").

The port ``CatalogueSource`` tells the terms. Neither a tax nor whether a price includes it is told: both are set.
"""

from collections.abc import Sequence

from shopbridge.connectors.kit.rows import products_page, read_row
from shopbridge.connectors.roapp.api import CATEGORIES, all_rows
from shopbridge.connectors.roapp.product_index import ListedProduct, SweptPage, product_step
from shopbridge.connectors.roapp.settings import RoAppSettings
from shopbridge.connectors.roapp.stock import RoAppStock, Stock, in_all
from shopbridge.connectors.roapp.wire import CategoryRow, ProductRow
from shopbridge.http.client import PlatformClient
from shopbridge.mapping.identity import ean_of, is_sound
from shopbridge.model.base import ExternalId
from shopbridge.model.catalogue import Category, Price, Product, ProductPage, UnreadableProduct
from shopbridge.model.ledger import Reason


class RoAppProducts:
    """The products of an account, with what all chosen warehouses have of them."""

    def __init__(self, settings: RoAppSettings, client: PlatformClient, stock: RoAppStock) -> None:
        self._settings = settings
        self._client = client
        self._stock = stock

    def categories(self) -> Sequence[Category]:
        """Return all categories; one that cannot be read is left out."""
        return categories_of(self._client)

    def page(self, position: str | None) -> ProductPage:
        """Return a page of products, with a call for each warehouse."""
        step = product_step(self._client, SweptPage.parse(position))
        stock = self._stock.beside(step.products)
        following = step.following.model_dump_json() if step.following else None
        return products_page((product_of(each, stock, self._settings) for each in step.products), following)


def categories_of(client: PlatformClient) -> Sequence[Category]:
    """Return the categories of products, page by page."""
    read = (read_row(CategoryRow, row) for row in all_rows(client, CATEGORIES))
    return [
        Category(
            id=ExternalId(str(row.id)),
            parent=ExternalId(str(row.parent_id)) if row.parent_id else None,
            name=row.title,
            active=True,
        )
        for row in read
        if isinstance(row, CategoryRow)
    ]


def product_of(found: ListedProduct, stock: Stock, settings: RoAppSettings) -> Product | UnreadableProduct:
    """Return a product as everybody knows one."""
    row = found.row
    if row is None:
        reason = Reason(
            code="unexpected_form",
            text=f"RO App's product list has an unexpected form at {found.problem}.",
            fix="Open and save the product in RO App; if that does not help, give this message to our support.",
        )
        return UnreadableProduct(id=str(found.id), rank=found.id, sku=found.sku, reason=reason)
    return Product(
        id=ExternalId(str(found.id)),
        rank=found.id,
        sku=row.sku,
        name=row.title or row.sku,
        short_text="",
        long_text=row.description,
        ean=next(filter(None, map(ean_of, row.barcodes)), ""),
        active=True,
        tax_rate=settings.product_tax,
        prices=prices_of(row, settings),
        stock=in_all(found, stock),
        categories=(ExternalId(str(row.category_id)),) if row.category_id else (),
        features=(),
        variants=(),
        images=len(row.images),
        extras={"code": row.code, "barcodes": [code for code in row.barcodes if is_sound(code)]},
    )


def prices_of(row: ProductRow, settings: RoAppSettings) -> dict[str, Price]:
    """Return ``regular`` and ``sale`` by the price types that are set, or the only price there is."""
    only = next(iter(row.prices.values())) if len(row.prices) == 1 and not settings.regular_price_type else None
    chosen = {
        "regular": only if only is not None else row.prices.get(settings.regular_price_type),
        "sale": row.prices.get(settings.sale_price_type),
    }
    return {
        name: Price(amount=amount, gross=settings.prices_include_tax, currency=settings.currency)
        for name, amount in chosen.items()
        if amount is not None
    }
