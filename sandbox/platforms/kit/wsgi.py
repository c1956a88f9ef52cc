"""How an emulator is served: a WSGI app, called in-process by tests or on a loopback port by the demo."""

import socket
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import unquote_to_bytes

import httpx
from flask import Flask, Request, Response, request
from werkzeug.serving import WSGIRequestHandler, make_server

from sandbox.platforms.kit.calls_log import CallsLog
from sandbox.platforms.kit.faults import LOST_ANSWER, Faults

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

METHODS = ("GET", "POST", "PATCH", "PUT", "DELETE", "HEAD", "OPTIONS")


@dataclass(frozen=True)
class Incoming:
    """A request as it came.

    Args:
        uri: Path and query exactly as sent.
        headers: Their names in lower case.
        address: Where it comes from.
        host: Scheme and host it was sent to, without a final slash.
    """

    method: str
    uri: str
    headers: Mapping[str, str]
    body: bytes
    address: str = ""
    host: str = ""


@dataclass(frozen=True)
class Reply:
    """What goes back."""

    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


LOST_REQUEST = Reply(504, headers={LOST_ANSWER: "before"})
"""The call never arrives: nothing is done, and no answer comes."""


def incoming(sent: Request) -> Incoming:
    """Take a request as it was sent, which is what signatures cover: both ways to be served tell the raw address."""
    uri = sent.environ.get("RAW_URI") or sent.environ["REQUEST_URI"]
    return Incoming(
        sent.method, uri, headers_of(sent), sent.get_data(), sent.remote_addr or "", sent.host_url.rstrip("/")
    )


def spoilt(faults: Faults, route: str, reply: Reply) -> Reply:
    """What is left of an answer on its way: ``cut_body`` takes the second half, ``lost_answer`` all."""
    if faults.due("cut_body", route):
        reply = replace(reply, body=reply.body[: len(reply.body) // 2])
    if faults.due("lost_answer", route):
        reply = replace(reply, headers={**reply.headers, LOST_ANSWER: "after"})
    return reply


def headers_of(sent: Request) -> dict[str, str]:
    """The headers, their names in lower case."""
    return {name.lower(): value for name, value in sent.headers.items()}


def make_app(
    name: str,
    rules: Sequence[str],
    answer: Callable[[Request], Reply],
    page: Callable[[], str],
    methods: Sequence[str] = METHODS,
) -> Flask:
    """Make the app of an emulator: its API, and a page for people at ``/``.

    Args:
        rules: The addresses of the API, in Flask's way: ``/api/v1/<path:rest>``.
    """
    app = Flask(name)

    def api(**_: str) -> Response:
        reply = answer(request)
        return Response(reply.body, reply.status, reply.headers)

    app.add_url_rule("/", "page", page)
    for rule in rules:
        app.add_url_rule(rule, "api", api, methods=methods, provide_automatic_options=False)
    return app


class _InProcess(httpx.BaseTransport):
    def __init__(self, app: "WSGIApplication") -> None:
        self._app = app

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        # A signature covers the path as sent; httpx hands WSGI a decoded one, so pass the raw one beside it.
        raw = request.url.raw_path.decode("ascii")
        # WSGI wants the path's bytes as latin-1, where httpx hands over the text.
        path = unquote_to_bytes(request.url.raw_path.partition(b"?")[0]).decode("latin-1")
        given = {"RAW_URI": raw, "PATH_INFO": path}
        inner = httpx.WSGITransport(app=lambda environ, start: self._app({**environ, **given}, start))
        response = inner.handle_request(request)
        if LOST_ANSWER in response.headers:
            response.read()
            raise httpx.ReadTimeout("the answer was lost (sandbox fault)", request=request)
        return response


def in_process(app: "WSGIApplication") -> httpx.BaseTransport:
    """A transport that calls the emulator without any socket."""
    return _InProcess(app)


class _QuietHandler(WSGIRequestHandler):
    """Keeps no log, and sends one ``Date``: the emulator's, or the real time where it names none."""

    _dated = False

    def send_response(self, code: int, message: str | None = None) -> None:
        """Begin an answer without the ``Date`` the standard library would add."""
        self._dated = False
        self.send_response_only(code, message)

    def send_header(self, keyword: str, value: str) -> None:
        """Send a header and remember whether it was the ``Date``."""
        self._dated = self._dated or keyword.lower() == "date"
        super().send_header(keyword, value)

    def end_headers(self) -> None:
        """End the headers with a ``Date`` at the latest."""
        if not self._dated:
            self.send_header("Date", self.date_time_string())
        super().end_headers()

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing: the emulator keeps its own counts."""


class _LostAnswers:
    """Breaks the connection when the app marked its answer as lost."""

    def __init__(self, app: "WSGIApplication") -> None:
        self._app = app

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        headers: list[tuple[str, str]] = []

        def start(status: str, fields: list[tuple[str, str]], *rest: Any) -> Any:
            headers.extend(fields)
            return start_response(status, fields, *rest)

        body = self._app(environ, start)
        if any(name.lower() == LOST_ANSWER.lower() for name, _ in headers):
            # Closing alone leaves the reader's copy open, and the caller would wait for its own time-out.
            environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
            raise ConnectionAbortedError("the answer was lost (sandbox fault)")
        return body


class Loopback:
    """Serves an app on a free loopback port while the ``with`` block runs.

    Args:
        log: Where every call is written down; None for nowhere.
    """

    def __init__(self, app: "WSGIApplication", port: int = 0, log: Path | None = None) -> None:
        served = _LostAnswers(CallsLog(app, log) if log else app)
        self._server = make_server("127.0.0.1", port, served, threaded=True, request_handler=_QuietHandler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
