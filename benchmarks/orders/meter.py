"""What the measured process spends, by part: its own code, HTTP to the platforms, the AWS SDK; and what it calls."""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from unittest.mock import patch

import httpx
from botocore.client import BaseClient

from benchmarks.orders.aws_server import AwsServer
from shopbridge.http.exchange import Exchange

Part = str
PARTS = OWN, HTTP, AWS = "own", "http", "aws"
CALL = "_make_api_call"
"""What every call of the SDK goes through."""


@dataclass
class Spent:
    """What a piece of work took.

    Attributes:
        seconds: Of CPU, by part.
        calls: Of the SDK, by operation.
        trail: All calls in their order, those of HTTP by method and path.
        units: What DynamoDB charges, by kind.
        invocations: Of functions, by name.
        log_bytes: Written to the operator's log.
    """

    seconds: dict[Part, float] = field(default_factory=lambda: dict.fromkeys(PARTS, 0.0))
    calls: Counter[str] = field(default_factory=Counter)
    trail: list[str] = field(default_factory=list)
    units: Mapping[str, float] = field(default_factory=dict)
    invocations: Counter[str] = field(default_factory=Counter)
    log_bytes: int = 0

    @property
    def total(self) -> float:
        """CPU seconds of everything."""
        return sum(self.seconds.values())


@contextmanager
def metered(aws: AwsServer) -> Iterator[Spent]:
    """Count what this process does while the ``with`` block runs; what is neither HTTP nor the SDK is our own."""
    spent, before = Spent(), aws.units()
    with (
        patch.object(Exchange, "send", _within(Exchange.send, spent)),
        patch.object(BaseClient, CALL, _counted(getattr(BaseClient, CALL), spent)),
    ):
        began = time.process_time()
        yield spent
        took = time.process_time() - began
    spent.seconds[OWN] = took - spent.seconds[HTTP] - spent.seconds[AWS]
    spent.units = {kind: units - before[kind] for kind, units in aws.units().items()}


def _within(call: Callable[..., Any], spent: Spent) -> Callable[..., Any]:
    def timed(client: Exchange, request: httpx.Request, **named: Any) -> Any:
        began = time.thread_time()
        spent.trail.append(f"{request.method} {request.url.path}")
        try:
            return call(client, request, **named)
        finally:
            spent.seconds[HTTP] += time.thread_time() - began

    return timed


def _counted(call: Callable[..., Any], spent: Spent) -> Callable[..., Any]:
    def timed(client: BaseClient, operation: str, asked: Mapping[str, Any]) -> Any:
        began = time.thread_time()
        spent.calls[operation] += 1
        spent.trail.append(operation)
        try:
            return call(client, operation, asked)
        finally:
            spent.seconds[AWS] += time.thread_time() - began

    return timed
