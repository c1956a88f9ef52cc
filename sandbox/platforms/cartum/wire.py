"""How values travel: numbers as such or as texts, and shapes that differ from record to record.

Clients have met all of them (platform file, "Known quirks"); which shop writes which is not known. So records take
turns, by id: with ``varied`` off each looks like the file's examples.
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, TypeVar

from sandbox.platforms.cartum.inferred import local

Record = dict[str, Any]
T = TypeVar("T")
_TIME = "%Y-%m-%d %H:%M:%S"


@dataclass(frozen=True)
class Turn:
    """Which of the known shapes a record is written in; 0 is that of the examples."""

    at: int = 0

    def pick(self, *shapes: T) -> T:
        """One of them."""
        return shapes[self.at % len(shapes)]

    def number(self, value: Decimal | int) -> Any:
        """A number, or for every other record its text."""
        return self.pick(value, plain(value))


def plain(value: Decimal | int) -> str:
    """A number as text, without an exponent and without zeros at its end."""
    if isinstance(value, int):
        return str(value)
    return f"{value.normalize():f}" if value else "0"


def time_text(moment: datetime) -> str:
    """The shop's wall clock, to the second."""
    return local(moment).strftime(_TIME)
