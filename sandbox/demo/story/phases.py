"""What a story is made of."""

from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Phase:
    """Something that happens, and then settles.

    Attributes:
        stock_after: The moment's name, where the stock of shop and back office is compared once all is settled.
    """

    title: str
    act: Callable[[], None]
    stock_after: str = ""


@dataclass
class Checks:
    """What was to be seen and was not, as sentences."""

    unmet: list[str] = field(default_factory=list)

    def that(self, holds: bool, sentence: str) -> None:
        """Note the sentence unless it holds."""
        if not holds:
            self.unmet.append(sentence)
