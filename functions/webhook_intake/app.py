"""Webhooks: 2xx only when the queue took the notice; everything else stores nothing."""

from collections.abc import Mapping
from typing import Any

from shopbridge.errors import BridgeError
from shopbridge.flows.answers import answer, status_of, webhook_call
from shopbridge.flows.intake import confirm_app, register_app, take_signed, take_unsigned
from shopbridge.wiring import open_container

container = open_container()


def handler(event: Mapping[str, Any], context: Any) -> Mapping[str, Any]:
    """Answer one call of the HTTP API (payload format 2.0)."""
    with container.invocation(context):
        call, token = webhook_call(event), event["pathParameters"].get("token")
        try:
            match event["routeKey"].rpartition("/")[2]:
                case "register":
                    return answer(200, register_app(container.bridge, call))
                case "confirm":
                    confirm_app(container.bridge, call)
                case "{token}":
                    take_unsigned(container.bridge, call, token)
                case _:
                    take_signed(container.bridge, call)
        except BridgeError as error:
            container.bridge.activity.info("webhook_refused", call.connection, reason=error.what)
            return answer(status_of(error), {"error": error.what})
        return answer(202, {"taken": True})
