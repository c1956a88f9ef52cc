"""A clock that runs faster than the real one."""

import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta


@dataclass(frozen=True)
class FastClock:
    """The one clock of bridge and platforms: ``speed`` of its seconds pass in a real one.

    Limits, leases and back-off keep their real length by this clock, so nothing about them is left out; one only
    waits less.
    """

    speed: float
    began: datetime = field(default_factory=lambda: datetime.now(UTC))
    _real: float = field(default_factory=time.monotonic)

    def __call__(self) -> datetime:
        """The present moment, aware, in UTC."""
        return self.began + timedelta(seconds=(time.monotonic() - self._real) * self.speed)

    def sleep(self, seconds: float) -> None:
        """Let seconds of this clock pass."""
        time.sleep(seconds / self.speed)
