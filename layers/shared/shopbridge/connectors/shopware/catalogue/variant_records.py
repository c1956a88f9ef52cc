"""The variants of a planned product as records of a sync; pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from shopbridge.connectors.shopware.catalogue.find import Present, PresentVariant
from shopbridge.connectors.shopware.catalogue.plan import VARIANTS
from shopbridge.connectors.shopware.catalogue.prices import price_list
from shopbridge.connectors.shopware.catalogue.references import References, variant_pairs
from shopbridge.connectors.shopware.ids import our_id
from shopbridge.connectors.shopware.texts import updated_texts
from shopbridge.errors import Held
from shopbridge.mapping.json_data import json_number
from shopbridge.model.catalogue import ProductChange, ProductDraft, Variant


@dataclass(frozen=True)
class VariantRecord:
    """What is sent for one variant.

    Attributes:
        record: Holds nothing but its id when it is left as it is.
        options: All its values.
        surplus: Values it has and should not have.
    """

    record: dict[str, Any]
    options: tuple[str, ...]
    surplus: tuple[str, ...]


def variant_id(sku: str) -> str:
    """The id of a variant that we make."""
    return our_id("product", sku)


def variant_records(
    draft: ProductDraft, present: Present | None, refs: References, rate: Decimal | None
) -> list[VariantRecord]:
    """One for each row of the payload.

    Raises:
        Held: A value or a price cannot be written, or the shop sells these values under another number.
    """
    change = draft.change
    rows = zip(draft.payload[VARIANTS], draft.variant_of_row, strict=True)
    records = [
        _record(change, row, change.product.variants[index], present, refs, rate)
        for row, index in rows
        if index is not None
    ]
    _refuse_others_values(change, records, present)
    return records


def _refuse_others_values(change: ProductChange, records: Sequence[VariantRecord], present: Present | None) -> None:
    """Two variants of the same values would be one choice for buyers: most likely the number was changed."""
    ours = {variant.sku for variant in change.product.variants}
    others = present.variants.items() if present else ()
    owners = {frozenset(variant.options): sku for sku, variant in others if sku not in ours}
    for record in records:
        other = owners.get(frozenset(record.options)) if "options" in record.record else None
        if other:
            raise Held(
                f"The values of a variant of {change.product.sku!r} belong to the number {other!r} in Shopware",
                code="variant_has_other_number",
                fix=f"If it is the same variant, give {other!r} in Shopware the number that it has at the source; else "
                "remove it there.",
            )


def _record(
    change: ProductChange,
    row: Mapping[str, Any],
    variant: Variant,
    present: Present | None,
    refs: References,
    rate: Decimal | None,
) -> VariantRecord:
    known = present.variants.get(variant.sku) if present else None
    used = present.groups if present else ()
    options = tuple(refs.option(pair, used) for pair in variant_pairs(variant))
    fresh = [{"id": option} for option in options if known is None or option not in known.options]
    record = {
        **(_updated(row, refs.language) if known else row),
        **_price(change, variant, known, refs, rate),
        **({"options": fresh} if fresh else {}),
    }
    plain = {name: json_number(value) if isinstance(value, Decimal) else value for name, value in record.items()}
    surplus = tuple(option for option in known.options if option not in options) if known else ()
    return VariantRecord({"id": known.id if known else variant_id(variant.sku), **plain}, options, surplus)


def _updated(row: Mapping[str, Any], language: str) -> dict[str, Any]:
    """The number is what it was found by, so it stays."""
    return updated_texts({name: value for name, value in row.items() if name != "productNumber"}, language)


def _price(
    change: ProductChange, variant: Variant, known: PresentVariant | None, refs: References, rate: Decimal | None
) -> dict[str, Any]:
    """Its own price, if it has one, by its own tax if it has that; null takes the product's again."""
    if change.price is None or rate is None:
        return {}
    stored = known.prices if known else ()
    own = change.variant_prices.get(variant.sku)
    if own is None:
        return {"price": None} if stored else {}
    own_rate = known.tax_rate if known else None
    return {"price": price_list(own, rate if own_rate is None else own_rate, refs.currency, stored)}
