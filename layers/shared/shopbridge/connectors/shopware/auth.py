"""Logging in: client credentials for a token of ten minutes (platform file, "Authentication")."""

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Annotated

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError

from shopbridge.connectors.shopware.outcomes import BASE_ADDRESS, api_error, judge
from shopbridge.connectors.shopware.wire import Wire
from shopbridge.errors import NeedsAttention, RetryLater, Throttled
from shopbridge.http.answer import Answer, Call
from shopbridge.http.auth import TokenGrant
from shopbridge.model.basics import LOGIN
from shopbridge.ports import Limiter

TOKEN_PATH = "/oauth/token"  # noqa: S105 - a path, not a secret
LOGINS_PER_MINUTE = 10
"""What Shopware's own cloud allows per address (D14); a self-hosted core only slows refused logins down (C16)."""
USED_SHARE = 0.85
"""Of a token's life: it is renewed before it can expire on the way."""


class WireToken(Wire):
    """The answer of the token endpoint; snake case there."""

    model_config = ConfigDict(alias_generator=None)

    access_token: Annotated[str, Field(pattern=r"^[!-~]+$")]
    expires_in: Annotated[int, Field(gt=0, lt=10**9)]


_TOKEN = TypeAdapter(WireToken)
_CREDENTIALS_FIX = (
    "In the Shopware administration open Settings, System, Integrations, create a new key pair and enter both parts; "
    "for an app, install it in the shop again."
)


def token_grant(limiter: Limiter, share: Decimal) -> TokenGrant:
    """Return what logs in; its calls have a bucket of their own, which all containers share."""

    def ask(secrets: Mapping[str, str]) -> Call:
        limiter.take(LOGIN, max(1, int(LOGINS_PER_MINUTE * share)), 60)
        return login_call(secrets)

    def read(answer: Answer) -> tuple[str, timedelta]:
        try:
            return read_token(answer)
        except Throttled as error:
            limiter.pause(LOGIN, error.after)
            raise

    return TokenGrant(request=ask, read=read)


def login_call(secrets: Mapping[str, str]) -> Call:
    """Return the login, for an integration as well as for an app. Raises NeedsAttention without credentials."""
    client_id, client_secret = secrets.get("client_id", ""), secrets.get("client_secret", "")
    if not (client_id and client_secret):
        raise NeedsAttention(
            "There are no credentials for the shop yet",
            where="Shopware",
            fix="Enter the integration's access key, or install the app in the shop so that it hands them over.",
        )
    body = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": client_secret}
    return Call("POST", TOKEN_PATH, json=body)


def read_token(answer: Answer) -> tuple[str, timedelta]:
    """Return the token, and how long it may be used.

    Raises:
        NeedsAttention: Wrong id or secret, or the address is no Shopware.
        Throttled: Too many logins.
        RetryLater: Away, or an answer that is no token.
    """
    _judge_login(answer)
    try:
        token = _TOKEN.validate_python(answer.json())
    except ValidationError as error:
        raise RetryLater("The login answered with something that is no token", after=60, where=answer.where) from error
    return token.access_token, timedelta(seconds=token.expires_in * USED_SHARE)


def _judge_login(answer: Answer) -> None:
    error = api_error(answer)
    if error and error.code == NEEDS_TOKEN:
        raise NeedsAttention(
            "Shopware's login is not at this address", where=answer.where, fix=BASE_ADDRESS, setting="url"
        )
    if error and (answer.status in (400, 401) or error.code in _REASONS):
        raise NeedsAttention(
            f"Shopware does not accept the access key: {_REASONS.get(error.code, error.text)}",
            where=answer.where,
            fix=_CREDENTIALS_FIX,
        )
    judge(answer)


NEEDS_TOKEN = "9"  # noqa: S105 - an error code
"""The login itself needs no token: what asks for one is another address of the shop."""

_REASONS = {
    "4": "its id or its secret is wrong, or the app is not active",
    "FRAMEWORK__API_INVALID_ACCESS_KEY": "its id does not begin as an access key id does (SWIA…)",
}
