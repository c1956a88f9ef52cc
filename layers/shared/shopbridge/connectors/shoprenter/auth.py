"""Logging in: client credentials for a token of an hour, and what a token itself says (platform file, "OAuth2")."""

import base64
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Annotated, Any, Final

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError

from shopbridge.connectors.shoprenter.outcomes import TITLE, judge
from shopbridge.connectors.shoprenter.settings import OLD_WAY
from shopbridge.connectors.shoprenter.wire import Wire
from shopbridge.errors import NeedsAttention, RetryLater
from shopbridge.http.answer import Answer, Call
from shopbridge.http.auth import TokenGrant
from shopbridge.mapping.json_data import JsonError, read_json

BEFORE_THE_END = 60
"""Seconds before its end from which a token is not used any more."""
SHORTEST = 1
REFUSED: Final = frozenset({400, 401, 403})
CREDENTIALS_FIX = (
    "In the shop's admin open Settings, API settings and copy client id and client secret of the API client once more; "
    f"if {OLD_WAY}."
)


class WireToken(Wire):
    """The answer of the token endpoint; snake case there."""

    model_config = ConfigDict(alias_generator=None)

    access_token: Annotated[str, Field(pattern=r"^[!-~]+$")]
    expires_in: Annotated[int, Field(gt=0, lt=10**9)]


_TOKEN = TypeAdapter(WireToken)


def token_grant(shop: str) -> TokenGrant:
    """Return how a shop hands out tokens; the same client may be one of many shops, so the path names the shop.

    Tokens that are asked for side by side are refused for a moment (platform file, "OAuth2").
    """
    return TokenGrant(request=_login(shop), read=read_token, alone=True)


def _login(shop: str) -> Callable[[Mapping[str, str]], Call]:
    def call(secrets: Mapping[str, str]) -> Call:
        client_id, client_secret = secrets.get("client_id", ""), secrets.get("client_secret", "")
        if not (client_id and client_secret):
            raise NeedsAttention(
                "There are no credentials for the shop yet",
                where=TITLE,
                fix="Install the app in the shop's admin, or enter client id and secret of an API client.",
            )
        body = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": client_secret}
        return Call("POST", f"/{shop}/app/token", json=body)

    return call


def read_token(answer: Answer) -> tuple[str, timedelta]:
    """Return the token, and how long it may be used.

    Raises:
        NeedsAttention: Wrong id or secret, or a shop that they are not of.
        Throttled, Obstructed: Too many calls; a page in the login's place.
        RetryLater: Away, or an answer that is no token.
    """
    body = answer.json()
    if answer.status in REFUSED and isinstance(body, Mapping):
        raise NeedsAttention(
            f"Shoprenter does not accept the client id and secret for this shop ({_said(body)})",
            where=answer.where,
            fix=CREDENTIALS_FIX,
        )
    judge(answer)
    try:
        token = _TOKEN.validate_python(body)
    except ValidationError as error:
        raise RetryLater("The login answered with something that is no token", after=60, where=answer.where) from error
    return token.access_token, timedelta(seconds=max(token.expires_in - BEFORE_THE_END, SHORTEST))


def _said(body: Mapping[str, Any]) -> str:
    texts = (body.get(name) for name in ("error", "error_description", "hint"))
    return ": ".join(str(text) for text in texts if text) or "no reason given"


def scopes_of(token: str | None) -> frozenset[str] | None:
    """Return the scopes that a token says it has; None where it does not say (platform file: a JWT, ``scopes``).

    Nobody checks its signature here: it is only read for what a person should be told.
    """
    parts = (token or "").split(".")
    try:
        claims = read_json(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except (IndexError, ValueError, JsonError):
        return None
    scopes = claims.get("scopes") if isinstance(claims, dict) else None
    return frozenset(map(str, scopes)) if isinstance(scopes, list) and scopes else None


NEEDED: Final[Mapping[str, str]] = {
    "order.order:write": f"{TITLE} cannot be told what became of an order",
    "product.product:write": "stock, prices and products cannot be written",
    "product.category:write": "categories cannot be written",
}
"""Rights to write, which nobody can try without writing, by what cannot be done without them."""


def missing_scopes(token: str | None) -> tuple[str, ...]:
    """Return a sentence for each right to write that a token does not have; none where it does not say."""
    scopes = scopes_of(token)
    if scopes is None:
        return ()
    return tuple(f"The API client has no scope {name}: {what}." for name, what in NEEDED.items() if name not in scopes)
