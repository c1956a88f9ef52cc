import socket

import httpx
import pytest

from shopbridge.errors import NeedsAttention, RetryLater
from shopbridge.http import guard
from shopbridge.http.guard import PinnedTransport, Resolve, public_addresses

PUBLIC = "93.184.215.14"


def resolver(*addresses: str) -> Resolve:
    return lambda _host, _port: addresses


@pytest.mark.parametrize(
    "address",
    ["10.0.0.1", "127.0.0.1", "169.254.169.254", "192.168.1.4", "172.16.0.1", "0.0.0.0", "::1", "fd00::1",
     "fe80::1", "fe80::1%eth0", "fec0::1", "100.64.0.1", "192.0.0.8", "224.0.0.1", "3fff::1", "5f00::1",
     "::ffff:10.0.0.1", "::127.0.0.1", "2002:7f00:1::", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1"],
)  # fmt: skip
def test_an_address_that_is_not_public_is_refused_with_the_address_named(address: str) -> None:
    with pytest.raises(NeedsAttention, match="not public") as refused:
        public_addresses("shop.example", 443, allow_loopback=False, resolver=resolver(address))
    assert refused.value.fix


def test_one_private_address_among_public_ones_is_enough_to_refuse() -> None:
    with pytest.raises(NeedsAttention, match=r"10\.0\.0\.1"):
        public_addresses("shop.example", 443, allow_loopback=False, resolver=resolver(PUBLIC, "10.0.0.1"))


def test_the_sandbox_switch_opens_loopback_and_nothing_else() -> None:
    assert public_addresses("localhost", 80, allow_loopback=True, resolver=resolver("127.0.0.1")) == ["127.0.0.1"]
    with pytest.raises(NeedsAttention):
        public_addresses("inside", 80, allow_loopback=True, resolver=resolver("192.168.1.4"))


def test_the_connection_goes_to_the_checked_address_while_host_and_tls_keep_the_name() -> None:
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200)

    transport = PinnedTransport(httpx.MockTransport(answer), resolver=resolver(PUBLIC))
    with httpx.Client(transport=transport) as client:
        client.get("https://shop.example/api")
    assert seen[0].url.host == PUBLIC
    assert seen[0].headers["host"] == "shop.example"
    assert seen[0].extensions["sni_hostname"] == "shop.example"


def test_a_name_that_changes_its_address_after_the_check_cannot_lead_inside() -> None:
    answers = iter([(PUBLIC,), ("127.0.0.1",)])
    transport = PinnedTransport(
        httpx.MockTransport(lambda _: httpx.Response(200)), resolver=lambda _host, _port: next(answers)
    )
    with httpx.Client(transport=transport) as client:
        assert client.get("https://shop.example/").status_code == 200
        with pytest.raises(NeedsAttention):
            client.get("https://shop.example/")


def test_plain_http_is_refused_outside_the_sandbox() -> None:
    transport = PinnedTransport(httpx.MockTransport(lambda _: httpx.Response(200)), resolver=resolver(PUBLIC))
    with httpx.Client(transport=transport) as client, pytest.raises(NeedsAttention, match="https"):
        client.get("http://shop.example/")


@pytest.mark.parametrize(
    "address", ["2606:4700::1111", "64:ff9b::5db8:d70e", "2002:5db8:d70e::1", "::ffff:93.184.215.14"]
)
def test_public_addresses_of_the_sixth_version_are_let_through(address: str) -> None:
    transport = PinnedTransport(
        httpx.MockTransport(lambda request: httpx.Response(200, text=request.url.host)), resolver=resolver(address)
    )
    with httpx.Client(transport=transport) as client:
        assert client.get("https://shop.example/").text == address


@pytest.mark.parametrize(
    ("typed", "host"), [("straße.example", "xn--strae-oqa.example"), ("bücher.example", "xn--bcher-kva.example")]
)
def test_a_name_with_umlauts_is_looked_up_and_proved_as_it_is_sent(typed: str, host: str) -> None:
    looked_up: list[str] = []
    seen: list[httpx.Request] = []

    def look_up(name: str, _port: int) -> list[str]:
        looked_up.append(name)
        return [PUBLIC]

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200)

    with httpx.Client(transport=PinnedTransport(httpx.MockTransport(answer), resolver=look_up)) as client:
        client.get(f"https://{typed}/")
    assert [*looked_up, seen[0].extensions["sni_hostname"], seen[0].headers["host"]] == [host] * 3


def test_a_second_address_is_tried_when_the_first_takes_no_connection() -> None:
    tried: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        tried.append(request.url.host)
        if request.url.host == PUBLIC:
            raise httpx.ConnectTimeout("down")
        return httpx.Response(200)

    transport = PinnedTransport(httpx.MockTransport(answer), resolver=resolver(PUBLIC, "93.184.215.15"))
    with httpx.Client(transport=transport) as client:
        assert client.post("https://shop.example/").status_code == 200
    assert tried == [PUBLIC, "93.184.215.15"]


def test_a_call_that_may_have_arrived_goes_to_no_second_address() -> None:
    tried: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        tried.append(request.url.host)
        raise httpx.ReadTimeout("lost")

    transport = PinnedTransport(httpx.MockTransport(answer), resolver=resolver(PUBLIC, "93.184.215.15"))
    with httpx.Client(transport=transport) as client, pytest.raises(httpx.ReadTimeout):
        client.post("https://shop.example/")
    assert tried == [PUBLIC]


@pytest.mark.parametrize(
    ("error", "consequence"),
    [
        (socket.gaierror(socket.EAI_NONAME, "unknown"), NeedsAttention),
        (UnicodeError("label empty or too long"), NeedsAttention),
        (socket.gaierror(socket.EAI_AGAIN, "later"), RetryLater),
        (socket.gaierror(socket.EAI_FAIL, "broken"), RetryLater),
        (socket.gaierror(socket.EAI_SYSTEM, "too many open files"), RetryLater),
    ],
)
def test_only_a_name_without_an_address_stops_a_connection(
    monkeypatch: pytest.MonkeyPatch, error: Exception, consequence: type[Exception]
) -> None:
    def look_up(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    with pytest.raises(consequence):
        guard.resolve("shop.example", 443)
