"""The shop's calls of an hour; neither the size nor the scope is published (platform file, "Limits and errors")."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from math import ceil, floor

HOUR = 3600


@dataclass
class Quota:
    """Counts calls by the full hour of the clock.

    Args:
        per_hour: Calls an hour.
        speed: How many platform hours pass in one of the clock's; the demo shortens waiting this way.
    """

    clock: Callable[[], datetime]
    per_hour: int
    speed: float = 1
    used: int = 0
    refused: int = 0
    _hour: int = -1

    def take(self) -> int:
        """Count one call: 0, or after how many seconds of the clock there are calls again."""
        passed = self.clock().timestamp() * self.speed
        if floor(passed / HOUR) != self._hour:
            self._hour, self.used = floor(passed / HOUR), 0
        if self.used >= self.per_hour:
            self.refused += 1
            return max(1, ceil(((self._hour + 1) * HOUR - passed) / self.speed))
        self.used += 1
        return 0

    def use_up(self) -> None:
        """Let others use all calls of this hour."""
        self.take()
        self.used = self.per_hour
