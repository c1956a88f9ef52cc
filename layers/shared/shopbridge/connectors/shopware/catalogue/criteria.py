"""Searches for products as Shopware wants them, cut down to what is read of them."""

from collections.abc import Sequence
from typing import Any, Final

from shopbridge.connectors.shopware.criteria import any_of, either, equals
from shopbridge.connectors.shopware.paging import by_key

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
OWNERS: Final = {"product": ["id", "parentId", "productNumber", "active"]}
"""What tells which product a number belongs to, and whether it is switched on."""
_PARTS: Final = {
    "property_group_option": _OPTION,
    "property_group": ["id", "name", "translated"],
    "category": ["id"],
    "product_media": ["id"],
}


def product_page(position: str | None, limit: int, root: str | None) -> dict[str, Any]:
    """Whole products of the top level, behind ``position``; their categories only as far as they lie below ``root``."""
    group: dict[str, Any] = {"associations": {"group": {}}}
    return {
        **by_key(position, limit, [_TOP]),
        "associations": {
            "children": {
                "sort": [{"field": "autoIncrement", "order": "ASC"}],
                "associations": {"options": group},
            },
            "properties": group,
            "categories": {"filter": below(root)},
            "media": {},
        },
        "includes": {"product": _WHOLE, **_PARTS},
    }


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


def variants_on_sale(parents: Sequence[str]) -> list[dict[str, Any]]:
    """Variants that are switched on themselves, whatever their parent is."""
    return [any_of("parentId", parents), equals("active", True)]


def groups_called(names: Sequence[str], ids: Sequence[str]) -> dict[str, Any]:
    """Property groups of these names, or that we made for them."""
    return {
        "filter": [either([any_of("name", names), any_of("id", ids)])],
        "includes": {"property_group": ["id", "name", "translated"]},
    }


def options_called(groups: Sequence[str], names: Sequence[str], ids: Sequence[str]) -> dict[str, Any]:
    """Values in these groups of these names, or that we made for them."""
    return {
        "filter": [any_of("groupId", groups), either([any_of("name", names), any_of("id", ids)])],
        "includes": {"property_group_option": ["id", "groupId", "name", "translated"]},
    }
