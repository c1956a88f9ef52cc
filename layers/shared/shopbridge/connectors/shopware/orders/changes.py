"""Which orders changed: one search for each table that an order is made of, each by its own times.

A single search over all of them joins the order with every line, payment, delivery and address, groups the result and
sorts it, before it takes a page: seconds a page at 100,000 orders (platform file, "Corrections and additions").
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from shopbridge.connectors.kit.rows import Row
from shopbridge.connectors.shopware.api import NO_HEADERS, AdminApi
from shopbridge.connectors.shopware.criteria import INHERITED, either, equals, of_channels, orders_by_id, whole_orders
from shopbridge.connectors.shopware.ids import is_id
from shopbridge.connectors.shopware.paging import by_key, next_position
from shopbridge.connectors.shopware.settings import ShopwareSettings
from shopbridge.model.base import OrderId

TABLES = ("order", "order-transaction", "order-delivery", "order-line-item", "order-customer", "order-address")
"""The order itself first. ``order.updatedAt`` stays when a row of another table alone is written, as payments and
deliveries are; a retried payment is a new row (platform file, C8, C12, C20)."""


@dataclass(frozen=True)
class Place:
    """How far the changed orders were read.

    Attributes:
        table: One of ``TABLES``.
        behind: The ``autoIncrement`` of the last order found there; None at its beginning.
    """

    table: str = TABLES[0]
    behind: str | None = None

    @classmethod
    def parse(cls, position: str | None) -> "Place":
        """Return what ``following`` made; a text of an older release counts within the orders themselves."""
        table, _, behind = (position or "").rpartition(":")
        return cls(table if table in TABLES else TABLES[0], behind if behind.isdigit() else None)

    def following(self, behind: str | None) -> str | None:
        """Return where the next page begins, None after the last table.

        Args:
            behind: Where the next page of this table begins; None when it is done.
        """
        if behind:
            return f"{self.table}:{behind}"
        rest = TABLES[TABLES.index(self.table) + 1 :]
        return f"{rest[0]}:" if rest else None


@dataclass(frozen=True)
class OrderChanges:
    """Reads changed orders whole, each page from one table."""

    api: AdminApi
    settings: ShopwareSettings

    def page(self, since: datetime, position: str | None, limit: int) -> tuple[list[Row], str | None]:
        """Return orders changed at or after ``since``, at most ``limit``, and where the next page begins."""
        place = Place.parse(position)
        read = self._orders if place.table == TABLES[0] else self._orders_of_children
        rows, behind = read(since, place, limit)
        return rows, place.following(behind)

    def by_id(self, ids: Sequence[OrderId]) -> list[Row]:
        """Return these orders, but for those of channels that were not chosen."""
        search = orders_by_id(ids, self.settings.sales_channels, products=self.settings.product_codes)
        return self.api.search("order", search, self._headers)

    @property
    def _headers(self) -> Mapping[str, str]:
        """A line's variant mostly has its codes from its parent, which the order does not name."""
        return INHERITED if self.settings.product_codes else NO_HEADERS

    def _orders(self, since: datetime, place: Place, limit: int) -> tuple[list[Row], str | None]:
        filters = [changed_since(since), *of_channels(self.settings.sales_channels)]
        parts = whole_orders(products=self.settings.product_codes)
        rows, most = self.api.page(
            "order", limit, lambda most: {**by_key(place.behind, most, filters), **parts}, self._headers
        )
        return rows, next_position(rows, place.behind, most, "orders")

    def _orders_of_children(self, since: datetime, place: Place, limit: int) -> tuple[list[Row], str | None]:
        channels = self.settings.sales_channels
        found, most = self.api.page(
            place.table, limit, lambda most: changed_children(place, since, channels, limit=most)
        )
        orders = [order for order in (row.get("order") for row in found) if isinstance(order, dict)]
        # A row without its order takes a place on the page, which is full all the same.
        behind = next_position(orders, place.behind, len(orders), "orders") if len(found) == most else None
        ids = list(dict.fromkeys(str(order.get("id")) for order in orders))
        known = [OrderId(each) for each in ids if is_id(each)]
        # One whose id is none cannot be asked for; what is there of it is told.
        odd = [order for order in orders if not is_id(str(order.get("id")))]
        return [*(self.by_id(known) if known else []), *odd], behind


def changed_since(since: datetime, of: str = "") -> dict[str, Any]:
    """Return the filter for rows that were made or changed at or after ``since``.

    Args:
        of: The way to another table's times, with its dot.
    """
    return either([_range(f"{of}{field}", "gte", since) for field in ("updatedAt", "createdAt")])


def changed_children(place: Place, since: datetime, channels: Sequence[str], *, limit: int) -> dict[str, Any]:
    """Return the search for changed rows of one table, whose orders did not change themselves.

    Those were found by their own times. Rows come by their order's key, which stays, and of the last order of a page
    one row is enough: so nothing is missed that is added, changed or deleted meanwhile. Every way leads to the one
    order of a row, so nothing is joined that would have to be grouped.
    """
    search = by_key(
        place.behind, limit, [changed_since(since), *_unchanged(since), *of_channels(channels, "order.")], "order."
    )
    includes = {place.table.replace("-", "_"): ["id", "order"], "order": ["id", "autoIncrement"]}
    return {**search, "associations": {"order": {}}, "includes": includes}


def _unchanged(since: datetime) -> Iterator[Mapping[str, Any]]:
    """Yield the opposite of ``changed_since`` for a row's order; a time that is null is found by no range."""
    yield _range("order.createdAt", "lt", since)
    yield either([_range("order.updatedAt", "lt", since), equals("order.updatedAt", None)])


def _range(field: str, bound: str, moment: datetime) -> dict[str, Any]:
    text = moment.astimezone(UTC).isoformat(timespec="milliseconds")
    return {"type": "range", "field": field, "parameters": {bound: text}}
