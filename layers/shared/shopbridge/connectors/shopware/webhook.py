"""Calls of the shop to our app: proof that it made them, and the orders that webhooks name (platform file, D17)."""

import hmac
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shopbridge.errors import Forged, Malformed
from shopbridge.mapping.json_data import JsonError, read_json
from shopbridge.model.basics import OrderId
from shopbridge.model.webhook import WebhookEvent

SHOP_SIGNATURE = "shopware-shop-signature"
PREVIOUS_SIGNATURE = "shopware-shop-signature-previous"
APP_SIGNATURE = "shopware-app-signature"
SHOP_VERSION = "sw-version"

LONGEST_TIME = 20
"""Characters of a moment in seconds; what is longer is far from now with its beginning already."""
MAX_AGE = 300
"""Seconds a call may be old, or ahead of our clock; Shopware leaves the number to us [inferred]."""

LIVE_VERSION = "0fa91ce3e96a4bc2be4bd9ce752c3425"
"""Every other version of an order is a draft somebody edits; nothing about it counts until it is merged (C6)."""

_ID = re.compile(r"[0-9a-f]{32}", re.ASCII)
_NAME = re.compile(r"[A-Za-z0-9_.\-]{1,200}", re.ASCII)


@dataclass(frozen=True)
class ShopwareWebhook:
    """Reads the calls; only an app's webhooks are signed."""

    def verify(self, raw: bytes, headers: Mapping[str, str], secrets: Mapping[str, str], now: datetime) -> None:
        """Check signature, shop and age.

        The previous shop secret counts for a minute after a new one was confirmed: calls on their way then still
        carry it.

        Raises:
            Forged: Not signed by our shop, from another shop, or more than five minutes off.
            Malformed: Signed, but not readable.
        """
        known = (secrets.get("shop_secret", ""), previous_secret(secrets, now))
        if not is_signed(header(headers, SHOP_SIGNATURE), raw, known):
            raise Forged("The call is not signed with the shop's secret", where="Shopware webhook")
        body = read_object(raw)
        source = body.get("source")
        if not isinstance(source, Mapping) or source.get("shopId") != secrets.get("shop_id", ""):
            raise Forged("The call comes from another shop", where="Shopware webhook")
        timestamp = body.get("timestamp")
        if not isinstance(timestamp, int) or isinstance(timestamp, bool):
            raise Malformed("The call has no timestamp", where="Shopware webhook")
        refuse_other_times(timestamp, now)

    def is_awaited(self, raw: bytes, headers: Mapping[str, str], secrets: Mapping[str, str]) -> bool:
        """Tell whether the secret signed it that a shop was given and has, as far as we know, not confirmed yet."""
        return is_signed(header(headers, SHOP_SIGNATURE), raw, [secrets.get("pending_shop_secret", "")])

    def events(self, raw: bytes) -> Sequence[WebhookEvent]:
        """Return one event for each order the call names, or one without an order.

        Entity events (``order.written``) list rows; business events (``state_enter.…``) carry one order, of which
        only the id is taken: the rest is what a storefront may see, and read again anyway.

        Raises:
            Malformed: Not the envelope Shopware sends.
        """
        data = read_object(raw).get("data")
        name = data.get("event") if isinstance(data, Mapping) else None
        if not isinstance(data, Mapping) or not isinstance(name, str) or not _NAME.fullmatch(name):
            raise Malformed("The call names no event", where="Shopware webhook")
        ids = dict.fromkeys(_order_ids(data.get("payload")))
        return [WebhookEvent(name, OrderId(order)) for order in ids] or [WebhookEvent(name, None)]


def _order_ids(payload: Any) -> Iterator[str]:
    """The ids in a payload; filtering by live version makes an object with numeric keys of the list (C13)."""
    if isinstance(payload, Mapping) and isinstance(payload.get("order"), Mapping):
        yield from _ids(payload["order"].get("id"))
        return
    rows = payload.values() if isinstance(payload, Mapping) else payload if isinstance(payload, list) else ()
    for row in rows:
        if isinstance(row, Mapping) and row.get("entity") == "order" and _is_live(row):
            yield from _ids(row.get("primaryKey"))


def _is_live(row: Mapping[str, Any]) -> bool:
    key = row.get("primaryKey")
    version = row.get("versionId") or (key.get("versionId") if isinstance(key, Mapping) else None)
    return version in (None, LIVE_VERSION)


def _ids(key: Any) -> Iterator[str]:
    """The id, given as text or as an object with the whole primary key."""
    value = key.get("id") if isinstance(key, Mapping) else key
    if isinstance(value, str) and _ID.fullmatch(value):
        yield value


def previous_secret(secrets: Mapping[str, str], now: datetime) -> str:
    """Return the shop secret before the present one while it still counts, else empty."""
    try:
        until = datetime.fromisoformat(secrets.get("previous_until", ""))
    except ValueError:
        return ""
    return secrets.get("previous_shop_secret", "") if until.tzinfo and now <= until else ""


def sign(secret: str, message: bytes) -> str:
    """Return the signature of a message."""
    return hmac.new(secret.encode(), message, "sha256").hexdigest()


def is_signed(given: str, message: bytes, secrets: Iterable[str]) -> bool:
    """Tell whether one of the secrets made the signature; compared in constant time. Empty secrets never did."""
    made = (sign(secret, message) for secret in secrets if secret)
    return any(hmac.compare_digest(one.encode(), given.encode("utf-8", "replace")) for one in made)


def header(headers: Mapping[str, str], name: str) -> str:
    """Return a header whatever its capitals; empty when missing."""
    return next((value for key, value in headers.items() if key.lower() == name), "")


def read_object(raw: bytes) -> dict[str, Any]:
    """Return a JSON object. Raises Malformed for anything else, however odd."""
    try:
        body = read_json(raw)
    except JsonError as error:
        raise Malformed("The body is no JSON", where="Shopware call") from error
    if not isinstance(body, dict):
        raise Malformed("The body is no JSON object", where="Shopware call")
    return body


def refuse_other_times(timestamp: Any, now: datetime) -> None:
    """Raise Forged for a moment too far from now, Malformed when it is none (an integer, or one as text)."""
    try:
        age = int(now.timestamp()) - int(str(timestamp)[:LONGEST_TIME])
    except ValueError as error:
        raise Malformed("The timestamp is no number of seconds", where="Shopware call") from error
    if abs(age) > MAX_AGE:
        raise Forged(
            f"The call is {abs(age)} s {'old' if age > 0 else 'ahead of our clock'}",
            where="Shopware call",
            fix="Calls older than five minutes are refused; check the clock of the shop's server.",
        )
