"""The widget "is all well?": what an operator sees first, of either dashboard."""

from typing import Any

import pytest

from sandbox.platforms.shopware import Payment
from tests.integration.stage import NewWorld, bring
from tests.integration.world import World

IDEAL = (Payment("iDEAL", "paid"),)


@pytest.fixture
def world(new_world: NewWorld) -> World:
    return new_world()


def page(world: World, **fields: Any) -> str:
    """The widget of the test's own connection; both functions show the same."""
    event = {"widget": "health", "connection": world.connection, **fields}
    shown = world.invoke("watch_widgets", event)
    assert shown == world.invoke("desk_widgets", event)
    assert isinstance(shown, str)
    return shown


def test_a_connection_at_work_is_well(world: World) -> None:
    world.poll()
    world.settle()
    shown = page(world)
    assert "All is well: 1 connection." in shown
    assert "orders read 1 min ago" in shown
    assert "shopware → salespos" in shown


def test_what_waits_and_what_is_wrong_is_told_with_what_to_do(world: World) -> None:
    world.poll()
    bring(world, payments=IDEAL)
    assert "To be looked at: 1 of 1 connection. 1 order waits for you." in page(world)
    world.container.bridge.connections.stop(world.connection, "Shopware does not accept the access key.")
    shown = page(world)
    assert "Stopped: Shopware does not accept the access key." in shown
    assert "Do what it says; it then goes on by itself." in shown


def test_a_connection_that_is_none_is_refused_with_those_there_are(world: World) -> None:
    assert "There is no connection &#39;nobody&#39;" in page(world, connection="nobody")


def test_all_connections_are_shown_where_none_is_named(world: World) -> None:
    assert world.connection in page(world, connection="")


@pytest.mark.parametrize("event", [None, [], "health", 7, {}, {"widget": "explode"}, {"widget": ["health"]}])
def test_an_event_that_makes_no_sense_is_answered_with_a_sentence(world: World, event: Any) -> None:
    assert "This cannot be shown." in world.invoke("watch_widgets", event)


def test_asked_what_it_is_it_answers_in_markdown_and_does_nothing(world: World) -> None:
    told = world.invoke("watch_widgets", {"describe": True, "widget": "health"})
    assert told["markdown"].startswith("# Shopbridge")
    assert "``` yaml\nwidget: health" in told["markdown"]
