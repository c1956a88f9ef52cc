"""Vendure's products as ours; pure. What is sold is always a variant: a product with a single one is that variant."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from pydantic import ValidationError

from shopbridge.connectors.kit.loose import LooseText, as_text, writable
from shopbridge.connectors.kit.reasons import reason_of
from shopbridge.connectors.kit.rows import Row, check_product, read_row
from shopbridge.connectors.vendure.api import VendureChannel, VendureFacts, rank_of_id
from shopbridge.connectors.vendure.orders.lines import plain
from shopbridge.connectors.vendure.stock import WireLevel, WireVariant
from shopbridge.connectors.vendure.wire import Id, Minor, Wire, WireNamed, WireOption
from shopbridge.errors import Held
from shopbridge.mapping.identity import sound_id, sound_name
from shopbridge.mapping.validation import first_error
from shopbridge.model.base import ExternalId
from shopbridge.model.catalogue import Feature, Price, Product, UnreadableProduct, Variant
from shopbridge.model.ledger import Reason

REGULAR, SALE = "regular", "sale"
"""The one price that a variant has in a channel and a currency, and the group that stays empty: there are no sales."""


class WireRate(Wire):
    """A tax rate."""

    value: Minor


class WireSold(WireVariant):
    """A variant with what it costs."""

    name: LooseText = ""
    enabled: bool
    price: Minor
    price_with_tax: Minor
    currency_code: LooseText
    tax_rate_applied: WireRate
    options: tuple[WireOption, ...] = ()


class WireAsset(Wire):
    """A picture, or a collection: only its id is read."""

    id: Id


class WireFacetValue(WireNamed):
    """A further fact of a product."""

    facet: WireNamed = WireNamed()


class WireProduct(Wire):
    """A product, whole."""

    id: Id
    name: LooseText = ""
    slug: LooseText = ""
    description: LooseText = ""
    enabled: bool
    assets: tuple[WireAsset, ...] = ()
    collections: tuple[WireAsset, ...] = ()
    facet_values: tuple[WireFacetValue, ...] = ()
    variants: tuple[WireSold, ...]


def read_product(row: Row, facts: VendureFacts, channel: VendureChannel) -> Product | UnreadableProduct:
    """Return a row as a product, or the reason why it cannot be one."""
    wire = read_row(WireProduct, row)
    if isinstance(wire, str):
        return _unreadable(row, _unexpected(f"an unexpected form at {wire}"))
    try:
        product = to_product(wire, facts, channel)
        check_product(product)
    except Held as reason:
        return _unreadable(row, reason_of(reason))
    except ValidationError as error:
        return _unreadable(row, _unexpected(f"an unexpected form at {first_error(error)}"))
    except ArithmeticError:
        return _unreadable(row, _unexpected("amounts beyond all measure"))
    return product


def to_product(wire: WireProduct, facts: VendureFacts, channel: VendureChannel) -> Product:
    """Return the product, whole. ``extras`` holds ``slug``."""
    first = next(iter(wire.variants), None)
    single = len(wire.variants) == 1 and first is not None and not first.options
    return Product(
        id=ExternalId(wire.id),
        rank=max(rank_of_id(wire.id), 1),
        sku=first.sku if first and single else "",
        name=wire.name,
        short_text="",
        long_text=wire.description,
        ean="",
        active=wire.enabled and any(each.enabled for each in wire.variants),
        tax_rate=plain(first.tax_rate_applied.value) if first else None,
        prices=_prices(first, facts, channel) if first else {},
        stock=_stock(first, facts) if first and single else None,
        categories=tuple(ExternalId(each.id) for each in wire.collections),
        features=tuple(_features(wire)),
        variants=() if single else tuple(_variants(wire.variants, facts, channel)),
        images=len(wire.assets),
        extras={"slug": wire.slug},
    )


def _variants(variants: Sequence[WireSold], facts: VendureFacts, channel: VendureChannel) -> Iterator[Variant]:
    for each in variants:
        yield Variant(
            id=ExternalId(each.id),
            sku=each.sku,
            ean="",
            active=each.enabled,
            options={option.group.name or option.group.code: option.name for option in each.options},
            prices=_prices(each, facts, channel),
            stock=_stock(each, facts),
        )


def _prices(variant: WireSold, facts: VendureFacts, channel: VendureChannel) -> dict[str, Price]:
    """What it costs as it was entered: the other amount is computed, and rounded."""
    gross = channel.prices_include_tax
    amount = variant.price_with_tax if gross else variant.price
    return {REGULAR: Price(amount=amount.scaleb(-facts.decimals), gross=gross, currency=variant.currency_code)}


def _stock(variant: WireVariant, facts: VendureFacts) -> Decimal | None:
    """What lies at all locations and no order has a claim on; None where no stock is kept."""
    if variant.track_inventory == "FALSE" or (variant.track_inventory != "TRUE" and not facts.track_inventory):
        return None
    return sum((Decimal(_free(level)) for level in variant.stock_levels), Decimal(0))


def _free(level: WireLevel) -> int:
    return level.stock_on_hand - level.stock_allocated


def _features(wire: WireProduct) -> Iterator[Feature]:
    for each in wire.facet_values:
        yield Feature(name=each.facet.name or each.facet.code, value=each.name or each.code)


def _unexpected(what: str) -> Reason:
    return Reason(
        code="unexpected_form",
        text=writable(f"The product has {what}"),
        fix="Look at the product in Vendure and save it once more.",
    )


def _unreadable(row: Row, reason: Reason) -> UnreadableProduct:
    variants = row.get("variants")
    first = variants[0] if isinstance(variants, list) and len(variants) == 1 else None
    sku = as_text(first.get("sku")) if isinstance(first, dict) else ""
    return UnreadableProduct(
        id=sound_id(row.get("id"), row), rank=max(rank_of_id(row.get("id")), 1), sku=sound_name(sku), reason=reason
    )
