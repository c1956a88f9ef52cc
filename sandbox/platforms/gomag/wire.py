"""How values travel: scalars as text or number, PHP's empty arrays, and shapes that differ from record to record.

Clients have met every one of these shapes (platform file, G2 to G7); which shop writes which is not known. So
records take turns, by id: with ``varied`` off each looks like the file's examples.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, TypeVar

from sandbox.platforms.gomag.inferred import local

Record = dict[str, Any]
T = TypeVar("T")
_NUMBERS_EVERY = 5


@dataclass(frozen=True)
class Turn:
    """Which of the known shapes a record is written in; 0 is that of the examples."""

    at: int = 0

    def pick(self, *shapes: T) -> T:
        """One of them."""
        return shapes[self.at % len(shapes)]

    def scalar(self, value: Decimal | int) -> Any:
        """A whole number or a quantity: text, or for some records a number."""
        if self.at % _NUMBERS_EVERY == _NUMBERS_EVERY - 1:
            return value
        return plain(value)

    def money(self, value: Decimal) -> Any:
        """An amount with two decimals."""
        return self.scalar(value.quantize(Decimal("0.01")))

    def date(self, moment: datetime) -> str:
        """The shop's wall clock without a zone, with a space or as ISO."""
        return local(moment).strftime(self.pick("%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S"))

    def rows(self, rows: Sequence[T]) -> Any:
        """A list, or an object keyed from 0; nothing is always a list."""
        keyed = {str(at): row for at, row in enumerate(rows)}
        return self.pick(keyed or [], list(rows))


def plain(value: Decimal | int) -> str:
    """A number as text, without an exponent; a whole one without a fraction unless it has the digits."""
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def short(value: Decimal | int) -> Decimal:
    """The same number without zeros at its end: 2.00 becomes 2."""
    amount = Decimal(value)
    return amount.quantize(Decimal(1)) if amount == amount.to_integral_value() else amount.normalize()


def keyed(records: Mapping[Any, Any]) -> Any:
    """An object; PHP writes an empty one as an array."""
    return {str(key): value for key, value in records.items()} or []
