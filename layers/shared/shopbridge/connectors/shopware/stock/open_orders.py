"""The orders of a shop that may still hold units of an SKU."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Annotated, Any, Final

from pydantic import AwareDatetime, BeforeValidator, TypeAdapter

from shopbridge.connectors.shopware.api import LARGEST_PAGE, any_of, either, equals, strict
from shopbridge.connectors.shopware.facts import ShopFacts
from shopbridge.connectors.shopware.orders.changes import of_channels
from shopbridge.connectors.shopware.orders.map import CANCELLED
from shopbridge.connectors.shopware.orders.status import ROUTE
from shopbridge.connectors.shopware.wire import Count, Number, Wire, WireKey
from shopbridge.mapping.identity import sound_id, sound_name
from shopbridge.model.base import OrderId, in_batches
from shopbridge.model.stock import OpenOrder
from shopbridge.ports import Clock

COMPLETED_LATELY = timedelta(days=14)
"""How long after it was placed a completed order is still told: its import may be late."""
OPEN_PAGE = LARGEST_PAGE
SKUS_AT_ONCE = 500

_NUMBER = "product.productNumber"
_INCLUDES: Final = {
    "order": ["id", "autoIncrement", "orderDateTime", "lineItems"],
    "order_line_item": ["id", "quantity", "product"],
    "product": ["id", "productNumber"],
}


class _Product(Wire):
    product_number: Annotated[Number, BeforeValidator(sound_name)] = ""


class _Line(Wire):
    quantity: Count
    product: _Product | None = None


class _Order(WireKey):
    id: Annotated[str, BeforeValidator(sound_id)]
    order_date_time: AwareDatetime
    line_items: tuple[_Line, ...]


_ORDERS = strict("order", TypeAdapter(list[_Order]), "open orders")


@dataclass(frozen=True)
class ShopwareOpenOrders:
    """The open orders of the sales channels that were chosen."""

    facts: ShopFacts
    clock: Clock

    def of(self, skus: Sequence[str], since: datetime) -> list[OpenOrder]:
        """Return orders placed since then with one of these SKUs, each once, with its units of these SKUs only.

        Cancelled ones are left out, and completed ones that were placed longer ago than ``COMPLETED_LATELY``.
        """
        lately = self.clock() - COMPLETED_LATELY
        orders: dict[str, OpenOrder] = {}
        for some in in_batches(list(dict.fromkeys(sku for sku in skus if sku)), SKUS_AT_ONCE):
            for order in self._with_products(some, since, lately):
                before = orders[order.id].units if order.id in orders else {}
                orders[order.id] = order.model_copy(update={"units": before | order.units})
        return list(orders.values())

    def deducts_at_order(self) -> bool:
        """Answer True from 6.6 on."""
        return self.facts.features.stock_falls_at_order

    def _with_products(self, skus: Sequence[str], since: datetime, lately: datetime) -> Iterator[OpenOrder]:
        filters = [*_filters(skus, since, lately), *of_channels(self.facts.settings.sales_channels)]
        lines = {"filter": [any_of(_NUMBER, skus)], "associations": {"product": {}}}
        rows = self.facts.api.sweep(
            _ORDERS, filters, page=OPEN_PAGE, associations={"lineItems": lines}, includes=_INCLUDES
        )
        return map(_read, rows)


def _filters(skus: Sequence[str], since: datetime, lately: datetime) -> list[dict[str, Any]]:
    state = "stateMachineState.technicalName"
    return [
        any_of(f"lineItems.{_NUMBER}", skus),
        _placed_since(since),
        {"type": "not", "operator": "and", "queries": [equals(state, CANCELLED)]},
        either([{"type": "not", "operator": "and", "queries": [equals(state, ROUTE[-1])]}, _placed_since(lately)]),
    ]


def _placed_since(moment: datetime) -> dict[str, Any]:
    text = moment.astimezone(UTC).isoformat(timespec="milliseconds")
    return {"type": "range", "field": "orderDateTime", "parameters": {"gte": text}}


def _read(order: _Order) -> OpenOrder:
    """An order that cannot be read might hold units, so nothing may be concluded from its page."""
    units: defaultdict[str, Decimal] = defaultdict(Decimal)
    for line in order.line_items:
        if line.product and line.product.product_number:
            units[line.product.product_number] += line.quantity
    return OpenOrder(id=OrderId(order.id), placed_at=order.order_date_time, units=dict(units))
