"""Runs handlers the way Lambda does: one event at a time per function, JSON in and out."""

import importlib
import json
import sys
import threading
import time
import traceback
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sandbox.aws.activity import Activity
from sandbox.aws.environment import environment
from sandbox.aws.moto import ACCOUNT, REGION
from sandbox.aws.permissions import Role, acting
from sandbox.aws.template import FunctionSpec

Handler = Callable[[Any, Any], Any]


@dataclass(frozen=True)
class Context:
    """The second argument of a handler."""

    function_name: str
    memory_limit_in_mb: int
    timeout: float
    aws_request_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    started: float = field(default_factory=time.monotonic)
    function_version: str = "$LATEST"
    log_group_name: str = ""
    log_stream_name: str = "sandbox"

    @property
    def invoked_function_arn(self) -> str:
        """The function's ARN."""
        return f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{self.function_name}"

    def get_remaining_time_in_millis(self) -> int:
        """Milliseconds until Lambda would end the invocation."""
        return max(0, int(1000 * (self.timeout - (time.monotonic() - self.started))))


@dataclass(frozen=True)
class Crash:
    """A handler raised."""

    function: str
    error: Exception
    request_id: str

    def payload(self) -> dict[str, Any]:
        """What Lambda answers instead of a result."""
        return {
            "errorMessage": str(self.error),
            "errorType": type(self.error).__name__,
            "requestId": self.request_id,
            "stackTrace": traceback.format_tb(self.error.__traceback__),
        }


@dataclass(frozen=True)
class Outcome:
    """What an invocation came to: a result, or a crash."""

    result: Any = None
    crash: Crash | None = None


@dataclass
class Function:
    """A function of the stack, with its real handler."""

    spec: FunctionSpec
    name: str
    handler: Handler
    role: Role
    activity: Activity
    crashes: list[Crash]
    after: Callable[[], None]
    # A Lambda container runs one event at a time, and module-level state of handlers relies on it.
    _container: threading.Lock = field(default_factory=threading.Lock)

    def run(self, event: Any) -> Outcome:
        """Invoke the handler, then call ``after``; a crash shows in the activity, in ``crashes`` and here."""
        outcome = self._run(event)
        self.after()
        return outcome

    def _run(self, event: Any) -> Outcome:
        context = Context(self.name, self.spec.memory, self.spec.timeout)
        with self._container, self.activity.collecting(), _acting_as(self.role):
            try:
                return Outcome(_as_json(self.handler(_as_json(event), context)))
            except Exception as error:  # noqa: BLE001 - Lambda outlives whatever a handler raises
                return Outcome(crash=self._crashed(error, context))

    def _crashed(self, error: Exception, context: Context) -> Crash:
        crash = Crash(self.spec.logical_id, error, context.aws_request_id)
        self.crashes.append(crash)
        self.activity.take_json(level="ERROR", function=self.spec.logical_id, **crash.payload())
        return crash


@contextmanager
def _acting_as(role: Role) -> Iterator[None]:
    token = acting.set(role)
    try:
        yield
    finally:
        acting.reset(token)


def _as_json(value: Any) -> Any:
    """Nothing but JSON crosses the border of a function."""
    return json.loads(json.dumps(value))


class Functions:
    """The functions of a stack, by logical id, physical name or ARN."""

    def __init__(self) -> None:
        self._by_name: dict[str, Function] = {}

    def add(self, function: Function) -> None:
        """Make it known under both of its names."""
        self._by_name |= {function.spec.logical_id: function, function.name: function}

    def __getitem__(self, name: str) -> Function:
        return self._by_name[name.rpartition(":")[2]]

    def __contains__(self, name: str) -> bool:
        return name.rpartition(":")[2] in self._by_name


def add_to_path(paths: Iterable[Path]) -> None:
    """Let code be imported from the template's directory and its layers."""
    sys.path.extend(path for path in map(str, paths) if path not in sys.path)


def load_handler(spec: FunctionSpec, variables: Mapping[str, str], activity: Activity) -> Handler:
    """Start a function cold: import its code anew, with its own environment.

    Raises:
        ImportError, AttributeError: The code or the handler is not where the template says.
    """
    sys.modules.pop(spec.module, None)
    with environment(variables), activity.collecting():
        handler: Handler = getattr(importlib.import_module(spec.module), spec.attribute)
    return handler
