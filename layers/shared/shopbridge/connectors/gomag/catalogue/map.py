"""Gomag's products as ours, and what a write has to know of them; pure."""

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any, Final

from pydantic import ValidationError

from shopbridge.connectors.gomag.settings import GomagSettings
from shopbridge.connectors.gomag.wire_products import OwnTerms, ShownProduct, WireAttribute, WireProduct, WireVersion
from shopbridge.connectors.kit.loose import writable
from shopbridge.connectors.kit.reasons import reason_of
from shopbridge.connectors.kit.rows import check_product
from shopbridge.errors import Held
from shopbridge.mapping.validation import first_error
from shopbridge.model.base import ExternalId, Model
from shopbridge.model.catalogue import Feature, Price, Product, ProductField, TargetProduct, UnreadableProduct, Variant
from shopbridge.model.ledger import Reason

VERSION: Final = "Version"
"""[inferred] A version tells nothing of what it differs in: this attribute stands for it, with the SKU as its value."""

CategoryIds = Callable[[Any], tuple[ExternalId, ...]]
"""The categories that a product's field names, in any shape. Raises Held."""
REGULAR, SALE, BASE = "regular", "sale", "base"
"""The price groups of a shop; ``base`` is what Gomag calls ``base_price``."""
_ALWAYS_FILLED: frozenset[ProductField] = frozenset({"active", "price", "stock"})
"""Every product has them: nothing and switched off are values, too."""


def read_product(
    row: ShownProduct, rank: int, settings: GomagSettings, categories: CategoryIds
) -> Product | UnreadableProduct:
    """Return one row, or the reason why it cannot be read."""
    if isinstance(row.product, str):
        return _unreadable(row, rank, _unexpected(f"an unexpected form at {row.product}"))
    try:
        product = to_product(row.product, rank, settings, categories, row.terms.against(settings))
        check_product(product)
    except Held as reason:
        return _unreadable(row, rank, reason_of(reason))
    except ValidationError as error:
        return _unreadable(row, rank, _unexpected(f"an unexpected form at {first_error(error)}"))
    except ArithmeticError:
        return _unreadable(row, rank, _unexpected("amounts beyond all measure"))
    return product


def to_product(
    wire: WireProduct, rank: int, settings: GomagSettings, categories: CategoryIds, apart: Reason | None
) -> Product:
    """Return the product, whole. ``extras`` holds ``brand`` and ``stockStatus``.

    Args:
        apart: Why its prices are not in the shop's terms.

    Raises:
        Held: The shop does not list one of its categories.
    """
    return Product(
        id=ExternalId(str(wire.id)),
        rank=rank,
        sku=wire.sku,
        name=wire.name_in(settings.language),
        short_text="",
        long_text=wire.description_in(settings.language),
        ean=wire.ean,
        active=wire.enabled != 0,
        tax_rate=wire.vat,
        prices={} if apart else product_prices(wire, settings),
        prices_held=apart,
        stock=None if wire.versions else wire.stock,
        categories=categories(wire.categories),
        features=tuple(_features(wire.attributes)),
        variants=tuple(_variant(version, wire, settings, priced=apart is None) for version in wire.versions),
        images=len(wire.images),
        extras={"brand": wire.brand, "stockStatus": wire.stock_status},
    )


def _variant(version: WireVersion, wire: WireProduct, settings: GomagSettings, *, priced: bool) -> Variant:
    return Variant(
        id=ExternalId(f"{wire.id}/{version.id}"),
        sku=version.sku,
        ean=version.ean,
        active=wire.enabled != 0,
        options={VERSION: version.sku or str(version.id)},
        prices=version_prices(version, wire, settings) if priced else {},
        stock=version.stock,
    )


def _features(attributes: tuple[WireAttribute, ...]) -> Iterator[Feature]:
    """One for each value; those that say nothing are left out."""
    return (Feature(name=each.name, value=value) for each in attributes if each.name for value in each.value if value)


def _unexpected(what: str) -> Reason:
    return Reason(
        code="unexpected_form",
        text=f"The product has {what}",
        fix="Look at the product in Gomag and save it once more.",
    )


def _unreadable(row: ShownProduct, rank: int, reason: Reason) -> UnreadableProduct:
    plain = reason.model_copy(update={"text": writable(reason.text)})
    return UnreadableProduct(id=row.key, rank=rank, sku=row.sold.sku, reason=plain)


def product_prices(wire: WireProduct, settings: GomagSettings) -> dict[str, Price]:
    """[inferred] Take ``price`` for what a buyer pays unless there is a special price above 0 (platform file, G3).

    ``base_price`` is before reductions, or what the merchant pays (G7): a group of its own, for whoever knows.
    """
    amounts = {**_groups(wire.price, wire.special_price), **({BASE: wire.base_price} if wire.base_price else {})}
    return {group: _price(amount, settings) for group, amount in amounts.items()}


def version_prices(version: WireVersion, wire: WireProduct, settings: GomagSettings) -> dict[str, Price]:
    """Return a version's own prices; empty when it costs what its product costs."""
    if version.price is None and not version.special_price:
        return {}
    regular = wire.price if version.price is None else version.price
    return {group: _price(amount, settings) for group, amount in _groups(regular, version.special_price).items()}


def _groups(regular: Decimal, special: Decimal | None) -> dict[str, Decimal]:
    return {REGULAR: regular, **({SALE: special} if special and 0 < special < regular else {})}


def _price(amount: Decimal, settings: GomagSettings) -> Price:
    return Price(amount=amount, gross=settings.prices_include_vat, currency=settings.currency)


class PresentProduct(Model):
    """A product as it is there, which ``target_product`` remembers inside it.

    Attributes:
        own_terms: What it says of its currency and of VAT in its price.
        on_sale: The SKUs that have a special price now.
        versions: Its versions' SKUs.
    """

    own_terms: OwnTerms
    on_sale: tuple[str, ...]
    versions: tuple[str, ...]


def target_product(wire: WireProduct, own: OwnTerms, language: str) -> TargetProduct:
    """Return a product for the product flow, with its own terms of prices; texts count in this language."""
    present = PresentProduct(
        own_terms=own,
        on_sale=tuple(each.sku for each in (wire, *wire.versions) if each.special_price),
        versions=tuple(version.sku for version in wire.versions),
    )
    return TargetProduct(
        id=ExternalId(str(wire.id)),
        sku=wire.sku,
        variants=frozenset(filter(None, present.versions)),
        filled=_filled(wire, language),
        tax_rate=wire.vat,
        inside=present,
    )


def _filled(wire: WireProduct, language: str) -> frozenset[ProductField]:
    """One version's EAN is enough not to overwrite any."""
    held: Mapping[ProductField, bool] = {
        "name": bool(wire.name_in(language)),
        "long_text": bool(wire.description_in(language)),
        "ean": bool(wire.ean) or any(version.ean for version in wire.versions),
        "tax": wire.vat is not None,
        "categories": bool(wire.categories),
        "features": bool(wire.attributes),
    }
    return frozenset(field for field, holds in held.items() if holds) | _ALWAYS_FILLED
