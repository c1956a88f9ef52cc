"""No request leaves for an address that is not public.

The operator types the shop's URL, so it could name an internal host. A name is resolved once, every
address it has must be public, and the connection goes to that very address: a second look-up at
connect time could answer differently (DNS rebinding).
"""

import ipaddress
import socket
from collections.abc import Callable, Sequence

import httpx

from shopbridge.errors import NeedsAttention, RetryLater

Resolve = Callable[[str, int], Sequence[str]]


def resolve(host: str, port: int) -> Sequence[str]:
    """All addresses of a host. Raises NeedsAttention when it has none."""
    try:
        found = socket.getaddrinfo(host, port, proto=socket.IPPROTO_TCP)
    except socket.gaierror as error:
        if error.errno == socket.EAI_AGAIN:
            raise RetryLater("The name service does not answer", after=30, where=host) from error
        raise NeedsAttention(
            f"The host name {host!r} does not exist", where=host, fix="Check the URL for a typing error."
        ) from error
    return [str(entry[4][0]) for entry in found]


def public_address(host: str, port: int, *, allow_loopback: bool, resolver: Resolve = resolve) -> str:
    """The address to connect to.

    Raises:
        NeedsAttention: The host does not exist, or one of its addresses is not public.
    """
    addresses = resolver(host, port)
    for text in addresses:
        address = ipaddress.ip_address(text)
        public = address.is_global and not address.is_multicast
        if not public and not (allow_loopback and address.is_loopback):
            raise NeedsAttention(
                f"The host {host!r} has the address {address}, which is not public",
                where=host,
                fix="Enter the address under which the platform is reached from the internet.",
            )
    return addresses[0]


class PinnedTransport(httpx.BaseTransport):
    """Sends each request to the checked address of its host; TLS and ``Host`` keep the name."""

    def __init__(
        self, inner: httpx.BaseTransport, *, allow_loopback: bool = False, resolver: Resolve = resolve
    ) -> None:
        self._inner = inner
        self._allow_loopback = allow_loopback
        self._resolver = resolver

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Resolve, check, pin and pass on."""
        url = request.url
        if url.scheme != "https" and not self._allow_loopback:
            raise NeedsAttention(
                "The address does not use https", where=url.host, fix="Enter the URL with https:// in front."
            )
        port = url.port or (443 if url.scheme == "https" else 80)
        address = public_address(url.host, port, allow_loopback=self._allow_loopback, resolver=self._resolver)
        # A copy: an auth flow may send the same request once more, and then its URL must still hold the name.
        pinned = httpx.Request(
            request.method,
            url.copy_with(host=address),
            headers=request.headers,
            stream=request.stream,
            extensions={**request.extensions, "sni_hostname": url.host},
        )
        return self._inner.handle_request(pinned)

    def close(self) -> None:
        """Close the connections."""
        self._inner.close()
