"""Connections are kept apart by name, and no answer is endless."""

import httpx
import pytest

from shopbridge.http.bodies import TooLarge
from shopbridge.http.guard import MOST_NAMES, PinnedTransport, PoolPerName, open_pool
from shopbridge.http.sockets import TimedTransport

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


def test_an_answer_is_as_large_as_its_call_says() -> None:
    def answer(_: httpx.Request) -> httpx.Response:
        return httpx.Response(200, stream=httpx.ByteStream(b"0" * 11))

    with httpx.Client(transport=PoolPerName(lambda: httpx.MockTransport(answer))) as client:
        assert client.get("https://shop.example/").text == "0" * 11
        with pytest.raises(TooLarge, match="larger than 10 bytes"):
            client.get("https://shop.example/", extensions={"largest": 10})


def test_no_proxy_of_the_environment_stands_between_us_and_the_checked_address(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    tried: list[str] = []

    def refuse(_: TimedTransport, request: httpx.Request) -> httpx.Response:
        tried.append(request.url.host)
        raise httpx.ConnectError("far enough")

    monkeypatch.setattr(TimedTransport, "handle_request", refuse)
    transport = PinnedTransport(PoolPerName(open_pool), resolver=lambda _host, _port: [ADDRESS])
    with httpx.Client(transport=transport, trust_env=False) as client, pytest.raises(httpx.ConnectError):
        client.get("https://shop.example/")
    assert tried == [ADDRESS]
