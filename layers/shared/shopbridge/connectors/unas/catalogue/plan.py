"""A change of a product in UNAS' words, before anything is sent; pure.

The payload holds what the merchant's rules may still change, flat, with prices including VAT; ``record_of`` makes the
elements of it. What it does not hold is not sent, for UNAS leaves that as it is and clears what comes empty.
"""

from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

from shopbridge.connectors.kit.plans import Own, check_name, check_sku, chosen
from shopbridge.connectors.unas.catalogue.map import PresentProduct
from shopbridge.connectors.unas.outcomes import TITLE
from shopbridge.connectors.unas.product_index import is_unas_sku
from shopbridge.connectors.unas.settings import UnasSettings
from shopbridge.connectors.unas.wire import amount_text
from shopbridge.connectors.unas.wire_products import BASE, NORMAL, OFF, SALE, WirePrice, day_text
from shopbridge.errors import Held
from shopbridge.mapping.prices import PriceTerms, amount_for, conversion_rate, known_rate, tax_fix
from shopbridge.mapping.rounding import cents
from shopbridge.mapping.rules import TargetField
from shopbridge.mapping.taxes import without_tax
from shopbridge.model.catalogue import Price, ProductChange, ProductDraft

NET_DIGITS = Decimal("0.000001")
"""Digits of a net price: a product's VAT follows from its pair of prices (platform file, "VAT, currency, rounding")."""
FOR_SALE: Final = "1"
TAX: Final = "tax"
"""The rate that prices are sent with; no field of UNAS'."""


def product_fields() -> dict[str, TargetField]:
    """Return every field the merchant's rules may set."""
    fields = [
        TargetField("name", "Name (Terméknév)", "text"),
        TargetField("unit", "Unit (Mennyiségi egység)", "text"),
        TargetField("short", "Short description (HTML)", "text"),
        TargetField("long", "Long description (HTML)", "text"),
        TargetField("active", "For sale", "boolean"),
        TargetField("weight", "Weight (kg)", "decimal"),
        TargetField("minimumQty", "Least quantity", "decimal"),
        TargetField("price", "Price with VAT", "decimal"),
        TargetField("salePrice", "Sale price with VAT", "decimal"),
    ]
    return {field.path: field for field in fields}


def plan(change: ProductChange, settings: UnasSettings) -> ProductDraft:
    """Return what is to be written of a product.

    Raises:
        Held: It cannot be expressed: a name, an SKU or a category is missing, or a price cannot be converted.
    """
    _check_identity(change, settings)
    terms = _terms(change, settings)
    payload = {**_described(change, settings), **_priced(change, terms)}
    return ProductDraft(
        change=change, payload=payload, variant_of_row=(), converted_by=conversion_rate(change.prices, terms)
    )


def _described(change: ProductChange, settings: UnasSettings) -> dict[str, Any]:
    product = change.product
    own: Own = {
        "name": ("name", product.name),
        "short_text": ("short", product.short_text),
        "long_text": ("long", product.long_text),
        "active": ("active", product.active),
        "stock": ("stock", None if product.stock is None else max(product.stock, Decimal(0))),
    }
    payload = chosen(change, own)
    if change.known is None:
        payload = {"name": product.name, "unit": settings.unit, **payload}
    return payload


def _priced(change: ProductChange, terms: PriceTerms) -> dict[str, Any]:
    """Both with VAT, and the rate that they are sent with."""
    if change.price is None:
        return {}
    sale = {"salePrice": _amount(change.price.sale, terms)} if change.price.sale else {}
    return {"price": _amount(change.price.regular, terms), **sale, TAX: known_rate(terms)}


def _amount(price: Price, terms: PriceTerms) -> Decimal:
    amount = amount_for(price, terms)
    return amount if price.gross else cents(amount)


def _terms(change: ProductChange, settings: UnasSettings) -> PriceTerms:
    """A product that is made without a VAT would get one that nobody told us."""
    named = change.known is not None or "tax" in change.fields
    fix = tax_fix(TITLE, keeps_tax=change.keeps_tax)
    return PriceTerms(TITLE, settings.currency, gross=True, rate=change.rate_after if named else None, fix=fix)


def _check_identity(change: ProductChange, settings: UnasSettings) -> None:
    product = change.product
    check_name(change)
    check_sku(product)
    if change.known is None and not is_unas_sku(product.sku):
        raise Held(
            f"UNAS takes no SKU such as {product.sku!r}: letters from A to Z, digits, - and _ alone",
            code="sku_not_taken",
            fix="Give the product such an SKU at the source.",
        )
    if change.known is None and not (change.categories or settings.category):
        raise Held(
            "The product is in no category, and UNAS takes none without",
            code="no_category",
            fix="Let categories travel, or set category of the connection's UNAS side.",
        )


# --- as it is sent ----------------------------------------------------------------------------------------------------


def record_of(draft: ProductDraft, settings: UnasSettings, today: date) -> dict[str, Any]:
    """Return the product's elements; without its action and key where nothing of it is to be written."""
    change, payload = draft.change, draft.payload
    description = {"Short": payload.get("short"), "Long": payload.get("long")}
    fields = {
        "Statuses": _statuses(draft),
        "Name": payload.get("name"),
        "Unit": payload.get("unit"),
        "MinimumQty": _number(payload.get("minimumQty")),
        "Weight": _number(payload.get("weight")),
        "Description": description if any(each is not None for each in description.values()) else None,
        "Prices": _prices(draft, today),
        "Categories": _categories(change, settings),
        "Stocks": _stocks(draft),
    }
    told = {name: value for name, value in fields.items() if value is not None}
    if not told:
        return {}
    key = {"Action": "add"} if change.known is None else {"Action": "modify", "Id": change.known.id}
    language = {"Lang": settings.language} if settings.language else {}
    sku = {"Sku": change.product.sku} if change.known is None else {}
    return {**key, **sku, **language, **told}


def _stocks(draft: ProductDraft) -> Any:
    """Of one that is made, so that it is whole at once; of one that is there the total is set by ``setStock``."""
    units = draft.payload.get("stock") if draft.change.known is None else None
    return {"Stock": {"Qty": amount_text(units)}} if isinstance(units, Decimal) else None


def _statuses(draft: ProductDraft) -> Any:
    """One that is made without a price is switched off."""
    active = draft.payload.get("active")
    if draft.change.known is None and "price" not in draft.payload:
        active = False
    if active is None:
        active = True if draft.change.known is None else None
    return None if active is None else {"Status": {"Type": BASE, "Value": FOR_SALE if active else OFF}}


def _prices(draft: ProductDraft, today: date) -> Any:
    payload, known = draft.payload, draft.change.known
    if "price" not in payload:
        return {"Price": {"Type": NORMAL, "Net": "0", "Gross": "0"}} if known is None else None
    rate = payload.get(TAX, draft.change.rate_after)
    if rate is None:
        raise Held(
            "A rule sets a price, and nobody tells the product's VAT",
            code="no_tax_rate",
            fix="Let tax travel in products.fields, or take the price out of products.rules.",
        )
    normal = {"Type": NORMAL, **_pair(payload["price"], rate)}
    sale = _sale(draft, rate, today)
    return {"Price": [normal, *([sale] if sale else [])]}


def _sale(draft: ProductDraft, rate: Decimal, today: date) -> dict[str, Any] | None:
    """A sale is open until it is ended: none can be deleted, so it is given a last day that is past (C3)."""
    present = draft.change.known.noted(PresentProduct) if draft.change.known else None
    there = present.sale if present else None
    if "salePrice" in draft.payload:
        start = there.start if there and there.start and there.counts_on(today) else day_text(today)
        return {"Type": SALE, **_pair(draft.payload["salePrice"], rate), "Start": start, "End": ""}
    return _ended(there, draft.payload["price"], rate, today) if there else None


def _ended(sale: WirePrice, price: Decimal, rate: Decimal, today: date) -> dict[str, Any]:
    last = day_text(today - timedelta(days=1))
    start = sale.start if sale.start and sale.start < last else last
    return {"Type": SALE, **_pair(sale.gross or price, rate), "Start": start, "End": last}


def _pair(gross: Decimal, rate: Decimal) -> dict[str, str]:
    net = without_tax(gross, rate).quantize(NET_DIGITS, ROUND_HALF_UP)
    return {"Net": amount_text(net), "Gross": amount_text(gross)}


def _categories(change: ProductChange, settings: UnasSettings) -> Any:
    """The first is the base one; one that is made has to have it, and one that is there must not lose its last."""
    wanted = [str(each) for each in change.categories] if "categories" in change.fields or not change.known else []
    if not wanted and change.known is None:
        wanted = [settings.category]
    kinds = [BASE, *["alt"] * (len(wanted) - 1)]
    rows = [{"Type": kind, "Id": each} for kind, each in zip(kinds, wanted, strict=False)]
    return {"Category": rows} if rows else None


def _number(value: Any) -> str | None:
    return amount_text(value) if isinstance(value, Decimal) else None
