"""An emulator's time: moved by hand or the real one, as a header tells it, and limits by the stretch."""

import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime


@dataclass
class ManualClock:
    """A clock that moves only when told to: tests never wait."""

    moment: datetime = datetime(2026, 3, 1, 10, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        """The present moment."""
        return self.moment

    def advance(self, **delta: float) -> None:
        """Move on, in the keywords of ``timedelta``."""
        self.moment += timedelta(**delta)


def wall_clock() -> datetime:
    """The real time, aware, in UTC."""
    return datetime.now(UTC)


def http_date(moment: datetime) -> str:
    """Write a moment as the header ``Date`` does."""
    return format_datetime(moment.astimezone(UTC), usegmt=True)


@dataclass
class Windows:
    """Counts calls per key in fixed stretches of time, the way a platform documents "n per minute".

    Args:
        speed: How many platform minutes pass in a real one; the demo shortens waiting this way.
        seconds: How long a stretch is.
    """

    clock: Callable[[], datetime]
    speed: float = 1
    seconds: float = 60
    _counts: Counter[tuple[str, int]] = field(default_factory=Counter)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, key: str, limit: int) -> bool:
        """Count one call; False when this stretch's limit is used up (the call is then not counted)."""
        slot = (key, int(self.clock().timestamp() * self.speed // self.seconds))
        with self._lock:
            if self._counts[slot] >= limit:
                return False
            self._counts[slot] += 1
            return True
