"""What every connector's contract tests stand on: the world around a connector, kept in memory."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from shopbridge.errors import RetryLater


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


class Deadline:
    """Always enough time."""

    def remaining(self) -> float:
        return 300.0
