"""A connection is created: all of it, or nothing, and no secret in the answer."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from shopbridge.model.base import ConnectionId
from shopbridge.model.connection import SIDES
from shopbridge.store.connections.credentials import SsmCredentials
from tests.integration.operations.asking import ask, one_world, problems, world
from tests.integration.stage import NewWorld, depths, records
from tests.integration.world import World

__all__ = ["one_world", "world"]


def test_create_answers_with_the_addresses_remarks_and_no_secret(world: World) -> None:
    answer = ask(world, "create", settings={**world.settings(), "id": "fresh"}, secrets=world.secrets())
    result = answer["result"]
    assert (result["status"], result["version"]) == ("paused", 1)
    assert result["reason"] == "Not started yet: read its plan, then resume it."
    assert result["hooks"]["signed"] == "/hooks/fresh"
    assert len(result["hooks"]["unsigned"].rpartition("/")[2]) >= 22
    assert any("6.6.10.0 answers" in remark for remark in result["remarks"])
    assert any("will be held until the map names them" in remark for remark in result["remarks"])


Spoil = Callable[[dict[str, Any], dict[str, Any]], None]


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda s, _: s["shop"].update(platform="magento"), "shop.platform: There is no connector 'magento'."),
        (lambda s, _: s["office"].update(platform="salespoz"), "Did you mean 'salespos'?"),
        (lambda s, _: s["shop"]["settings"].update(url="shop.example"), "shop.settings.url"),
        (lambda s, _: s["shop"]["settings"].update(colour="red"), "shop.settings.colour"),
        (lambda s, _: s["orders"].update(poll_minutes=7), "poll_minutes"),
        (lambda s, _: s["orders"].update(customers={"default": "always"}), "default_id"),
        (lambda s, _: s.update(id="No Good"), "settings.id"),
        (lambda _, secrets: secrets.pop("office"), "secrets.office.public_key"),
        (lambda _, secrets: secrets["shop"].update(client_id=""), "secrets.shop"),
        (lambda _, secrets: secrets["shop"].update(client_secret="wrong-one"), "does not accept the access key"),
        (lambda _, secrets: secrets["office"].update(secret_key="wrong-one"), "SalesPOS refuses our key"),
        (lambda s, _: s["orders"]["maps"]["status"].update(fallback="99"), "The back office does not know '99'"),
        (lambda s, _: s["orders"].update(statuses=["opne"]), "The shop has no status 'opne'"),
        (lambda s, _: s["orders"].update(rules=[{"target": "nowhere", "source": "order.number"}]), "nowhere"),
    ],
)
def test_create_is_refused_when_anything_fails_to_verify_and_nothing_is_stored(
    world: World, spoil: Spoil, words: str
) -> None:
    settings, secrets = json.loads(json.dumps({**world.settings(), "id": "spoilt"})), world.secrets()
    if words == "secrets.shop":
        secrets["shop"].update(app_name="")
    spoil(settings, secrets)
    assert words in problems(world, "create", settings=settings, secrets=secrets)
    parameters = world.container.store.aws.ssm.describe_parameters()["Parameters"]
    assert not [each["Name"] for each in parameters if "/spoilt/" in each["Name"]]
    assert ConnectionId("spoilt") not in [each.id for each in world.container.bridge.connections.all()]
    assert all(name.startswith("LIMITS#") for name in records(world, "spoilt")), "verifying only counts its calls"
    assert depths(world) == (0, 0, 0)


def test_all_problems_are_told_at_once(world: World) -> None:
    settings, secrets = {**world.settings(), "id": "spoilt"}, world.secrets()
    settings["orders"] = {**settings["orders"], "statuses": ["opne"], "rules": [{"target": "x", "source": "y"}]}
    secrets["office"]["secret_key"] = "wrong-one"
    found = problems(world, "create", settings=settings, secrets=secrets)
    assert all(words in found for words in ("'opne'", "field rule 1", "SalesPOS refuses our key"))


def test_an_id_that_is_taken_is_refused_and_the_standing_connection_stays_as_it_is(world: World) -> None:
    before = ask(world, "show", connection=world.connection)
    secrets = world.secrets()
    secrets["shop"]["client_secret"] = "wrong-one"
    assert "There is a connection" in problems(world, "create", settings=world.settings(), secrets=secrets)
    assert ask(world, "show", connection=world.connection) == before
    assert ask(world, "verify", connection=world.connection)["result"]["verified"] is True


def test_two_who_create_the_same_connection_at_once_never_mix_their_secrets(
    new_world: NewWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = new_world(app=False)
    asked = {"settings": {**world.settings(), "id": f"{world.connection}-twice"}}
    fresh = world.shop.add_integration()
    keys = {"client_id": fresh.access_key, "client_secret": fresh.secret_key}
    others = {**world.secrets(), "shop": {**world.secrets()["shop"], **keys}}
    told: list[str] = []
    store = SsmCredentials.write

    def write(*values: Any) -> None:
        store(*values)
        if not told:
            told.append("")
            told.append(problems(world, "create", **asked, secrets=others))

    monkeypatch.setattr(SsmCredentials, "write", write)
    ask(world, "create", **asked, secrets=world.secrets())
    assert "Another worker is at it" in told[1]
    assert "There is a connection" in problems(world, "create", **asked, secrets=others)
    kept = {side: world.container.bridge.credentials.read_now(asked["settings"]["id"], side) for side in SIDES}
    assert kept == world.secrets()
