"""A file with a line for each call of an address."""

import threading
import time
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

LONGEST = 500
"""Letters of a path that are written down."""


class CallsLog:
    """Passes calls on to an app and writes down each that was answered, without its query and its body.

    A line is ``2026-11-29T18:00:00Z POST /api/orders 201 12 ms``. The file is emptied first.
    """

    def __init__(self, app: "WSGIApplication", file: Path) -> None:
        self._app, self._file = app, file
        self._lock = threading.Lock()
        file.write_text("")

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer one request."""
        began = time.monotonic()
        status = "-"

        def start(line: str, *rest: Any) -> Any:
            nonlocal status
            status = line.partition(" ")[0]
            return start_response(line, *rest)

        body = self._app(environ, start)
        took = f"{1000 * (time.monotonic() - began):.0f} ms"
        self._write(
            environ["REQUEST_METHOD"],
            environ.get("PATH_INFO", "").encode("latin-1").decode(errors="replace"),
            status,
            took,
        )
        return body

    def _write(self, method: str, path: str, status: str, took: str) -> None:
        line = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ} {method} {_plain(path)} {status} {took}\n"
        with self._lock, self._file.open("a", encoding="utf-8") as out:
            out.write(line)


def _plain(path: str) -> str:
    """What would end the line, or could not be seen, as escapes."""
    return path[:LONGEST].encode("unicode_escape").decode("ascii")
