"""Servers as processes: a free port, ready when they answer, ended by their id."""

import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx

LONGEST_RUN, LONGEST_START, LONGEST_END = 3600.0, 900.0, 20.0
"""Seconds that nothing takes but what hangs: a busy machine makes minutes of what takes seconds."""
BETWEEN = 0.05
TOLD = 3_000
"""Letters of a log that an error shows."""


class NotThereError(Exception):
    """What a real platform needs is missing here; the message says what, and how it comes."""


class NotStartedError(Exception):
    """A server that ended, or did not answer in time; the message ends with its log."""


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def run(command: Sequence[str], log: Path, env: Mapping[str, str], cwd: Path) -> None:
    """Run a command to its end, its output in a log. Raises NotStartedError when it fails."""
    with log.open("ab") as out:
        ended = subprocess.run(  # noqa: S603 - our own commands
            command, stdout=out, stderr=out, env=env, cwd=cwd, timeout=LONGEST_RUN, check=False
        )
    if ended.returncode:
        raise NotStartedError(f"{' '.join(command[:3])} failed ({ended.returncode}):\n{_end_of(log)}")


@contextmanager
def serving(
    command: Sequence[str], answers: Callable[[], bool], log: Path, env: Mapping[str, str], cwd: Path
) -> Iterator[int]:
    """Start a server, wait until it ``answers``, and end it; its process id.

    Raises:
        NotStartedError: It ended, or did not answer within ``LONGEST_START``.
    """
    with log.open("ab") as out:
        process = subprocess.Popen(command, stdout=out, stderr=out, env=env, cwd=cwd)  # noqa: S603 - as above
    try:
        _await(process, answers, log)
        yield process.pid
    finally:
        _end(process)


def answers_at(url: str, **request: object) -> bool:
    """Whether an address answers well; a server that does not listen yet does not."""
    try:
        return httpx.request(url=url, timeout=5, **{"method": "GET", **request}).is_success  # type: ignore[arg-type]
    except httpx.TransportError:
        return False


def _await(process: subprocess.Popen[bytes], answers: Callable[[], bool], log: Path) -> None:
    until = time.monotonic() + LONGEST_START
    while not answers():
        if process.poll() is not None or time.monotonic() > until:
            raise NotStartedError(f"{process.args!r} does not answer:\n{_end_of(log)}")
        time.sleep(BETWEEN)


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(LONGEST_END)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _end_of(log: Path) -> str:
    return log.read_text(errors="replace")[-TOLD:]
