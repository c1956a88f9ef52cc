"""Everything that is measured, as it stands in ``build/bench.json``."""

import os
import platform
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from benchmarks.cold_start import cold_starts
from benchmarks.orders.budget import ORDERS
from benchmarks.orders.dollars import FRANKFURT, Bill, backlog_bill, bill
from benchmarks.orders.growth import Grown, Tick, grow, long_day, tick
from benchmarks.orders.latency import Way, ways
from benchmarks.orders.limits import LimitUse, limit_uses
from benchmarks.orders.meter import AWS, HTTP, OWN
from benchmarks.orders.paths import WALKED, PathCost, costs
from benchmarks.orders.peers import peer_costs
from benchmarks.orders.rounds import Rounds, measure

MAIN = "shopware-salespos"
"""The pair whose calls and dollars are told; those of the others stand beside it."""
WORKERS = (1, 3, 20)
MEGABYTE = 1_000_000
PAID = ("poll", "webhook", "new_buyer")


@dataclass(frozen=True)
class Size:
    """How much is measured.

    Attributes:
        rounds: Of CPU, of which the median counts.
        orders: Of a round.
        peer_rounds: Of the peers, which carry more at once.
        line: Orders that wait for a limit.
        grown: Orders that a connection has.
        connections: Of a tick.
        day: Orders of a long day.
    """

    rounds: int = 7
    orders: int = 50
    peer_rounds: int = 3
    line: int = 300
    grown: tuple[int, ...] = (100, 1_000, 10_000, 100_000)
    connections: tuple[int, ...] = (1, 100, 10_000)
    day: int = 5_000


SHORT = Size(rounds=3, orders=20, peer_rounds=1, line=60, grown=(100, 10_000), connections=(1, 1_000), day=500)


@dataclass
class Results:
    """What was measured, by part."""

    size: Size
    paths: dict[str, Mapping[str, PathCost]] = field(default_factory=dict)
    rounds: dict[str, Rounds] = field(default_factory=dict)
    peers: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    limits: Mapping[int, LimitUse] = field(default_factory=dict)
    bills: dict[str, Bill] = field(default_factory=dict)
    cold: Mapping[str, float] = field(default_factory=dict)
    grown: Mapping[int, Grown] = field(default_factory=dict)
    ticks: Mapping[int, Tick] = field(default_factory=dict)
    long_day: Mapping[str, float] = field(default_factory=dict)
    ways: Mapping[str, Way] = field(default_factory=dict)
    machine: str = ""

    def written(self) -> dict[str, Any]:
        """As it is told to other programs."""
        first = next(iter(self.grown.values()))
        return {
            "cpu_floor": {pair: _ratios(rounds) for pair, rounds in self.rounds.items()},
            "peers": {peer: round(parts["own"], 2) for peer, parts in self.peers.items()},
            "peers_all": {peer: round(parts["all"], 2) for peer, parts in self.peers.items()},
            "calls": self.counts(MAIN),
            "calls_by_pair": {pair: self.counts(pair) for pair in self.paths},
            "dollars_per_million": {name: round(each.total, 2) for name, each in self.bills.items()},
            "dollars_in_frankfurt": {name: round(each.total_in(FRANKFURT), 2) for name, each in self.bills.items()},
            "limit_share": {str(workers): round(use.share, 3) for workers, use in self.limits.items()},
            "cold_start": {name: round(ratio, 2) for name, ratio in self.cold.items()},
            "growth": {str(size): round(each.calls / first.calls, 3) for size, each in self.grown.items()},
            "growth_cpu": {str(size): round(each.cpu / first.cpu, 3) for size, each in self.grown.items()},
            "growth_peak_mb": {str(size): round(each.peak / MEGABYTE, 2) for size, each in self.grown.items()},
            "dispatch_seconds": {str(size): round(each.seconds, 2) for size, each in self.ticks.items()},
            "idle_poll_of_a_long_day": {"orders": self.size.day, **self.long_day},
            "calls_before_creating": {name: way.aws for name, way in self.ways.items()},
            "machine": self.machine,
        }

    def counts(self, pair: str) -> dict[str, dict[str, float]]:
        """Calls and units of one order, by path."""
        return {path: cost.per_order() for path, cost in self.paths[pair].items()}


def _ratios(rounds: Rounds) -> dict[str, float]:
    return {"own": round(rounds.ratio(OWN), 2), "all": round(rounds.ratio(OWN, HTTP, AWS), 2)}


def take_results(size: Size, tell: Callable[[str], None]) -> Results:
    """Measure everything, one part after the other; ``tell`` hears of each."""
    results = Results(size, machine=machine())
    for pair in WALKED:
        tell(f"calls, units and CPU: {pair}")
        results.paths[pair] = costs(pair, dict.fromkeys(WALKED[pair], ORDERS))
        results.rounds[pair] = measure(pair, size.rounds, size.orders)
    tell("peers")
    results.peers = peer_costs(size.peer_rounds)
    tell("limits")
    results.limits = limit_uses(WORKERS, size.line)
    results.bills = _bills(results)
    tell("the way of an order, growth")
    results.ways, results.grown = ways(), grow(size.grown, size.rounds, ORDERS)
    results.ticks, results.long_day = tick(size.connections), long_day(size.day)
    tell("cold starts")
    results.cold = cold_starts(size.rounds)
    return results


def _bills(results: Results) -> dict[str, Bill]:
    paths = results.paths[MAIN]
    return {
        **{path: bill(paths[path]) for path in PAID},
        "backlog_20": backlog_bill(paths["poll"], results.limits[WORKERS[-1]]),
    }


def machine() -> str:
    """What it was measured on, and how busy that was."""
    load = os.getloadavg()[0]
    return f"{platform.machine()}, {os.cpu_count()} processors, Python {platform.python_version()}, load {load:.1f}"
