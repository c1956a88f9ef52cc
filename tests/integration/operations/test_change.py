"""A connection is changed: verified first, by one operator at a time, and told."""

import json
from typing import Any

import pytest

from shopbridge.errors import RetryLater
from shopbridge.store.connections.credentials import SsmCredentials
from tests.integration.operations.asking import ask, one_world, problems, world
from tests.integration.stage import NewWorld, an_order, bring, events, imported, unannounced

__all__ = ["one_world", "world"]


def test_change_stores_the_settings_as_a_new_version(new_world: NewWorld) -> None:
    world = new_world()
    settings = {**world.settings(), "name": "Renamed"}
    result = ask(world, "change", settings=settings)["result"]
    shown = ask(world, "show", connection=world.connection)["result"]
    assert (result["version"], shown["version"], shown["settings"]["name"]) == (2, 2, "Renamed")


def test_a_change_that_does_not_verify_leaves_everything_as_it_was(new_world: NewWorld) -> None:
    world = new_world()
    before = ask(world, "show", connection=world.connection)
    wrong = {"office": {"public_key": "pub_emul_01", "secret_key": "wrong-one"}}
    assert "SalesPOS refuses our key" in problems(world, "change", settings=world.settings(), secrets=wrong)
    assert ask(world, "show", connection=world.connection) == before
    imported(world, bring(world))


def test_new_secrets_are_used_at_once(new_world: NewWorld) -> None:
    world = new_world(app=False)
    fresh = world.shop.add_integration()
    secrets = {**world.secrets()["shop"], "client_id": fresh.access_key, "client_secret": fresh.secret_key}
    ask(world, "change", settings=world.settings(), secrets={"shop": secrets})
    world.shop.integration.active = False
    world.shop.access._tokens.clear()
    order_id = unannounced(world, an_order())
    world.poll()
    world.settle()
    imported(world, order_id)


def test_two_operators_who_save_at_once_are_told_and_the_first_wins(
    new_world: NewWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = new_world(app=False)
    fresh = world.shop.add_integration()
    others = {**world.secrets()["shop"], "client_id": fresh.access_key, "client_secret": fresh.secret_key}
    store = world.container.bridge.connections
    stale = store.get(world.connection)
    assert stale
    ask(world, "change", settings={**world.settings(), "name": "First"})
    with monkeypatch.context() as patch:
        patch.setattr(type(store), "get", lambda *_: stale)
        settings = {**world.settings(), "name": "Second"}
        found = problems(world, "change", settings=settings, secrets={"shop": others})
    assert "Somebody else changed the record in between" in found
    assert world.container.bridge.credentials.read_now(world.connection, "shop") == world.secrets()["shop"]
    assert ask(world, "show", connection=world.connection)["result"]["settings"]["name"] == "First"


def test_a_change_is_told_with_who_made_it_and_what_is_different_and_no_secret(new_world: NewWorld) -> None:
    world = new_world(app=False)
    settings = json.loads(json.dumps(world.settings()))
    settings["orders"]["poll_minutes"] = 10
    settings["orders"]["maps"]["tax"]["entries"] = {"19": "19", "7": "=", "5.5": "5.5"}
    settings["orders"]["customers"] = {"default": "when_missing", "default_id": "4711"}
    settings["name"] = "Jo Doe's shop"
    fresh = world.shop.add_integration()
    keys = {"client_id": fresh.access_key, "client_secret": fresh.secret_key}
    result = ask(world, "change", settings=settings, secrets={"shop": keys}, by="anna")["result"]
    (line,) = events(world, "connection_changed")
    assert (line["by"], line["version"], line["count"]) == ("anna", 2, len(line["changes"]))
    assert line["changes"] == result["changes"]
    assert line["changes"] == [
        "name",
        'orders.customers.default: "never" → "when_missing"',
        "orders.customers.default_id",
        'orders.maps.tax.entries.0: "0" → none',
        'orders.maps.tax.entries.5.5: none → "5.5"',
        'orders.maps.tax.entries.7: "7" → "="',
        "orders.poll_minutes: 5 → 10",
        "secrets.shop.client_id",
        "secrets.shop.client_secret",
    ]
    assert not [word for word in ("Jo Doe", "4711", fresh.secret_key) if word in "".join(world.lines)]


@pytest.mark.parametrize("version", [None, 1, 9])
def test_a_change_of_an_older_version_is_refused_with_all_that_belongs_to_it(
    new_world: NewWorld, version: int | None
) -> None:
    world = new_world(app=False)
    ask(world, "change", settings={**world.settings(), "name": "First"})
    fresh = world.shop.add_integration()
    keys = {"client_id": fresh.access_key, "client_secret": fresh.secret_key}
    asked = {"settings": {**world.settings(), "name": "Second"}, "secrets": {"shop": keys}, "version": version}
    found = problems(world, "change", **asked)
    assert "what is stored is of version 2" in found
    assert "`export`" in found
    assert "say `version: 2`" in found
    assert world.container.bridge.credentials.read_now(world.connection, "shop") == world.secrets()["shop"]
    assert ask(world, "show", connection=world.connection)["result"]["settings"]["name"] == "First"
    assert len(events(world, "connection_changed")) == 1


def test_a_pause_between_reading_and_changing_is_no_conflict(new_world: NewWorld) -> None:
    world = new_world(app=False)
    ask(world, "pause", connection=world.connection)
    ask(world, "resume", connection=world.connection)
    world.container.bridge.connections.stop(world.connection, "refused")
    result = ask(world, "change", settings={**world.settings(), "name": "Renamed"}, version=1)["result"]
    assert (result["version"], result["status"]) == (5, "stopped")


def test_secrets_that_cannot_be_stored_are_told_and_the_same_change_works_again(
    new_world: NewWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = new_world(app=False)
    fresh = world.shop.add_integration()
    keys = {"client_id": fresh.access_key, "client_secret": fresh.secret_key}
    asked = {"settings": {**world.settings(), "name": "Second"}, "secrets": {"shop": keys}}

    def away(*_: object) -> None:
        raise RetryLater("SSM is away", after=5, where="SSM")

    with monkeypatch.context() as patch:
        patch.setattr(SsmCredentials, "write", away)
        found = problems(world, "change", **asked)
    assert "stored as version 2, but not all secrets: SSM is away" in found
    assert "again with `version: 2`" in found
    assert ask(world, "change", **asked, version=2)["result"]["version"] == 3
    assert world.container.bridge.credentials.read_now(world.connection, "shop") == {**world.secrets()["shop"], **keys}


def test_what_an_app_has_registered_while_a_change_was_verified_stays(
    new_world: NewWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = new_world(app=False)
    credentials = world.container.bridge.credentials
    check = world.container.bridge.platforms.check_capabilities

    def registering(settings: Any) -> Any:
        kept = credentials.read_now(world.connection, "shop")
        credentials.write(world.connection, "shop", {**kept, "shop_secret": "from-the-app"})
        return check(settings)

    monkeypatch.setattr(type(world.container.bridge.platforms), "check_capabilities", lambda _, it: registering(it))
    ask(world, "change", settings=world.settings(), secrets={"shop": {"client_secret": world.shop.secret_key}})
    assert credentials.read_now(world.connection, "shop")["shop_secret"] == "from-the-app"
