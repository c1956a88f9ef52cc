"""What a new connection's settings ask for begins by itself, once: products, and orders of before."""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any

import httpx
import pytest

from shopbridge.flows.operations.dispatch import operate
from shopbridge.flows.runs import LEASE
from shopbridge.flows.starts import BY_ITSELF, LOOK_AGAIN
from shopbridge.model.base import ConnectionId
from shopbridge.model.messages import PollRequest, RunRequest
from shopbridge.store.environment import Environment
from tests.integration.conftest import ManualClock
from tests.integration.stage import an_order, empty_queues, events, imported, rest_others, store_connection, unannounced
from tests.integration.world import Calls, Killed, World

NewWorld = Callable[..., World]
BEGINS = {"active": True, "run_when_connected": True}
MAPS = {"maps": {name: {"fallback": "="} for name in ("shipping", "tax", "payment")} | {"status": {"fallback": "1"}}}


@pytest.fixture
def a_world(environment: Environment, connection_id: ConnectionId) -> NewWorld:
    """Both platforms, and no connection yet."""

    def make(catalogue: dict[str, Any] = BEGINS, **orders: Any) -> World:
        empty_queues()
        tariffs = {"tax_tariffs": {"19": "normal", "7": "low a", "0": "zero"}}
        world = World(
            environment, ManualClock(), connection_id, changes=orders, office_changes=tariffs, catalogue=catalogue
        )
        for sku in ("MUG", "LAMP"):
            world.office.add_product(sku, 10)
        return world

    return make


def create(world: World, **fields: Any) -> dict[str, Any]:
    rest_others(world)
    known = world.container.bridge.connections
    ids = [*(each.id for each in known.all()), *(each.id for each in known.all_deleted())]
    others = [each for each in ids if each != world.connection]
    given = {"settings": world.settings(), "secrets": world.secrets(), "start": True, "by": "anna", "beside": others}
    given |= fields
    return dict(world.ask("create", **given))


def runs(world: World) -> dict[str, dict[str, Any]]:
    return {run["kind"]: run for run in world.ask("runs", connection=world.connection)}


def begun(world: World) -> list[tuple[str, str]]:
    """Runs that ended, by who began them."""
    return [(line["job"], line["started_by"]) for line in events(world, "run_done")]


def in_shop(world: World) -> set[str]:
    return {row.values["productNumber"] for row in world.shop.shop.store.tables["product"].values()}


def poll(world: World) -> None:
    world.poll()
    world.settle()


def test_the_first_run_of_products_begins_by_itself_and_setting_it_was_the_consent(a_world: NewWorld) -> None:
    world = a_world()
    made = create(world)
    assert made["remarks"][-1].startswith("A run of products has begun by itself")
    assert ("Overwritten in products that are there: price." in made["overwrites"], "consent" in made) == (True, False)
    assert [line["by"] for line in events(world, "consent_given")] == ["anna"]
    assert runs(world)["products"]["started_by"] == BY_ITSELF
    world.settle()
    assert (in_shop(world), begun(world)) == ({"MUG", "LAMP"}, [("products", BY_ITSELF)])


def test_it_begins_once_however_often_the_connection_is_polled(a_world: NewWorld) -> None:
    world = a_world()
    create(world)
    world.settle()
    for _ in range(3):
        world.clock.advance(LOOK_AGAIN.total_seconds())
        poll(world)
    world.ask("pause", connection=world.connection)
    world.ask("resume", connection=world.connection)
    poll(world)
    assert begun(world) == [("products", BY_ITSELF)]


def test_one_that_is_created_paused_tells_what_it_would_do_and_begins_when_it_is_resumed(a_world: NewWorld) -> None:
    world = a_world()
    assert create(world, start=False)["overwrites"]
    poll(world)
    assert runs(world) == {}
    remarks = world.ask("resume", connection=world.connection)["remarks"]
    assert remarks[-1].startswith("A run of products has begun by itself")
    world.settle()
    assert in_shop(world) == {"MUG", "LAMP"}


def test_settings_that_change_before_it_has_begun_are_agreed_to_with_them(a_world: NewWorld) -> None:
    world = a_world()
    create(world, start=False)
    world.catalogue = {**BEGINS, "fields": {"name": "always"}}
    told = world.ask("change", settings=world.settings(), by="bert")
    assert ("Overwritten in products that are there: name, price." in told["overwrites"], "consent" in told) == (
        True,
        False,
    )
    world.ask("resume", connection=world.connection)
    world.settle()
    assert in_shop(world) == {"MUG", "LAMP"}
    assert [line["by"] for line in events(world, "consent_given")] == ["anna", "bert"]


def test_with_a_run_behind_it_what_settings_change_is_agreed_to_anew(a_world: NewWorld) -> None:
    world = a_world()
    create(world)
    world.settle()
    world.catalogue = {**BEGINS, "fields": {"name": "always"}}
    assert world.ask("change", settings=world.settings())["consent"]


def test_a_connection_that_is_at_work_already_begins_nothing_when_it_is_asked_to_later(a_world: NewWorld) -> None:
    world = a_world({"active": True})
    store_connection(world, world.secrets()["shop"])
    world.container.bridge.work.send([RunRequest(connection=world.connection, job="products")])
    world.settle()
    world.catalogue = BEGINS
    world.ask("change", settings=world.settings())
    poll(world)
    assert begun(world) == [("products", "schedule")]


# --- after the app --------------------------------------------------------------------------------------------------


def awaiting(world: World) -> None:
    """Created before the shop has our app, so nobody has looked at the shop."""
    secrets = world.secrets()
    app = {name: secrets["shop"][name] for name in ("app_name", "app_secret")}
    create(world, secrets={"shop": app, "office": secrets["office"]})


def test_after_the_app_is_installed_the_shop_is_polled_at_once_verified_and_the_run_begins(a_world: NewWorld) -> None:
    world = a_world()
    awaiting(world)
    poll(world)
    assert runs(world) == {}
    world.install_app()
    world.settle()
    assert (in_shop(world), begun(world)) == ({"MUG", "LAMP"}, [("products", BY_ITSELF)])


def test_what_does_not_verify_then_waits_is_told_and_begins_when_it_does(a_world: NewWorld) -> None:
    world = a_world(statuses=["open", "no_such_status"])
    awaiting(world)
    world.install_app()
    world.settle()
    (told,) = events(world, "runs_not_begun")
    assert ("no_such_status" in told["reason"], told["level"], runs(world)) == (True, "WARN", {})
    poll(world)
    assert len(events(world, "runs_not_begun")) == 1
    world.changes = {}
    world.ask("change", settings=world.settings())
    world.clock.advance(LOOK_AGAIN.total_seconds())
    poll(world)
    assert begun(world) == [("products", BY_ITSELF)]


def test_an_install_is_taken_though_the_queue_is_busy(a_world: NewWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    world = a_world()
    awaiting(world)
    with monkeypatch.context() as patch:
        patch.setattr(world.container.store.aws.sqs, "send_message_batch", lambda **_: {"Failed": [{"Id": "0"}]})
        world.install_app()
    assert world.bridge_answers == [200, 200]
    poll(world)
    assert begun(world) == [("products", BY_ITSELF)]


# --- a connection that was there before -----------------------------------------------------------------------------


def test_a_revived_connection_begins_nothing_and_asks_for_consent(a_world: NewWorld) -> None:
    world = a_world(older_since="2025-10-01")
    create(world, start=False)
    world.ask("delete", connection=world.connection)
    made = create(world)
    assert (bool(made["consent"]), made["overwrites"] != []) == (True, True)
    poll(world)
    world.container.bridge.work.send([RunRequest(connection=world.connection, job="products")])
    world.settle()
    assert (runs(world), in_shop(world)) == ({}, set())
    world.ask("start_run", connection=world.connection, job="products", consent=made["consent"])
    world.settle()
    assert in_shop(world) == {"MUG", "LAMP"}


# --- older orders -----------------------------------------------------------------------------------------------------


def test_older_orders_are_brought_after_the_products_on_the_slow_lane(a_world: NewWorld) -> None:
    world = a_world(older_since="2025-10-01", **MAPS)
    old = unannounced(world, an_order(placed_at=world.clock() - timedelta(days=90)))
    too_old = unannounced(world, an_order(placed_at=world.clock() - timedelta(days=300)))
    create(world)
    begins = runs(world)
    assert {kind: run["after_products"] for kind, run in begins.items()} == {"products": False, "orders": True}
    assert str(begins["orders"]["since"]).startswith("2025-10-01 00:00:00+00:00")
    world.settle()
    imported(world, old)
    assert (world.record(old).origin, begun(world)) == ("backfill", [(kind, BY_ITSELF) for kind in begins])
    assert not [line for line in events(world, "order_imported") if line.get("order_id") == too_old]
    poll(world)
    assert len(begun(world)) == 2


def test_without_products_they_are_brought_at_once(a_world: NewWorld) -> None:
    world = a_world({}, older_since="2025-10-01", **MAPS)
    old = unannounced(world, an_order(placed_at=world.clock() - timedelta(days=90)))
    create(world)
    world.settle()
    imported(world, old)


def test_a_day_to_come_is_refused(a_world: NewWorld) -> None:
    world = a_world({}, older_since="2099-01-01")
    request = {"operation": "create", "settings": world.settings(), "secrets": world.secrets()}
    assert operate(world.container.bridge, request)["problems"] == [
        "orders.older_since: 2099-01-01 is still to come. Name a day of the past."
    ]


# --- through crashes ------------------------------------------------------------------------------------------------


def settle_through(world: World) -> None:
    """Everything that may be needed after a crash: time, polls, ticks."""
    for _ in range(3):
        world.clock.advance(max(LEASE, LOOK_AGAIN).total_seconds())
        world.poll()
        world.container.bridge.work.send([RunRequest(connection=world.connection, job="products")])
        world.settle()


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("call", range(0, 24, 2))
def test_a_worker_that_dies_while_it_begins_leaves_nothing_out_and_begins_nothing_twice(
    a_world: NewWorld, call: int, when: str
) -> None:
    world = a_world(older_since="2025-10-01", **MAPS)
    old = unannounced(world, an_order(placed_at=world.clock() - timedelta(days=90)))
    create(world, start=False)
    world.new_container(Calls(at=call, when=when))
    with suppress(Killed):
        world.ask("resume", connection=world.connection)
    world.new_container()
    with suppress(AssertionError):
        world.ask("resume", connection=world.connection)
    settle_through(world)
    imported(world, old)
    by_hand = [(kind, by) for kind, by in begun(world) if by == BY_ITSELF]
    assert len(by_hand) == len(set(by_hand)), by_hand
    assert {kind for kind, _ in by_hand} >= {"orders"}
    assert in_shop(world) == {"MUG", "LAMP"}


@pytest.mark.parametrize("call", range(0, 30, 3))
def test_two_polls_at_once_begin_one_run(a_world: NewWorld, call: int) -> None:
    world = a_world()
    awaiting(world)
    hooks, world.shop._client = world.shop._client, httpx.Client(transport=httpx.MockTransport(world._from_shop))
    world.install_app()
    world.shop._client = hooks
    empty_queues()
    first = world.container

    def meanwhile() -> None:
        first.bridge.polls.send([PollRequest(connection=world.connection)])
        world.use(first)
        world._deliver(world.environment.poll_queue_url, "order_poll", twice=False)

    second = world.new_container(Calls(at=call, when="before", meanwhile=meanwhile))
    world.poll()
    world.use(second)
    world._deliver(world.environment.poll_queue_url, "order_poll", twice=False)
    world.settle()
    assert begun(world) == [("products", BY_ITSELF)]
