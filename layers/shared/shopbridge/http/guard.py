"""No request leaves for an address that is not public.

The operator types the shop's URL, so it could name an internal host. A name is resolved once, every
address it has must be public, and the connection goes to that very address: a second look-up at
connect time could answer differently (DNS rebinding).

What is public is listed here and not asked of ``ipaddress``, whose releases disagree: addresses of one receiver on the
internet (global unicast), without the blocks that the IANA registries of special-purpose addresses keep for something
else (RFC 6890 and its additions).
"""

import ipaddress
import re
import socket
import ssl
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache

import httpx

from shopbridge.errors import NeedsAttention, Obstructed, RetryLater
from shopbridge.http.bodies import LARGEST_ANSWER, bounded

Resolve = Callable[[str, int], Sequence[str]]

NO_SUCH_NAME = frozenset({socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME)})
"""What getaddrinfo says of a name without an address; its other errors are the name service's own trouble."""
_NO_SUCH_HOST = "The host name {!r} does not exist"
_TYPING_ERROR = "Check the URL for a typing error."
STANDS = 5.0
"""Seconds for which a name's addresses are not asked for again, which is as long as an idle connection is kept."""
TRIED = 2
"""Addresses of a name that are tried: one of several may be down for long."""

MOST_NAMES = 32
"""Hosts that connections and addresses are kept of; a container meets few at a time."""

PORTS = frozenset({443, 4443, 8443, 9443})
"""Where shops and back offices serve https. Any other port is more likely another service behind the same address."""

_LABEL = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_NAME = re.compile(rf"(?=.{{1,253}}$)(?:{_LABEL}\.)*(?=[a-z]){_LABEL}", re.ASCII | re.IGNORECASE)
"""A host name as the name service has them. The last label begins with a letter: otherwise systems take 127.1 or 0x7f.1
for an address."""
_SPECIAL = [
    ipaddress.IPv4Network(text)
    for text in (
        *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12"),
        *("192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24"),
        *("203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4"),
    )
]
_UNICAST_V6 = ipaddress.IPv6Network("2000::/3")
_SPECIAL_V6 = [ipaddress.IPv6Network(text) for text in ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")]
"""Teredo and 6to4 are among them: both would tunnel to an IPv4 address of the caller's choice, and no shop has one."""
_TRANSLATED = [ipaddress.IPv6Network(text) for text in ("::ffff:0:0/96", "64:ff9b::/96")]
"""These stand for the IPv4 address in the last 32 bits; the second is how a network without IPv4 reaches it (NAT64)."""


def resolve(host: str, port: int) -> Sequence[str]:
    """Return all addresses of a host.

    Raises:
        Obstructed: It has none, perhaps while its entry at the name service is renewed.
        RetryLater: Nobody can tell now.
        NeedsAttention: It cannot be the name of a host.
    """
    try:
        found = socket.getaddrinfo(host, port, proto=socket.IPPROTO_TCP)
    except socket.gaierror as error:
        if error.errno not in NO_SUCH_NAME:
            raise RetryLater("The name service does not answer", after=30, where=host) from error
        raise Obstructed(_NO_SUCH_HOST.format(host), after=60, where=host, fix=_TYPING_ERROR) from error
    except (UnicodeError, OverflowError) as error:
        raise NeedsAttention(_NO_SUCH_HOST.format(host), where=host, fix=_TYPING_ERROR, setting="url") from error
    return [str(entry[4][0]) for entry in found]


def public_addresses(host: str, port: int, *, allow_loopback: bool, resolver: Resolve = resolve) -> Sequence[str]:
    """Return the addresses to connect to, in the resolver's order.

    Raises:
        Obstructed: The host does not exist.
        NeedsAttention: One of its addresses is not public.
    """
    addresses = resolver(host, port)
    for text in addresses:
        address = ipaddress.ip_address(text)
        if not _is_public(address) and not (allow_loopback and address.is_loopback):
            raise NeedsAttention(
                f"The host {host!r} has the address {address}, which is not public",
                where=host,
                fix="Enter the address under which the platform is reached from the internet.",
                setting="url",
            )
    return list(dict.fromkeys(addresses))


def _is_public(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    if isinstance(address, ipaddress.IPv4Address):
        return not any(address in block for block in _SPECIAL)
    if any(address in block for block in _TRANSLATED):
        return _is_public(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
    special = address.scope_id is not None or any(address in block for block in _SPECIAL_V6)
    return address in _UNICAST_V6 and not special


def _refuse_malformed(host: str) -> None:
    """Raise NeedsAttention for what is neither a host name nor an address in its one usual spelling."""
    try:
        well = str(ipaddress.ip_address(host)) == host.lower() or ":" in host
    except ValueError:
        well = _NAME.fullmatch(host) is not None
    if not well:
        raise NeedsAttention(
            f"{host!r} is no host name",
            where=host,
            fix="Enter the host as in shop.example, without a dot at its end.",
            setting="url",
        )


def _refuse_other_ports(host: str, port: int) -> None:
    if port not in PORTS:
        raise NeedsAttention(
            f"The address names the port {port}, on which no platform is called",
            where=host,
            fix=f"Let the platform be reached on one of the ports {', '.join(map(str, sorted(PORTS)))}.",
            setting="url",
        )


class PinnedTransport(httpx.BaseTransport):
    """Sends each request to the checked address of its host; TLS and ``Host`` keep the name."""

    def __init__(
        self,
        inner: httpx.BaseTransport,
        *,
        allow_loopback: bool = False,
        resolver: Resolve = resolve,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._inner = inner
        self._allow_loopback = allow_loopback
        self._resolver = resolver
        self._clock = clock
        self._checked: dict[tuple[str, int], tuple[float, Sequence[str]]] = {}

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Resolve, check, pin and pass on; a second address is tried where the first takes no connection."""
        url = request.url
        # As it goes over the wire: Python's own encoding of a name such as straße.de is another host's.
        host = url.raw_host.decode("ascii")
        if url.scheme != "https" and not self._allow_loopback:
            raise NeedsAttention(
                "The address does not use https", where=host, fix="Enter the URL with https:// in front.", setting="url"
            )
        *first, last = self._addresses(host, url.port or (443 if url.scheme == "https" else 80))[:TRIED]
        for address in first:
            with suppress(httpx.ConnectError, httpx.ConnectTimeout):
                return self._inner.handle_request(_pinned(request, host, address))
        return self._inner.handle_request(_pinned(request, host, last))

    def _addresses(self, host: str, port: int) -> Sequence[str]:
        """Checked, now or a few seconds ago: whatever the name service says meanwhile, only these are connected to."""
        now, (until, addresses) = self._clock(), self._checked.get((host, port), (0.0, ()))
        if now >= until:
            addresses = self._check(host, port)
            self._checked[host, port] = now + STANDS, addresses
            if len(self._checked) > MOST_NAMES:
                self._checked.pop(next(iter(self._checked)))
        return addresses

    def _check(self, host: str, port: int) -> Sequence[str]:
        _refuse_malformed(host)
        if not self._allow_loopback:
            _refuse_other_ports(host, port)
        return public_addresses(host, port, allow_loopback=self._allow_loopback, resolver=self._resolver)

    def close(self) -> None:
        """Close the connections."""
        self._inner.close()


def _pinned(request: httpx.Request, host: str, address: str) -> httpx.Request:
    """A copy: an auth flow may send the same request once more, and then its URL must still hold the name."""
    return httpx.Request(
        request.method,
        request.url.copy_with(host=address),
        headers=request.headers,
        stream=request.stream,
        extensions={**request.extensions, "sni_hostname": host},
    )


# --- connections: each host name has its own --------------------------------------------------------------------------


@cache
def _certificates() -> ssl.SSLContext:
    """Who may vouch for a host. Reading it takes 40 ms and more, which functions that call nobody need not spend."""
    return httpx.create_ssl_context()


def open_pool() -> httpx.BaseTransport:
    """Return connections to one host. No proxy of the environment is among them."""
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
