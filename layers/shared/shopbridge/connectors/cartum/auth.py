"""The login: a user buys a token of ten minutes, which all containers share and every call carries in its body.

There is nothing to renew it with, so whoever finds it over logs in anew (platform file, "Authentication").
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Annotated, Final

from pydantic import Field, TypeAdapter

from shopbridge.connectors.cartum.outcomes import TITLE, USER_FIX, WRONG, judge, message_of, refuses_user, word_of
from shopbridge.connectors.cartum.wire import Wire
from shopbridge.errors import NeedsAttention, RetryLater
from shopbridge.http.answer import Answer, Call
from shopbridge.http.auth import NO_CREDENTIALS, Secrets, TokenGrant
from shopbridge.http.client import PlatformClient, shaped
from shopbridge.ports import TokenStore

LIFE = timedelta(seconds=600)
BEFORE_THE_END = timedelta(seconds=45)
"""Clients use a token no more 30 to 50 seconds before its end."""
HEADERS: Final = {"User-Agent": "Shopbridge/1"}
"""A name of our own: some shops filter requests without one."""


class WireToken(Wire):
    """What a login answers."""

    token: Annotated[str, Field(pattern=r"^[!-~]{1,500}$")]


class WireLogin(Wire):
    """The envelope around it."""

    response: WireToken


_LOGIN = TypeAdapter(WireLogin)


def token_grant() -> TokenGrant:
    """Return the client's way to a token: one container at a time, and into the body with it."""
    return TokenGrant(request=_login, read=read_token, alone=True, refuses=refuses_user, put=with_token)


def _login(secrets: Mapping[str, str]) -> Call:
    asked = {"login": secrets.get("login", ""), "password": secrets.get("password", "")}
    if not all(asked.values()):
        raise NeedsAttention("There is no login for the shop yet", where=TITLE, fix=USER_FIX)
    return Call("POST", "/api/auth/", json=asked, headers=HEADERS)


def read_token(answer: Answer) -> tuple[str, timedelta]:
    """Return the token, and how long it is used.

    Raises:
        NeedsAttention: User, password or the tariff plan are wrong.
        RetryLater: The answer is none.
    """
    body = answer.json()
    if word_of(body) == WRONG:
        raise NeedsAttention(f"Cartum refuses our user ({message_of(body)})", where=answer.where, fix=USER_FIX)
    judge(answer)
    return shaped(answer, _LOGIN).response.token, LIFE - BEFORE_THE_END


def with_token(body: bytes, token: str) -> bytes:
    """Return the JSON object of a body with the token in it."""
    rest = body.strip()[1:].lstrip() if body.strip() else b"}"
    return b'{"token":"' + token.encode() + (b'"' if rest.startswith(b"}") else b'",') + rest


def log_in_afresh(client: PlatformClient, tokens: TokenStore, secrets: Secrets) -> None:
    """Log in now, for whoever wants to know whether the login is right; everybody has the new token then.

    Raises:
        NeedsAttention: User, password or the tariff plan are wrong.
        RetryLater: Another container is at it.
    """
    if token := tokens.get(TITLE):
        tokens.drop(TITLE, token)
    if not tokens.reserve(TITLE):
        raise RetryLater("Another worker is logging in", after=1, where=TITLE)
    bare = replace(client, auth=NO_CREDENTIALS, judge=lambda _: None)
    answer = bare.send(_login(secrets.current()))
    if refuses_user(answer.status, answer.body) and secrets.renew():
        answer = bare.send(_login(secrets.current()))
    tokens.put(TITLE, *read_token(answer))
