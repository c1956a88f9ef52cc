"""A change as SalesPOS takes it, before it is sent; pure.

The payload holds the product's own fields and a row for each variant. Categories, features and what variants differ in
are not fields there: the writer takes them from the change.
"""

from collections.abc import Iterator, Mapping, Sequence
from math import prod
from typing import Any

from shopbridge.connectors.salespos.catalogue.map import Terms, rates
from shopbridge.connectors.salespos.catalogue.prices import costs_of, option_rows, price_terms_of
from shopbridge.connectors.salespos.catalogue.surcharges import surcharges
from shopbridge.connectors.salespos.orders.lines import cut
from shopbridge.connectors.salespos.wire_products import (
    BY_VARIANT,
    LONGEST_NAME,
    LONGEST_SHORT_TEXT,
    CatalogueInput,
    ProductWhole,
)
from shopbridge.errors import Held
from shopbridge.mapping.prices import conversion_rate
from shopbridge.mapping.validation import validated
from shopbridge.model.catalogue import Product, ProductChange, ProductDraft, ProductField, TargetProduct, Variant

NEEDED: frozenset[ProductField] = frozenset({"name", "price", "tax"})
"""What a creation takes besides a package (client S4)."""
MOST_COMBINATIONS = 500
"""SalesPOS makes every combination of all values, sold or not, and each is a call."""


def plan(change: ProductChange, terms: Terms) -> ProductDraft:
    """The change in SalesPOS' shape.

    Raises:
        Held: It cannot be expressed there.
    """
    _check_variants(change.product)
    fields = change.fields | NEEDED if change.known is None else change.fields
    body = {name: value for name, value in _body(change, fields, terms) if value not in (None, "")}
    rows = [_row(variant, change, fields) for variant in change.product.variants]
    payload = checked(body | {"variants": rows}, change.product.sku).model_dump(exclude_none=True)
    converted_by = conversion_rate(change.prices, price_terms_of(change, terms))
    return ProductDraft(
        change=change, payload=payload, variant_of_row=tuple(range(len(rows))), converted_by=converted_by
    )


def checked(payload: Mapping[str, Any], sku: str) -> CatalogueInput:
    """The payload as SalesPOS takes it. Raises Held with the fields it would not take (code ``invalid_draft``)."""
    return validated(
        CatalogueInput,
        payload,
        refused=f"SalesPOS cannot take the product {sku} as it is mapped",
        where="SalesPOS",
        fix="Correct the field in the source, or look at the own field rules of the connection.",
    )


def _body(change: ProductChange, fields: frozenset[ProductField], terms: Terms) -> Iterator[tuple[str, Any]]:
    """The product's own fields; what the source leaves empty is not written, so nothing is ever emptied."""
    product, new = change.product, change.known is None
    if new:
        yield "productnumber", product.sku
    yield from ((name, value) for field, name, value in _texts(product) if field in fields)
    if "active" in fields:
        yield "active", product.active
    if "tax" in fields:
        yield "taxtariff", _tariff(product, terms, new=new)
    yield from _prices(change, terms)
    if product.variants and not _has_variants(change.known):
        yield "stocktype", BY_VARIANT
    yield from _stock(product, fields, new=new)


def _texts(product: Product) -> tuple[tuple[ProductField, str, str], ...]:
    return (
        ("name", "name", cut(product.name or product.sku, LONGEST_NAME)),
        ("short_text", "shortdescription", cut(product.short_text, LONGEST_SHORT_TEXT)),
        ("long_text", "description", product.long_text),
        ("ean", "eannumber", product.ean),
    )


def _has_variants(known: TargetProduct | None) -> bool:
    return known is not None and bool(known.noted(ProductWhole).variants)


def _prices(change: ProductChange, terms: Terms) -> Iterator[tuple[str, Any]]:
    costs = costs_of(change, terms)
    if costs is None:
        return
    if surcharges(option_rows(change.product.variants), costs.differences) is None:
        raise Held(
            f"What the variants of {change.product.sku} cost more or less is not a sum of amounts for their values",
            code="variant_price_not_expressible",
            where="SalesPOS",
            fix="SalesPOS adds a fixed amount for each value of an attribute: set the prices so, or keep this product "
            "out by its category.",
        )
    yield "price", costs.price
    yield "discount", costs.discount


def _stock(product: Product, fields: frozenset[ProductField], *, new: bool) -> Iterator[tuple[str, Any]]:
    figures = [variant.stock for variant in product.variants] or [product.stock]
    if "stock" in fields and any(figure is not None for figure in figures):
        if new:
            yield "stockenabled", True
        if not product.variants:
            yield "stock", product.stock


def _tariff(product: Product, terms: Terms, *, new: bool) -> str | None:
    """The tariff of the product's rate; None on an update when the source does not say."""
    if product.tax_rate is None and not new:
        return None
    tariff = next((found for rate, found in rates(terms.tariffs) if rate == product.tax_rate), None)
    if tariff is None:
        rate = f"{product.tax_rate.normalize():f}" if product.tax_rate is not None else ""
        raise Held(
            f"The tax of {product.sku}, {rate or 'which the source does not tell'}, has no tariff",
            code="no_tax_tariff",
            where="SalesPOS",
            fix=f"Add the key {rate!r} to tax_tariffs in the settings of SalesPOS."
            if rate
            else "Give the product a tax rate in the source.",
        )
    return tariff


def _row(variant: Variant, change: ProductChange, fields: frozenset[ProductField]) -> dict[str, Any]:
    row: dict[str, Any] = {"product_number": variant.sku}
    if "ean" in fields and variant.ean:
        row["ean_number"] = variant.ean
    if "stock" in fields and variant.stock is not None:
        row["stock"] = variant.stock
    if "active" in fields or change.known is None:
        row["active"] = variant.active
    return row


def _check_variants(product: Product) -> None:
    """Raise Held when SalesPOS could not tell the product or its variants apart."""
    for fault in _faults(product, option_rows(product.variants)):
        raise fault


def _faults(product: Product, rows: Sequence[tuple[tuple[str, str], ...]]) -> Iterator[Held]:
    skus = [product.sku, *(variant.sku for variant in product.variants)]
    attributes = {tuple(name for name, _ in row) for row in rows}
    if not all(skus):
        whose = "a variant has no number" if product.sku else "it has no number of its own"
        yield _not_expressible(product, whose, code="no_sku")
    if len({sku.casefold() for sku in skus}) < len(skus):
        yield _not_expressible(product, "two of its numbers are the same", code="duplicate_sku")
    if len(set(rows)) < len(rows):
        yield _not_expressible(product, "two of its variants have the same values", code="unclear_variants")
    if rows and (len(attributes) > 1 or () in attributes):
        fault = "its variants do not all have a value for the same attributes"
        yield _not_expressible(product, fault, code="variants_uneven")
    if prod(len(set(column)) for column in zip(*rows, strict=False)) > MOST_COMBINATIONS:
        fault = f"SalesPOS would make more than {MOST_COMBINATIONS} combinations of its values"
        yield _not_expressible(product, fault, code="too_many_combinations")


def _not_expressible(product: Product, fault: str, *, code: str) -> Held:
    return Held(
        f"The product {product.sku or product.name} cannot be expressed: {fault}",
        code=code,
        where="SalesPOS",
        fix="Correct it in the source; until then it is left alone.",
    )


def remarks_of(draft: ProductDraft) -> Iterator[str]:
    """What was cut to fit."""
    for field, text, longest in (
        ("name", draft.change.product.name, LONGEST_NAME),
        ("shortdescription", draft.change.product.short_text, LONGEST_SHORT_TEXT),
    ):
        if len(text) > longest and draft.payload.get(field) == cut(text, longest):
            yield f"The {'name' if field == 'name' else 'short text'} was cut to {longest} characters."
