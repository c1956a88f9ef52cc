"""Log-ins and sessions: a session belongs to a user, and to the address that it was made from."""

import base64
import binascii
import secrets
from dataclasses import dataclass, field
from typing import Any

from sandbox.platforms.kit.wsgi import Incoming
from sandbox.platforms.tryton.errors import PageError, TrytonError

LOGIN_PARAMS = 3
UNAUTHORIZED = "The server could not verify that you are authorized to access the URL requested."


@dataclass
class Access:
    """Who may call.

    Args:
        number: Of the user.
        withheld: No password and no session counts.
    """

    user: str
    password: str
    number: int = 7
    withheld: bool = False
    sessions: dict[str, str] = field(default_factory=dict)

    def log_in(self, sent: Incoming, params: list[Any]) -> list[Any]:
        """A new session. Raises TrytonError without a password, PageError with a wrong one."""
        if len(params) != LOGIN_PARAMS or not isinstance(params[1], dict):
            raise PageError(400, "Bad Request")
        login, given, _ = params
        if "password" not in given:
            raise TrytonError("LoginException", "password", f"Password for {login}", "password")
        if self.withheld or (login, given["password"]) != (self.user, self.password):
            raise PageError(401, UNAUTHORIZED)
        key = secrets.token_hex(32)
        self.sessions[key] = sent.address
        return [self.number, key, None]

    def admit(self, sent: Incoming) -> None:
        """Check the session that a call names. Raises PageError."""
        scheme, _, encoded = sent.headers.get("authorization", "").partition(" ")
        try:
            login, number, key = base64.b64decode(encoded, validate=True).decode().split(":")
        except (binascii.Error, UnicodeDecodeError, ValueError):
            raise PageError(401) from None
        known = (self.user, str(self.number)) == (login, number) and self.sessions.get(key) == sent.address
        if scheme != "Session" or self.withheld or not known:
            raise PageError(401)
