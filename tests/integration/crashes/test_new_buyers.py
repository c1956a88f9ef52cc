"""Buyers that nobody knows come together: the back office's list is read once for all, and each is made once.

A container dies at every call, or another worker brings the same buyers meanwhile. SalesPOS refuses a second user of
one e-mail, so what is counted are the tries.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import count

import pytest

from sandbox.platforms.salespos import SalesPosEmulator
from shopbridge.flows.orders.office_ids import BELIEVED
from shopbridge.flows.orders.turns import send_in_turn
from shopbridge.model.base import OrderId
from shopbridge.model.messages import OrderFound
from tests.integration.stage import SANNE, NewWorld, an_order, imported, unannounced
from tests.integration.world import Calls, Killed, World, every_other

MADE, READ = "POST /users", "GET /users"
MOST_CALLS = 80
"""More outside calls than the import of a parcel needs."""
_numbers = count(1)


@pytest.fixture
def world(new_world: NewWorld) -> World:
    """The limits are known, and one buyer."""
    world = new_world(write_back={})
    world.place(an_order())
    world.settle()
    return world


def mails(buyers: int) -> Sequence[str]:
    return [f"buyer{next(_numbers)}@buyers.example" for _ in range(buyers)]


def place(world: World, buyers: Sequence[str]) -> list[str]:
    return [unannounced(world, an_order(buyer=replace(SANNE, email=mail))) for mail in buyers]


def hand_over(world: World, ids: Sequence[str]) -> None:
    """As a poll does, in one parcel."""
    connection = world.container.bridge.connections.get(world.connection)
    assert connection
    source = world.container.bridge.platforms.parts(connection, "shop").order_source
    orders, _ = source.read([OrderId(each) for each in ids])
    found = [OrderFound(connection=world.connection, order=each, origin="poll") for each in orders]
    send_in_turn(world.container.bridge, world.connection, found)


def recover(world: World) -> None:
    world.new_container()
    world.clock.advance(200)
    world.settle()


def are_made_once(world: World, orders: Sequence[str], buyers: Sequence[str], before: int) -> None:
    """Each order names the one user with its buyer's e-mail, and no other was tried to be made."""
    assert office(world).calls.by_route[MADE] - before == len(set(buyers))
    for order, mail in zip(orders, buyers, strict=True):
        assert [user["id"] for user in users(world, mail)] == [imported(world, order).user_id]


def users(world: World, mail: str) -> Iterator[dict[str, object]]:
    return (user for user in office(world).shop.users.values() if user["username"] == mail)


def office(world: World) -> SalesPosEmulator:
    return world.office


def test_the_list_of_buyers_is_read_once_for_a_parcel(world: World) -> None:
    buyers = mails(4)
    calls = office(world).calls.by_route
    read, made = calls[READ], calls[MADE]
    orders = place(world, [*buyers, buyers[0]])
    hand_over(world, orders)
    world.settle()
    assert calls[READ] - read == 1
    are_made_once(world, orders, [*buyers, buyers[0]], made)


def test_a_list_that_was_read_some_time_ago_is_not_believed(world: World) -> None:
    """A parcel may wait for the limit in its midst, and somebody at the till enters the next buyer meanwhile."""
    buyers = mails(2)
    read = office(world).calls.by_route[READ]

    def rest() -> None:
        world.clock.advance(BELIEVED.total_seconds())

    hand_over(world, place(world, buyers))
    world.new_container(Calls(on="POST /api/rest/v1/users", when="before", meanwhile=rest))
    world.settle()
    assert office(world).calls.by_route[READ] - read == 2


def test_a_buyer_who_was_entered_while_his_parcel_was_under_way_is_found_and_not_made_again(world: World) -> None:
    """The list is still believed, so the back office refuses a second user of his name, and is read once more."""
    buyers = mails(2)
    orders = place(world, buyers)
    calls = office(world).calls.by_route
    read, made = calls[READ], calls[MADE]
    entered: list[int | None] = []

    def enter() -> None:
        entered.append(office(world).add_user(buyers[1])["id"])

    hand_over(world, orders)
    world.new_container(Calls(on="POST /api/rest/v1/users", when="before", meanwhile=enter))
    world.settle()
    assert (calls[READ] - read, calls[MADE] - made) == (2, 2)
    assert [imported(world, orders[1]).user_id] == entered == [user["id"] for user in users(world, buyers[1])]
    assert [imported(world, orders[0]).user_id] == [user["id"] for user in users(world, buyers[0])]


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_death_at_any_call_makes_no_buyer_twice(world: World, when: str) -> None:
    killed: list[str] = []
    for at in every_other(MOST_CALLS):
        buyers, before = mails(2), office(world).calls.by_route[MADE]
        orders = place(world, [*buyers, buyers[0]])
        hand_over(world, orders)
        world.new_container(Calls(at=at, when=when))
        try:
            world.settle()
        except Killed as death:
            killed.append(str(death))
        struck, made = world.calls.struck, world.calls.names
        recover(world)
        are_made_once(world, orders, [*buyers, buyers[0]], before)
        if not struck:
            break
    else:
        pytest.fail(f"more than {MOST_CALLS} outside calls: {killed}")
    assert sum("POST /api/rest/v1/users" in each for each in made) == 2, made


def test_a_second_worker_at_any_call_makes_no_buyer_twice(world: World) -> None:
    for at in range(0, MOST_CALLS, 2):
        buyers, before = mails(2), office(world).calls.by_route[MADE]
        orders = place(world, buyers)
        others = place(world, buyers[::-1])

        def meanwhile(others: Sequence[str] = others) -> None:
            first = world.container
            world.new_container()
            hand_over(world, others)
            for _ in range(3):
                world.work()
                world.clock.advance(5)
            world.use(first)

        calls = Calls(at=at, when="before", meanwhile=meanwhile)
        hand_over(world, orders)
        world.new_container(calls)
        world.settle()
        recover(world)
        if not calls.struck:
            return
        are_made_once(world, [*orders, *others], [*buyers, *buyers[::-1]], before)
    pytest.fail(f"more than {MOST_CALLS} outside calls")
