"""Who may call: a key of 40 characters becomes a token of two hours, and names the functions it may call."""

import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sandbox.platforms.unas.errors import ApiError, plan_too_small, wrong_key
from sandbox.platforms.unas.inferred import TOKEN_LIFE, Assumed

WITH_API = ("premium", "vip")
WORDS = """
getOrder setOrder getStock setStock getProduct setProduct getProductDB getProductParameter getCategory setCategory
getCustomer setCustomer getCustomerGroup getNewsletter setNewsletter getAutomatism setAutomatism getOrderStatus
getMethod getOrderType getWarehouse getSetting
"""
PERMISSIONS = tuple(WORDS.split())
"""What a key may be allowed here: the functions that are emulated."""


@dataclass
class Key:
    """An API key, and the functions that its maker did not tick."""

    value: str
    forbidden: set[str] = field(default_factory=set)

    @property
    def permissions(self) -> list[str]:
        """The functions it may call."""
        return [name for name in PERMISSIONS if name.lower() not in self.forbidden]


@dataclass
class Token:
    """What a login gave."""

    value: str
    key: Key
    expires: datetime


@dataclass
class Stranger(Exception):  # noqa: N818 - not the call is wrong, but who makes it
    """A call that cannot be tied to a shop."""

    refusal: ApiError


@dataclass
class Access:
    """The keys and tokens of one shop; none counts while they are ``withheld``."""

    clock: Callable[[], datetime]
    plan: Callable[[], str]
    assumed: Assumed
    keys: dict[str, Key] = field(default_factory=dict)
    tokens: dict[str, Token] = field(default_factory=dict)
    withheld: bool = False

    def add(self, value: str, forbidden: Iterable[str] = ()) -> Key:
        """Make a key."""
        self.keys[value] = Key(value, {name.lower() for name in forbidden})
        return self.keys[value]

    def log_in(self, key: str) -> Token:
        """A new token; those before it live on.

        Raises:
            Stranger: Nobody made this key.
            ApiError: The shop's plan has no API.
        """
        if key not in self.keys or self.withheld:
            raise Stranger(wrong_key())
        if self.plan() not in WITH_API:
            raise plan_too_small()
        token = Token(secrets.token_hex(20), self.keys[key], self.clock() + TOKEN_LIFE)
        self.tokens[token.value] = token
        return token

    def caller(self, headers: Mapping[str, str]) -> Token:
        """The token a call came with.

        Raises:
            Stranger: It has none, or one that nobody was given.
            ApiError: It is too old, or its key is gone.
        """
        scheme, _, value = headers.get("authorization", "").partition(" ")
        token = self.tokens.get(value.strip()) if scheme.lower() == "bearer" else None
        if token is None:
            raise Stranger(self._refusal("example: invalid token"))
        if token.expires <= self.clock() or token.key.value not in self.keys or self.withheld:
            raise self._refusal("example: token is expired")
        return token

    def require(self, token: Token, function: str) -> None:
        """Nothing, when the token's key may.

        Raises:
            ApiError: It may not.
        """
        if function.lower() in token.key.forbidden:
            raise self._refusal(f"example: no permission for {function}")

    def _refusal(self, text: str) -> ApiError:
        return ApiError(text, self.assumed.token_refusal)
