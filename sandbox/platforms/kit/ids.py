"""Numbers for new records."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass
class Ids:
    """Gives each kind of record numbers from a start of its own, so that ids never fit by accident.

    Args:
        apart: How far the starts are from each other.
    """

    apart: int
    _counts: dict[str, Iterator[int]] = field(default_factory=dict)

    def __call__(self, kind: str) -> int:
        """The next id of a kind."""
        if kind not in self._counts:
            self._counts[kind] = itertools.count(self.apart * (len(self._counts) + 1) + 1)
        return next(self._counts[kind])
