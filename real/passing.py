"""A real server in the place of an emulated platform: whatever is asked of it is passed on."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import httpx
from flask import Flask, Response, request

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

NOT_OURS = frozenset({"host", "content-length", "connection", "accept-encoding"})
"""What each way of a call has of its own."""


@contextmanager
def passing_on(url: str) -> Iterator["WSGIApplication"]:
    """An app that asks the server at ``url`` what it is asked."""
    app = Flask("passing-on")
    with httpx.Client(base_url=url, timeout=60) as http:

        def call(rest: str) -> Response:
            kept = {name: value for name, value in request.headers.items() if name.lower() not in NOT_OURS}
            query = f"?{request.query_string.decode()}" if request.query_string else ""
            answer = http.request(request.method, f"/{rest}{query}", content=request.get_data(), headers=kept)
            return Response(answer.content, answer.status_code, content_type=answer.headers.get("content-type"))

        app.add_url_rule("/<path:rest>", view_func=call, methods=["GET", "POST"])
        yield app
