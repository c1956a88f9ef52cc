"""The HTTP API in front of the functions: an app is installed at once, other calls wait to be measured."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import httpx
from werkzeug.wrappers import Request, Response

from sandbox.quick.functions import http_event, step_of

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

Invoke = Callable[[str, Mapping[str, Any]], Mapping[str, Any]]


@dataclass
class Intake:
    """A WSGI app.

    Attributes:
        waiting: Calls that nobody has taken yet, as events.
        invoke: Runs a function, by its folder's name, with an event of the HTTP API.
    """

    waiting: list[dict[str, Any]] = field(default_factory=list)
    invoke: Invoke | None = None

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer one call."""
        sent = Request(environ)
        event = http_event(httpx.Request(sent.method, sent.url, headers=list(sent.headers), content=sent.get_data()))
        event["headers"]["x-forwarded-proto"], event["requestContext"]["domainName"] = sent.scheme, sent.host
        if self.invoke is None or step_of(event) == "webhook_intake":
            self.waiting.append(event)
            return Response(status=202)(environ, start_response)
        answer = self.invoke(step_of(event), event)
        told = Response(answer.get("body", ""), answer["statusCode"], answer.get("headers"))
        return told(environ, start_response)
