"""The ways platforms want to see credentials, as httpx auth flows; what differs between platforms is passed in."""

from collections.abc import Callable, Generator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Protocol

import httpx

from shopbridge.errors import RetryLater
from shopbridge.http.answer import Answer, Call
from shopbridge.http.bodies import LARGEST_TOKEN
from shopbridge.ports import TokenStore

UNAUTHORIZED = 401
NO_CREDENTIALS = httpx.Auth()
"""For a call that is a login itself."""
LOGIN = 1.0
"""Seconds after which a login that another container is at will have ended."""


class Secrets(Protocol):
    """The secrets of one side of a connection."""

    def current(self) -> Mapping[str, str]:
        """Return them as cached."""

    def renew(self) -> bool:
        """Read them again, since the platform refused them; True when they changed meanwhile."""


def refused_by_status(status: int, _body: bytes) -> bool:
    """Return True for a 401."""
    return status == UNAUTHORIZED


@dataclass(frozen=True)
class TokenGrant:
    """How a platform hands out access tokens.

    Attributes:
        request: Builds the call (path below the base URL) from the secrets.
        read: The token and its lifetime; raises NeedsAttention or Throttled for a refusal.
        alone: Two logins at once harm each other there, so one container makes it and the others wait.
        refuses: Tells an answer that turns token or login down, by its status and body; by default that is a 401.
        put: Puts the token into the body, where a platform wants it there; else it travels in a header.
        scheme: What stands before the token in that header.
    """

    request: Callable[[Mapping[str, str]], Call]
    read: Callable[[Answer], tuple[str, timedelta]]
    alone: bool = False
    refuses: Callable[[int, bytes], bool] = refused_by_status
    put: Callable[[bytes, str], bytes] | None = None
    scheme: str = "Bearer"


@dataclass(frozen=True)
class Login:
    """A login by a grant, whose token all containers share.

    Attributes:
        platform: What its token is kept under.
    """

    platform: str
    grant: TokenGrant
    tokens: TokenStore = field(repr=False)
    secrets: Secrets = field(repr=False)

    def now(self, send: Callable[[Call], Answer]) -> None:
        """Log in, whatever token there is; everybody has the new one then.

        Args:
            send: Makes a call without credentials and judges nothing.

        Raises:
            RetryLater: Another container is at it.
        """
        if token := self.tokens.get(self.platform):
            self.tokens.drop(self.platform, token)
        calls = self.calls()
        with suppress(StopIteration):  # which is how a generator says that it is done
            call = next(calls)
            while True:
                call = calls.send(send(call))

    def calls(self) -> Generator[Call, Answer, str]:
        """Yield each call of the login and take its answer; returns the token, once it is kept. Raises as ``now``."""
        if self.grant.alone and not self.tokens.reserve(self.platform):
            raise RetryLater("Another worker is logging in", after=LOGIN, where=self.platform)
        answer = yield self.grant.request(self.secrets.current())
        if self.grant.refuses(answer.status, answer.body) and self.secrets.renew():
            answer = yield self.grant.request(self.secrets.current())
        token, lifetime = self.grant.read(answer)
        self.tokens.put(self.platform, token, lifetime)
        return token


class BearerAuth(httpx.Auth):
    """A shared access token, fetched when missing and once more when the platform refuses it.

    Raises RetryLater, before the call is made, while another container is at a login that has to be made alone.
    """

    requires_request_body = True
    requires_response_body = True

    def __init__(self, platform: str, base_url: str, grant: TokenGrant, tokens: TokenStore, secrets: Secrets) -> None:
        self._platform = platform
        self._base_url = base_url
        self._grant = grant
        self._tokens = tokens
        self._login = Login(platform, grant, tokens, secrets)

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Add the token; when it is refused drop it, fetch a new one and repeat the request once."""
        token = self._tokens.get(self._platform)
        if token is None:
            token = yield from self._fetch(request.extensions)
        response = yield self._with(token, request)
        if self._grant.refuses(response.status_code, response.content):
            self._tokens.drop(self._platform, token)
            token = yield from self._fetch(request.extensions)
            yield self._with(token, request)

    def _with(self, token: str, request: httpx.Request) -> httpx.Request:
        if self._grant.put is None:
            request.headers["Authorization"] = f"{self._grant.scheme} {token}"
            return request
        body = self._grant.put(request.content, token)
        headers = [(name, value) for name, value in request.headers.items() if name != "content-length"]
        return httpx.Request(request.method, request.url, headers=headers, content=body, extensions=request.extensions)

    def _fetch(self, extensions: Mapping[str, Any]) -> Generator[httpx.Request, httpx.Response, str]:
        calls = self._login.calls()
        call = next(calls)
        while True:
            response = yield self._request(call, extensions)
            try:
                call = calls.send(answer_of(self._platform, call, response))
            except StopIteration as ended:
                return str(ended.value)

    def _request(self, call: Call, extensions: Mapping[str, Any]) -> httpx.Request:
        """The call has the time of the request it is made for, which is kept in the extensions."""
        return httpx.Request(
            call.method,
            self._base_url + call.path,
            json=call.json,
            content=call.content or None,
            headers={"Accept": "application/json", **call.headers},
            extensions={**extensions, "largest": LARGEST_TOKEN},
        )


@dataclass(frozen=True, eq=False)
class SignedAuth(httpx.Auth):
    """Headers computed over the exact request; the answer's signature can be checked the same way.

    ``sign(secrets, method, target, body)`` gives the headers; ``target`` is path and query as sent.
    ``check(secrets, method, target, response headers, response body)`` raises when the answer is not authentic;
    without it every answer is taken.
    """

    secrets: Secrets = field(repr=False)
    sign: Callable[[Mapping[str, str], str, str, bytes], Mapping[str, str]]
    check: Callable[[Mapping[str, str], str, str, Mapping[str, str], bytes], None] | None = None
    requires_request_body = True
    requires_response_body = True

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Sign; on 401 sign once more if the stored secret changed meanwhile; check the answer if it is a good one.

        Secrets are read before a call only: an error on the way to them must not look like a call that never left.
        """
        secrets = self.secrets.current()
        response = yield self._signed(request, secrets)
        if response.status_code == UNAUTHORIZED and self.secrets.renew():
            secrets = self.secrets.current()
            response = yield self._signed(request, secrets)
        if self.check and response.is_success:
            self.check(secrets, request.method, _target(request), response.headers, response.content)

    def _signed(self, request: httpx.Request, secrets: Mapping[str, str]) -> httpx.Request:
        request.headers.update(self.sign(secrets, request.method, _target(request), request.content))
        return request


@dataclass(frozen=True, eq=False)
class HeaderAuth(httpx.Auth):
    """The same headers on every call, made from the secrets.

    ``refuses(status, body)`` tells an answer that turns the credentials down; by default that is a 401.
    """

    secrets: Secrets = field(repr=False)
    headers: Callable[[Mapping[str, str]], Mapping[str, str]]
    refuses: Callable[[int, bytes], bool] = refused_by_status
    requires_response_body = True

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Add the headers; when they are refused, once more if the stored secrets changed meanwhile."""
        request.headers.update(self.headers(self.secrets.current()))
        response = yield request
        if self.refuses(response.status_code, response.content) and self.secrets.renew():
            request.headers.update(self.headers(self.secrets.current()))
            yield request


def _target(request: httpx.Request) -> str:
    """Path and query as sent."""
    return request.url.raw_path.decode("ascii")


def answer_of(platform: str, call: Call, response: httpx.Response) -> Answer:
    """Return the library's response as our value."""
    return Answer(platform, call, response.status_code, response.headers, response.content)
