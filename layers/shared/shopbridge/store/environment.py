"""What a function is told: by template.yaml through environment variables, checked at cold start, and by Lambda."""

import re
import time
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, dataclass, field, fields
from typing import Any, Protocol

from shopbridge.errors import NeedsAttention


@dataclass(frozen=True)
class Environment:
    """Names of our resources, each from the variable that ``variable_of`` tells.

    Attributes:
        parameter_prefix: Path that all SSM parameters of this deployment share; no slash at the end.
        service: Which function this is, for the activity log.
        public_url: Where shops reach the webhooks; only some functions are told.
        notice_topic: The SNS topic that people subscribe to; empty for none.
        ticking_functions: Names of the functions that schedules call, with commas between; for the operations.
        metric_namespace: Where the metrics of connections are kept; only the watch is told.
        metric_connections: How many connections have metrics of their own.
        mail_identity: The verified domain or address that documents are mailed from, ``*`` for any, empty for none.
        mail_region: Where SES knows it.
        sandbox: Platforms on loopback are allowed. On only for the text ``1``: a switch that loosens a check must not
            be thrown by accident.
    """

    connections_table: str
    state_table: str
    order_queue_url: str
    poll_queue_url: str
    backfill_queue_url: str
    stock_queue_url: str
    product_queue_url: str
    parameter_prefix: str
    service: str = "shopbridge"
    public_url: str = ""
    notice_topic: str = ""
    ticking_functions: str = ""
    metric_namespace: str = ""
    metric_connections: int = 0
    mail_identity: str = ""
    mail_region: str = ""
    sandbox: bool = False


def variable_of(name: str) -> str:
    """Return the variable that an attribute of ``Environment`` is read from."""
    return f"SHOPBRIDGE_{name.upper()}"


def is_required(attribute: Field[Any]) -> bool:
    """Tell whether a function cannot do without it."""
    return attribute.default is MISSING


def _named(text: str) -> str:
    if not text:
        raise ValueError("is empty")
    return text


def _prefix(text: str) -> str:
    if not re.fullmatch(r"(/[\w.-]+)+", text):
        raise ValueError("is no path")
    return text


_READ: Mapping[str, Callable[[str], Any]] = {
    "parameter_prefix": _prefix,
    "metric_connections": int,
    "sandbox": "1".__eq__,
}


def read_environment(variables: Mapping[str, str]) -> Environment:
    """Read and check the variables. Raises NeedsAttention naming every one that is missing or wrong."""
    found: dict[str, Any] = {}
    wrong: list[str] = []
    for each in fields(Environment):
        variable = variable_of(each.name)
        if variable not in variables and not is_required(each):
            continue
        read = _READ.get(each.name, _named if is_required(each) else str)
        try:
            found[each.name] = read(variables.get(variable, ""))
        except ValueError:
            wrong.append(variable)
    if wrong:
        raise _incomplete(wrong)
    return Environment(**found)


def _incomplete(wrong: list[str]) -> NeedsAttention:
    return NeedsAttention(
        f"Environment variables are missing or wrong: {', '.join(sorted(wrong))}",
        where="this function",
        fix="Deploy it from template.yaml, which sets them all.",
    )


class LambdaContext(Protocol):
    """What we use of the context Lambda hands to a handler."""

    def get_remaining_time_in_millis(self) -> int:
        """Return the time until Lambda ends the invocation."""


@dataclass
class InvocationDeadline:
    """The port ``Deadline`` over Lambda's context; unlimited until a handler sets it."""

    _ends: float = field(default=float("inf"))

    def start(self, context: LambdaContext) -> None:
        """Begin a new invocation."""
        self._ends = time.monotonic() + context.get_remaining_time_in_millis() / 1000

    def remaining(self) -> float:
        """Return seconds until Lambda ends the invocation."""
        return self._ends - time.monotonic()
