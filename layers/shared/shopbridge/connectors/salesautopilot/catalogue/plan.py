"""A change of a product in SalesAutopilot's words; pure. It keeps one net price, one VAT and one currency of each."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from shopbridge.connectors.kit.plans import check_name, check_sku
from shopbridge.connectors.salesautopilot.api import TITLE
from shopbridge.connectors.salesautopilot.settings import SalesAutopilotSettings
from shopbridge.connectors.salesautopilot.wire import ProductRow
from shopbridge.errors import Held
from shopbridge.mapping.prices import PriceTerms, amount_for, conversion_rate, known_rate, tax_fix
from shopbridge.mapping.rounding import rounded
from shopbridge.mapping.rules import TargetField
from shopbridge.model.catalogue import CataloguePrice, ProductChange, ProductDraft, ProductField

WRITABLE: Final = frozenset[ProductField]({"name", "price", "tax", "categories"})
"""No text, picture, switch, variant or stock was seen in any client (platform file, "Products")."""
NAME, PRICE, VAT, CURRENCY, CATEGORIES = "prod_name", "prod_price", "prod_vat_percent", "prod_currency", "prodcat_ids"
DECIMALS = 4
"""[inferred] Of a net price: enough that what a buyer pays is met to the cent. Kept with two, it is a cent off."""


def product_fields() -> dict[str, TargetField]:
    """Return every field the merchant's rules may set."""
    fields = [
        TargetField(NAME, "Name", "text", required=True),
        TargetField(PRICE, "Net price", "decimal"),
        TargetField(VAT, "VAT (percent)", "decimal"),
    ]
    return {field.path: field for field in fields}


def plan(change: ProductChange, settings: SalesAutopilotSettings) -> ProductDraft:
    """Return what is to be written of a product.

    Raises:
        Held: It has no SKU or no name, or lacks a price or a VAT that a new one needs, or its price cannot be
            converted.
    """
    _check(change)
    terms = _terms(change, settings)
    product, fields = change.product, change.fields
    wanted: Mapping[ProductField, Mapping[str, Any]] = {
        "name": {NAME: product.name.strip()},
        "tax": {VAT: product.tax_rate},
        "price": _priced(change.price, terms, settings),
        "categories": {CATEGORIES: sorted(int(each) for each in change.categories)},
    }
    payload = {name: value for field in sorted(fields & WRITABLE) for name, value in wanted[field].items()}
    if change.known is None:
        payload = {NAME: product.name.strip(), VAT: known_rate(terms), **payload}
    written = {name: value for name, value in payload.items() if value is not None}
    converted_by = conversion_rate(change.prices, terms)
    return ProductDraft(change=change, payload=written, variant_of_row=(), converted_by=converted_by)


def filled(row: ProductRow) -> frozenset[ProductField]:
    """Return the fields that hold something; those that SalesAutopilot has no place for are never to be filled."""
    held: Mapping[ProductField, object] = {
        "name": row.prod_name,
        "tax": row.prod_vat_percent is not None,
        "price": row.prod_price is not None,
        "categories": row.prodcats,
        "short_text": True,
        "long_text": True,
        "ean": True,
        "active": True,
        "stock": True,
        "features": True,
    }
    return frozenset(name for name, value in held.items() if value)


def _check(change: ProductChange) -> None:
    product = change.product
    check_sku(product)
    check_name(change)
    if change.known is None and change.price is None:
        raise Held(
            f"{TITLE} makes no product without a price",
            code="no_price",
            fix="Let price travel in products.fields, at least on creation.",
        )


def _terms(change: ProductChange, settings: SalesAutopilotSettings) -> PriceTerms:
    fix = tax_fix(TITLE, keeps_tax=change.keeps_tax)
    return PriceTerms(TITLE, settings.currency, gross=False, rate=change.rate_after, fix=fix)


def _priced(price: CataloguePrice | None, terms: PriceTerms, settings: SalesAutopilotSettings) -> Mapping[str, Any]:
    """The one price, with its currency; amounts that are net already stay as they are."""
    if price is None:
        return {}
    chosen = price.sale if price.sale and settings.product_price == "present" else price.regular
    amount: Decimal = amount_for(chosen, terms)
    return {PRICE: rounded(amount, DECIMALS), CURRENCY: settings.currency}
