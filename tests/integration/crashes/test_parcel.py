"""Orders travel together, a container dies or they come twice and in other company: each is there once."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import count

import pytest

from shopbridge.connectors.salespos.orders.create import SalesPosOrders
from shopbridge.errors import RetryLater
from shopbridge.flows.bridge import Job
from shopbridge.flows.orders import drafts
from shopbridge.flows.orders.resolve import resolve
from shopbridge.flows.orders.turns import send_in_turn
from shopbridge.model.base import OrderId
from shopbridge.model.messages import OrderFound
from shopbridge.model.office import OrderParts
from shopbridge.model.order import Order
from tests.integration.stage import (
    MUG,
    NewWorld,
    an_order,
    copies,
    events,
    imported,
    not_imported,
    told,
    unannounced,
)
from tests.integration.world import Calls, Killed, World, every_other

TOGETHER = 3
MOST_CALLS = 80
"""More outside calls than the import of a parcel needs."""


@pytest.fixture
def world(new_world: NewWorld) -> World:
    """The limits are known, and the buyer."""
    world = new_world(write_back={})
    world.place(an_order())
    world.settle()
    return world


def several(world: World, orders: int = TOGETHER) -> list[str]:
    return [unannounced(world, an_order()) for _ in range(orders)]


def read(world: World, ids: Sequence[str]) -> Sequence[Order]:
    connection = world.container.bridge.connections.get(world.connection)
    assert connection
    found, _ = world.container.bridge.platforms.parts(connection, "shop").order_source.read([OrderId(i) for i in ids])
    return sorted(found, key=lambda order: ids.index(order.id))


def hand_over(world: World, orders: Sequence[Order]) -> None:
    """As a poll does, in one parcel."""
    found = [OrderFound(connection=world.connection, order=each, origin="poll") for each in orders]
    send_in_turn(world.container.bridge, world.connection, found)


def recover(world: World) -> None:
    world.new_container()
    world.clock.advance(200)
    world.settle()


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("follows", [False, True], ids=["", "its back office is followed"])
def test_a_death_at_any_call_of_a_parcel_leaves_one_copy_of_each_order(
    new_world: NewWorld, when: str, follows: bool
) -> None:
    changes = {"statuses": {"2": "in_progress"}} if follows else {}
    world = new_world(write_back={}, changes=changes)
    killed: list[str] = []
    for at in every_other(MOST_CALLS):
        orders = read(world, several(world))
        hand_over(world, orders)
        world.new_container(Calls(at=at, when=when))
        try:
            world.settle()
        except Killed as death:
            killed.append(str(death))
        struck = world.calls.struck
        recover(world)
        for order in orders:
            imported(world, order.id)
        if follows:
            ids = [world.record(order.id).external_id for order in orders]
            named = world.container.bridge.ledger.of_office(world.connection, [each for each in ids if each])
            assert {record.key.id for record in named.values()} == {order.id for order in orders}, killed
        if not struck:
            break
    else:
        pytest.fail(f"more than {MOST_CALLS} outside calls: {killed}")
    assert len(killed) > TOGETHER, killed


def test_parcels_that_overlap_and_come_twice_and_out_of_order_make_one_copy_of_each(world: World) -> None:
    orders = read(world, several(world, 5))
    for some in (orders[2:], orders[:3], orders[::-1], [*orders[:2], *orders[:2]]):
        hand_over(world, some)
    while world.work(twice=True):
        world.clock.advance(1)
    for order in orders:
        imported(world, order.id)


@pytest.mark.parametrize("other", ["parcel", "alone"])
def test_a_second_worker_at_any_call_makes_no_second_copy(world: World, other: str) -> None:
    for at in range(0, MOST_CALLS, 2):
        orders = read(world, several(world))

        def meanwhile(orders: Sequence[Order] = orders) -> None:
            first = world.container
            world.new_container()
            for some in [orders[::-1]] if other == "parcel" else [[order] for order in orders]:
                hand_over(world, some)
            for _ in range(3):
                world.work()
                world.clock.advance(5)
            world.use(first)

        calls = Calls(at=at, when="before", meanwhile=meanwhile)
        hand_over(world, orders)
        world.new_container(calls)
        world.settle()
        recover(world)
        for order in orders:
            imported(world, order.id)
        if not calls.struck:
            return
    pytest.fail(f"more than {MOST_CALLS} outside calls")


# --- one order fails, the others do not notice ------------------------------------------------------------------------


def test_an_order_that_is_held_and_one_that_is_skipped_stop_no_other(world: World) -> None:
    good, bad = unannounced(world, an_order()), unannounced(world, an_order(replace(MUG, tax=Decimal(20))))
    unpaid, last = unannounced(world, an_order(payments=())), unannounced(world, an_order())
    hand_over(world, read(world, [bad, good, unpaid, last]))
    world.settle()
    imported(world, good)
    imported(world, last)
    assert not_imported(world, bad, "HELD", "unmapped_tax").lease_owner is None
    assert world.record(unpaid).state == "SKIPPED"


def test_an_order_whose_answer_was_lost_comes_back_alone_and_is_found(world: World) -> None:
    first, second, third = several(world)
    world.office.faults.plan("lost_answer", "POST /orders")
    hand_over(world, read(world, [first, second, third]))
    world.work()
    assert [len(copies(world, order)) for order in (first, second, third)] == [1, 1, 1]
    assert world.record(first).state == "SENT"
    assert (world.record(second).state, world.record(third).state) == ("DONE", "DONE")
    world.settle()
    imported(world, first)
    assert "Found in the back office after an interrupted try." in told(world.record(first))
    assert [line["order"] for line in events(world, "order_waits")] == [world.record(first).reference]


def test_two_orders_in_a_row_that_find_the_office_away_let_the_others_wait_unbegun(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    orders = several(world, 5)
    create, tried = SalesPosOrders.create, count()

    def refuse(*_: object, **__: object) -> None:
        next(tried)
        raise RetryLater("The back office is away", after=30)

    monkeypatch.setattr(SalesPosOrders, "create", refuse)
    hand_over(world, read(world, orders))
    world.work()
    assert next(tried) == 2
    assert {world.record(order).state for order in orders} == {"INTENT"}
    monkeypatch.setattr(SalesPosOrders, "create", create)
    world.settle()
    for order in orders:
        imported(world, order)


def test_a_connection_that_is_refused_in_the_middle_keeps_every_order(world: World) -> None:
    orders = several(world)
    world.office.withhold(on=True)
    hand_over(world, read(world, orders))
    world.settle()
    assert {world.record(order).state for order in orders} == {"HELD"}
    world.office.withhold(on=False)
    world.ask("resume", connection=world.connection)
    world.settle()
    for order in orders:
        imported(world, order)


def test_an_order_that_meets_a_bug_takes_no_other_along(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    orders, real = several(world), resolve

    def stumble(job: Job, order: Order) -> OrderParts:
        if order.id == orders[2]:
            raise ZeroDivisionError
        return real(job, order)

    with monkeypatch.context() as patch:
        patch.setattr(drafts, "resolve", stumble)
        hand_over(world, read(world, orders))
        for _ in range(15):
            world.work()
            world.clock.advance(60)
        imported(world, orders[0])
        imported(world, orders[1])
        assert events(world, "bug")
    recover(world)
    imported(world, orders[2])
