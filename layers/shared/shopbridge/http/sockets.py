"""Sockets that stop at a moment: whatever the other side does, an exchange has one end.

The library's time-outs bound each single wait. A head that comes byte by byte, endless ``100 Continue`` and a receiver
that takes a byte a minute outlast them all; so the moment is looked at here, at every single read and write.
"""

import math
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from ssl import SSLContext
from typing import Any

import httpcore
import httpx

Option = tuple[int, int, int] | tuple[int, int, bytes | bytearray] | tuple[int, int, None, int]
Clock = Callable[[], float]

MOST_CONNECTIONS = 10
"""To one host."""
_SAME_NAMES = (
    *("ConnectError", "ConnectTimeout", "LocalProtocolError", "PoolTimeout", "ProxyError", "ReadError", "ReadTimeout"),
    *("RemoteProtocolError", "UnsupportedProtocol", "WriteError", "WriteTimeout"),
)
_ERRORS: dict[type[Exception], type[httpx.TransportError]] = {
    getattr(httpcore, name): getattr(httpx, name) for name in _SAME_NAMES
}

_ends: ContextVar[float] = ContextVar("ends", default=math.inf)
"""When the exchange must have ended that this thread is at."""


@contextmanager
def _until(ends: float) -> Iterator[None]:
    """What is read and written within ends by then; the library's errors become those of the layer above."""
    token = _ends.set(ends)
    try:
        yield
    except tuple(_ERRORS) as error:
        raise _ERRORS[type(error)](str(error)) from error
    finally:
        _ends.reset(token)


class TimedTransport(httpx.BaseTransport):
    """Connections to one host; a request ends at the moment that its extension ``ends`` names, by ``clock``."""

    def __init__(self, certificates: SSLContext, clock: Clock = time.monotonic) -> None:
        self._pool = httpcore.ConnectionPool(
            ssl_context=certificates,
            max_connections=MOST_CONNECTIONS,
            max_keepalive_connections=MOST_CONNECTIONS,
            keepalive_expiry=5.0,
            network_backend=_TimedBackend(clock),
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send and receive the head; the body is read as its stream is."""
        url = request.url
        ends: float = request.extensions.get("ends", math.inf)
        sent = httpcore.Request(
            request.method,
            httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
            headers=request.headers.raw,
            content=request.stream,
            extensions=request.extensions,
        )
        with _until(ends):
            response = self._pool.handle_request(sent)
        return httpx.Response(
            response.status,
            headers=response.headers,
            stream=_TimedBody(response, ends),
            extensions=response.extensions,
        )

    def close(self) -> None:
        """Close the connections."""
        self._pool.close()


class _TimedBody(httpx.SyncByteStream):
    """The pieces of a body as they come, until the moment."""

    def __init__(self, response: httpcore.Response, ends: float) -> None:
        self._response = response
        self._ends = ends

    def __iter__(self) -> Iterator[bytes]:
        pieces = self._response.iter_stream()
        while True:
            with _until(self._ends):
                piece = next(pieces, None)
            if piece is None:
                return
            yield piece

    def close(self) -> None:
        self._response.close()


class _TimedBackend(httpcore.NetworkBackend):
    """Opens sockets that look at the moment."""

    def __init__(self, clock: Clock) -> None:
        self._inner = httpcore.SyncBackend()
        self._clock = clock

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Option] | None = None,
    ) -> httpcore.NetworkStream:
        left = _left(self._clock, timeout, httpcore.ConnectTimeout)
        return _TimedStream(self._inner.connect_tcp(host, port, left, local_address, socket_options), self._clock)


class _TimedStream(httpcore.NetworkStream):
    """A connection each of whose waits ends by the moment."""

    def __init__(self, inner: httpcore.NetworkStream, clock: Clock) -> None:
        self._inner = inner
        self._clock = clock

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, _left(self._clock, timeout, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Piece by piece, as the other side takes it: the library would begin to wait anew with each piece."""
        socket, rest = self._inner.get_extra_info("socket"), memoryview(buffer)
        while rest:
            socket.settimeout(_left(self._clock, timeout, httpcore.WriteTimeout))
            try:
                rest = rest[socket.send(rest) :]
            except TimeoutError as error:
                raise httpcore.WriteTimeout(str(error)) from error
            except OSError as error:
                raise httpcore.WriteError(str(error)) from error

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        left = _left(self._clock, timeout, httpcore.ConnectTimeout)
        return _TimedStream(self._inner.start_tls(ssl_context, server_hostname, left), self._clock)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


def _left(clock: Clock, timeout: float | None, late: type[httpcore.TimeoutException]) -> float | None:
    """The seconds that a wait may take. Raises ``late`` when the moment has come."""
    left = _ends.get() - clock()
    if left <= 0:
        raise late("The time of the exchange is used up")
    wait = left if timeout is None else min(left, timeout)
    return None if math.isinf(wait) else wait
