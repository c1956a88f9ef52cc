"""Reads the changed orders of the connections that the queue names."""

from collections.abc import Mapping
from typing import Any

from shopbridge.flows.poll_orders import poll_or_leave
from shopbridge.model.messages import PollRequest
from shopbridge.store.batch import Delivery, handle_batch
from shopbridge.wiring import open_container

container = open_container()


def handler(event: Mapping[str, Any], context: Any) -> Mapping[str, Any]:
    """Answer which messages of the batch failed."""
    with container.invocation(context):
        return handle_batch(container.store, event, context, poll)


def poll(delivery: Delivery) -> None:
    """Read one slice of one connection."""
    poll_or_leave(container.bridge, PollRequest.model_validate_json(delivery.body), tries=delivery.tries)
