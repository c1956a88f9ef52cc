"""Tryton as a source of products: each variant of a template is a product of its own, since nothing tells them apart.

The port ``CatalogueSource`` tells the terms. Prices are without tax, in the company's currency.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from shopbridge.connectors.kit.kept import Kept
from shopbridge.connectors.kit.rows import Row, products_page, read_row
from shopbridge.connectors.tryton.api import KEPT, TrytonApi, row_id
from shopbridge.connectors.tryton.outcomes import TITLE
from shopbridge.connectors.tryton.settings import TrytonSettings
from shopbridge.connectors.tryton.stock import NAMES, Read, TrytonStock, on_hand_in_all
from shopbridge.connectors.tryton.wire import CategoryRow, ProductRow, TaxRow
from shopbridge.mapping.identity import ean_of, is_sound
from shopbridge.model.base import ExternalId
from shopbridge.model.catalogue import Category, Price, Product, ProductPage, UnreadableProduct
from shopbridge.model.ledger import Reason

TAX, CATEGORY = "account.tax", "product.category"
FIELDS = (
    *NAMES,
    *("name", "description", "list_price_used", "categories", "identifiers.code"),
    "template.account_category.customer_taxes_used",
)
PERCENTAGE, HUNDRED = "percentage", Decimal(100)
Stock = Mapping[int, Mapping[int, Read]]


class TrytonProducts:
    """The salable products of a company, with what all chosen warehouses have of them."""

    def __init__(self, settings: TrytonSettings, api: TrytonApi, stock: TrytonStock) -> None:
        self._settings = settings
        self._api = api
        self._stock = stock
        self._rates = Kept(lambda: rates(api), api.clock, KEPT)

    def categories(self) -> Sequence[Category]:
        """Return all categories but those that products are only booked by."""
        return categories_of(self._api)

    def page(self, position: str | None) -> ProductPage:
        """Return a page of products, with a call for each warehouse, and one for the taxes now and then."""
        after = int(position) if position and position.isdecimal() else 0
        rows, stock, following = self._stock.products(after, FIELDS)
        known = self._rates.value()
        products = (product_of(row, stock, known, self._settings) for row in rows if row_id(row))
        return products_page(products, str(following) if following else None)


def categories_of(api: TrytonApi) -> Sequence[Category]:
    """Return the categories of products, page by page; one that cannot be read is left out."""
    rows = api.all_rows(CATEGORY, [["accounting", "=", False]], ["name", "parent"])
    return [
        Category(
            id=ExternalId(str(row.id)),
            parent=ExternalId(str(row.parent)) if row.parent else None,
            name=row.name,
            active=True,
        )
        for each in rows
        if isinstance(row := read_row(CategoryRow, each), CategoryRow)
    ]


def taxes_of(api: TrytonApi) -> Sequence[TaxRow]:
    """Return the company's taxes that are a percentage."""
    rows = api.all_rows(TAX, [["company", "=", api.company], ["type", "=", PERCENTAGE]], ["name", "type", "rate"])
    return [row for each in rows if isinstance(row := read_row(TaxRow, each), TaxRow)]


def rates(api: TrytonApi) -> Mapping[int, Decimal]:
    """Return the percentage of each tax."""
    return {row.id: row.rate * HUNDRED for row in taxes_of(api) if row.rate is not None}


def product_of(
    row: Row, stock: Stock, rates_known: Mapping[int, Decimal], settings: TrytonSettings
) -> Product | UnreadableProduct:
    """Return a product as everybody knows one."""
    key, read = row_id(row), read_row(ProductRow, row)
    if isinstance(read, str):
        return _unreadable(row, read)
    price = Price(amount=read.price, gross=False, currency=settings.currency) if read.price is not None else None
    return Product(
        id=ExternalId(str(key)),
        rank=key,
        sku=read.code,
        name=read.name or read.code,
        short_text="",
        long_text=read.description,
        ean=next(filter(None, (ean_of(each.code) for each in read.identifiers)), ""),
        active=True,
        tax_rate=_rate_of(read, rates_known),
        prices={"regular": price} if price else {},
        stock=on_hand_in_all(key, stock),
        categories=tuple(ExternalId(str(each)) for each in read.categories),
        features=(),
        variants=(),
        images=0,
        extras={},
    )


def _rate_of(row: ProductRow, known: Mapping[int, Decimal]) -> Decimal | None:
    """The sum of its taxes; None where nobody tells, or one of them is no percentage."""
    category = row.template.account_category
    taxes = category.taxes if category else []
    if not taxes or any(tax not in known for tax in taxes):
        return None
    return sum((known[tax] for tax in taxes), Decimal(0)).normalize()


def _unreadable(row: Row, problem: str) -> UnreadableProduct:
    code, key = row.get("code"), row_id(row)
    reason = Reason(
        code="unexpected_form",
        text=f"{TITLE}'s product has an unexpected form at {problem}.",
        fix="Open and save the product in Tryton; if that does not help, give this message to our support.",
    )
    sku = code.strip() if isinstance(code, str) and is_sound(code) else ""
    return UnreadableProduct(id=str(key), rank=key, sku=sku, reason=reason)
