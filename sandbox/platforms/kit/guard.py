"""Who may press buttons on a page of the sandbox: the person here, and no page of elsewhere in the same browser."""

import secrets
from dataclasses import dataclass, field
from hmac import compare_digest

from flask import Request

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # Without a referrer, browsers name no origin either when a form is sent.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
"""Of every answer to a person."""
OUR_NAMES = ("127.0.0.1", "localhost")


@dataclass(frozen=True)
class Guard:
    """Checks a request that a page of ours is to have sent.

    Attributes:
        token: What our pages send along; another one in every run.
    """

    token: str = field(default_factory=lambda: secrets.token_urlsafe(24))

    def refusal_of_host(self, request: Request) -> str:
        """Why the name the request came by is not ours: elsewhere a name may be led to this machine. Empty if it is."""
        port = request.environ.get("SERVER_PORT", "")
        if request.headers.get("Host", "") in {f"{name}:{port}" for name in OUR_NAMES}:
            return ""
        return "This page answers to 127.0.0.1 only. Open the address that `make run` printed."

    def refusal(self, request: Request, token: str) -> str:
        """Why the request is not one of our pages; empty when it is."""
        if refused := self.refusal_of_host(request):
            return refused
        origin = request.headers.get("Origin")
        if (origin or request.method != "GET") and origin != f"http://{request.headers['Host']}":
            return "This was asked by a page of elsewhere. Press the button on the page itself."
        if not compare_digest(token.encode(), self.token.encode()):
            return "This page is of an earlier run. Open the address that `make run` printed."
        return ""
