"""How connections do: what came through when, what waits and for how long, what is wrong and what to do about it."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from shopbridge.flows.bridge import Bridge, load
from shopbridge.flows.schedule import Watched, look
from shopbridge.model.connection import Connection
from shopbridge.model.desk_operations import HowAll
from shopbridge.model.run import Job

JOBS: Mapping[Job, str] = {
    "poll": "orders read",
    "progress": "back office read",
    "orders": "run of orders",
    "stock": "stock sent",
    "stock_comparison": "stock compared",
    "products": "products brought",
}
"""What is done again and again, in an operator's words."""
RECENT = timedelta(days=14)
"""How long ago an order was first seen at the most to count as being on the way: queues keep no message longer."""
HOUR = 60


def health(bridge: Bridge, request: HowAll) -> dict[str, Any]:
    """Look at one connection or at all.

    Returns:
        ``well``: whether nothing is wrong anywhere and nothing waits for a person; ``connections``: each with a
        ``verdict`` in a sentence, ``jobs`` with when each came through ``last`` and why its newest try failed,
        ``held``, ``backlog`` (orders on the way, in a sentence; empty for none) and ``troubles`` with what to do.

    Raises:
        BridgeError: There is no such connection.
    """
    wanted = [load(bridge, request.connection)] if request.connection else bridge.connections.all()
    seen = {each.connection: each for each in look(bridge)}
    found = [_told(bridge, one, seen[one.id]) for one in wanted if one.id in seen]
    return {"well": all(each["well"] for each in found), "connections": found}


def _told(bridge: Bridge, connection: Connection, seen: Watched) -> dict[str, Any]:
    held, now = sum(seen.waiting.values()), bridge.clock()
    troubles = [{"name": each.name, "reason": each.reason.text, "fix": each.reason.fix} for each in seen.troubles]
    return {
        "id": connection.id,
        "name": connection.settings.name,
        "shop": connection.settings.shop.platform,
        "office": connection.settings.office.platform,
        "status": seen.status,
        "well": not troubles and not held and seen.status == "active",
        "verdict": _verdict(connection, troubles, held),
        "jobs": [*_jobs(seen, now)],
        "held": held,
        "backlog": _backlog(bridge, connection, now),
        "troubles": troubles,
        "calls_us": {side: sorted(events) for side, events in connection.subscriptions.items()},
    }


def _verdict(connection: Connection, troubles: Sequence[Mapping[str, str]], held: int) -> str:
    if connection.status != "active":
        return f"{connection.status.capitalize()}: {connection.status_reason}"
    if troubles:
        return troubles[0]["reason"]
    return f"{_orders(held)} for you." if held else "All is well."


def _jobs(seen: Watched, now: datetime) -> Iterator[dict[str, Any]]:
    known = seen.health
    for job, words in JOBS.items():
        last, failure = known.succeeded.get(job), known.failures.get(job)
        if last is None and failure is None:
            continue
        yield {
            "job": job,
            "what": words,
            "last": last,
            "ago": _span(now - last) + " ago" if last else "never",
            "failure": failure.text if failure else "",
            "fix": failure.fix if failure else "",
        }


def _backlog(bridge: Bridge, connection: Connection, now: datetime) -> str:
    """How many orders are on the way, and what they wait for as far as the limits tell."""
    listed = bridge.ledger.listed(connection.id, now - RECENT, now + timedelta(days=1))
    count = sum(order.group == "on_the_way" for order in listed)
    waits = bridge.limits.waits(connection.id)
    limits = [
        f"{connection.settings.side(side).platform} can be called again in about {_span(until - now)}"
        for side, until in sorted(waits.items())
    ]
    if not count and not limits:
        return ""
    orders = "No order is" if not count else "1 order is" if count == 1 else f"{count} orders are"
    return f"{'; '.join([f'{orders} on the way', *limits])}."


def _orders(held: int) -> str:
    return "1 order waits" if held == 1 else f"{held} orders wait"


def _span(time: timedelta) -> str:
    """A stretch of time as people say it."""
    minutes = round(time.total_seconds() / 60)
    if minutes < 1:
        return f"{max(0, round(time.total_seconds()))} s"
    if minutes < 2 * HOUR:
        return f"{minutes} min"
    hours = round(minutes / HOUR)
    return f"{hours} h" if hours < 2 * 24 else f"{round(hours / 24)} days"
