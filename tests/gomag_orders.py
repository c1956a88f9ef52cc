"""Orders of Gomag as they were recorded, read as the connector reads them."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from shopbridge.connectors.gomag.orders.read import ORDERS, read_order
from shopbridge.connectors.gomag.settings import GomagSettings
from shopbridge.model.office import UnreadableOrder
from shopbridge.model.order import Order
from tests.recorded import gomag as golden

NOW = datetime(2026, 3, 1, 10, tzinfo=UTC)


def settings_of(**settings: object) -> GomagSettings:
    return GomagSettings.model_validate({"shop": "x", **settings})


def judged(row: dict[str, Any], **settings: object) -> Order | UnreadableOrder:
    (listed,) = ORDERS.read([row])
    return read_order(listed, settings_of(**settings), NOW)


def read(row: dict[str, Any], **settings: object) -> Order:
    order = judged(row, **settings)
    assert isinstance(order, Order), order
    return order


def of(name: str, **settings: object) -> Order:
    rows = golden(name)["orders"]
    return read(next(iter(rows.values() if isinstance(rows, dict) else rows)), **settings)


def adds_up(order: Order) -> bool:
    parts = sum((line.total for line in order.lines), Decimal(0)) + (order.shipping.total if order.shipping else 0)
    shares = sum((share.gross for share in order.totals.taxes), Decimal(0))
    return parts == shares == order.totals.gross and order.totals.net == sum(share.net for share in order.totals.taxes)
