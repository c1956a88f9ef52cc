"""Cartum's rows as our products, and what a write has to know of them; pure.

Rows of one group are the variants of one product. They are called by the article that joins them, which may be that of
one of them.
"""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from pydantic import ValidationError

from shopbridge.connectors.cartum.settings import CartumSettings
from shopbridge.connectors.cartum.wire import title_in
from shopbridge.connectors.cartum.wire_products import WireProduct
from shopbridge.connectors.kit.loose import as_text, writable
from shopbridge.connectors.kit.reasons import reason_of
from shopbridge.connectors.kit.rows import Row, check_product, read_row
from shopbridge.errors import Held
from shopbridge.mapping.identity import sound_name
from shopbridge.mapping.validation import first_error
from shopbridge.model.base import ExternalId, Model
from shopbridge.model.catalogue import Feature, Price, Product, ProductField, TargetProduct, UnreadableProduct, Variant
from shopbridge.model.ledger import Reason

MODIFICATION: Final = "Modification"
"""What rows of a group differ in, as one text (``mod_title``); the attribute stands for whatever it is."""
REGULAR, SALE = "regular", "sale"
ALWAYS_FILLED: frozenset[ProductField] = frozenset({"active", "price", "stock", "tax"})


def read_group(group: str, rows: Sequence[Row], rank: int, settings: CartumSettings) -> Product | UnreadableProduct:
    """Return the rows of a group as a product, or the reason why they cannot be one."""
    wires = [read_row(WireProduct, row) for row in rows]
    odd = next((wire for wire in wires if isinstance(wire, str)), None)
    if odd is not None:
        return odd_group(group, rank, odd)
    try:
        product = to_product(group, [wire for wire in wires if isinstance(wire, WireProduct)], rank, settings)
        check_product(product)
    except Held as reason:
        return _unreadable(group, rank, reason_of(reason))
    except ValidationError as error:
        return odd_group(group, rank, first_error(error))
    except ArithmeticError:
        return _unreadable(group, rank, _unexpected("amounts beyond all measure"))
    return product


def odd_group(group: str, rank: int, place: str) -> UnreadableProduct:
    """Return the rows of a group, one of which is odd at this place."""
    return _unreadable(group, rank, _unexpected(f"an unexpected form at {place}"))


def to_product(group: str, rows: Sequence[WireProduct], rank: int, settings: CartumSettings) -> Product:
    """Return the product, whole. ``extras`` holds ``brand`` and ``presence``."""
    main = next((row for row in rows if row.article == group), rows[0])
    single = len(rows) == 1
    apart = other_currency(rows, settings)
    return Product(
        id=product_id(group, rows),
        rank=rank,
        sku=own_sku(group, rows),
        name=main.text("title", settings.language),
        short_text=main.text("short_description", settings.language),
        long_text=main.text("description", settings.language),
        ean=main.gtin if single else "",
        active=any(row.display_in_showcase for row in rows),
        tax_rate=settings.vat_of(main.article),
        prices={} if apart else prices_of(main, settings),
        prices_held=apart,
        stock=stock_of(main, settings) if single else None,
        categories=(ExternalId(main.parent.id),) if main.parent.id.strip("0") else (),
        features=tuple(features_of(main.characteristics, settings.language)),
        variants=() if single else tuple(_variants(rows, settings, priced=apart is None)),
        images=len(main.images),
        extras={
            "brand": title_in(main.brand.get("value") if isinstance(main.brand, Mapping) else main.brand, "en"),
            "presence": title_in(main.presence, settings.language),
        },
    )


def product_id(group: str, rows: Sequence[WireProduct]) -> ExternalId:
    """Return what a product is called: by its group, or where it is a row alone by that."""
    return ExternalId(group if len(rows) > 1 else rows[0].article)


def own_sku(group: str, rows: Sequence[WireProduct]) -> str:
    """Return the SKU of the product itself; none where that is one of its variants'."""
    if len(rows) == 1:
        return rows[0].article
    return "" if group in (row.article for row in rows) else group


def _variants(rows: Sequence[WireProduct], settings: CartumSettings, *, priced: bool) -> Iterator[Variant]:
    titles = [row.text("mod_title", settings.language) for row in rows]
    for row, title in zip(rows, titles, strict=True):
        yield Variant(
            id=ExternalId(row.article),
            sku=row.article,
            ean=row.gtin,
            active=row.display_in_showcase,
            options={MODIFICATION: title if title and titles.count(title) == 1 else row.article},
            prices=prices_of(row, settings) if priced else {},
            stock=stock_of(row, settings),
        )


def stock_of(row: WireProduct, settings: CartumSettings) -> Decimal | None:
    """Return its figure; None where the shop keeps none."""
    return row.stock_in(settings.warehouse) if settings.stock_as == "residues" else None


def prices_of(row: WireProduct, settings: CartumSettings) -> dict[str, Price]:
    """Return what it costs: an old price above the price makes a sale of it."""
    if row.price is None:
        return {}
    on_sale = row.price_old is not None and row.price_old > row.price
    amounts = {REGULAR: row.price_old, SALE: row.price} if on_sale else {REGULAR: row.price}
    return {
        group: Price(amount=amount, gross=True, currency=settings.currency)
        for group, amount in amounts.items()
        if amount is not None
    }


def other_currency(rows: Sequence[WireProduct], settings: CartumSettings) -> Reason | None:
    """Return why the prices of rows are not taken; None where they are in the shop's currency."""
    named = {code.upper() for row in rows if isinstance(code := as_text(row.currency), str) and code}
    other = sorted(named - {settings.currency})
    if not other:
        return None
    return Reason(
        code="other_currency",
        text=f"Cartum keeps the product's price in {other[0][:10]}, not in {settings.currency}",
        fix="Give the product the shop's currency in Cartum, or correct currency of the connection's Cartum side.",
    )


def features_of(characteristics: Any, language: str) -> Iterator[Feature]:
    """Yield what characterises a product; values come in four shapes in one answer (platform file, "Export")."""
    if not isinstance(characteristics, Mapping):
        return
    for name, shape in characteristics.items():
        for value in shape if isinstance(shape, list) else [shape]:
            inner = value.get("value", value) if isinstance(value, Mapping) else value
            if text := title_in(inner, language):
                yield Feature(name=writable(str(name)), value=text)


def _unexpected(what: str) -> Reason:
    return Reason(
        code="unexpected_form",
        text=writable(f"The product has {what}"),
        fix="Look at the product in Cartum and save it once more.",
    )


def _unreadable(group: str, rank: int, reason: Reason) -> UnreadableProduct:
    return UnreadableProduct(id=sound_name(group), rank=rank, sku=sound_name(group), reason=reason)


class CartumPresent(Model):
    """A product as it is there, which ``target_product`` remembers inside it.

    Attributes:
        group: The article that joins its rows.
        articles: Of its rows.
        on_sale: Those that have an old price now.
    """

    group: str
    articles: tuple[str, ...]
    on_sale: tuple[str, ...]

    @property
    def is_group(self) -> bool:
        """It is sold as several rows."""
        return len(self.articles) > 1


def target_product(group: str, rows: Sequence[WireProduct], settings: CartumSettings) -> TargetProduct:
    """Return a product for the product flow; texts count in the shop's language."""
    articles = tuple(row.article for row in rows)
    main = next((row for row in rows if row.article == group), rows[0])
    return TargetProduct(
        id=product_id(group, rows),
        sku=own_sku(group, rows),
        variants=frozenset(articles) if len(rows) > 1 else frozenset(),
        filled=_filled(rows, settings.language) | ALWAYS_FILLED,
        tax_rate=settings.vat_of(main.article),
        inside=CartumPresent(
            group=group, articles=articles, on_sale=tuple(row.article for row in rows if row.price_old)
        ),
    )


def _filled(rows: Sequence[WireProduct], language: str) -> frozenset[ProductField]:
    """One row that has something is enough not to overwrite any."""
    held: Mapping[ProductField, bool] = {
        "name": any(row.text("title", language) for row in rows),
        "short_text": any(row.text("short_description", language) for row in rows),
        "long_text": any(row.text("description", language) for row in rows),
        "ean": any(row.gtin for row in rows),
        "categories": any(row.parent.id.strip("0") for row in rows),
        "features": any(True for row in rows for _ in features_of(row.characteristics, language)),
    }
    return frozenset(field for field, holds in held.items() if holds)
