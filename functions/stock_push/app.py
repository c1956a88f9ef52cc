"""Brings stock to the other side: at once for SKUs, in slices for runs over everything."""

from collections.abc import Mapping
from typing import Any

from shopbridge.flows.runs import run_or_leave
from shopbridge.flows.stock.push import push_or_leave
from shopbridge.flows.stock.sweep import stock_work
from shopbridge.model.messages import STOCK_MESSAGE, StockRequest
from shopbridge.store.batch import MessageDelivery, handle_batch
from shopbridge.wiring import open_container

container = open_container()


def handler(event: Mapping[str, Any], context: Any) -> Mapping[str, Any]:
    """Answer which messages of the batch failed."""
    with container.invocation(context):
        return handle_batch(container.store, event, push)


def push(delivery: MessageDelivery) -> None:
    """Send the stock that one message asks for."""
    request = STOCK_MESSAGE.validate_json(delivery.body)
    if isinstance(request, StockRequest):
        push_or_leave(container.bridge, request, again=delivery.again, last_try=delivery.last)
    else:
        run_or_leave(container.bridge, request, stock_work, last_try=delivery.last)
