"""Webhooks: 2xx only when the queue took the notice; everything else stores nothing."""

from collections.abc import Mapping
from typing import Any

from shopbridge.flows.reception import Step
from shopbridge.flows.webhooks import (
    take_ended,
    take_signed,
    take_signed_by_office,
    take_unsigned,
    take_unsigned_by_office,
)
from shopbridge.intake import open_intake

ROUTES: Mapping[str, Step] = {
    "POST /hooks/{connection}": take_signed,
    "POST /hooks/{connection}/token/{token}": take_unsigned,
    "PUT /hooks/{connection}/token/{token}": take_unsigned,
    "DELETE /hooks/{connection}/token/{token}": take_ended,
    "POST /hooks/{connection}/office": take_signed_by_office,
    "POST /hooks/{connection}/office/token/{token}": take_unsigned_by_office,
}

container = open_intake()


def handler(event: Any, context: Any) -> Mapping[str, Any]:
    """Answer one call of the HTTP API (payload format 2.0)."""
    with container.invocation(context):
        return container.reception.answer(event, ROUTES)
