"""What is told of an order as it stands in the shop, and of why it waits; for the answers about single orders."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from shopbridge.errors import BridgeError, RetryLater
from shopbridge.flows.bridge import Job
from shopbridge.flows.operations.health_facts import span
from shopbridge.model.connection import Side
from shopbridge.model.order import Order

WORTH_TELLING = timedelta(seconds=10)


class OrderAnswer(NamedTuple):
    """What is to be said of an order, and what to do about it; ``fix`` is empty where nothing needs doing."""

    answer: str
    fix: str


def told_of(order: Order) -> dict[str, Any]:
    """Return an order as it stands in the shop, with its lines; nothing of its buyer."""
    return {
        "placed_at": order.placed_at,
        "status": order.shown_status,
        "payment": order.payment.status if order.payment else "none",
        "paid_by": order.payment.method if order.payment else "",
        "total": order.totals.gross,
        "currency": order.currency,
        "lines": [
            {"sku": line.sku, "name": line.name, "quantity": line.quantity, "total": line.total} for line in order.lines
        ],
    }


def used_up(job: Job) -> Mapping[Side, datetime]:
    """Return from when a side can be called again whose limit is used up for longer than a call waits for it."""
    now, free = job.bridge.clock(), dict[Side, datetime]()
    for limit in job.bridge.limits.standing(job.connection.id):
        if limit.left == 0 and limit.free_at - now > WORTH_TELLING:
            free[limit.side] = max(limit.free_at, free.get(limit.side, now))
    return free


def at_a_limit(job: Job) -> Iterator[str]:
    """Yield a sentence for each side whose limit is used up."""
    now = job.bridge.clock()
    for side, until in sorted(used_up(job).items()):
        title = job.bridge.platforms.traits(job.connection, side).title
        yield f"The limit of {title} is used up: it can be called again in about {span(until - now)}."


def later(error: BridgeError) -> str:
    """Return what to do about a platform that could not be asked."""
    if error.fix or not isinstance(error, RetryLater):
        return error.fix or "Verify the connection: it tells what is wrong."
    return f"Ask again in about {max(1, round(error.after / 60))} min."


def in_one_line(text: str) -> str:
    """Return sentences that were put together with one blank between two words, whichever of them are empty."""
    return " ".join(text.split())
