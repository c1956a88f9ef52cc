"""Finding products of the shop by SKU, with what a write has to know of them."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import cached_property
from typing import Any, Final

from pydantic import TypeAdapter

from shopbridge.connectors.shopware.api import LARGEST_PAGE, AdminApi, strict
from shopbridge.connectors.shopware.catalogue.prices import StoredPrice
from shopbridge.connectors.shopware.facts import ShopFacts, WireTaxRow
from shopbridge.connectors.shopware.wire import Number, Text, Wire, WireId
from shopbridge.model.base import ExternalId, in_batches
from shopbridge.model.catalogue import ProductChange, ProductField, TargetProduct

PRESENT_PAGE = 50
"""Products read whole at once by their ids."""

_ALWAYS_FILLED: frozenset[ProductField] = frozenset({"active", "tax", "price", "stock"})
"""Every product has them: nothing and switched off are values, too."""
OWNERS: Final = {"product": ["id", "parentId", "productNumber", "active"]}
"""What tells which product a number belongs to, and whether it is switched on."""


class Owner(WireId):
    """Whose a number is.

    Attributes:
        active: Of a variant: None as long as it is its parent's.
    """

    parent_id: str | None = None
    product_number: Number = ""
    active: bool | None = None


class _Axis(Wire):
    option_id: str


class _Value(WireId):
    group_id: Text = ""


class _Sold(WireId):
    product_number: Number = ""
    ean: Text = ""
    tax: WireTaxRow | None = None
    price: tuple[StoredPrice, ...] | None = None

    @property
    def prices(self) -> tuple[StoredPrice, ...]:
        """Its own price list; empty for a variant that costs what its product costs."""
        return self.price or ()

    @property
    def tax_rate(self) -> Decimal | None:
        """Of its own tax; None for a variant that has its product's."""
        return self.tax.tax_rate if self.tax else None


class PresentVariant(_Sold):
    """A variant as the shop has it."""

    options: tuple[_Value, ...]

    @cached_property
    def option_ids(self) -> tuple[str, ...]:
        """The ids of its values."""
        return ids_of(self.options)


class Present(_Sold):
    """What a write has to know of a product, as the shop has it."""

    name: Text = ""
    description: Text = ""
    description_teaser: Text = ""
    meta_description: Text = ""
    categories: tuple[WireId, ...]
    properties: tuple[_Value, ...]
    configurator_settings: tuple[_Axis, ...]
    children: tuple[PresentVariant, ...]

    @cached_property
    def groups(self) -> frozenset[str]:
        """The property groups that its values and its variants' are in."""
        options = (option for child in self.children for option in child.options)
        return frozenset(each.group_id for each in (*self.properties, *options))

    @cached_property
    def axes(self) -> frozenset[str]:
        """The values that its configurator offers."""
        return frozenset(each.option_id for each in self.configurator_settings)

    @cached_property
    def variants(self) -> dict[str, PresentVariant]:
        """By SKU."""
        return {each.product_number: each for each in self.children}


_NOTHING: Final = Present(id="", categories=(), properties=(), configurator_settings=(), children=())


def present_of(change: ProductChange) -> Present:
    """Return what ``find`` remembered of the product, nothing of a new one."""
    return change.known.noted(Present) if change.known else _NOTHING


def ids_of(rows: Iterable[WireId]) -> tuple[str, ...]:
    """Return the ids of rows."""
    return tuple(row.id for row in rows)


_OWNERS = strict("product", TypeAdapter(list[Owner]), "products")
_PRESENT = strict("product", TypeAdapter(list[Present]), "products")


def find(facts: ShopFacts, skus: Sequence[str]) -> dict[str, list[TargetProduct]]:
    """Return the products of the top level by SKU, their own or a variant's; two searches for some hundred.

    The shop finds them in other capitals, too, and has no number in two spellings: the flow decides what it is.
    """
    owners: dict[str, list[str]] = defaultdict(list)
    for row in _alike(facts.api, skus):
        owners[row.product_number.casefold()].append(row.parent_id or row.id)
    products = _products(facts, list(dict.fromkeys(row for rows in owners.values() for row in rows)))
    found = {sku: [products[row] for row in owners[sku.casefold()] if row in products] for sku in skus}
    return {sku: rows for sku, rows in found.items() if rows}


def numbered(api: AdminApi, skus: Sequence[str]) -> list[Owner]:
    """Return what has exactly one of these numbers, products and variants alike."""
    return [row for row in _alike(api, skus) if row.product_number in skus]


def on_sale(api: AdminApi, skus: Sequence[str]) -> dict[str, bool]:
    """Tell by SKU whether it and its parent are switched on; two searches for 500."""
    rows = numbered(api, skus)
    above = list(dict.fromkeys(row.parent_id for row in rows if row.parent_id))
    off = {row.id for row in api.matching(_OWNERS, "id", above, OWNERS) if not row.active}
    return {row.product_number: row.active is not False and (row.parent_id or "") not in off for row in rows}


def numbers(api: AdminApi, ids: Sequence[str]) -> dict[str, str]:
    """Return the SKU of each of these ids that the shop has."""
    includes = {"product": ["id", "productNumber"]}
    searches = ({"ids": list(some), "includes": includes} for some in in_batches(ids, LARGEST_PAGE))
    return {row.id: row.product_number for search in searches for row in api.search(_OWNERS, search)}


def _alike(api: AdminApi, skus: Sequence[str]) -> Iterator[Owner]:
    return api.matching(_OWNERS, "productNumber", list(dict.fromkeys(sku for sku in skus if sku)), OWNERS)


def _products(facts: ShopFacts, ids: Sequence[str]) -> dict[str, TargetProduct]:
    root, short_text_field = facts.settings.root_category, facts.settings.short_text_field
    searches = (present(some, root) for some in in_batches(ids, PRESENT_PAGE))
    found = (row for search in searches for row in facts.api.search(_PRESENT, search, facts.headers))
    return {row.id: _target(row, short_text_field) for row in found}


def _target(row: Present, short_text_field: str) -> TargetProduct:
    return TargetProduct(
        id=ExternalId(row.id),
        sku=row.product_number,
        variants=frozenset(row.variants),
        filled=frozenset(_filled(row, short_text_field)) | _ALWAYS_FILLED,
        tax_rate=row.tax_rate,
        inside=row,
    )


def _filled(row: Present, short_text_field: str) -> list[ProductField]:
    """Texts count in the chosen language only; one variant's EAN is enough not to overwrite any."""
    short = row.meta_description if short_text_field == "metaDescription" else row.description_teaser
    held: Mapping[ProductField, bool] = {
        "name": bool(row.name),
        "short_text": bool(short),
        "long_text": bool(row.description),
        "ean": bool(row.ean) or any(child.ean for child in row.children),
        "categories": bool(row.categories),
        "features": bool(row.properties),
    }
    return [field for field, holds in held.items() if holds]


def below(root: str | None) -> list[dict[str, Any]]:
    """Return categories under this one; all of them without one."""
    return [{"type": "contains", "field": "path", "value": f"|{root}|"}] if root else []


def present(ids: Sequence[str], root: str | None) -> dict[str, Any]:
    """Return products as a write has to know them; limit and page do not apply to a search by ids."""
    texts = ("name", "description", "descriptionTeaser", "metaDescription")
    ways = ("properties", "categories", "configuratorSettings", "children", "options", "tax")
    return {
        "ids": list(ids),
        "associations": {
            "children": {"associations": {"options": {}}},
            "properties": {},
            "categories": {"filter": below(root)},
            "configuratorSettings": {},
        },
        "includes": {
            "product": ["id", "productNumber", "ean", "price", *texts, *ways],
            "property_group_option": ["id", "groupId"],
            "category": ["id"],
            "product_configurator_setting": ["id", "optionId"],
        },
    }
