"""The watch over the real stores: what lasts is counted, told once, and told when it is over."""

import json
from pathlib import Path
from typing import Any

import pytest

from shopbridge.flows.orders.poll import TRIES_OF_A_TICK
from tests.integration.stage import NewWorld, bring, events
from tests.integration.world import World

TICK: dict[str, Any] = json.loads((Path(__file__).parents[3] / "events" / "watch" / "tick.json").read_text())


@pytest.fixture
def world(new_world: NewWorld) -> World:
    """The only connection there is: the watch looks at all of them."""
    world = new_world()
    connections = world.container.bridge.connections
    for other in connections.all():
        if other.id != world.connection:
            connections.delete(other.id, world.clock())
    return world


def looks(world: World, minutes: int = 0) -> dict[str, int]:
    """What the watch counts after some minutes; what is zero is left out."""
    world.clock.advance(minutes * 60)
    return {name: count for name, count in world.invoke("watch", TICK).items() if count}


def test_a_connection_at_work_is_well(world: World) -> None:
    for _ in range(5):
        world.poll()
        world.settle()
        assert looks(world, 5) == {}


def test_a_shop_that_is_away_is_told_with_what_it_answers_and_told_when_it_is_back(world: World) -> None:
    world.poll()
    world.settle()
    assert looks(world) == {}
    world.shop.faults.plan("maintenance", "POST /api/search/order", times=TRIES_OF_A_TICK)
    world.poll()
    world.settle()
    assert looks(world, 60) == {"stale": 1}
    (told,) = events(world, "connection_stale")
    assert "503" in told["reason"]
    world.poll()
    world.settle()
    assert looks(world) == {}
    assert [line["kind"] for line in events(world, "connection_recovered")] == ["stale poll"]


def test_a_stopped_connection_and_its_waiting_orders_are_counted_until_it_is_resumed(world: World) -> None:
    world.shop.faults.plan("token_revoked", "POST /api/search/order", times=2)
    bring(world)
    assert looks(world, 600) == {"stopped": 1, "held": 1}
    assert looks(world, 600) == {"stopped": 1, "held": 1}
    assert [line["held"] for line in events(world, "measured")[-2:]] == [1, 1]
    world.ask("resume", connection=world.connection)
    world.settle()
    assert looks(world) == {}
    assert [line["kind"] for line in events(world, "connection_troubled")] == ["stopped"]
    assert [line["kind"] for line in events(world, "connection_recovered")] == ["stopped"]


def test_a_look_reads_no_settings_of_connections_at_work_and_calls_no_platform(world: World) -> None:
    looks(world)
    calls = world.shop.calls.total, world.office.calls.total
    world.calls.names.clear()
    assert looks(world, 5) == {}
    assert (world.shop.calls.total, world.office.calls.total) == calls
    # The schedule's lanes, those at rest, what waits; and for the figures what was imported and what refused today.
    assert sorted(world.calls.names) == ["BatchGetItem", *["Query"] * 6, "UpdateItem"]  # the tick is noted
