"""Brings the orders that the queue names into the back office."""

from collections.abc import Mapping
from typing import Any

from shopbridge.flows.orders.messages import import_or_hold
from shopbridge.model.messages import ORDER_MESSAGE
from shopbridge.store.batch import MessageDelivery, handle_batch
from shopbridge.wiring import open_container

container = open_container()


def handler(event: Mapping[str, Any], context: Any) -> Mapping[str, Any]:
    """Answer which messages of the batch failed."""
    with container.invocation(context):
        return handle_batch(container.store, event, take)


def take(delivery: MessageDelivery) -> None:
    """Import the order of one message."""
    message = ORDER_MESSAGE.validate_json(delivery.body)
    delivery = delivery.after(message.turn.tries if message.turn else 0)
    import_or_hold(container.bridge, message, tries=delivery.tries, last_try=delivery.last)
