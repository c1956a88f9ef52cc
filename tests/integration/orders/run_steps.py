"""Starts and delivers runs of orders for the tests of runs and of the initial sync."""

from typing import Any

from shopbridge.flows.operations.dispatch import operate
from tests.integration.world import World


def start(world: World, **fields: Any) -> None:
    world.ask("start_run", connection=world.connection, job="orders", by="anna", **fields)


def refused(world: World, operation: str, **fields: Any) -> str:
    answer = operate(world.container.bridge, {"operation": operation, "connection": world.connection, **fields})
    assert not answer["ok"], answer
    return "\n".join(answer["problems"])


def shown(world: World) -> dict[str, dict[str, Any]]:
    """The newest runs by kind."""
    return {run["kind"]: run for run in world.ask("runs", connection=world.connection)}


def orders_run(world: World) -> dict[str, Any]:
    return shown(world)["orders"]


def counts(world: World) -> dict[str, int]:
    """What the run of orders counted, without the zeros."""
    return {name: count for name, count in orders_run(world)["counts"].items() if count}


def deliver(world: World, times: int = 1) -> None:
    """Let the poll's function take messages, and nobody else."""
    for _ in range(times):
        world._deliver(world.environment.poll_queue_url, "order_poll", twice=False)
