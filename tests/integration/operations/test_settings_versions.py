"""Single settings, their history and the way back: verified like any change, and told with who did it."""

import json
from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest

from shopbridge.model.base import ConnectionId
from shopbridge.store.environment import Environment
from tests.integration.stage import check_log, set_up
from tests.integration.world import World

FRESH = count()
PAYPAL = ["orders", "maps", "payment", "entries", "pay.pal"]


def ask(world: World, operation: str, **fields: Any) -> dict[str, Any]:
    asked = {"operation": operation, "connection": world.connection, **fields}
    answer: dict[str, Any] = world.invoke("operations", asked)
    return json.loads(json.dumps(answer))  # type: ignore[no-any-return]


def done(world: World, operation: str, **fields: Any) -> dict[str, Any]:
    answer = ask(world, operation, **fields)
    assert answer["ok"], answer
    return dict(answer["result"])


@pytest.fixture
def world(environment: Environment) -> Iterator[World]:
    made = set_up(environment, ConnectionId(f"versions-{next(FRESH)}"))
    yield made
    check_log(made)


def poll_minutes(world: World) -> int:
    found = world.container.bridge.connections.get(world.connection)
    assert found is not None
    return found.settings.orders.poll_minutes


def test_settings_have_a_history_that_tells_who_changed_what_and_a_way_back(world: World) -> None:
    first = done(world, "show")["version"]
    done(world, "set", path=["orders", "poll_minutes"], value=15, by="ann")
    done(world, "pause", by="ann")
    done(world, "resume", by="ann")
    done(world, "set", path=["orders", "poll_minutes"], value=30, by="bob")
    assert poll_minutes(world) == 30
    newest, before, *_ = done(world, "history")["versions"]
    assert (newest["by"], newest["changes"]) == ("bob", ["orders.poll_minutes: 15 → 30"])
    assert before["by"] == "ann"
    assert newest["at"].startswith("20")
    assert before["version"] < newest["version"]
    assert first <= before["version"]
    assert done(world, "diff", to=before["version"])["changes"] == ["orders.poll_minutes: 15 → 30"]
    restored = done(world, "restore", to=before["version"], by="cleo")
    assert restored["changes"] == ["orders.poll_minutes: 30 → 15"]
    assert poll_minutes(world) == 15
    assert done(world, "history")["versions"][0]["by"] == "cleo"


def test_a_key_with_a_point_in_it_is_set_and_removed(world: World) -> None:
    payments = done(world, "words")["shop"]["payment"]
    assert payments
    key = next(iter(payments))
    path = [*PAYPAL[:-1], key]
    done(world, "set", path=path, value="Cash")
    found = done(world, "show")["settings"]["orders"]["maps"]["payment"]["entries"]
    assert found[key] == "Cash"
    done(world, "set", path=path, value=None)
    assert key not in done(world, "show")["settings"]["orders"]["maps"]["payment"]["entries"]


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        (["orders", "pol_minutes"], 5, "orders.pol_minutes: There is no such setting here."),
        (["orders", "poll_minutes"], 7, "poll_minutes"),
        (["orders", "poll_minutes", "deep"], 7, "poll_minutes has nothing below it"),
        (["id"], "another-one", "The id of a connection cannot change"),
        (PAYPAL, "Cash", "The shop has no payment 'pay.pal'"),
        (["name"], None, "name: This is needed"),
    ],
)
def test_what_is_no_setting_or_does_not_verify_is_refused_and_nothing_is_stored(
    world: World, path: list[str], value: object, said: str
) -> None:
    before = done(world, "show")
    answer = ask(world, "set", path=path, value=value)
    assert answer["ok"] is False
    assert answer["kind"] == ("not_verified" if path == PAYPAL else "invalid")
    assert said in " ".join(answer["problems"])
    assert done(world, "show") == before


def test_nobody_undoes_what_another_changed_meanwhile(world: World) -> None:
    seen = done(world, "show")["version"]
    done(world, "set", path=["orders", "poll_minutes"], value=15)
    answer = ask(world, "set", path=["orders", "poll_minutes"], value=30, version=seen)
    assert "was made from version" in answer["problems"][0]
    assert poll_minutes(world) == 15
    tried = ask(world, "preview", settings=done(world, "show")["settings"], version=seen)
    assert (tried["kind"], tried["problems"]) == ("conflict", answer["problems"])


@pytest.mark.parametrize("operation", ["diff", "restore"])
def test_a_version_that_never_was_is_refused(world: World, operation: str) -> None:
    answer = ask(world, operation, to=999)
    assert "There is no version 999" in answer["problems"][0]
    assert "`history`" in answer["problems"][0]
