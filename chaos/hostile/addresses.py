"""Ways to write an address inside a network, and whether a call to one leaves."""

import ipaddress
import socket
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import httpx

from chaos.hostile.world import FewTokens, NoLimits
from shopbridge.errors import BridgeError
from shopbridge.http.answer import Call
from shopbridge.http.client import PlatformClient, Wiring
from shopbridge.http.guard import PinnedTransport

INSIDE = (
    *("127.0.0.1", "127.8.9.10", "10.0.0.1", "10.255.1.2", "172.16.0.1", "172.31.255.254", "192.168.0.1"),
    "0.0.0.0",  # noqa: S104 # nosec B104 # to be refused
    *("169.254.169.254", "169.254.170.2", "100.64.0.1", "100.100.100.200", "192.0.0.8", "198.18.0.1", "224.0.0.1"),
    *("239.255.255.250", "240.0.0.1", "255.255.255.255", "192.0.2.1", "198.51.100.7", "203.0.113.9"),
)
INSIDE_V6 = (
    *("::1", "::", "fe80::1", "fc00::1", "fd00:ec2::254", "ff02::1", "fec0::1", "2001:db8::1", "64:ff9b:1::a00:1"),
    *("3fff::1", "5f00::1", "100::1"),
)
OUTSIDE = "93.184.215.14"
PORTS_AND_PATHS = ("", ":8443", "/a//..//b")
WIDE = {ord(sign): ord(sign) + 0xFEE0 for sign in "0123456789."}
"""Full-width forms, which an internet name takes for the plain ones."""
CIRCLED = {ord(sign): 0x245F + int(sign) for sign in "123456789"}


@dataclass(frozen=True)
class Tried:
    """How many addresses were tried, which were reached, and what ended in an error that is none of ours."""

    tried: int
    reached: Sequence[str]
    untyped: Sequence[str]


@dataclass
class Names:
    """A name service that an attacker runs: its names have an address inside, one way or another."""

    asked: dict[str, int] = field(default_factory=dict)

    def __call__(self, host: str, port: int) -> Sequence[str]:
        """Resolve; what is an address in any spelling is what the system takes it for."""
        kind, _, rest = host.partition(".at.")
        if rest:
            return self._answer(host, kind, rest.removesuffix(".example").replace("-", ":" if "v6" in kind else "."))
        try:
            found = socket.getaddrinfo(host, port, proto=socket.IPPROTO_TCP, flags=socket.AI_NUMERICHOST)
        except (socket.gaierror, UnicodeError, OverflowError):
            return [OUTSIDE]
        return [str(entry[4][0]) for entry in found]

    def _answer(self, host: str, kind: str, address: str) -> Sequence[str]:
        self.asked[host] = self.asked.get(host, 0) + 1
        if kind == "both":
            return [OUTSIDE, address]
        if kind == "rebound":
            return [OUTSIDE] if self.asked[host] % 2 else [address]
        return [address]


@dataclass
class Recorder(httpx.BaseTransport):
    """Keeps where calls went."""

    hosts: list[str] = field(default_factory=list)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Answer with nothing."""
        self.hosts.append(request.url.host)
        return httpx.Response(200, json={}, request=request)


def tricks() -> Iterator[str]:
    """Base URLs that lead inside, in every spelling we know."""
    for address in INSIDE:
        for spelling in _spellings(address):
            yield f"https://{spelling}"
        for more in PORTS_AND_PATHS:
            yield f"https://{address}{more}"
    for address in INSIDE_V6:
        named = ipaddress.IPv6Address(address).exploded.replace(":", "-")
        yield from (f"https://[{address}]", f"https://[{address}]:8443", f"https://user@[{address}]")
        yield f"https://[{ipaddress.IPv6Address(address).exploded}]"
        yield from (f"https://v6.at.{named}.example", f"https://[{address}%25eth0]")


def _spellings(address: str) -> Iterator[str]:
    a, b, c, d = (int(part) for part in address.split("."))
    whole = int(ipaddress.IPv4Address(address))
    low, named = (c << 8) + d, address.replace(".", "-")
    yield from (str(whole), hex(whole), f"0{whole:o}", f"{a}.{(b << 16) + low}", f"{a}.{b}.{low}")
    yield from (f"0{a:o}.0{b:o}.0{c:o}.0{d:o}", f"{a:#x}.{b:#x}.{c:#x}.{d:#x}", f"{a:03}.{b:03}.{c:03}.{d:03}")
    yield from (
        f"{address}.",
        address.translate(WIDE),
        address.translate(CIRCLED),
        f"%{ord(address[0]):x}{address[1:]}",
    )
    yield from (f"[::ffff:{address}]", f"[::ffff:{a:x}{b:02x}:{c:x}{d:02x}]", f"[::{address}]", f"[64:ff9b::{address}]")
    yield from (f"[2002:{a:02x}{b:02x}:{c:02x}{d:02x}::1]", f"shop.example@{address}", f"shop.example%2F@{address}")
    yield from (f"plain.at.{named}.example", f"both.at.{named}.example", f"rebound.at.{named}.example")


def try_addresses() -> Tried:
    """Call every address twice, as a connection that lives on does."""
    recorder, reached, untyped = Recorder(), [], []
    http = httpx.Client(transport=PinnedTransport(recorder, resolver=Names()), trust_env=False)
    wiring = Wiring(http=http, limiter=NoLimits(), deadline=FewTokens(), sleep=lambda _: None)
    all_tricks = list(dict.fromkeys(tricks()))
    for url in all_tricks:
        client = PlatformClient("Hostile", url, auth=httpx.Auth(), wiring=wiring)
        for _ in range(2):
            try:
                client.send(Call("GET", "/orders"))
            except BridgeError:
                pass
            except Exception as error:  # noqa: BLE001 - the attack is to find errors that are none of ours
                untyped.append(f"{url}: {error!r}")
        reached += [f"{url} reached {host}" for host in recorder.hosts if _is_inside(host)]
        recorder.hosts.clear()
    return Tried(len(all_tricks), reached, untyped)


def _is_inside(host: str) -> bool:
    """Told by the lists above and by the system, not by the guard; only one address here lies outside."""
    return host != OUTSIDE
