"""The bridge is killed before and after every single outside call; the order is still imported exactly once."""

from collections.abc import Callable
from decimal import Decimal
from itertools import count

import pytest

from sandbox.platforms.shopware import Buyer, Line, OrderSpec, Payment, Shipping
from shopbridge.model.base import ConnectionId
from shopbridge.model.messages import ProbeRequest
from shopbridge.store.environment import Environment
from tests.integration.conftest import ManualClock
from tests.integration.world import Calls, Killed, World

MOST_CALLS = 150
"""More outside calls than any delivery needs; a run that is not killed any more ends the matrix."""

LONGEST_STAND, TRIED_EVERY = 100, 10
"""Seconds that a worker may stand at one call, AWS ends it after 120, and between the tries of the one that waits."""

NewWorld = Callable[[], World]


@pytest.fixture
def new_world(environment: Environment, connection_id: ConnectionId) -> NewWorld:
    numbers = count(1)

    def make() -> World:
        world = World(environment, ManualClock(), ConnectionId(f"{connection_id}-{next(numbers)}"))
        world.office.add_product("DEMO-1", Decimal("59.50"))
        world.connect()
        world.install_app()
        world.shop.webhooks.hold()
        return world

    return make


def an_order(number: int) -> OrderSpec:
    """Paid, by a buyer whom the back office does not know yet."""
    return OrderSpec(
        lines=(Line("DEMO-1", Decimal("59.50"), quantity=2, tax=Decimal(19)),),
        buyer=Buyer(email=f"buyer-{number}@example.test"),
        payments=(Payment("Invoice", "paid"),),
        shipping=(Shipping(Decimal("4.99")),),
    )


def deliver(world: World, delivery: str, *, doubled: bool) -> None:
    """Let the bridge hear of the order the given way."""
    if delivery == "webhook":
        world.shop.webhooks.release(times=2 if doubled else 1)
    else:
        world.shop.webhooks.drop()
        world.poll()


def work_off(world: World, *, doubled: bool) -> None:
    """Deliver what is queued; ``doubled``: each message twice, as SQS may."""
    while world.work(twice=doubled):
        world.clock.advance(1)


def recover(world: World) -> None:
    """New containers start; the shop is polled as always, and what gave up is taken up as every hour.

    Messages that wait come back at once here, so one that waits for another worker may use up all its tries.
    """
    world.shop.webhooks.drop()
    world.new_container()
    world.clock.advance(200)
    world.poll()
    world.settle()
    world.container.bridge.polls.send([ProbeRequest(connection=world.connection)])
    world.settle()


def check(world: World, order_id: str, email: str, context: str) -> None:
    order = world.shop.order(order_id)
    copies = world.office.orders_by_reference(order["orderNumber"])
    assert len(copies) == 1, f"{context}: {len(copies)} orders"
    record = world.record(order_id)
    assert (record.state, record.follow_ups, record.lease_owner) == ("DONE", (), None), f"{context}: {record}"
    assert record.external_id == str(copies[0].id), context
    assert record.total == copies[0].totals.price == Decimal("123.99"), f"{context}: {record.total}"
    assert len([user for user in world.office.shop.users.values() if user["username"] == email]) == 1, context
    assert len(copies[0].notes) == 1, f"{context}: {copies[0].notes}"
    assert order["stateMachineState"]["technicalName"] == "in_progress", context
    assert order["customFields"] == {"pos_number": record.external_number}, context


# Between two calls only our own memory changes: "before" a call, the outside is as "after" the one in front of it.
# So the plain deliveries die before each call, and the one of which everything comes twice after it. Polls that come
# twice are the second worker's below.
@pytest.mark.parametrize(
    ("delivery", "doubled", "cold", "when"),
    [
        pytest.param("webhook", False, False, "before", id="webhook-before"),
        pytest.param("poll", False, False, "before", id="poll-before"),
        pytest.param("webhook", True, False, "after", id="webhook-doubled"),
        pytest.param("webhook", False, True, "after", id="first order of a connection"),
    ],
)
def test_a_kill_at_any_outside_call_leaves_one_order_and_a_truthful_ledger(
    new_world: NewWorld, delivery: str, when: str, doubled: bool, cold: bool
) -> None:
    killed: list[str] = []
    world = new_world()
    # A first order takes a new world each time; every other call of it shows the state after the one before, too.
    for at in range(0, MOST_CALLS, 2 if cold else 1):
        world = new_world() if cold else world
        world.new_container(Calls(at=at, when=when))
        spec = an_order(at)
        order_id = world.place(spec)
        died = kill(world, delivery, doubled=doubled)
        recover(world)
        check(world, order_id, spec.buyer.email, f"{delivery}, {when} call {at} ({died})")
        if not died:
            break
        killed.append(died)
    else:
        pytest.fail(f"more than {MOST_CALLS} outside calls: {killed}")
    assert len(killed) > 15, killed


def kill(world: World, delivery: str, *, doubled: bool) -> str:
    """Deliver until the process ends; at which call it did, empty when it lived."""
    calls = world.calls
    try:
        deliver(world, delivery, doubled=doubled)
        work_off(world, doubled=doubled and delivery == "poll")
    except Killed as death:
        return str(death)
    return f"{calls.when} {calls.names[-1]} in the intake" if calls.struck else ""


@pytest.mark.parametrize("delivery", ["webhook", "poll"])
def test_a_second_worker_at_any_outside_call_makes_no_second_order(new_world: NewWorld, delivery: str) -> None:
    """Both got the same message; the second does all of its work while the first stands at one call."""
    world = new_world()
    for at in range(0, MOST_CALLS, 1 if delivery == "webhook" else 2):  # a poll makes the calls of a webhook, and more
        spec = an_order(at)
        calls = Calls(at=at, when="before", meanwhile=lambda: in_another_container(world))
        world.new_container(calls)
        order_id = world.place(spec)
        deliver(world, delivery, doubled=True)
        if delivery == "poll":
            world.poll()
        work_off(world, doubled=False)
        recover(world)
        check(world, order_id, spec.buyer.email, f"{delivery}, second worker at call {at}")
        if not calls.struck:
            assert at > 15
            return
    pytest.fail(f"more than {MOST_CALLS} outside calls")


def in_another_container(world: World) -> None:
    """The second message is worked off elsewhere, then the first worker goes on."""
    first = world.container
    world.new_container()
    for _ in range(LONGEST_STAND // TRIED_EVERY):
        if not world.work():
            break
        world.clock.advance(TRIED_EVERY)
    world.use(first)
