"""One request and its answer: no cookie, no redirect, nothing left open."""

from collections.abc import Generator, Iterator

import httpx
import pytest

from shopbridge.http.exchange import Exchange

URL = "https://shop.example/api"
NO_AUTH = httpx.Auth()


class Twice(httpx.Auth):
    """Shows its ticket once more where it is turned down."""

    requires_response_body = True

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        request.headers["ticket"] = "old"
        response = yield request
        if response.content == b"refused":
            request.headers["ticket"] = "new"
            yield request


class BreaksOff(httpx.SyncByteStream):
    """A body that ends in the middle."""

    closed = False

    def __iter__(self) -> Iterator[bytes]:
        yield b"{"
        raise httpx.ReadError("cut off")

    def close(self) -> None:
        self.closed = True


def test_a_cookie_of_one_answer_is_not_sent_with_the_next_call() -> None:
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, headers={"Set-Cookie": "session=of-another-merchant"})

    exchange = Exchange(httpx.MockTransport(answer))
    for _ in range(2):
        exchange.send(httpx.Request("GET", URL), auth=NO_AUTH)
    assert ["cookie" in request.headers for request in seen] == [False, False]


def test_a_redirect_is_an_answer() -> None:
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(302, headers={"Location": "https://inside.example/"})

    assert Exchange(httpx.MockTransport(answer)).send(httpx.Request("GET", URL), auth=NO_AUTH).status_code == 302
    assert len(seen) == 1


def test_credentials_that_are_refused_are_shown_once_more() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, content=b"refused" if request.headers["ticket"] == "old" else b"welcome")

    answered = Exchange(httpx.MockTransport(answer)).send(httpx.Request("GET", URL), auth=Twice())
    assert answered.content == b"welcome"


def test_an_answer_that_breaks_off_is_closed() -> None:
    body = BreaksOff()
    exchange = Exchange(httpx.MockTransport(lambda _: httpx.Response(200, stream=body)))
    with pytest.raises(httpx.ReadError):
        exchange.send(httpx.Request("GET", URL), auth=NO_AUTH)
    assert body.closed
