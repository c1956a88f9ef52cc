"""Connections to platforms: each host name has its own, and no answer may be endless."""

import ssl
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import cast

import httpx

MOST_NAMES = 32
"""Hosts that connections are kept to; a container meets few at a time."""
LARGEST_ANSWER = 40_000_000
"""Bytes. A function has 512 MB, and JSON takes six times its size once it is read."""
PACKED = 8
"""How much smaller a compressed answer must be: it is counted as it comes."""


CONNECTIONS_PER_POOL = httpx.Limits(max_connections=10, max_keepalive_connections=10)


@cache
def _certificates() -> ssl.SSLContext:
    """Who may vouch for a host. Reading it takes 40 ms and more, which functions that call nobody need not spend."""
    return httpx.create_ssl_context()


def open_pool() -> httpx.HTTPTransport:
    """Connections to one host."""
    return httpx.HTTPTransport(verify=_certificates(), limits=CONNECTIONS_PER_POOL, trust_env=False)


@dataclass(frozen=True)
class PoolPerName(httpx.BaseTransport):
    """A pool for each host name.

    Requests are addressed to a checked IP address, and the pool of the library tells connections apart by address
    only. Shops behind one address (a hoster, a CDN) would share a connection, and with it the certificate that was
    checked for the other shop's name.
    """

    open_pool: Callable[[], httpx.BaseTransport] = open_pool
    pools: dict[str, httpx.BaseTransport] = field(default_factory=dict)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Pass on to the pool of the request's name, in bounds of size and time."""
        response = self._pool(request.extensions.get("sni_hostname", request.url.host)).handle_request(request)
        response.stream = BoundedStream(
            cast("httpx.SyncByteStream", response.stream),
            most=LARGEST_ANSWER // (PACKED if "content-encoding" in response.headers else 1),
            seconds=request.extensions.get("timeout", {}).get("read"),
        )
        return response

    def close(self) -> None:
        """Close all connections."""
        while self.pools:
            self.pools.popitem()[1].close()

    def _pool(self, name: str) -> httpx.BaseTransport:
        """The name's pool, which becomes the one used last; the one not used for longest gives way."""
        pool = self.pools.pop(name, None) or self.open_pool()
        self.pools[name] = pool
        if len(self.pools) > MOST_NAMES:
            self.pools.pop(next(iter(self.pools))).close()
        return pool


class BoundedStream(httpx.SyncByteStream):
    """The body of an answer, at most ``most`` bytes in at most ``seconds``; the library bounds only each piece."""

    def __init__(self, inner: httpx.SyncByteStream, *, most: int, seconds: float | None) -> None:
        self._inner = inner
        self._most = most
        self._ends = time.monotonic() + (seconds if seconds is not None else float("inf"))

    def __iter__(self) -> Iterator[bytes]:
        """The pieces. Raises httpx.ReadError or httpx.ReadTimeout when it is too much."""
        size = 0
        for piece in self._inner:
            size += len(piece)
            if size > self._most:
                raise httpx.ReadError(f"The answer is larger than {self._most} bytes")
            if time.monotonic() > self._ends:
                raise httpx.ReadTimeout("The answer does not end")
            yield piece

    def close(self) -> None:
        """Let go of the connection."""
        self._inner.close()
