"""What the first connection of an installation is told: its ledger is empty, which it may not be meant to be."""

from shopbridge.flows.operations.save import FIRST_CONNECTION
from shopbridge.model.base import ConnectionId
from shopbridge.store.environment import Environment
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
