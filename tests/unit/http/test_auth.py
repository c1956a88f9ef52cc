"""Credentials on the wire."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from shopbridge.errors import RetryLater
from shopbridge.http.answer import Answer, Call
from shopbridge.http.auth import BearerAuth, Login, SignedAuth, TokenGrant, answer_of
from tests.containers import Tokens


@dataclass
class Store:
    """Secrets as a container reads them: each look gives the next, None is a store that does not answer."""

    looks: list[Mapping[str, str] | None]
    renewed: bool = False

    def current(self) -> Mapping[str, str]:
        found = self.looks.pop(0)
        if found is None:
            raise RetryLater("AWS is busy", after=5)
        return found

    def renew(self) -> bool:
        return self.renewed


@dataclass
class Checked:
    with_keys: list[str] = field(default_factory=list)

    def __call__(
        self, secrets: Mapping[str, str], method: str, target: str, headers: Mapping[str, str], body: bytes
    ) -> None:
        assert (method, target, headers["x-hash"], body) == ("POST", "/orders/?a=%C3%BC", "signed", b"{}")
        self.with_keys.append(secrets["key"])


def sign(secrets: Mapping[str, str], method: str, target: str, body: bytes) -> Mapping[str, str]:
    assert (method, target, body) == ("POST", "/orders/?a=%C3%BC", b"{}")
    return {"x-key": secrets["key"]}


def post(store: Store, check: Checked, *statuses: int) -> list[str]:
    """Create something; the keys that the calls were signed with."""
    keys: list[str] = []
    left = iter(statuses)

    def answer(request: httpx.Request) -> httpx.Response:
        keys.append(request.headers["x-key"])
        return httpx.Response(next(left), headers={"x-hash": "signed"}, content=b"{}")

    with httpx.Client(transport=httpx.MockTransport(answer)) as client:
        client.post("https://shop.example/orders/?a=ü", content=b"{}", auth=SignedAuth(store, sign, check))
    return keys


def test_a_creation_that_went_through_does_not_fail_for_want_of_its_secrets() -> None:
    check = Checked()
    assert post(Store([{"key": "old"}, None]), check, 201) == ["old"]
    assert check.with_keys == ["old"]


def test_an_answer_is_checked_with_the_secrets_of_its_own_call() -> None:
    check = Checked()
    assert post(Store([{"key": "old"}, {"key": "new"}], renewed=True), check, 401, 201) == ["old", "new"]
    assert check.with_keys == ["new"]


def test_secrets_that_cannot_be_read_keep_the_call_from_leaving() -> None:
    with pytest.raises(RetryLater):
        post(Store([None]), Checked(), 201)


NOW = datetime(2030, 1, 15, tzinfo=UTC)
EXPIRED = b"<Error>token</Error>"


def logged_in(tokens: Tokens, *answers: httpx.Response) -> list[httpx.Request]:
    """Read something with tokens of a platform that takes XML and says 400 to an old token; the calls made."""
    made: list[httpx.Request] = []
    left = iter(answers)

    def answer(request: httpx.Request) -> httpx.Response:
        made.append(httpx.Request(request.method, request.url, headers=request.headers, content=request.content))
        return next(left)

    def read(found: Answer) -> tuple[str, timedelta]:
        return found.body.decode(), timedelta(hours=2)

    def request(secrets: Mapping[str, str]) -> Call:
        return Call("POST", "/login", content=secrets["key"].encode(), headers={"Content-Type": "text/xml"})

    grant = TokenGrant(request, read, alone=True, refuses=lambda status, body: (status, body) == (400, EXPIRED))
    auth = BearerAuth("unas", "https://shop.example", grant, tokens, Store([{"key": "k"}] * 2))
    with httpx.Client(transport=httpx.MockTransport(answer)) as client:
        client.post("https://shop.example/orders", auth=auth)
    return made


def test_a_platforms_own_way_to_refuse_a_token_leads_to_one_more_login() -> None:
    tokens = Tokens(lambda: NOW)
    tokens.put("unas", "old", timedelta(hours=1))
    made = logged_in(
        tokens, httpx.Response(400, content=EXPIRED), httpx.Response(200, content=b"new"), httpx.Response(200)
    )
    assert [each.url.path for each in made] == ["/orders", "/login", "/orders"]
    assert (made[1].content, made[1].headers["content-type"]) == (b"k", "text/xml")
    assert [made[0].headers["authorization"], made[2].headers["authorization"]] == ["Bearer old", "Bearer new"]


def test_a_token_that_belongs_into_the_body_is_put_there_anew_after_a_login() -> None:
    tokens, made = Tokens(lambda: NOW), list[httpx.Request]()
    tokens.put("cartum", "old", timedelta(minutes=9))
    left = iter((401, 200, 200))

    def answer(request: httpx.Request) -> httpx.Response:
        made.append(request)
        return httpx.Response(next(left), content=b"new")

    grant = TokenGrant(
        lambda _: Call("POST", "/auth", json={"login": "l"}),
        lambda found: (found.body.decode(), timedelta(minutes=10)),
        put=lambda body, token: body + token.encode(),
    )
    auth = BearerAuth("cartum", "https://shop.example", grant, tokens, Store([{}] * 2))
    with httpx.Client(transport=httpx.MockTransport(answer)) as client:
        client.post("https://shop.example/orders", content=b"orders,", headers={"X-A": "b"}, auth=auth)
    assert [each.content for each in made] == [b"orders,old", b'{"login":"l"}', b"orders,new"]
    assert [each.headers["content-length"] for each in made] == ["10", "13", "10"]
    assert {each.headers.get("x-a") for each in (made[0], made[2])} == {"b"}
    assert "authorization" not in made[0].headers


def test_nobody_logs_in_while_another_worker_does() -> None:
    class Taken(Tokens):
        def reserve(self, name: str) -> bool:
            return name != "unas"

    with pytest.raises(RetryLater, match="Another worker is logging in"):
        logged_in(Taken(lambda: NOW))


def log_in(tokens: Tokens, secrets: Store, *statuses: int) -> list[Call]:
    """Log in, though there may be a token; the calls of it."""
    made, left = list[Call](), iter(statuses)

    def send(call: Call) -> Answer:
        made.append(call)
        return answer_of("unas", call, httpx.Response(next(left), content=call.content))

    grant = TokenGrant(
        lambda values: Call("POST", "/login", content=values["key"].encode()),
        lambda found: (f"token of {found.body.decode()}", timedelta(hours=2)),
        alone=True,
    )
    Login("unas", grant, tokens, secrets).now(send)
    return made


def test_a_login_of_now_takes_the_place_of_the_token_that_there_is() -> None:
    tokens = Tokens(lambda: NOW)
    tokens.put("unas", "old", timedelta(hours=1))
    assert len(log_in(tokens, Store([{"key": "k"}]), 200)) == 1
    assert tokens.get("unas") == "token of k"


def test_a_login_of_now_is_tried_once_more_with_a_key_that_was_changed_meanwhile() -> None:
    tokens = Tokens(lambda: NOW)
    made = log_in(tokens, Store([{"key": "old"}, {"key": "new"}], renewed=True), 401, 200)
    assert [each.content for each in made] == [b"old", b"new"]
    assert tokens.get("unas") == "token of new"


def test_nobody_logs_in_now_while_another_worker_does() -> None:
    class Taken(Tokens):
        def reserve(self, name: str) -> bool:
            return name != "unas"

    with pytest.raises(RetryLater, match="Another worker is logging in"):
        log_in(Taken(lambda: NOW), Store([{"key": "k"}]))
