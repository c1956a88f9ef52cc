"""Connections are kept apart by name, and no answer is endless."""

import time
from collections.abc import Iterator

import httpx
import pytest

from shopbridge.http import pools
from shopbridge.http.guard import PinnedTransport
from shopbridge.http.pools import MOST_NAMES, BoundedStream, PoolPerName, open_pool

ADDRESS = "93.184.215.14"


class Pool(httpx.BaseTransport):
    """Answers, and notes which names came by and whether it was closed."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self.closed = False

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.names.append(request.extensions["sni_hostname"])
        return httpx.Response(200, stream=httpx.ByteStream(b"{}"))

    def close(self) -> None:
        self.closed = True


class Opened:
    """Opens pools and keeps them."""

    def __init__(self) -> None:
        self.pools: list[Pool] = []

    def __call__(self) -> Pool:
        self.pools.append(Pool())
        return self.pools[-1]


class Pieces(httpx.SyncByteStream):
    def __init__(self, *pieces: bytes) -> None:
        self.pieces = pieces
        self.closed = False

    def __iter__(self) -> Iterator[bytes]:
        yield from self.pieces

    def close(self) -> None:
        self.closed = True


def test_two_shops_behind_one_address_share_no_connection() -> None:
    opened = Opened()
    transport = PinnedTransport(PoolPerName(opened), resolver=lambda _host, _port: [ADDRESS])
    with httpx.Client(transport=transport) as client:
        for host in ("a.example", "b.example", "a.example"):
            client.get(f"https://{host}/")
    assert [pool.names for pool in opened.pools] == [["a.example", "a.example"], ["b.example"]]
    assert all(pool.closed for pool in opened.pools)


def test_the_name_that_was_not_called_for_longest_gives_way() -> None:
    opened = Opened()
    with httpx.Client(transport=PoolPerName(opened)) as client:
        for number in [*range(MOST_NAMES), 0, MOST_NAMES]:
            client.get(f"https://{number}.example/", extensions={"sni_hostname": f"{number}.example"})
        assert [pool.names[0] for pool in opened.pools if pool.closed] == ["1.example"]


def test_an_answer_that_is_too_large_is_cut_off() -> None:
    with pytest.raises(httpx.ReadError, match="larger than 5 bytes"):
        list(BoundedStream(Pieces(b"123", b"456"), most=5, seconds=None))
    assert list(BoundedStream(Pieces(b"123", b"45"), most=5, seconds=None)) == [b"123", b"45"]


def test_a_packed_answer_is_cut_off_sooner(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pools, "LARGEST_ANSWER", 80)
    replies = {"/plain": {}, "/packed": {"content-encoding": "x"}}

    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, headers=replies[request.url.path], stream=httpx.ByteStream(b"0" * 11))

    with httpx.Client(transport=PoolPerName(lambda: httpx.MockTransport(answer))) as client:
        assert client.get("https://shop.example/plain").text == "0" * 11
        with pytest.raises(httpx.ReadError):
            client.get("https://shop.example/packed")


def test_an_answer_that_dribbles_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    moments = iter([0.0, 0.9, 1.8])
    monkeypatch.setattr(time, "monotonic", lambda: next(moments))
    inner = Pieces(b"1", b"2", b"3")
    stream = BoundedStream(inner, most=100, seconds=1)
    with pytest.raises(httpx.ReadTimeout):
        list(stream)
    stream.close()
    assert inner.closed


def test_the_time_an_answer_may_take_is_that_of_its_call(monkeypatch: pytest.MonkeyPatch) -> None:
    with httpx.Client(transport=PoolPerName(Opened())) as client:
        for seconds in (8, 6):
            moments = iter([0.0, 7.0])
            monkeypatch.setattr(time, "monotonic", lambda moments=moments: next(moments))
            call = client.build_request(
                "GET", "https://shop.example/", timeout=seconds, extensions={"sni_hostname": "shop.example"}
            )
            if seconds > 7:
                assert client.send(call).json() == {}
            else:
                with pytest.raises(httpx.ReadTimeout):
                    client.send(call)


def test_no_proxy_of_the_environment_stands_between_us_and_the_checked_address(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    tried: list[str] = []

    def refuse(_: httpx.HTTPTransport, request: httpx.Request) -> httpx.Response:
        tried.append(request.url.host)
        raise httpx.ConnectError("far enough")

    monkeypatch.setattr(httpx.HTTPTransport, "handle_request", refuse)
    transport = PinnedTransport(PoolPerName(open_pool), resolver=lambda _host, _port: [ADDRESS])
    with httpx.Client(transport=transport, trust_env=False) as client, pytest.raises(httpx.ConnectError):
        client.get("https://shop.example/")
    assert tried == [ADDRESS]
