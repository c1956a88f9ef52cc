"""Every limit that a platform states is used to 95 % at least, and never broken, by however many containers."""

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import cycle

import pytest

from shopbridge.connectors.cartum.api import PER_SECOND as CARTUM
from shopbridge.connectors.cloudsales.api import CALLS as CLOUDSALES
from shopbridge.connectors.gomag.api import PER_MINUTE as GOMAG
from shopbridge.connectors.roapp.api import CALLS as ROAPP
from shopbridge.connectors.salesautopilot.api import CALLS as SALESAUTOPILOT
from shopbridge.connectors.salesautopilot.api import WRITES as SALESAUTOPILOT_WRITES
from shopbridge.connectors.salespos.outcomes import READS, WRITES
from shopbridge.connectors.shoprenter.api import PER_SECOND as SHOPRENTER
from shopbridge.connectors.unas.limits import PLANS
from shopbridge.errors import LimitReached
from shopbridge.model.base import ConnectionId
from shopbridge.store.bundle import Store
from shopbridge.store.limits.limiter import SharedLimiter
from shopbridge.store.limits.pace import SECOND, pace_of
from tests.integration.conftest import ManualClock

STATED = {
    "Cartum": (CARTUM, 1),
    "RO App": (ROAPP, 1),
    "Shoprenter": (SHOPRENTER, 1),
    "SalesAutopilot": (SALESAUTOPILOT, 1),
    "SalesAutopilot's writes": (SALESAUTOPILOT_WRITES, 1),
    "InnVoice": (1, 1),
    "SalesPOS's reads": (READS, 60),
    "SalesPOS's writes": (WRITES, 60),
    "CloudSales": (CLOUDSALES, 60),
    "Gomag": (GOMAG, 60),
    **{f"UNAS {name}, all": (plan.every, 3600) for name, plan in PLANS.items()},
    **{f"UNAS {name}, single": (plan.single, 3600) for name, plan in PLANS.items()},
}
LEAST = Decimal("0.95")


@pytest.mark.parametrize("limit", STATED.values(), ids=STATED.keys())
def test_the_arithmetic_leaves_96_per_cent(limit: tuple[int, int]) -> None:
    calls, seconds = limit
    assert Decimal(seconds * SECOND) / pace_of(calls, seconds).spacing >= Decimal("0.96") * calls


@pytest.mark.parametrize("containers", [1, 3, 20])
@pytest.mark.parametrize("limit", STATED.values(), ids=STATED.keys())
def test_containers_use_a_limit_up_and_never_break_it(
    new_store: Callable[[], Store],
    connection_id: ConnectionId,
    clock: ManualClock,
    limit: tuple[int, int],
    containers: int,
) -> None:
    calls, seconds = limit
    limiters = [new_store().limiter(connection_id, "office") for _ in range(containers)]
    made = greedy(limiters, clock, limit, wanted=pace_of(calls, seconds).burst + 60)
    apart = (made[-1] - made[0]).total_seconds()
    assert Decimal(len(made)) * seconds >= LEAST * calls * Decimal(str(apart))
    assert most_within(made, timedelta(seconds=seconds)) <= calls


def greedy(limiters: list[SharedLimiter], clock: ManualClock, limit: tuple[int, int], wanted: int) -> list[datetime]:
    """Containers in turn call as soon as they may; the moments of so many calls."""
    made: list[datetime] = []
    for limiter in cycle(limiters):
        try:
            limiter.take("calls", *limit)
            made.append(clock())
        except LimitReached as error:
            clock.advance(error.after)
        if len(made) == wanted:
            return made
    raise AssertionError("containers come in turns without an end")


def most_within(moments: list[datetime], window: timedelta) -> int:
    """The largest number of calls in any window."""
    return max(sum(first <= other < first + window for other in moments) for first in moments)
