"""A connection rests, goes on, ends, is shown and asked for its words."""

import json

import pytest

from shopbridge.model.base import ConnectionId
from tests.integration.operations.asking import IDEAL, MAPS, ask, one_world, problems, world
from tests.integration.stage import NewWorld, bring, depths, events, records
from tests.integration.world import APP_SECRET, World, as_json

__all__ = ["one_world", "world"]


def test_pause_and_resume_are_told_in_list_and_show(new_world: NewWorld) -> None:
    world = new_world()
    assert ask(world, "pause", connection=world.connection)["result"]["reason"] == "Paused by the operator."
    listed = {each["id"]: each for each in ask(world, "list")["result"]}
    assert (listed[world.connection]["status"], listed[world.connection]["shop"]) == ("paused", "shopware")
    result = ask(world, "resume", connection=world.connection)["result"]
    assert (result["status"], result["reason"], result["resent"]) == ("active", "", 0)
    assert depths(world) == (1, 0, 0)


def test_who_paused_resumed_and_deleted_is_told_once_it_is_done(
    new_world: NewWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = new_world(app=False)
    store = world.container.bridge.connections
    stale = store.get(world.connection)
    with monkeypatch.context() as patch:
        patch.setattr(type(store), "get", lambda *_: stale and stale.model_copy(update={"version": 7}))
        assert "in between" in problems(world, "pause", connection=world.connection, by="anna")
    assert events(world, "connection_paused") == []
    for operation in ("pause", "resume", "delete"):
        ask(world, operation, connection=world.connection, by="anna")
    told = [
        (line["event"], line["by"]) for line in map(as_json, world.lines) if line["event"].startswith("connection_")
    ]
    assert told == [("connection_paused", "anna"), ("connection_active", "anna"), ("connection_deleted", "anna")]


def test_a_deleted_connection_leaves_its_ledger_and_no_secret(new_world: NewWorld) -> None:
    world = new_world()
    order_id = bring(world)
    assert ask(world, "delete", connection=world.connection)["result"]["status"] == "deleted"
    names = [each["Name"] for each in world.container.store.aws.ssm.describe_parameters()["Parameters"]]
    assert not [name for name in names if f"/{world.connection}/" in name]
    assert world.record(order_id).state == "DONE"
    assert world.connection not in [each["id"] for each in ask(world, "list")["result"]]
    assert "There is no connection" in problems(world, "show", connection=world.connection)
    again = problems(world, "create", settings=world.settings(), secrets=world.secrets())
    assert "belonged to a connection that was deleted" in again


def test_show_counts_the_orders_and_tells_how_far_the_shop_was_read(new_world: NewWorld) -> None:
    world = new_world(maps=MAPS)
    assert ask(world, "show", connection=world.connection)["result"]["read_up_to"] is None
    bring(world)
    bring(world, payments=IDEAL)
    bring(world, state="cancelled")
    world.poll()
    world.settle()
    result = ask(world, "show", connection=world.connection)["result"]
    assert result["orders"] == {"DONE": 1, "HELD": 1, "SKIPPED": 1}
    assert result["read_up_to"].startswith("2026-01-31T12:0")
    assert "client_id" not in json.dumps(result)


def test_verify_and_words_answer_from_both_sides(world: World) -> None:
    result = ask(world, "verify", connection=world.connection)["result"]
    assert (result["verified"], result["problems"]) == (True, [])
    words = ask(world, "words", connection=world.connection)["result"]
    assert words["shop"]["payment"]["payment_invoicepayment"] == "Invoice"
    assert words["shop"]["status"]["open"] == "Open"
    assert words["office"]["status"]["1"] == "New"
    assert set(words["office"]["payment"]) == {"Cash", "Pin", "Ideal"}


def test_words_are_told_before_the_connection_is_created_and_nothing_is_stored(world: World) -> None:
    settings = {**world.settings(), "id": "not-yet", "orders": {}}
    words = ask(world, "words_of", settings=settings, secrets=world.secrets())["result"]
    assert words["shop"]["payment"]["payment_invoicepayment"] == "Invoice"
    assert words["office"]["shipping"]
    assert all(name.startswith("LIMITS#") for name in records(world, "not-yet")), "only calls are counted"
    assert world.container.bridge.connections.get(ConnectionId("not-yet")) is None


def test_words_of_a_shop_whose_app_is_still_to_come_are_those_of_the_back_office(world: World) -> None:
    settings = {**world.settings(), "id": "not-yet", "orders": {}}
    secrets = {**world.secrets(), "shop": {"app_name": "Shopbridge", "app_secret": APP_SECRET}}
    words = ask(world, "words_of", settings=settings, secrets=secrets)["result"]
    assert (words["shop"], "Cash" in words["office"]["payment"]) == ({}, True)
    assert "once its app is installed" in words["remarks"][0]


def test_words_with_wrong_credentials_on_both_sides_tell_both(world: World) -> None:
    settings, secrets = {**world.settings(), "id": "not-yet", "orders": {}}, world.secrets()
    secrets["shop"]["client_secret"] = secrets["office"]["secret_key"] = "wrong-one"
    found = problems(world, "words_of", settings=settings, secrets=secrets)
    assert "does not accept the access key" in found
    assert "SalesPOS refuses our key" in found


def test_poll_now_asks_for_a_poll(world: World) -> None:
    assert ask(world, "poll_now", connection=world.connection)["result"]["poll"] == "requested"
    assert depths(world) == (1, 0, 0)
