"""A change of a product in Shoprenter's words, before anything is looked up; pure.

The payload holds what the merchant's rules may still change: texts in the shop's language, net prices, figures, and
``variants``, one row each, which are products of their own below it.
"""

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from shopbridge.connectors.kit.plans import (
    VARIANTS,
    Own,
    check_name,
    check_skus_differ,
    chosen,
    draft_with_rows,
    refuse_otherwise,
    whole_units,
)
from shopbridge.connectors.shoprenter.catalogue.find import PresentFamily
from shopbridge.connectors.shoprenter.outcomes import TITLE
from shopbridge.errors import Held
from shopbridge.mapping.prices import PriceTerms, amount_for, tax_fix
from shopbridge.mapping.rules import TargetField
from shopbridge.model.base import CurrencyCode
from shopbridge.model.catalogue import CataloguePrice, ProductChange, ProductDraft, Variant

NET_DIGITS = Decimal("0.0001")
"""Digits of a net price: enough that the gross one is met to the cent."""
MOST_PARAMETERS = 2
"""What the versions of a product may differ in (platform file, "Variants")."""


def product_fields() -> dict[str, TargetField]:
    """Return every field the merchant's rules may set."""
    fields = [
        TargetField("name", "Name", "text"),
        TargetField("shortDescription", "Short description (HTML)", "text"),
        TargetField("description", "Description (HTML)", "text"),
        TargetField("gtin", "GTIN", "text"),
        TargetField("modelNumber", "Manufacturer's part number", "text"),
        TargetField("weight", "Weight", "decimal"),
        TargetField("enabled", "On sale", "boolean"),
        TargetField("vat", "VAT (percent)", "decimal"),
        TargetField("price", "Price, net", "decimal"),
        TargetField("specialPrice", "Special price, net", "decimal"),
        TargetField(f"{VARIANTS}[].gtin", "Version: GTIN", "text"),
        TargetField(f"{VARIANTS}[].modelNumber", "Version: manufacturer's part number", "text"),
        TargetField(f"{VARIANTS}[].weight", "Version: weight", "decimal"),
        TargetField(f"{VARIANTS}[].price", "Version: price, net", "decimal"),
        TargetField(f"{VARIANTS}[].specialPrice", "Version: special price, net", "decimal"),
    ]
    return {field.path: field for field in fields}


def plan(change: ProductChange, currency: CurrencyCode) -> ProductDraft:
    """Return what is to be written of a product.

    Raises:
        Held: It cannot be expressed: a name, an SKU or a tax is missing, a price cannot be converted, or the shop sells
            its SKU in another way.
    """
    _check_identity(change)
    planner = _Planner(change, currency)
    rows = [planner.row(variant) for variant in change.product.variants]
    return draft_with_rows(change, planner.own_fields(), rows, planner.terms)


class _Planner:
    def __init__(self, change: ProductChange, currency: CurrencyCode) -> None:
        self._change = change
        self._currency = currency
        self._present = change.known.noted(PresentFamily) if change.known else None

    def own_fields(self) -> dict[str, Any]:
        """Of the product; stock and GTIN of one with versions are theirs."""
        product = self._change.product
        single = not product.variants
        values: Own = {
            "name": ("name", product.name),
            "short_text": ("shortDescription", product.short_text),
            "long_text": ("description", product.long_text),
            "ean": ("gtin", product.ean if single else None),
            "active": ("enabled", product.active),
            "tax": ("vat", product.tax_rate),
            "stock": ("stock", whole_units(product.stock) if single else None),
        }
        payload = chosen(self._change, values)
        named = {"name": product.name} if self._change.known is None else {}
        return {**named, **payload, **self._priced(self._change.price)}

    def row(self, variant: Variant) -> dict[str, Any]:
        """A version."""
        is_new = self._present is None or variant.sku not in self._present.versions
        fields = self._change.fields_of_variant(is_new=is_new)
        units = whole_units(variant.stock) if "stock" in fields else None
        return {
            "sku": variant.sku,
            **({"gtin": variant.ean} if "ean" in fields and variant.ean else {}),
            **({"enabled": variant.active} if "active" in fields else {}),
            **({"stock": units} if units is not None else {}),
            **self._priced(self._change.price_of_variant(variant.sku)),
        }

    def _priced(self, price: CataloguePrice | None) -> dict[str, Any]:
        """Both prices; no special price means that one of now ends."""
        if price is None:
            return {}
        special = None if price.sale is None else _net(amount_for(price.sale, self.terms))
        return {"price": _net(amount_for(price.regular, self.terms)), "specialPrice": special}

    @property
    def terms(self) -> PriceTerms:
        """How the shop keeps the product's prices: net, by the tax that it has once this is written."""
        named = self._change.known is not None or "tax" in self._change.fields
        rate = self._change.rate_after if named else None
        fix = tax_fix(TITLE, keeps_tax=self._change.keeps_tax)
        return PriceTerms(TITLE, self._currency, gross=False, rate=rate, fix=fix)


def _net(amount: Decimal) -> Decimal:
    return amount.quantize(NET_DIGITS, ROUND_HALF_UP)


def _check_identity(change: ProductChange) -> None:
    product = change.product
    check_name(change)
    if not product.sku and change.known is None:
        raise Held("The product has no SKU", code="no_sku", fix="Give it an SKU of its own at the source.")
    if change.known is None and ("tax" not in change.fields or product.tax_rate is None):
        raise Held(
            "A new product needs a tax, and the source does not tell it",
            code="no_tax_rate",
            fix="Give the product a tax rate at the source, and let tax travel in products.fields.",
        )
    _check_variants(change)
    _check_how_it_is_sold(change)


def _check_variants(change: ProductChange) -> None:
    product = change.product
    check_skus_differ(product)
    for variant in product.variants:
        if not variant.sku or not 0 < len(variant.options) <= MOST_PARAMETERS:
            raise Held(
                f"The variant {variant.sku or variant.id} has no SKU, or does not differ in one attribute or two",
                code="incomplete_variant",
                fix="Complete the variant at the source: Shoprenter's versions differ in two attributes at the most.",
            )


def _check_how_it_is_sold(change: ProductChange) -> None:
    """Refuses to write over a product that only happens to sell the same SKU; one that is half made is completed."""
    known = change.known
    if known is None:
        return
    present = known.noted(PresentFamily)
    half_made = not present.parent.on and bool(present.product_class)
    if bool(present.versions) != bool(change.product.variants) and not (change.product.variants and half_made):
        how = "with versions" if present.versions else "without versions"
        raise refuse_otherwise(TITLE, known, how)
