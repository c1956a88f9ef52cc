"""A document's file: read from the platform's own hosts, without credentials, as a PDF of a bearable size."""

import httpx
import pytest

from shopbridge.connectors.kit import documents
from shopbridge.connectors.kit.documents import read_pdf
from shopbridge.errors import Held, RetryLater
from shopbridge.http.auth import HeaderAuth
from shopbridge.http.client import Limit, PlatformClient, Wiring
from shopbridge.http.guard import PinnedTransport, PoolPerName
from tests.containers import Deadline, Limiter, Secrets

PDF = b"%PDF-1.7 the file"
AT = "https://print.office.example/doc/s3cret?id=7"
CREDENTIALS = HeaderAuth(Secrets({"user": "u"}), lambda _: {"Authorization": "Basic dTpw"})


class Internet:
    """Answers every host; what was asked is kept."""

    def __init__(self, answer: httpx.Response, address: str = "93.184.215.14") -> None:
        self._answer = answer
        self.asked: list[httpx.Request] = []
        inner = PoolPerName(lambda: httpx.MockTransport(self._reply))
        self.limiter = Limiter()
        guarded = PinnedTransport(inner, resolver=lambda _host, _port: [address])
        wiring = Wiring(httpx.Client(transport=guarded), self.limiter, Deadline(), sleep=lambda _: None)
        self.client = PlatformClient(
            "Office", "https://api.office.example/company", CREDENTIALS, wiring, limits=lambda _: [Limit("calls", 1, 1)]
        )

    def _reply(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        return self._answer

    def read(self, url: str = AT) -> bytes:
        return read_pdf(self.client, url, lambda host: host.endswith("office.example"), "Ask the office.")


def test_a_file_is_read_without_credentials_by_its_whole_address() -> None:
    at = Internet(httpx.Response(200, content=PDF))
    assert at.read() == PDF
    (request,) = at.asked
    assert (request.headers["host"], request.url.raw_path) == ("print.office.example", b"/doc/s3cret?id=7")
    assert "authorization" not in request.headers


@pytest.mark.parametrize(
    "url",
    [
        "",
        "/doc/s3cret",
        "http://print.office.example/doc",
        "file:///etc/passwd",
        "https://office.example@evil.example/doc",
        "https://evil.example\\@office.example/doc",
        "https://office.example%2f.evil.example/doc",
        "https://[::1]/doc",
        "https://ofﬁce.example/doc",
        "https://print.office.example/a b",
    ],
)
def test_what_is_no_plain_address_is_not_called(url: str) -> None:
    at = Internet(httpx.Response(200, content=PDF))
    with pytest.raises(Held) as caught:
        at.read(url)
    assert (caught.value.code, at.asked) == ("no_document_file", [])


def test_another_host_is_not_called_but_named_with_what_to_do() -> None:
    at = Internet(httpx.Response(200, content=PDF))
    with pytest.raises(Held) as caught:
        at.read("https://office.example.evil.example/doc/s3cret")
    assert ("office.example.evil.example" in caught.value.what, caught.value.fix) == (True, "Ask the office.")
    assert at.asked == []


@pytest.mark.parametrize("address", ["127.0.0.1", "10.0.0.7", "169.254.169.254", "::1"])
def test_a_host_inside_a_network_is_not_called_and_stops_no_connection(address: str) -> None:
    at = Internet(httpx.Response(200, content=PDF), address)
    with pytest.raises(Held, match="must not be called"):
        at.read()
    assert at.asked == []


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(200, content=b"<html>Log in</html>"),
        httpx.Response(200, content=b""),
        httpx.Response(302, headers={"location": "http://169.254.169.254/"}),
        httpx.Response(404),
        httpx.Response(403, content=b"<html></html>"),
    ],
)
def test_what_is_no_file_is_a_person_s_and_no_redirect_is_followed(answer: httpx.Response) -> None:
    at = Internet(answer)
    with pytest.raises(Held) as caught:
        at.read()
    assert (caught.value.code, len(at.asked)) == ("no_document_file", 1)
    assert "s3cret" not in str(caught.value)


def sent(size: int) -> httpx.Response:
    """An answer of this size that comes from afar, not read yet."""
    return httpx.Response(200, stream=httpx.ByteStream(PDF.ljust(size)))


def test_a_file_that_is_too_large_is_a_person_s(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents, "LARGEST_FILE", 1000)
    assert Internet(sent(1000)).read()
    with pytest.raises(Held, match="more than 1000 bytes"):
        Internet(sent(1001)).read()


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504, 408])
def test_what_passes_is_read_later_and_the_platform_s_limits_count(status: int) -> None:
    at = Internet(httpx.Response(status))
    with pytest.raises(RetryLater) as caught:
        at.read()
    assert "s3cret" not in str(caught.value)
    assert ("calls" in at.limiter.paused) == (status == 429)
