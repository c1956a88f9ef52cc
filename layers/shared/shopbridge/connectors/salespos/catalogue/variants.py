"""Gives a product its variants: SalesPOS makes them itself, one for each combination of the linked values (client S4).

A variant is known by its number. One that is missing gets its values: attributes and values that do not exist are
made, linked to the product, and among the combinations SalesPOS then makes, the one with these values gets the number.
Everything is looked at before it is made, so a second time does only what is missing.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from shopbridge.connectors.salespos.api import NamedIds, all_pages, patch, post, send_change
from shopbridge.connectors.salespos.catalogue.plan import option_rows, surcharges
from shopbridge.connectors.salespos.wire_products import (
    ATTRIBUTES,
    LINKED_VALUES,
    MENU,
    VARIANTS,
    AttributeRead,
    LinkedValueRead,
    ProductWhole,
    VariantInput,
    VariantRead,
    variant_sku,
)
from shopbridge.errors import Held, OutcomeUnknown
from shopbridge.http.client import PlatformClient
from shopbridge.mapping.json_data import plain
from shopbridge.mapping.names import caseless
from shopbridge.model.catalogue import Variant

ValueIds = tuple[int, ...]
"""The ids of the values a variant is made of, by attribute."""


@dataclass(frozen=True)
class WantedVariant:
    """A variant as it should be.

    Attributes:
        row: What is to be written on it.
        difference: What it costs more than the product; None when prices are left alone.
    """

    variant: Variant
    row: VariantInput
    difference: Decimal | None


class VariantWriter:
    """Writes the variants of one product after the other."""

    def __init__(self, client: PlatformClient) -> None:
        self._client = client
        self._attributes = Attributes(client)

    def forget(self) -> None:
        """Drop what we know, since something was refused: it may be old."""
        self._attributes.forget()

    def write(
        self, product: ProductWhole, wanted: Sequence[WantedVariant], *, unfinished: bool
    ) -> tuple[bool, tuple[str, ...]]:
        """Make what is missing, then write what differs. Gives whether anything did, and remarks, each a sentence.

        Args:
            unfinished: The product is just being created: combinations that nobody wants are taken off sale.

        Raises:
            Held: SalesPOS has the values of a variant under another number, or other attributes.
        """
        present = _by_number(product, product.variants)
        missing = [each for each in wanted if each.variant.sku not in present]
        misnamed = tuple(_other_values(product, present, wanted))
        values = {sku: _value_ids(variant) for sku, variant in present.items()}
        values |= self._values(product, missing, unfinished=unfinished)
        prices = _prices([values[each.variant.sku] for each in wanted], wanted)
        changed, variants = bool(missing), product.variants
        if missing:
            variants = self._complete(product, missing, values, prices, unfinished=unfinished)
        made = {each.variant.sku: _combination(product, variants, each, values) for each in missing}
        for each in wanted:
            sku = each.variant.sku
            changed |= self._write((present | made)[sku], each, new=sku in made)
        changed |= self._reprice(product, variants, prices)
        others = sorted(set(_by_number(product, variants)) - {each.variant.sku for each in wanted})
        surplus = (f"SalesPOS also has the variant {sku}, which the source has not." for sku in others)
        return changed, (*surplus, *misnamed)

    def _values(
        self, product: ProductWhole, missing: Sequence[WantedVariant], *, unfinished: bool
    ) -> dict[str, ValueIds]:
        """Which values the missing variants are made of; those that do not exist are made."""
        rows = option_rows([each.variant for each in missing])
        found = [[self._attributes.ids(name, value) for name, value in row] for row in rows]
        there = {part.attribute.id for variant in product.variants for part in variant.combination}
        if there and not unfinished and any({attribute for attribute, _ in row} != there for row in found):
            raise Held(
                f"The variants of {product.productnumber} differ in other attributes in SalesPOS",
                code="attributes_differ",
                where=f"SalesPOS product {product.id}",
                fix="SalesPOS would make all its variants anew, without their stock: change the attributes there by "
                "hand, or products.attributes of the connection.",
            )
        return {
            each.variant.sku: tuple(value for _, value in sorted(row)) for each, row in zip(missing, found, strict=True)
        }

    def _complete(
        self,
        product: ProductWhole,
        missing: Sequence[WantedVariant],
        values: Mapping[str, ValueIds],
        prices: Mapping[int, Decimal],
        *,
        unfinished: bool,
    ) -> Sequence[VariantRead]:
        """Link the values that are missing; gives the combinations there are then."""
        path = f"/products/{product.id}/productattributevalues/"
        linked = {link.optionvalue_id for link in self._links(product.id)}
        new = dict.fromkeys(value for each in missing for value in values[each.variant.sku] if value not in linked)
        for value in new:
            link = {"optionvalue": value, "price": plain(prices.get(value, Decimal(0)))}
            send_change(self._client, post(path, link))
        before = set() if unfinished else _combinations_before(product, values)
        variants = tuple(all_pages(self._client, f"/products/{product.id}/attributecombinations/", VARIANTS))
        wanted = {frozenset(made) for made in values.values()}
        for variant in variants:
            surplus = frozenset(_value_ids(variant)) not in wanted and not variant_sku(product, variant)
            if surplus and variant.active and variant.id not in before:
                self._send(variant.id, {"active": False})
        return variants

    def _links(self, product: int) -> Iterator[LinkedValueRead]:
        return all_pages(self._client, f"/products/{product}/productattributevalues/", LINKED_VALUES)

    def _write(self, variant: VariantRead, wanted: WantedVariant, *, new: bool) -> bool:
        """Write what differs. A new one gets its number and is for sale as its source is; a known one keeps its own."""
        fields = wanted.row.model_dump(exclude_none=True, exclude=None if new else {"product_number"})
        now = variant.model_dump()
        active = {"active": wanted.variant.active} if new else {}
        changes = {name: value for name, value in (active | fields).items() if name not in now or now[name] != value}
        if changes:
            self._send(variant.id, changes)
        return bool(changes)

    def _send(self, variant: int, changes: Mapping[str, object]) -> None:
        send_change(self._client, patch(f"/attributecombinations/{variant}/", plain(changes)))

    def _reprice(self, product: ProductWhole, variants: Sequence[VariantRead], prices: Mapping[int, Decimal]) -> bool:
        """Set what each value adds, where it adds something else."""
        now = {part.attribute_value.id: part.extra_price for each in variants for part in each.combination}
        wrong = {value for value, price in prices.items() if now.get(value, price) != price}
        for link in self._links(product.id) if wrong else ():
            if link.optionvalue_id in wrong:
                body = {"price": plain(prices[link.optionvalue_id])}
                send_change(self._client, patch(f"/productattributevalues/{link.id}/", body))
        return bool(wrong)


def _by_number(product: ProductWhole, variants: Sequence[VariantRead]) -> dict[str, VariantRead]:
    return {sku: variant for variant in variants if (sku := variant_sku(product, variant))}


def _combinations_before(product: ProductWhole, values: Mapping[str, ValueIds]) -> set[int]:
    """The combinations that were not made for the missing variants, whose values an earlier try may have linked."""
    numbered = {value for each in _by_number(product, product.variants).values() for value in _value_ids(each)}
    ours = {value for made in values.values() for value in made} - numbered if numbered else set()
    return {variant.id for variant in product.variants if ours.isdisjoint(_value_ids(variant))}


def _other_values(
    product: ProductWhole, present: Mapping[str, VariantRead], wanted: Sequence[WantedVariant]
) -> Iterator[str]:
    """A sentence for each variant with other values in SalesPOS. Raises Held when those wanted are another one's."""
    owners = {_names(variant.options): sku for sku, variant in present.items()}
    for each in wanted:
        sku, names = each.variant.sku, _names(each.variant.options)
        there = present[sku].options if sku in present else each.variant.options
        if _names(there) == names:
            continue
        if names in owners:
            raise _belongs_to_other(product, sku, owners[names])
        yield f"In SalesPOS the variant {sku} is still {', '.join(there.values())}: values are not changed there."


def _names(options: Mapping[str, str]) -> frozenset[tuple[str, str]]:
    return frozenset((caseless(name), caseless(value)) for name, value in options.items())


def _belongs_to_other(product: ProductWhole, sku: str, other: str) -> Held:
    return Held(
        f"The values of {sku} belong to the number {other} in SalesPOS",
        code="variant_has_other_number",
        where=f"SalesPOS product {product.id}",
        fix=f"Change the number {other} to {sku} in SalesPOS if it is the same variant.",
    )


def _value_ids(variant: VariantRead) -> ValueIds:
    return tuple(part.attribute_value.id for part in sorted(variant.combination, key=lambda part: part.attribute.id))


def _prices(made_of: Sequence[ValueIds], wanted: Sequence[WantedVariant]) -> Mapping[int, Decimal]:
    """What each value adds; nothing where prices are left alone."""
    differences = [each.difference for each in wanted if each.difference is not None]
    if len(differences) < len(wanted):
        return {}
    prices = surcharges(made_of, differences)
    if prices is None:
        raise Held(
            "What the variants cost more or less is not a sum of amounts for the values they have in SalesPOS",
            code="variant_price_not_expressible",
            where="SalesPOS",
            fix="Compare the values of the variants in SalesPOS with the source, and set the prices by value.",
        )
    return prices


def _combination(
    product: ProductWhole, variants: Sequence[VariantRead], wanted: WantedVariant, values: Mapping[str, ValueIds]
) -> VariantRead:
    """The combination SalesPOS made for a variant that is to get its number."""
    sku = wanted.variant.sku
    made = frozenset(values[sku])
    found = next((variant for variant in variants if frozenset(_value_ids(variant)) == made), None)
    if found is None:
        raise OutcomeUnknown(f"SalesPOS does not list the combination for {sku} yet", where=f"product {product.id}")
    other = variant_sku(product, found)
    if other not in ("", sku):
        raise _belongs_to_other(product, sku, other)
    return found


class Attributes:
    """The attributes and values of an account. What was read is kept until something is missing or refused."""

    def __init__(self, client: PlatformClient) -> None:
        self._client = client
        self.forget()

    def forget(self) -> None:
        """Drop what we know, since something was refused: it may be old."""
        self._attributes = NamedIds(self._client, "/attributes/", self._menus)
        self._values: dict[int, NamedIds] = {}

    def ids(self, attribute: str, value: str) -> tuple[int, int]:
        """Return attribute and value, made where they are missing.

        Raises OutcomeUnknown when one may have been made.
        """
        key = self._attributes.ensure(attribute, {"name": attribute, "type": MENU}, f"the attribute {attribute!r}")
        if key not in self._values:
            self._values[key] = NamedIds(self._client, f"/attributes/{key}/attributevalues/")
        return key, self._values[key].ensure(value, {"name": value, "default_price": 0}, f"the value {value!r}")

    def _menus(self) -> Iterator[AttributeRead]:
        """[inferred] Of the kinds only option menus make variants; ``option_menu_required`` is published."""
        listed = all_pages(self._client, "/attributes/", ATTRIBUTES)
        return (attribute for attribute in listed if attribute.type.startswith("option_menu"))
