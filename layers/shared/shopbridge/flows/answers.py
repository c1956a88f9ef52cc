"""API Gateway's events and answers (payload format 2.0), to and from what the intake works with."""

import base64
import json
from collections.abc import Mapping
from typing import Any

from shopbridge.errors import BridgeError, Forged, Malformed
from shopbridge.flows.intake import NotFound, TooLarge, WebhookCall
from shopbridge.model.base import ConnectionId

_STATUS: tuple[tuple[type[BridgeError], int], ...] = ((NotFound, 404), (TooLarge, 413), (Forged, 401), (Malformed, 400))


def webhook_call(event: Mapping[str, Any]) -> WebhookCall:
    """The call inside an event; the body byte for byte, since a signature covers it."""
    body = event.get("body") or ""
    raw = base64.b64decode(body) if event.get("isBase64Encoded") else body.encode()
    return WebhookCall(
        connection=ConnectionId(event["pathParameters"]["connection"]),
        raw=raw,
        query=event.get("rawQueryString", ""),
        headers={name.lower(): value for name, value in event["headers"].items()},
        base_url=f"{event['headers'].get('x-forwarded-proto', 'https')}://{event['requestContext']['domainName']}",
    )


def status_of(error: BridgeError) -> int:
    """What the caller is told: 401, 404, 413, 400, or 503 for everything that may pass by itself."""
    return next((status for kind, status in _STATUS if isinstance(error, kind)), 503)


def answer(status: int, body: Mapping[str, Any]) -> dict[str, Any]:
    """An answer as API Gateway wants it."""
    return {"statusCode": status, "headers": {"content-type": "application/json"}, "body": json.dumps(body)}
