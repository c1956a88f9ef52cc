"""A program at a pseudo-terminal of 80 columns, as a person sits at it: reads until a text appears, then types."""

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

COLUMNS, ROWS = 80, 24
PATIENCE = 150.0
"""Seconds until a text must have appeared; a busy machine takes its time, a passing test waits for nothing."""
UNHEARD = 20.0
"""Seconds after which Ctrl-C is typed again."""
ESCAPE = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
SEATED = """
import fcntl, os, signal, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
signal.signal(signal.SIGINT, signal.SIG_DFL)
os.execvp(sys.argv[1], sys.argv[1:])
"""
"""Makes the terminal the program's own, so that Ctrl-C and hidden answers go there; where a shell runs the tests in the
background, they and what they start are told to ignore it."""


class Terminal:
    """Runs while the ``with`` block runs.

    Attributes:
        seen: Everything that was shown, without colours.
        command_line: What others at this machine see of the program.
    """

    def __init__(self, arguments: Sequence[str], environment: Mapping[str, str]) -> None:
        self.seen = self.command_line = ""
        self._read = 0
        self._interrupted = False
        self._arguments = [sys.executable, "-c", SEATED, *arguments]
        self._environment = dict(environment)

    def __enter__(self) -> Self:
        self._file, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
        self._process = subprocess.Popen(  # noqa: S603 - a test's own words
            self._arguments,
            env=self._environment,
            start_new_session=True,
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
        )
        os.close(theirs)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.wait()
        os.close(self._file)

    def until(self, text: str) -> str:
        """Read until the text appears behind what was read before; what was shown up to it."""
        ends = time.monotonic() + PATIENCE
        while (place := self.seen.find(text, self._read)) < 0:
            if not self._more(ends):
                raise AssertionError(f"{text!r} never came. Last shown:\n{self.seen[-2000:]}")
        before, self._read = self.seen[self._read : place], place + len(text)
        self.command_line = Path(f"/proc/{self._process.pid}/cmdline").read_text()
        return before

    def type(self, line: str) -> None:
        """Type a line."""
        os.write(self._file, f"{line}\n".encode())

    def answer(self, question: str, line: str = "") -> str:
        """Wait for a question, and answer it; what was shown before."""
        before = self.until(question)
        if not question.endswith(": "):
            self.until(": ")
        self.type(line)
        return before

    def interrupt(self) -> None:
        """Type Ctrl-C."""
        self._interrupted = True
        os.write(self._file, b"\x03")

    def end(self) -> int:
        """Wait for the program's end; its exit code.

        Ctrl-C is typed again where nothing came of it, as people do: Python looks at signals between two steps of its
        own, so what comes just before it begins to read, it hears of after a line.
        """
        ends = time.monotonic() + PATIENCE
        while time.monotonic() < ends:
            until = min(time.monotonic() + UNHEARD, ends) if self._interrupted else ends
            while self._more(until):
                pass
            if time.monotonic() < until:
                return self._process.wait(PATIENCE)
            if self._interrupted:
                self.interrupt()
        raise AssertionError(f"It never ended. Last shown:\n{self.seen[-2000:]}")

    def _more(self, ends: float) -> bool:
        """Read what comes next; False when nothing will come any more."""
        ready, _, _ = select.select([self._file], [], [], max(ends - time.monotonic(), 0))
        try:
            read = os.read(self._file, 65536) if ready else b""
        except OSError:  # the other end of a pseudo-terminal is closed
            return False
        self.seen += ESCAPE.sub("", read.decode(errors="replace")).replace("\r\n", "\n")
        return bool(read)
