"""What a connector's container has, kept in memory: secrets, tokens, a limiter, time, and the connector itself."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from shopbridge.connectors.parts import Part, RequiredParts
from shopbridge.connectors.spec import ConnectorSpec, World
from shopbridge.errors import RetryLater
from shopbridge.ports import Clock


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

    def take(self, bucket: str, calls: int, seconds: int = 60) -> None:
        self.taken.append(f"{bucket} {calls}")
        if bucket in self.paused:
            raise RetryLater(f"{calls} in {seconds} s, paused", after=self.paused[bucket])

    def pause(self, bucket: str, seconds: float) -> None:
        self.paused[bucket] = seconds


@dataclass
class Tokens:
    """Tokens that expire by the platform's clock."""

    clock: Clock
    kept: dict[str, tuple[str, datetime]] = field(default_factory=dict)

    def get(self, name: str) -> str | None:
        token, until = self.kept.get(name, ("", self.clock()))
        return token if token and self.clock() < until else None

    def put(self, name: str, token: str, lifetime: timedelta) -> None:
        self.kept[name] = (token, self.clock() + lifetime)

    def drop(self, name: str, token: str) -> None:
        if self.kept.get(name, ("",))[0] == token:
            del self.kept[name]

    def reserve(self, name: str) -> bool:
        return self.get(name) is None


class NoTokens:
    """For a platform that has no access tokens."""

    def get(self, name: str) -> str | None:
        raise AssertionError(f"nobody asks for the token {name}")

    def put(self, name: str, token: str, lifetime: timedelta) -> None:
        raise AssertionError(f"nobody keeps {token} as {name} for {lifetime}")

    def drop(self, name: str, token: str) -> None:
        raise AssertionError(f"nobody drops {token} as {name}")

    def reserve(self, name: str) -> bool:
        raise AssertionError(f"nobody fetches the token {name}")


def there(part: Part | None) -> Part:
    """A part that this connector has for certain."""
    assert part is not None
    return part


def parts_of(spec: ConnectorSpec, settings: Mapping[str, Any], world: World) -> RequiredParts:
    """A new connector, of which whatever a test asks for has to be there."""
    chosen = spec.settings.model_validate(settings)
    withheld = spec.withheld(chosen) if spec.withheld else {}
    return RequiredParts(spec.build(chosen, world), lambda capability: withheld[capability])


class Deadline:
    """Always enough time."""

    def remaining(self) -> float:
        return 300.0
