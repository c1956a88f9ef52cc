"""The poll: the truth behind the webhooks, in slices, with a cursor that moves only after the hand-over."""

from datetime import timedelta
from typing import Any

import pytest

from sandbox.platforms.shopware import Payment
from shopbridge.connectors.shopware.orders import read as reading
from shopbridge.connectors.shopware.orders.changes import TABLES
from shopbridge.flows.orders import poll
from shopbridge.http.answer import Answer
from shopbridge.mapping.identity import readable, sound_id
from shopbridge.model.base import ConnectionId
from shopbridge.model.messages import ORDER_MESSAGE, OrderFound, OrderParcel, PollRequest
from shopbridge.model.order import Order
from shopbridge.model.run import OrderCursor
from tests.contract.hostile import rows_with
from tests.integration.stage import NewWorld, an_order, bring, depths, events, held, imported, not_imported, unannounced
from tests.integration.world import Calls, Killed, World


def cursor(world: World, name: str = "orders") -> OrderCursor | None:
    return world.container.bridge.cursors.load(world.connection, name)


def poll_once(world: World) -> None:
    """Deliver the poll messages that wait now, and nothing else."""
    for _ in range(depths(world)[0]):
        world._deliver(world.environment.poll_queue_url, "order_poll", twice=False)


def queued(world: World, *, lane: str) -> list[Order]:
    """Take what waits for the import."""
    url = world.environment.order_queue_url if lane == "live" else world.environment.backfill_queue_url
    found: list[Order] = []
    while messages := world._sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", []):
        for message in messages:
            world._sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
            read = ORDER_MESSAGE.validate_json(message["Body"])
            assert isinstance(read, OrderFound | OrderParcel)
            found += read.orders
    return found


def first_poll_done(world: World) -> World:
    world.poll()
    world.settle()
    return world


def searches(world: World) -> int:
    return world.shop.calls.by_route["POST /api/search/order"]


@pytest.fixture
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "ORDER_PAGE", 2)


@pytest.fixture
def little_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Polls stop after every page: more time than an invocation has must be left."""
    monkeypatch.setattr(poll, "SLICE_ENDS_WITH", 1_000.0)


# --- cursor and hand-over -------------------------------------------------------------------------------------


def test_a_poll_lists_what_changed_by_one_search_and_reads_it_whole_by_another(new_world: NewWorld) -> None:
    world = first_poll_done(new_world())
    orders = [unannounced(world, an_order()) for _ in range(3)]
    before = searches(world)
    world.poll()
    poll_once(world)
    assert searches(world) - before == 2
    assert {found.id for found in queued(world, lane="live")} == set(orders)


def test_the_cursor_moves_only_after_the_queue_took_the_orders(
    new_world: NewWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = first_poll_done(new_world())
    order_id = unannounced(world, an_order())
    stood = cursor(world)

    def refuse(**request: Any) -> dict[str, Any]:
        return {"Failed": [{"Id": entry["Id"]} for entry in request["Entries"]]}

    world.poll()
    with monkeypatch.context() as patch:
        patch.setattr(world.container.store.aws.sqs, "send_message_batch", refuse)
        poll_once(world)
    assert cursor(world) == stood
    world.settle()
    imported(world, order_id)
    moved = cursor(world)
    assert moved
    assert stood
    assert moved.since > stood.since


def test_the_upper_bound_is_the_shops_time_before_the_first_page(new_world: NewWorld) -> None:
    world = new_world()
    world.shop.clock = lambda: world.clock() - timedelta(minutes=3)
    first_poll_done(world)
    world.clock.advance(60)
    world.poll()
    poll_once(world)
    moved = cursor(world)
    assert moved
    assert moved.since == world.clock() - timedelta(minutes=3)
    assert (moved.window_end, moved.position) == (None, None)


def test_an_order_is_read_though_the_shop_set_its_clock_back_since_it_was_heard(new_world: NewWorld) -> None:
    world = first_poll_done(new_world())
    world.shop.clock = lambda: world.clock() - timedelta(minutes=9)
    for _ in range(2):
        order_id = unannounced(world, an_order())
        world.clock.advance(60)
        world.poll()
        world.settle()
        imported(world, order_id)


def test_the_overlap_does_not_enqueue_the_same_version_twice(new_world: NewWorld) -> None:
    world = first_poll_done(new_world(write_back={}))
    order_id = unannounced(world, an_order())
    for expected in (1, 0, 0):
        world.poll()
        poll_once(world)
        assert len(queued(world, lane="live")) == expected
    world.clock.advance(1)
    world.shop.touch(order_id)
    world.poll()
    poll_once(world)
    assert len(queued(world, lane="live")) == 1


@pytest.mark.parametrize("minutes", [4, 19])
def test_a_transaction_that_becomes_visible_late_is_caught_by_the_overlap(new_world: NewWorld, minutes: int) -> None:
    world = first_poll_done(new_world())
    before = world.clock()
    world.clock.advance(60 * minutes)
    world.poll()
    poll_once(world)
    late = unannounced(world, an_order(placed_at=before))
    for entity in ("order_transaction", "order_delivery", "order_line_item"):
        for row in world.shop.shop.store.children(entity, "orderId", late):
            world.shop.shop.store.write(row, {"createdAt": "2026-01-31T12:00:00.000+00:00", "updatedAt": None})
    world.poll()
    world.settle()
    imported(world, late)


def test_only_a_paid_transaction_row_moved_and_the_poll_sees_it(new_world: NewWorld) -> None:
    world = new_world()
    order_id = unannounced(world, an_order(payments=(Payment("Invoice", "open"),)))
    first_poll_done(world)
    not_imported(world, order_id, "SKIPPED", "payment_not_taken")
    world.clock.advance(900)
    stamp = world.shop.shop.store.tables["order"][order_id].values["updatedAt"]
    world.shop.webhooks.hold()
    world.shop.pay(order_id)
    world.shop.webhooks.drop()
    assert world.shop.shop.store.tables["order"][order_id].values["updatedAt"] == stamp
    world.poll()
    world.settle()
    imported(world, order_id)


# --- slices ---------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("small_pages", "little_time")
def test_a_poll_short_of_time_goes_on_in_a_follow_up_message(new_world: NewWorld) -> None:
    world = new_world()
    orders = [unannounced(world, an_order()) for _ in range(5)]
    world.poll()
    poll_once(world)
    between = cursor(world)
    assert between
    assert between.window_end
    assert (between.position, depths(world)) == ("order:2", (1, 0, 1))
    for _ in range(2 + len(TABLES[1:])):
        poll_once(world)
    done = cursor(world)
    assert done
    assert (done.since, done.window_end, done.position, done.first) == (between.window_end, None, None, False)
    assert depths(world)[0] == 0
    assert {found.id for found in queued(world, lane="backfill")} == set(orders)


@pytest.mark.usefixtures("small_pages", "little_time")
def test_a_chain_of_follow_ups_is_bounded_and_the_next_tick_goes_on(
    new_world: NewWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(poll, "LONGEST_CHAIN", 1)
    world = new_world()
    orders = [unannounced(world, an_order()) for _ in range(7)]
    world.poll()
    poll_once(world)
    poll_once(world)
    stopped = cursor(world)
    assert stopped
    assert (stopped.position, depths(world)[0]) == ("order:4", 0)
    world.poll()
    world.settle()
    for order_id in orders:
        imported(world, order_id)


@pytest.mark.usefixtures("small_pages")
def test_two_polls_at_once_lose_nothing_and_neither_fails(new_world: NewWorld) -> None:
    world = new_world()
    orders = [unannounced(world, an_order()) for _ in range(3)]
    for at in range(1, 12, 2):
        first = world.container
        calls = Calls(at=at, when="before", meanwhile=lambda: in_another_container(world))
        world.new_container(calls)
        world.poll()
        world.poll()
        world.settle()
        assert calls.struck
        world.use(first)
    for order_id in orders:
        imported(world, order_id)
    assert events(world, "bug") == []


def in_another_container(world: World) -> None:
    busy = world.container
    world.new_container()
    poll_once(world)
    world.use(busy)


@pytest.mark.usefixtures("small_pages")
@pytest.mark.parametrize("at", range(1, 12, 3))
def test_a_poll_that_dies_is_taken_up_where_it_was_handed_over(new_world: NewWorld, at: int) -> None:
    world = new_world()
    orders = [unannounced(world, an_order()) for _ in range(3)]
    world.new_container(Calls(at=at, when="after"))
    world.poll()
    with pytest.raises(Killed):
        world.settle()
    world.new_container()
    world.clock.advance(200)
    world.poll()
    world.settle()
    for order_id in orders:
        imported(world, order_id)


# --- the start date -------------------------------------------------------------------------------------------


def test_a_change_of_an_order_before_the_start_date_that_waited_for_a_resume_is_still_left_out(
    new_world: NewWorld,
) -> None:
    world = first_poll_done(new_world())
    world.ask("pause", connection=world.connection)
    old = world.place(an_order(placed_at=world.clock() - timedelta(days=90)))
    world.settle()
    held(world, old, "connection_paused")
    world.ask("resume", connection=world.connection)
    world.settle()
    not_imported(world, old, "SKIPPED", "before_start_date")


# --- what cannot be read ----------------------------------------------------------------------------------------


def test_an_order_that_cannot_be_read_is_held_and_the_others_go_on(new_world: NewWorld) -> None:
    world = new_world()
    store = world.shop.shop.store
    broken, good = unannounced(world, an_order()), unannounced(world, an_order())
    row = store.tables["order"][broken]
    address = store.tables["order_address"][row.values["billingAddressId"]]
    country = store.tables["country"][address.values["countryId"]]
    twin = world.shop.shop.insert("country", {**country.values, "id": "c" * 32, "iso": "", "name": "Nowhere"})
    store.write(address, {"countryId": twin.id})
    world.poll()
    world.settle()
    imported(world, good)
    record = held(world, broken, "missing_country")
    assert record.reason
    assert "Nowhere" in record.reason.text
    assert record.reference
    store.write(twin, {"iso": "NL"})
    world.ask("resend", connection=world.connection, code="missing_country")
    world.settle()
    imported(world, broken)


@pytest.mark.parametrize("poison", ["\ud800", "x" * 3_000, "a\x00b"], ids=["half a character", "long", "control"])
def test_an_order_whose_id_no_key_can_hold_is_held_under_a_name_of_ours(
    new_world: NewWorld, poison: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = new_world()
    broken, good = unannounced(world, an_order()), unannounced(world, an_order())
    told = Answer.json

    def poisoned(answer: Answer) -> Any:
        body = told(answer)
        for row in rows_with(body, "orderNumber"):
            row.update({"id": poison, "orderNumber": poison} if row["id"] == broken else {})
        return body

    monkeypatch.setattr(Answer, "json", poisoned)
    world.poll()
    world.settle()
    imported(world, good)
    record = world.record(sound_id(poison))
    assert (record.state, record.reason and record.reason.code) == ("HELD", "unexpected_form")
    assert record.reference == readable(poison)
    at = cursor(world)
    assert at is not None
    assert at.window_end is None


def test_a_payment_state_of_a_plugin_holds_the_order_until_the_connection_says_what_it_means(
    new_world: NewWorld,
) -> None:
    world = new_world(payment_statuses=[])
    state = world.shop.shop.store.find("state_machine_state", technicalName="paid")
    assert state
    world.shop.shop.store.write(state, {"technicalName": "klarna_captured"})
    order_id = bring(world)
    record = held(world, order_id, "unknown_payment_state")
    assert record.reason
    assert "'klarna_captured'" in record.reason.fix
    settings = world.settings()
    settings["shop"]["settings"]["own_payment_states"] = {"klarna_captured": True}
    world.ask("change", settings=settings)
    world.ask("resend", connection=world.connection, code="unknown_payment_state")
    world.settle()
    assert imported(world, order_id).fields["paid"] is True


def test_a_poll_of_an_unknown_or_idle_connection_calls_nobody(new_world: NewWorld) -> None:
    world = new_world()
    world.ask("pause", connection=world.connection)
    before = world.shop.calls.total
    names = world.connection, ConnectionId("nobody")
    world.container.bridge.polls.send([PollRequest(connection=name) for name in names])
    world.settle()
    assert (world.shop.calls.total, cursor(world)) == (before, None)
