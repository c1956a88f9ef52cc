"""Who may call: OAuth2 client credentials, a JWT of an hour, and its scopes. The old Basic scheme lets nobody in."""

import base64
import json
import re
import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from sandbox.platforms.kit.wire import read_json
from sandbox.platforms.shoprenter.errors import ApiError, missing_scope, unauthorized
from sandbox.platforms.shoprenter.inferred import Assumed

LIFETIME: Final = 3600
READ_ONLY: Final = """
order.status payment.paymentMethod taxClass.taxClass localization.language localization.currency
localization.location product.stockStatus store.setting
"""
BOTH: Final = """
order.order product.product product.category product.manufacturer product.attribute customer.customer
customer.customerGroup shipping.shippingMethod store.webhook
"""
EVERY_SCOPE: Final = frozenset(
    [f"{area}:read" for area in (READ_ONLY + BOTH).split()] + [f"{area}:write" for area in BOTH.split()]
)
"""``area.resource:read`` and ``:write`` of what is emulated (platform file, "Scopes")."""


@dataclass
class Client:
    """Who asks for tokens: a custom API client of this shop, or a platform app once it is installed.

    Args:
        scopes: What its tokens may; edited later, the next token has them.
    """

    id: str
    secret: str
    scopes: set[str]
    installed: bool = True


@dataclass(frozen=True)
class Token:
    """A token that was given out."""

    client: Client
    scopes: frozenset[str]
    ends: datetime

    def require(self, scope: str, assumed: Assumed) -> None:
        """Nothing, when it has the scope.

        Raises:
            ApiError: 401 or 403, as the shop has it.
        """
        if scope not in self.scopes:
            raise missing_scope(assumed.missing_scope, scope)


class TokenRefused(Exception):  # noqa: N818 - the OAuth answer of that name
    """No token; ``body`` is what the caller reads."""

    def __init__(self, status: int, **body: str) -> None:
        super().__init__(body["error"])
        self.status = status
        self.body = body


@dataclass
class Access:
    """The clients of one shop and the tokens under way; none counts while they are ``withheld``."""

    shop: str
    assumed: Assumed
    clock: Callable[[], datetime]
    clients: dict[str, Client] = field(default_factory=dict)
    tokens: dict[str, Token] = field(default_factory=dict)
    issued: int = 0
    withheld: bool = False

    def add(self, client_id: str, secret: str, scopes: Iterable[str] = EVERY_SCOPE) -> Client:
        """Make a client.

        Raises:
            ValueError: There is no such scope.
        """
        wanted = set(scopes)
        if unknown := wanted - EVERY_SCOPE:
            raise ValueError(f"There is no scope {', '.join(sorted(unknown))}")
        self.clients[client_id] = Client(client_id, secret, wanted)
        return self.clients[client_id]

    def grant(self, shop: str, content_type: str, body: bytes) -> dict[str, Any]:
        """The answer of the token endpoint.

        Raises:
            TokenRefused: 400 for what is no such request, 401 for credentials that are wrong.
        """
        asked = _asked(content_type, body)
        client = self.clients.get(asked["client_id"])
        if shop != self.shop or client is None or not client.installed or client.secret != asked["client_secret"]:
            raise _wrong_client()
        if self.withheld:
            raise _wrong_client()
        self.issued += 1
        text = self._jwt(client)
        self.tokens[text] = Token(client, frozenset(client.scopes), self.clock() + timedelta(seconds=LIFETIME))
        return {"token_type": "Bearer", "expires_in": LIFETIME, "access_token": text}

    def caller(self, headers: Mapping[str, str]) -> Token:
        """The token a call came with; header names are lower-case.

        Raises:
            ApiError: It has none, one that is wrong or too old, or the old credentials.
        """
        scheme, _, text = headers.get("authorization", "").partition(" ")
        if scheme.lower() == "basic":
            raise ApiError(self.assumed.basic_status, self.assumed.basic_status, "Basic authentication is deprecated")
        token = self.tokens.get(text) if scheme == "Bearer" else None
        if token is None or token.ends <= self.clock() or not token.client.installed or self.withheld:
            raise unauthorized()
        return token

    def revoke(self, client_id: str | None = None) -> None:
        """No token that is under way opens anything any more; new ones do."""
        self.tokens = {text: each for text, each in self.tokens.items() if client_id not in (None, each.client.id)}

    def _jwt(self, client: Client) -> str:
        """Claims as the official bundle names them. Nobody but the shop checks the signature, so it is none."""
        ends = self.clock() + timedelta(seconds=LIFETIME)
        claims = {
            "aud": client.id,
            "jti": secrets.token_hex(20),
            "exp": int(ends.timestamp()),
            "realm": self.shop,
            "scopes": sorted(client.scopes),
        }
        return f"{_part({'typ': 'JWT', 'alg': 'RS256'})}.{_part(claims)}.{_base64(secrets.token_bytes(64))}"


def _asked(content_type: str, body: bytes) -> dict[str, str]:
    """[inferred] The endpoint takes JSON and nothing else."""
    try:
        asked = read_json(body) if re.match(r"application/json\b", content_type) else None
    except ValueError:
        asked = None
    if not isinstance(asked, dict):
        raise _bad_request("grant_type")
    for name in ("grant_type", "client_id", "client_secret"):
        if not isinstance(asked.get(name), str) or not asked[name]:
            raise _bad_request(name)
    if asked["grant_type"] != "client_credentials":
        raise _bad_request("grant_type")
    return asked


def _wrong_client() -> TokenRefused:
    text = "Client authentication failed"
    return TokenRefused(401, error="invalid_client", error_description=text, message=text)


def _bad_request(name: str) -> TokenRefused:
    text = "The request is missing a required parameter, or it is malformed"
    return TokenRefused(
        400, error="invalid_request", error_description=text, hint=f"Check the `{name}` parameter", message=text
    )


def _part(value: Mapping[str, Any]) -> str:
    return _base64(json.dumps(value, separators=(",", ":")).encode())


def _base64(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")
