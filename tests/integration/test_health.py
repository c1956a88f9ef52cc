"""How connections do, in sentences: what came through, what waits and for how long, what is wrong."""

from typing import Any

import pytest

from sandbox.platforms.shopware import Payment
from tests.integration.stage import NewWorld, an_order, bring
from tests.integration.world import World

IDEAL = (Payment("iDEAL", "paid"),)


@pytest.fixture
def world(new_world: NewWorld) -> World:
    return new_world()


def of(world: World) -> dict[str, Any]:
    answer = world.ask("health", connection=world.connection)
    (each,) = answer["connections"]
    assert answer["well"] == each["well"]
    return dict(each)


def test_a_connection_at_work_is_well_and_tells_when_it_read_last(world: World) -> None:
    world.poll()
    world.settle()
    world.clock.advance(180)
    told = of(world)
    assert (told["well"], told["verdict"], told["backlog"]) == (True, "All is well.", "")
    (job,) = told["jobs"]
    assert (job["what"], job["failure"]) == ("orders read", "")
    assert job["ago"] in ("3 min ago", "4 min ago")


def test_what_waits_for_a_person_is_no_health(world: World) -> None:
    world.poll()
    bring(world, payments=IDEAL)
    told = of(world)
    assert (told["well"], told["held"], told["verdict"]) == (False, 1, "1 order waits for you.")


def test_orders_that_wait_for_a_limit_tell_how_long(new_world: NewWorld) -> None:
    world = new_world(limits=True)
    world.poll()
    world.settle()
    world.place(an_order())
    world.container.store.limiter(world.connection, "office").pause("orders:POST", 1500)
    for _ in range(4):
        world.work()
    told = of(world)
    assert told["backlog"].startswith("1 order is on the way; salespos can be called again in about 25 min")


def test_a_stopped_connection_tells_why_and_what_to_do(world: World) -> None:
    world.poll()
    world.settle()
    world.container.bridge.connections.stop(world.connection, "Shopware does not accept the access key.")
    told = of(world)
    assert (told["well"], told["status"]) == (False, "stopped")
    assert told["verdict"] == "Stopped: Shopware does not accept the access key."
    (trouble,) = told["troubles"]
    assert trouble["fix"]


def test_a_poll_that_stands_still_is_told_first(world: World) -> None:
    world.poll()
    world.settle()
    world.invoke("watch", {})
    world.clock.advance(3600)
    told = of(world)
    assert told["verdict"].startswith("No poll came through since")
    assert told["jobs"][0]["ago"] in ("60 min ago", "61 min ago")


def test_all_connections_are_told_and_one_that_is_none_is_refused(world: World) -> None:
    found = world.ask("health")["connections"]
    assert world.connection in {each["id"] for each in found}
    answer = world.invoke("operations", {"operation": "health", "connection": "nobody"})
    assert "There is no connection 'nobody'" in answer["problems"][0]
