"""UNAS' products as ours, and what a write has to know of them; pure."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from itertools import islice
from typing import Final

from pydantic import ValidationError

from shopbridge.connectors.kit.reasons import reason_of
from shopbridge.connectors.kit.rows import Row, check_product
from shopbridge.connectors.unas.product_index import row_sku
from shopbridge.connectors.unas.settings import MAIN_STOCK, UnasSettings
from shopbridge.connectors.unas.wire import as_text
from shopbridge.connectors.unas.wire_products import (
    BASE,
    MOST_COMBINATIONS,
    NORMAL,
    SALE,
    WirePrice,
    WireProduct,
    WireVariantValue,
)
from shopbridge.errors import Held
from shopbridge.mapping.identity import ean_of, sound_id
from shopbridge.mapping.validation import first_error
from shopbridge.model.base import ExternalId, Model
from shopbridge.model.catalogue import Feature, Price, Product, ProductField, TargetProduct, UnreadableProduct, Variant
from shopbridge.model.ledger import Reason

REGULAR: Final = "regular"
_ALWAYS_FILLED: frozenset[ProductField] = frozenset({"active", "price", "stock"})
"""Every product has them: nothing and switched off are values, too."""
LOOK = "Look at the product in UNAS and save it once more."


def read_product(row: Row, rank: int, settings: UnasSettings, today: date) -> Product | UnreadableProduct:
    """Return one row, or the reason why it cannot be read."""
    try:
        product = to_product(WireProduct.model_validate(row), rank, settings, today)
        check_product(product)
    except Held as reason:
        return _unreadable(row, rank, reason_of(reason))
    except ValidationError as error:
        return _unreadable(row, rank, _unexpected(f"an unexpected form at {first_error(error)}"))
    except ArithmeticError:
        return _unreadable(row, rank, _unexpected("amounts beyond all measure"))
    return product


def to_product(wire: WireProduct, rank: int, settings: UnasSettings, today: date) -> Product:
    """Return the product, whole. ``extras`` holds ``unit``, ``mergeType`` and ``mergeParent``.

    Raises:
        Held: It has more combinations of variants than anybody keeps (code ``too_many_variants``).
    """
    variants = tuple(_variants(wire, settings, today)) if settings.variant_skus == "joined" else ()
    description = wire.description
    return Product(
        id=ExternalId(wire.id),
        rank=rank,
        sku=wire.sku,
        name=wire.name,
        short_text=description.short if description else "",
        long_text=description.long if description else "",
        ean=ean_of(_param(wire, settings.ean_param)),
        active=wire.is_for_sale,
        tax_rate=wire.prices.vat if wire.prices else None,
        prices=prices_of(wire, settings, today),
        stock=None if variants else stock_of(wire, None),
        categories=category_ids(wire),
        features=tuple(
            Feature(name=each.name, value=each.value)
            for each in wire.params
            if each.name and each.value and each.id != settings.ean_param
        ),
        variants=variants,
        images=len(wire.images),
        extras={
            "unit": wire.unit,
            "mergeType": wire.types.type if wire.types else "",
            "mergeParent": wire.types.parent if wire.types else "",
        },
    )


def _variants(wire: WireProduct, settings: UnasSettings, today: date) -> list[Variant]:
    regular = prices_of(wire, settings, today)
    found: list[Variant] = []
    names = [each.name for each in wire.variants if each.values]
    for values in wire.combinations():
        if len(found) >= MOST_COMBINATIONS:
            raise Held(
                f"The product has more than {MOST_COMBINATIONS} combinations of variants",
                code="too_many_variants",
                fix="Set variant_skus of the connection's UNAS side to product, or split the product in UNAS.",
            )
        sku = settings.variant_sku(wire.sku, [each.name for each in values])
        options = dict(zip(names, [each.name for each in values], strict=True))
        found.append(
            Variant(
                id=ExternalId(sound_id("/".join((wire.id, *options.values())))),
                sku=sku,
                ean="",
                active=wire.is_for_sale,
                options=options,
                prices=_variant_prices(regular, values),
                stock=stock_of(wire, tuple(options.values())),
            )
        )
    return found


def variant_skus(wire: WireProduct, settings: UnasSettings) -> frozenset[str]:
    """Return what its combinations are called; of a product with too many of them, those that are read."""
    combinations = islice(wire.combinations(), MOST_COMBINATIONS)
    return frozenset(settings.variant_sku(wire.sku, [each.name for each in values]) for values in combinations)


def _variant_prices(regular: Mapping[str, Price], values: Sequence[WireVariantValue]) -> dict[str, Price]:
    """[inferred] What a value costs beside is with VAT, and is added to every price (platform file, "Variants")."""
    extra = sum((each.extra_price or Decimal(0) for each in values), Decimal(0))
    if not extra:
        return {}
    return {group: price.model_copy(update={"amount": price.amount + extra}) for group, price in regular.items()}


def prices_of(wire: WireProduct, settings: UnasSettings, today: date) -> dict[str, Price]:
    """Return the price, and a sale price that is in force today and lower."""
    normal = wire.prices.of(NORMAL) if wire.prices else None
    if normal is None or normal.gross is None:
        return {}
    amounts = {REGULAR: normal.gross}
    sale = wire.prices.of(SALE) if wire.prices else None
    if sale and sale.gross is not None and sale.counts_on(today) and 0 < sale.gross < normal.gross:
        amounts[SALE] = sale.gross
    return {group: Price(amount=each, gross=True, currency=settings.currency) for group, each in amounts.items()}


def stock_of(wire: WireProduct, values: tuple[str, ...] | None) -> Decimal | None:
    """Return the main stock, of one combination or of all together; None where UNAS keeps or tells none."""
    if wire.stocks is None or not wire.keeps_stock:
        return None
    rows = [each for each in wire.stocks.stock if each.warehouse == MAIN_STOCK]
    chosen = [each.qty for each in rows if values is None or each.variants == values]
    known = [each for each in chosen if each is not None]
    return sum(known, Decimal(0)) if known and len(known) == len(chosen) else None


def category_ids(wire: WireProduct) -> tuple[ExternalId, ...]:
    """Return the categories it is in, the base one first."""
    ordered = sorted(wire.categories, key=lambda each: each.type != BASE)
    return tuple(dict.fromkeys(ExternalId(each.id) for each in ordered if each.id))


def _param(wire: WireProduct, param: str) -> str:
    return next((each.value for each in wire.params if param and each.id == param), "")


def _unexpected(what: str) -> Reason:
    return Reason(code="unexpected_form", text=f"The product has {what}", fix=LOOK)


def _unreadable(row: Row, rank: int, reason: Reason) -> UnreadableProduct:
    return UnreadableProduct(id=sound_id(as_text(row.get("Id")), row), rank=rank, sku=row_sku(row), reason=reason)


class PresentProduct(Model):
    """A product as it is there, which ``target_product`` remembers inside it.

    Attributes:
        sale: Its sale price, also one that is not in force; None when it has none, or a past one.
        normal: Its price with VAT; None where none is told.
        combined: Its stock lies on combinations of variants.
    """

    sale: WirePrice | None
    normal: Decimal | None
    combined: bool


def target_product(wire: WireProduct, settings: UnasSettings, today: date) -> TargetProduct:
    """Return a product for the product flow."""
    sale, normal = (wire.prices.of(SALE), wire.prices.of(NORMAL)) if wire.prices else (None, None)
    present = PresentProduct(
        sale=sale if sale and not sale.is_over(today) else None,
        normal=normal.gross if normal else None,
        combined=bool(wire.stocks and wire.stocks.status and wire.stocks.status.variant == "1"),
    )
    return TargetProduct(
        id=ExternalId(wire.id),
        sku=wire.sku,
        filled=_filled(wire, settings),
        tax_rate=wire.prices.vat if wire.prices else None,
        inside=present,
    )


def _filled(wire: WireProduct, settings: UnasSettings) -> frozenset[ProductField]:
    description = wire.description
    held: Mapping[ProductField, bool] = {
        "name": bool(wire.name),
        "short_text": bool(description and description.short),
        "long_text": bool(description and description.long),
        "ean": bool(_param(wire, settings.ean_param)),
        "tax": wire.prices is not None and wire.prices.vat is not None,
        "categories": bool(wire.categories),
        "features": bool(wire.params),
    }
    return frozenset(field for field, holds in held.items() if holds) | _ALWAYS_FILLED
