import io
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from rich.console import Console

from sandbox.demo import screen as module
from sandbox.demo.screen import Screen


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@contextmanager
def terminal(monkeypatch: pytest.MonkeyPatch) -> Iterator[Terminal]:
    it = Terminal()
    monkeypatch.setenv("TERM", "xterm")
    with monkeypatch.context() as patched:
        patched.setattr(sys, "stdout", it)
        yield it


def test_on_a_terminal_a_phase_leaves_standard_output_to_the_embedded_aws(monkeypatch: pytest.MonkeyPatch) -> None:
    with terminal(monkeypatch) as it, Screen().phase("orders are placed"):
        assert sys.stdout is it


def test_a_screen_goes_on_writing_where_it_began(monkeypatch: pytest.MonkeyPatch) -> None:
    with terminal(monkeypatch) as it:
        screen = Screen()
    with screen.phase("orders are placed"):
        screen.note("19 of them")
    assert "19 of them" in it.getvalue()
    assert "✓" in it.getvalue()


def test_nobody_looks_at_the_counters_any_more_once_a_phase_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    looked = threading.Event()

    def counters() -> str:
        looked.set()
        return "1 placed"

    monkeypatch.setattr(module, "LOOKS", 0.001)
    with terminal(monkeypatch), Screen().phase("orders are placed", counters):
        assert looked.wait(10)
    assert not any(thread.name == "counters" for thread in threading.enumerate())


def test_lines_wrap_by_words_and_stay_indented() -> None:
    out = io.StringIO()
    screen = Screen(Console(file=out, width=30))
    with screen.phase("a private buyer, a company, a guest [and more]"):
        pass
    screen.note("Orders with one of these values will be held")
    first, *rest = out.getvalue().splitlines()
    assert first.startswith("  ✓ a private buyer,")
    assert all(line.startswith("    ") and len(line) <= 30 for line in rest)
    assert "[and more]" in " ".join(line.strip() for line in rest)
