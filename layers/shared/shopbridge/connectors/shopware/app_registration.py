"""How a shop registers our app: it calls us, we prove ourselves, it hands over credentials (platform file, D18).

All state is in the shop side's secrets, flat texts: ``app_name`` and ``app_secret`` from the app's manifest;
``shop_url``, the connection's address; ``pending_shop_id`` and ``pending_shop_secret`` between the two calls;
``shop_id``, ``shop_secret``, ``client_id`` and ``client_secret`` after them; ``previous_shop_secret`` with
``previous_until`` (ISO 8601) for the minute after a change of secrets; ``signs_twice`` once the shop has proved its
current secret at a repeated registration.
"""

import hmac
import secrets as randomness
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from shopbridge.connectors.shopware.facts import features, parse_version
from shopbridge.connectors.shopware.webhook import (
    APP_SIGNATURE,
    PREVIOUS_SIGNATURE,
    SHOP_SIGNATURE,
    SHOP_VERSION,
    header,
    is_signed,
    read_object,
    refuse_other_times,
    sign,
)
from shopbridge.errors import Forged, Malformed
from shopbridge.mapping.identity import is_sound
from shopbridge.ports import AppRegistration

GRACE = timedelta(seconds=60)
"""How long the previous shop secret still counts."""

LONGEST = 500
"""Bytes of what a shop says of itself: all of it is stored as one parameter of 4 KB."""

PARAMETERS = ("shop-id", "shop-url", "timestamp")
"""Of a registration, in the order in which they are signed."""

Values = Mapping[str, str]


@dataclass(frozen=True)
class ShopwareHandshake:
    """Checks the two calls; whoever calls it stores the secrets it returns (all of them) before answering."""

    def register(
        self, query: str, headers: Values, secrets: Values, now: datetime, confirmation_url: str
    ) -> AppRegistration:
        """Answer ``GET ?shop-id=…&shop-url=…&timestamp=…`` with our proof and a new shop secret.

        The secret waits as pending until the shop confirms: a known shop goes on with its old one meanwhile.

        Raises:
            Forged: The app's signature is wrong, the call is old, the address is not the connection's, or the
                shop is known and did not prove its current secret.
            Malformed: A parameter is missing.
        """
        shop = _registration(query, header(headers, APP_SIGNATURE), secrets.get("app_secret", ""))
        refuse_other_times(shop["timestamp"], now)
        _refuse_other_host(shop["shop-url"], secrets)
        signs_twice = _check_known_shop(query, shop, headers, secrets)
        fresh = randomness.token_urlsafe(64)
        proof = sign(
            secrets["app_secret"], f"{shop['shop-id']}{shop['shop-url']}{secrets.get('app_name', '')}".encode()
        )
        answer = {"proof": proof, "secret": fresh, "confirmation_url": confirmation_url}
        pending = {"pending_shop_id": shop["shop-id"], "pending_shop_secret": fresh}
        kept = {**secrets, **pending, "signs_twice": "yes" if signs_twice else ""}
        return AppRegistration(secrets=kept, body=answer)

    def confirm(self, raw: bytes, headers: Values, secrets: Values, now: datetime) -> Values:
        """Take the credentials of ``POST {apiKey, secretKey, …}`` and make the pending secret the valid one.

        A repeat of the confirmation that went through changes nothing.

        Raises:
            Forged: Not signed with the pending secret, by another shop, old, or without the proof of the
                previous secret where the shop gives it.
            Malformed: Signed, but not readable.
        """
        given = header(headers, SHOP_SIGNATURE)
        pending = secrets.get("pending_shop_secret", "")
        if not is_signed(given, raw, [pending or secrets.get("shop_secret", "")]):
            raise Forged("The confirmation is not signed with the secret we gave", where="Shopware app confirmation")
        body = _confirmation(raw)
        expected = secrets.get("pending_shop_id" if pending else "shop_id", "")
        if not hmac.compare_digest(body["shopId"].encode(), expected.encode()):
            raise Forged("The confirmation comes from another shop", where="Shopware app confirmation")
        refuse_other_times(body.get("timestamp"), now)
        _refuse_other_host(body["shopUrl"], secrets)
        if not pending:
            return _same_again(body, secrets)
        _check_previous(raw, headers, secrets)
        return _confirmed(body, secrets, now)


def _registration(query: str, given: str, app_secret: str) -> dict[str, str]:
    """The parameters of a registration that is signed: raw as sent, or as SDKs put it together again (D18)."""
    shop = dict(parse_qsl(query, keep_blank_values=True, errors="replace"))
    if not any(is_signed(given, text, [app_secret]) for text in _signed_texts(query, shop)):
        raise Forged(
            "The registration is not signed with the app's secret",
            where="Shopware app registration",
            fix="The secret in the app's manifest and app_secret of the connection must be the same.",
        )
    # Only now: who proves nothing is told nothing, not even that there is an app.
    for name in PARAMETERS:
        if not shop.get(name) or not is_sound(shop[name], LONGEST):
            raise Malformed(f"The registration has no {name}", where="Shopware app registration")
    return shop


def _signed_texts(query: str, shop: Values) -> tuple[bytes, bytes]:
    again = "&".join(f"{name}={shop.get(name, '')}" for name in PARAMETERS)
    return query.encode("utf-8", "replace"), again.encode("utf-8", "replace")


def _refuse_other_host(url: str, secrets: Values) -> None:
    ours = _host(secrets.get("shop_url", ""))
    if not ours or _host(url) != ours:
        raise Forged(
            f"The shop calls itself {url}, which is not the connection's address",
            where="Shopware app registration",
            fix="Enter the shop's address in the connection exactly as APP_URL of the shop says it.",
        )


def _host(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").lower()
    except ValueError:
        return ""


def _check_known_shop(query: str, shop: Values, headers: Values, secrets: Values) -> bool:
    """Whether the shop proved its current secret; refuses a known shop that should have.

    Releases before 6.7.8.1 cannot. The release is what the call's own header says, which a forger of the app's
    signature could leave out; so a shop that proved it once has to do so ever after.
    """
    current = secrets.get("shop_secret", "")
    if not current:
        return False
    if shop["shop-id"] != secrets.get("shop_id"):
        raise Forged(
            "This connection belongs to another shop already",
            where="Shopware app registration",
            fix="Remove shop_id and shop_secret from the connection's credentials to connect a new installation.",
        )
    given = header(headers, SHOP_SIGNATURE)
    release = features(parse_version(header(headers, SHOP_VERSION)))
    must = bool(given or release.signs_twice or secrets.get("signs_twice"))
    if must and not any(is_signed(given, text, [current]) for text in _signed_texts(query, shop)):
        raise Forged(
            "The shop is known, but the registration is not signed with its current secret",
            where="Shopware app registration",
            fix="If the app was removed and installed anew, remove shop_id and shop_secret from the credentials.",
        )
    return must


def _confirmation(raw: bytes) -> dict[str, Any]:
    body = read_object(raw)
    for name in ("apiKey", "secretKey", "shopId", "shopUrl"):
        if not isinstance(body.get(name), str) or not body[name].isprintable() or not 0 < len(body[name]) <= LONGEST:
            raise Malformed(f"The confirmation has no {name}", where="Shopware app confirmation")
    return body


def _check_previous(raw: bytes, headers: Values, secrets: Values) -> None:
    given = header(headers, PREVIOUS_SIGNATURE)
    must = secrets.get("shop_secret") and (given or secrets.get("signs_twice"))
    if must and not is_signed(given, raw, [secrets["shop_secret"]]):
        raise Forged("The confirmation does not prove the previous secret", where="Shopware app confirmation")


def _same_again(body: Mapping[str, Any], secrets: Values) -> Values:
    """After the confirmation nothing is pending: only the very same one may come again."""
    same = body["apiKey"] == secrets.get("client_id") and body["secretKey"] == secrets.get("client_secret")
    if not same:
        raise Forged("No registration is waiting for a confirmation", where="Shopware app confirmation")
    return secrets


def _confirmed(body: Mapping[str, Any], secrets: Values, now: datetime) -> Values:
    before = secrets.get("shop_secret", "")
    return {
        **secrets,
        "client_id": body["apiKey"],
        "client_secret": body["secretKey"],
        "shop_id": secrets["pending_shop_id"],
        "shop_secret": secrets["pending_shop_secret"],
        **dict.fromkeys(("pending_shop_id", "pending_shop_secret"), ""),
        "previous_shop_secret": before,
        "previous_until": (now + GRACE).isoformat() if before else "",
    }
