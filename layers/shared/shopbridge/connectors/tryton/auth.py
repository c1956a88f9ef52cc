"""The log-in: name and password buy a session, which every further call names (platform file, "Sessions").

Tryton ties a session to the address that it was made from, and containers have addresses of their own: so each has its
own session, and none is shared. That also lets a verification prove the very password that was typed.
"""

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from shopbridge.connectors.tryton.api import call_of
from shopbridge.connectors.tryton.outcomes import TOO_MANY, UNAUTHORIZED, not_let_in, odd, slow_down
from shopbridge.http.answer import Answer, Call, judge_by_status
from shopbridge.http.auth import TokenGrant
from shopbridge.ports import Clock

LIFE = timedelta(hours=12)
"""Sessions live for 30 days, unless they are configured otherwise; one that ended sooner is refused by a 401."""
LANGUAGE = "en"
PARTS = 2


@dataclass
class ContainerTokens:
    """Sessions of this container; implements the port ``TokenStore``."""

    clock: Clock
    _kept: dict[str, tuple[str, datetime]] = field(default_factory=dict, repr=False)

    def get(self, name: str) -> str | None:
        """Return the session, or None."""
        token, until = self._kept.get(name, ("", self.clock()))
        return token if token and self.clock() < until else None

    def put(self, name: str, token: str, lifetime: timedelta) -> None:
        """Keep it for ``lifetime``."""
        self._kept[name] = token, self.clock() + lifetime

    def drop(self, name: str, token: str) -> None:
        """Forget it."""
        if self._kept.get(name, ("",))[0] == token:
            del self._kept[name]

    def reserve(self, name: str) -> bool:
        """Answer that we may log in whenever there is no session: nobody else makes ours."""
        return self.get(name) is None


def session_grant() -> TokenGrant:
    """Return the way to a session, and how it is named."""
    return TokenGrant(request=_request, read=_read, scheme="Session")


def _request(secrets: Mapping[str, str]) -> Call:
    login, password = secrets.get("user", ""), secrets.get("password", "")
    return call_of("common.db.login", [login, {"password": password}, LANGUAGE])


def _read(answer: Answer) -> tuple[str, timedelta]:
    """Return what names the session from now on; the user's login is in the call that was answered.

    Raises:
        NeedsAttention: Name or password is wrong.
        Throttled: Too many wrong ones before.
        RetryLater: It is no answer.
    """
    body = answer.json()
    if answer.status == UNAUTHORIZED or (isinstance(body, dict) and body.get("error")):
        raise not_let_in(answer)
    if answer.status == TOO_MANY:
        raise slow_down(answer)
    judge_by_status(answer)
    user, key = _session_in(body)
    if not key:
        raise odd(answer, "names no session")
    return b64encode(f"{answer.call.json['params'][0]}:{user}:{key}".encode()).decode(), LIFE


def _session_in(body: Any) -> tuple[int, str]:
    """A user's number and a key; no key where the answer is another one."""
    result = body.get("result") if isinstance(body, dict) else None
    user, key = result[:PARTS] if isinstance(result, list) and len(result) >= PARTS else (0, "")
    return (user, key) if isinstance(user, int) and isinstance(key, str) else (0, "")
