"""Text that wraps by words and keeps its indent, at any width."""

from dataclasses import dataclass

from rich.console import Console, ConsoleOptions, RenderResult
from rich.padding import Padding
from rich.text import Text


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
