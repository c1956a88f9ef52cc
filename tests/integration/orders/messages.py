"""Messages of the order queue, as a function is handed them."""

from typing import Any

from sandbox.aws.queues import record
from shopbridge.model.base import OrderId
from shopbridge.model.messages import OrderNotice
from tests.integration.world import World


def calls(world: World) -> int:
    return world.shop.calls.total + world.office.calls.total


def message(body: str, *, tries: int = 1, name: str = "1") -> dict[str, Any]:
    """A record of an SQS event."""
    received: Any = {"MessageId": name, "ReceiptHandle": f"receipt-{name}", "Body": body, "MD5OfBody": ""}
    received["Attributes"] = {"ApproximateReceiveCount": str(tries)}
    return record(received, "arn:aws:sqs:eu-central-1:123456789012:orders")


def notice(world: World, order_id: str) -> str:
    return OrderNotice(
        connection=world.connection,
        order_id=OrderId(order_id),
        origin="webhook",
        event="test",
        received_at=world.clock(),
    ).model_dump_json()
