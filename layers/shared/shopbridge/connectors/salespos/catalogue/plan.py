"""A change as SalesPOS takes it, before it is sent; pure.

The payload holds the product's own fields and a row for each variant. Categories, features and what variants differ in
are not fields there: the writer takes them from the change.
"""

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import prod
from typing import Any, TypeVar

from shopbridge.connectors.salespos.catalogue.read import Terms
from shopbridge.connectors.salespos.settings import rates_of, tariff_of
from shopbridge.connectors.salespos.wire_products import (
    BY_VARIANT,
    LONGEST_NAME,
    LONGEST_SHORT_TEXT,
    CatalogueInput,
    ProductWhole,
    cut,
)
from shopbridge.errors import Held
from shopbridge.mapping.prices import PriceTerms, amount_for, conversion_rate
from shopbridge.mapping.rounding import CENT, cents
from shopbridge.mapping.rules import TargetField, fields_of
from shopbridge.mapping.validation import validated
from shopbridge.model.catalogue import (
    CataloguePrice,
    Price,
    Product,
    ProductChange,
    ProductDraft,
    ProductField,
    Variant,
)

NEEDED: frozenset[ProductField] = frozenset({"name", "price", "tax"})
"""What a creation takes besides a package (client S4)."""
MOST_COMBINATIONS = 500
"""SalesPOS makes every combination of all values, sold or not, and each is a call."""
IDENTITY = frozenset({"productnumber", "stocktype", "variants[].product_number"})
"""What a product and its variants are found again by, and where their stock lies."""
NOTHING = Decimal(0)
Value = TypeVar("Value", bound=Hashable)
Row = dict[Value, Fraction]
"""One equation: how often each unknown counts."""


@dataclass(frozen=True)
class Costs:
    """Amounts as the account means them.

    Attributes:
        price: Before the discount.
        differences: What each of the product's variants costs more than the product, in their order.
    """

    price: Decimal
    discount: Decimal
    differences: tuple[Decimal, ...]


def plan(change: ProductChange, terms: Terms) -> ProductDraft:
    """Return the change in SalesPOS' shape.

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
    """Return the payload as SalesPOS takes it. Raises Held with the fields it would not take (``invalid_draft``)."""
    return validated(
        CatalogueInput,
        payload,
        refused=f"SalesPOS cannot take the product {sku} as it is mapped",
        where="SalesPOS",
        fix="Correct the field in the source, or look at the own field rules of the connection.",
    )


def _body(change: ProductChange, fields: frozenset[ProductField], terms: Terms) -> Iterator[tuple[str, Any]]:
    """The product's own fields; what the source leaves empty is not written, so nothing is ever emptied."""
    product, known, new = change.product, change.known, change.known is None
    if new:
        yield "productnumber", product.sku
    yield from ((name, value) for field, name, value in _texts(product) if field in fields)
    if "active" in fields:
        yield "active", product.active
    if "tax" in fields:
        yield "taxtariff", _tariff(product, terms, new=new)
    yield from _prices(change, terms)
    if product.variants and not (known and known.noted(ProductWhole).variants):
        yield "stocktype", BY_VARIANT
    yield from _stock(product, fields, new=new)


def _texts(product: Product) -> tuple[tuple[ProductField, str, str], ...]:
    return (
        ("name", "name", cut(product.name or product.sku, LONGEST_NAME)),
        ("short_text", "shortdescription", cut(product.short_text, LONGEST_SHORT_TEXT)),
        ("long_text", "description", product.long_text),
        ("ean", "eannumber", product.ean),
    )


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
    tariff = tariff_of(product.tax_rate, terms.tariffs)
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
    """Yield what was cut to fit."""
    for field, text, longest in (
        ("name", draft.change.product.name, LONGEST_NAME),
        ("shortdescription", draft.change.product.short_text, LONGEST_SHORT_TEXT),
    ):
        if len(text) > longest and draft.payload.get(field) == cut(text, longest):
            yield f"The {'name' if field == 'name' else 'short text'} was cut to {longest} characters."


def product_fields() -> dict[str, TargetField]:
    """Return every field of a product and its variants that a merchant's rule may fill, by its path."""
    return {field.path: field for field in fields_of(CatalogueInput) if field.path not in IDENTITY}


def costs_of(change: ProductChange, terms: Terms) -> Costs | None:
    """Return what is to be written; None when prices are not carried and SalesPOS has one already.

    Raises:
        Held: There is no price, or it cannot be expressed.
    """
    if "price" not in change.fields and change.known is not None:
        return None
    price_terms = price_terms_of(change, terms)
    base = change.price or _own_price(change.product)
    prices = [_variant_price(change, variant) for variant in change.product.variants]
    if change.price is None:
        _refuse_free(prices or [base], change.product)
    regular, discount = _amounts(base, price_terms)
    variants = [_amounts(price, price_terms) for price in prices]
    discounts = {part for _, part in variants} or {discount}
    if len(discounts) > 1:
        raise Held(
            f"The variants of {change.product.sku} are reduced by different amounts",
            code="variant_sale_differs",
            where="SalesPOS",
            fix="SalesPOS has one discount for all variants of a product: give them the same one, or leave the price "
            "group of sales empty in products.prices.",
        )
    return Costs(regular, discounts.pop(), tuple(price - regular for price, _ in variants))


def price_terms_of(change: ProductChange, terms: Terms) -> PriceTerms:
    """Return how SalesPOS will keep the product's prices: a tariff that stands for several percentages tells none."""
    rate = change.rate_after
    told = change.keeps_tax or len(rates_of(tariff_of(rate, terms.tariffs), terms.tariffs)) <= 1
    fix = "Give the tariff of the product exactly one percentage in tax_tariffs in the settings of SalesPOS."
    return PriceTerms("SalesPOS", terms.currency, terms.gross, rate if told else None, fix)


def _refuse_free(prices: Sequence[CataloguePrice], product: Product) -> None:
    """Nobody chose the source's own price, so nobody chose to give the product away."""
    if any(cents((price.sale or price.regular).amount) <= NOTHING for price in prices):
        raise Held(
            f"{product.sku} would be given away: prices are not carried, and its own at the source is 0",
            code="free_product",
            where="SalesPOS",
            fix="Give it a price at the source, or make the product in SalesPOS by hand; the next run finds it.",
        )


def _variant_price(change: ProductChange, variant: Variant) -> CataloguePrice:
    if change.price is not None:
        return change.variant_prices.get(variant.sku, change.price)
    return _chosen(variant.prices) or _own_price(change.product)


def _own_price(product: Product) -> CataloguePrice:
    """A new product needs a price even where prices are not carried: the source's own."""
    price = _chosen(product.prices)
    if price is None:
        raise Held(
            f"The product {product.sku} has no price",
            code="no_price",
            where="SalesPOS",
            fix="SalesPOS takes no product without one: give it a price in the source.",
        )
    return price


def _chosen(prices: dict[str, Price]) -> CataloguePrice | None:
    regular, sale = prices.get("regular"), prices.get("sale")
    return CataloguePrice(regular=regular, sale=sale) if regular else None


def _amounts(price: CataloguePrice, terms: PriceTerms) -> tuple[Decimal, Decimal]:
    """Return price and discount; no discount where the sale is none."""
    regular = cents(amount_for(price.regular, terms))
    sale = cents(amount_for(price.sale, terms)) if price.sale else regular
    return regular, max(regular - sale, NOTHING)


def option_rows(variants: Sequence[Variant]) -> list[tuple[tuple[str, str], ...]]:
    """Return attribute and value of each variant, the attributes in the same order."""
    return [tuple(sorted(variant.options.items())) for variant in variants]


def surcharges(made_of: Sequence[Sequence[Value]], differences: Sequence[Decimal]) -> Mapping[Value, Decimal] | None:
    """Return whole cents for each value that add up to every variant's difference; None when there are none.

    Where several answers are possible, the values that come first in ``made_of`` bear the difference.

    Args:
        made_of: The values of each variant, those of one attribute at the same place.
    """
    solved: dict[Value, tuple[Row[Value], Fraction]] = {}
    for values, difference in zip(made_of, differences, strict=True):
        row, rest = _reduced({value: Fraction(1) for value in values}, Fraction(difference), solved)
        if row:
            unknown, factor = next(iter(row.items()))
            others = {value: count / factor for value, count in row.items() if value != unknown}
            solved[unknown] = (others, rest / factor)
        elif rest:
            return None
    return _in_cents(_substituted(solved), made_of)


def _reduced(
    row: Row[Value], rest: Fraction, solved: Mapping[Value, tuple[Row[Value], Fraction]]
) -> tuple[Row[Value], Fraction]:
    """The equation without the unknowns that others have solved. Each step brings in later ones only, so it ends."""
    while (unknown := next((value for value in row if value in solved), None)) is not None:
        factor = row.pop(unknown)
        others, amount = solved[unknown]
        rest -= factor * amount
        for value, count in others.items():
            row[value] = row.get(value, Fraction(0)) - factor * count
        row = {value: count for value, count in row.items() if count}
    return row, rest


def _substituted(solved: dict[Value, tuple[Row[Value], Fraction]]) -> dict[Value, Fraction]:
    """The unknowns from the last equation to the first; what no equation settles adds nothing."""
    found: dict[Value, Fraction] = {}
    for unknown, (others, amount) in reversed(solved.items()):
        found[unknown] = amount - sum(count * found.get(value, Fraction(0)) for value, count in others.items())
    return found


def _in_cents(found: Mapping[Value, Fraction], made_of: Sequence[Sequence[Value]]) -> Mapping[Value, Decimal] | None:
    amounts = {value: found.get(value, Fraction(0)) for values in made_of for value in values}
    if any((amount / Fraction(CENT)).denominator != 1 for amount in amounts.values()):
        return None
    return {value: cents(Decimal(amount.numerator) / amount.denominator) for value, amount in amounts.items()}
