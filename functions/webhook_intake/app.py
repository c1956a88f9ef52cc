"""Webhooks: 2xx only when the queue took the notice; everything else stores nothing."""

from collections.abc import Mapping
from typing import Any

from shopbridge.flows.reception import Step
from shopbridge.flows.webhooks import take_signed, take_unsigned
from shopbridge.wiring import open_container

ROUTES: Mapping[str, Step] = {
    "POST /hooks/{connection}": take_signed,
    "POST /hooks/{connection}/token/{token}": take_unsigned,
}

container = open_container()


def handler(event: Any, context: Any) -> Mapping[str, Any]:
    """Answer one call of the HTTP API (payload format 2.0)."""
    with container.invocation(context):
        return container.reception.answer(event, ROUTES)
