"""Calls of a shop's automations (platform file, "Webhooks").

A call proves itself by the Base64 of an HMAC over its body; in hexadecimal it proves nothing. It carries no moment of
its sending, so one that somebody repeats is believed again: it only makes an order be read, which harms nobody. Its
body has other names than the orders we read, and less, so nothing is taken from it but the order's key.
"""

import base64
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from shopbridge.errors import Forged, Malformed
from shopbridge.mapping.identity import is_sound
from shopbridge.mapping.json_data import JsonError, read_json
from shopbridge.model.basics import OrderId
from shopbridge.model.webhook import WebhookEvent

SIGNATURE: Final = "x-unas-hmac"
ORDER, CUSTOMER = "order", "customer"
"""What a call is called: its topic stands in a header that is not signed."""
OF_CUSTOMERS: Final = ("customerID", "email")
WHERE = "UNAS webhook"


@dataclass(frozen=True)
class UnasWebhook:
    """Reads the calls; only VIP shops have automations."""

    def verify(self, raw: bytes, headers: Mapping[str, str], secrets: Mapping[str, str], now: datetime) -> None:
        """Check the signature.

        Raises:
            Forged: Not signed with the shop's key.
            Malformed: Signed, but no object.
        """
        del now
        key = secrets.get("webhook_key", "")
        given = next((value for name, value in headers.items() if name.lower() == SIGNATURE), "")
        if not key or not hmac.compare_digest(sign(key, raw).encode(), given.encode("utf-8", "replace")):
            raise Forged(
                "The call is not signed with the shop's HMAC key",
                where=WHERE,
                fix="Copy the key of UNAS' webhook check into webhook_key of the connection.",
            )
        _object(raw)

    def is_awaited(self, raw: bytes, headers: Mapping[str, str], secrets: Mapping[str, str]) -> bool:
        """Answer that there is no secret that becomes valid later."""
        del raw, headers, secrets
        return False

    def events(self, raw: bytes) -> Sequence[WebhookEvent]:
        """Return the order that a call names, by its key alone; calls about customers name none.

        Raises:
            Malformed: It names nothing that we know.
        """
        body = _object(raw)
        key = body.get("orderID")
        if isinstance(key, int) and not isinstance(key, bool):
            key = str(key)
        if isinstance(key, str) and key and is_sound(key):
            return [WebhookEvent(ORDER, by_key(key))]
        if "orderID" not in body and any(body.get(name) for name in OF_CUSTOMERS):
            return [WebhookEvent(CUSTOMER, None)]
        raise Malformed("The call names no order", where=WHERE)


def sign(key: str, message: bytes) -> str:
    """Return the signature of a body."""
    return base64.b64encode(hmac.new(key.encode(), message, "sha256").digest()).decode()


def by_key(key: str) -> OrderId:
    """Return what an order is called of which only the key is known; reading it gives it under its own id."""
    return OrderId(f"/{key}")


def _object(raw: bytes) -> dict[str, Any]:
    try:
        body = read_json(raw)
    except JsonError as error:
        raise Malformed("The body is no JSON", where=WHERE) from error
    if not isinstance(body, dict):
        raise Malformed("The body is no JSON object", where=WHERE)
    return body
