"""Runs of orders: all of a shop's orders since a day go to the import, with progress, whatever breaks off."""

from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest

from shopbridge.connectors.shopware.orders import read as reading
from shopbridge.flows import runs
from shopbridge.flows.runs import LEASE
from shopbridge.model.base import OrderId
from shopbridge.model.messages import RunRequest
from tests.integration.orders.run_steps import counts, deliver, orders_run, refused, shown, start
from tests.integration.stage import NewWorld, an_order, bring, depths, events, held, imported, not_imported, unannounced
from tests.integration.world import Calls, Killed

LONG_AGO = "2025-10-01T00:00:00Z"
THIS_MONTH = "2026-01-01T00:00:00Z"


@pytest.fixture
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "ORDER_PAGE", 2)


@pytest.fixture
def little_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """A slice ends after a page."""
    monkeypatch.setattr(runs, "SLICE_ENDS_WITH", 1_000.0)


# --- which orders -------------------------------------------------------------------------------------------------


def test_a_run_since_a_day_takes_the_slow_lane_and_leaves_the_cursor_alone(new_world: NewWorld) -> None:
    world = new_world(from_date="2025-06-01")
    world.poll()
    world.settle()
    cursors = world.container.bridge.cursors
    old = unannounced(world, an_order(placed_at=world.clock() - timedelta(days=90)))
    stood = cursors.load(world.connection, "orders")
    start(world, since=LONG_AGO)
    deliver(world)
    assert (depths(world), cursors.load(world.connection, "orders")) == ((0, 0, 1), stood)
    world.settle()
    imported(world, old)
    assert world.record(old).origin == "backfill"


def test_a_run_begins_with_the_first_moment_of_its_day(new_world: NewWorld) -> None:
    world, began = new_world(), datetime.fromisoformat(LONG_AGO)
    first, earlier = (unannounced(world, an_order(placed_at=began - timedelta(seconds=by))) for by in (0, 1))
    world.shop.touch(earlier)
    start(world, since=LONG_AGO)
    world.settle()
    imported(world, first)
    assert not world.container.bridge.ledger.orders(world.connection, [OrderId(earlier)])
    assert counts(world) == {"found": 2, "created": 1, "unchanged": 1}


def test_an_order_beyond_the_start_date_that_a_run_brought_and_a_map_held_is_taken_when_resent(
    new_world: NewWorld,
) -> None:
    maps = {name: {"fallback": "="} for name in ("shipping", "tax", "payment")}
    world = new_world(maps=maps)
    old = unannounced(world, an_order(placed_at=world.clock() - timedelta(days=90)))
    start(world, since=LONG_AGO)
    world.settle()
    held(world, old, "unmapped_status")
    world.changes = {"maps": {**maps, "status": {"fallback": "1"}}}
    world.ask("change", settings=world.settings())
    world.ask("resend", connection=world.connection, code="unmapped_status")
    world.settle()
    imported(world, old)


def test_a_run_without_a_day_takes_what_a_first_import_takes_and_judges_anew_what_was_skipped(
    new_world: NewWorld,
) -> None:
    world = new_world(payment_statuses=["authorized"])
    paid = bring(world)
    too_old = unannounced(world, an_order(placed_at=world.clock() - timedelta(days=90)))
    world.shop.touch(too_old)
    left_out = unannounced(world, an_order(state="in_progress"))
    not_imported(world, paid, "SKIPPED", "payment_not_taken")
    world.changes = {"payment_statuses": ["paid"], "first_import_without": ["in_progress"]}
    world.ask("change", settings=world.settings())
    start(world)
    world.settle()
    imported(world, paid)
    not_imported(world, left_out, "SKIPPED", "status_not_in_first_import")
    assert not world.container.bridge.ledger.orders(world.connection, [OrderId(too_old)])
    assert counts(world) == {"found": 3, "created": 2, "unchanged": 1}


def test_what_is_known_is_handed_over_and_not_created_again(new_world: NewWorld) -> None:
    world = new_world()
    orders = [bring(world) for _ in range(2)]
    start(world, since=THIS_MONTH)
    world.settle()
    for order_id in orders:
        imported(world, order_id)
    assert world.office.calls.by_route["POST /orders"] == 2
    assert counts(world) == {"found": 2, "created": 2}


def test_an_order_that_nobody_can_read_is_named_by_the_run(new_world: NewWorld) -> None:
    world = new_world()
    store = world.shop.shop.store
    broken, good = unannounced(world, an_order()), unannounced(world, an_order())
    address = store.tables["order_address"][store.tables["order"][broken].values["billingAddressId"]]
    country = store.tables["country"][address.values["countryId"]]
    twin = world.shop.shop.insert("country", {**country.values, "id": "c" * 32, "iso": "", "name": "Nowhere"})
    store.write(address, {"countryId": twin.id})
    start(world)
    world.settle()
    imported(world, good)
    held(world, broken, "missing_country")
    (problem,) = orders_run(world)["problems"]
    assert (problem["item"], problem["reason"]["code"]) == (world.record(broken).reference, "missing_country")
    assert counts(world) == {"found": 2, "created": 1, "held": 1}


@pytest.mark.parametrize(
    ("job", "fields", "says"),
    [
        ("stock", {"since": LONG_AGO}, "only a run of orders begins at a day"),
        ("orders", {"afresh": True}, "no order is ever created twice"),
        ("orders", {"since": "2026-01-01T00:00:00"}, "a time with its zone"),
        ("orders", {"since": "2099-01-01T00:00:00Z"}, "still to come"),
    ],
)
def test_what_makes_no_sense_for_a_kind_is_refused(
    new_world: NewWorld, job: str, fields: dict[str, Any], says: str
) -> None:
    assert says in refused(new_world(app=False), "start_run", job=job, **fields)


# --- progress -----------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("small_pages", "little_time")
def test_a_run_goes_on_in_slices_and_is_stopped_and_resumed(new_world: NewWorld) -> None:
    world = new_world()
    orders = [unannounced(world, an_order()) for _ in range(5)]
    start(world)
    deliver(world)
    run = orders_run(world)
    assert (run["state"], run["percent"], run["started_by"], counts(world)) == (
        *("running", None, "anna"),
        {"found": 2, "created": 2},
    )
    assert "active already: 2 found, started by anna" in refused(world, "start_run", job="orders")
    world.ask("stop_run", connection=world.connection, job="orders")
    world.settle()
    assert (orders_run(world)["state"], counts(world)["found"]) == ("stopped", 2)
    world.poll()
    deliver(world)
    assert orders_run(world)["state"] == "stopped"
    world.ask("resume_run", connection=world.connection, job="orders")
    world.settle()
    run = orders_run(world)
    assert (run["state"], run["percent"], counts(world)) == ("done", 100, {"found": 5, "created": 5})
    for order_id in orders:
        imported(world, order_id)
    (end,) = events(world, "run_done")
    assert (end["job"], end["started_by"], end["created"]) == ("orders", "anna", 5)
    assert "***" not in "".join(world.lines)


def test_a_wish_to_stop_is_heard_between_two_pages(new_world: NewWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "ORDER_PAGE", 1)
    monkeypatch.setattr(runs, "SAVE_EVERY", timedelta(0))
    world = new_world()
    for _ in range(3):
        unannounced(world, an_order())
    start(world)
    first = world.container
    ask = partial(first.bridge.runs.ask_to_stop, world.connection, "orders")
    world.new_container(Calls(at=6, when="before", meanwhile=ask))
    deliver(world)
    assert world.calls.struck
    assert orders_run(world)["state"] == "stopped"
    assert counts(world)["found"] in (1, 2)
    assert len(events(world, "run_stopped")) == 1


@pytest.mark.usefixtures("small_pages", "little_time")
def test_a_run_and_a_poll_in_between_do_not_disturb_each_other(new_world: NewWorld) -> None:
    world = new_world()
    world.poll()
    world.settle()
    orders = [unannounced(world, an_order()) for _ in range(5)]
    start(world, since=THIS_MONTH)
    deliver(world)
    fresh = unannounced(world, an_order())
    world.poll()
    world.settle()
    for order_id in (*orders, fresh):
        imported(world, order_id)
    assert counts(world) == {"found": 6, "created": 6}
    assert len(events(world, "run_done")) == 1


# --- what may go wrong --------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("small_pages")
@pytest.mark.parametrize("at", [2, 8, 10, 11], ids=["leased", "first page sent", "last page sent", "saved"])
def test_a_run_that_dies_is_taken_up_by_the_next_poll_and_counts_nothing_twice(new_world: NewWorld, at: int) -> None:
    world = new_world(app=False)
    orders = [unannounced(world, an_order()) for _ in range(3)]
    start(world)
    world.new_container(Calls(at=at, when="after"))
    with pytest.raises(Killed):
        deliver(world)
    world.new_container()
    world.settle()
    assert orders_run(world)["state"] in ("running", "done")
    world.clock.advance(LEASE.total_seconds())
    world.poll()
    world.settle()
    for order_id in orders:
        imported(world, order_id)
    assert (orders_run(world)["state"], counts(world)) == ("done", {"found": 3, "created": 3})


def test_a_start_whose_message_got_lost_begins_with_the_next_poll(
    new_world: NewWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = new_world()
    order_id = unannounced(world, an_order())
    with monkeypatch.context() as patch:
        failed = {"Failed": [{"Id": "0"}]}
        patch.setattr(world.container.store.aws.sqs, "send_message_batch", lambda **_: failed)
        assert "The queue took all but 1" in refused(world, "start_run", job="orders")
    world.poll()
    world.settle()
    imported(world, order_id)
    assert orders_run(world)["state"] == "done"


def test_a_poll_begins_no_run_and_takes_none_that_ended(new_world: NewWorld) -> None:
    world = new_world()
    world.poll()
    world.container.bridge.work.send([RunRequest(connection=world.connection, job="orders")])
    world.settle()
    assert shown(world) == {}
    start(world)
    world.settle()
    ended = orders_run(world)
    world.poll()
    world.settle()
    assert orders_run(world) == ended


def test_a_shop_that_is_away_lets_a_run_wait(new_world: NewWorld) -> None:
    world = new_world()
    order_id = unannounced(world, an_order())
    world.shop.faults.plan("maintenance", "POST /api/search/order", times=3)
    start(world)
    deliver(world)
    assert (orders_run(world)["state"], depths(world)) == ("running", (1, 0, 0))
    assert events(world, "run_waits")[0]["job"] == "orders"
    world.settle()
    imported(world, order_id)


def test_a_run_of_a_connection_that_is_refused_goes_on_when_the_connection_does(new_world: NewWorld) -> None:
    world = new_world()
    order_id = unannounced(world, an_order())
    app = world.shop.apps.installed["Shopbridge"].integration
    app.active = False
    world.shop.access._tokens.clear()
    start(world)
    world.settle()
    assert world.ask("show", connection=world.connection)["status"] == "stopped"
    assert (orders_run(world)["state"], counts(world)) == ("running", {})
    app.active = True
    world.clock.advance(60)
    world.ask("resume", connection=world.connection)
    world.settle()
    imported(world, order_id)
    assert orders_run(world)["state"] == "done"
    assert events(world, "run_failed") == []


def test_a_run_of_a_paused_connection_goes_on_after_the_resume(new_world: NewWorld) -> None:
    world = new_world()
    order_id = unannounced(world, an_order())
    start(world)
    world.ask("pause", connection=world.connection)
    world.settle()
    assert (orders_run(world)["state"], counts(world)) == ("running", {})
    world.ask("resume", connection=world.connection)
    world.settle()
    imported(world, order_id)
    assert orders_run(world)["state"] == "done"
