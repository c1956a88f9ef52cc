"""What a person sees while it runs: a line per phase, and on a terminal the counters under it."""

import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from rich.console import Console
from rich.live import Live
from rich.spinner import Spinner
from rich.text import Text

from shopbridge_cli.lines import Indented

LOOKS = 0.5
"""Seconds between two looks at the counters."""


def _console() -> Console:
    """Writes to today's standard output: later the embedded AWS puts its own in front, to hear the handlers."""
    return Console(file=sys.stdout, highlight=False)


@dataclass(frozen=True)
class Screen:
    """Tells how far it is. ``counters`` is asked now and then for one line."""

    console: Console = field(default_factory=_console)

    @contextmanager
    def phase(self, title: str, counters: Callable[[], str] = str) -> Iterator[None]:
        """Something that takes a while; it is ticked off with its time when it is over."""
        began = time.monotonic()
        with self._lively(title, counters):
            yield
        took = f"{time.monotonic() - began:.1f} s"
        self.console.print(Indented(Text.assemble(("✓", "green"), f" {title} ", (took, "dim")), 2, hanging=2))

    def note(self, text: str) -> None:
        """A remark to the phase above."""
        self.console.print(Indented(Text(text, style="dim"), 6))

    def say(self, text: str, style: str = "") -> None:
        """One line, as it is."""
        self.console.print(text, style=style, markup=False, soft_wrap=True)

    @contextmanager
    def _lively(self, title: str, counters: Callable[[], str]) -> Iterator[None]:
        if not self.console.is_terminal:
            yield
            return
        spinner, over = Spinner("dots", Text(title)), threading.Event()

        def refresh() -> None:
            while not over.wait(LOOKS):
                spinner.update(text=Text.assemble(f"{title} ", (counters(), "dim")))

        looking = threading.Thread(target=refresh, name="counters", daemon=True)
        # Redirected standard output would write to the embedded AWS's, and that one back to it, without end.
        with Live(spinner, console=self.console, transient=True, redirect_stdout=False, redirect_stderr=False):
            looking.start()
            try:
                yield
            finally:
                over.set()
                looking.join()
