"""Three requests a second for each application (platform file, "Request limits").

How the second is measured is not known: here it slides, which is the stricter of the two, or is the clock's.
"""

from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sandbox.platforms.kit import Windows


@dataclass
class Limits:
    """What each application has used up.

    Args:
        sliding: No second anywhere holds more than ``per_second`` calls.
    """

    clock: Callable[[], datetime]
    per_second: int = 3
    sliding: bool = True
    refused: int = 0
    _taken: defaultdict[str, deque[datetime]] = field(default_factory=lambda: defaultdict(deque))
    _windows: Windows | None = None

    def take(self, application: str) -> bool:
        """Count one call; False when there were too many, and then it is not counted."""
        taken = self._slide(application) if self.sliding else self._fixed(application)
        self.refused += not taken
        return taken

    def _slide(self, application: str) -> bool:
        now, calls = self.clock(), self._taken[application]
        while calls and calls[0] <= now - timedelta(seconds=1):
            calls.popleft()
        if len(calls) >= self.per_second:
            return False
        calls.append(now)
        return True

    def _fixed(self, application: str) -> bool:
        self._windows = self._windows or Windows(self.clock, seconds=1)
        return self._windows.take(application, self.per_second)
