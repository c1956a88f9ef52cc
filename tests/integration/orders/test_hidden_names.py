"""Customers move from bare names to keyed ones: found all the while, none made twice, no bare name kept for good."""

import re
from contextlib import suppress
from datetime import timedelta
from typing import Any
from uuid import uuid4

import boto3
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.quick.functions import Context
from shopbridge.errors import RetryLater
from shopbridge.flows.bridge import Bridge, Job, open_job
from shopbridge.flows.orders.privacy import (
    BARE,
    BOTH_FOR,
    ENDS_WITH,
    KEYED,
    bare_name,
    hidden_name,
    keyed,
    move_names,
    with_key,
)
from shopbridge.model.base import ConnectionId, ExternalId
from shopbridge.model.connection import Connection, ConnectionSettings
from shopbridge.model.ledger import EffectKey, LedgerRecord, LedgerState
from shopbridge.model.office import DirectoryEntry
from shopbridge.store.bundle import Store
from shopbridge.store.environment import Environment, InvocationDeadline
from shopbridge.wiring import Container
from tests.integration.conftest import ManualClock
from tests.integration.stage import COMPANY, NewWorld, an_order, imported, records, unannounced
from tests.integration.world import Calls, Killed, World, count

SANNE = "sanne@buyers.example"
CRASHED = timedelta(minutes=40)
"""Past leases and what settles."""


def of_before(new_world: NewWorld, **options: Any) -> World:
    """A connection that the release of before made, which named customers by bare hashes."""
    world: World = new_world(app=False, write_back={}, **options)
    without_key(world)
    assert (stored(world).name_key, stored(world).bare_until) == ("", None)
    return world


def without_key(world: World) -> None:
    boto3.client("dynamodb").update_item(
        TableName=world.environment.connections_table,
        Key={"connection": {"S": world.connection}, "record": {"S": "SETTINGS"}},
        UpdateExpression="REMOVE #name_key, #bare_until",
        ExpressionAttributeNames={"#name_key": "name_key", "#bare_until": "bare_until"},
    )


def stored(world: World) -> Connection:
    found = world.container.bridge.connections.get(world.connection)
    assert found
    return found


def known_by_bare_names(world: World, *customers: tuple[str, str]) -> None:
    """What the release of before remembered of the back office, read to its end."""
    directory = world.container.bridge.directory
    entries = [DirectoryEntry(key=bare_name(email), id=ExternalId(found)) for email, found in customers]
    directory.remember(world.connection, BARE, entries)


def customer_record(world: World, name: str, state: LedgerState = "SENT", **fields: Any) -> LedgerRecord:
    now = world.clock()
    return LedgerRecord(
        key=EffectKey(connection=world.connection, kind="customer", id=name),
        state=state,
        revision=now.isoformat(),
        reference="customer",
        updated_at=now,
        **fields,
    )


def expiring(world: World) -> dict[str, bool]:
    """Records of customers by name, each with whether it runs out."""
    found = boto3.client("dynamodb").query(
        TableName=world.environment.state_table,
        KeyConditionExpression="#connection = :connection",
        ExpressionAttributeNames={"#connection": "connection"},
        ExpressionAttributeValues={":connection": {"S": world.connection}},
    )["Items"]
    return {item["record"]["S"]: "forget_at" in item for item in found if "customer" in item["record"]["S"]}


# --- what is kept -----------------------------------------------------------------------------------------------


def test_no_bare_hash_of_an_address_is_kept_by_a_new_connection(new_world: NewWorld) -> None:
    world: World = new_world(app=False, write_back={})
    imported(world, poll(world))
    names = records(world, world.connection)
    assert not [name for name in names if bare_name(SANNE) in name]
    assert f"DIRECTORY#{KEYED}#{hidden_name(stored(world), SANNE)}" in names
    assert expiring(world)[f"LEDGER#customer#{hidden_name(stored(world), SANNE)}"], "a record of minutes is not kept"


def poll(world: World, **fields: Any) -> str:
    order_id = unannounced(world, an_order(**fields))
    world.poll()
    world.settle()
    return order_id


def test_each_connection_has_a_key_of_its_own_and_no_other_place_has_it(new_world: NewWorld) -> None:
    world: World = new_world(app=False)
    other = {**world.settings(), "id": f"{world.connection}-b"}
    world.ask("create", settings=other, secrets=world.secrets(), beside=[world.connection])
    made = world.container.bridge.connections.get(ConnectionId(other["id"]))
    assert made
    assert re.fullmatch(r"[0-9a-f]{64}", made.name_key)
    assert made.name_key != stored(world).name_key
    assert hidden_name(made, SANNE) != hidden_name(stored(world), SANNE)
    version = boto3.client("dynamodb").get_item(
        TableName=world.environment.connections_table,
        Key={"connection": {"S": made.id}, "record": {"S": "VERSION#000001"}},
    )["Item"]
    assert "name_key" not in version
    assert made.name_key not in f"{made!r} {world.ask('show', connection=made.id)} {world.lines}"


def test_the_key_and_the_names_survive_a_change_and_a_revival(new_world: NewWorld) -> None:
    world: World = new_world(app=False, write_back={})
    imported(world, poll(world))
    key = stored(world).name_key
    world.ask("change", settings={**world.settings(), "name": "Another"})
    assert stored(world).name_key == key
    world.ask("delete", connection=world.connection)
    world.clock.advance(60)
    world.ask("create", settings=world.settings(), secrets=world.secrets(), start=True)
    assert (stored(world).name_key, stored(world).bare_until is None) == (key, False)
    imported(world, poll(world))
    assert emails(world) == [SANNE]


# --- the move -----------------------------------------------------------------------------------------------------


def test_a_known_customer_is_found_after_the_move_without_reading_the_list_again(new_world: NewWorld) -> None:
    world = of_before(new_world)
    imported(world, poll(world))  # makes the customer, and marks how far the list was read
    back_to_bare(world)
    world.new_container()
    imported(world, poll(world))
    assert emails(world) == [SANNE]
    assert listings(world) == 0
    mark = world.container.bridge.directory.mark(world.connection, KEYED)
    assert mark.value is not None
    found = expiring(world)
    assert [name for name in found if bare_name(SANNE) in name]
    assert all(ends for name, ends in found.items() if KEYED not in name), "bare names run out"
    assert not any(ends for name, ends in found.items() if name.startswith((f"DIRECTORY#{KEYED}", f"MARK#{KEYED}")))


def listings(world: World) -> int:
    return sum(name == "pos.example GET /users" for name in world.calls.names)


def emails(world: World) -> list[str]:
    return [user["username"] for user in world.office.shop.users.values()]


def back_to_bare(world: World) -> None:
    """Names, mark and settings as the release of before has them."""
    bridge, client = world.container.bridge, boto3.client("dynamodb")
    directory = bridge.directory
    mark = directory.mark(world.connection, KEYED).value or ""
    known = directory.lookup(world.connection, KEYED, [hidden_name(stored(world), SANNE)])
    for name in expiring(world):
        place: Any = {"connection": {"S": world.connection}, "record": {"S": name}}
        client.delete_item(TableName=world.environment.state_table, Key=place)
    known_by_bare_names(world, *((SANNE, found) for ids in known.values() for found in ids))
    directory.set_mark(world.connection, BARE, directory.mark(world.connection, BARE).moved_to(mark))
    without_key(world)


@pytest.mark.parametrize("made", [True, False])
def test_a_creation_in_doubt_under_the_bare_name_is_waited_for_and_makes_no_second_customer(
    new_world: NewWorld, made: bool
) -> None:
    world = of_before(new_world)
    doubtful = customer_record(world, bare_name(SANNE), sent_at=world.clock())
    world.container.bridge.ledger.claim(doubtful, owner="former", lease=timedelta(seconds=150))
    order_id = unannounced(world, an_order())
    world.poll()
    for _ in range(8):
        world.work()
        assert emails(world) == [], "the former release's try may still take effect"
        world.clock.advance(10)
    if made:
        world.office.add_user(SANNE)  # late, as its call may
    world.settle()
    imported(world, order_id)
    assert emails(world) == [SANNE]


def test_a_customer_just_made_by_a_function_of_before_is_taken_though_no_list_shows_it_yet(new_world: NewWorld) -> None:
    world = of_before(new_world)
    there = world.office.add_user("other@buyers.example")
    done = customer_record(world, bare_name(SANNE), state="DONE", external_id=ExternalId(str(there["id"])))
    claim = world.container.bridge.ledger.claim(done, owner="former", lease=timedelta(seconds=150))
    world.container.bridge.ledger.save(
        claim.record.model_copy(update={"lease_owner": None, "lease_until": None}), owner="former"
    )
    assert imported(world, poll(world)).user_id == there["id"]
    assert emails(world) == ["other@buyers.example"]


def test_both_names_are_claimed_for_a_day_after_the_move_and_the_keyed_one_alone_after_it(new_world: NewWorld) -> None:
    world = of_before(new_world)
    imported(world, poll(world))
    assert {name for name in records(world, world.connection) if name.startswith("LEDGER#customer#")} == {
        f"LEDGER#customer#{bare_name(SANNE)}",
        f"LEDGER#customer#{hidden_name(stored(world), SANNE)}",
    }
    world.clock.advance((BOTH_FOR + timedelta(minutes=1)).total_seconds())
    imported(world, poll(world, buyer=COMPANY))
    names = records(world, world.connection)
    assert f"LEDGER#customer#{hidden_name(stored(world), COMPANY.email)}" in names
    assert not [name for name in names if bare_name(COMPANY.email) in name]


def test_a_creation_in_doubt_that_nobody_came_back_to_for_days_makes_no_second_customer(new_world: NewWorld) -> None:
    world = of_before(new_world)
    imported(world, poll(world))
    back_to_bare(world)
    world.container.bridge.directory.forget(world.connection, BARE, [bare_name(SANNE)])
    world.container.bridge.directory.read_anew(world.connection, BARE)
    doubtful = customer_record(world, bare_name(SANNE), sent_at=world.clock())
    world.container.bridge.ledger.claim(doubtful, owner="former", lease=timedelta(seconds=150))
    move_names(open_job(world.container.bridge, with_key(world.container.bridge, stored(world))))
    world.clock.advance(timedelta(days=9).total_seconds())
    imported(world, poll(world))
    assert emails(world) == [SANNE]


# --- crashes ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("when", ["before", "after"])
def test_an_import_that_dies_at_any_call_of_the_move_makes_no_customer_twice(new_world: NewWorld, when: str) -> None:
    world = of_before(new_world)
    imported(world, poll(world))
    point, struck = 0, True
    while struck:
        back_to_bare(world)
        calls = Calls(at=point, when=when)
        container = world.new_container(calls)
        killed = False
        try:
            move_names(open_job(container.bridge, with_key(container.bridge, stored(world))))
        except Killed:
            killed = True
        struck = calls.struck
        assert killed == struck
        world.new_container()
        world.clock.advance(CRASHED.total_seconds())
        imported(world, poll(world))
        assert emails(world) == [SANNE], (when, point)
        point += 3
    assert point > 12


def test_a_long_directory_moves_in_slices(new_world: NewWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    world = of_before(new_world)
    known_by_bare_names(world, *((f"buyer-{number}@shop.example", str(number)) for number in range(250)))
    looks = iter([100.0, ENDS_WITH, 5.0])
    monkeypatch.setattr(InvocationDeadline, "remaining", lambda _: next(looks, 100.0))
    job = open_job(world.container.bridge, with_key(world.container.bridge, stored(world)))
    with pytest.raises(RetryLater):
        move_names(job)
    assert stored(world).bare_until is None
    assert next(looks, None) is None, "what is left for the end is time enough for one page"
    move_names(job)
    assert stored(world).bare_until == world.clock() + BOTH_FOR
    names = {keyed(stored(world).name_key, bare_name(f"buyer-{number}@shop.example")): number for number in range(250)}
    found = world.container.bridge.directory.lookup(world.connection, KEYED, list(names))
    assert found == {name: (str(number),) for name, number in names.items()}
    before = world.calls.names.copy()
    move_names(job)
    assert world.calls.names[len(before) :] == ["GetItem"], "a worker that began before the move looks once"


@given(data=st.data())
@settings(max_examples=15)
def test_whatever_was_known_by_whatever_names_is_known_after_any_number_of_broken_moves(
    environment: Environment, data: st.DataObject
) -> None:
    """Ambiguous ones stay so; entries that a former function adds meanwhile take nothing away."""
    connection = ConnectionId(f"moved-{uuid4().hex[:12]}")
    clock = ManualClock()
    known = data.draw(st.dictionaries(st.text(max_size=8), st.sets(st.sampled_from("12345"), min_size=1), max_size=8))
    plain = a_bridge(environment, clock, Calls())
    plain.connections.save(a_connection(connection, clock), expected_version=0)
    entries = [DirectoryEntry(key=bare_name(key), id=ExternalId(each)) for key, ids in known.items() for each in ids]
    plain.directory.remember(connection, BARE, entries)
    for point in data.draw(st.lists(st.integers(0, 20), max_size=3)):
        bridge = a_bridge(environment, clock, Calls(at=point, when=data.draw(st.sampled_from(["before", "after"]))))
        with suppress(Killed):
            move_names(a_job(bridge, connection))
        clock.advance(CRASHED.total_seconds())
    move_names(a_job(plain, connection))
    moved = plain.connections.get(connection)
    assert moved
    names = {hidden_name(moved, key): ids for key, ids in known.items()}
    assert {name: set(ids) for name, ids in plain.directory.lookup(connection, KEYED, list(names)).items()} == names
    assert list(plain.former_names.entries(connection)) == []


def a_bridge(environment: Environment, clock: ManualClock, calls: Calls) -> Bridge:
    store = Store(environment, clock=clock, sleep=clock.sleep, write_line=lambda _: None)
    count(store, calls)
    container = Container(store)
    container.deadline.start(Context())
    return container.bridge


def a_job(bridge: Bridge, connection: ConnectionId) -> Job:
    nobody: Any = None
    found = bridge.connections.get(connection)
    assert found
    return Job(bridge, with_key(bridge, found), shop=nobody, office=nobody)


def a_connection(connection: ConnectionId, clock: ManualClock) -> Connection:
    ends = {"shop": {"platform": "shopware"}, "office": {"platform": "salespos"}}
    return Connection(
        settings=ConnectionSettings.model_validate({"id": connection, "name": "Test", **ends}),
        version=1,
        status="active",
        status_reason="",
        path_token_hash="",
        created_at=clock(),
    )
