"""Who may call: a login and a password become a token of ten minutes, which travels in the body."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, get_args

from sandbox.platforms.cartum.errors import ApiError, wrong_login
from sandbox.platforms.cartum.inferred import Assumed, Expired

TOKEN_LIFE = timedelta(seconds=600)
"""From its issue; nothing prolongs it (K1, K2)."""


@dataclass
class Token:
    """What a login gave."""

    value: str
    login: str
    expires: datetime


@dataclass
class Access:
    """The users and tokens of one shop.

    Args:
        users: Passwords by user name; an e-mail address is not one.
        withheld: Nobody of them is let in.
    """

    clock: Callable[[], datetime]
    assumed: Assumed
    users: dict[str, str] = field(default_factory=dict)
    tokens: dict[str, Token] = field(default_factory=dict)
    issued: int = 0
    withheld: bool = False

    def __post_init__(self) -> None:
        if self.assumed.expired not in get_args(Expired):
            raise ValueError(f"{self.assumed.expired!r} is no spelling of an expired token")

    def log_in(self, login: Any, password: Any) -> Token:
        """A new token; those before it live on, as far as anybody knows.

        Raises:
            ApiError: Nobody is called so, or has another password.
        """
        if not isinstance(login, str) or self.users.get(login) != password or self.withheld:
            raise wrong_login(self.assumed.wrong_login_status)
        if self.assumed.newest_login_only:
            self.tokens = {value: token for value, token in self.tokens.items() if token.login != login}
        token = Token(secrets.token_hex(16), login, self.clock() + TOKEN_LIFE)
        self.tokens[token.value] = token
        self.issued += 1
        return token

    def require(self, value: Any) -> None:
        """Nothing, when the token is good.

        Raises:
            ApiError: It is missing, too old, or nobody was given it.
        """
        token = self.tokens.get(value) if isinstance(value, str) else None
        if token is None or token.expires <= self.clock() or token.login not in self.users or self.withheld:
            raise refusal(self.assumed.expired)

    def end_tokens(self) -> None:
        """No token is good any more."""
        for token in self.tokens.values():
            token.expires = self.clock()


def refusal(spelling: Expired) -> ApiError:
    """The token is refused, in one of the spellings clients have met (C1, K1, K2)."""
    if spelling == "HTTP_401":
        return ApiError("UNAUTHORIZED", {"message": "token expired"}, 401)
    return ApiError(spelling, {"message": "token expired"})
