"""Connections that pause, stop and resume: no order is forgotten meanwhile, and none is made twice."""

import pytest

from sandbox.platforms.shopware import Payment
from shopbridge.flows.orders.differences import CHANGED
from tests.integration.orders.messages import calls, message
from tests.integration.stage import NewWorld, an_order, bring, depths, events, held, imported, not_imported, unannounced
from tests.integration.world import Calls, Killed, World


def status(world: World) -> str:
    found: str = world.ask("show", connection=world.connection)["status"]
    return found


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
