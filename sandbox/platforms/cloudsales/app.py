"""The emulator as a WSGI app."""

from collections.abc import Callable
from urllib.parse import quote

from flask import Flask, Response, request

from sandbox.platforms.cloudsales.page import orders_page
from sandbox.platforms.cloudsales.service import Incoming, Reply
from sandbox.platforms.cloudsales.state import Account

METHODS = ("GET", "POST", "PATCH", "PUT", "DELETE", "HEAD", "OPTIONS")


def make_app(account: Account, reply: Callable[[Incoming], Reply]) -> Flask:
    """The API below ``/app/`` and a page for people at ``/``."""
    app = Flask("cloudsales")

    def api(rest: str) -> Response:
        del rest  # an encoded slash belongs to a segment, so only the raw path is used
        answer = reply(_incoming())
        return Response(answer.body, answer.status, answer.headers)

    def home() -> str:
        return orders_page(account)

    app.add_url_rule("/", "home", home)
    app.add_url_rule("/app/<path:rest>", "api", api, methods=METHODS, provide_automatic_options=False)
    return app


def _incoming() -> Incoming:
    headers = {name.lower(): value for name, value in request.headers.items()}
    return Incoming(request.method, _raw_uri(), headers, request.get_data(), request.remote_addr or "")


def _raw_uri() -> str:
    """Path and query as sent: from the server where it tells, else rebuilt."""
    raw = request.environ.get("RAW_URI") or request.environ.get("REQUEST_URI")
    if raw:
        return str(raw)
    query = request.environ.get("QUERY_STRING", "")
    return quote(request.path, safe="/:,") + (f"?{query}" if query else "")
