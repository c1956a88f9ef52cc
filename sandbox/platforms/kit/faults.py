"""What goes wrong on purpose, and how often an emulator was called."""

import threading
from collections import Counter, deque
from dataclasses import dataclass, field
from typing import Any, Final

LOST_ANSWER: Final = "X-Sandbox-Lost-Answer"
"""An answer that carries this header never reaches the caller: the work is done, the connection breaks."""
GATEWAY_PAGE: Final = b"<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>"
"""What stands in front of a platform says this by itself."""


@dataclass
class Faults:
    """Faults to come, by name and by what they wait for.

    ``plan("lost_answer", "POST /orders")`` makes the next such call do its work and lose the answer.
    Which names exist is said by each emulator.
    """

    _planned: dict[tuple[str, str], deque[Any]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def plan(self, name: str, on: str = "*", *, times: int = 1, detail: Any = True) -> None:
        """Let the fault ``name`` happen the next ``times`` times ``on`` is called (``*``: any call)."""
        with self._lock:
            self._planned.setdefault((name, on), deque()).extend([detail] * times)

    def forget(self) -> None:
        """Let nothing that was planned happen any more."""
        with self._lock:
            self._planned.clear()

    def due(self, name: str, on: str) -> Any:
        """Take the planned fault, if there is one: its detail, else None."""
        with self._lock:
            for key in ((name, on), (name, "*")):
                if self._planned.get(key):
                    return self._planned[key].popleft()
        return None

    def run(self, name: str, on: str) -> None:
        """Take the planned fault, if there is one, and call its detail: what happens besides the call."""
        happens = self.due(name, on)
        if happens is not None:
            happens()


@dataclass
class CallCount:
    """How often each route was called, in the emulator's own terms, such as ``POST /orders``."""

    by_route: Counter[str] = field(default_factory=Counter)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, route: str) -> None:
        """Count one call."""
        with self._lock:
            self.by_route[route] += 1

    @property
    def total(self) -> int:
        """All calls so far."""
        return sum(self.by_route.values())
