"""Calls of RO App (platform file, "Webhooks").

A call proves itself by a signature over its id alone. Its body could be another one, and it could be sent once more: so
nothing is taken from it but that something happened, which harms nobody to be looked at.
"""

import hmac
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from shopbridge.errors import Forged, Malformed
from shopbridge.mapping.json_data import JsonError, read_json
from shopbridge.model.basics import OrderId
from shopbridge.model.webhook import WebhookEvent

SIGNATURE: Final = "x-signature"
ID: Final = "x-webhook-id"
OF_ORDERS: Final = "Order."
CREATED: Final = "Order.Created"
WHERE: Final = "RO App webhook"
_NAME: Final = re.compile(r"[A-Za-z0-9_.\-]{1,200}", re.ASCII)
_KEY: Final = re.compile(r"[0-9]{1,15}", re.ASCII)


@dataclass(frozen=True)
class RoAppWebhook:
    """Reads the calls of an account."""

    def verify(self, raw: bytes, headers: Mapping[str, str], secrets: Mapping[str, str], now: datetime) -> None:
        """Check the signature: lower-case hex of an HMAC-SHA256 over the call's id (client L14).

        Raises:
            Forged: Not signed with the webhook's secret.
            Malformed: Signed, but no object.
        """
        del now
        secret, given = secrets.get("webhook_secret", ""), _header(headers, SIGNATURE)
        told = _header(headers, ID) or _own_id(raw)
        if not secret or not told or not hmac.compare_digest(sign(secret, told).encode(), _bytes(given)):
            raise Forged(
                "The call is not signed with the webhook's secret",
                where=WHERE,
                fix="Copy the secret of the webhook in RO App (Settings > API) into webhook_secret of the connection.",
            )
        self.events(raw)

    def is_awaited(self, raw: bytes, headers: Mapping[str, str], secrets: Mapping[str, str]) -> bool:
        """Answer that there is no secret that becomes valid later."""
        del raw, headers, secrets
        return False

    def events(self, raw: bytes) -> Sequence[WebhookEvent]:
        """Return what happened to an order that was there, which is to be read again; nothing of all else.

        What is told of contacts and new orders is mostly our own doing. Raises Malformed.
        """
        body = _object(raw)
        name, context = body.get("event_name"), body.get("context")
        if not isinstance(name, str) or not _NAME.fullmatch(name):
            raise Malformed("The call names no event", where=WHERE)
        key = str(context.get("object_id", "")) if isinstance(context, Mapping) else ""
        if not name.startswith(OF_ORDERS) or name == CREATED:
            return []
        return [WebhookEvent(name, OrderId(key) if _KEY.fullmatch(key) else None)]


def sign(secret: str, webhook_id: str) -> str:
    """Return the signature of a call by its id."""
    return hmac.new(secret.encode(), _bytes(webhook_id), "sha256").hexdigest()


def _own_id(raw: bytes) -> str:
    """The id in the body, where no header has it; empty when there is none."""
    try:
        told = _object(raw).get("id")
    except Malformed:
        return ""
    return told if isinstance(told, str) else ""


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "replace")


def _header(headers: Mapping[str, str], name: str) -> str:
    return next((value for key, value in headers.items() if key.lower() == name), "")


def _object(raw: bytes) -> dict[str, Any]:
    try:
        body = read_json(raw)
    except JsonError as error:
        raise Malformed("The body is no JSON", where=WHERE) from error
    if not isinstance(body, dict):
        raise Malformed("The body is no JSON object", where=WHERE)
    return body
