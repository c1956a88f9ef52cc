"""Signatures as Shopware makes them: hex HMAC-SHA256 over the exact bytes (platform file, D17, D18)."""

import hmac
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from shopbridge.errors import Forged, Malformed
from shopbridge.mapping.json_data import JsonError, read_json

SHOP_SIGNATURE = "shopware-shop-signature"
PREVIOUS_SIGNATURE = "shopware-shop-signature-previous"
APP_SIGNATURE = "shopware-app-signature"
SHOP_VERSION = "sw-version"

LONGEST_TIME = 20
"""Characters of a moment in seconds; what is longer is far from now with its beginning already."""
MAX_AGE = 300
"""Seconds a call may be old, or ahead of our clock; Shopware leaves the number to us [inferred]."""


def sign(secret: str, message: bytes) -> str:
    """The signature of a message."""
    return hmac.new(secret.encode(), message, "sha256").hexdigest()


def is_signed(given: str, message: bytes, secrets: Iterable[str]) -> bool:
    """Whether one of the secrets made the signature; compared in constant time. Empty secrets never did."""
    made = (sign(secret, message) for secret in secrets if secret)
    return any(hmac.compare_digest(one.encode(), given.encode("utf-8", "replace")) for one in made)


def header(headers: Mapping[str, str], name: str) -> str:
    """A header whatever its capitals; empty when missing."""
    return next((value for key, value in headers.items() if key.lower() == name), "")


def read_object(raw: bytes) -> dict[str, Any]:
    """A JSON object. Raises Malformed for anything else, however odd."""
    try:
        body = read_json(raw)
    except JsonError as error:
        raise Malformed("The body is no JSON", where="Shopware call") from error
    if not isinstance(body, dict):
        raise Malformed("The body is no JSON object", where="Shopware call")
    return body


def refuse_other_times(timestamp: Any, now: datetime) -> None:
    """Raises Forged for a moment too far from now, Malformed when it is none (an integer, or one as text)."""
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
