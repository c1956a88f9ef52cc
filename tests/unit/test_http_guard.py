import httpx
import pytest

from shopbridge.errors import NeedsAttention
from shopbridge.http.guard import PinnedTransport, Resolve, public_address

PUBLIC = "93.184.215.14"


def resolver(*addresses: str) -> Resolve:
    return lambda _host, _port: addresses


@pytest.mark.parametrize(
    "address",
    ["10.0.0.1", "127.0.0.1", "169.254.169.254", "192.168.1.4", "172.16.0.1", "0.0.0.0", "::1", "fd00::1",
     "fe80::1", "100.64.0.1", "::ffff:10.0.0.1", "224.0.0.1"],
)  # fmt: skip
def test_an_address_that_is_not_public_is_refused_with_the_address_named(address: str) -> None:
    with pytest.raises(NeedsAttention, match="not public") as refused:
        public_address("shop.example", 443, allow_loopback=False, resolver=resolver(address))
    assert refused.value.fix


def test_one_private_address_among_public_ones_is_enough_to_refuse() -> None:
    with pytest.raises(NeedsAttention, match=r"10\.0\.0\.1"):
        public_address("shop.example", 443, allow_loopback=False, resolver=resolver(PUBLIC, "10.0.0.1"))


def test_the_sandbox_switch_opens_loopback_and_nothing_else() -> None:
    assert public_address("localhost", 80, allow_loopback=True, resolver=resolver("127.0.0.1")) == "127.0.0.1"
    with pytest.raises(NeedsAttention):
        public_address("inside", 80, allow_loopback=True, resolver=resolver("192.168.1.4"))


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
