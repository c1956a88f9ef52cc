"""Shopware's products as ours; pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from pydantic import ValidationError
from pydantic_core import PydanticSerializationError

from shopbridge.connectors.kit.reasons import reason_of
from shopbridge.connectors.kit.rows import check_product
from shopbridge.connectors.shopware.catalogue.prices import read_prices
from shopbridge.connectors.shopware.facts import Currency
from shopbridge.connectors.shopware.orders.map import plain
from shopbridge.connectors.shopware.paging import placed
from shopbridge.connectors.shopware.wire_products import WireOption, WireProduct, WireVariant
from shopbridge.errors import Held
from shopbridge.mapping.identity import sound_id, sound_name
from shopbridge.mapping.validation import first_error
from shopbridge.model.base import ExternalId
from shopbridge.model.catalogue import Feature, Product, UnreadableProduct, Variant
from shopbridge.model.ledger import Reason


@dataclass(frozen=True)
class View:
    """How products are looked at: the settings, resolved."""

    currency: Currency
    price_kind: Literal["gross", "net"]
    short_text_field: str


def read_products(rows: Sequence[Mapping[str, Any]], view: View) -> Iterator[Product | UnreadableProduct]:
    """The rows of a page. Raises RetryLater when none of them says where it stands."""
    return (read_product(row, rank, view) for rank, row in placed(rows, "products"))


def read_product(row: Mapping[str, Any], rank: int, view: View) -> Product | UnreadableProduct:
    """One row."""
    try:
        product = to_product(WireProduct.model_validate(row), view)
        check_product(product)
        product.model_dump_json()  # as its content will be hashed
    except Held as reason:
        return _unreadable(row, rank, reason_of(reason))
    except ValidationError as error:
        return _unreadable(row, rank, _unexpected(f"an unexpected form at {first_error(error)}"))
    except PydanticSerializationError:
        return _unreadable(row, rank, _unexpected("a text that cannot be written down"))
    return product


def to_product(wire: WireProduct, view: View) -> Product:
    """The product, whole. ``extras`` holds what rules may want, see ``_extras``.

    Everything that comes in no certain order is sorted, so that an unchanged product reads the same each time.

    Raises:
        Held: It has variants that we cannot tell apart, or with taxes of their own.
    """
    texts = wire.translated
    return Product(
        id=ExternalId(wire.id),
        rank=wire.auto_increment,
        sku=wire.product_number,
        name=_text(texts.get("name")),
        short_text=_text(texts.get(view.short_text_field)),
        long_text=_text(texts.get("description")),
        ean=wire.ean or "",
        active=bool(wire.active),
        tax_rate=wire.tax.tax_rate if wire.tax else None,
        prices=read_prices(wire.price, view.currency, view.price_kind),
        stock=None if wire.children else _stock(wire),
        categories=tuple(ExternalId(row.id) for row in sorted(wire.categories, key=lambda row: row.id)),
        features=_features(wire.properties),
        variants=tuple(_variant(row, wire, view) for row in wire.children),
        images=len(wire.media),
        extras=_extras(wire),
    )


def _variant(row: WireVariant, parent: WireProduct, view: View) -> Variant:
    """What a variant does not have itself it has from its parent, which came along.

    So products are not read with inheritance: every variant would repeat its parent's texts, and nobody could tell
    whether a price is its own.
    """
    if row.tax_id not in (None, parent.tax_id):
        raise Held(
            f"The variant {row.product_number!r} has another tax than its product",
            code="variant_tax",
            fix="Give it the product's tax in Shopware, or make it a product of its own.",
        )
    return Variant(
        id=ExternalId(row.id),
        sku=row.product_number,
        ean=(parent.ean if row.ean is None else row.ean) or "",
        active=bool(parent.active if row.active is None else row.active),
        options=_options(row),
        prices=read_prices(row.price, view.currency, view.price_kind),
        stock=_stock(row),
    )


def _options(row: WireVariant) -> dict[str, str]:
    pairs = sorted(_named(option) for option in row.options)
    options = dict(pairs)
    if not options or len(options) < len(pairs):
        what = "two options of the same name" if options else "no options"
        raise Held(
            f"The variant {row.product_number!r} has {what}",
            code="unclear_variants",
            fix="Look at the product's variants in Shopware; each needs one value of every property group.",
        )
    return options


def _features(properties: Sequence[WireOption]) -> tuple[Feature, ...]:
    return tuple(Feature(name=name, value=value) for name, value in sorted(map(_named, properties)))


def _named(option: WireOption) -> tuple[str, str]:
    if option.group is None or not option.group.title or not option.title:
        raise Held(
            f"A property ({option.title or option.id}) has no name or no group",
            code="nameless_property",
            fix="Give the property and its group a name in Shopware.",
        )
    return option.group.title, option.title


def _stock(row: WireVariant) -> Decimal | None:
    """What may be sold: less open orders up to 6.5, the same as ``stock`` from 6.6 on."""
    units = row.stock if row.available_stock is None else row.available_stock
    return None if units is None else Decimal(units)


def _extras(wire: WireProduct) -> dict[str, Any]:
    """``customFields``, ``metaTitle``, ``metaDescription``, ``keywords``, ``manufacturerNumber``, ``weight`` (kg)."""
    texts = {name: wire.translated.get(name) for name in ("customFields", "metaTitle", "metaDescription", "keywords")}
    facts = {**texts, "manufacturerNumber": wire.manufacturer_number, "weight": wire.weight}
    return {name: plain(value) for name, value in facts.items()}


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _unexpected(what: str) -> Reason:
    fix = "Look at the product in Shopware; a plugin may have changed it."
    return Reason(code="unexpected_form", text=f"The product has {what}", fix=fix)


def _unreadable(row: Mapping[str, Any], rank: int, reason: Reason) -> UnreadableProduct:
    return UnreadableProduct(
        id=sound_id(row.get("id"), row), rank=rank, sku=sound_name(row.get("productNumber")), reason=reason
    )
