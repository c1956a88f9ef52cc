"""The bridge is killed before and after every single outside call; the order is still imported exactly once."""

from collections.abc import Callable
from decimal import Decimal

import pytest

from sandbox.platforms.shopware import Buyer, Line, OrderSpec, Payment, Shipping
from shopbridge.model.base import ConnectionId
from shopbridge.store.environment import Environment
from tests.integration.conftest import ManualClock
from tests.integration.world import Calls, Killed, World

MOST_CALLS = 60
"""More outside calls than any delivery needs; what lies beyond the last one is asserted to be nothing."""

ORDER = OrderSpec(
    lines=(Line("DEMO-1", Decimal("59.50"), quantity=2, tax=Decimal(19)),),
    buyer=Buyer(email="jane@example.test"),
    payments=(Payment("Invoice", "paid"),),
    shipping=(Shipping(Decimal("4.99")),),
)

NewWorld = Callable[[], World]


@pytest.fixture
def new_world(environment: Environment, connection_id: ConnectionId) -> NewWorld:
    numbers = iter(range(1000))
    return lambda: World(environment, ManualClock(), ConnectionId(f"{connection_id}-{next(numbers)}"))


def deliver(world: World, delivery: str, *, doubled: bool) -> None:
    """Let the bridge hear of the order the given way."""
    if delivery == "webhook":
        world.shop.webhooks.release(times=2 if doubled else 1)
    else:
        world.poll()
        if doubled:
            world.poll()


def work_off(world: World, *, doubled: bool) -> None:
    while world.work(twice=doubled):
        world.clock.advance(1)


def ready(new_world: NewWorld, delivery: str) -> World:
    world = new_world()
    world.connect()
    if delivery == "webhook":
        world.install_app()
    world.shop.webhooks.hold()
    return world


def recover(world: World) -> None:
    """New containers start; the shop is polled as always."""
    world.new_container()
    world.clock.advance(200)
    world.poll()
    world.settle()


def check(world: World, order_id: str, context: str) -> None:
    number = world.shop.order(order_id)["orderNumber"]
    copies = world.office.orders_by_reference(number)
    assert len(copies) == 1, f"{context}: {len(copies)} orders"
    record = world.record(order_id)
    assert (record.state, record.follow_ups, record.lease_owner) == ("DONE", (), None), f"{context}: {record}"
    assert record.external_id == str(copies[0].id), context
    assert record.total == Decimal("123.99"), f"{context}: {record.total}"
    assert len(world.office.shop.users) == 1, context
    assert world.shop.order(order_id)["stateMachineState"]["technicalName"] == "in_progress", context
    assert len(copies[0].notes) == 1, f"{context}: notes"


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("doubled", [False, True], ids=["alone", "doubled"])
@pytest.mark.parametrize("delivery", ["webhook", "poll"])
def test_a_kill_at_any_outside_call_leaves_one_order_and_a_truthful_ledger(
    new_world: NewWorld, delivery: str, when: str, doubled: bool
) -> None:
    killed: list[str] = []
    for at in range(MOST_CALLS):
        world = ready(new_world, delivery)
        world.new_container(Calls(at=at, when=when))
        order_id, died = world.place(ORDER), False
        try:
            deliver(world, delivery, doubled=doubled)
            work_off(world, doubled=doubled)
        except Killed as death:
            killed.append(str(death))
            died = True
        died = died or 502 in world.bridge_answers
        recover(world)
        check(world, order_id, f"{delivery}, {when} call {at} ({killed[-1:]})")
        if not died:
            break
    else:
        pytest.fail(f"more than {MOST_CALLS} outside calls")
    assert len(killed) > 10


@pytest.mark.parametrize("delivery", ["webhook", "poll"])
def test_a_second_worker_at_any_outside_call_makes_no_second_order(new_world: NewWorld, delivery: str) -> None:
    """Both got the same message; the second does all of its work while the first stands at one call."""
    for at in range(MOST_CALLS):
        world = ready(new_world, delivery)
        calls = Calls(at=at, when="before")
        world.new_container(calls)
        order_id = world.place(ORDER)
        deliver(world, delivery, doubled=True)
        first = world.container

        def second(world: World = world) -> None:
            world.new_container()
            work_off(world, doubled=False)

        calls.meanwhile = second
        work_off(world, doubled=False)
        assert first is not world.container or calls.at == at
        recover(world)
        check(world, order_id, f"{delivery}, second worker at call {at}")
        if calls.at == at:
            return
    pytest.fail(f"more than {MOST_CALLS} outside calls")
