"""What an operator asks for, as tests ask it, and the world it is asked in."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from sandbox.platforms.shopware import Payment
from shopbridge.model.base import ConnectionId
from shopbridge.store.environment import Environment
from tests.integration.stage import check_log, empty_queues, secrets_of, set_up
from tests.integration.world import World

IDEAL = (Payment("iDEAL", "paid"),)
MAPS: dict[str, Any] = {
    "status": {"entries": {"open": "1", "in_progress": "2"}},
    "payment": {"entries": {"Invoice": "Cash"}},
    "shipping": {"entries": {"Standard": "shipping"}},
    "tax": {"entries": {"19": "19"}},
}


def ask(world: World, operation: str, **fields: Any) -> dict[str, Any]:
    """The function's answer, after checking that it is plain JSON and holds no secret.

    A change names the stored version, unless it says another one.
    """
    if operation == "change":
        fields.setdefault("version", world.version_of(fields["settings"]["id"]))
    answer: dict[str, Any] = world.invoke("operations", {"operation": operation, **fields})
    text = json.dumps(answer)
    assert json.loads(text) == answer
    assert not [secret for secret in secrets_of(world) if secret in text]
    assert "Traceback" not in text
    return answer


def problems(world: World, operation: str, **fields: Any) -> str:
    """The sentences of a refusal; each ends like one."""
    answer = ask(world, operation, **fields)
    assert answer["ok"] is False, answer
    assert all(sentence[-1] in ".?" for sentence in answer["problems"]), answer
    return "\n".join(answer["problems"])


@pytest.fixture(scope="module")
def one_world(environment: Environment) -> World:
    return set_up(environment, ConnectionId("operations"), maps=MAPS)


@pytest.fixture
def world(one_world: World) -> Iterator[World]:
    """One connection for all tests that leave it as it is."""
    empty_queues()
    one_world.use(one_world.container)
    yield one_world
    check_log(one_world)
