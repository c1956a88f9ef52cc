"""What stands in a platform's way stops a connection only when it lasts; what stopped goes on by itself."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from sandbox.platforms.salespos import shop_info
from shopbridge.model.messages import OrderNotice, PollRequest, RunRequest, StockRequest
from shopbridge.store.batch import LAST_TRY
from tests.integration.functions.test_watch import TICK
from tests.integration.orders.messages import message, notice
from tests.integration.orders.test_lifecycle import status
from tests.integration.stage import NewWorld, an_order, copies, depths, events, held, imported, unannounced
from tests.integration.world import World

SHOP, OFFICE = "shop.example", "pos.example"
HOUR = 3600
Meets = Callable[[httpx.Request], bool]
PAGE = {"content-type": "text/html"}


@pytest.fixture(autouse=True)
def no_others(new_world: NewWorld) -> None:
    """The watch looks at all connections there are."""
    connections = new_world().container.bridge.connections
    for each in connections.all():
        connections.delete(each.id, datetime(2026, 1, 31, tzinfo=UTC))


def anything(_: httpx.Request) -> bool:
    return True


class Wall(httpx.BaseTransport):
    """Something in front of a platform that answers some calls itself."""

    def __init__(self, inner: httpx.BaseTransport, meets: Meets, answer: httpx.Response) -> None:
        self.inner, self._meets, self._answer = inner, meets, answer

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if not self._meets(request):
            return self.inner.handle_request(request)
        return httpx.Response(self._answer.status_code, headers=self._answer.headers, content=self._answer.content)


def build(world: World, host: str, meets: Meets = anything, status: int = 403) -> None:
    world.transports[host] = Wall(world.transports[host], meets, httpx.Response(status, html="<h1>Blocked</h1>"))


def tear_down(world: World, host: str) -> None:
    wall = world.transports[host]
    assert isinstance(wall, Wall)
    world.transports[host] = wall.inner


def deliver(world: World, step: str, body: str, *, tries: int = 1) -> bool:
    """Whether the message is done with; a quarter of an hour passes."""
    answer = world.invoke(step, {"Records": [message(body, tries=tries)]})
    world.clock.advance(900)
    return not answer["batchItemFailures"]


def an_hour_passes(world: World) -> None:
    """The watch looks, and what it asks for is done."""
    world.clock.advance(HOUR)
    world.invoke("watch", TICK)
    world.settle()


# --- obstructions ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("host", "status_code"), [(SHOP, 200), (SHOP, 403), (OFFICE, 302), (OFFICE, 401), (OFFICE, 404)]
)
def test_two_pages_in_the_place_of_answers_stop_nothing(new_world: NewWorld, host: str, status_code: int) -> None:
    world = new_world()
    order_id = unannounced(world, an_order())
    build(world, host, status=status_code)
    for tries in (1, 2):
        assert not deliver(world, "order_import", notice(world, order_id), tries=tries)
    tear_down(world, host)
    assert deliver(world, "order_import", notice(world, order_id), tries=3)
    assert status(world) == "active"
    imported(world, order_id)


def test_a_wall_that_lasts_stops_the_connection_once_and_the_order_goes_on_when_it_is_gone(
    new_world: NewWorld,
) -> None:
    world = new_world()
    order_id = unannounced(world, an_order())
    build(world, OFFICE)
    assert [deliver(world, "order_import", notice(world, order_id), tries=tries) for tries in (1, 2, 3)] == [
        *(False, False, True)
    ]
    held(world, order_id, "connection_stopped")
    (stopped,) = events(world, "connection_stopped")
    assert "in front of the platform" in stopped["reason"]
    an_hour_passes(world)
    assert status(world) == "stopped"
    (probed,) = events(world, "connection_probed")
    assert "in front of the platform" in probed["reason"]
    tear_down(world, OFFICE)
    an_hour_passes(world)
    assert status(world) == "active"
    imported(world, order_id)
    assert [line["by"] for line in events(world, "connection_active")] == ["the bridge"]
    assert len(events(world, "connection_stopped")) == 1


def test_a_burst_of_pages_is_no_reason_to_stop(new_world: NewWorld) -> None:
    world = new_world()
    order_id = unannounced(world, an_order())
    build(world, OFFICE)
    for tries in range(1, 9):
        world.invoke("order_import", {"Records": [message(notice(world, order_id), tries=tries)]})
        world.clock.advance(60)
    assert status(world) == "active"


def test_a_wall_in_front_of_one_kind_of_call_stops_nobody(new_world: NewWorld) -> None:
    """Both platforms say who they are, so it is this order that something minds."""
    world = new_world()
    order_id = unannounced(world, an_order())
    build(world, OFFICE, lambda request: request.method == "POST" and request.url.path.endswith("/orders/"))
    for tries in (1, 2, 3, 4, LAST_TRY):
        deliver(world, "order_import", notice(world, order_id), tries=tries)
    assert status(world) == "active"
    held(world, order_id, "gave_up")


def test_a_success_in_between_clears_the_count(new_world: NewWorld) -> None:
    world = new_world()
    first, second = unannounced(world, an_order()), unannounced(world, an_order())
    for order_id in (first, second):
        build(world, OFFICE)
        for tries in (1, 2):
            assert not deliver(world, "order_import", notice(world, order_id), tries=tries)
        tear_down(world, OFFICE)
        assert deliver(world, "order_import", notice(world, order_id), tries=3)
        assert not [name for name in health(world) if "obstructed" in name]
    assert status(world) == "active"


def health(world: World) -> Mapping[str, Any]:
    found = world.container.store.health.table.get({"connection": {"S": world.connection}, "record": {"S": "HEALTH"}})
    assert found
    return found


@pytest.mark.parametrize(
    ("step", "asked", "host", "ends"),
    [
        ("order_poll", lambda world: PollRequest(connection=world.connection), SHOP, "stopped"),
        ("order_poll", lambda world: PollRequest(connection=world.connection), OFFICE, "active"),
        ("stock_push", lambda world: stock_of(world, "MUG"), OFFICE, "stopped"),
        ("stock_push", lambda world: RunRequest(connection=world.connection, job="stock"), OFFICE, "stopped"),
    ],
)
def test_polls_stock_and_runs_stop_for_a_wall_that_lasts_too(
    new_world: NewWorld, step: str, asked: Callable[[World], Any], host: str, ends: str
) -> None:
    world = new_world(stock={"active": True})
    build(world, host)
    for tries in (1, 2, 3, 1):
        assert status(world) == "active" or tries == 1
        deliver(world, step, asked(world).model_dump_json(), tries=tries)
    assert status(world) == ends


def stock_of(world: World, *skus: str) -> StockRequest:
    return StockRequest(connection=world.connection, skus=skus, because="test")


# --- probes ----------------------------------------------------------------------------------------------------


def test_a_revoked_key_is_told_once_and_all_orders_arrive_when_it_counts_again(new_world: NewWorld) -> None:
    world = new_world()
    orders = [unannounced(world, an_order()) for _ in range(3)]
    world.office.faults.plan("unauthorised", times=1_000)
    for order_id in orders:
        assert deliver(world, "order_import", notice(world, order_id))
    an_hour_passes(world)
    world.office.faults._planned.clear()
    an_hour_passes(world)
    for order_id in orders:
        imported(world, order_id)
    assert [len(events(world, name)) for name in ("connection_stopped", "connection_active")] == [1, 1]
    assert [line["kind"] for line in events(world, "connection_troubled")] == ["stopped"]


def test_workers_that_meet_the_same_refusal_tell_it_once(new_world: NewWorld) -> None:
    world = new_world()
    order_id = unannounced(world, an_order())
    world.office.faults.plan("unauthorised", times=1_000)
    connections = world.container.bridge.connections
    stale = connections.get(world.connection)
    assert deliver(world, "order_import", notice(world, order_id))
    object.__setattr__(world.container.bridge, "connections", _Stale(connections, stale))
    assert deliver(world, "order_import", notice(world, unannounced(world, an_order())))
    assert len(events(world, "connection_stopped")) == 1


class _Stale:
    """Connections as another worker read them a moment ago."""

    def __init__(self, inner: Any, stale: Any) -> None:
        self._inner, self._stale = inner, stale

    def get(self, _: str) -> Any:
        return self._stale

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)


def test_who_stops_again_at_once_for_the_same_reason_is_probed_daily(new_world: NewWorld) -> None:
    """The platforms say who they are, and refuse what the work needs."""
    world = new_world()
    order_id = unannounced(world, an_order())
    world.office.faults.plan("unauthorised", "GET /users", times=1_000)
    assert deliver(world, "order_import", notice(world, order_id))
    an_hour_passes(world)
    assert [line["by"] for line in events(world, "connection_active")] == ["the bridge"]
    assert status(world) == "stopped"
    for _ in range(22):
        an_hour_passes(world)
    assert len(events(world, "connection_active")) == 1
    an_hour_passes(world)
    an_hour_passes(world)
    assert len(events(world, "connection_active")) == 2


def test_a_paused_connection_is_left_alone(new_world: NewWorld) -> None:
    world = new_world()
    order_id = unannounced(world, an_order())
    world.ask("pause", connection=world.connection)
    assert deliver(world, "order_import", notice(world, order_id))
    for _ in range(3):
        an_hour_passes(world)
    assert status(world) == "paused"
    held(world, order_id, "connection_paused")
    assert events(world, "connection_probed") == []


def test_other_accounts_behind_the_same_addresses_let_nothing_go_on(
    new_world: NewWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = new_world()
    world.ask("pause", connection=world.connection)
    world.ask("resume", connection=world.connection)
    world.settle()
    order_id = unannounced(world, an_order())
    world.office.faults.plan("unauthorised", times=1)
    assert deliver(world, "order_import", notice(world, order_id))
    monkeypatch.setattr(shop_info, "WEBSHOP_ID", 4711)
    an_hour_passes(world)
    assert status(world) == "stopped"
    (told,) = events(world, "connection_probed")
    assert "other accounts" in told["reason"]
    assert told["level"] == "WARN"


# --- orders that gave up ------------------------------------------------------------------------------------------


def test_orders_that_gave_up_go_on_by_themselves_when_the_platform_answers_oldest_first(new_world: NewWorld) -> None:
    world = new_world()
    orders = [unannounced(world, an_order()) for _ in range(3)]
    world.office.faults.plan("rate_limit_failure", times=1_000)
    for order_id in orders:
        assert deliver(world, "order_import", notice(world, order_id), tries=LAST_TRY)
        held(world, order_id, "gave_up")
    an_hour_passes(world)
    held(world, orders[0], "gave_up")
    world.office.faults._planned.clear()
    an_hour_passes(world)
    for order_id in orders:
        imported(world, order_id)
    assert [line["order"] for line in events(world, "order_imported")] == [
        world.shop.order(order_id)["orderNumber"] for order_id in orders
    ]


def test_an_order_that_gives_up_twice_waits_for_a_person(new_world: NewWorld) -> None:
    world = new_world()
    order_id = unannounced(world, an_order())
    world.office.faults.plan("rate_limit_failure", "GET /users", times=1_000)
    assert deliver(world, "order_import", notice(world, order_id), tries=LAST_TRY)
    world.clock.advance(HOUR)
    world.invoke("watch", TICK)
    assert world._deliver(world.environment.poll_queue_url, "order_poll", twice=False)
    (body,) = bodies(world)
    assert deliver(world, "order_import", body, tries=LAST_TRY)
    held(world, order_id, "gave_up_again")
    world.office.faults._planned.clear()
    an_hour_passes(world)
    held(world, order_id, "gave_up_again")
    world.ask("resend", connection=world.connection, code="gave_up_again")
    world.settle()
    imported(world, order_id)
    assert len(copies(world, order_id)) == 1


def bodies(world: World) -> list[str]:
    """Takes the messages for the import out of their queue."""
    url = world.environment.order_queue_url
    found = world._sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)["Messages"]
    for each in found:
        world._sqs.delete_message(QueueUrl=url, ReceiptHandle=each["ReceiptHandle"])
        assert OrderNotice.model_validate_json(each["Body"]).origin == "resend"
    return [each["Body"] for each in found]


def test_stock_of_an_order_is_left_to_the_next_run_at_its_last_try(new_world: NewWorld) -> None:
    world = new_world(stock={"active": True})
    world.office.faults.plan("rate_limit_failure", times=1_000)
    body = stock_of(world, "MUG").model_dump_json()
    assert not deliver(world, "stock_push", body, tries=LAST_TRY - 1)
    assert deliver(world, "stock_push", body, tries=LAST_TRY)
    assert depths(world) == (0, 0, 0)
