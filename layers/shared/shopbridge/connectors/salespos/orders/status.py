"""What SalesPOS is told of later: an order's status, that it is paid, and that it is off.

Each is a change of the order, which sets absolute values (platform file, "Orders", S4): telling it twice does no harm.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from shopbridge.connectors.parts import Capability
from shopbridge.connectors.salespos.api import patch, send_change
from shopbridge.connectors.salespos.orders.read import CANCELLED
from shopbridge.connectors.salespos.settings import SalesPosSettings
from shopbridge.errors import Held, NeedsAttention
from shopbridge.http.client import PlatformClient
from shopbridge.model.base import ExternalId
from shopbridge.model.office import OrderChange, OrderParts, OrderUpdate
from shopbridge.model.order import Order

_TEXTS: Mapping[OrderChange, str] = {
    "status": "SalesPOS was told its status, {}.",
    "paid": "SalesPOS was told that it is paid.",
    "cancelled": "SalesPOS was told that it is cancelled.",
}


@dataclass(frozen=True)
class SalesPosChanges:
    """Tells what becomes of the orders of an account."""

    settings: SalesPosSettings
    client: PlatformClient

    @property
    def takes(self) -> frozenset[OrderChange]:
        """Return what the settings choose."""
        return frozenset(self.settings.told)

    def tell(
        self, order_id: ExternalId, order: Order, parts: OrderParts, change: OrderChange, *, first: bool
    ) -> OrderUpdate:
        """Tell it in one call; what is so already counts as told.

        Raises:
            Held: The map leads to no status of SalesPOS.
            Rejected: There is no such order, or SalesPOS does not take it.
        """
        del first
        fields = self._fields(order, parts, change)
        send_change(self.client, replace(patch(f"/orders/{order_id}/", fields), repeatable=False))
        return OrderUpdate(text=_TEXTS[change].format(parts.status))

    def _fields(self, order: Order, parts: OrderParts, change: OrderChange) -> dict[str, Any]:
        if change == "cancelled":
            return {"status": CANCELLED}
        if change == "paid":
            return {"paid": True}
        if not parts.status.isdecimal():
            raise Held(
                f"SalesPOS has no status {parts.status!r}",
                code="unknown_status",
                where=f"order {order.number}",
                fix="Correct orders.maps.status: its values are the numbers 1 to 14.",
            )
        return {"status": int(parts.status)}


def without_changes(settings: SalesPosSettings) -> Mapping[Capability, NeedsAttention]:
    """Return why SalesPOS is told nothing; nothing where the settings choose something."""
    if settings.told:
        return {}
    off = NeedsAttention(
        "SalesPOS is told nothing of what becomes of its orders",
        where="SalesPOS, told",
        fix="Choose what it is told: `status`, `paid`, `cancelled`.",
    )
    return {"order_changes": off}
