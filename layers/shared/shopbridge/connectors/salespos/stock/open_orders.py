"""What orders of SalesPOS will still take from its stock, for accounts that lower it when an order is completed.

There is no field for reserved units (platform file): they are the rows of the orders that are not completed. The list
of orders does not hold the rows (client S4), so each order's are read once and kept for some minutes, as long as the
order looks the same.

A figure may never be too high. Stock and orders cannot be read in one moment, so the orders are read before the stock
and once more after it, and each order counts with whichever reading has it reserve more:

- open in both readings: counted;
- open before, completed after: the stock may have been read before it fell, so it counts; if it fell before, the figure
  is too low until the next sweep;
- open only after: it may have come before the stock was read, so it counts;
- in neither, because it came and was completed between the readings: it is as if it had been sold right after the
  stock was read, and our own orders of that time are added by the flow.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from shopbridge.connectors.salespos.api import all_by_id, all_pages
from shopbridge.connectors.salespos.outcomes import is_gone
from shopbridge.connectors.salespos.wire import OPEN_ORDERS, OpenOrderRead
from shopbridge.connectors.salespos.wire_products import SOLD_ROWS, SoldRow, VariantRead
from shopbridge.errors import Rejected
from shopbridge.http.client import PlatformClient
from shopbridge.ports import Clock

ROWS_KEPT = timedelta(minutes=5)
"""Rows may be exchanged for others of the same price and weight, which nothing shows."""
LONGEST_READING = timedelta(hours=1)
"""A reading of many orders is broken off by the limit of 150 calls a minute, and goes on with what it has."""
COMPLETED, CANCELLED = 7, 8
NOTHING = Decimal(0)

Units = Mapping[int | None, Decimal]
"""By variant; None for the product as a whole."""
OpenRows = Mapping[int, Mapping[int, Sequence[SoldRow]]]
"""The rows that sell a product, by product and order, at one moment."""


def is_open(order: OpenOrderRead) -> bool:
    """[inferred] Return what counts as open: an order without a status is a basket that nobody has ordered yet."""
    return order.status is not None and order.status not in (COMPLETED, CANCELLED)


class OpenOrderRows:
    """The orders of an account that still take from stock; none, and no call, where orders lower it at once."""

    def __init__(self, client: PlatformClient, clock: Clock, *, at_completion: bool) -> None:
        self._client = client
        self._clock = clock
        self._at_completion = at_completion
        self._kept: dict[OpenOrderRead, tuple[datetime, Sequence[SoldRow]]] = {}
        self._began: datetime | None = None

    def read(self) -> OpenRows:
        """Read them as they are now: one call for each 250 orders, and one for each new or changed order."""
        if not self._at_completion:
            return {}
        good_since = self._begin()
        listed = list(all_by_id(self._client, "/orders/", OPEN_ORDERS, is_completed="false"))
        orders = list(filter(is_open, listed))
        for order in orders:
            if order not in self._kept or self._kept[order][0] < good_since:
                self._kept[order] = (self._clock(), self._rows(order))
        self._kept = {order: self._kept[order] for order in orders}
        self._began = None
        return _by_product({order.id: rows for order, (_, rows) in self._kept.items()})

    def _begin(self) -> datetime:
        """From when on rows are still good: those that the same reading got before it broke off always are."""
        now = self._clock()
        if self._began is None or now - self._began > LONGEST_READING:
            self._began = now
        return self._began - ROWS_KEPT

    def _rows(self, order: OpenOrderRead) -> Sequence[SoldRow]:
        try:
            return tuple(all_pages(self._client, f"/orders/{order.id}/orderrows/", SOLD_ROWS))
        except Rejected as error:
            if not is_gone(error):
                raise
            return ()


def _by_product(orders: Mapping[int, Sequence[SoldRow]]) -> OpenRows:
    by_product: dict[int, dict[int, list[SoldRow]]] = {}
    for order, rows in orders.items():
        for row in filter(_sells, rows):
            by_product.setdefault(row.product_id or 0, {}).setdefault(order, []).append(row)
    return by_product


def _sells(row: SoldRow) -> bool:
    """Deposits name their product too [inferred: by ``deposit`` in the type], and take nothing from stock."""
    return row.product_id is not None and "deposit" not in row.product_type.casefold()


def reserved(product_id: int, variants: Sequence[VariantRead], before: OpenRows, after: OpenRows) -> Units:
    """Return units of a product and of its variants; each order counts with the reading that has it reserve more."""
    first, second = before.get(product_id, {}), after.get(product_id, {})
    total: dict[int | None, Decimal] = {}
    for order in {**first, **second}:
        one, other = (_units(rows.get(order, ()), variants) for rows in (first, second))
        for variant in {**one, **other}:
            units = max(one.get(variant, NOTHING), other.get(variant, NOTHING))
            total[variant] = total.get(variant, NOTHING) + units
    return total


def _units(rows: Sequence[SoldRow], variants: Sequence[VariantRead]) -> dict[int | None, Decimal]:
    units: dict[int | None, Decimal] = {}
    for row in rows:
        for key in (None, *_sold_variants(row, variants)):
            units[key] = units.get(key, NOTHING) + max(row.count or NOTHING, NOTHING)
    return units


def _sold_variants(row: SoldRow, variants: Sequence[VariantRead]) -> list[int]:
    """The variant a row sells; all of them where that cannot be told, so that none is offered twice."""
    chosen = {(value.option_name, value.value_name) for value in row.attributes or ()}
    numbers = {row.sub_product_number, row.sub_sku_number} - {"", row.product_number}
    fitting = [each.id for each in variants if each.options and each.options.items() <= chosen]
    numbered = [each.id for each in variants if numbers & {each.product_number, each.sku_number}]
    return fitting or numbered or [each.id for each in variants]


def sold_sku(row: SoldRow) -> str:
    """Return the SKU a row sells: a variant's own number, or else the product's."""
    own = row.product_number.strip()
    variant = [number.strip() for number in (row.sub_product_number, row.sub_sku_number)]
    return next((number for number in variant if number and number != own), own)
