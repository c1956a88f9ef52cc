"""What orders cost in dollars: counts that were measured, times list prices, with what is assumed beside them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from benchmarks.orders.charges import INDEX, QUEUE, READ, WRITE
from benchmarks.orders.limits import LimitUse
from benchmarks.orders.paths import PathCost

PRICES = Path(__file__).with_name("prices.json")
MILLION = 1_000_000
INTAKE = "webhook_intake"


@cache
def _file() -> Mapping[str, Mapping[str, Mapping[str, Any]]]:
    found: Mapping[str, Mapping[str, Mapping[str, Any]]] = json.loads(PRICES.read_text())
    return found


def price(name: str) -> float:
    """Dollars of one of these, see the price file."""
    return float(_file()["prices"][name]["dollars"])


def assumed(name: str) -> float:
    """A figure that nobody measured, see the price file."""
    return float(_file()["assumed"][name]["value"])


@dataclass(frozen=True)
class Bill:
    """Dollars for a million orders, by what they are paid for."""

    parts: Mapping[str, float]

    @property
    def total(self) -> float:
        """All of it."""
        return sum(self.parts.values())


def bill(cost: PathCost) -> Bill:
    """What a million orders come to along this path."""
    return _bill(cost, _seconds(cost))


def backlog_bill(cost: PathCost, use: LimitUse) -> Bill:
    """What they come to when so many wait that the platform's limit decides.

    A worker waits for its calls, and an order that is sent anew for later costs one more message, invocation and write.
    """
    calm = _bill(cost, _seconds(cost) + use.waiting * cost.orders)
    bounce = {
        "Lambda": price("lambda_request"),
        "DynamoDB": price("dynamodb_write_unit"),
        "SQS": 3 * price("sqs_request"),
        "log": assumed("invocation_log_bytes") * price("log_byte"),
    }
    return Bill({name: part + bounce.get(name, 0) * use.waits * MILLION for name, part in calm.parts.items()})


def _bill(cost: PathCost, seconds: float) -> Bill:
    spent, invocations = cost.spent, cost.spent.invocations.total()
    log = spent.log_bytes + assumed("invocation_log_bytes") * invocations
    parts = {
        "Lambda": invocations * price("lambda_request") + seconds * assumed("memory_gb") * price("lambda_gb_second"),
        "DynamoDB": (spent.units[WRITE] + spent.units[INDEX]) * price("dynamodb_write_unit")
        + spent.units[READ] * price("dynamodb_read_unit"),
        "SQS": spent.units[QUEUE] * price("sqs_request"),
        "log": log * price("log_byte"),
        "API": spent.invocations[INTAKE] * price("api_request"),
    }
    return Bill({name: part / (cost.orders or 1) * MILLION for name, part in parts.items()})


def _seconds(cost: PathCost) -> float:
    """How long the functions run for it: they wait for AWS and the platforms, and compute on a part of a processor."""
    waited = cost.spent.calls.total() * assumed("aws_call_seconds")
    waited += (cost.shop + cost.office) * assumed("platform_call_seconds")
    return waited + cost.spent.total / assumed("processor_share")
