"""Gomag's products as ours; pure."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from pydantic import ValidationError

from shopbridge.connectors.gomag.catalogue.prices import product_prices, version_prices
from shopbridge.connectors.gomag.own_terms import terms_of_row
from shopbridge.connectors.gomag.settings import GomagSettings
from shopbridge.connectors.gomag.wire import as_text, writable
from shopbridge.connectors.gomag.wire_products import WireAttribute, WireProduct, WireVersion
from shopbridge.connectors.kit.reasons import reason_of
from shopbridge.errors import Held
from shopbridge.mapping.identity import sound_id, sound_name
from shopbridge.mapping.validation import first_error
from shopbridge.model.base import ExternalId
from shopbridge.model.catalogue import Feature, Product, UnreadableProduct, Variant
from shopbridge.model.ledger import Reason
from shopbridge.model.sound_names import check_product

VERSION: Final = "Version"
"""[inferred] A version tells nothing of what it differs in: this attribute stands for it, with the SKU as its value."""

CategoryIds = Callable[[Any], tuple[ExternalId, ...]]
"""The categories that a product's field names, in any shape. Raises Held."""


def read_product(
    row: Mapping[str, Any], rank: int, settings: GomagSettings, categories: CategoryIds
) -> Product | UnreadableProduct:
    """One row, or the reason why it cannot be read."""
    try:
        apart = terms_of_row(row).against(settings)
        product = to_product(WireProduct.model_validate(row), rank, settings, categories, apart)
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
    """The product, whole. ``extras`` holds ``brand`` and ``stockStatus``.

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


def _unreadable(row: Mapping[str, Any], rank: int, reason: Reason) -> UnreadableProduct:
    sku, internal = (as_text(row.get(name)) for name in ("sku", "id"))
    plain = reason.model_copy(update={"text": writable(reason.text)})
    return UnreadableProduct(id=sound_id(internal, row), rank=rank, sku=sound_name(sku), reason=plain)
