"""An order's turn: what waits for a limit is sent anew, nothing of it is claimed or written, and nothing has failed."""

from datetime import timedelta

import pytest

from shopbridge.errors import LimitReached, RetryLater
from shopbridge.flows.orders.messages import import_or_hold
from shopbridge.flows.orders.turns import OLD_REST, send_in_turn
from shopbridge.model.base import ExternalId, OrderId
from shopbridge.model.messages import OrderFound, OrderMoved, OrderNotice, Origin, Turn
from shopbridge.model.order import Order
from tests.unit.flows.orders.order_world import OrderWorld, placed

USED_UP = LimitReached("The platform's limit is used up", after=7, where="office, calls")


@pytest.fixture
def world() -> OrderWorld:
    return OrderWorld()


@pytest.fixture
def order(world: OrderWorld) -> Order:
    return placed(world)


def found(world: OrderWorld, order: Order, origin: Origin = "poll", turn: Turn | None = None) -> OrderFound:
    return OrderFound(connection=world.connection.id, order=order, origin=origin, turn=turn)


def waits(world: OrderWorld) -> list[tuple[float, int]]:
    """Seconds until the turn of each message that was sent, and how often it was tried."""
    turns = [message.turn for message in world.orders.messages]
    return [((turn.at - world.clock()).total_seconds(), turn.tries) for turn in turns if turn]


def test_an_order_whose_turn_has_come_is_imported(world: OrderWorld, order: Order) -> None:
    import_or_hold(world.bridge, found(world, order), last_try=False)
    assert world.record(order).state == "DONE"
    assert (world.turns.booked, world.turns.begun, world.orders.messages) == ([(1, False, 0)], [False], [])


def test_an_order_whose_turn_is_to_come_is_sent_anew_and_leaves_no_trace(world: OrderWorld, order: Order) -> None:
    world.turns.waits = 90
    import_or_hold(world.bridge, found(world, order), last_try=False)
    assert waits(world) == [(90, 0)]
    assert (world.ledger.records, world.turns.begun, world.office.drafts) == ({}, [], [])
    assert world.log.of("order_waits", "order") == ["10042"]


def test_a_booked_turn_is_kept_and_books_no_other(world: OrderWorld, order: Order) -> None:
    turn = Turn(at=world.clock() + timedelta(seconds=1800), tries=2)
    import_or_hold(world.bridge, found(world, order, turn=turn), tries=3, last_try=False)
    assert (waits(world), world.turns.booked) == ([(1800, 2)], [])
    world.clock.advance(seconds=1799)
    import_or_hold(world.bridge, found(world, order, turn=turn), tries=3, last_try=False)
    assert (world.record(order).state, world.turns.booked) == ("DONE", [])


def test_a_turn_that_the_queue_waited_for_has_come_whatever_the_clock_says(world: OrderWorld, order: Order) -> None:
    ahead = world.clock() + timedelta(minutes=10)
    turn = Turn.of(ahead + timedelta(seconds=600), ahead)
    import_or_hold(world.bridge, found(world, order, turn=turn), last_try=False)
    assert (world.record(order).state, world.orders.messages) == ("DONE", [])


def test_a_turn_that_is_further_away_waits_for_what_is_left_of_it(world: OrderWorld, order: Order) -> None:
    ahead = world.clock() + timedelta(minutes=10)
    turn = Turn.of(ahead + timedelta(seconds=1000), ahead)
    import_or_hold(world.bridge, found(world, order, turn=turn), last_try=False)
    assert waits(world) == [(100, 0)]
    import_or_hold(world.bridge, world.orders.messages.pop(), last_try=False)
    assert world.record(order).state == "DONE"


def test_no_room_books_the_next_turn_and_nothing_is_claimed(world: OrderWorld, order: Order) -> None:
    world.turns.refusal = USED_UP
    import_or_hold(world.bridge, found(world, order), tries=19, last_try=True)
    assert waits(world) == [(7, 18)], "waiting is no try, and the tries before are not forgotten"
    assert (world.ledger.records, world.turns.booked) == ({}, [(1, False, 0), (1, False, 7)])


def test_a_limit_that_ends_in_the_middle_is_no_failure_either(world: OrderWorld, order: Order) -> None:
    world.office.refusal = USED_UP
    import_or_hold(world.bridge, found(world, order), tries=19, last_try=True)
    record = world.record(order)
    assert (record.state, record.lease_owner, record.reason) == ("INTENT", None, None)
    assert waits(world) == [(7, 18)]


def test_what_failed_is_tried_again_by_the_queue(world: OrderWorld, order: Order) -> None:
    world.office.refusal = RetryLater("The back office is away", after=30)
    with pytest.raises(RetryLater):
        import_or_hold(world.bridge, found(world, order), last_try=False)
    assert world.orders.messages == []


@pytest.mark.parametrize(("origin", "old"), [("poll", False), ("first_import", True), ("backfill", True)])
def test_old_orders_have_a_line_of_their_own_and_rest_longer(
    world: OrderWorld, order: Order, origin: Origin, old: bool
) -> None:
    world.turns.refusal = USED_UP
    import_or_hold(world.bridge, found(world, order, origin), last_try=False)
    assert world.turns.begun == [old]
    assert world.turns.booked == [(1, old, 0), (1, old, OLD_REST if old else 7)]


def test_a_notice_about_no_order_needs_no_turn(world: OrderWorld) -> None:
    notice = OrderNotice(
        connection=world.connection.id, order_id=None, origin="webhook", event="other", received_at=world.clock()
    )
    import_or_hold(world.bridge, notice, last_try=False)
    assert (world.turns.booked, world.turns.begun) == ([], [])


def test_what_a_poll_reads_books_its_turns_together(world: OrderWorld, order: Order) -> None:
    world.turns.waits = 12
    send_in_turn(world.bridge, world.connection.id, [found(world, order), found(world, order)])
    assert (world.turns.booked, waits(world)) == ([(2, False, 0)], [(12, 0)])
    assert world.orders.orders == [order, order]
    send_in_turn(world.bridge, world.connection.id, [])
    assert len(world.turns.booked) == 1


def test_what_became_of_an_order_goes_in_the_line_of_new_ones(world: OrderWorld, order: Order) -> None:
    moved = OrderMoved(
        connection=world.connection.id,
        order_id=OrderId(order.id),
        office_id=ExternalId("900"),
        changed_at=world.clock(),
    )
    import_or_hold(world.bridge, moved, last_try=False)
    assert (world.turns.booked, world.turns.begun) == ([(1, False, 0)], [False])
