"""Has a connection verified as an operator would, and tells its problems and remarks."""

from typing import Any

from shopbridge.flows.operations.dispatch import operate
from shopbridge.model.base import ConnectionId
from tests.integration.stage import check_log, secrets_of
from tests.integration.world import World


def verify(world: World, **changes: Any) -> tuple[list[str], list[str]]:
    """Problems and remarks of creating such a connection: `shop`, `office`, `secrets` and `orders` are merged in."""
    settings, secrets = world.settings(), world.secrets()
    settings["id"] = "tried"
    for side in ("shop", "office"):
        settings[side]["settings"] = {**settings[side]["settings"], **changes.get(side, {})}
        secrets[side] = {**secrets[side], **changes.get(f"{side}_secrets", {})}
    settings["orders"] = {**settings["orders"], **changes.get("orders", {})}
    answer = operate(world.container.bridge, {"operation": "create", "settings": settings, "secrets": secrets})
    if answer["ok"]:
        world.container.bridge.connections.delete(ConnectionId("tried"), world.clock())
        return [], list(answer["result"]["remarks"])
    text = "\n".join(answer["problems"])
    assert not [secret for secret in secrets_of(world) if secret in text]
    check_log(world)
    return list(answer["problems"]), []


def the_problem(world: World, **changes: Any) -> str:
    """The only problem found."""
    problems, _ = verify(world, **changes)
    assert len(problems) == 1, problems
    assert problems[0][-1] in ".?"
    return problems[0]
