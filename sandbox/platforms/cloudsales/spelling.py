"""One truth, three spellings: flags come as true, 1 or "1", ids and amounts as numbers or texts (client B3)."""

from decimal import Decimal
from enum import Enum


class Spelling(Enum):
    """How one answer spells its flags, ids and amounts."""

    BOOLEAN = "boolean"
    NUMBER = "number"
    TEXT = "text"

    def flag(self, value: bool) -> bool | int | str:
        """A flag of a list's paging or of a row."""
        return value if self is Spelling.BOOLEAN else self.digit(value)

    def digit(self, value: bool) -> int | str:
        """A flag that has only been seen as a digit, such as ``document_cancelled``."""
        return str(int(value)) if self is Spelling.TEXT else int(value)

    def is_error(self, value: bool) -> bool | int:
        """The envelope's own flag: boolean or 0 and 1, never a text."""
        return value if self is Spelling.BOOLEAN else int(value)

    def id(self, value: int) -> int | str:
        """An id."""
        return str(value) if self is Spelling.TEXT else value

    def amount(self, value: Decimal | int | None) -> Decimal | str:
        """Money, a quantity or a percentage; an absent one is empty."""
        if value is None:
            return ""
        return Decimal(value) if self is Spelling.NUMBER else f"{_shortest(Decimal(value)):f}"


def _shortest(value: Decimal) -> Decimal:
    """Without the zeros at the end, except that whole numbers stay as they are."""
    return value.to_integral_value() if value == value.to_integral_value() else value
