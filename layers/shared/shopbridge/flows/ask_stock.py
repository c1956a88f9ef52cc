"""Asks for the stock of an order's SKUs to be sent at once."""

from shopbridge.flows.job import Job
from shopbridge.model.messages import StockRequest
from shopbridge.model.order import Order

OLD_ORDERS = frozenset({"first_import", "backfill"})
"""Origins that bring thousands of orders at once: their stock can wait for the next sweep."""


def wants_stock(job: Job, origin: str) -> bool:
    """Stock is sent at once after orders of this origin."""
    settings = job.connection.settings.stock
    return settings.active and settings.at_once and origin not in OLD_ORDERS


def ask_stock(job: Job, order: Order) -> None:
    """Ask for the order's SKUs to be sent; asking twice does no harm. Raises RetryLater when the queue is away."""
    skus = tuple(dict.fromkeys(line.sku for line in order.lines if line.kind == "product" and line.sku))
    if skus:
        request = StockRequest(connection=job.connection.id, skus=skus, because=f"order {order.number}")
        job.bridge.work.send([request])
