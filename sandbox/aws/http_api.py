"""An API Gateway HTTP API: real payload 2.0 events in, HTTP answers out.

Not simulated: throttling, CORS, authorisers, the 30 second time limit.
"""

import base64
import json
import uuid
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, MapAdapter, Rule
from werkzeug.wrappers import Request, Response

from sandbox.aws.functions import Functions
from sandbox.aws.moto import ACCOUNT
from sandbox.aws.template import Route

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

LARGEST = 10 * 1024 * 1024
"""Bytes API Gateway takes in a request's body."""

_TEXT_TYPES = ("text/", "application/json", "application/javascript", "application/xml")


class HttpApi:
    """A WSGI app that serves the template's routes with the functions they name."""

    def __init__(self, routes: Iterable[Route], functions: Functions) -> None:
        self._functions = functions
        self._routes = Map(
            [
                Rule(route.path.replace("{", "<").replace("}", ">"), methods=[route.method], endpoint=route)
                for route in routes
            ],
            strict_slashes=True,
            merge_slashes=False,
        )

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer one request."""
        request = Request(environ)
        return self._answer(request, self._routes.bind_to_environ(environ))(environ, start_response)

    def _answer(self, request: Request, routes: MapAdapter) -> Response:
        # Whatever we answer, the body has to be read first: closing the connection on unread bytes breaks
        # it for the sender.
        body = request.get_data()
        try:
            route, parameters = routes.match()
        except HTTPException:
            return _message(404, "Not Found")
        if len(body) > LARGEST:
            return _message(413, "Request Entity Too Large")
        outcome = self._functions[route.function].run(event_of(request, body, route, parameters))
        return _message(500, "Internal Server Error") if outcome.crash else response_of(outcome.result)


def event_of(request: Request, body: bytes, route: Route, parameters: Mapping[str, str]) -> dict[str, Any]:
    """The event of payload format 2.0. Path and query stay exactly as they were sent."""
    path, _, query = request.environ.get("REQUEST_URI", request.path).partition("?")
    headers = {name.lower(): value for name, value in request.headers.items()} | _forwarded(request)
    cookies = headers.pop("cookie", None)
    optional = {
        "cookies": cookies.split("; ") if cookies else None,
        "queryStringParameters": {name: ",".join(values) for name, values in request.args.lists()} or None,
        "pathParameters": dict(parameters) or None,
    }
    return {
        "version": "2.0",
        "routeKey": f"{route.method} {route.path}",
        "rawPath": path,
        "rawQueryString": query,
        "headers": headers,
        "requestContext": _request_context(request, path, route),
        **{key: value for key, value in optional.items() if value},
        **_body_of(body, headers.get("content-type", "")),
    }


def _forwarded(request: Request) -> dict[str, str]:
    return {
        "x-forwarded-for": request.remote_addr or "127.0.0.1",
        "x-forwarded-port": str(request.environ.get("SERVER_PORT", "")),
        "x-forwarded-proto": request.scheme,
    }


def _request_context(request: Request, path: str, route: Route) -> dict[str, Any]:
    now = datetime.now(UTC)
    return {
        "accountId": ACCOUNT,
        "apiId": "sandbox",
        "domainName": request.host,
        "domainPrefix": "sandbox",
        "http": {
            "method": request.method,
            "path": path,
            "protocol": request.environ.get("SERVER_PROTOCOL", "HTTP/1.1"),
            "sourceIp": request.remote_addr or "127.0.0.1",
            "userAgent": request.headers.get("User-Agent", ""),
        },
        "requestId": str(uuid.uuid4()),
        "routeKey": f"{route.method} {route.path}",
        "stage": "$default",
        "time": now.strftime("%d/%b/%Y:%H:%M:%S +0000"),
        "timeEpoch": int(now.timestamp() * 1000),
    }


def _body_of(body: bytes, content_type: str) -> dict[str, Any]:
    """API Gateway hands text over as it is and everything else, forms included, as base64."""
    if not body:
        return {"isBase64Encoded": False}
    if content_type.lower().startswith(_TEXT_TYPES):
        try:
            return {"body": body.decode(), "isBase64Encoded": False}
        except UnicodeDecodeError:
            pass
    return {"body": base64.b64encode(body).decode(), "isBase64Encoded": True}


def response_of(result: Any) -> Response:
    """The HTTP answer for what a handler returned; without a status code it is the body, as JSON."""
    if not isinstance(result, dict) or "statusCode" not in result:
        return Response(json.dumps(result), 200, mimetype="application/json")
    body = result.get("body") or ""
    raw = base64.b64decode(body) if result.get("isBase64Encoded") else body.encode()
    response = Response(raw, int(result["statusCode"]), content_type="text/plain;charset=UTF-8")
    for name, value in (result.get("headers") or {}).items():
        response.headers[name] = str(value)
    for cookie in result.get("cookies") or ():
        response.headers.add("Set-Cookie", cookie)
    return response


def _message(status: int, text: str) -> Response:
    return Response(json.dumps({"message": text}), status, mimetype="application/json")
