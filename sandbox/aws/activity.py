"""Collects what handlers print: to Lambda, standard output is the log."""

import io
import json
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

if TYPE_CHECKING:
    from mypy_boto3_logs import CloudWatchLogsClient

_inside: ContextVar["Activity | None"] = ContextVar("inside_a_handler", default=None)

BATCH = 1000
"""Lines sent to CloudWatch Logs at once; the service takes at most 10,000."""


@dataclass(frozen=True)
class Line:
    """One line of the log and when it was written, in milliseconds since 1970."""

    at: int
    text: str


class _Split(io.TextIOBase):
    """Standard output that gives a handler's words to its activity, and everyone else's to the terminal."""

    def __init__(self, terminal: TextIO) -> None:
        self.terminal = terminal

    def write(self, text: str) -> int:
        activity = _inside.get()
        return self.terminal.write(text) if activity is None else activity.take(text)

    def flush(self) -> None:
        if _inside.get() is None:
            self.terminal.flush()

    def isatty(self) -> bool:
        return self.terminal.isatty()

    def fileno(self) -> int:
        return self.terminal.fileno()

    @property
    def encoding(self) -> str:  # type: ignore[override]  # typeshed has a plain attribute here
        return self.terminal.encoding


@dataclass
class Activity:
    """What handlers print, kept in memory and, given a ``file``, there as JSON lines too."""

    file: Path | None = None
    lines: list[Line] = field(default_factory=list)
    _begun: threading.local = field(default_factory=threading.local)
    _published: dict[tuple[str, str], int] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        if self.file:
            self.file.parent.mkdir(parents=True, exist_ok=True)
            self.file.write_text("")

    @contextmanager
    def collecting(self) -> Iterator[None]:
        """What this thread prints in the block is activity."""
        if not isinstance(sys.stdout, _Split):
            sys.stdout = _Split(sys.stdout)
        token = _inside.set(self)
        try:
            yield
        finally:
            _inside.reset(token)

    def take(self, text: str) -> int:
        """Keep what was printed; an unfinished line waits for its end, per thread."""
        *finished, rest = (getattr(self._begun, "text", "") + text).split("\n")
        self._begun.text = rest
        self._keep([line for line in finished if line])
        return len(text)

    def take_json(self, **fields: Any) -> None:
        """Keep a line of the Lambda runtime's own."""
        self._keep([json.dumps(fields)])

    def events(self) -> Iterator[dict[str, Any]]:
        """All lines that are JSON objects, read."""
        return (json.loads(line.text) for line in list(self.lines) if line.text.startswith("{"))

    def _keep(self, texts: Sequence[str]) -> None:
        with self._lock:
            self.lines += [Line(time.time_ns() // 1_000_000, text) for text in texts]
            if self.file and texts:
                with self.file.open("a") as out:
                    out.writelines(text + "\n" for text in texts)

    def publish(self, logs: "CloudWatchLogsClient", group: str, stream: str) -> None:
        """Put every line so far that is not there yet into this stream of the log group."""
        lines, sent = list(self.lines), self._published.get((group, stream))
        if sent is None:
            logs.create_log_stream(logGroupName=group, logStreamName=stream)
        self._published[group, stream] = len(lines)
        rest = iter(lines[sent or 0 :])
        while batch := list(islice(rest, BATCH)):
            logs.put_log_events(
                logGroupName=group,
                logStreamName=stream,
                logEvents=[{"timestamp": line.at, "message": line.text} for line in batch],
            )


@contextmanager
def standard_output_kept() -> Iterator[None]:
    """Whatever collecting did to standard output is undone after the block, unless an outer block still needs it."""
    inner = isinstance(sys.stdout, _Split)
    try:
        yield
    finally:
        if isinstance(sys.stdout, _Split) and not inner:
            sys.stdout = sys.stdout.terminal
