"""Connections to platforms: each host name has its own, and no answer may be endless."""

import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache

import httpx

from shopbridge.http.bodies import LARGEST_ANSWER, bounded

MOST_NAMES = 32
"""Hosts that connections are kept to; a container meets few at a time."""


@cache
def _certificates() -> ssl.SSLContext:
    """Who may vouch for a host. Reading it takes 40 ms and more, which functions that call nobody need not spend."""
    return httpx.create_ssl_context()


def open_pool() -> httpx.BaseTransport:
    """Connections to one host. No proxy of the environment is among them."""
    from shopbridge.http.sockets import TimedTransport

    return TimedTransport(_certificates())


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
        """Pass on to the pool of the request's name; the body is as large as the extension ``largest`` at most."""
        response = self._pool(request.extensions.get("sni_hostname", request.url.host)).handle_request(request)
        return bounded(response, request.extensions.get("largest", LARGEST_ANSWER))

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
