"""No herd before a limit: many workers use it up, none is sent away twice, and who waits costs next to nothing."""

import os
from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sandbox.quick.crew import SALESPOS_NEEDS, Ask, Crew
from shopbridge.model.base import ConnectionId
from shopbridge.model.basics import LOGIN
from shopbridge.store.bundle import Store
from shopbridge.store.environment import Environment
from tests.integration.conftest import Calls
from tests.integration.stage import NewWorld, an_order, events, imported
from tests.integration.world import World

BY_SECOND = Ask("calls", 3, 1)
BY_MINUTE = SALESPOS_NEEDS[-1]
ORDERS = int(os.environ.get("ORDERS", "60"))
USED = 0.95
"""Of a limit, at least."""
OFFICES = {
    "three a second": (BY_SECOND, [BY_SECOND] * 7),
    "a hundred a minute": (BY_MINUTE, SALESPOS_NEEDS),
    "one a second": (Ask("calls", 1, 1), [Ask("calls", 1, 1)] * 3),
    "sixty a minute": (Ask("connector", 60), [Ask("connector", 60)] * 2),
}


@pytest.mark.parametrize(
    ("office", "workers"),
    [
        *[("three a second", workers) for workers in (1, 3, 20)],
        *[("a hundred a minute", workers) for workers in (1, 3, 20)],
        ("one a second", 20),
        ("sixty a minute", 20),
    ],
)
def test_workers_use_a_limit_up_and_are_not_sent_away(
    environment: Environment, connection_id: ConnectionId, office: str, workers: int
) -> None:
    scarcest, needs = OFFICES[office]
    crew = Crew(environment, connection_id, needs)
    crew.bring(9, workers)  # from which the line learns what an order needs
    crew.waited = crew.begun = 0
    crew.made.clear()
    crew.bring(ORDERS, workers)
    assert crew.begun == ORDERS
    assert crew.waited <= 0.1 * ORDERS
    assert crew.share(scarcest) >= USED, crew.share(scarcest)
    assert [ask for ask in needs if crew.most_within(ask) > ask.calls] == []


def test_a_long_line_keeps_no_worker_waiting(environment: Environment, connection_id: ConnectionId) -> None:
    crew = Crew(environment, connection_id, SALESPOS_NEEDS)
    crew.bring(9, 20)
    busy, orders = crew.busy, 300
    crew.bring(orders, 20)
    assert crew.waiting(busy, orders) < 0.2  # a second that is waited costs as much as the order


def test_a_login_and_the_rest_of_a_long_list_are_no_order_s_need(store: Store, connection_id: ConnectionId) -> None:
    shop, office = store.limiter(connection_id, "shop"), store.limiter(connection_id, "office")
    with store.turns.begin(connection_id, old=False):
        shop.take(LOGIN, 4, 3600)
        office.take("users:GET", 150)
        with store.turns.aside(connection_id):
            for _ in range(40):
                office.take("users:GET", 150)
        office.take("orders:POST", 100)
    first, second = store.turns.book(connection_id, 2, old=False)
    assert (second - first).total_seconds() < 1
    assert store.turns.usual(connection_id) == {("office", "users:GET"): 1, ("office", "orders:POST"): 1}


@pytest.mark.parametrize("workers", [3, 20])
def test_orders_that_nobody_booked_for_wait_once_and_come_at_their_turn(
    environment: Environment, connection_id: ConnectionId, workers: int
) -> None:
    crew = Crew(environment, connection_id, [BY_SECOND] * 7)
    crew.bring(9, workers)
    crew.waited = crew.begun = 0
    crew.bring(30, workers, polled=False)
    assert (crew.begun, crew.waited <= 1.1 * 30) == (30, True)


@pytest.mark.parametrize("workers", [1, 20])
def test_an_hour_s_limit_gives_its_burst_at_once(
    environment: Environment, connection_id: ConnectionId, workers: int
) -> None:
    hourly = Ask("all", 2000, 3600)
    crew = Crew(environment, connection_id, [hourly, hourly])
    crew.bring(9, workers)
    began = crew.time.seconds
    crew.bring(30, workers)
    assert crew.time.seconds - began < 60


def test_orders_begun_at_once_are_few(environment: Environment, connection_id: ConnectionId) -> None:
    crew = Crew(environment, connection_id, [BY_SECOND] * 7)
    crew.bring(9, 20)
    busy, began = crew.busy, crew.time.seconds
    crew.bring(40, 20)
    assert (crew.busy - busy) / (crew.time.seconds - began) < 4.5


def test_whatever_dies_every_order_is_brought_and_no_limit_broken(environment: Environment) -> None:
    runs = iter(range(1000))

    @settings(max_examples=8, suppress_health_check=list(HealthCheck))
    @given(
        office=st.sampled_from(sorted(OFFICES)),
        workers=st.integers(1, 12),
        latency=st.floats(0.01, 1.0),
        dies=st.sampled_from([0.0, 0.1, 0.4]),
        polled=st.booleans(),
        seed=st.integers(0, 1000),
    )
    def holds(office: str, workers: int, latency: float, dies: float, polled: bool, seed: int) -> None:
        needs = OFFICES[office][1]
        crew = Crew(environment, ConnectionId(f"any-{next(runs)}"), needs, (latency / 2, latency), dies=dies, seed=seed)
        crew.bring(15, workers, polled=polled)
        assert crew.done == {str(number) for number in range(15)}
        assert [ask for ask in needs if crew.most_within(ask) > ask.calls] == []

    holds()


# --- what waiting costs -----------------------------------------------------------------------------------------------


@pytest.fixture
def world(new_world: NewWorld) -> World:
    """One order has told what orders need, and the next is announced."""
    world = new_world(limits=True)
    world.place(an_order())
    world.settle()
    world.place(an_order())
    world.calls.names.clear()
    return world


def paused(world: World, seconds: float = 300) -> None:
    world.container.store.limiter(world.connection, "office").pause("orders:POST", seconds)
    world.calls.names.clear()


def test_an_order_that_waits_for_a_pause_costs_its_turn_and_the_message(world: World) -> None:
    paused(world)
    world.work()
    assert Counter(world.calls.names) == {"UpdateItem": 1, "SendMessageBatch": 1}
    world.calls.names.clear()
    world.clock.advance(120)
    for _ in range(3):
        world.work()
    assert world.calls.names == [], "it is kept back until its turn"


def test_a_container_that_knows_nothing_asks_once_and_claims_nothing(world: World) -> None:
    paused(world)
    before = world.office.calls.total, world.shop.calls.total
    world.new_container()
    world.work()
    names = Counter(world.calls.names)
    assert names == {"UpdateItem": 1, "BatchGetItem": 1, "SendMessageBatch": 1}
    assert (world.office.calls.total, world.shop.calls.total) == before
    (waits,) = events(world, "order_waits")
    assert "limit is used up" in waits["reason"]


def test_after_the_pause_it_is_imported_as_if_nothing_had_been(world: World) -> None:
    paused(world)
    order = world.place(an_order())
    world.settle()
    imported(world, order)


def test_a_turn_ahead_costs_one_write_and_the_message(store: Store, connection_id: ConnectionId, calls: Calls) -> None:
    store.turns.book(connection_id, 100, old=False)
    calls.taken()
    (turn,) = store.turns.book(connection_id, 1, old=False)
    assert calls.taken() == {"UpdateItem": 1}
    assert (turn - store.clock()).total_seconds() == pytest.approx(98)


def test_booked_turns_do_not_shift_and_old_orders_stand_in_nobody_s_way(
    store: Store, connection_id: ConnectionId
) -> None:
    first = store.turns.book(connection_id, 5, old=False)
    store.turns.book(connection_id, 500, old=True)
    (next_one,) = store.turns.book(connection_id, 1, old=False)
    assert next_one > first[-1]
    assert (next_one - store.clock()).total_seconds() == pytest.approx(3)
