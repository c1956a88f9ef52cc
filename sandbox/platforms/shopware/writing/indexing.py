"""What the shop works out after a write: counts, trees and what is available."""

from collections.abc import Iterable
from dataclasses import dataclass

from werkzeug.datastructures import Headers

from sandbox.platforms.shopware import stock
from sandbox.platforms.shopware.errors import unknown_key
from sandbox.platforms.shopware.state import Shop
from sandbox.platforms.shopware.store import Row
from sandbox.platforms.shopware.values import make_id
from sandbox.platforms.shopware.versions import Version

STOCK_INDEXER = "product.stock"
BEHAVIORS = (None, "", "use-queue-indexing", "disable-indexing")


@dataclass(frozen=True)
class Indexing:
    """What of it happens.

    Args:
        on: False: nothing (``disable-indexing``).
        stock: Whether ``available`` follows the stock.
    """

    on: bool = True
    stock: bool = True


def requested(headers: Headers, version: Version) -> Indexing:
    """What the headers ask for. A queue is worked off at once here.

    Raises:
        ApiError: 400, the behavior is none that is documented.
    """
    behavior = headers.get("indexing-behavior")
    if behavior not in BEHAVIORS:
        raise unknown_key(str(behavior), "the header indexing-behavior")
    skipped = _words(headers.get("indexing-skip"))
    only = _words(headers.get("indexing-only")) if version.at_least("6.7.5") else set()
    wanted = STOCK_INDEXER not in skipped and (not only or STOCK_INDEXER in only)
    on = behavior != "disable-indexing"
    return Indexing(on, on and wanted)


def index(shop: Shop, rows: Iterable[Row], indexing: Indexing) -> None:
    """Bring up to date what follows from written or deleted records."""
    for row in rows:
        if row.entity == "product":
            _product(shop, row, indexing)
        elif row.entity == "category" and indexing.on:
            _category(shop, row)


def _words(text: str | None) -> set[str]:
    return {word.strip() for word in (text or "").split(",") if word.strip()}


def _product(shop: Shop, row: Row, indexing: Indexing) -> None:
    if indexing.on:
        _count_children(shop, row)
        _count_children(shop, shop.store.get("product", row.values["parentId"]))
        tree = category_tree(shop, row.values["categoryIds"] or []) or None
        _keep(shop, row, categoryTree=tree)
    for each in (row, *shop.store.children("product", "parentId", row.id)):
        stock.refresh(shop, each, indexed=indexing.stock)


def category_tree(shop: Shop, ids: Iterable[str]) -> list[str]:
    """The categories and everything above them, the highest first."""
    found: dict[str, None] = {}
    for category_id in ids:
        found |= dict.fromkeys(each.id for each in _branch(shop, category_id))
    return list(found)


def _branch(shop: Shop, category_id: str | None) -> list[Row]:
    """A category and those above it, from the root on."""
    found: list[Row] = []
    row = shop.store.get("category", category_id)
    while row is not None and row not in found:
        found.insert(0, row)
        row = shop.store.get("category", row.values["parentId"])
    return found


def _category(shop: Shop, row: Row) -> None:
    """Place a category and all below it in the tree."""
    _count_children(shop, row)
    _count_children(shop, shop.store.get("category", row.values["parentId"]))
    waiting = [row]
    while waiting:
        each = waiting.pop()
        *above, _ = _branch(shop, each.id) or [each]
        _keep(
            shop,
            each,
            level=len(above) + 1,
            path="".join(f"|{one.id}" for one in above) + "|" if above else None,
            breadcrumb=[one.values["name"] for one in (*above, each)],
        )
        waiting += shop.store.children("category", "parentId", each.id)
    if row.values["cmsPageId"] is None and row.values["type"] == "page" and shop.version.at_least("6.7.9"):
        _keep(shop, row, cmsPageId=make_id(shop.key, "default category layout"))


def _count_children(shop: Shop, row: Row | None) -> None:
    if row is not None:
        _keep(shop, row, childCount=len(shop.store.children(row.entity, "parentId", row.id)))


def _keep(shop: Shop, row: Row, **values: object) -> None:
    """These are written past the events: they move no time."""
    if any(row.values[name] != value for name, value in values.items()):
        shop.store.write(row, values)
