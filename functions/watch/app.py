"""Counts what is wrong with all connections, for the alarms, and tells people what is new."""

from collections.abc import Mapping
from typing import Any

from shopbridge.flows.schedule import watch
from shopbridge.flows.telling.measures import measure
from shopbridge.flows.telling.summaries import sum_up
from shopbridge.flows.telling.troubles import tell_people
from shopbridge.wiring import open_container

container = open_container()


def handler(_event: Mapping[str, Any], context: Any) -> Mapping[str, Any]:
    """Answer the counts; the schedule's input carries nothing."""
    with container.invocation(context):
        counts = watch(container.bridge, also=(measure, tell_people, sum_up))
        container.bridge.health.ticked("watch")
        return counts
