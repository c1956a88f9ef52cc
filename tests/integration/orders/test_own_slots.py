"""An order waits for no platform but its own: while one connection's shop hangs, the others' orders are imported."""

from collections.abc import Callable
from pathlib import Path

import boto3
import httpx
import pytest

from sandbox.aws.template import read_template
from shopbridge.model.base import ConnectionId, OrderId
from shopbridge.model.connection import Connection, ConnectionSettings
from shopbridge.model.messages import OrderNotice, Origin
from tests.integration.stage import NewWorld, an_order, copies, unannounced
from tests.integration.world import World, sqs_event

TEMPLATE = Path(__file__).parents[3] / "template.yaml"
HANGING = "hanging.example"
BATCHES = {mapping.queue: mapping.batch_size for mapping in read_template(TEMPLATE, {}).source_mappings}


class Hanging(httpx.BaseTransport):
    """A shop that takes calls and never answers; ``meanwhile`` is what other slots of the function do."""

    def __init__(self, meanwhile: Callable[[], None]) -> None:
        self._meanwhile = meanwhile

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self._meanwhile()
        raise httpx.ReadTimeout("no answer within the time-out", request=request)


def connect_hanging(world: World) -> ConnectionId:
    """A second connection, with a shop of its own."""
    hanging = ConnectionId(f"{world.connection}-hanging")
    settings = world.settings()
    settings["shop"]["settings"]["url"] = f"https://{HANGING}"
    bridge = world.container.bridge
    bridge.credentials.write(hanging, "shop", world.secrets()["shop"])
    bridge.credentials.write(hanging, "office", world.secrets()["office"])
    connection = Connection(
        settings=ConnectionSettings.model_validate({**settings, "id": hanging}),
        version=1,
        status="active",
        status_reason="",
        path_token_hash="",
        created_at=world.clock(),
    )
    bridge.connections.save(connection, expected_version=0)
    return hanging


def notice(world: World, connection: ConnectionId, order_id: str, origin: Origin) -> OrderNotice:
    return OrderNotice(
        connection=connection, order_id=OrderId(order_id), origin=origin, event="order", received_at=world.clock()
    )


def deliver(world: World, url: str, batch: int) -> None:
    """One invocation, as Lambda makes it of what the queue holds."""
    found = boto3.client("sqs").receive_message(
        QueueUrl=url, MaxNumberOfMessages=batch, AttributeNames=["All"], WaitTimeSeconds=0
    )
    if found.get("Messages"):
        events = [sqs_event(url, message)["Records"][0] for message in found["Messages"]]
        world.invoke("order_import", {"Records": events})


@pytest.mark.parametrize(("queue", "origin"), [("OrderQueue", "webhook"), ("BackfillQueue", "backfill")])
def test_a_shop_that_hangs_delays_no_other_connections_order(new_world: NewWorld, queue: str, origin: Origin) -> None:
    world = new_world()
    urls = {"OrderQueue": world.environment.order_queue_url, "BackfillQueue": world.environment.backfill_queue_url}
    hanging, order_id = connect_hanging(world), unannounced(world, an_order())
    imported: list[int] = []

    def another_slot() -> None:
        deliver(world, urls[queue], BATCHES[queue])
        imported.append(len(copies(world, order_id)))

    world.transports[HANGING] = Hanging(another_slot)
    arrived = [(hanging, "1" * 32), (world.connection, order_id)]
    world.container.bridge.orders.send([notice(world, *each, origin) for each in arrived])
    deliver(world, urls[queue], BATCHES[queue])
    assert imported == [1]
