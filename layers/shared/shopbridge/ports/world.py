"""The world around a connector: time, limits, tokens."""

from datetime import datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Where time comes from."""

    def __call__(self) -> datetime:
        """The present moment, aware, in UTC."""


class Deadline(Protocol):
    """How long this invocation may still work."""

    def remaining(self) -> float:
        """Seconds until work must have stopped."""


class Limiter(Protocol):
    """Keeps all containers together within a platform's limits."""

    def take(self, bucket: str, per_minute: int) -> None:
        """Wait for the right to make one call; raises RetryLater when the wait would be long."""

    def pause(self, bucket: str, seconds: float) -> None:
        """The platform itself said stop: nobody calls before."""


class TokenStore(Protocol):
    """Access tokens shared by all containers."""

    def get(self, name: str) -> str | None:
        """A token that is still valid, or None."""

    def put(self, name: str, token: str, lifetime: timedelta) -> None:
        """Keep a token for ``lifetime``."""

    def drop(self, name: str, token: str) -> None:
        """Forget ``token`` (unless it was replaced already)."""
