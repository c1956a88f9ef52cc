"""A shop whose automations call for every change of every order: as many documents as orders, few readings."""

from sandbox.platforms.shoprenter.furnish import PENDING, PROCESSING
from shopbridge.flows.webhooks import WebhookCall, hash_token, take_unsigned
from shopbridge.model.base import ConnectionId
from shopbridge.store.environment import Environment
from tests.integration.conftest import ManualClock
from tests.integration.crashes.test_shoprenter_innvoice import at_work
from tests.integration.worlds.hungarian import HungarianWorld, an_order, order_id

ORDERS, STATUSES, CALLS = 10, (PENDING, PROCESSING, PENDING, PROCESSING), 5
"""Orders, what each of them goes through, and how often the shop calls for each of these."""
TOKEN = "a-token-of-the-address"


def calls_for_each(world: HungarianWorld) -> int:
    """As the shop's automation does: one call after the other, each for an order that has just changed."""
    bridge = world.container.bridge
    connection = bridge.connections.get(world.connection)
    assert connection is not None
    open_to_all = connection.model_copy(update={"path_token_hash": hash_token(TOKEN)})
    call = WebhookCall(world.connection, b"--x\r\n", "", {}, "https://bridge.example", token=TOKEN)
    for _ in range(ORDERS * CALLS):
        take_unsigned(bridge, open_to_all, call)
    return ORDERS * CALLS


def test_one_reading_answers_all_calls_of_a_change_and_every_order_becomes_one_document(
    environment: Environment, connection_id: ConnectionId
) -> None:
    world = at_work(HungarianWorld(environment, ManualClock(), connection_id))
    numbers = [world.shop.place_order(an_order(80_000 + at, PENDING)).id for at in range(ORDERS)]
    before, calls = world.shop.calls.by_route["GET orderExtend"], 0
    for status in STATUSES:
        for number in numbers:
            world.shop.set_status(number, status)
        calls += calls_for_each(world)
        world.clock.advance(1)
        while world.work():
            world.clock.advance(0.05)
    readings = world.shop.calls.by_route["GET orderExtend"] - before
    assert calls == ORDERS * CALLS * len(STATUSES)
    assert [len(world.documents(number)) for number in numbers] == [1] * ORDERS
    assert all(world.record(order_id(number)).state == "DONE" for number in numbers)
    assert readings <= 2 * len(STATUSES)  # a reading for each change, and one of what we told the shop ourselves
