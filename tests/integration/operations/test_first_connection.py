"""What the first connection of an installation is told: its ledger is empty, which it may not be meant to be."""

import pytest

from shopbridge.flows.operations.connections.save import FIRST_CONNECTION
from shopbridge.flows.operations.health.doctor import CONFIRM, SUBSCRIBE
from shopbridge.model.base import ConnectionId
from shopbridge.ports import Subscriptions
from shopbridge.store.environment import Environment
from shopbridge.store.stack import AwsStack
from tests.integration.conftest import ManualClock
from tests.integration.world import World


def test_only_where_nothing_is_known_the_first_connection_is_told_of_the_empty_ledger(environment: Environment) -> None:
    world = World(environment, ManualClock(), ConnectionId("first"))
    told = []
    for name in ("first", "second", "third"):
        settings = {**world.settings(), "id": name}
        made = world.ask("create", settings=settings, secrets=world.secrets(), beside=["first", "second"])
        told.append(FIRST_CONNECTION in made["remarks"])
        if name != "first":
            for each in world.container.bridge.connections.all():
                world.ask("delete", connection=each.id)
    assert told == [True, False, False]
    assert world.container.bridge.connections.all() == []


@pytest.mark.parametrize(
    ("told", "remark"),
    [
        (Subscriptions(), f"Nobody is told of troubles by message yet. {SUBSCRIBE}"),
        (Subscriptions((), ("email",)), f"Nobody is told of troubles by message yet. {CONFIRM}"),
        (Subscriptions(("email",)), ""),
        (None, ""),
    ],
)
def test_whoever_creates_one_learns_that_a_mail_is_to_be_confirmed(
    environment: Environment, monkeypatch: pytest.MonkeyPatch, told: Subscriptions | None, remark: str
) -> None:
    world = World(environment, ManualClock(), ConnectionId("told"))
    monkeypatch.setattr(AwsStack, "subscriptions", lambda _: told)
    made = world.ask("create", settings={**world.settings(), "id": "told"}, secrets=world.secrets(), beside=["told"])
    world.ask("delete", connection="told")
    assert [each for each in made["remarks"] if each.startswith("Nobody is told")] == ([remark] if remark else [])
