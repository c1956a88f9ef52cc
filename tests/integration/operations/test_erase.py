"""What is kept about a buyer is shown and removed: all of it, of nobody else, and nothing comes twice for it."""

import json
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any

import boto3
import pytest

from shopbridge.errors import Conflict
from shopbridge.flows.operations.orders import erase as flow
from shopbridge.flows.orders.privacy import KEYED, bare_name, hidden_name, mark_of
from shopbridge.flows.orders.records import LEASE
from shopbridge.model.base import ConnectionId, OrderId
from shopbridge.model.connection import Connection
from shopbridge.model.ledger import EffectKey
from shopbridge.model.office import DirectoryMark
from shopbridge.store.environment import InvocationDeadline
from shopbridge.store.ledger.directory import DynamoDirectory
from tests.integration.stage import (
    BERLIN,
    COMPANY,
    SANNE,
    NewWorld,
    an_order,
    bring,
    copies,
    events,
    held,
    imported,
    told,
    unannounced,
)
from tests.integration.world import Calls, Killed, World

EMAIL = "Sanne@Buyers.example "
"""As the buyer writes it in her request."""
TWO_DAYS = 2 * 24 * 3600
NO_STATUS: dict[str, Any] = {"maps": {"status": {"entries": {}, "fallback": None}}}


def erase(world: World, **fields: Any) -> dict[str, Any]:
    asked = {"operation": "erase", "connection": world.connection, "email": EMAIL, "by": "anna", **fields}
    answer = world.invoke("operations", asked)
    assert answer["ok"], answer
    assert "buyers.example" not in json.dumps(answer).casefold()
    return dict(answer["result"])


def stored(world: World) -> Connection:
    found = world.container.bridge.connections.get(world.connection)
    assert found
    return found


def state_of(world: World) -> str:
    """Everything that the state table keeps of the connection, as text."""
    found = boto3.client("dynamodb").query(
        TableName=world.environment.state_table,
        KeyConditionExpression="#connection = :connection",
        ExpressionAttributeNames={"#connection": "connection"},
        ExpressionAttributeValues={":connection": {"S": world.connection}},
    )["Items"]
    return json.dumps(found, default=str)


def two_buyers(new_world: NewWorld, **settings: Any) -> tuple[World, list[str], str]:
    """Two orders of Sanne's and one of a company, imported two days ago."""
    world: World = new_world(write_back={}, **settings)
    hers = [bring(world), bring(world, buyer=replace(SANNE, email="SANNE@buyers.example"))]
    other = bring(world, buyer=COMPANY, billing=BERLIN)
    world.clock.advance(TWO_DAYS)
    return world, hers, other


# --- shown --------------------------------------------------------------------------------------------------------


def test_it_shows_first_by_kind_and_order_and_removes_nothing(new_world: NewWorld) -> None:
    world, hers, _ = two_buyers(new_world)
    before = state_of(world)
    found = erase(world)
    assert state_of(world) == before
    assert found["found"] == {"customer entries": 2, "orders": 2}
    assert {order["id"] for order in found["orders"]} == set(hers)
    (customer,) = found["office_customers"]
    assert customer == str(copies(world, hers[0])[0].user_id)
    assert {order["office_order"] for order in found["orders"]} == {
        f"W-{copies(world, each)[0].number}" for each in hers
    }
    assert (found["erased"], found["left"], found["next"]) == ({"customer entries": 0, "orders": 0}, [], "")
    remarks = " ".join(found["remarks"])
    assert "keeps the order from being created twice" in remarks
    assert "Erase the buyer in the shop and in the back office too" in remarks
    assert "queues" in remarks


def test_two_orders_of_one_buyer_cannot_be_told_to_share_one(new_world: NewWorld) -> None:
    world, hers, other = two_buyers(new_world)
    marks = {world.record(each).buyer for each in (*hers, other)}
    assert len(marks) == 3
    assert "" not in marks
    assert bare_name("sanne@buyers.example") not in state_of(world)


# --- removed --------------------------------------------------------------------------------------------------------


def test_all_about_her_is_gone_of_others_nothing_and_asking_again_finds_nothing(new_world: NewWorld) -> None:
    world, hers, other = two_buyers(new_world)
    records, of_the_other = [world.record(each) for each in hers], world.record(other)
    name = hidden_name(stored(world), "sanne@buyers.example")
    assert name in state_of(world)
    result = erase(world, confirm=True)
    assert (result["erased"], result["left"]) == ({"customer entries": 2, "orders": 2}, [])
    assert name not in state_of(world)
    for before in records:
        after = world.record(before.key.id)
        assert (after.buyer, after.facts, after.reason) == ("", None, None)
        assert told(after) == "Erased by anna: its story, and what told the buyer."
        gone = {"buyer", "facts", "history"}
        assert after.model_dump(exclude=gone) == before.model_dump(exclude=gone)
    assert world.record(other) == of_the_other
    again = erase(world, confirm=True)
    assert (again["found"], again["erased"]) == ({"customer entries": 0, "orders": 0},) * 2


def test_who_looked_and_who_erased_stands_in_the_log_with_counts_and_no_address(new_world: NewWorld) -> None:
    world, _, _ = two_buyers(new_world)
    erase(world)
    erase(world, confirm=True, by="bert")
    (looked,), (erased,) = events(world, "buyer_looked_up"), events(world, "buyer_erased")
    assert (looked["by"], looked["customers"], looked["orders"]) == ("anna", 2, 2)
    assert (erased["by"], erased["customers"], erased["orders"]) == ("bert", 2, 2)
    assert not [line for line in world.lines if "buyers.example" in line.casefold()]


def test_afterwards_no_order_is_created_again_and_no_second_customer(new_world: NewWorld) -> None:
    world, hers, _ = two_buyers(new_world)
    customer = copies(world, hers[0])[0].user_id
    erase(world, confirm=True)
    world.ask("start_run", connection=world.connection, job="orders")
    world.poll()
    world.settle()
    assert [len(copies(world, each)) for each in hers] == [1, 1]
    copy = imported(world, bring(world))
    assert copy.user_id == customer, "what the back office still has is found by reading its list anew"
    assert len(world.office.shop.users) == 2


def test_what_waits_keeps_its_reason_and_its_fix_and_is_named(new_world: NewWorld) -> None:
    world: World = new_world(write_back={}, **NO_STATUS)
    order_id = bring(world)
    before = held(world, order_id, "unmapped_status")
    result = erase(world, confirm=True)
    assert result["erased"]["orders"] == 1
    assert "is not imported yet" in result["left"][0]
    after = held(world, order_id, "unmapped_status")
    assert after.reason
    assert before.reason
    assert (after.reason.text, after.reason.fix) == ("What it said was erased.", before.reason.fix)
    assert [each["id"] for each in world.ask("held", connection=world.connection)] == [order_id]


# --- what has no mark, or is named ----------------------------------------------------------------------------------


def test_orders_of_earlier_releases_are_named_and_another_buyers_is_refused(new_world: NewWorld) -> None:
    world, hers, other = two_buyers(new_world)
    without_mark(world, hers[0])
    assert {order["id"] for order in erase(world)["orders"]} == {hers[1]}
    number = world.record(hers[0]).reference
    assert erase(world, orders=[number], confirm=True)["erased"]["orders"] == 2
    assert world.record(hers[0]).facts is None
    for name, problem in ((world.record(other).reference, "of another buyer"), ("99999", "No order '99999'")):
        asked = {"operation": "erase", "connection": world.connection, "email": EMAIL, "orders": [name]}
        assert problem in world.invoke("operations", asked)["problems"][0]


def without_mark(world: World, order_id: str) -> None:
    boto3.client("dynamodb").update_item(
        TableName=world.environment.state_table,
        Key={"connection": {"S": world.connection}, "record": {"S": f"LEDGER#order#{order_id}"}},
        UpdateExpression="REMOVE #buyer",
        ExpressionAttributeNames={"#buyer": "buyer"},
    )


def test_a_deleted_connection_still_answers(new_world: NewWorld) -> None:
    world, _, _ = two_buyers(new_world)
    world.ask("delete", connection=world.connection)
    assert erase(world, confirm=True)["erased"] == {"customer entries": 2, "orders": 2}


def test_a_later_version_of_an_order_brings_its_mark_with_it(new_world: NewWorld) -> None:
    world, hers, _ = two_buyers(new_world)
    without_mark(world, hers[0])
    world.shop.cancel(hers[0])
    world.poll()
    world.settle()
    assert {order["id"] for order in erase(world)["orders"]} == set(hers)


@pytest.mark.parametrize("email", ["", "sanne", "@", "sanne@", 7, None])
def test_what_is_no_address_is_refused_and_not_repeated(new_world: NewWorld, email: Any) -> None:
    world: World = new_world()
    answer = world.invoke("operations", {"operation": "erase", "connection": world.connection, "email": email})
    assert answer["ok"] is False
    assert "sanne" not in json.dumps(answer)


# --- what is not settled --------------------------------------------------------------------------------------------


def test_a_creation_of_a_moment_ago_is_left_and_gone_the_next_day(new_world: NewWorld) -> None:
    world: World = new_world(write_back={})
    bring(world)
    result = erase(world, confirm=True)
    assert result["erased"] == {"customer entries": 1, "orders": 1}
    assert "created in the back office a moment ago" in result["left"][0]
    copy = imported(world, bring(world))
    assert copy.user_id
    assert len(world.office.shop.users) == 1
    world.clock.advance(TWO_DAYS)
    assert erase(world, confirm=True)["left"] == []


def test_an_order_in_somebodys_hands_is_left_until_they_are_done_or_dead(new_world: NewWorld) -> None:
    world, hers, _ = two_buyers(new_world)
    ledger = world.container.bridge.ledger
    record = world.record(hers[0]).model_copy(update={"origin": "resend", "follow_ups": ("note",)})
    newer = record.model_copy(update={"revision": record.revision + "x"})
    assert ledger.claim(newer, owner="worker", lease=LEASE).won
    result = erase(world, confirm=True)
    assert result["erased"]["orders"] == 1
    assert "is being worked on" in result["left"][0]
    world.clock.advance(timedelta(hours=1).total_seconds())
    assert erase(world, confirm=True)["erased"]["orders"] == 1
    assert world.record(hers[0]).lease_owner is None


# --- slices and crashes ---------------------------------------------------------------------------------------------


def test_many_orders_are_gone_through_in_slices(new_world: NewWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    world, hers, _ = two_buyers(new_world)
    monkeypatch.setattr(flow, "LOOK_EVERY", 1)
    monkeypatch.setattr(InvocationDeadline, "remaining", lambda _: 5.0)
    after, seen, rounds = "", [], 0
    while rounds == 0 or after:
        part = erase(world, confirm=True, after=after)
        seen += [order["id"] for order in part["orders"]]
        after, rounds = part["next"], rounds + 1
    assert sorted(seen) == sorted(hers)
    assert rounds == 4


@pytest.mark.parametrize("when", ["before", "after"])
def test_an_erasure_that_dies_at_any_call_is_finished_by_the_next(new_world: NewWorld, when: str) -> None:
    point, struck = 0, True
    world, hers, _ = two_buyers(new_world)
    while struck:
        calls = Calls(at=point, when=when)
        world.new_container(calls)
        with suppress(Killed):
            erase(world, confirm=True)
        struck = calls.struck
        world.new_container()
        erase(world, confirm=True)
        connection = stored(world)
        assert hidden_name(connection, "sanne@buyers.example") not in state_of(world), point
        assert {world.record(each).buyer for each in hers} == {""}
        imported(world, hers[0])
        hers.append(bring(world))
        assert len(world.office.shop.users) == 2, (when, point)
        world.clock.advance(TWO_DAYS)
        point += 2
    assert point > 10


def test_who_reads_the_list_at_this_moment_begins_again(new_world: NewWorld) -> None:
    """Else the entry, just read and then removed, would be known as read, and the customer made a second time."""
    world: World = new_world(write_back={}, app=False)
    world.office.add_user("sanne@buyers.example")
    order_id = unannounced(world, an_order())
    remember = DynamoDirectory.remember
    erasures: list[dict[str, Any]] = []
    with pytest.MonkeyPatch.context() as patch:

        def remembering(directory: Any, connection: ConnectionId, kind: str, entries: Any) -> None:
            remember(directory, connection, kind, entries)
            if kind == KEYED and not erasures:
                erasures.append(erase(world, confirm=True))

        patch.setattr(DynamoDirectory, "remember", remembering)
        world.poll()
        world.settle()
    assert erasures[0]["erased"]["customer entries"] == 1
    imported(world, order_id)
    assert len(world.office.shop.users) == 1


def test_who_begins_to_read_between_two_steps_of_an_erasure_begins_again(
    new_world: NewWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    world, _, _ = two_buyers(new_world)
    directory, forget = world.container.bridge.directory, DynamoDirectory.forget
    begun: list[DirectoryMark] = []

    def forgetting(each: DynamoDirectory, connection: ConnectionId, kind: str, keys: Any) -> None:
        begun.append(directory.mark(connection, kind))
        forget(each, connection, kind, keys)

    monkeypatch.setattr(DynamoDirectory, "forget", forgetting)
    erase(world, confirm=True)
    with pytest.raises(Conflict):
        directory.set_mark(world.connection, KEYED, begun[0].moved_to("2"))


def test_marks_are_as_the_import_makes_them(new_world: NewWorld) -> None:
    world: World = new_world(write_back={})
    order_id = bring(world)
    (order,), _ = world.container.bridge.platforms.parts(stored(world), "shop").order_source.read([OrderId(order_id)])
    assert world.record(order_id).buyer == mark_of(stored(world), order)
    name = hidden_name(stored(world), "sanne@buyers.example")
    key = EffectKey(connection=world.connection, kind="customer", id=name)
    assert world.container.bridge.ledger.get(key)
