"""Integrations, access tokens, and the throttle of the token endpoint."""

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sandbox.platforms.kit import Windows
from sandbox.platforms.kit.credentials import basic
from sandbox.platforms.shopware.errors import ApiError, Problem, api_error
from sandbox.platforms.shopware.values import make_id, php_json
from sandbox.platforms.shopware.versions import Version

TOKEN_SECONDS = 600
CLOUD_TOKENS_A_MINUTE = 10
_PREFIXES = ("SWIA", "SWUA", "SWSC", "SWPE")
_WAITS = ((20, 60), (15, 30), (10, 10))
_FORGET = timedelta(hours=24)


@dataclass
class Integration:
    """Credentials of a machine user.

    Args:
        privileges: Rights such as ``order:read``; None for an administrator.
        active: False while the app it belongs to is inactive: it then gets no token.
    """

    access_key: str
    secret_key: str
    privileges: frozenset[str] | None = None
    active: bool = True

    @property
    def id(self) -> str:
        """The id of the integration's row."""
        return make_id("integration", self.access_key)

    def require(self, privileges: Iterable[str]) -> None:
        """Check rights.

        Raises:
            ApiError: 403, its detail is a JSON text with the missing rights.
        """
        missing = [] if self.privileges is None else sorted(set(privileges) - self.privileges)
        if missing:
            detail = php_json({"message": "Missing privilege", "missingPrivileges": missing}).decode()
            raise api_error(403, "FRAMEWORK__MISSING_PRIVILEGE_ERROR", detail)


@dataclass
class _Attempts:
    count: int = 0
    last: datetime | None = None
    blocked_until: datetime | None = None


@dataclass
class Throttle:
    """Slows down failing token requests of one address: 10 s after 10, 30 s after 15, 60 s after 20.

    Args:
        speed: How much faster than documented the waits pass.
    """

    clock: Callable[[], datetime]
    speed: float = 1
    _by_address: dict[str, _Attempts] = field(default_factory=dict)

    def check(self, address: str) -> None:
        """Count an attempt.

        Raises:
            ApiError: 429, the address has to wait.
        """
        now = self.clock()
        tries = self._by_address.setdefault(address, _Attempts())
        if tries.last is not None and now - tries.last > _FORGET:
            tries = self._by_address[address] = _Attempts()
        if tries.blocked_until is not None and now < tries.blocked_until:
            raise throttled(math.ceil((tries.blocked_until - now).total_seconds()))
        tries.count, tries.last = tries.count + 1, now
        wait = next((seconds for count, seconds in _WAITS if self._due(tries.count, count)), 0)
        tries.blocked_until = now + timedelta(seconds=wait / self.speed) if wait else None

    def reset(self, address: str) -> None:
        """Forget the attempts, after a login that worked."""
        self._by_address.pop(address, None)

    @staticmethod
    def _due(count: int, limit: int) -> bool:
        """The wait comes when the attempts of its step are used up; the last step repeats."""
        return count == limit or count > limit == _WAITS[0][0]


def throttled(seconds: int) -> ApiError:
    """Too many token requests; no ``Retry-After``, the number is in the parameters."""
    detail = f"Auth throttled for {seconds} seconds."
    return api_error(429, "FRAMEWORK__AUTH_THROTTLED", detail, seconds=seconds)


def oauth_error(status: int, code: str, title: str, hint: str | None = None) -> ApiError:
    """An error of the OAuth library: a number as code, the message as title, the hint as detail."""
    return ApiError(Problem(status, code, hint, title))


@dataclass
class Access:
    """Issues tokens and says whose they are.

    Args:
        cloud: Whether Shopware's cloud answers: ten token requests a minute and address.
        withheld: No integration and no token counts.
    """

    version: Version
    clock: Callable[[], datetime]
    speed: float = 1
    cloud: bool = False
    integrations: dict[str, Integration] = field(default_factory=dict)
    _tokens: dict[str, tuple[str, datetime]] = field(default_factory=dict)
    withheld: bool = False
    _issued: int = 0

    def __post_init__(self) -> None:
        self._throttle = Throttle(self.clock, self.speed)
        self._windows = Windows(self.clock, self.speed)

    def add(self, access_key: str, secret_key: str, privileges: Iterable[str] | None = None) -> Integration:
        """A new integration; without ``privileges`` it is an administrator."""
        rights = None if privileges is None else frozenset(privileges)
        self.integrations[access_key] = Integration(access_key, secret_key, rights)
        return self.integrations[access_key]

    def token(self, body: Mapping[str, Any], authorization: str | None, address: str) -> dict[str, Any]:
        """Answer a request for a token.

        Raises:
            ApiError: As the platform file's error table.
        """
        if self.cloud and not self._windows.take(f"token {address}", CLOUD_TOKENS_A_MINUTE):
            raise too_many(60)
        if self.version.throttles_tokens:
            self._throttle.check(address)
        self._check_grant(body)
        integration = self._client(body, authorization)
        self._throttle.reset(address)
        return {
            "token_type": "Bearer",
            "expires_in": TOKEN_SECONDS,
            "access_token": self._issue(integration),
        }

    def integration(self, authorization: str | None) -> Integration:
        """Whose call this is.

        Raises:
            ApiError: 401 code 9.
        """
        scheme, _, token = (authorization or "").partition(" ")
        if scheme != "Bearer" or not token:
            raise denied('Missing "Authorization" header')
        access_key, expires = self._tokens.get(token, ("", None))
        if expires is None or self.clock() >= expires or self.withheld:
            raise denied("Access token could not be verified")
        return self.integrations[access_key]

    def revoke(self, authorization: str | None) -> None:
        """Make the token of this call worthless."""
        self._tokens.pop((authorization or "").partition(" ")[2], None)

    def _check_grant(self, body: Mapping[str, Any]) -> None:
        grant = body.get("grant_type")
        title = "The authorization grant type is not supported by the authorization server."
        if grant in {"password", "refresh_token"}:
            self._refuse_user_grant(str(grant), body)
        if grant != "client_credentials":
            hint = "Check that all required parameters have been provided"
            raise oauth_error(400, "2", title, hint)
        scope = body.get("scope", body.get("scopes"))
        wrong = isinstance(scope, list) or "scopes" in body
        if wrong and self.version.at_least("6.7"):
            raise oauth_error(400, "5", "The requested scope is invalid", "Check the `scope` parameter")

    def _refuse_user_grant(self, grant: str, body: Mapping[str, Any]) -> None:
        """The emulated shop has no human users, so these grants can only fail."""
        for name in ("username", "password") if grant == "password" else ("refresh_token",):
            if not body.get(name):
                raise _missing(name)
        if grant == "password":
            raise oauth_error(400, "6", "The user credentials were incorrect.")
        status = 400 if self.version.at_least("6.7") else 401
        raise oauth_error(status, "8", "The refresh token is invalid.", "Cannot decrypt the refresh token")

    def _client(self, body: Mapping[str, Any], authorization: str | None) -> Integration:
        access_key, secret = _basic(authorization) or (body.get("client_id"), body.get("client_secret"))
        if not access_key:
            raise _missing("client_id")
        if not str(access_key).startswith(_PREFIXES):
            detail = "Access key is invalid and could not be identified."
            raise api_error(500, "FRAMEWORK__API_INVALID_ACCESS_KEY", detail)
        found = self.integrations.get(str(access_key))
        if found is None or not found.active or found.secret_key != secret or self.withheld:
            raise _wrong_client(authorization)
        return found

    def _issue(self, integration: Integration) -> str:
        self._issued += 1
        payload = make_id("token", self._issued, integration.access_key, self.clock())
        token = f"eyJ0eXAiOiJKV1QifQ.{payload}.{make_id('signature', payload)}"
        self._tokens[token] = integration.access_key, self.clock() + timedelta(seconds=TOKEN_SECONDS)
        return token


def too_many(seconds: int) -> ApiError:
    """A rate limit of the cloud or of a proxy in front of the shop."""
    error = api_error(429, "0", "Too Many Requests")
    error.headers["Retry-After"] = str(seconds)
    return error


def denied(hint: str) -> ApiError:
    """No token, or one that is not valid (any more)."""
    title = "The resource owner or authorization server denied the request."
    return oauth_error(401, "9", title, hint)


def _missing(name: str) -> ApiError:
    title = "The request is missing a required parameter, is malformed, or repeats a parameter."
    return oauth_error(400, "3", title, f"Check the `{name}` parameter")


def _wrong_client(authorization: str | None) -> ApiError:
    error = oauth_error(401, "4", "Client authentication failed")
    if authorization:
        error.headers["WWW-Authenticate"] = 'Basic realm="OAuth"'
    return error


def _basic(authorization: str | None) -> tuple[str, str] | None:
    """The scheme counts to the letter."""
    return basic(authorization) if authorization and authorization.split(" ")[0] == "Basic" else None
