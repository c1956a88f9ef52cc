"""How connections do: what came through when, what waits and for how long, what is wrong and what to do about it."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, get_args

from shopbridge.flows.bridge import Bridge, load
from shopbridge.flows.operations.health.facts import (
    ago,
    backlog,
    calls_of_platforms,
    clocks,
    credentials,
    limits,
    midnight,
    read_until,
)
from shopbridge.flows.schedule import Watched, look
from shopbridge.model.connection import Connection
from shopbridge.model.desk_operations import HowAll
from shopbridge.model.ledger import IndexedOrder, OrderGroup
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
GROUPS: tuple[OrderGroup, ...] = get_args(OrderGroup)


def health(bridge: Bridge, request: HowAll) -> dict[str, Any]:
    """Look at one connection or at all; no platform is called.

    Returns:
        ``well``: whether nothing is wrong anywhere and nothing waits for a person; ``connections``: each with a
        ``verdict`` in a sentence, ``jobs`` with when each came through ``last`` and why its newest try failed,
        ``held`` and ``held_since``, ``on_the_way`` and ``backlog`` (in a sentence; empty for none), ``imported`` (the
        newest one), ``today`` (orders first seen since midnight UTC, by where they are), and ``troubles`` with what to
        do. Where it is about one connection it also has ``facts``, each with its ``name``, a ``text`` for people and
        the figures behind it: how far each side was read, who calls and lets us in, clocks, and limits.

    Raises:
        BridgeError: There is no such connection.
    """
    wanted = [load(bridge, request.connection)] if request.connection else bridge.connections.all()
    seen = {each.connection: each for each in look(bridge, only=[one.id for one in wanted])}
    found = [_told(bridge, one, seen[one.id]) for one in wanted if one.id in seen]
    if len(wanted) == 1:
        found = [{**each, "facts": [*_facts(bridge, wanted[0], seen[wanted[0].id])]} for each in found]
    return {"well": all(each["well"] for each in found), "connections": found}


def _told(bridge: Bridge, connection: Connection, seen: Watched) -> dict[str, Any]:
    held, now = seen.waiting.total, bridge.clock()
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
        "held_since": seen.waiting.oldest,
        **backlog(bridge, connection, bridge.limits.standing(connection.id)),
        "imported": _imported(bridge.ledger.newest_imported(connection.id), now),
        "today": _today(bridge, connection, now),
        "troubles": troubles,
        "calls_us": {side: sorted(events) for side, events in connection.subscriptions.items()},
    }


def _facts(bridge: Bridge, connection: Connection, seen: Watched) -> Iterator[dict[str, Any]]:
    yield from read_until(bridge, connection)
    yield from calls_of_platforms(bridge, connection, seen.health)
    yield from credentials(bridge, connection, seen.health, bridge.ledger.newest_imported(connection.id))
    yield from clocks(bridge, connection)
    yield from limits(bridge, connection, bridge.limits.standing(connection.id))


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
            "ago": ago(last, now) if last else "never",
            "failure": failure.text if failure else "",
            "fix": failure.fix if failure else "",
        }


def _imported(newest: IndexedOrder | None, now: datetime) -> dict[str, Any] | None:
    if newest is None:
        return None
    found = {"order": newest.reference, "office": newest.external_number}
    return {**found, "found_at": newest.found_at, "ago": ago(newest.found_at, now)}


def _today(bridge: Bridge, connection: Connection, now: datetime) -> dict[str, int]:
    since, counted = midnight(now), bridge.ledger.counted
    return {group: counted(connection.id, group, since, now) for group in GROUPS}


def _orders(held: int) -> str:
    return "1 order waits" if held == 1 else f"{held} orders wait"
