"""Nothing is overwritten that nobody agreed to: what runs of products write is told first, for its settings."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest

from shopbridge.flows.operations.dispatch import operate
from shopbridge.flows.runs import LEASE
from shopbridge.flows.schedule import watch
from shopbridge.model.base import ConnectionId
from shopbridge.model.messages import RunRequest
from shopbridge.store.environment import Environment
from tests.integration.conftest import ManualClock
from tests.integration.stage import empty_queues, events, store_connection
from tests.integration.world import Calls, Killed, World

TARIFFS = {"tax_tariffs": {"19": "normal"}}
Connected = Callable[..., World]
answers: dict[ConnectionId, Any] = {}
"""What creating each connection was answered with."""


@pytest.fixture
def connected(environment: Environment, connection_id: ConnectionId) -> Connected:
    """A connection that carries products, as an operator creates it, or as one of before is stored."""

    def make(*, of_before: bool = False, start: bool = True, **catalogue: Any) -> World:
        empty_queues()
        products = {"active": True, **catalogue}
        world = World(environment, ManualClock(), connection_id, office_changes=TARIFFS, catalogue=products)
        for sku in ("MUG", "LAMP"):
            world.office.add_product(sku, 10)
        if of_before:
            store_connection(world, world.secrets()["shop"])
        else:
            answers[world.connection] = world.ask(
                "create", settings=world.settings(), secrets=world.secrets(), start=start, by="anna"
            )
        return world

    return make


def tick(world: World) -> None:
    """The schedule asks for products."""
    world.container.bridge.work.send([RunRequest(connection=world.connection, job="products")])
    world.settle()


def start(world: World, token: str = "", **fields: Any) -> dict[str, Any]:
    asked = {"connection": world.connection, "job": "products", "by": "bert", "consent": token, **fields}
    return dict(world.ask("start_run", **asked))


def change(world: World, **catalogue: Any) -> dict[str, Any]:
    world.catalogue = {**world.catalogue, **catalogue}
    return dict(world.ask("change", settings=world.settings(), by="carl"))


def in_shop(world: World) -> set[str]:
    return {row.values["productNumber"] for row in world.shop.shop.store.tables["product"].values()}


def newest(world: World) -> dict[str, Any] | None:
    return next(iter(world.ask("runs", connection=world.connection)), None)


# --- what is told -------------------------------------------------------------------------------------------------


def test_what_a_run_would_overwrite_is_told_before_anything_is_started(connected: Connected) -> None:
    world = connected(
        fields={"name": "always", "long_text": "never"},
        gone="deactivate",
        rules=[{"target": "manufacturerNumber", "source": "'X'"}],
    )
    answer = start(world)
    assert (answer["started"], newest(world), in_shop(world)) == (False, None, set())
    assert answer["overwrites"] == [
        "Products go from salespos (pos.example) to shopware (shop.example). Each is found there by its SKU.",
        "How many products there are is known after the first run.",
        "Categories: 0 at the source, 0 in the target.",
        "Products that are missing are created with: name, short_text, ean, active, tax, price, categories, features.",
        "Overwritten in products that are there: name, price.",
        "Filled where it is empty: short_text, ean, categories, features.",
        "Left as it is: long_text, active, tax, stock.",
        "Your own rules write, whatever stands there: manufacturerNumber.",
        "Categories that are missing are created, and those that were linked get the source's name and place.",
        "What is gone from the source, or switched off there, is taken off sale; nothing is deleted.",
    ]


def test_what_is_not_carried_is_told_too(connected: Connected) -> None:
    says = start(connected(create=False, update=False, categories=False), afresh=True)["overwrites"]
    assert says[2:] == [
        "Products that are missing in the target are not created.",
        "Products that are there keep what they have.",
        "What is gone from the source is reported; nothing is taken off sale or deleted.",
        "This run takes everything for changed, whatever was sent before.",
    ]


def test_after_a_run_its_figures_are_told(connected: Connected) -> None:
    world = connected()
    start(world, start(world)["consent"])
    world.settle()
    assert start(world)["overwrites"][1] == "The last run found 2 products, of which the target has 2."


def test_a_platform_that_is_away_keeps_nobody_from_agreeing(connected: Connected) -> None:
    world = connected()
    world.office.faults.plan("unauthorised", times=9)
    answer = start(world)
    assert "Categories: an unknown number at the source, 0 in the target." in answer["overwrites"]
    assert start(world, answer["consent"])["state"] == "running"


def test_creating_a_connection_tells_it_as_well(connected: Connected) -> None:
    world = connected(start=False)
    assert answers[world.connection]["overwrites"] == start_of(world)["overwrites"]
    assert answers[world.connection]["consent"] == start_of(world)["consent"]


def start_of(world: World) -> dict[str, Any]:
    return dict(world.ask("consent", connection=world.connection))


# --- what is agreed to ----------------------------------------------------------------------------------------------


def test_who_gives_back_what_was_told_starts_the_run_and_is_named(connected: Connected) -> None:
    world = connected()
    assert start(world, start(world)["consent"])["started_by"] == "bert"
    world.settle()
    assert in_shop(world) == {"MUG", "LAMP"}
    assert [(line["by"], line["level"]) for line in events(world, "consent_given")] == [("bert", "INFO")]
    stored = world.container.bridge.connections.get(world.connection)
    assert stored is not None
    assert stored.consent is not None
    assert (stored.consent.by, stored.consent.at) == ("bert", stored.consent.at)


def test_the_same_consent_given_twice_is_one(connected: Connected) -> None:
    world = connected()
    token = start_of(world)["consent"]
    for _ in range(2):
        assert world.ask("consent", connection=world.connection, consent=token)["given"]
    assert len(events(world, "consent_given")) == 1
    assert start_of(world)["given"]


@pytest.mark.parametrize("token", ["", "something else"])
def test_consent_to_other_settings_starts_nothing_and_says_what_these_would_do(
    connected: Connected, token: str
) -> None:
    world = connected()
    before = start(world)["consent"]
    told = change(world, gone="deactivate")
    answer = start(world, token or before)
    assert (answer["started"], answer["note"].startswith("What you agreed to was of other settings")) == (False, True)
    assert answer["consent"] == told["consent"] != before
    assert events(world, "consent_given") == []


def test_settings_that_write_nothing_else_need_no_new_consent(connected: Connected) -> None:
    world = connected()
    start(world, start(world)["consent"])
    world.settle()
    world.changes = {"poll_minutes": 10}
    assert "consent" not in change(world, every_minutes=30)
    world.office.add_product("BOOK", 10)
    tick(world)
    assert "BOOK" in in_shop(world)


def test_only_what_carries_products_can_be_agreed_to(connected: Connected) -> None:
    world = connected(active=False)
    request = {"operation": "consent", "connection": world.connection}
    assert "nothing to agree to" in operate(world.container.bridge, request)["problems"][0]
    assert "consent" not in answers[world.connection]


# --- the schedule ---------------------------------------------------------------------------------------------------


def test_the_schedule_waits_for_consent_is_told_so_and_then_begins_by_itself(connected: Connected) -> None:
    world = connected()
    for _ in range(2):
        tick(world)
    assert (newest(world), in_shop(world)) == (None, set())
    for _ in range(2):
        watch(world.container.bridge)
    (told,) = events(world, "connection_troubled")
    assert (told["kind"], "nobody has agreed" in told["reason"]) == ("failed products", True)
    assert told["fix"] == f"Look at what that is, and agree: `shopbridge consent -c {world.connection}`."
    world.ask("consent", connection=world.connection, consent=start_of(world)["consent"], by="dora")
    world.settle()
    assert in_shop(world) == {"MUG", "LAMP"}
    watch(world.container.bridge)
    assert [line["kind"] for line in events(world, "connection_recovered")] == ["failed products"]


def test_a_connection_of_before_goes_on_until_its_settings_change(connected: Connected) -> None:
    world = connected(of_before=True)
    tick(world)
    assert in_shop(world) == {"MUG", "LAMP"}
    assert "consent" not in change(world, every_minutes=30)
    world.office.add_product("BOOK", 10)
    tick(world)
    assert "BOOK" in in_shop(world)
    assert change(world, fields={"name": "always"})["consent"]
    world.office.add_product("TEE", 10)
    tick(world)
    assert "TEE" not in in_shop(world)


def test_one_of_before_that_did_not_carry_products_is_asked_when_it_begins_to(connected: Connected) -> None:
    world = connected(of_before=True, active=False)
    assert change(world, active=True)["consent"]
    tick(world)
    assert newest(world) is None


def test_a_run_whose_settings_change_on_its_way_waits_and_goes_on_once_agreed(connected: Connected) -> None:
    world = connected()
    start(world, start(world)["consent"])
    told = change(world, fields={"name": "always"})
    world.settle()
    waiting = newest(world)
    assert waiting is not None
    assert (waiting["state"], in_shop(world)) == ("running", set())
    world.ask("consent", connection=world.connection, consent=told["consent"])
    world.settle()
    ended = newest(world)
    assert ended is not None
    assert (ended["id"], ended["state"]) == (waiting["id"], "done")


def test_a_stopped_run_is_not_resumed_with_settings_nobody_agreed_to(connected: Connected) -> None:
    world = connected()
    start(world, start(world)["consent"])
    world.ask("stop_run", connection=world.connection, job="products")
    told = change(world, fields={"name": "always"})
    request = {"operation": "resume_run", "connection": world.connection, "job": "products"}
    assert "nobody has agreed" in operate(world.container.bridge, request)["problems"][0]
    world.ask("consent", connection=world.connection, consent=told["consent"])
    world.ask("resume_run", connection=world.connection, job="products")
    world.settle()
    assert in_shop(world) == {"MUG", "LAMP"}


def test_stock_and_orders_need_no_consent(connected: Connected) -> None:
    world = connected()
    world.ask("start_run", connection=world.connection, job="orders")
    world.settle()
    assert newest(world)


# --- twice, at once, and through crashes ------------------------------------------------------------------------------


def test_of_two_starts_the_second_is_refused(connected: Connected) -> None:
    world = connected()
    token = start(world)["consent"]
    start(world, token)
    request = {"operation": "start_run", "connection": world.connection, "job": "products"}
    for given in ("", token):
        problems = operate(world.container.bridge, {**request, "consent": given})["problems"]
        assert "active already: 0 found, started by bert" in problems[0]


@pytest.mark.parametrize("call", range(12))
def test_of_two_starts_at_once_one_run_comes(connected: Connected, call: int) -> None:
    world = connected()
    token = start(world)["consent"]
    request = {"operation": "start_run", "connection": world.connection, "job": "products", "consent": token}
    first = world.container
    other: list[Any] = []
    world.new_container(
        Calls(at=call, when="before", meanwhile=lambda: other.append(operate(first.bridge, {**request, "by": "zoe"})))
    )
    answer = operate(world.container.bridge, {**request, "by": "bert"})
    if other:
        assert [answer["ok"], other[0]["ok"]].count(True) == 1, (answer, other)
        refused = next(each for each in (answer, other[0]) if not each["ok"])
        assert "active already" in refused["problems"][0]
    assert len(events(world, "consent_given")) == 1
    world.settle()
    assert in_shop(world) == {"MUG", "LAMP"}
    assert len(events(world, "run_done")) == 1


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("call", range(8))
def test_a_start_that_dies_anywhere_can_be_repeated_and_makes_one_run(
    connected: Connected, call: int, when: str
) -> None:
    world = connected()
    token = start(world)["consent"]
    world.new_container(Calls(at=call, when=when))
    with suppress(Killed):
        start(world, token)
    world.new_container()
    request = {"operation": "start_run", "connection": world.connection, "job": "products", "by": "bert"}
    again = operate(world.container.bridge, {**request, "consent": token})
    assert again["ok"] or "active already" in again["problems"][0]
    world.settle()
    world.clock.advance(LEASE.total_seconds())
    tick(world)
    assert in_shop(world) == {"MUG", "LAMP"}
    stored = world.container.bridge.connections.get(world.connection)
    assert stored is not None
    assert stored.consent is not None
    assert stored.consent.given == token
