"""How long the present invocation may still work."""

import time
from dataclasses import dataclass, field
from typing import Protocol


class LambdaContext(Protocol):
    """What we use of the context Lambda hands to a handler."""

    def get_remaining_time_in_millis(self) -> int:
        """Until Lambda ends the invocation."""


@dataclass
class InvocationDeadline:
    """The port ``Deadline`` over Lambda's context; unlimited until a handler sets it."""

    _ends: float = field(default=float("inf"))

    def start(self, context: LambdaContext) -> None:
        """A new invocation begins."""
        self._ends = time.monotonic() + context.get_remaining_time_in_millis() / 1000

    def remaining(self) -> float:
        """Seconds until Lambda ends the invocation."""
        return self._ends - time.monotonic()
