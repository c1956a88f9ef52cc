"""One clock for all processes of a benchmark: it stands still until somebody waits, so that nothing depends on luck."""

import multiprocessing
from datetime import UTC, datetime, timedelta

BEGAN = datetime(2026, 1, 31, 12, 0, tzinfo=UTC)


class SharedClock:
    """Tells the same moment in every process that it was handed to when the process began."""

    def __init__(self) -> None:
        self._passed = multiprocessing.get_context("spawn").RawValue("d", 0.0)

    def __call__(self) -> datetime:
        """The present moment."""
        return BEGAN + timedelta(seconds=self._passed.value)

    def sleep(self, seconds: float) -> None:
        """Let time pass at once."""
        self._passed.value += seconds

    def wait_until(self, moment: datetime) -> None:
        """Let time pass until then, if it has not."""
        self.sleep(max(0.0, (moment - self()).total_seconds()))
