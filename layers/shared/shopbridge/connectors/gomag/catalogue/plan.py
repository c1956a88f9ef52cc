"""A change of a product in Gomag's words, before anything is looked up; pure.

The payload holds what the merchant's rules may still change: texts in the shop's language, figures, and ``variants``,
one row each, which become Gomag's versions when it is sent.
"""

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

from shopbridge.connectors.gomag.api import TITLE
from shopbridge.connectors.gomag.catalogue.map import PresentProduct
from shopbridge.connectors.gomag.settings import GomagSettings
from shopbridge.connectors.kit.plans import (
    VARIANTS,
    Own,
    check_name,
    check_sku,
    check_variants,
    chosen,
    draft_with_rows,
    refuse_otherwise,
    whole_units,
)
from shopbridge.errors import Held
from shopbridge.mapping.prices import PriceTerms, amount_for, tax_fix
from shopbridge.mapping.rounding import cents
from shopbridge.mapping.rules import TargetField
from shopbridge.model.catalogue import (
    CataloguePrice,
    Price,
    ProductChange,
    ProductDraft,
    Variant,
)

NET_DIGITS = Decimal("0.0001")
"""[inferred] Digits of a net price: enough that the gross one is met to the cent."""
SOLD: Final = ("price", "specialPrice", "stock")
"""What is written for each SKU, by the call for stock and prices."""


def product_fields() -> dict[str, TargetField]:
    """Return every field the merchant's rules may set."""
    fields = [
        TargetField("name", "Name", "text"),
        TargetField("description", "Description (HTML)", "text"),
        TargetField("brand", "Brand", "text"),
        TargetField("enabled", "For sale", "boolean"),
        TargetField("vat", "VAT (percent)", "decimal"),
        TargetField("currency", "Currency", "text"),
        TargetField("ean", "EAN", "text"),
        TargetField("weight", "Weight", "decimal"),
        TargetField("price", "Price", "decimal"),
        TargetField("specialPrice", "Special price", "decimal"),
        TargetField(f"{VARIANTS}[].ean", "Version: EAN", "text"),
        TargetField(f"{VARIANTS}[].weight", "Version: weight", "decimal"),
        TargetField(f"{VARIANTS}[].price", "Version: price", "decimal"),
        TargetField(f"{VARIANTS}[].specialPrice", "Version: special price", "decimal"),
    ]
    return {field.path: field for field in fields}


def plan(change: ProductChange, settings: GomagSettings) -> ProductDraft:
    """Return what is to be written of a product.

    Raises:
        Held: It cannot be expressed: a name or an SKU is missing, a price cannot be converted, or the shop sells its
            SKU in another way, or keeps its price in terms of its own.
    """
    _check_identity(change)
    present = change.known.noted(PresentProduct) if change.known else None
    apart = present.own_terms.against(settings) if present and change.price else None
    if apart:
        raise Held(apart.text, code=apart.code, fix=apart.fix)
    planner = _Planner(change, present, settings)
    rows = [planner.row(variant) for variant in change.product.variants]
    return draft_with_rows(change, planner.own_fields(), rows, planner.terms)


class _Planner:
    def __init__(self, change: ProductChange, present: PresentProduct | None, settings: GomagSettings) -> None:
        self._change = change
        self._present = present
        self._settings = settings

    def own_fields(self) -> dict[str, Any]:
        """Of the product; stock and EAN of one with variants are theirs."""
        product = self._change.product
        single = not product.variants
        values: Own = {
            "name": ("name", product.name),
            "long_text": ("description", product.long_text),
            "ean": ("ean", product.ean if single else None),
            "active": ("enabled", product.active),
            "tax": ("vat", product.tax_rate),
            "stock": ("stock", whole_units(product.stock) if single else None),
        }
        payload = chosen(self._change, values)
        if self._present is None:
            payload = {"name": product.name, "currency": self._settings.currency, **payload}
        return {**payload, **(self._priced(product.sku, self._change.price) if single else self._parent_price())}

    def row(self, variant: Variant) -> dict[str, Any]:
        """A version."""
        is_new = self._present is None or variant.sku not in self._present.versions
        fields = self._change.fields_of_variant(is_new=is_new)
        units = whole_units(variant.stock) if "stock" in fields else None
        price = self._change.price_of_variant(variant.sku)
        return {
            "sku": variant.sku,
            **({"ean": variant.ean} if "ean" in fields and variant.ean else {}),
            **({"stock": units} if units is not None else {}),
            **self._priced(variant.sku, price),
        }

    def _parent_price(self) -> dict[str, Any]:
        """What a product with versions shows in lists; each version has its own."""
        return {} if self._change.price is None else dict(price_fields(self._change.price, self.terms))

    def _priced(self, sku: str, price: CataloguePrice | None) -> dict[str, Any]:
        """The price; a special price of now that is none any more ends with 0 [inferred]."""
        if price is None:
            return {}
        fields = dict(price_fields(price, self.terms))
        if self._present and sku in self._present.on_sale and "specialPrice" not in fields:
            fields["specialPrice"] = Decimal(0)
        return fields

    @property
    def terms(self) -> PriceTerms:
        """How the shop keeps the product's prices; one that is made without a VAT gets one that nobody told us."""
        named = self._present is not None or "tax" in self._change.fields
        rate = self._change.rate_after if named else None
        fix = tax_fix(TITLE, keeps_tax=self._change.keeps_tax)
        return PriceTerms(TITLE, self._settings.currency, self._settings.prices_include_vat, rate, fix)


def price_fields(price: CataloguePrice, terms: PriceTerms) -> Mapping[str, Decimal]:
    """Return ``price`` and, for a sale, ``specialPrice``, as this shop has them.

    Raises:
        Held: The price is in another currency, or its VAT is not known but needed.
    """
    sale = {"specialPrice": _amount(price.sale, terms)} if price.sale else {}
    return {"price": _amount(price.regular, terms), **sale}


def _amount(price: Price, terms: PriceTerms) -> Decimal:
    amount = amount_for(price, terms)
    if price.gross == terms.gross:
        return amount
    return cents(amount) if terms.gross else amount.quantize(NET_DIGITS, ROUND_HALF_UP)


def _check_identity(change: ProductChange) -> None:
    check_name(change)
    check_sku(change.product)
    check_variants(change.product, "Gomag would make it a product without any")
    _check_how_it_is_sold(change)


def _check_how_it_is_sold(change: ProductChange) -> None:
    """Refuses to write over a product that only happens to sell the same SKU."""
    known = change.known
    if known is None:
        return
    has_versions = bool(known.noted(PresentProduct).versions)
    if has_versions != bool(change.product.variants):
        how = "with versions" if has_versions else "without versions"
        raise refuse_otherwise(TITLE, known, how)
