"""Buttons on the page for people: what a merchant, a buyer or bad luck does, to see what becomes of it.

They stand beside the platform's API and know nothing of it: all other calls go to the emulator as they came, unless the
platform is away.
"""

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import TYPE_CHECKING

from flask import Request, Response

from sandbox.platforms.kit.faults import GATEWAY_PAGE
from sandbox.platforms.kit.guard import HEADERS, Guard
from sandbox.platforms.kit.pages import BELOW_THIS

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

BELOW = "/sandbox-buttons/"
"""Where buttons are pressed: no platform has such an address."""
POLICY = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
MINUTE = 60.0
CHOICES = 100
"""So many are offered at most."""


@dataclass(frozen=True)
class Button:
    """One button.

    Attributes:
        name: Its part of the address.
        act: Does it, with what was chosen, and says what was done; LookupError and ValueError are told.
        choices: What can be chosen; None where nothing is. Without a choice left, the button is not there.
    """

    name: str
    label: str
    act: Callable[[str], str]
    choices: Callable[[], Iterable[str]] | None = None

    def offered(self) -> Sequence[str] | None:
        """What can be chosen now."""
        return None if self.choices is None else list(self.choices())[:CHOICES]


@dataclass
class Absence:
    """The platform is away for a while: every call is answered by the gateway in front of it."""

    now: Callable[[], float] = time.monotonic
    _until: float = 0

    @property
    def left(self) -> float:
        """Seconds until it is back; 0 while it is there."""
        return max(0, self._until - self.now())

    def leave(self, _: str = "") -> str:
        """It is away for a minute of the real clock."""
        self._until = self.now() + MINUTE
        return "Away for a minute: every call is answered with 503."

    def come_back(self, _: str = "") -> str:
        """It is there again."""
        self._until = 0
        return "There again."


def of_everybody(withhold: Callable[[bool], None], absence: Absence) -> tuple[Button, ...]:
    """What can befall any platform; ``withhold`` lets no key count any more, or all of them again."""

    def keys(refused: bool, said: str) -> Callable[[str], str]:
        def act(_: str) -> str:
            withhold(refused)
            return said

        return act

    return (
        Button("away", "Go away for a minute", absence.leave),
        Button("back", "Come back", absence.come_back),
        Button("refuse", "Refuse the key", keys(True, "No key counts any more: who calls is told so.")),
        Button("accept", "Accept the key again", keys(False, "The keys count again.")),
    )


@dataclass
class Buttons:
    """The emulator with buttons on its page.

    Args:
        app: The emulator's.
        guard: Whom the buttons obey.
    """

    app: "WSGIApplication"
    buttons: Sequence[Button]
    absence: Absence
    guard: Guard = field(default_factory=Guard)
    _said: str = ""

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer one request."""
        path, method = environ.get("PATH_INFO", ""), environ["REQUEST_METHOD"]
        if path.startswith(BELOW) and method == "POST":
            return self._pressed(Request(environ))(environ, start_response)
        if path in {"", "/"} and method == "GET":
            return self._page(Request(environ))(environ, start_response)
        if self.absence.left:
            return Response(GATEWAY_PAGE, 503, mimetype="text/html")(environ, start_response)
        return self.app(environ, start_response)

    def _page(self, request: Request) -> Response:
        if refused := self.guard.refusal_of_host(request):
            return _answer(refused, 403, "text/plain")
        shown = Response.from_app(self.app, request.environ).get_data(as_text=True)
        return _answer(shown.replace(BELOW_THIS, self._panel() + BELOW_THIS, 1))

    def _pressed(self, request: Request) -> Response:
        if refused := self.guard.refusal(request, request.form.get("token", "")):
            return _answer(refused, 403, "text/plain")
        pressed = next((each for each in self.buttons if each.name == request.path.removeprefix(BELOW)), None)
        if pressed is None:
            return _answer("There is no such button.", 404, "text/plain")
        self._said = _done(pressed, request.form.get("choice", ""))
        answer = _answer("", 303)
        answer.headers["Location"] = "/"
        return answer

    def _panel(self) -> str:
        away = f"Away for {self.absence.left:.0f} seconds more. " if self.absence.left else ""
        said = escape(away + self._said)
        status = f"<p role=status>{said}</p>" if said else ""
        return status + "<p>" + "".join(map(self._form, self.buttons)) + "</p>"

    def _form(self, button: Button) -> str:
        offered = button.offered()
        if offered == []:
            return ""
        options = "".join(f"<option>{escape(each)}</option>" for each in offered or ())
        choice = f" <select name=choice aria-label='{escape(button.label)}'>{options}</select>" if offered else ""
        token = f"<input type=hidden name=token value='{escape(self.guard.token)}'>"
        return (
            f"<form method=post action='{BELOW}{escape(button.name)}'>{token}"
            f"<button id='{escape(button.name)}'>{escape(button.label)}</button>{choice}</form>"
        )


def _done(button: Button, choice: str) -> str:
    offered = button.offered()
    if offered is not None and choice not in offered:
        return f"There is no {choice!r} to choose any more."
    try:
        return button.act(choice)
    except (LookupError, ValueError) as error:
        return f"That does not work: {error}."


def _answer(text: str, status: int = 200, kind: str = "text/html") -> Response:
    return Response(text, status, {**HEADERS, "Content-Security-Policy": POLICY}, mimetype=kind)
