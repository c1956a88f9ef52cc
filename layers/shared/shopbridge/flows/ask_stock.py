"""Asks for the stock of an order's SKUs to be sent at once."""

from shopbridge.flows.job import Job
from shopbridge.model.messages import OLD_ORDERS, StockRequest
from shopbridge.model.order import Order


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
