"""Starts and ends the moto process, and talks to it."""

import json
import os
import subprocess  # nosec B404 # for our own module alone, see below
import sys
import threading
import time
from collections import Counter
from contextlib import ExitStack
from functools import cached_property
from pathlib import Path
from typing import IO, Any, Self

REGION = "eu-central-1"
ACCOUNT = "123456789012"
HANDLERS = "shopbridge"
"""Who signs the handlers' AWS calls: the access key id tells callers apart, as in a real account's trail."""
EMBEDDED = "embedded-aws"
"""Who signs the calls that AWS itself would make, such as reading queues."""

_SETTINGS = {
    "VALIDATE_LAMBDA_S3": "false",  # the functions' code is on this machine, not in a bucket
    "MOTO_SQS_ENFORCE_STRICT_QUEUE_PURGE_BEHAVIOUR": "false",  # tests purge more than once a minute
}
_ROOT = Path(__file__).parents[2]


class MotoProcess:
    """A moto server on loopback while the ``with`` block runs; entering does not wait for it.

    Args:
        speed: How many seconds of its time pass in a real one: SQS's visibility and delays, and what answers tell.
        log: Where its own words go, emptied first; without it they go to standard error.

    Attributes:
        began: When its clock told the real time, in seconds since 1970.
    """

    def __init__(self, speed: float = 1, log: Path | None = None) -> None:
        self._speed, self._log = speed, log
        self._lock = threading.Lock()
        self._process: subprocess.Popen[str] | None = None
        self.began = time.time()

    def __enter__(self) -> Self:
        environment = {**os.environ, **_SETTINGS, "PYTHONPATH": str(_ROOT)}
        with ExitStack() as opened:
            self._process = subprocess.Popen(  # noqa: S603 # nosec B603 # our own module under our own interpreter
                [sys.executable, "-m", "sandbox.aws.moto_process", str(self._speed), str(self.began)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=opened.enter_context(self._log.open("wb")) if self._log else None,
                env=environment,
                text=True,
                start_new_session=True,  # Ctrl-C is for us; moto ends with us
            )
        return self

    def __exit__(self, *_: object) -> None:
        with self._running as process:
            process.terminate()

    @cached_property
    def url(self) -> str:
        """Where it listens; waits until it does."""
        return f"http://127.0.0.1:{self._read()}"

    def calls(self) -> Counter[str]:
        """What the handlers called so far, as IAM names it, such as ``sqs:SendMessage``."""
        return Counter(self._ask({"calls": True}).get(HANDLERS, {}))

    def verify_sender(self, domain: str) -> None:
        """Let SES take letters from addresses of this domain."""
        self._ask({"verify": domain, "account": ACCOUNT, "region": REGION})

    def letters(self, sender: str) -> list[str]:
        """What SES took from this address, as it travels, the oldest first."""
        return list(self._ask({"letters": sender, "account": ACCOUNT, "region": REGION}))

    def advance(self, seconds: float) -> None:
        """Let SQS time pass."""
        self._ask({"advance": seconds})

    @property
    def _running(self) -> "subprocess.Popen[str]":
        if self._process is None:
            raise RuntimeError("The moto process is not started: use it in a with block")
        return self._process

    def _ask(self, question: dict[str, Any]) -> Any:
        with self._lock:
            _pipe(self._running.stdin).write(json.dumps(question) + "\n")
            _pipe(self._running.stdin).flush()
            return self._read()

    def _read(self) -> Any:
        line = _pipe(self._running.stdout).readline()
        if not line:
            raise RuntimeError("The moto process ended; its own words are on standard error")
        return json.loads(line)


def _pipe(pipe: IO[str] | None) -> IO[str]:
    if pipe is None:
        raise RuntimeError("The moto process was started without pipes")
    return pipe
