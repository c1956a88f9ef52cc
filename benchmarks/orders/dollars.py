"""What orders cost in dollars: counts that were measured, times list prices, with what is assumed beside them."""

import json
from collections.abc import Mapping, Sequence
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
REGION, FRANKFURT = "us-east-1", "eu-central-1"
PARTS: Mapping[str, Sequence[str]] = {
    "Lambda": ("lambda_request", "lambda_gb_second"),
    "DynamoDB": ("dynamodb_write_unit", "dynamodb_read_unit"),
    "SQS": ("sqs_request",),
    "log": ("log_byte",),
    "API": ("api_request",),
}
"""What is paid for, and the prices that it is paid by."""


@cache
def _file() -> Mapping[str, Mapping[str, Mapping[str, Any]]]:
    found: Mapping[str, Mapping[str, Mapping[str, Any]]] = json.loads(PRICES.read_text())
    return found


def price(name: str, region: str = REGION) -> float:
    """Dollars of one of these, see the price file."""
    return float(_file()["prices"][name][region])


def assumed(name: str) -> float:
    """A figure that nobody measured, see the price file."""
    return float(_file()["assumed"][name]["value"])


@dataclass(frozen=True)
class Bill:
    """What a million orders use.

    Attributes:
        used: How much, by its name in the price file.
    """

    used: Mapping[str, float]

    @property
    def parts(self) -> Mapping[str, float]:
        """Dollars by what they are paid for."""
        return {part: sum(self.used[name] * price(name) for name in names) for part, names in PARTS.items()}

    @property
    def total(self) -> float:
        """All of it."""
        return self.total_in(REGION)

    def total_in(self, region: str) -> float:
        """All of it, at the list prices of a region."""
        return sum(amount * price(name, region) for name, amount in self.used.items())


def bill(cost: PathCost) -> Bill:
    """What a million orders come to along this path."""
    return _bill(cost, _seconds(cost))


def backlog_bill(cost: PathCost, use: LimitUse) -> Bill:
    """What they come to when so many wait that the platform's limit decides.

    A worker waits for its calls, and an order that is sent anew for later costs one more message, invocation and write.
    """
    calm = _bill(cost, _seconds(cost) + use.waiting * cost.orders)
    bounce = {"lambda_request": 1, "dynamodb_write_unit": 1, "sqs_request": 3}
    return Bill({name: amount + bounce.get(name, 0) * use.waits * MILLION for name, amount in calm.used.items()})


def _bill(cost: PathCost, seconds: float) -> Bill:
    spent, invocations = cost.spent, cost.spent.invocations.total()
    used = {
        "lambda_request": invocations,
        "lambda_gb_second": seconds * assumed("memory_gb"),
        "dynamodb_write_unit": spent.units[WRITE] + spent.units[INDEX],
        "dynamodb_read_unit": spent.units[READ],
        "sqs_request": spent.units[QUEUE],
        "log_byte": spent.log_bytes,
        "api_request": spent.invocations[INTAKE],
    }
    return Bill({name: amount / (cost.orders or 1) * MILLION for name, amount in used.items()})


def _seconds(cost: PathCost) -> float:
    """How long the functions run for it: they wait for AWS and the platforms, and compute on a part of a processor."""
    waited = cost.spent.calls.total() * assumed("aws_call_seconds")
    waited += (cost.shop + cost.office) * assumed("platform_call_seconds")
    return waited + cost.spent.total / assumed("processor_share")
