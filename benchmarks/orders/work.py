"""Work that is the same however busy a machine is: calls of functions, and the most memory that is held at once."""

import sys
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

CALLS = ("call", "c_call")
"""Of functions in Python, and of those in C: a loop that grows makes more of them."""


@dataclass
class Work:
    """What a piece of work took.

    Attributes:
        calls: Of functions.
        peak: The most bytes that were held at once beyond those before.
    """

    calls: int = 0
    peak: int = 0


@contextmanager
def counted_work() -> Iterator[Work]:
    """Count what this thread does while the ``with`` block runs, which takes it several times as long."""
    work = Work()

    def heard(_frame: Any, event: str, _argument: Any) -> None:
        work.calls += event in CALLS

    tracemalloc.start()
    sys.setprofile(heard)
    try:
        yield work
    finally:
        sys.setprofile(None)
        work.peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
