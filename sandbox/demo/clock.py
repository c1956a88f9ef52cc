"""A clock that runs faster than the real one."""

import time
from dataclasses import dataclass, field
from datetime import UTC, datetime


@dataclass(frozen=True)
class FastClock:
    """The one clock of bridge and platforms: ``speed`` of its seconds pass in a real one.

    Limits, leases and back-off keep their real length by this clock, so nothing about them is left out; one only
    waits less.

    Args:
        began: When it told the real time, in seconds since 1970.
    """

    speed: float
    began: float = field(default_factory=time.time)
    _steady: float = field(default_factory=lambda: time.time() - time.monotonic())

    def __call__(self) -> datetime:
        """The present moment, aware, in UTC."""
        passed = time.monotonic() + self._steady - self.began
        return datetime.fromtimestamp(self.began + passed * self.speed, UTC)

    def sleep(self, seconds: float) -> None:
        """Let seconds of this clock pass."""
        time.sleep(seconds / self.speed)
