"""Containers whose clocks are ten minutes off in either direction: one order, and within minutes."""

from collections.abc import Iterator
from datetime import timedelta

import httpx
import pytest

from sandbox.platforms.salespos import auth
from sandbox.platforms.salespos.orders.record import Order
from shopbridge.model.base import OrderId
from shopbridge.model.messages import OrderNotice
from tests.integration.stage import NewWorld, an_order, copies, imported, told, unannounced
from tests.integration.world import Calls, Killed, World

CREATION = "pos.example POST /api/rest/v1/orders"
OFF = timedelta(minutes=10)
BOTH_WAYS = pytest.mark.parametrize("ahead", [OFF, -OFF], ids=["second ahead", "second behind"])
WITHIN_MINUTES = 10


@pytest.fixture(autouse=True)
def _office_with_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """An office that takes any date: SalesPOS refuses what is five minutes off, and would save us from the rest."""
    monkeypatch.setattr(auth, "TOLERANCE", timedelta(hours=1))


@pytest.fixture
def world(new_world: NewWorld) -> World:
    return new_world()


class Dawdling(httpx.BaseTransport):
    """A back office whose first creation takes effect only when told to, long after its answer was given up."""

    def __init__(self, inner: httpx.BaseTransport) -> None:
        self._inner = inner
        self._late: httpx.Request | None = None
        self._dawdles = True

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if self._dawdles and request.method == "POST" and request.url.path.rstrip("/").endswith("/orders"):
            self._late, self._dawdles = request, False
            raise httpx.ReadTimeout("no answer within the time-out", request=request)
        return self._inner.handle_request(request)

    def takes_effect(self) -> None:
        assert self._late is not None
        self._inner.handle_request(self._late).read()


def notice_of(world: World, order_id: str) -> OrderNotice:
    """A webhook that arrives while the poll's message is worked on."""
    return OrderNotice(
        connection=world.connection,
        order_id=OrderId(order_id),
        origin="webhook",
        event="order",
        received_at=world.clock(),
    )


def work_for(world: World, minutes: int) -> Iterator[int]:
    """Deliver what is queued every ten seconds; gives the seconds that passed."""
    for passed in range(0, 60 * minutes, 10):
        world.work()
        yield passed
        world.clock.advance(10)


@BOTH_WAYS
def test_a_second_worker_leaves_an_order_alone_that_the_first_is_just_creating(world: World, ahead: timedelta) -> None:
    made: list[Order] = []

    def meanwhile() -> None:
        first = world.container
        world.new_container(ahead=ahead)
        world.container.bridge.orders.send([notice_of(world, order_id)])
        world.work()
        made.extend(copies(world, order_id))
        world.use(first)

    world.new_container(Calls(on=CREATION, when="before", meanwhile=meanwhile), ahead=-ahead)
    order_id = unannounced(world, an_order())
    world.poll()
    world.settle()
    assert made == []
    imported(world, order_id)


@BOTH_WAYS
@pytest.mark.parametrize("when", ["before", "after"])
def test_what_a_dead_worker_left_is_finished_once_and_within_minutes(world: World, ahead: timedelta, when: str) -> None:
    world.new_container(Calls(on=CREATION, when=when), ahead=-ahead)
    order_id = unannounced(world, an_order())
    world.poll()
    with pytest.raises(Killed):
        world.settle()
    world.new_container(ahead=ahead)
    for passed in work_for(world, WITHIN_MINUTES):
        if passed < 60:
            assert len(copies(world, order_id)) == (when == "after")
    imported(world, order_id)


@BOTH_WAYS
def test_a_creation_that_takes_effect_late_is_waited_for_by_another_container(world: World, ahead: timedelta) -> None:
    office = world.transports["pos.example"] = Dawdling(world.transports["pos.example"])
    world.new_container(ahead=-ahead)
    order_id = unannounced(world, an_order())
    world.poll()
    world.work()
    assert copies(world, order_id) == []
    world.new_container(ahead=ahead)
    for passed in work_for(world, WITHIN_MINUTES):
        if passed == 40:
            office.takes_effect()
    assert "Found in the back office after an interrupted try." in told(world.record(order_id))
    imported(world, order_id)


def test_two_containers_that_take_turns_still_come_to_an_end(world: World) -> None:
    world.new_container(Calls(on=CREATION, when="after"), ahead=OFF)
    order_id = unannounced(world, an_order())
    world.poll()
    with pytest.raises(Killed):
        world.settle()
    containers = [world.new_container(ahead=ahead) for ahead in (OFF, -OFF)]
    for passed in work_for(world, WITHIN_MINUTES):
        world.use(containers[passed // 10 % 2])
    imported(world, order_id)


def test_an_order_skipped_in_doubt_and_sent_again_is_looked_up_first_and_only_once_it_has_settled(
    world: World,
) -> None:
    """An operator who skips and resends within a minute must not be quicker than the creation whose answer was lost."""
    office = world.transports["pos.example"] = Dawdling(world.transports["pos.example"])
    order_id = unannounced(world, an_order())
    world.poll()
    world.work()
    world.ask("skip", connection=world.connection, order=order_id, remark="Not wanted.")
    world.ask("resend", connection=world.connection, order=order_id)
    for passed in work_for(world, WITHIN_MINUTES):
        if passed == 40:
            assert copies(world, order_id) == []
            office.takes_effect()
    assert len(copies(world, order_id)) == 1
    imported(world, order_id)


@pytest.mark.parametrize("there", [True, False], ids=["it is there", "it is not"])
def test_an_order_skipped_in_doubt_long_ago_is_looked_up_before_it_is_created(world: World, there: bool) -> None:
    office = world.transports["pos.example"] = Dawdling(world.transports["pos.example"])
    order_id = unannounced(world, an_order())
    world.poll()
    world.work()
    world.ask("skip", connection=world.connection, order=order_id, remark="Not wanted.")
    if there:
        office.takes_effect()
    world.clock.advance(3600)
    world.settle()
    before = world.office.calls.by_route["POST /orders"]
    world.ask("resend", connection=world.connection, order=order_id)
    world.settle()
    assert world.office.calls.by_route["POST /orders"] - before == (not there)
    imported(world, order_id)
