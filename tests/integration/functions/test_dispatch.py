"""The schedule's ticks: one request for each connection and flow that is due, and for no other."""

from datetime import timedelta
from typing import Any

import pytest

from shopbridge.errors import RetryLater
from shopbridge.model.base import ConnectionId
from shopbridge.model.messages import PollRequest, RunRequest
from shopbridge.store.environment import Environment
from tests.integration.conftest import ManualClock
from tests.integration.stage import depths, empty_queues, set_up, work_depths
from tests.integration.world import World

INTERVALS = (5, 10, 15, 20, 30, 60)
OTHERS = [f"every-{minutes}" for minutes in INTERVALS[1:]]


@pytest.fixture(scope="module")
def world(environment: Environment) -> World:
    """Several connections to one pair of systems, one for each interval."""
    world = set_up(environment, ConnectionId("every-5"), app=False, poll_minutes=5)
    for number, minutes in enumerate(INTERVALS[1:], 1):
        settings = world.settings()
        settings["id"] = f"every-{minutes}"
        settings["orders"]["poll_minutes"] = minutes
        others = [f"every-{before}" for before in INTERVALS[:number]]
        world.ask("create", settings=settings, secrets=world.secrets(), start=True, beside=others)
    return world


def tick(world: World, every: int) -> list[str]:
    """The connections that one tick asks a poll of."""
    empty_queues()
    answer = world.invoke("dispatch", {"every": every})
    named = [PollRequest.model_validate_json(body) for body in bodies(world, world.environment.poll_queue_url)]
    stock, products = work_depths(world)
    assert answer == {"polls": len(named), "stock": stock, "products": products}
    return [request.connection for request in named]


def bodies(world: World, url: str) -> list[str]:
    found: list[str] = []
    while messages := world._sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", []):
        found += [message["Body"] for message in messages]
    return found


def runs(world: World, url: str) -> list[RunRequest]:
    return [RunRequest.model_validate_json(body) for body in bodies(world, url)]


def hour(world: World) -> list[str]:
    """Everything that the ticks of one hour name."""
    named: list[str] = []
    for minute in range(0, 60, 5):
        named += tick(world, 5)
        named += tick(world, 10) if not minute % 10 else []
        world.clock.advance(300)
    return named


def test_in_an_hour_every_connection_is_polled_as_often_as_it_asks_for(world: World) -> None:
    named = hour(world)
    assert {minutes: named.count(f"every-{minutes}") for minutes in INTERVALS} == {
        minutes: 60 // minutes for minutes in INTERVALS
    }


def test_intervals_that_ten_minutes_divide_are_left_to_the_slower_schedule(world: World) -> None:
    lanes = {lane: [one.connection for one in world.container.bridge.connections.scheduled(lane)] for lane in (5, 10)}
    assert [name for name in sorted(lanes[5]) if name.startswith("every-")] == ["every-15", "every-5"]
    assert sorted(lanes[10]) == ["every-10", "every-20", "every-30", "every-60"]


def test_stock_and_products_are_asked_for_where_they_are_carried(world: World) -> None:
    settings = world.settings()
    settings["stock"] = settings["products"] = {"active": True, "every_minutes": 5}
    world.ask("change", settings=settings, beside=OTHERS)
    tick(world, 5)
    (stock,) = runs(world, world.environment.stock_queue_url)
    assert (stock.connection, stock.started_by, stock.run) == ("every-5", "schedule", "")
    assert runs(world, world.environment.product_queue_url) == [
        RunRequest(connection=ConnectionId("every-5"), job="products")
    ]
    world.ask("change", settings=world.settings(), beside=OTHERS)
    tick(world, 5)
    assert work_depths(world) == (0, 0)


@pytest.mark.parametrize("status", ["paused", "stopped"])
def test_a_connection_that_is_not_active_is_not_polled_until_it_is_resumed(world: World, status: str) -> None:
    if status == "paused":
        world.ask("pause", connection="every-5")
    else:
        world.container.bridge.connections.stop(ConnectionId("every-5"), "refused")
    assert "every-5" not in tick(world, 5)
    world.ask("resume", connection="every-5", beside=OTHERS)
    assert "every-5" in tick(world, 5)


def test_a_changed_interval_counts_from_the_next_tick(world: World) -> None:
    settings = world.settings()
    settings["orders"]["poll_minutes"] = 10
    world.ask("change", settings=settings, beside=OTHERS)
    assert "every-5" not in tick(world, 5)
    assert "every-5" in tick(world, 10)
    settings["orders"]["poll_minutes"] = 5
    world.ask("change", settings=settings, beside=OTHERS)


def test_a_tick_calls_no_platform_and_reads_no_settings(world: World) -> None:
    calls = world.shop.calls.total, world.office.calls.total
    world.calls.names.clear()
    tick(world, 5)
    assert (world.shop.calls.total, world.office.calls.total) == calls
    assert set(world.calls.names) == {"Query", "SendMessageBatch", "UpdateItem"}
    assert world.calls.names.count("UpdateItem") == 1, "it notes that it ticked"


def test_a_tick_whose_polls_the_queue_refuses_fails_so_that_lambda_repeats_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(**request: Any) -> dict[str, Any]:
        return {"Failed": [{"Id": entry["Id"]} for entry in request["Entries"]]}

    empty_queues()
    monkeypatch.setattr(world.container.store.aws.sqs, "send_message_batch", refuse)
    with pytest.raises(RetryLater, match="The queue took all but"):
        world.invoke("dispatch", {"every": 5})
    assert depths(world) == (0, 0, 0)


def test_ticks_that_come_a_little_late_name_the_same_connections(world: World) -> None:
    start = ManualClock().now + timedelta(days=1)
    world.clock.now = start
    on_time = [tick(world, 5), tick(world, 10)]
    world.clock.now = start + timedelta(seconds=50)
    assert [tick(world, 5), tick(world, 10)] == on_time
