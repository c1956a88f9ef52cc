"""Reads what changed of orders on either side, or all orders of a shop: a run; or probes what stands."""

from collections.abc import Mapping
from typing import Any

from shopbridge.flows.orders.poll import continue_run, order_work, poll_or_leave
from shopbridge.flows.orders.progress import ask_for_progress, read_progress_or_leave
from shopbridge.flows.runs import run_or_leave
from shopbridge.flows.schedule import probe
from shopbridge.flows.starts import begin
from shopbridge.model.messages import POLL_MESSAGE, PollRequest, ProbeRequest, ProgressRequest
from shopbridge.store.batch import MessageDelivery, handle_batch
from shopbridge.wiring import open_container

container = open_container()


def handler(event: Mapping[str, Any], context: Any) -> Mapping[str, Any]:
    """Answer which messages of the batch failed."""
    with container.invocation(context):
        return handle_batch(container.store, event, poll)


def poll(delivery: MessageDelivery) -> None:
    """Read one slice of one connection; a poll also begins, or goes on with, what nobody else is at."""
    request = POLL_MESSAGE.validate_json(delivery.body)
    if isinstance(request, PollRequest):
        sight = container.bridge.sights.before_poll(request.connection)
        if sight is None:
            return
        if not delivery.again:
            ask_for_progress(container.bridge, sight.connection, request)
        poll_or_leave(container.bridge, sight, request, tries=delivery.tries)
        continue_run(container.bridge, request.connection, sight.run)
        begin(container.bridge, sight.connection)
    elif isinstance(request, ProgressRequest):
        read_progress_or_leave(container.bridge, request, tries=delivery.tries)
    elif isinstance(request, ProbeRequest):
        probe(container.bridge, request)
    else:
        run_or_leave(container.bridge, request, order_work, last_try=delivery.last)
