"""The emulator as a WSGI app."""

from collections.abc import Callable

from flask import Flask, Response, request

from sandbox.platforms.gomag import inferred
from sandbox.platforms.gomag.page import orders_page
from sandbox.platforms.gomag.service import Incoming, Reply
from sandbox.platforms.gomag.state import Shop

BASE = "/api/v1/"
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


def make_app(shop: Shop, reply: Callable[[Incoming], Reply]) -> Flask:
    """The API below ``/api/v1/`` and a page for people at ``/``."""
    app = Flask("gomag")
    app.config["MAX_CONTENT_LENGTH"] = app.config["MAX_FORM_MEMORY_SIZE"] = inferred.LARGEST_BODY

    def api(path: str) -> Response:
        answer = reply(_incoming(path))
        return Response(answer.body, answer.status, dict(answer.headers))

    def home() -> str:
        return orders_page(shop)

    app.add_url_rule("/", "home", home)
    app.add_url_rule(f"{BASE}<path:path>", "api", api, methods=METHODS, provide_automatic_options=False)
    return app


def _incoming(path: str) -> Incoming:
    """Of a parameter sent twice the last counts, as in PHP.

    A form may be URL-encoded or multipart; a raw body is no form, and so has no ``data``.
    """
    headers = {name.lower(): value for name, value in request.headers.items()}
    return Incoming(request.method, path, dict(request.args.items(multi=True)), headers, request.form.to_dict())
