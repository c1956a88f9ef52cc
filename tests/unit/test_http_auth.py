"""Credentials on the wire."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import httpx
import pytest

from shopbridge.errors import RetryLater
from shopbridge.http.auth import SignedAuth


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
