"""A UNAS that answers what a test tells it to, and notes what it is sent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx

from sandbox.platforms.kit import ManualClock
from shopbridge.connectors.parts import RequiredParts
from shopbridge.connectors.spec import World
from shopbridge.connectors.unas.connector import SPEC
from shopbridge.http.client import Wiring
from shopbridge.mapping.xml_data import read_xml
from tests.containers import Deadline, Limiter, Secrets, Tokens, parts_of
from tests.recorded import UNAS

KEY = "EXAMPLEKEYEXAMPLEKEYEXAMPLEKEYEXAMPLEKEY"
Given = bytes | tuple[int, bytes]
"""An answer's body, perhaps with its status."""


@dataclass
class Talk:
    """A connector beside a UNAS that answers from a script.

    Attributes:
        answers: By function: one for all calls, or one after the other, the last for ever.
        sent: Every call so far: the function, and its body as plain data.
    """

    answers: dict[str, Given | Sequence[Given]]
    clock: ManualClock = field(default_factory=ManualClock)
    limiter: Limiter = field(default_factory=Limiter)
    secrets: Secrets = field(default_factory=lambda: Secrets({"api_key": KEY}))
    sent: list[tuple[str, Any]] = field(default_factory=list)
    tokens: Tokens = field(init=False)
    http: httpx.Client = field(init=False)

    def __post_init__(self) -> None:
        self.tokens = Tokens(self.clock)
        self.http = httpx.Client(transport=httpx.MockTransport(self._answer))

    def connector(self, **settings: Any) -> RequiredParts:
        """A new container's connector."""
        wiring = Wiring(self.http, self.limiter, Deadline(), sleep=lambda seconds: self.clock.advance(seconds=seconds))
        chosen = {"url": "https://api.example.test/shop", "shop": "https://shop.example.test", **settings}
        return parts_of(SPEC, chosen, World(wiring, self.tokens, self.secrets, self.clock))

    def bodies(self, function: str) -> list[Any]:
        """What was sent to a function."""
        return [body for name, body in self.sent if name == function]

    def _answer(self, request: httpx.Request) -> httpx.Response:
        function = request.url.path.removeprefix("/shop/")
        self.sent.append((function, read_xml(request.content)))
        given = self.answers.get(function, UNAS["login"] if function == "login" else b"<Error>unknown</Error>")
        if isinstance(given, list):
            given = given.pop(0) if len(given) > 1 else given[0]
        status, body = given if isinstance(given, tuple) else (200, given)
        assert isinstance(body, bytes)
        return httpx.Response(int(str(status)), content=body, headers={"content-type": "text/xml; charset=utf-8"})


def talk(answers: Mapping[str, Any] | None = None, **other: Any) -> Talk:
    """A UNAS that answers functions so; a text names a documented answer."""
    chosen = {name: _given(given) for name, given in (answers or {}).items()}
    return Talk(chosen, **other)


def _given(given: Any) -> Any:
    if isinstance(given, list):
        return [_given(each) for each in given]
    if isinstance(given, tuple):
        return given[0], _given(given[1])
    return UNAS[given] if isinstance(given, str) else given
