"""A planned product as the records of a sync, once everything it refers to has an id; pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from shopbridge.connectors.shopware.catalogue.find import Present, PresentVariant
from shopbridge.connectors.shopware.catalogue.plan import VARIANTS
from shopbridge.connectors.shopware.catalogue.prices import no_price, price_list
from shopbridge.connectors.shopware.catalogue.references import (
    References,
    feature_pairs,
    tax_rate,
    variant_pairs,
    writes_tax,
)
from shopbridge.connectors.shopware.facts import created_texts, our_id, updated_texts
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
        surplus: Values it has and should not have.
    """

    record: dict[str, Any]
    options: tuple[str, ...]
    surplus: tuple[str, ...]


def record_of(draft: ProductDraft, refs: References) -> ProductRecord:
    """Put a draft into records.

    Raises:
        Held: It refers to something that the shop does not have and does not take, or to a currency it cannot have.
    """
    change, known = draft.change, draft.change.known
    present = Present.of(known) if known else None
    row = known.id if known else our_id("product", change.product.sku)
    rate = tax_rate(change) if change.price or writes_tax(change) else None
    variants = variant_records(draft, present, refs, rate)
    links = _links(change, present, refs)
    record = {
        "id": row,
        **_fields(draft, refs),
        **_tax(change, refs),
        **_price(change, present, refs, rate),
        **links.added,
        **_axes(row, variants, present),
        **(_visibilities(row, refs.channels) if known is None else {}),
    }
    children = [each.record for each in variants]
    if known is None and change.price is None:
        record["active"] = False
        children = [{name: value for name, value in child.items() if name != "active"} for child in children]
    options = [{"productId": each.record["id"], "optionId": option} for each in variants for option in each.surplus]
    return ProductRecord(
        record=record,
        children=tuple(child for child in children if len(child) > 1),
        unlinked={**links.removed(row), "product_option": options},
        made=_made(change, present, row),
        remarks=tuple(_remarks(draft, present, refs)),
    )


@dataclass(frozen=True)
class _Links:
    """Categories and properties: those to add, and those that no longer apply."""

    added: dict[str, Any] = field(default_factory=dict)
    categories: tuple[str, ...] = ()
    properties: tuple[str, ...] = ()

    def removed(self, row: str) -> dict[str, Sequence[Link]]:
        return {
            "product_category": [{"productId": row, "categoryId": each} for each in self.categories],
            "product_property": [{"productId": row, "optionId": each} for each in self.properties],
        }


def _links(change: ProductChange, present: Present | None, refs: References) -> _Links:
    """Lists only add (D8), so what is there beyond the source's is removed; both only when the field is written."""
    categories: Sequence[str] | None = change.categories if "categories" in change.fields else None
    found = [refs.options.id(pair, present.groups if present else ()) for pair in feature_pairs(change)]
    properties = [each for each in found if each] if "features" in change.fields else None
    known_categories, known_properties = (present.categories, present.properties) if present else ((), ())
    added = {
        "categories": _fresh(categories or (), known_categories),
        "properties": _fresh(properties or (), known_properties),
    }
    return _Links(
        {name: rows for name, rows in added.items() if rows},
        _surplus(categories, known_categories),
        _surplus(properties, known_properties),
    )


def _fresh(wanted: Iterable[str], known: Sequence[str]) -> list[dict[str, str]]:
    return [{"id": each} for each in dict.fromkeys(wanted) if each not in known]


def _surplus(wanted: Sequence[str] | None, known: Sequence[str]) -> tuple[str, ...]:
    return () if wanted is None else tuple(each for each in known if each not in wanted)


def _fields(draft: ProductDraft, refs: References) -> dict[str, Any]:
    """The payload's own fields, in the chosen language, as far as this release has them."""
    left_out = {VARIANTS} if refs.teaser else {VARIANTS, "descriptionTeaser"}
    fields = {
        name: json_number(value) if isinstance(value, Decimal) else value
        for name, value in draft.payload.items()
        if name not in left_out
    }
    texts = created_texts if draft.change.known is None else updated_texts
    return texts(fields, refs.language)


def _tax(change: ProductChange, refs: References) -> dict[str, Any]:
    """A tax of the right rate stays: a shop may have several of one rate."""
    if not writes_tax(change):
        return {}
    rate = tax_rate(change)
    return {} if change.known and change.known.tax_rate == rate else {"taxId": refs.tax(rate)}


def _price(change: ProductChange, present: Present | None, refs: References, rate: Decimal | None) -> dict[str, Any]:
    if change.price is None or rate is None:
        return {} if present else {"price": no_price()}
    return {"price": price_list(change.price, rate, refs.currency, present.prices if present else ())}


def _axes(row: str, variants: Sequence[VariantRecord], present: Present | None) -> dict[str, Any]:
    """The values buyers choose from. A second row for the same value is refused (C9), so only new ones are sent."""
    offered = present.axes if present else ()
    values = dict.fromkeys(option for each in variants for option in each.options if option not in offered)
    rows = [{"id": our_id("product_configurator_setting", row, option), "optionId": option} for option in values]
    return {"configuratorSettings": rows} if rows else {}


def _visibilities(row: str, channels: Sequence[str]) -> dict[str, Any]:
    rows = [
        {"id": our_id("product_visibility", row, channel), "salesChannelId": channel, "visibility": EVERYWHERE}
        for channel in channels
    ]
    return {"visibilities": rows} if rows else {}


def _made(change: ProductChange, present: Present | None, row: str) -> dict[str, str]:
    known = present.variants if present else {}
    fresh = {variant_id(each.sku): each.sku for each in change.product.variants if each.sku not in known}
    return fresh if present else {row: change.product.sku, **fresh}


def _remarks(draft: ProductDraft, present: Present | None, refs: References) -> Iterable[str]:
    change = draft.change
    if present is None and change.price is None:
        yield "It was created switched off and without a price, since prices are not carried."
    if present is None and not refs.channels:
        yield "It is shown in no sales channel: visible_in of the connection's Shopware side names none."
    if draft.payload.get("descriptionTeaser") and not refs.teaser:
        yield (
            "The short text was left out: Shopware has a field for it only from 6.7.12 on; short_text_field of the "
            "connection's Shopware side can name another."
        )
    for name, value in feature_pairs(change):
        if problem := refs.options.problem((name, value), present.groups if present else ()):
            yield f"The property {name}: {value} was left out, Shopware refuses it ({problem.text})."
    ours = {variant.sku for variant in change.product.variants}
    if foreign := sorted(sku for sku in (present.variants if present else ()) if sku not in ours):
        yield f"Shopware has variants that the source does not have; they were left as they are: {', '.join(foreign)}."


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
        **_variant_price(change, variant, known, refs, rate),
        **({"options": fresh} if fresh else {}),
    }
    plain = {name: json_number(value) if isinstance(value, Decimal) else value for name, value in record.items()}
    surplus = tuple(option for option in known.options if option not in options) if known else ()
    return VariantRecord({"id": known.id if known else variant_id(variant.sku), **plain}, options, surplus)


def _updated(row: Mapping[str, Any], language: str) -> dict[str, Any]:
    """The number is what it was found by, so it stays."""
    return updated_texts({name: value for name, value in row.items() if name != "productNumber"}, language)


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
    return {"price": price_list(own, rate if own_rate is None else own_rate, refs.currency, stored)}
