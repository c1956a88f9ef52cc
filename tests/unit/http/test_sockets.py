"""Whatever the other side does, an exchange ends at its moment: played against real sockets on the loopback."""

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

import httpcore
import httpx
import pytest

from shopbridge.errors import OutcomeUnknown, RetryLater, Unfinished
from shopbridge.http.answer import Call
from shopbridge.http.client import MARGIN, PlatformClient, Wiring
from shopbridge.http.guard import PoolPerName
from shopbridge.http.sockets import TimedTransport

MOMENT = 0.15
"""Seconds an exchange may take here."""
TICK = 0.01
"""Seconds between two pieces of what never ends."""
LATE = 5.0
"""Seconds after which a wait is taken to have no end; nothing waits for as long when all is well."""
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"

OF_THE_LIBRARY = [
    each
    for each in vars(httpcore).values()
    if isinstance(each, type)
    and not each.__subclasses__()
    and issubclass(getattr(httpx, each.__name__, object), httpx.TransportError)
]
"""Its errors that httpx has by the same name; those that only gather others are never raised."""

Play = Callable[[socket.socket], None]


def drip(first: bytes, again: bytes) -> Play:
    """Send ``first``, then ``again`` for as long as anybody would wait."""

    def play(connection: socket.socket) -> None:
        connection.sendall(first)
        for _ in range(int(2 * LATE / TICK)):
            connection.sendall(again)
            time.sleep(TICK)

    return play


def silence(connection: socket.socket) -> None:
    """Take everything, answer nothing."""
    while connection.recv(65_536):
        pass


def slow_taker(connection: socket.socket) -> None:
    """Take a little at a time, for ever."""
    while connection.recv(512):
        time.sleep(TICK)


@contextmanager
def platform(play: Play) -> Iterator[str]:
    """A server that plays this with each connection; its address."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        connections: list[socket.socket] = []
        threads: list[threading.Thread] = []

        def serve(connection: socket.socket) -> None:
            with connection, suppress(OSError):
                play(connection)

        def accept() -> None:
            with suppress(OSError):
                while True:
                    connections.append(server.accept()[0])
                    threads.append(threading.Thread(target=serve, args=(connections[-1],), daemon=True))
                    threads[-1].start()

        accepting = threading.Thread(target=accept, daemon=True)
        accepting.start()
        yield f"127.0.0.1:{server.getsockname()[1]}"
        for each in (server, *connections):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
    for thread in [accepting, *threads]:
        thread.join(LATE)
        assert not thread.is_alive()


@contextmanager
def library() -> Iterator[httpx.Client]:
    with httpx.Client(transport=TimedTransport(ssl.create_default_context()), trust_env=False, timeout=LATE) as client:
        yield client


def send(address: str, *, content: bytes = b"", scheme: str = "http") -> httpx.Response:
    with library() as client:
        return client.post(f"{scheme}://{address}/", content=content, extensions={"ends": time.monotonic() + MOMENT})


@pytest.mark.parametrize(
    ("play", "error"),
    [
        pytest.param(drip(HEAD + b"X-A: ", b"a"), httpx.ReadTimeout, id="the head drips"),
        pytest.param(drip(b"", b"HTTP/1.1 100 Continue\r\n\r\n"), httpx.ReadTimeout, id="endless 100 Continue"),
        pytest.param(drip(b"HTTP/1.1 103 Early Hints\r\n", b"Link: a\r\n"), httpx.ReadTimeout, id="endless hints"),
        pytest.param(drip(HEAD + b"Content-Length: 9999\r\n\r\n", b" "), httpx.ReadTimeout, id="the body drips"),
        pytest.param(
            drip(HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n"), httpx.ReadTimeout, id="endless chunks"
        ),
        pytest.param(
            drip(HEAD + b"Transfer-Encoding: chunked\r\n\r\n1;", b"a"), httpx.ReadTimeout, id="a chunk's head drips"
        ),
        pytest.param(silence, httpx.ReadTimeout, id="no answer"),
    ],
)
def test_an_answer_that_never_ends_ends_at_its_moment(play: Play, error: type[Exception]) -> None:
    with platform(play) as address:
        began = time.monotonic()
        with pytest.raises(error):
            send(address)
        assert MOMENT <= time.monotonic() - began < LATE


@pytest.mark.parametrize("name", sorted(each.__name__ for each in OF_THE_LIBRARY))
def test_an_error_of_the_library_becomes_the_error_of_that_name(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_given: object) -> None:
        raise getattr(httpcore, name)("broken off")

    monkeypatch.setattr(httpcore.ConnectionPool, "handle_request", fail)
    with pytest.raises(getattr(httpx, name), match="broken off"):
        send("127.0.0.1:9")


def test_so_does_a_receiver_that_takes_a_little_at_a_time() -> None:
    with platform(slow_taker) as address:
        began = time.monotonic()
        with pytest.raises(httpx.WriteTimeout):
            send(address, content=b"0" * 8_000_000)
        assert MOMENT <= time.monotonic() - began < LATE


@pytest.mark.parametrize("play", [silence, drip(b"\x16\x03\x03\x40\x00", b"\x02")], ids=["silent", "drips"])
def test_so_does_a_greeting_of_tls(play: Play) -> None:
    with platform(play) as address:
        began = time.monotonic()
        with pytest.raises(httpx.ConnectTimeout):
            send(address, scheme="https")
        assert MOMENT <= time.monotonic() - began < LATE


@dataclass
class Moments:
    """A clock that the test sets."""

    now: float = 0.0

    def __call__(self) -> float:
        return self.now


def answer_once(connection: socket.socket) -> None:
    while connection.recv(65_536):
        connection.sendall(HEAD + b"Content-Length: 2\r\n\r\n{}")


def test_nothing_is_sent_once_the_moment_has_come_and_a_connection_is_used_again() -> None:
    clock = Moments()
    transport = TimedTransport(ssl.create_default_context(), clock)
    with platform(answer_once) as address, httpx.Client(transport=transport, trust_env=False) as client:
        for moment in (0.0, 7.0):
            clock.now = moment
            assert client.get(f"http://{address}/", extensions={"ends": moment + 1}).json() == {}
        assert len(transport._pool.connections) == 1
        with pytest.raises(httpx.WriteTimeout):
            client.get(f"http://{address}/", extensions={"ends": clock.now})
        with pytest.raises(httpx.ConnectTimeout):
            client.get(f"http://{address}/", extensions={"ends": clock.now - 1})


def test_a_call_without_a_moment_has_the_time_outs_of_the_library() -> None:
    with platform(silence) as address, library() as client, pytest.raises(httpx.ReadTimeout):
        client.get(f"http://{address}/", timeout=MOMENT)


class Left:
    """So much time is left."""

    def remaining(self) -> float:
        return MARGIN + 0.24


class Unlimited:
    def take(self, bucket: str, calls: int, seconds: int) -> None:
        del bucket, calls, seconds

    def pause(self, bucket: str, seconds: float) -> None:
        del bucket, seconds


@pytest.mark.parametrize(
    ("call", "error"), [(Call("GET", "/"), Unfinished), (Call("POST", "/", repeatable=False), OutcomeUnknown)]
)
def test_a_platform_that_drips_costs_what_is_left_of_the_invocation_at_most(
    call: Call, error: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shopbridge.http.client.CREATION", 0.01)
    with platform(drip(HEAD + b"X-A: ", b"a")) as address, httpx.Client(transport=PoolPerName()) as http:
        client = PlatformClient("Shop", f"http://{address}", httpx.Auth(), Wiring(http, Unlimited(), Left()))
        began = time.monotonic()
        with pytest.raises(error):
            client.send(call)
        assert time.monotonic() - began < LATE


def test_a_connection_that_is_refused_was_never_made() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"127.0.0.1:{server.getsockname()[1]}"
    with httpx.Client(transport=PoolPerName()) as http:
        client = PlatformClient("Shop", f"http://{address}", httpx.Auth(), Wiring(http, Unlimited(), Left()))
        with pytest.raises(RetryLater, match="cannot be reached"):
            client.send(Call("GET", "/"))
