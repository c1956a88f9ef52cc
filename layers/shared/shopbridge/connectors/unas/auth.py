"""The login: a key buys a token of two hours, which all containers share (platform file, "API key login").

A wrong key may be tried five times an hour, so tries are booked like calls. Nobody tells how UNAS refuses a token that
it knows no more. So an answer that refuses a call is taken for that once in a while, and the login is made anew; if the
call is refused with the new token too, it is the call.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from pydantic import TypeAdapter

from shopbridge.connectors.unas.api import HEADERS
from shopbridge.connectors.unas.limits import EVERYTHING, HOUR, LOGINS, share_of
from shopbridge.connectors.unas.outcomes import BANNED, FORBIDDEN, TITLE, UNAUTHORIZED, judge, refusal_in
from shopbridge.connectors.unas.outcomes import LOGIN as REFUSES_KEY
from shopbridge.connectors.unas.settings import UnasSettings
from shopbridge.connectors.unas.wire import WireLogin, moment_of
from shopbridge.errors import RetryLater, Throttled
from shopbridge.http.answer import Answer, Call
from shopbridge.http.auth import NO_CREDENTIALS, Login, Secrets, TokenGrant
from shopbridge.http.client import PlatformClient, shaped_xml
from shopbridge.mapping.xml_data import write_xml
from shopbridge.model.basics import LOGIN
from shopbridge.ports import Clock, Limiter, TokenStore

LIFE = timedelta(hours=2)
UNTOLD = timedelta(minutes=100)
"""[inferred] How long a token is believed that does not say when it ends."""
SHORTEST = timedelta(minutes=1)
BELIEVED = timedelta(minutes=10)
"""How long after a login of ours a refusal is the call's, and not the token's."""
_LOGIN = TypeAdapter(dict[str, WireLogin])


@dataclass
class UnasLogin:
    """Logs in, and knows what the last answer said.

    Attributes:
        last: Who we are there, and what we may do; None as long as this container has not logged in.
    """

    settings: UnasSettings
    clock: Clock
    limiter: Limiter
    secrets: Secrets = field(repr=False)
    tokens: TokenStore = field(repr=False)
    last: WireLogin | None = None
    _at: datetime | None = None

    def grant(self) -> TokenGrant:
        """Return it as the client's way to a token: one container at a time."""
        return TokenGrant(request=self.request, read=self.read, alone=True, refuses=self.refuses)

    def request(self, secrets: Mapping[str, str]) -> Call:
        """Return the call, once a try is left. Raises RetryLater while none is."""
        self.limiter.take(LOGIN, share_of(LOGINS, max(self.settings.limit_factor, Decimal(1))), HOUR)
        content = write_xml("Params", {"ApiKey": secrets.get("api_key", ""), "WebshopInfo": "true"})
        return Call("POST", "/login", content=content, headers=HEADERS)

    def read(self, answer: Answer) -> tuple[str, timedelta]:
        """Return the token and how long it lives.

        Raises:
            NeedsAttention: The key or the plan is wrong.
            Throttled: We are banned.
        """
        try:
            judge(answer)
        except Throttled as error:
            self.limiter.pause(EVERYTHING, error.after)
            raise
        told = shaped_xml(answer, _LOGIN)
        if "Login" not in told:
            raise RetryLater("UNAS answers a login oddly", after=60, where=answer.where)
        self.last, self._at = told["Login"], self.clock()
        return self.last.token, lifetime(self.last, self._at)

    def refuses(self, status: int, body: bytes) -> bool:
        """Tell whether an answer may turn our token or key down, so that another login is worth it."""
        said = refusal_in(body)
        if status in (UNAUTHORIZED, FORBIDDEN) or (said or "").startswith(REFUSES_KEY):
            return True
        lately = self._at is not None and self.clock() - self._at < BELIEVED
        return said is not None and not said.startswith(BANNED) and not lately

    def afresh(self, client: PlatformClient) -> WireLogin:
        """Log in now, for whoever wants to know what the key may do by now; everybody has the new token then.

        Raises:
            RetryLater: Another container is at it.
        """
        bare = replace(client, auth=NO_CREDENTIALS, judge=lambda _: None)
        Login(TITLE, self.grant(), self.tokens, self.secrets).now(bare.send)
        if self.last is None:
            raise RetryLater("UNAS answers a login oddly", after=60, where=TITLE)
        return self.last


def lifetime(told: WireLogin, now: datetime) -> timedelta:
    """Return how long a token lives: as Unix time where it is told so, else by its text, else as clients found."""
    try:
        left = _end(told) - now
    except (ValueError, OverflowError, OSError):
        left = UNTOLD
    return min(max(left, SHORTEST), LIFE)


def _end(told: WireLogin) -> datetime:
    if told.expire_time:
        return datetime.fromtimestamp(int(told.expire_time), UTC)
    return moment_of(told.expire)
