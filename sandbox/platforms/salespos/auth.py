"""The HMAC both sides sign with (platform file: vendor reference S2, SDK S1)."""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sandbox.platforms.salespos.errors import UNAUTHORISED, ApiError

TOLERANCE = timedelta(seconds=300)


@dataclass(frozen=True)
class Key:
    """A public key and its secret."""

    public: str
    secret: str


def signature(key: Key, method: str, uri: str, body: bytes, date: str) -> str:
    """Lower-case hex HMAC-SHA512 over the five parts; ``uri`` is path and query as sent."""
    message = b"|".join([key.public.encode(), method.encode(), uri.encode(), body, date.encode()])
    return hmac.new(key.secret.encode(), message, hashlib.sha512).hexdigest()


def webhook_signature(key: str, address: str, body: bytes) -> str:
    """The hash of a webhook call: [inferred] by analogy with the app calls (example code S7)."""
    return hmac.new(key.encode(), address.encode() + b"|" + body, hashlib.sha512).hexdigest()


def check_request(key: Key, method: str, uri: str, body: bytes, headers: Mapping[str, str], now: datetime) -> None:
    """Refuse a call that is unsigned, signed otherwise or out of date.

    Raises:
        ApiError: 401.10.
    """
    date = _header(headers, "x-date")
    if _header(headers, "x-public") != key.public:
        raise ApiError(UNAUTHORISED, "unknown public key")
    if abs(now - _utc(date)) > TOLERANCE:
        raise ApiError(UNAUTHORISED, "x-date differs by more than 5 minutes from the server's time")
    expected = signature(key, method, uri, body, date)
    if not hmac.compare_digest(expected.encode(), _header(headers, "x-hash").encode()):
        raise ApiError(UNAUTHORISED, "x-hash does not match")


def _header(headers: Mapping[str, str], name: str) -> str:
    value = headers.get(name, "")
    if not value:
        raise ApiError(UNAUTHORISED, f"header {name} is missing")
    return value


def _utc(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as problem:
        raise ApiError(UNAUTHORISED, "x-date is not ISO-8601") from problem
    if moment.utcoffset() != timedelta(0):
        raise ApiError(UNAUTHORISED, "x-date is not in UTC")
    return moment
