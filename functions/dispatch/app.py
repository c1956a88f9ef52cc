"""The schedule's tick: polls, stock pushes and product runs for each connection that is due."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from shopbridge.flows.schedule import dispatch
from shopbridge.wiring import open_container

container = open_container()


def handler(event: Mapping[str, Any], context: Any) -> Mapping[str, Any]:
    """``event`` is the schedule's input: ``{"every": 5}`` or ``{"every": 10}``."""
    with container.invocation(context):
        every = int(event["every"])
        dispatched = dispatch(container.bridge, every)
        container.bridge.health.ticked(f"dispatch_{every}")
        return asdict(dispatched)
