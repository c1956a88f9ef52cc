"""Messages of orders: their last try, bugs that stay with theirs, and those that say nothing anybody can use."""

from collections.abc import Sequence
from typing import Any

import pytest

from shopbridge.flows.orders import drafts
from shopbridge.flows.orders.resolve import resolve
from shopbridge.model.base import OrderId
from shopbridge.model.messages import OrderFound, OrderNotice, PollRequest
from shopbridge.store.batch import LAST_TRY
from tests.integration.orders.messages import calls, message, notice
from tests.integration.stage import (
    NewWorld,
    an_order,
    bring,
    copies,
    depths,
    events,
    held,
    imported,
    records,
    told,
    unannounced,
)
from tests.integration.world import World


def failed(world: World, records: Sequence[dict[str, Any]], step: str = "order_import") -> list[str]:
    """The messages that a function reports as failed."""
    answer = world.invoke(step, {"Records": list(records)})
    return [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]


# --- the last try ---------------------------------------------------------------------------------------------


def test_at_its_last_try_an_order_is_held_instead_of_going_to_the_dead_letters(new_world: NewWorld) -> None:
    world = new_world()
    order_id = unannounced(world, an_order())
    world.office.faults.plan("rate_limit_failure", "GET /users", times=9)
    assert failed(world, [message(notice(world, order_id), tries=LAST_TRY - 1)]) == ["1"]
    world.clock.advance(60)
    assert failed(world, [message(notice(world, order_id), tries=LAST_TRY)]) == []
    record = held(world, order_id, "gave_up")
    assert record.reason
    assert "SalesPOS has a fault" in record.reason.text
    world.clock.advance(60)
    world.office.faults._planned.clear()
    world.ask("resend", connection=world.connection, code="gave_up")
    world.settle()
    imported(world, order_id)


def test_an_order_in_doubt_at_its_last_try_stays_in_doubt_and_is_never_created_twice(new_world: NewWorld) -> None:
    world = new_world()
    order_id = unannounced(world, an_order())
    world.office.faults.plan("lost_answer", "POST /orders")
    assert failed(world, [message(notice(world, order_id), tries=LAST_TRY)]) == []
    record = world.record(order_id)
    assert (record.state, record.reason and record.reason.code) == ("UNKNOWN", "gave_up")
    world.clock.advance(60)
    world.ask("resend", connection=world.connection, code="gave_up")
    world.settle()
    imported(world, order_id)
    assert world.office.calls.by_route["POST /orders"] == 1


def test_an_order_that_the_shop_cannot_even_be_asked_for_is_held_at_the_last_try(new_world: NewWorld) -> None:
    world = new_world()
    order_id = unannounced(world, an_order())
    world.shop.faults.plan("maintenance", "POST /api/search/order", times=9)
    assert failed(world, [message(notice(world, order_id), tries=LAST_TRY)]) == []
    held(world, order_id, "gave_up")


# --- bugs and batches -------------------------------------------------------------------------------------------


class StumbleError(Exception):
    pass


def test_a_bug_fails_only_its_message_and_its_log_line_has_no_personal_data(
    new_world: NewWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = new_world()
    orders = [unannounced(world, an_order()) for _ in range(3)]
    real = resolve

    def stumble(job: Any, order: Any) -> Any:
        if order.id == orders[1]:
            raise StumbleError(f"{order.customer.email} at {order.billing_address.street}")
        return real(job, order)

    monkeypatch.setattr(drafts, "resolve", stumble)
    records = [message(notice(world, order_id), name=str(at)) for at, order_id in enumerate(orders)]
    assert failed(world, records) == ["1"]
    imported(world, orders[0])
    imported(world, orders[2])
    (bug,) = events(world, "bug")
    assert "StumbleError: ***" in bug["trace"]
    assert "in stumble" in bug["trace"]
    monkeypatch.undo()
    world.clock.advance(200)
    assert failed(world, records) == []
    imported(world, orders[1])


def test_only_the_failed_messages_of_a_batch_come_back(new_world: NewWorld) -> None:
    world = new_world()
    orders = [unannounced(world, an_order()) for _ in range(3)]
    world.shop.faults.plan("maintenance", "POST /api/search/order", times=1)
    records = [message(notice(world, order_id), name=str(at)) for at, order_id in enumerate(orders)]
    records.append(message('{"kind": "notice"}', name="broken"))
    assert failed(world, records) == ["0", "broken"]
    assert [len(copies(world, order_id)) for order_id in orders] == [0, 1, 1]


def test_every_message_of_a_batch_may_fail_without_an_exception(new_world: NewWorld) -> None:
    world = new_world()
    records = [message(body, name=str(at)) for at, body in enumerate(["", "null", "[]", '{"kind": "order"}'])]
    assert failed(world, records) == ["0", "1", "2", "3"]
    assert failed(world, records, "order_poll") == ["0", "1", "2", "3"]
    assert len(events(world, "bug")) == 8


def test_messages_of_a_deleted_connection_are_dropped(new_world: NewWorld) -> None:
    world = new_world()
    order_id = world.place(an_order())
    world.poll()
    world.ask("delete", connection=world.connection)
    world.settle()
    assert (depths(world), copies(world, order_id)) == ((0, 0, 0), [])


def test_a_notice_that_names_no_order_is_acknowledged(new_world: NewWorld) -> None:
    world = new_world()
    body = OrderNotice(
        connection=world.connection, order_id=None, origin="webhook", event="app.activated", received_at=world.clock()
    )
    before = calls(world)
    assert failed(world, [message(body.model_dump_json())]) == []
    assert calls(world) == before


def test_a_notice_for_an_order_that_the_shop_does_not_know_is_acknowledged(new_world: NewWorld) -> None:
    world = new_world()
    assert failed(world, [message(notice(world, "0" * 32)), message(notice(world, "no id at all"))]) == []


def test_a_whole_order_in_a_message_needs_no_read_of_the_shop(new_world: NewWorld) -> None:
    world = new_world(write_back={})
    order_id = unannounced(world, an_order())
    connection = world.container.bridge.connections.get(world.connection)
    assert connection
    (order,), _ = world.container.bridge.platforms.parts(connection, "shop").order_source.read([OrderId(order_id)])
    before = world.shop.calls.total
    found = OrderFound(connection=world.connection, order=order, origin="poll")
    assert failed(world, [message(found.model_dump_json())]) == []
    assert world.shop.calls.total == before
    assert "Found by poll." in told(world.record(order_id))
    imported(world, order_id)


def test_a_customer_deleted_in_the_back_office_is_made_anew_after_a_resend(new_world: NewWorld) -> None:
    world = new_world()
    imported(world, bring(world))
    (user_id,) = world.office.shop.users
    username = world.office.shop.users.pop(user_id)["username"]
    world.office.shop.user_ids.pop(username)
    world.clock.advance(3600)
    second = bring(world)
    assert world.record(second).state == "REJECTED"
    world.ask("resend", connection=world.connection, order=world.shop.order(second)["orderNumber"])
    world.settle()
    imported(world, second)
    assert [user["username"] for user in world.office.shop.users.values()] == [username]


def test_a_poll_that_keeps_failing_is_left_to_the_next_tick_and_told(new_world: NewWorld) -> None:
    world = new_world()
    world.shop.faults.plan("maintenance", times=50)
    request = PollRequest(connection=world.connection).model_dump_json()
    for tries, failures in ((1, 1), (2, 1), (3, 0)):
        answer = world.invoke("order_poll", {"Records": [message(request, tries=tries)]})
        assert len(answer["batchItemFailures"]) == failures, tries
    assert len(events(world, "poll_failed")) == 1


def test_what_was_handed_over_is_noted_once_and_the_cursor_stays_small(new_world: NewWorld) -> None:
    world = new_world(write_back={})
    unannounced(world, an_order())
    for _ in range(3):
        world.poll()
        world.settle()
        world.clock.advance(300)
    cursor = world.container.bridge.cursors.load(world.connection, "orders")
    assert cursor is not None
    assert (cursor.seen, cursor.found) == ({}, {})
    noted = [name for name in records(world, world.connection) if name.startswith("HANDED#")]
    assert len(noted) == 1
