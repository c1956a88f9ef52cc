"""What every connector's contract tests stand on: the world around a connector, kept in memory."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import httpx

from shopbridge.connectors.parts import RequiredParts
from shopbridge.connectors.spec import ConnectorSpec, World
from shopbridge.errors import RetryLater

BOMB = "@bomb@"


@dataclass
class Secrets:
    """Credentials as cached; ``fresh`` is what another look would find."""

    values: Mapping[str, str]
    fresh: Mapping[str, str] | None = None

    def current(self) -> Mapping[str, str]:
        return self.values

    def renew(self) -> bool:
        if self.fresh is None or self.fresh == self.values:
            return False
        self.values = self.fresh
        return True


@dataclass
class Limiter:
    """Notes what is taken and keeps pauses."""

    taken: list[str] = field(default_factory=list)
    paused: dict[str, float] = field(default_factory=dict)

    def take(self, bucket: str, per_minute: int) -> None:
        self.taken.append(f"{bucket} {per_minute}")
        if bucket in self.paused:
            raise RetryLater(f"{per_minute} a minute, paused", after=self.paused[bucket])

    def pause(self, bucket: str, seconds: float) -> None:
        self.paused[bucket] = seconds


class NoTokens:
    """For a platform that has no access tokens."""

    def get(self, name: str) -> str | None:
        raise AssertionError(f"nobody asks for the token {name}")

    def put(self, name: str, token: str, lifetime: timedelta) -> None:
        raise AssertionError(f"nobody keeps {token} as {name} for {lifetime}")

    def drop(self, name: str, token: str) -> None:
        raise AssertionError(f"nobody drops {token} as {name}")


def parts_of(spec: ConnectorSpec, settings: Mapping[str, Any], world: World) -> RequiredParts:
    """A new connector, of which whatever a test asks for has to be there."""
    chosen = spec.settings.model_validate(settings)
    withheld = spec.withheld(chosen) if spec.withheld else {}
    return RequiredParts(spec.build(chosen, world), lambda capability: withheld[capability])


class Deadline:
    """Always enough time."""

    def remaining(self) -> float:
        return 300.0


def unchanged(inner: httpx.BaseTransport) -> httpx.BaseTransport:
    """Nothing between connector and platform."""
    return inner


@dataclass
class Changing(httpx.BaseTransport):
    """Changes every JSON answer on its way; ``BOMB`` becomes a number of half a megabyte."""

    inner: httpx.BaseTransport
    change: Callable[[Any], None]

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        response = self.inner.handle_request(request)
        response.read()
        if "json" not in response.headers.get("content-type", ""):
            return response
        body = json.loads(response.content)
        self.change(body)
        text = json.dumps(body).replace(f'"{BOMB}"', "9" * 500_000)
        kept = {name: given for name, given in response.headers.items() if name != "content-length"}
        return httpx.Response(response.status_code, headers=kept, content=text)


@dataclass
class Instead(httpx.BaseTransport):
    """Gives an answer of its own to the calls that are meant."""

    inner: httpx.BaseTransport
    answer: Callable[[httpx.Request], httpx.Response | None]

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return self.answer(request) or self.inner.handle_request(request)


def rows_with(body: Any, name: str) -> Iterator[dict[str, Any]]:
    """Every object that has this field, from outside to inside."""
    if isinstance(body, dict):
        if name in body:
            yield body
        for each in body.values():
            yield from rows_with(each, name)
    elif isinstance(body, list):
        for each in body:
            yield from rows_with(each, name)
