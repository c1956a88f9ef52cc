"""Asks for stock to be sent at once: of an order's SKUs, and of what a target learnt to know."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from shopbridge.flows.orders.job import Job
from shopbridge.model.batches import in_batches
from shopbridge.model.messages import OLD_ORDERS, StockRequest
from shopbridge.model.order import Order

if TYPE_CHECKING:  # orders need nothing of products
    from shopbridge.flows.products.run import ProductJob

STOCK_AT_ONCE = 100
"""SKUs in one request for the stock of products."""


def wants_stock(job: Job, origin: str) -> bool:
    """Stock is sent at once after orders of this origin; that of old orders waits for the next sweep."""
    settings = job.connection.settings.stock
    return settings.active and settings.at_once and origin not in OLD_ORDERS


def ask_stock(job: Job, order: Order) -> None:
    """Ask for the order's SKUs to be sent; asking twice does no harm. Raises RetryLater when the queue is away."""
    skus = tuple(dict.fromkeys(line.sku for line in order.lines if line.kind == "product" and line.sku))
    if skus:
        request = StockRequest(connection=job.connection.id, skus=skus, because=f"order {order.number}")
        job.bridge.work.send([request])


def ask_new_stock(job: "ProductJob", skus: Sequence[str]) -> None:
    """Ask for SKUs that the stock flow has passed over as long as the target did not know them; now it does."""
    stock = job.turn.connection.settings.stock
    if not skus or not stock.active or stock.direction != job.settings.direction:
        return
    because = "products that are new in the target"
    job.turn.bridge.work.send(
        [
            StockRequest(connection=job.connection, skus=tuple(some), because=because)
            for some in in_batches(skus, STOCK_AT_ONCE)
        ]
    )
