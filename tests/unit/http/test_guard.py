import ipaddress
import socket

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopbridge.errors import NeedsAttention, Obstructed, RetryLater
from shopbridge.http import guard
from shopbridge.http.guard import PinnedTransport, Resolve, public_addresses

PUBLIC = "93.184.215.14"


def resolver(*addresses: str) -> Resolve:
    return lambda _host, _port: addresses


@pytest.mark.parametrize(
    "address",
    ["10.0.0.1", "127.0.0.1", "169.254.169.254", "192.168.1.4", "172.16.0.1", "0.0.0.0", "::1", "fd00::1",
     "fe80::1", "fe80::1%eth0", "fec0::1", "100.64.0.1", "192.0.0.8", "224.0.0.1", "3fff::1", "5f00::1",
     "::ffff:10.0.0.1", "::127.0.0.1", "2002:7f00:1::", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1",
     "::ffff:100.64.0.1", "::ffff:224.0.0.1", "::ffff:192.0.0.8", "::ffff:169.254.169.254", "64:ff9b::e000:1",
     "::93.184.215.14", "2002:5db8:d70e::1", "2001::1", "2001:2::1", "2001:10::1", "2001:db8::1", "ff02::1", "::",
     "100::1", "4000::1", "2606:4700::1111%eth0", "192.0.2.1", "198.51.100.7", "203.0.113.9", "198.18.0.1",
     "192.88.99.1", "239.255.255.250", "240.0.0.1", "255.255.255.255", "100.127.255.255"],
)  # fmt: skip
def test_an_address_that_is_not_public_is_refused_with_the_address_named(address: str) -> None:
    with pytest.raises(NeedsAttention, match="not public") as refused:
        public_addresses("shop.example", 443, allow_loopback=False, resolver=resolver(address))
    assert refused.value.fix


@given(st.ip_addresses(v=4) | st.ip_addresses(v=6))
def test_nothing_is_let_through_that_python_does_not_call_global_as_well(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> None:
    if guard._is_public(address):
        translated = any(address in block for block in guard._TRANSLATED)
        reached = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF) if translated else address
        assert reached.is_global
        assert not reached.is_multicast


@pytest.mark.parametrize(
    "host",
    ["127.1", "2130706433", "0x7f.1", "0177.0.0.1", "093.184.215.14", "shop.example.", ".example", "a..example",
     "shop%41.example", "-shop.example", "shop-.example", "x" * 64 + ".example", "x." * 127 + "example", "shop.1"],
)  # fmt: skip
def test_a_malformed_name_is_looked_up_nowhere(host: str) -> None:
    with pytest.raises(NeedsAttention, match="is no host name") as refused:
        guard._refuse_malformed(host)
    assert refused.value.fix


@pytest.mark.parametrize("host", ["127.1", "2130706433", "shop.example.", "a..example"])
def test_a_call_to_a_malformed_name_never_leaves(host: str) -> None:
    transport = PinnedTransport(httpx.MockTransport(lambda _: httpx.Response(200)), resolver=resolver(PUBLIC))
    with httpx.Client(transport=transport) as client, pytest.raises(NeedsAttention, match="is no host name"):
        client.get(f"https://{host}/")


@pytest.mark.parametrize(
    "host", ["shop.example", "SHOP.example", "my_shop.example", "xn--bcher-kva.example", "localhost", PUBLIC, "2606::1"]
)
def test_names_and_plain_addresses_are_well_formed(host: str) -> None:
    guard._refuse_malformed(host)


@pytest.mark.parametrize("port", [22, 25, 80, 3306, 5432, 6379, 8080, 9200])
def test_a_port_of_another_service_is_refused_before_anything_is_looked_up(port: int) -> None:
    transport = PinnedTransport(httpx.MockTransport(lambda _: httpx.Response(200)), resolver=resolver())
    with httpx.Client(transport=transport) as client, pytest.raises(NeedsAttention, match=f"port {port}") as refused:
        client.get(f"https://shop.example:{port}/")
    assert "443, 4443, 8443, 9443" in refused.value.fix


@pytest.mark.parametrize("url", ["https://shop.example:443/", "https://shop.example:8443/"])
def test_ports_of_https_are_called(url: str) -> None:
    transport = PinnedTransport(httpx.MockTransport(lambda _: httpx.Response(200)), resolver=resolver(PUBLIC))
    with httpx.Client(transport=transport) as client:
        assert client.get(url).status_code == 200


def test_the_sandbox_calls_any_port() -> None:
    transport = PinnedTransport(
        httpx.MockTransport(lambda _: httpx.Response(200)), allow_loopback=True, resolver=resolver("127.0.0.1")
    )
    with httpx.Client(transport=transport) as client:
        assert client.get("http://127.0.0.1:54321/").status_code == 200


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
    answers, now = iter([(PUBLIC,), ("127.0.0.1",)]), [0.0]
    called: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        called.append(request.url.host)
        return httpx.Response(200)

    transport = PinnedTransport(
        httpx.MockTransport(answer),
        resolver=lambda _host, _port: next(answers),
        clock=lambda: now[0],
    )
    with httpx.Client(transport=transport) as client:
        for now[0] in (0.0, guard.STANDS - 0.1):
            assert client.get("https://shop.example/").status_code == 200
        assert called == [PUBLIC, PUBLIC]
        now[0] = guard.STANDS
        with pytest.raises(NeedsAttention):
            client.get("https://shop.example/")
    assert called == [PUBLIC, PUBLIC]


def test_a_name_is_looked_up_once_in_some_seconds_and_a_port_of_it_anew() -> None:
    asked: list[tuple[str, int]] = []

    def look_up(host: str, port: int) -> list[str]:
        asked.append((host, port))
        return [PUBLIC]

    transport = PinnedTransport(httpx.MockTransport(lambda _: httpx.Response(200)), resolver=look_up, clock=lambda: 0.0)
    with httpx.Client(transport=transport) as client:
        for url in ("https://shop.example/a", "https://shop.example/b", "https://shop.example:8443/a"):
            assert client.get(url).status_code == 200
    assert asked == [("shop.example", 443), ("shop.example", 8443)]


def test_what_could_not_be_looked_up_is_asked_for_again() -> None:
    asked: list[str] = []

    def look_up(host: str, _port: int) -> list[str]:
        asked.append(host)
        if len(asked) == 1:
            raise RetryLater("The name service does not answer", after=30, where=host)
        return [PUBLIC]

    transport = PinnedTransport(httpx.MockTransport(lambda _: httpx.Response(200)), resolver=look_up, clock=lambda: 0.0)
    with httpx.Client(transport=transport) as client:
        with pytest.raises(RetryLater):
            client.get("https://shop.example/")
        assert client.get("https://shop.example/").status_code == 200


def test_addresses_of_few_names_are_kept() -> None:
    transport = PinnedTransport(
        httpx.MockTransport(lambda _: httpx.Response(200)), resolver=resolver(PUBLIC), clock=lambda: 0.0
    )
    with httpx.Client(transport=transport) as client:
        for number in range(guard.MOST_NAMES + 5):
            client.get(f"https://shop{number}.example/")
    assert len(transport._checked) == guard.MOST_NAMES


def test_plain_http_is_refused_outside_the_sandbox() -> None:
    transport = PinnedTransport(httpx.MockTransport(lambda _: httpx.Response(200)), resolver=resolver(PUBLIC))
    with httpx.Client(transport=transport) as client, pytest.raises(NeedsAttention, match="https"):
        client.get("http://shop.example/")


@pytest.mark.parametrize(
    "address", ["2606:4700::1111", "2a00:1450:4001::1", "64:ff9b::5db8:d70e", "::ffff:93.184.215.14"]
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
        (socket.gaierror(socket.EAI_NONAME, "unknown"), Obstructed),
        (UnicodeError("label empty or too long"), NeedsAttention),
        (socket.gaierror(socket.EAI_AGAIN, "later"), RetryLater),
        (socket.gaierror(socket.EAI_FAIL, "broken"), RetryLater),
        (socket.gaierror(socket.EAI_SYSTEM, "too many open files"), RetryLater),
    ],
)
def test_only_what_can_be_no_name_stops_a_connection_at_once(
    monkeypatch: pytest.MonkeyPatch, error: Exception, consequence: type[Exception]
) -> None:
    def look_up(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    with pytest.raises(consequence):
        guard.resolve("shop.example", 443)
