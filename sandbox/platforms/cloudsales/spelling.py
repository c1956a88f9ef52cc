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

    def money(self, value: Decimal | None) -> Decimal | str:
        """An amount, with 2 decimals as text; an absent one is empty."""
        if value is None or self is Spelling.NUMBER:
            return "" if value is None else value
        return f"{value:.2f}"

    def quantity(self, value: Decimal | None) -> Decimal | str:
        """A quantity or a percentage, as short as can be; an absent one is empty."""
        if value is None or self is Spelling.NUMBER:
            return "" if value is None else value
        return f"{value:f}".rstrip("0").rstrip(".") if "." in f"{value:f}" else f"{value:f}"
