"""Shopware's products and categories as ours, page by page."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final, Literal

from pydantic import Field, TypeAdapter, ValidationError
from pydantic_core import PydanticSerializationError

from shopbridge.connectors.kit.reasons import reason_of
from shopbridge.connectors.kit.rows import check_product, products_page
from shopbridge.connectors.shopware.api import by_key, each_alone, equals, next_position, placed, strict
from shopbridge.connectors.shopware.catalogue.find import below
from shopbridge.connectors.shopware.catalogue.prices import WireEntry, read_prices
from shopbridge.connectors.shopware.facts import Currency, ShopFacts, WireTaxRow
from shopbridge.connectors.shopware.orders.map import plain
from shopbridge.connectors.shopware.stock.read import WireStock
from shopbridge.connectors.shopware.wire import Amount, Map, Named, OddRow, Text, WireId, WireKey, WireOption
from shopbridge.errors import Held, Unfinished
from shopbridge.mapping.identity import sound_id
from shopbridge.mapping.validation import first_error
from shopbridge.model.base import ExternalId
from shopbridge.model.catalogue import Category, Feature, Product, ProductPage, UnreadableProduct, Variant
from shopbridge.model.ledger import Reason

PRODUCT_PAGE = 100
"""Products of the top level read at once. With their texts and a handful of variants each, that is 1 to 3 MB; an
association has no page limit of its own, so a product with very many variants still comes whole."""
SMALL_PAGE = 5
"""Products read at once where more were too much."""

_TOP: Final = equals("parentId", None)
_OPTION: Final = ["id", "groupId", "name", "translated", "group"]
_VARIANT: Final = ["id", "autoIncrement", "productNumber", "ean", "active", "stock", "availableStock", "taxId", "price"]
_WHOLE: Final = [
    *_VARIANT,
    *("translated", "tax", "options", "properties", "categories", "media", "children", "manufacturerNumber", "weight"),
]
_PARTS: Final = {
    "property_group_option": _OPTION,
    "property_group": ["id", "name", "translated"],
    "category": ["id"],
    "product_media": ["id"],
}


class WireVariant(WireStock):
    """A variant, read without inheritance.

    Attributes:
        ean: None where it has its parent's; empty where it has none at all.
    """

    ean: str | None = None
    active: bool | None = None
    tax_id: str | None = None
    price: tuple[WireEntry, ...] | None = None
    options: tuple[WireOption, ...]


class WireProduct(WireVariant):
    """A product of the top level with all that hangs on it.

    Attributes:
        options: Null: only variants have them.
        media: Null when it was not asked for.
    """

    tax: WireTaxRow | None = None
    translated: Map = Field(default_factory=dict)
    options: Any = None
    properties: tuple[WireOption, ...]
    categories: tuple[WireId, ...]
    media: tuple[WireId, ...]
    children: tuple[WireVariant, ...]
    manufacturer_number: Text = ""
    weight: Amount | None = None


class WireCategory(Named, WireKey):
    """A category; a root has no parent."""

    parent_id: str | None = None
    active: bool | None = None


ProductRow = WireProduct | OddRow
PRODUCTS = each_alone("product", WireProduct, OddRow)
CATEGORIES = strict("category", TypeAdapter(list[WireCategory]), "categories")
_INCLUDES = {"category": ["id", "autoIncrement", "parentId", "name", "translated", "active"]}


@dataclass(frozen=True)
class View:
    """How products are looked at: the settings, resolved."""

    currency: Currency
    price_kind: Literal["gross", "net"]
    short_text_field: str


@dataclass(frozen=True)
class ShopwareProducts:
    """Products of the top level by ``autoIncrement``, each with all its variants."""

    facts: ShopFacts

    def categories(self) -> Sequence[Category]:
        """Return all categories below the chosen one."""
        return all_categories(self.facts)

    def page(self, position: str | None) -> ProductPage:
        """Return one page; a small one where a whole one is more than the shop's time or memory."""
        try:
            rows, limit = self._rows(position, PRODUCT_PAGE)
        except Unfinished:
            rows, limit = self._rows(position, SMALL_PAGE)
        return self._read(rows, next_position(rows, position, limit, "products"))

    def _rows(self, position: str | None, limit: int) -> tuple[list[ProductRow], int]:
        root = self.facts.settings.root_category
        return self.facts.api.page(PRODUCTS, limit, lambda most: product_page(position, most, root), self.facts.headers)

    def _read(self, rows: Sequence[ProductRow], position: str | None) -> ProductPage:
        settings = self.facts.settings
        view = View(self.facts.currency, settings.price_kind, settings.short_text_field)
        return products_page(read_products(rows, view), position)


def all_categories(facts: ShopFacts) -> Sequence[Category]:
    """Return every category below the chosen root, which itself is none of them; those right below it are roots."""
    root = facts.settings.root_category
    found = facts.api.sweep(CATEGORIES, below(root), headers=facts.headers, includes=_INCLUDES)
    return [_category(row, root) for row in found]


def _category(row: WireCategory, root: str | None) -> Category:
    parent = None if row.parent_id is None or row.parent_id == root else ExternalId(row.parent_id)
    return Category(id=ExternalId(row.id), parent=parent, name=row.title, active=bool(row.active))


def product_page(position: str | None, limit: int, root: str | None) -> dict[str, Any]:
    """Return whole products of the top level, behind ``position``.

    Their categories only as far as they lie below ``root``.
    """
    group: dict[str, Any] = {"associations": {"group": {}}}
    return {
        **by_key(position, limit, [_TOP]),
        "associations": {
            "children": {"sort": [{"field": "autoIncrement", "order": "ASC"}], "associations": {"options": group}},
            "properties": group,
            "categories": {"filter": below(root)},
            "media": {},
        },
        "includes": {"product": _WHOLE, **_PARTS},
    }


def read_products(rows: Sequence[ProductRow], view: View) -> Iterator[Product | UnreadableProduct]:
    """Yield the rows of a page. Raises RetryLater when none of them says where it stands."""
    return (read_product(row, rank, view) for rank, row in placed(rows, "products"))


def read_product(row: ProductRow, rank: int, view: View) -> Product | UnreadableProduct:
    """Return one row."""
    if isinstance(row, OddRow):
        return _unreadable(row, rank, _unexpected(f"an unexpected form at {row.why}"))
    try:
        product = to_product(row, view)
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
    """Return the product, whole. ``extras`` holds what rules may want, see ``_extras``.

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


def _unreadable(row: ProductRow, rank: int, reason: Reason) -> UnreadableProduct:
    return UnreadableProduct(id=sound_id(row.id, row), rank=rank, sku=row.product_number, reason=reason)
