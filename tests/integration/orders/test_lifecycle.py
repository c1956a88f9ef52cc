"""Connections that pause, stop and resume; tries that end; bugs that stay with their message."""

from collections.abc import Sequence
from typing import Any

import pytest

from sandbox.aws.queues import record
from sandbox.platforms.shopware import Payment
from shopbridge.flows.orders import drafts
from shopbridge.flows.orders.differences import CHANGED
from shopbridge.flows.orders.resolve import resolve
from shopbridge.model.base import OrderId
from shopbridge.model.messages import OrderFound, OrderNotice, PollRequest
from shopbridge.store.batch import LAST_TRY
from tests.integration.stage import (
    NewWorld,
    an_order,
    bring,
    copies,
    depths,
    events,
    held,
    imported,
    not_imported,
    records,
    told,
    unannounced,
)
from tests.integration.world import Calls, Killed, World


def status(world: World) -> str:
    found: str = world.ask("show", connection=world.connection)["status"]
    return found


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


def failed(world: World, records: Sequence[dict[str, Any]], step: str = "order_import") -> list[str]:
    """The messages that a function reports as failed."""
    answer = world.invoke(step, {"Records": list(records)})
    return [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]


# --- pause and resume -----------------------------------------------------------------------------------------


def test_orders_that_come_while_a_connection_is_paused_wait_and_go_on_after_the_resume(new_world: NewWorld) -> None:
    world = new_world()
    world.ask("pause", connection=world.connection)
    before = calls(world)
    announced = bring(world)
    silent = unannounced(world, an_order())
    world.poll()
    world.settle()
    held(world, announced, "connection_paused")
    assert calls(world) == before, "a paused connection calls nobody"
    answer = world.ask("resume", connection=world.connection)
    assert (answer["status"], answer["resent"]) == ("active", 1)
    world.settle()
    imported(world, announced)
    imported(world, silent)


def test_a_paused_connection_is_not_in_the_schedule(new_world: NewWorld) -> None:
    world = new_world(poll_minutes=5)
    assert world.invoke("dispatch", {"every": 5})["polls"] >= 1
    world.ask("pause", connection=world.connection)
    world.settle()
    scheduled = world.container.bridge.connections.scheduled(5)
    assert world.connection not in [one.connection for one in scheduled]


def test_an_order_that_the_poll_handed_over_before_the_pause_is_not_forgotten(new_world: NewWorld) -> None:
    """The cursor has passed it and remembers it as seen: only the ledger still knows."""
    world = new_world()
    order_id = bring(world, payments=(Payment("Invoice", "open"),))
    not_imported(world, order_id, "SKIPPED", "payment_not_taken")
    world.clock.advance(1)
    world.shop.webhooks.hold()
    world.shop.pay(order_id)
    world.shop.webhooks.drop()
    world.poll()
    assert world.invoke("order_poll", {"Records": [message(take_body(world, "poll"))]}) == {"batchItemFailures": []}
    world.ask("pause", connection=world.connection)
    world.settle()
    held(world, order_id, "connection_paused")
    world.ask("resume", connection=world.connection)
    world.settle()
    imported(world, order_id)


def take_body(world: World, queue: str) -> str:
    """Take the one message out of a queue."""
    urls = {"poll": world.environment.poll_queue_url, "order": world.environment.order_queue_url}
    (found,) = world._sqs.receive_message(QueueUrl=urls[queue])["Messages"]
    world._sqs.delete_message(QueueUrl=urls[queue], ReceiptHandle=found["ReceiptHandle"])
    return str(found["Body"])


@pytest.mark.parametrize("when", ["before", "after"])
def test_an_order_whose_worker_died_just_before_the_pause_is_not_forgotten(new_world: NewWorld, when: str) -> None:
    """Its message comes back while the dead worker's lease still stands: setting it aside has to wait for that."""
    world = new_world()
    world.new_container(Calls(on="pos.example POST /api/rest/v1/orders", when=when))
    order_id = world.place(an_order())
    with pytest.raises(Killed):
        world.settle()
    world.new_container()
    world.ask("pause", connection=world.connection)
    world.settle()
    assert [each["id"] for each in world.ask("held", connection=world.connection)] == [order_id]
    world.ask("resume", connection=world.connection)
    world.settle()
    imported(world, order_id)


def test_an_order_in_doubt_when_the_connection_is_paused_is_looked_up_after_the_resume(new_world: NewWorld) -> None:
    world = new_world()
    world.office.faults.plan("lost_answer", "POST /orders")
    order_id = world.place(an_order())
    world.work()
    assert world.record(order_id).state == "SENT"
    world.ask("pause", connection=world.connection)
    world.settle()
    assert world.record(order_id).state == "UNKNOWN"
    assert [each["id"] for each in world.ask("held", connection=world.connection)] == [order_id]
    world.ask("resume", connection=world.connection)
    world.settle()
    imported(world, order_id)
    assert world.office.calls.by_route["POST /orders"] == 1


def test_what_is_open_after_an_import_is_finished_after_a_pause(new_world: NewWorld) -> None:
    world = new_world()
    world.shop.faults.plan("maintenance", "PATCH /api/order", times=3)
    order_id = world.place(an_order())
    world.work()
    assert world.record(order_id).follow_ups == ("document", "status")
    world.ask("pause", connection=world.connection)
    world.settle()
    assert [each["open_steps"] for each in world.ask("held", connection=world.connection)] == [("document", "status")]
    world.ask("resume", connection=world.connection)
    world.settle()
    imported(world, order_id)
    assert world.shop.order(order_id)["customFields"]


def test_a_cancellation_that_comes_while_a_connection_is_paused_is_told_after_the_resume(new_world: NewWorld) -> None:
    world = new_world()
    order_id = bring(world)
    world.poll()
    world.settle()
    world.ask("pause", connection=world.connection)
    world.clock.advance(1)
    world.shop.cancel(order_id)
    world.settle()
    world.ask("resume", connection=world.connection)
    world.settle()
    imported(world, order_id, CHANGED)
    assert len(events(world, "order_cancelled_after_import")) == 1


def test_a_held_order_is_imported_only_when_its_own_reason_is_gone(new_world: NewWorld) -> None:
    world = new_world(maps={"payment": {"entries": {}}, "tax": {"fallback": "="}})
    order_id = bring(world)
    waiting = world.record(order_id)
    assert waiting.state == "HELD"
    world.ask("pause", connection=world.connection)
    world.ask("resume", connection=world.connection)
    world.settle()
    assert world.record(order_id).reason == waiting.reason


# --- refused credentials ----------------------------------------------------------------------------------------


def test_a_refused_key_of_the_back_office_stops_the_connection_with_a_sentence(new_world: NewWorld) -> None:
    world = new_world()
    world.office.faults.plan("unauthorised", times=1_000)
    first = bring(world)
    shown = world.ask("show", connection=world.connection)
    assert shown["status"] == "stopped"
    assert "SalesPOS refuses our key" in shown["reason"]
    assert "My web shop, Settings, API settings" in shown["reason"]
    (warning,) = events(world, "connection_stopped")
    assert "Compare public key" in warning["fix"]
    before = calls(world)
    second = bring(world)
    world.poll()
    world.settle()
    assert calls(world) == before, "a stopped connection calls nobody"
    for order_id in (first, second):
        held(world, order_id, "connection_stopped")


def test_a_resume_verifies_first_and_the_orders_go_on_only_when_that_succeeds(new_world: NewWorld) -> None:
    world = new_world()
    app = world.shop.apps.installed["Shopbridge"].integration
    app.active = False
    world.shop.access._tokens.clear()
    order_id = bring(world)
    assert status(world) == "stopped"
    answer = world.invoke("operations", {"operation": "resume", "connection": world.connection})
    assert answer["ok"] is False
    assert "does not accept the access key" in answer["problems"][0]
    assert status(world) == "stopped"
    app.active = True
    world.clock.advance(60)
    world.ask("resume", connection=world.connection)
    world.settle()
    imported(world, order_id)
    assert status(world) == "active"


def test_a_poll_that_is_refused_stops_the_connection_too(new_world: NewWorld) -> None:
    world = new_world()
    world.shop.apps.installed["Shopbridge"].integration.active = False
    world.shop.access._tokens.clear()
    world.poll()
    world.settle()
    assert status(world) == "stopped"
    assert depths(world) == (0, 0, 0)


def test_a_shop_that_redirects_once_stops_nothing(new_world: NewWorld) -> None:
    world = new_world()
    world.shop.faults.plan("redirect", "POST /api/search/order", detail="https://other.example/login")
    order_id = bring(world)
    assert status(world) == "active"
    assert "https://other.example/login" in events(world, "order_waits")[0]["reason"]
    imported(world, order_id)


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
