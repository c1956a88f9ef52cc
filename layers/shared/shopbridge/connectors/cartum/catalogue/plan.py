"""A change of a product in Cartum's words, before anything is looked up; pure.

The payload holds what the merchant's rules may still change: texts in the shop's language, figures, and ``variants``,
one row each. A product without variants is one row; each variant is a row of its own that carries the texts, too.
"""

from decimal import Decimal
from typing import Any

from shopbridge.connectors.cartum.catalogue.map import CartumPresent
from shopbridge.connectors.cartum.outcomes import TITLE
from shopbridge.connectors.cartum.settings import CartumSettings
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
from shopbridge.mapping.prices import PriceTerms, amount_for, tax_fix
from shopbridge.mapping.rounding import cents
from shopbridge.mapping.rules import TargetField
from shopbridge.model.catalogue import CataloguePrice, ProductChange, ProductDraft, Variant

NOTHING = Decimal(0)


def product_fields() -> dict[str, TargetField]:
    """Return every field the merchant's rules may set."""
    fields = [
        TargetField("title", "Title", "text"),
        TargetField("short_description", "Short description", "text"),
        TargetField("description", "Description (HTML)", "text"),
        TargetField("display_in_showcase", "Shown in the shop", "boolean"),
        TargetField("gtin", "GTIN", "text"),
        TargetField("mpn", "MPN", "text"),
        TargetField("price", "Price", "decimal"),
        TargetField("price_old", "Old price", "decimal"),
        TargetField(f"{VARIANTS}[].mod_title", "Modification: title", "text"),
        TargetField(f"{VARIANTS}[].gtin", "Modification: GTIN", "text"),
        TargetField(f"{VARIANTS}[].mpn", "Modification: MPN", "text"),
        TargetField(f"{VARIANTS}[].price", "Modification: price", "decimal"),
        TargetField(f"{VARIANTS}[].price_old", "Modification: old price", "decimal"),
    ]
    return {field.path: field for field in fields}


def plan(change: ProductChange, settings: CartumSettings) -> ProductDraft:
    """Return what is to be written of a product.

    Raises:
        Held: It cannot be expressed: a name or an SKU is missing, a price cannot be converted, or the shop sells its
            SKU in another way.
    """
    _check_identity(change)
    planner = _RowPlanner(change, settings)
    rows = [planner.row(variant) for variant in change.product.variants]
    return draft_with_rows(change, planner.own_fields(), rows, planner.terms)


class _RowPlanner:
    def __init__(self, change: ProductChange, settings: CartumSettings) -> None:
        self._change = change
        self._settings = settings
        self._present = change.known.noted(CartumPresent) if change.known else None

    def own_fields(self) -> dict[str, Any]:
        """Of the product; what is sold of one with variants is theirs."""
        product = self._change.product
        single = not product.variants
        values: Own = {
            "name": ("title", product.name),
            "short_text": ("short_description", product.short_text),
            "long_text": ("description", product.long_text),
            "ean": ("gtin", product.ean or None if single else None),
            "active": ("display_in_showcase", product.active if single else None),
            "stock": ("stock", whole_units(product.stock) if single else None),
        }
        payload = chosen(self._change, values)
        if self._present is None:
            payload = {"title": product.name, **payload}
        return {**payload, **(self._priced(product.sku, self._change.price) if single else {})}

    def row(self, variant: Variant) -> dict[str, Any]:
        """A variant."""
        is_new = self._present is None or variant.sku not in self._present.articles
        fields = self._change.fields_of_variant(is_new=is_new)
        units = whole_units(variant.stock) if "stock" in fields else None
        price = self._change.price_of_variant(variant.sku)
        on_sale = self._change.product.active and variant.active
        return {
            "article": variant.sku,
            **({"mod_title": " / ".join(variant.options.values()) or variant.sku} if is_new else {}),
            **({"gtin": variant.ean} if "ean" in fields and variant.ean else {}),
            **({"display_in_showcase": on_sale} if "active" in fields else {}),
            **({"stock": units} if units is not None else {}),
            **self._priced(variant.sku, price),
        }

    def _priced(self, sku: str, price: CataloguePrice | None) -> dict[str, Any]:
        """The price; the old one of a sale that is over ends with 0 [inferred]."""
        if price is None:
            return {}
        regular = cents(amount_for(price.regular, self.terms))
        if price.sale is not None:
            return {"price": cents(amount_for(price.sale, self.terms)), "price_old": regular}
        over = self._present is not None and sku in self._present.on_sale
        return {"price": regular, **({"price_old": NOTHING} if over else {})}

    @property
    def terms(self) -> PriceTerms:
        """Prices include the VAT that the source tells, or the settings: Cartum keeps none."""
        rate = self._change.rate_after
        known = self._settings.vat if rate is None else rate
        return PriceTerms(
            TITLE, self._settings.currency, gross=True, rate=known, fix=tax_fix(TITLE, keeps_tax=self._change.keeps_tax)
        )


def _check_identity(change: ProductChange) -> None:
    check_name(change)
    check_sku(change.product)
    check_variants(change.product, "in Cartum it would be one without any")
    known = change.known
    if known is not None and known.noted(CartumPresent).is_group != bool(change.product.variants):
        how = "with modifications" if known.noted(CartumPresent).is_group else "without modifications"
        raise refuse_otherwise(TITLE, known, how)
