"""The emulator as a WSGI app."""

from collections.abc import Callable
from urllib.parse import quote

from flask import Flask, Response, request

from sandbox.platforms.salespos.page import orders_page
from sandbox.platforms.salespos.service import BASE, Incoming, Reply
from sandbox.platforms.salespos.state import Shop

METHODS = ("GET", "POST", "PATCH", "PUT", "DELETE", "HEAD", "OPTIONS")


def make_app(shop: Shop, reply: Callable[[Incoming], Reply]) -> Flask:
    """The API below ``/api/rest/v1`` and a page for people at ``/``."""
    app = Flask("salespos")

    def api(rest: str = "") -> Response:
        del rest  # the signature covers the path as sent, so only the raw one is used
        answer = reply(_incoming())
        return Response(answer.body, answer.status, answer.headers)

    def home() -> str:
        return orders_page(shop)

    app.add_url_rule("/", "home", home)
    for endpoint, rule in (("base", BASE), ("root", f"{BASE}/"), ("api", f"{BASE}/<path:rest>")):
        app.add_url_rule(rule, endpoint, api, methods=METHODS, provide_automatic_options=False)
    return app


def _incoming() -> Incoming:
    headers = {name.lower(): value for name, value in request.headers.items()}
    return Incoming(request.method, _raw_uri(), headers, request.get_data(), request.host_url.rstrip("/"))


def _raw_uri() -> str:
    """Path and query as sent: from the server where it tells, else rebuilt (the query is always raw)."""
    raw = request.environ.get("RAW_URI") or request.environ.get("REQUEST_URI")
    if raw:
        return str(raw)
    query = request.environ.get("QUERY_STRING", "")
    return quote(request.path) + (f"?{query}" if query else "")
