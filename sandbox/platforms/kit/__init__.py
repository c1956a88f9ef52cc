"""What every emulated platform shares: a clock, switchable faults, request counts and two ways to be served.

An emulator is one object with state and a WSGI ``app``. Tests call it in-process through
``in_process``; the demo serves the same object on loopback through ``Loopback``.
"""

import socket
import threading
from collections import Counter, deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import unquote_to_bytes

import httpx
from werkzeug.serving import WSGIRequestHandler, make_server

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

LOST_ANSWER = "X-Sandbox-Lost-Answer"
"""An answer that carries this header never reaches the caller: the work is done, the connection breaks."""


@dataclass
class ManualClock:
    """A clock that moves only when told to: tests never wait."""

    moment: datetime = datetime(2026, 3, 1, 10, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        """The present moment."""
        return self.moment

    def advance(self, **delta: float) -> None:
        """Move on, in the keywords of ``timedelta``."""
        self.moment += timedelta(**delta)


def wall_clock() -> datetime:
    """The real time, aware, in UTC."""
    return datetime.now(UTC)


@dataclass
class MinuteWindows:
    """Counts calls per key in fixed minutes, the way a platform documents "n per minute".

    Args:
        speed: How many platform minutes pass in a real one; the demo shortens waiting this way.
    """

    clock: Callable[[], datetime]
    speed: float = 1
    _counts: Counter[tuple[str, int]] = field(default_factory=Counter)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, key: str, limit: int) -> bool:
        """Count one call; False when this minute's limit is used up (the call is then not counted)."""
        slot = (key, int(self.clock().timestamp() * self.speed // 60))
        with self._lock:
            if self._counts[slot] >= limit:
                return False
            self._counts[slot] += 1
            return True


@dataclass
class Faults:
    """Faults to come, by name and by what they wait for.

    ``plan("lost_answer", "POST /orders")`` makes the next such call do its work and lose the answer.
    Which names exist is said by each emulator.
    """

    _planned: dict[tuple[str, str], deque[Any]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def plan(self, name: str, on: str = "*", *, times: int = 1, detail: Any = True) -> None:
        """Let the fault ``name`` happen the next ``times`` times ``on`` is called (``*``: any call)."""
        with self._lock:
            self._planned.setdefault((name, on), deque()).extend([detail] * times)

    def due(self, name: str, on: str) -> Any:
        """Take the planned fault, if there is one: its detail, else None."""
        with self._lock:
            for key in ((name, on), (name, "*")):
                if self._planned.get(key):
                    return self._planned[key].popleft()
        return None


@dataclass
class CallCount:
    """How often each route was called, in the emulator's own terms, such as ``POST /orders``."""

    by_route: Counter[str] = field(default_factory=Counter)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, route: str) -> None:
        """Count one call."""
        with self._lock:
            self.by_route[route] += 1

    @property
    def total(self) -> int:
        """All calls so far."""
        return sum(self.by_route.values())


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
    """Serves an app on a free loopback port while the ``with`` block runs."""

    def __init__(self, app: "WSGIApplication", port: int = 0) -> None:
        self._server = make_server("127.0.0.1", port, _LostAnswers(app), threaded=True, request_handler=_QuietHandler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
