"""Calls of the plugin that the shop's server runs for us, ``real/vendure/webhook-plugin.js``.

It signs the bytes of the body with HMAC-SHA256, in hexadecimal, anew at each attempt. The body carries the moment of
sending and nothing of the order but its id.
"""

import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from shopbridge.connectors.vendure.api import is_id
from shopbridge.errors import Forged, Malformed
from shopbridge.mapping.identity import is_sound
from shopbridge.mapping.json_data import JsonError, read_json
from shopbridge.model.base import OrderId
from shopbridge.ports import WebhookEvent

SIGNATURE: Final = "x-shopbridge-signature"
MAX_AGE = 300
"""Seconds that a call may be old, or ahead of our clock."""
LONGEST_EVENT = 60
WHERE = "Vendure webhook"


@dataclass(frozen=True)
class VendureWebhook:
    """Reads the calls."""

    def verify(self, raw: bytes, headers: Mapping[str, str], secrets: Mapping[str, str], now: datetime) -> None:
        """Check the signature, then the age.

        Raises:
            Forged: Not signed with the secret, or sent more than five minutes ago.
            Malformed: Signed, but without a moment.
        """
        secret = secrets.get("webhook_secret", "")
        given = next((value for name, value in headers.items() if name.lower() == SIGNATURE), "")
        if not secret or not hmac.compare_digest(sign(secret, raw).encode(), given.encode("utf-8", "replace")):
            raise Forged(
                "The call is not signed with the webhook secret",
                where=WHERE,
                fix="Give the plugin in the shop's server the same secret as webhook_secret of the connection.",
            )
        _refuse_other_times(_object(raw).get("sentAt"), now)

    def is_awaited(self, raw: bytes, headers: Mapping[str, str], secrets: Mapping[str, str]) -> bool:
        """Answer that there is no secret that becomes valid later."""
        del raw, headers, secrets
        return False

    def events(self, raw: bytes) -> Sequence[WebhookEvent]:
        """Return the order that a call names.

        Raises:
            Malformed: It names none.
        """
        body = _object(raw)
        name, order = body.get("event"), body.get("orderId")
        if not isinstance(name, str) or not name or not is_sound(name, LONGEST_EVENT):
            raise Malformed("The call names no event", where=WHERE)
        if not isinstance(order, str) or not is_id(order):
            raise Malformed("The call names no order", where=WHERE)
        return [WebhookEvent(name, OrderId(order))]


def sign(secret: str, raw: bytes) -> str:
    """Return the signature of a body."""
    return hmac.new(secret.encode(), raw, "sha256").hexdigest()


def _object(raw: bytes) -> dict[str, Any]:
    try:
        body = read_json(raw)
    except JsonError as error:
        raise Malformed("The body is no JSON", where=WHERE) from error
    if not isinstance(body, dict):
        raise Malformed("The body is no JSON object", where=WHERE)
    return body


def _refuse_other_times(moment: Any, now: datetime) -> None:
    try:
        sent = datetime.fromisoformat(moment) if isinstance(moment, str) else None
    except ValueError:
        sent = None
    if sent is None or sent.tzinfo is None:
        raise Malformed("The call has no moment of sending", where=WHERE)
    age = (now - sent).total_seconds()
    if abs(age) > MAX_AGE:
        raise Forged(
            f"The call is {abs(age):.0f} s {'old' if age > 0 else 'ahead of our clock'}",
            where=WHERE,
            fix="Calls older than five minutes are refused; check the clock of the shop's server.",
        )
