"""Finding products of the shop by SKU, with what a write has to know of them."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from pydantic import TypeAdapter

from shopbridge.connectors.shopware.api import LARGEST_PAGE, AdminApi, strict
from shopbridge.connectors.shopware.catalogue.prices import StoredPrice
from shopbridge.connectors.shopware.facts import ShopFacts
from shopbridge.connectors.shopware.wire import Number, Text, Wire, WireId, WireTaxRow
from shopbridge.model.base import ExternalId, Model, in_batches
from shopbridge.model.catalogue import ProductField, TargetProduct

PRESENT_PAGE = 50
"""Products read whole at once by their ids."""

_ALWAYS_FILLED: frozenset[ProductField] = frozenset({"active", "tax", "price", "stock"})
"""Every product has them: nothing and switched off are values, too."""
OWNERS: Final = {"product": ["id", "parentId", "productNumber", "active"]}
"""What tells which product a number belongs to, and whether it is switched on."""


class PresentVariant(Model):
    """A variant as the shop has it.

    Attributes:
        options: The ids of its values.
        prices: Its own price list; empty when it costs what the product costs.
        tax_rate: Of its own tax; None when it has the product's.
    """

    id: str
    options: tuple[str, ...]
    prices: tuple[StoredPrice, ...]
    tax_rate: Decimal | None


class Present(Model):
    """What a write has to know of a product.

    Attributes:
        prices: Its price list as the shop sent it.
        groups: The property groups that its values and its variants' are in.
        axes: The values that its configurator offers.
        variants: By SKU.
    """

    prices: tuple[StoredPrice, ...]
    categories: tuple[str, ...]
    properties: tuple[str, ...]
    groups: tuple[str, ...]
    axes: tuple[str, ...]
    variants: dict[str, PresentVariant]

    @classmethod
    def of(cls, known: TargetProduct) -> "Present":
        """What ``find`` remembered."""
        return known.noted(cls)


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


class _Child(_Sold):
    options: tuple[_Value, ...]


class _Found(_Sold):
    name: Text = ""
    description: Text = ""
    description_teaser: Text = ""
    meta_description: Text = ""
    categories: tuple[WireId, ...]
    properties: tuple[_Value, ...]
    configurator_settings: tuple[_Axis, ...]
    children: tuple[_Child, ...]


_OWNERS = strict("product", TypeAdapter(list[Owner]), "products")
_FOUND = strict("product", TypeAdapter(list[_Found]), "products")


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
    found = (row for search in searches for row in facts.api.search(_FOUND, search, facts.headers))
    return {row.id: _target(row, short_text_field) for row in found}


def _target(row: _Found, short_text_field: str) -> TargetProduct:
    inside = Present(
        prices=row.price or (),
        categories=tuple(each.id for each in row.categories),
        properties=tuple(each.id for each in row.properties),
        groups=tuple(sorted({each.group_id for each in _values(row)})),
        axes=tuple(each.option_id for each in row.configurator_settings),
        variants={each.product_number: _variant(each) for each in row.children},
    )
    filled = frozenset(_filled(row, short_text_field)) | _ALWAYS_FILLED
    return TargetProduct(
        id=ExternalId(row.id),
        sku=row.product_number,
        variants=frozenset(inside.variants),
        filled=filled,
        tax_rate=row.tax.tax_rate if row.tax else None,
        inside=inside,
    )


def _values(row: _Found) -> Iterator[_Value]:
    yield from row.properties
    for child in row.children:
        yield from child.options


def _variant(row: _Child) -> PresentVariant:
    own_tax = row.tax.tax_rate if row.tax else None
    options = tuple(each.id for each in row.options)
    return PresentVariant(id=row.id, options=options, prices=row.price or (), tax_rate=own_tax)


def _filled(row: _Found, short_text_field: str) -> list[ProductField]:
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
    """Categories under this one; all of them without one."""
    return [{"type": "contains", "field": "path", "value": f"|{root}|"}] if root else []


def present(ids: Sequence[str], root: str | None) -> dict[str, Any]:
    """Products as a write has to know them; limit and page do not apply to a search by ids."""
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


def numbers_of(ids: Sequence[str]) -> dict[str, Any]:
    """The numbers under which these ids are known."""
    return {"ids": list(ids), "includes": {"product": ["id", "productNumber"]}}
