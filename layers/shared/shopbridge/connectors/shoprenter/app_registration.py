"""How a shop installs our app: one signed call, after which the app's client id and secret serve for that shop.

(Platform file, "App install handshake".) There is no confirmation: the browser goes back to the shop's admin, and
Shoprenter signs with the client secret that both sides had beforehand. In which order the signed parameters stand, its
text and its two example apps contradict each other, so both orders are tried.
"""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import parse_qsl, urlsplit

from shopbridge.errors import Forged, Malformed
from shopbridge.ports import AppRegistration

ORDERS: Final = (("code", "shopname", "timestamp"), ("shopname", "code", "timestamp"))
"""In which the parameters are signed: in the documentation's text, and in both example apps."""
OLDEST = timedelta(hours=24)
"""[inferred] How old a call may be, or ahead of our clock: nobody says."""
LONGEST_TIME = 15
"""Digits of a moment in seconds; what is longer is far from now with its beginning already."""
WHERE = "Shoprenter app installation"
ADMIN = "/admin/"

Values = Mapping[str, str]


@dataclass(frozen=True)
class ShoprenterHandshake:
    """Checks the call; whoever calls it stores the secrets it returns before answering."""

    def register(
        self, query: str, headers: Values, secrets: Values, now: datetime, confirmation_url: str
    ) -> AppRegistration:
        """Answer ``GET ?shopname=…&code=…&timestamp=…&hmac=…&app_url=…`` by sending the browser to the shop's admin.

        Raises:
            Forged: Not signed with the app's client secret, old, or of another shop than the connection's.
            Malformed: Signed, but without what is needed.
        """
        del headers, confirmation_url
        given = dict(parse_qsl(query, keep_blank_values=True, errors="replace"))
        _check_signature(given, secrets.get("app_secret", ""))
        _check_age(given["timestamp"], now)
        shop = _shop_of(given, secrets)
        ours = {name: secrets[name] for name in ("app_client_id", "app_secret") if secrets.get(name)}
        kept = {**ours, "client_id": secrets.get("app_client_id", ""), "client_secret": secrets["app_secret"]}
        return AppRegistration(secrets=kept, redirect=_admin_page(shop, given.get("app_url", "")), complete=True)

    def confirm(self, raw: bytes, headers: Values, secrets: Values, now: datetime) -> Values:
        """Raise Forged: Shoprenter has no second call."""
        del raw, headers, secrets, now
        raise Forged("Shoprenter confirms no installation", where=WHERE)


def _check_signature(given: Values, secret: str) -> None:
    """In constant time; an app without a secret was never signed."""
    texts = ["&".join(f"{name}={given.get(name, '')}" for name in names) for names in ORDERS]
    made = [hmac.new(secret.encode(), text.encode("utf-8", "replace"), "sha256").hexdigest() for text in texts]
    told = given.get("hmac", "").lower().encode("utf-8", "replace")
    proven = [hmac.compare_digest(each.encode(), told) for each in made]
    if not secret or not any(proven):
        raise Forged(
            "The installation is not signed with the app's client secret",
            where=WHERE,
            fix="app_secret of the connection must be the client secret that Partner Support gave for the app.",
        )


def _check_age(timestamp: str, now: datetime) -> None:
    try:
        age = int(now.timestamp()) - int(timestamp[:LONGEST_TIME])
    except ValueError as error:
        raise Malformed("The timestamp is no number of seconds", where=WHERE) from error
    if abs(age) > OLDEST.total_seconds():
        raise Forged(f"The call is {abs(age)} s {'old' if age > 0 else 'ahead of our clock'}", where=WHERE)


def _shop_of(given: Values, secrets: Values) -> str:
    """The shop that installs the app. Raises Forged where the connection is another one's."""
    shop = given.get("shopname", "").strip().lower()
    if not shop or f"{shop}.shoprenter.hu" != secrets.get("shop_place", ""):
        raise Forged(
            f"The app is installed in the shop {shop!r}, which is not the connection's",
            where=WHERE,
            fix="Enter the shop's name in the connection as it stands in front of .myshoprenter.hu.",
        )
    return shop


def _admin_page(shop: str, app_url: str) -> str:
    """Where the browser goes: the page that is named, at the shop's own address at Shoprenter.

    The address that is named is not signed, so none but its page is taken: nobody is sent elsewhere.
    """
    try:
        page = urlsplit(app_url)
    except ValueError:
        page = urlsplit("")
    path = page.path if page.path.startswith(ADMIN) and page.path.isprintable() else ADMIN
    return f"https://{shop}.myshoprenter.hu{path}" + (f"?{page.query}" if page.query and path == page.path else "")
