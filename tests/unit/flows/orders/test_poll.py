"""Where a poll begins, how far it reaches back, and what it remembers of the overlap."""

from datetime import UTC, datetime, timedelta

import pytest

from shopbridge.errors import RetryLater
from shopbridge.flows.orders.filter import first_moment
from shopbridge.flows.orders.poll import TRIES_OF_A_TICK, poll_or_leave, poll_orders
from shopbridge.model.base import OrderId
from shopbridge.model.messages import PollRequest
from shopbridge.model.run import OrderCursor
from tests.unit.flow_samples import CREATED, a_connection
from tests.unit.flows.orders.order_world import OrderWorld, placed


def test_a_first_import_begins_two_months_before_the_connection_was_made() -> None:
    assert first_moment(a_connection()) == CREATED - timedelta(days=61)


def test_a_chosen_day_begins_at_its_midnight_in_utc() -> None:
    assert first_moment(a_connection(from_date="2026-02-03")) == datetime(2026, 2, 3, tzinfo=UTC)


def polled(world: OrderWorld) -> int:
    return poll_orders(world.bridge, world.before_poll(), PollRequest(connection=world.connections.connection.id))


@pytest.mark.parametrize(("minutes", "overlap"), [(5, 20), (10, 20), (30, 60)])
def test_a_poll_reaches_back_twice_its_interval_and_twenty_minutes_at_least(minutes: int, overlap: int) -> None:
    world = OrderWorld(poll_minutes=minutes)
    ended = world.clock() - timedelta(minutes=minutes)
    world.cursors.cursor = OrderCursor(since=ended, version=3)
    polled(world)
    assert world.shop.asked_since == [ended - timedelta(minutes=overlap)]
    assert world.cursors.cursor.since == world.clock()


def test_a_first_import_reaches_back_to_its_first_moment_and_no_further() -> None:
    world = OrderWorld()
    polled(world)
    assert world.shop.asked_since == [first_moment(world.connections.connection)]


def test_of_the_overlap_only_versions_that_were_not_handed_over_are() -> None:
    world = OrderWorld()
    known, changed, fresh = (placed(world, id=OrderId(name)) for name in ("known", "changed", "fresh"))
    world.shop.shown = [known, changed]
    assert polled(world) == 2
    world.clock.advance(minutes=5)
    world.shop.shown = [known, changed.model_copy(update={"revision": "2030-01-01T10:00:00.000Z"}), fresh]
    assert polled(world) == 2
    assert [order.id for order in world.orders.orders[2:]] == ["changed", "fresh"]
    world.clock.advance(minutes=5)
    assert polled(world) == 0


def test_what_a_release_of_before_handed_over_is_not_handed_over_again() -> None:
    world = OrderWorld()
    seen, found, changed = (placed(world, id=OrderId(name)) for name in ("seen", "found", "changed"))
    before = {seen.id: seen.revision, changed.id: "2025-01-01T10:00:00.000Z"}
    world.cursors.cursor = OrderCursor(since=world.clock(), seen=before, found={found.id: found.revision})
    world.shop.shown = [seen, found, changed]
    assert polled(world) == 1
    assert [order.id for order in world.orders.orders] == ["changed"]
    assert (world.cursors.cursor.seen, world.cursors.cursor.found) == ({}, {})
    assert polled(world) == 0


def test_a_poll_that_a_limit_stops_between_two_pages_goes_on_where_it_was() -> None:
    world = OrderWorld()
    world.shop.shown, world.shop.more = [placed(world)], [placed(world, id=OrderId("second"))]
    world.shop.busy_at = "2"
    with pytest.raises(RetryLater):
        polled(world)
    kept = world.cursors.cursor
    assert kept is not None
    assert (kept.position, len(world.orders.messages)) == ("2", 1)
    with pytest.raises(RetryLater):
        polled(world)
    assert world.cursors.cursor == kept
    world.shop.busy_at = "never"
    polled(world)
    assert world.shop.asked_at == [None, "2", "2", "2"]
    assert len(world.orders.messages) == 2


def test_a_poll_that_keeps_failing_is_left_to_the_next_tick_at_the_last_try_and_told() -> None:
    world = OrderWorld()
    world.shop.more, world.shop.busy_at = [placed(world)], "2"
    request = PollRequest(connection=world.connections.connection.id)
    with pytest.raises(RetryLater):
        poll_or_leave(world.bridge, world.before_poll(), request, tries=TRIES_OF_A_TICK - 1)
    poll_or_leave(world.bridge, world.before_poll(), request, tries=TRIES_OF_A_TICK)
    assert len(world.log.of("poll_failed", "reason")) == 1


def test_a_poll_leaves_in_the_shop_what_would_wait_longer_than_a_message_can() -> None:
    world = OrderWorld()
    world.shop.shown, world.shop.more = [placed(world, id=OrderId("a"))], [placed(world, id=OrderId("b"))]
    world.turns.waits = 901
    assert polled(world) == 1
    assert (world.shop.asked_at, world.polls.messages) == ([None], [])
    world.turns.waits = 0
    assert polled(world) == 1
    assert world.shop.asked_at == [None, "2"]
    assert [order.id for order in world.orders.orders] == ["a", "b"]


def test_hints_that_came_before_a_reading_cost_no_reading_of_their_own() -> None:
    world = OrderWorld()
    hints = [PollRequest(connection=world.connections.connection.id, asked_at=world.clock()) for _ in range(20)]
    world.clock.advance(seconds=1)
    for hint in hints:
        poll_orders(world.bridge, world.before_poll(), hint)
    assert len(world.shop.asked_since) == 1
    late = PollRequest(connection=world.connections.connection.id, asked_at=world.clock())
    world.clock.advance(seconds=1)
    poll_orders(world.bridge, world.before_poll(), late)
    polled(world)
    assert len(world.shop.asked_since) == 3


def test_a_hint_finishes_a_window_that_broke_off() -> None:
    world = OrderWorld()
    world.shop.more, world.shop.busy_at = [placed(world)], "2"
    hint = PollRequest(connection=world.connections.connection.id, asked_at=world.clock())
    world.clock.advance(seconds=1)
    with pytest.raises(RetryLater):
        poll_orders(world.bridge, world.before_poll(), hint)
    world.shop.busy_at = "never"
    assert poll_orders(world.bridge, world.before_poll(), hint) == 1
