"""No request leaves for an address that is not public.

The operator types the shop's URL, so it could name an internal host. A name is resolved once, every
address it has must be public, and the connection goes to that very address: a second look-up at
connect time could answer differently (DNS rebinding).
"""

import ipaddress
import socket
from collections.abc import Callable, Sequence
from contextlib import suppress

import httpx

from shopbridge.errors import NeedsAttention, RetryLater

Resolve = Callable[[str, int], Sequence[str]]

NO_SUCH_NAME = frozenset({socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME)})
"""What getaddrinfo says of a name without an address; its other errors are the name service's own trouble."""
TRIED = 2
"""Addresses of a name that are tried: one of several may be down for long."""

_REFUSED = [
    ipaddress.ip_network(text) for text in ("192.0.0.0/24", "64:ff9b:1::/48", "fec0::/10", "3fff::/20", "5f00::/16")
]
"""Not public, though some releases of Python call them global."""
_TRANSLATED = [ipaddress.IPv6Network(text) for text in ("::/96", "64:ff9b::/96")]
"""A translator sends these on to the IPv4 address in the last 32 bits."""


def resolve(host: str, port: int) -> Sequence[str]:
    """All addresses of a host. Raises NeedsAttention when it has none, RetryLater when nobody can tell now."""
    try:
        found = socket.getaddrinfo(host, port, proto=socket.IPPROTO_TCP)
    except socket.gaierror as error:
        if error.errno not in NO_SUCH_NAME:
            raise RetryLater("The name service does not answer", after=30, where=host) from error
        raise _no_such_host(host) from error
    except (UnicodeError, OverflowError) as error:
        raise _no_such_host(host) from error
    return [str(entry[4][0]) for entry in found]


def public_addresses(host: str, port: int, *, allow_loopback: bool, resolver: Resolve = resolve) -> Sequence[str]:
    """The addresses to connect to, in the resolver's order.

    Raises:
        NeedsAttention: The host does not exist, or one of its addresses is not public.
    """
    addresses = resolver(host, port)
    for text in addresses:
        address = ipaddress.ip_address(text)
        if not _is_public(address) and not (allow_loopback and address.is_loopback):
            raise NeedsAttention(
                f"The host {host!r} has the address {address}, which is not public",
                where=host,
                fix="Enter the address under which the platform is reached from the internet.",
            )
    return list(dict.fromkeys(addresses))


def _is_public(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    inner = _ipv4_inside(address) if isinstance(address, ipaddress.IPv6Address) else None
    if inner is not None:
        return _is_public(inner)
    refused = any(address in network for network in _REFUSED if network.version == address.version)
    return address.is_global and not address.is_multicast and not refused


def _ipv4_inside(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address that a call to this IPv6 address really reaches."""
    if any(address in network for network in _TRANSLATED):
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour


def _no_such_host(host: str) -> NeedsAttention:
    return NeedsAttention(f"The host name {host!r} does not exist", where=host, fix="Check the URL for a typing error.")


class PinnedTransport(httpx.BaseTransport):
    """Sends each request to the checked address of its host; TLS and ``Host`` keep the name."""

    def __init__(
        self, inner: httpx.BaseTransport, *, allow_loopback: bool = False, resolver: Resolve = resolve
    ) -> None:
        self._inner = inner
        self._allow_loopback = allow_loopback
        self._resolver = resolver

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Resolve, check, pin and pass on; a second address is tried where the first takes no connection."""
        url = request.url
        # As it goes over the wire: Python's own encoding of a name such as straße.de is another host's.
        host = url.raw_host.decode("ascii")
        if url.scheme != "https" and not self._allow_loopback:
            raise NeedsAttention(
                "The address does not use https", where=host, fix="Enter the URL with https:// in front."
            )
        port = url.port or (443 if url.scheme == "https" else 80)
        addresses = public_addresses(host, port, allow_loopback=self._allow_loopback, resolver=self._resolver)
        *first, last = addresses[:TRIED]
        for address in first:
            with suppress(httpx.ConnectError, httpx.ConnectTimeout):
                return self._inner.handle_request(_pinned(request, host, address))
        return self._inner.handle_request(_pinned(request, host, last))

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
