"""A deleted connection is forgotten, whole and in slices; its id may be used again, and nothing of before comes in."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import boto3
import pytest

from sandbox.quick.functions import Context
from shopbridge.errors import RetryLater
from shopbridge.flows.operations.connections import forget as flow
from shopbridge.flows.operations.dispatch import operate
from shopbridge.model.base import ConnectionId, ExternalId, OrderId
from shopbridge.model.messages import OrderFound
from shopbridge.model.office import DirectoryEntry
from shopbridge.store.bundle import Store
from shopbridge.store.environment import Environment, InvocationDeadline
from shopbridge.store.ledger.erasure import DynamoRemains
from shopbridge.wiring import Container
from tests.integration.conftest import ManualClock
from tests.integration.stage import NewWorld, an_order, bring, events, imported, items, records, set_up, unannounced
from tests.integration.world import Calls, Killed, World, count

HALF_AN_HOUR = 1800


def deleted(new_world: NewWorld, **settings: Any) -> World:
    """A connection that imported an order and was deleted half an hour ago."""
    world: World = new_world(**settings)
    bring(world)
    world.poll()
    world.settle()
    world.ask("delete", connection=world.connection)
    world.clock.advance(HALF_AN_HOUR)
    return world


def refused(world: World, **fields: Any) -> str:
    asked = {"operation": "forget", "connection": world.connection, **fields}
    answer = world.invoke("operations", asked)
    assert answer["ok"] is False, answer
    return "\n".join(answer["problems"])


def confirmed(world: World) -> dict[str, Any]:
    found: dict[str, Any] = world.ask("forget", connection=world.connection, confirm=world.connection, by="anna")
    return found


def parameters(connection: ConnectionId) -> list[str]:
    found = boto3.client("ssm").describe_parameters(MaxResults=50)["Parameters"]
    return [each["Name"] for each in found if f"/{connection}/" in each["Name"]]


# --- what it says and does ------------------------------------------------------------------------------------


def test_without_a_confirmation_it_counts_by_kind_and_removes_nothing(new_world: NewWorld) -> None:
    world = deleted(new_world)
    before = records(world, world.connection)
    found = world.ask("forget", connection=world.connection)
    assert records(world, world.connection) == before
    assert (found["removed"], found["done"], found["whole"]) == (0, False, True)
    assert found["kept"]["orders"] == 1
    assert sum(found["kept"].values()) == len(before) + 1
    assert set(found["kept"]) <= set(flow.KINDS.values()), "each kind has a word for people"
    assert {flow.KINDS[kind] for kind in ("SETTINGS", "VERSION", "DELETED")} == {"settings"}
    told = " ".join(found["remarks"])
    assert "imports again whatever its window holds" in told
    assert "looked for in the back office first, by their reference" in told
    assert "cannot be seen or picked out" in told


def test_all_of_both_tables_and_the_credentials_are_gone_and_it_can_be_asked_again(new_world: NewWorld) -> None:
    other = new_world()
    bring(other)
    of_the_other = records(other, other.connection)
    others = items(other)
    world = deleted(new_world)
    found = confirmed(world)
    assert found["done"]
    assert found["removed"] > 3
    assert items(world) == others
    assert records(other, other.connection) == of_the_other
    assert (parameters(world.connection), len(parameters(other.connection))) == ([], 2)
    again = confirmed(world)
    assert (again["done"], again["kept"], again["removed"]) == (True, {}, 0)
    assert items(world) == others
    (line,) = events(world, "connection_forgotten")
    assert (line["by"], line["count"], line["state"]) == ("anna", found["removed"], "done")


def test_only_what_is_deleted_and_at_rest_is_forgotten(new_world: NewWorld) -> None:
    world = new_world()
    bring(world)
    before = items(world)
    assert "is not deleted" in refused(world, confirm=world.connection)
    world.ask("delete", connection=world.connection)
    assert "what it began before may still write" in refused(world, confirm=world.connection)
    world.clock.advance(HALF_AN_HOUR)
    assert "The confirmation names 'other'" in refused(world, confirm="other")
    assert "is no id of a connection" in refused(world, connection="x" * 2000)
    assert before - items(world) <= 3, "settings alone went with the deletion"


# --- in slices, through crashes ---------------------------------------------------------------------------------


def test_it_goes_on_where_the_time_ended_and_nobody_revives_the_connection_meanwhile(
    new_world: NewWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(flow, "AT_ONCE", 1)
    world = deleted(new_world)
    looks = [0]

    def remaining(_: Any) -> float:
        looks[0] += 1
        return 5.0 if looks[0] == 20 else 120.0

    monkeypatch.setattr(InvocationDeadline, "remaining", remaining)
    first = confirmed(world)
    assert not first["done"]
    assert 0 < first["removed"] < sum(first["kept"].values())
    answer = operate(
        world.container.bridge, {"operation": "create", "settings": world.settings(), "secrets": world.secrets()}
    )
    assert "has been forgotten in part" in answer["problems"][0]
    assert confirmed(world)["done"]
    assert records(world, world.connection) == []
    assert [line["state"] for line in events(world, "connection_forgotten")] == ["going on", "done"]


def test_a_throttled_table_ends_the_call_and_the_next_one_goes_on(
    new_world: NewWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = deleted(new_world)
    remove = DynamoRemains.remove

    def busy(*_: Any) -> int:
        raise RetryLater("DynamoDB takes our batches only in part", after=5)

    monkeypatch.setattr(DynamoRemains, "remove", busy)
    found = confirmed(world)
    assert (found["done"], found["removed"], found["after"]) == (False, 0, 5)
    monkeypatch.setattr(DynamoRemains, "remove", remove)
    assert confirmed(world)["done"]


def kept_ones(store: Store, connection: ConnectionId) -> None:
    """Something of most kinds, without a world of its own."""
    entries = [DirectoryEntry(key=f"SKU-{number}", id=ExternalId("1")) for number in range(3)]
    store.directory.remember(connection, "product-sku", entries)
    store.directory.read_anew(connection, "product-sku")
    for side in ("shop", "office"):
        store.credentials.write(connection, side, {"key": "value"})


def until_done(environment: Environment, clock: ManualClock, connection: ConnectionId, calls: Calls) -> Iterator[bool]:
    """Whether the operator's call was answered, call by call, until nothing is left."""
    for attempt in range(6):
        store = Store(environment, clock=clock, sleep=clock.sleep, write_line=lambda _: None)
        count(store, calls if not attempt else Calls())
        container = Container(store)
        container.deadline.start(Context())
        try:
            asked = {"operation": "forget", "connection": connection, "confirm": connection}
            answer = operate(container.bridge, asked)
        except Killed:
            yield False
        else:
            yield bool(answer["ok"])
            if answer["ok"] and answer["result"]["done"]:
                return
        clock.advance(2000)  # the lease of the one that died runs out
    raise AssertionError("it never came to an end")


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_process_that_ends_at_any_call_leaves_nothing_once_it_is_asked_again(
    environment: Environment, store: Store, when: str
) -> None:
    clock, point = ManualClock(), 0
    while True:
        connection = ConnectionId(f"forgotten-{when}-{point}")
        kept_ones(store, connection)
        calls = Calls(at=point, when=when)
        answered = list(until_done(environment, clock, connection, calls))
        assert list(store.remains.records(connection)) == [], point
        assert parameters(connection) == []
        if not calls.struck:
            break
        assert answered
        point += 1
    assert point >= 8


# --- the id is free -----------------------------------------------------------------------------------------------


def test_the_id_may_be_used_for_other_accounts_and_what_was_queued_of_the_former_shop_is_not_imported(
    new_world: NewWorld, environment: Environment
) -> None:
    world: World = new_world(write_back={})
    bring(world)
    former = [unannounced(world, an_order()) for _ in range(3)][-1]
    connection = world.container.bridge.connections.get(world.connection)
    assert connection
    (order,), _ = world.container.bridge.platforms.parts(connection, "shop").order_source.read([OrderId(former)])
    found = OrderFound(connection=world.connection, order=order, origin="poll", found_at=world.clock())
    world.ask("delete", connection=world.connection)
    world.clock.advance(HALF_AN_HOUR)
    assert confirmed(world)["done"]
    world.clock.advance(60)
    after = world.clock.now
    anew = set_up(environment, world.connection, app=False, write_back={})
    anew.clock.now = after
    created = anew.container.bridge.connections.get(anew.connection)
    assert created
    late = created.model_copy(update={"created_at": after})
    anew.container.bridge.connections.save(late, expected_version=created.version)
    source = anew.container.bridge.platforms.parts(late, "shop").order_source
    assert (order.id, source.read([order.id])[0]) == (former, [])
    anew.container.bridge.orders.send([found])
    anew.settle()
    assert not anew.office.shop.orders
    assert not [name for name in records(anew, anew.connection) if name.startswith("LEDGER#")]
    own = unannounced(anew, an_order())
    anew.clock.advance(60)
    (order,), _ = source.read([OrderId(own)])
    fresh = OrderFound(connection=anew.connection, order=order, origin="poll", found_at=anew.clock())
    doubtful = fresh.model_copy(update={"found_at": after - timedelta(minutes=5)})
    anew.container.bridge.orders.send([doubtful, fresh])  # a clock that is late loses no order either
    anew.settle()
    imported(anew, own)
