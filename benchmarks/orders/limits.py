"""How much of a platform's limit is used, and how often an order is sent away, on a clock that nobody waits for.

The workers are those of ``sandbox/quick/crew.py``, with the real turns and limits.
"""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from unittest.mock import patch

from sandbox.quick.checked_tables import checked_tables
from sandbox.quick.cloud import cloud, described_tables
from sandbox.quick.crew import SALESPOS_NEEDS, Crew
from shopbridge.model.base import ConnectionId
from shopbridge.store.environment import Environment

LEARNED_FROM = 9
"""Orders from which a line learns what an order needs."""


@dataclass(frozen=True)
class LimitUse:
    """What so many workers make of SalesPOS's limit.

    Attributes:
        share: Of the scarcest limit, used.
        broken: Limits that were exceeded in some window.
        waits: How often an order was sent away, on average.
        waiting: Seconds that a worker waits for the limit, for each order.
    """

    share: float
    broken: int
    waits: float
    waiting: float


def limit_uses(workers: tuple[int, ...], orders: int) -> Mapping[int, LimitUse]:
    """Bring so many orders with so many workers at once."""
    with _tables() as environment:
        return {each: _use(environment, each, orders) for each in workers}


def _use(environment: Environment, workers: int, orders: int) -> LimitUse:
    crew = Crew(environment, ConnectionId(f"crew-{workers}"), SALESPOS_NEEDS)
    crew.bring(LEARNED_FROM, workers)
    crew.waited, busy = 0, crew.busy
    crew.made.clear()
    crew.bring(orders, workers)
    broken = sum(crew.most_within(ask) > ask.calls for ask in SALESPOS_NEEDS)
    share = max(crew.share(ask) for ask in SALESPOS_NEEDS)
    return LimitUse(share, broken, crew.waited / orders, crew.waiting(busy, orders))


@contextmanager
def _tables() -> Iterator[Environment]:
    with cloud() as environment, checked_tables(described_tables()), patch.dict(os.environ):
        yield environment
