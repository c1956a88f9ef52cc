"""What answers are made of: times, money, and text that wraps by words and keeps its indent, at any width."""

from collections.abc import Iterable, Iterator
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from rich.console import Console, ConsoleOptions, RenderResult
from rich.padding import Padding
from rich.text import Text

from shopbridge_cli import clock

EXACT: ContextVar[bool] = ContextVar("exact times", default=False)
"""Times as they are, instead of how long ago."""
LONG_AGO = timedelta(days=30)
LEEWAY = timedelta(minutes=1)
"""What lies so far ahead is the clocks' doing: answers tell the time in whole seconds."""
MINUTES_OF_AN_HOUR = 60
CENTS = Decimal("0.01")


@dataclass(frozen=True)
class Indented:
    """A text, indented.

    Args:
        hanging: How much further the second and later lines are indented.
    """

    text: Text
    indent: int
    hanging: int = 0

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """The lines, as rich asks for them."""
        room = max(options.max_width - self.indent - self.hanging, 1)
        first, *more = self.text.wrap(console, room + self.hanging)
        first.rstrip()
        yield Padding.indent(first, self.indent)
        if more:
            for line in self._after(first).wrap(console, room):
                line.rstrip()
                yield Padding.indent(line, self.indent + self.hanging)

    def _after(self, first: Text) -> Text:
        rest = self.text[len(first) :]
        return rest[len(rest) - len(rest.plain.lstrip()) :]


def trouble(head: str, text: str, fix: str) -> Iterator[Indented]:
    """What went wrong: a bold line, the reason under it, and what to do."""
    yield Indented(Text(head, style="bold"), 0, hanging=2)
    yield Indented(Text(text), 2)
    yield from what_to_do(fix)


def what_to_do(fix: str) -> Iterator[Indented]:
    """The fix, if there is one."""
    if fix:
        yield Indented(Text(f"What to do: {fix}", style="yellow"), 2, hanging=2)


def texts(*lines: str) -> list[Text]:
    """As texts, since a value from outside may hold what rich takes for markup."""
    return [Text(line) for line in lines]


def moment(text: str) -> str:
    """An ISO time to the second; the bridge's times are UTC."""
    return text[:19].replace("T", " ")


def when(text: str) -> str:
    """How long ago an ISO time was; the time itself where exact ones are wanted, the day where that is a month."""
    past = clock.now() - datetime.fromisoformat(text)
    if EXACT.get() or past < -LEEWAY:
        return f"{moment(text)} UTC"
    return ago(past) if past < LONG_AGO else moment(text)[:10]


def ago(past: timedelta) -> str:
    """A time as people say it: `3 min ago`, `5 h ago`, `2 days ago`."""
    minutes = int(past.total_seconds() // 60)
    if minutes < 1:
        return "just now"
    if minutes < MINUTES_OF_AN_HOUR:
        return f"{minutes} min ago"
    if past < timedelta(days=2):
        return f"{minutes // MINUTES_OF_AN_HOUR} h ago"
    return f"{past.days} days ago"


def money(amount: Any, currency: str = "") -> str:
    """An amount with its cents and its currency, if it is known."""
    exact = Decimal(str(amount))
    shown = exact if exact != exact.quantize(CENTS) else exact.quantize(CENTS)
    return f"{shown} {currency}".rstrip()


def orders(count: int) -> str:
    """How many orders, in words."""
    return "1 order" if count == 1 else f"{count} orders"


def below(*texts: str) -> list[Indented]:
    """Lines under a head."""
    return [Indented(Text(each), 2, hanging=2) for each in texts]


def head(text: str, style: str = "bold") -> Indented:
    """The first line of a record."""
    return Indented(Text(text, style=style), 0, hanging=2)


def tell_aside(text: str) -> None:
    """What a person is to know beside the answer, on standard error."""
    Console(stderr=True, highlight=False).print(Indented(Text(text), 0))


def tell_problems(problems: Iterable[str]) -> None:
    """Each on standard error, in red where there is colour: wrapped at a terminal, else on a line of its own."""
    console = Console(stderr=True, highlight=False)
    for problem in problems:
        if console.is_terminal:
            console.print(Indented(Text(problem, style="red"), 0, hanging=2))
        else:
            console.print(problem, style="red", markup=False, soft_wrap=True)
