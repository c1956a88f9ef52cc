"""What answers are made of: tables, and text that wraps by words and keeps its indent, at any width."""

from collections.abc import Iterable, Iterator
from contextvars import ContextVar
from dataclasses import dataclass

from rich.console import Console, ConsoleOptions, RenderResult
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

EXACT: ContextVar[bool] = ContextVar("exact times", default=False)
"""Times as they are, instead of how long ago."""


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


def table(*columns: str) -> Table:
    """A table whose long cells fold."""
    made = Table()
    for column in columns:
        made.add_column(column, overflow="fold")
    return made


def texts(*lines: str) -> list[Text]:
    """As texts, since a value from outside may hold what rich takes for markup."""
    return [Text(line) for line in lines]


def moment(text: str) -> str:
    """An ISO time to the second; the bridge's times are UTC."""
    return text[:19].replace("T", " ")


def tell_problems(problems: Iterable[str]) -> None:
    """Each on a line of its own on standard error, in red where there is colour."""
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    for problem in problems:
        console.print(problem, style="red", markup=False)
