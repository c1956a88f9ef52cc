"""EventBridge Scheduler on a clock of its own."""

import threading
from collections.abc import Iterable
from dataclasses import dataclass, field

from sandbox.aws.template import Schedule


@dataclass
class Scheduler:
    """Knows which schedules are due as its minutes pass; it starts at minute 0."""

    schedules: Iterable[Schedule]
    minute: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def due_within(self, minutes: int) -> list[Schedule]:
        """Let ``minutes`` pass: the schedules that fall due meanwhile, in their order."""
        with self._lock:
            passed = range(self.minute + 1, self.minute + minutes + 1)
            self.minute += minutes
        return [schedule for minute in passed for schedule in self.schedules if not minute % schedule.minutes]
