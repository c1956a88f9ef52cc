"""Figures of each connection at each look of the watch, of which CloudWatch makes metrics.

All are gauges that are true at the look, read from the ledger's index and from what the watch has seen anyway. So a
tick that is missed or comes twice makes no figure wrong, and whoever counts the orders of a day by the list of orders
finds the same numbers.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from shopbridge.flows.bridge import Bridge
from shopbridge.flows.operations.health.facts import midnight
from shopbridge.flows.schedule import Watched
from shopbridge.model.base import ConnectionId

EVENT = "measured"
"""Of the log lines."""
COUNTED = ("imported", "refused", "held")
"""What is counted.

Orders first seen since midnight UTC that are imported, and those that the back office refused; and all orders that wait
for a person by now, whenever they came in.
"""
AGES = ("oldest_held_minutes", "lag_minutes")
"""What is measured: since when the first order waits for a person, 0 where none does; since when the shop was read."""
MEASURES = (*COUNTED, *AGES)
"""Names of the figures, and of the metrics."""
ALL = ConnectionId("")
"""In whose name those of all connections together are told."""
MINUTE = timedelta(minutes=1)


def measure(bridge: Bridge, seen: Sequence[Watched]) -> None:
    """Tell the figures of each connection, and of all of them: of a stopped one, too, whose orders wait all the same.

    An operator who paused one looks after it, and its figures stand still.
    """
    found = {each.connection: _figures(bridge, each) for each in seen if each.status != "paused"}
    bridge.activity.measured(EVENT, {ALL: _together([*found.values()]), **dict(sorted(found.items()))})


def _figures(bridge: Bridge, seen: Watched) -> Mapping[str, int]:
    now, counted = bridge.clock(), bridge.ledger.counted
    read = seen.health.succeeded.get("poll")
    return {
        "imported": counted(seen.connection, "imported", midnight(now), now),
        "refused": counted(seen.connection, "refused", midnight(now), now),
        "held": seen.waiting.total,
        "oldest_held_minutes": _minutes(seen.waiting.oldest, now) if seen.waiting.oldest else 0,
        # One that was never read has no age: what is missing is no zero.
        **({"lag_minutes": _minutes(read, now)} if read else {}),
    }


def _minutes(since: datetime, now: datetime) -> int:
    return max(0, (now - since) // MINUTE)


def _together(found: Sequence[Mapping[str, int]]) -> Mapping[str, int]:
    """The sums of what is counted, and the greatest ages."""
    sums = {name: sum(each[name] for each in found) for name in COUNTED}
    ages = {name: [each[name] for each in found if name in each] for name in AGES}
    return {**sums, **{name: max(known) for name, known in ages.items() if known}}
