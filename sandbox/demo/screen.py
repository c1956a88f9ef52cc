"""What a person sees while it runs: a line per phase, and on a terminal the counters under it."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

LOOKS = 0.5
"""Seconds between two looks at the counters."""


@dataclass(frozen=True)
class Screen:
    """Tells how far it is. ``counters`` is asked now and then for one line."""

    console: Console = field(default_factory=lambda: Console(highlight=False))

    @contextmanager
    def phase(self, title: str, counters: Callable[[], str] = str) -> Iterator[None]:
        """Something that takes a while; it is ticked off with its time when it is over."""
        began = time.monotonic()
        with self._lively(title, counters):
            yield
        self.console.print(f"  [green]✓[/] {title} [dim]{time.monotonic() - began:.1f} s[/]")

    def note(self, text: str) -> None:
        """A remark to the phase above."""
        self.console.print(Padding(Text(text, style="dim"), (0, 0, 0, 6), expand=False))

    def say(self, text: str, style: str = "") -> None:
        """One line, as it is."""
        self.console.print(text, style=style, markup=False, soft_wrap=True)

    @contextmanager
    def _lively(self, title: str, counters: Callable[[], str]) -> Iterator[None]:
        if not self.console.is_terminal:
            yield
            return
        over = threading.Event()
        with self.console.status(title) as status:

            def refresh() -> None:
                while not over.wait(LOOKS):
                    status.update(f"{title} [dim]{counters()}[/]")

            threading.Thread(target=refresh, daemon=True).start()
            try:
                yield
            finally:
                over.set()
