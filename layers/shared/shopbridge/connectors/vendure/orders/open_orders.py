"""The orders of a shop that may still hold units of an SKU.

Nothing filters orders by what they sell, so all that are open are read, and of those that were shipped the ones placed
lately: their import may be late.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from pydantic import AwareDatetime, ValidationError

from shopbridge.connectors.kit.paging import each_page
from shopbridge.connectors.kit.rows import Row, odd_form
from shopbridge.connectors.vendure.api import BY_ID, Document, Listing, VendureApi, VendurePlace, page_from
from shopbridge.connectors.vendure.orders.lines import CANCELLED
from shopbridge.connectors.vendure.orders.read import PLACED, SECOND, as_moment
from shopbridge.connectors.vendure.outcomes import TITLE
from shopbridge.connectors.vendure.settings import VendureSettings
from shopbridge.connectors.vendure.wire import Count, Id, Wire, WireLineVariant
from shopbridge.mapping.validation import first_error
from shopbridge.model.base import OrderId
from shopbridge.model.stock import OpenOrder
from shopbridge.ports import Clock

SHIPPED_LATELY = timedelta(days=14)
"""How long after it was placed an order that was shipped is still told."""
SHIPPED: Final = ("Shipped", "PartiallyDelivered", "Delivered")
OPEN_ORDERS: Final = Document(
    name="openOrders",
    field="orders",
    text="""query openOrders($options: OrderListOptions) {
  orders(options: $options) {
    totalItems
    items { id orderPlacedAt lines { quantity productVariant { id sku } } }
  }
}""",
)


class _OpenLine(Wire):
    quantity: Count
    product_variant: WireLineVariant


class _OpenOrder(Wire):
    id: Id
    order_placed_at: AwareDatetime
    lines: tuple[_OpenLine, ...]


@dataclass(frozen=True)
class VendureOpenOrders:
    """The open orders of one shop."""

    api: VendureApi
    clock: Clock
    settings: VendureSettings

    def of(self, skus: Sequence[str], since: datetime) -> list[OpenOrder]:
        """Return orders placed at or after ``since`` with one of these SKUs, with their units of these SKUs only.

        Raises:
            RetryLater: An order cannot be read: it might hold units, so nothing may be concluded.
        """
        wanted = {sku for sku in skus if sku}
        if not wanted:
            return []
        held = {order.id: order for order in (_read(row, wanted) for row in self._rows(since))}
        return [order for order in held.values() if order.units and order.placed_at >= since]

    def deducts_at_order(self) -> bool:
        """Answer no: what lies there falls when a fulfillment is made (platform file, "Stock")."""
        return False

    def _rows(self, since: datetime) -> Iterator[Row]:
        filters = _filters(since, self.clock() - SHIPPED_LATELY)

        def page(skip: int, take: int) -> Listing:
            return self.api.listed(OPEN_ORDERS, {"filter": filters, "sort": BY_ID, "skip": skip, "take": take})

        def read(place: str) -> tuple[Sequence[Row], str | None]:
            found, after = page_from(VendurePlace.parse(place), self.settings.page_size, page, "open orders")
            return found.rows, after.text() if after else None

        return (row for rows, _ in each_page(read, "", TITLE, "open orders") for row in rows)


def _filters(since: datetime, lately: datetime) -> dict[str, Any]:
    not_shipped = {"state": {"notIn": list(SHIPPED)}}
    return {
        **PLACED,
        "state": {"notEq": CANCELLED},
        "orderPlacedAt": {"after": as_moment(since - SECOND)},
        "_or": [not_shipped, {"orderPlacedAt": {"after": as_moment(lately)}}],
    }


def _read(row: Row, wanted: set[str]) -> OpenOrder:
    try:
        wire = _OpenOrder.model_validate(row)
    except ValidationError as error:
        raise odd_form(TITLE, "open orders", first_error(error)) from error
    units: defaultdict[str, Decimal] = defaultdict(Decimal)
    for line in wire.lines:
        if line.quantity and line.product_variant.sku in wanted:
            units[line.product_variant.sku] += line.quantity
    return OpenOrder(id=OrderId(wire.id), placed_at=wire.order_placed_at, units=dict(units))
