"""A planned product as the records of a sync, once everything it refers to has an id; pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from shopbridge.connectors.shopware.catalogue.find import Present, PresentVariant, ids_of, present_of
from shopbridge.connectors.shopware.catalogue.plan import VARIANTS
from shopbridge.connectors.shopware.catalogue.prices import no_price, price_list
from shopbridge.connectors.shopware.catalogue.references import (
    References,
    feature_pairs,
    tax_rate,
    variant_pairs,
    writes_tax,
)
from shopbridge.connectors.shopware.facts import in_language, our_id
from shopbridge.errors import Held
from shopbridge.mapping.json_data import json_number
from shopbridge.model.catalogue import ProductChange, ProductDraft, Variant

EVERYWHERE = 30
"""A product with this visibility is in lists, is found, and is reached by its link (D9)."""

Link = Mapping[str, str]


@dataclass(frozen=True)
class ProductRecord:
    """What is sent for one product.

    Attributes:
        record: The product itself; holds nothing but its id when it is left as it is.
        children: The records of its variants, as far as they are to be written.
        unlinked: Joins to be removed, by their entity.
        made: The number of each record that is new, by id.
        remarks: What could not be carried over, each a sentence.
    """

    record: dict[str, Any]
    children: tuple[dict[str, Any], ...]
    unlinked: Mapping[str, Sequence[Link]]
    made: Mapping[str, str]
    remarks: tuple[str, ...]

    @property
    def id(self) -> str:
        """The product's id."""
        return str(self.record["id"])

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to write."""
        return len(self.record) == 1 and not self.children and not any(self.unlinked.values())


@dataclass(frozen=True)
class VariantRecord:
    """What is sent for one variant.

    Attributes:
        record: Holds nothing but its id when it is left as it is.
        options: All its values.
        surplus: Joins with values that it should not have.
    """

    record: dict[str, Any]
    options: tuple[str, ...]
    surplus: Sequence[Link]


def record_of(draft: ProductDraft, refs: References) -> ProductRecord:
    """Put a draft into records.

    Raises:
        Held: It refers to something that the shop does not have and does not take, or to a currency it cannot have.
    """
    change, known, present = draft.change, draft.change.known, present_of(draft.change)
    row = known.id if known else our_id("product", change.product.sku)
    rate = tax_rate(change) if change.price or writes_tax(change) else None
    variants = variant_records(draft, present, refs, rate)
    added, removed = _links(row, change, present, refs)
    record = {
        "id": row,
        **_fields(draft, refs),
        **_tax(change, refs),
        **_price(change, present, refs, rate),
        **added,
        **_axes(row, variants, present),
        **(_visibilities(row, refs.channels) if known is None else {}),
    }
    children = [each.record for each in variants]
    if known is None and change.price is None:
        record["active"] = False
        children = [{name: value for name, value in child.items() if name != "active"} for child in children]
    options = [link for each in variants for link in each.surplus]
    return ProductRecord(
        record=record,
        children=tuple(child for child in children if len(child) > 1),
        unlinked={**removed, "product_option": options},
        made=_made(change, present, row),
        remarks=tuple(_remarks(draft, present, refs)),
    )


def _links(
    row: str, change: ProductChange, present: Present, refs: References
) -> tuple[dict[str, Any], dict[str, Sequence[Link]]]:
    """Categories and properties to add, and the joins that no longer apply.

    Lists only add (D8), so what is there beyond the source's is removed; both only when the field is written.
    """
    added: dict[str, Any] = {}
    removed: dict[str, Sequence[Link]] = {}
    if "categories" in change.fields:
        known = ids_of(present.categories)
        added["categories"] = _fresh(change.categories, known)
        removed["product_category"] = _surplus(row, "categoryId", change.categories, known)
    if "features" in change.fields:
        found = [refs.id(pair, present.groups) for pair in feature_pairs(change)]
        known, wanted = ids_of(present.properties), [each for each in found if each]
        added["properties"] = _fresh(wanted, known)
        removed["product_property"] = _surplus(row, "optionId", wanted, known)
    return {name: rows for name, rows in added.items() if rows}, removed


def _fresh(wanted: Iterable[str], known: Sequence[str]) -> list[dict[str, str]]:
    return [{"id": each} for each in dict.fromkeys(wanted) if each not in known]


def _surplus(row: str, name: str, wanted: Sequence[str], known: Sequence[str]) -> list[Link]:
    return [{"productId": row, name: each} for each in known if each not in wanted]


def _fields(draft: ProductDraft, refs: References) -> dict[str, Any]:
    """The payload's own fields, in the chosen language, as far as this release has them."""
    left_out = {VARIANTS} if refs.facts.features.teaser else {VARIANTS, "descriptionTeaser"}
    fields = {name: value for name, value in draft.payload.items() if name not in left_out}
    return in_language(_sent(fields), refs.facts.language, is_new=draft.change.known is None)


def _sent(record: Mapping[str, Any]) -> dict[str, Any]:
    return {name: json_number(value) if isinstance(value, Decimal) else value for name, value in record.items()}


def _tax(change: ProductChange, refs: References) -> dict[str, Any]:
    """A tax of the right rate stays: a shop may have several of one rate."""
    if not writes_tax(change):
        return {}
    rate = tax_rate(change)
    return {} if change.known and change.known.tax_rate == rate else {"taxId": refs.tax(rate)}


def _price(change: ProductChange, present: Present, refs: References, rate: Decimal | None) -> dict[str, Any]:
    if change.price is None or rate is None:
        return {} if change.known else {"price": no_price()}
    return {"price": price_list(change.price, rate, refs.facts.currency, present.prices)}


def _axes(row: str, variants: Sequence[VariantRecord], present: Present) -> dict[str, Any]:
    """The values buyers choose from. A second row for the same value is refused (C9), so only new ones are sent."""
    values = dict.fromkeys(option for each in variants for option in each.options if option not in present.axes)
    rows = [{"id": our_id("product_configurator_setting", row, option), "optionId": option} for option in values]
    return {"configuratorSettings": rows} if rows else {}


def _visibilities(row: str, channels: Sequence[str]) -> dict[str, Any]:
    rows = [
        {"id": our_id("product_visibility", row, channel), "salesChannelId": channel, "visibility": EVERYWHERE}
        for channel in channels
    ]
    return {"visibilities": rows} if rows else {}


def _made(change: ProductChange, present: Present, row: str) -> dict[str, str]:
    fresh = (each.sku for each in change.product.variants if each.sku not in present.variants)
    made = {variant_id(sku): sku for sku in fresh}
    return made if change.known else {row: change.product.sku, **made}


def _remarks(draft: ProductDraft, present: Present, refs: References) -> Iterable[str]:
    change = draft.change
    if change.known is None and change.price is None:
        yield "It was created switched off and without a price, since prices are not carried."
    if change.known is None and not refs.channels:
        yield "It is shown in no sales channel: visible_in of the connection's Shopware side names none."
    if draft.payload.get("descriptionTeaser") and not refs.facts.features.teaser:
        yield (
            "The short text was left out: Shopware has a field for it only from 6.7.12 on; short_text_field of the "
            "connection's Shopware side can name another."
        )
    for name, value in feature_pairs(change):
        if problem := refs.problem((name, value), present.groups):
            yield f"The property {name}: {value} was left out, Shopware refuses it ({problem.text})."
    ours = {variant.sku for variant in change.product.variants}
    if foreign := sorted(sku for sku in present.variants if sku not in ours):
        yield f"Shopware has variants that the source does not have; they were left as they are: {', '.join(foreign)}."


def variant_id(sku: str) -> str:
    """Return the id of a variant that we make."""
    return our_id("product", sku)


def variant_records(
    draft: ProductDraft, present: Present, refs: References, rate: Decimal | None
) -> list[VariantRecord]:
    """Return one for each row of the payload.

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


def _refuse_others_values(change: ProductChange, records: Sequence[VariantRecord], present: Present) -> None:
    """Two variants of the same values would be one choice for buyers: most likely the number was changed."""
    ours = {variant.sku for variant in change.product.variants}
    owners = {frozenset(each.option_ids): sku for sku, each in present.variants.items() if sku not in ours}
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
    present: Present,
    refs: References,
    rate: Decimal | None,
) -> VariantRecord:
    known = present.variants.get(variant.sku)
    options = tuple(refs.option(pair, present.groups) for pair in variant_pairs(variant))
    there = known.option_ids if known else ()
    fresh = [{"id": option} for option in options if option not in there]
    record = {
        **(_updated(row, refs.facts.language) if known else row),
        **_variant_price(change, variant, known, refs, rate),
        **({"options": fresh} if fresh else {}),
    }
    row_id = known.id if known else variant_id(variant.sku)
    return VariantRecord({"id": row_id, **_sent(record)}, options, _surplus(row_id, "optionId", options, there))


def _updated(row: Mapping[str, Any], language: str) -> dict[str, Any]:
    """The number is what it was found by, so it stays."""
    fields = {name: value for name, value in row.items() if name != "productNumber"}
    return in_language(fields, language, is_new=False)


def _variant_price(
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
    return {"price": price_list(own, rate if own_rate is None else own_rate, refs.facts.currency, stored)}
