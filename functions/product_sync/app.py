"""Brings products, prices and categories to the other side, in slices."""

from collections.abc import Mapping
from typing import Any

from shopbridge.flows.products.sync import product_work
from shopbridge.flows.runs import run_or_leave
from shopbridge.model.messages import RunRequest
from shopbridge.store.batch import MessageDelivery, handle_batch
from shopbridge.wiring import open_container

container = open_container()


def handler(event: Mapping[str, Any], context: Any) -> Mapping[str, Any]:
    """Answer which messages of the batch failed."""
    with container.invocation(context):
        return handle_batch(container.store, event, sync)


def sync(delivery: MessageDelivery) -> None:
    """Do one slice of a run."""
    request = RunRequest.model_validate_json(delivery.body)
    run_or_leave(container.bridge, request, product_work, last_try=delivery.last)
