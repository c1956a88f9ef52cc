"""A shop registers our app and hands over its credentials; only who signs with the app's or the shop's secret may."""

from collections.abc import Mapping
from typing import Any

from shopbridge.flows.app_registration import confirm_app, register_app
from shopbridge.flows.reception import Step
from shopbridge.wiring import open_container

ROUTES: Mapping[str, Step] = {
    "GET /hooks/{connection}/app/register": register_app,
    "POST /hooks/{connection}/app/confirm": confirm_app,
}

container = open_container()


def handler(event: Any, context: Any) -> Mapping[str, Any]:
    """Answer one call of the HTTP API (payload format 2.0)."""
    with container.invocation(context):
        return container.reception.answer(event, ROUTES)
