"""What the attacks found: one table for people, one file for programs."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from chaos.crashes.attack import Walk
from chaos.crashes.rivals import Rivals
from chaos.hostile.addresses import Tried
from chaos.hostile.attack import Found
from chaos.intake.attack import Found as Intake
from chaos.outage import Outage
from chaos.restore import Restored
from chaos.storm.attack import Storm

FILE = Path(__file__).parents[1] / "build" / "chaos.json"
SHOWN = 10
"""Examples of what is wrong that the table names."""


@dataclass(frozen=True)
class Line:
    """A row of the table.

    Attributes:
        broken: What is wrong, as sentences; empty when the promise is kept.
    """

    attack: str
    figures: str
    broken: Sequence[str] = ()


@dataclass
class Report:
    """All rows, and what the file holds."""

    seed: int
    lines: list[Line] = field(default_factory=list)
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def well(self) -> bool:
        """Every promise is kept."""
        return not any(line.broken for line in self.lines)

    def add(self, line: Line, facts: Mapping[str, Any]) -> None:
        """Print a row, and keep it with its facts."""
        print(f"{'ok  ' if not line.broken else 'FAIL'}  {line.attack:<18} {line.figures}", flush=True)
        for sentence in line.broken[:SHOWN]:
            print(f"        {sentence}", flush=True)
        self.lines.append(line)
        self.facts.update(facts)

    def write(self, seconds: float, path: Path = FILE) -> None:
        """Write ``build/chaos.json``."""
        path.parent.mkdir(exist_ok=True)
        told = {**self.facts, "seed": self.seed, "seconds": round(seconds, 1), "ok": self.well}
        path.write_text(json.dumps(told, indent=2) + "\n")


def storm_line(found: Storm) -> tuple[Line, Mapping[str, Any]]:
    """A storm as a row and as facts."""
    verdict, shelves = found.verdict, found.shelves
    figures = (
        f"{verdict.placed:,} orders: {verdict.imported:,} imported, {verdict.held:,} held, "
        f"{verdict.skipped:,} skipped; {shelves.articles:,} articles; "
        f"{found.failed:,} of {found.calls:,} calls failed, {found.died} containers died, {found.seconds:.0f} s"
    )
    return Line("fault storm", figures, _broken_in(found)), _facts_of(found)


def _broken_in(found: Storm) -> list[str]:
    verdict, shelves = found.verdict, found.shelves
    return [
        *(f"lost: {number}" for number in verdict.lost),
        *(f"doubled: {number}" for number in verdict.doubled),
        *(f"another total: {number}" for number in verdict.mismatches),
        *verdict.astray,
        *(f"oversold: {article}" for article in shelves.oversold),
        *(f"stock doubled: {article}" for article in shelves.doubled),
        *(f"write lost: {article}" for article in shelves.lost),
        *(f"text gone: {article}" for article in shelves.emptied),
        *([f"{found.dead} dead letters"] if found.dead else []),
        *found.bugs,
    ]


def _facts_of(found: Storm) -> Mapping[str, Any]:
    verdict, shelves = found.verdict, found.shelves
    return {
        "orders": verdict.placed,
        "imported": verdict.imported,
        "held": verdict.held,
        "skipped": verdict.skipped,
        "lost": len(verdict.lost),
        "doubled": len(verdict.doubled),
        "total_mismatches": len(verdict.mismatches),
        "oversold": len(shelves.oversold),
        "goods": {
            "articles": shelves.articles,
            "doubled": len(shelves.doubled),
            "lost": len(shelves.lost),
            "emptied": len(shelves.emptied),
        },
        "storm": {"calls": found.calls, "failed": found.failed, "died": found.died, "dead_letters": found.dead},
    }


def hostile_line(found: Found) -> tuple[Line, Mapping[str, Any]]:
    """What reads of hostile platforms ended with."""
    broken = [
        *(f"hung: {title}" for title in found.hung),
        *(f"untyped: {title}" for title in found.untyped),
        *(f"over memory: {title}" for title in found.over_memory),
    ]
    counts = {"hung": len(found.hung), "untyped": len(found.untyped), "over_memory": len(found.over_memory)}
    figures = f"{found.tried:,} reads of platforms that lie: " + ", ".join(f"{n} {name}" for name, n in counts.items())
    return Line("hostile platforms", figures, broken), {"hostile": {"tried": found.tried, **counts}}


def address_line(found: Tried) -> tuple[Line, Mapping[str, Any]]:
    """Whether a call reached an address inside."""
    figures = f"{found.tried:,} ways to write an address inside: {len(found.reached)} reached"
    facts = {"addresses": {"tried": found.tried, "reached": len(found.reached)}}
    return Line("addresses", figures, [*found.reached, *found.untyped]), facts


def restore_line(found: Restored) -> tuple[Line, Mapping[str, Any]]:
    """What lost tables led to."""
    figures = (
        f"{found.orders:,} orders of lost tables: {found.found:,} known again, {found.waiting:,} wait for a person, "
        f"{len(found.doubled)} doubled"
    )
    counts = {"orders": found.orders, "known_again": found.found, "waiting": found.waiting}
    wrong = {"doubled": len(found.doubled), "lost": len(found.lost)}
    return Line("restore", figures, [*found.doubled, *found.lost, *found.bugs]), {"restore": {**counts, **wrong}}


def intake_line(found: Intake) -> tuple[Line, Mapping[str, Any]]:
    """What calls from outside came to."""
    broken = [
        *(f"accepted: {name}" for name in found.accepted),
        *(f"stored: {name}" for name in found.stored),
        *(f"crashed: {name}" for name in found.crashed),
        *(f"genuine and refused: {name}" for name in found.refused),
        *(f"lost: {name}" for name in found.lost),
        *found.spent,
    ]
    counts = {"accepted": len(found.accepted), "stored": len(found.stored), "crashed": len(found.crashed)}
    figures = f"{found.calls:,} calls: " + ", ".join(f"{number} {name}" for name, number in counts.items())
    genuine = f"; {found.genuine - len(found.refused):,} of {found.genuine:,} genuine ones taken"
    return Line("intake", figures + genuine, broken), {"intake": {"calls": found.calls, **counts}}


def outage_line(found: Outage) -> tuple[Line, Mapping[str, Any]]:
    """What a day without back office, a poison order and a revoked key cost."""
    figures = (
        f"{found.arrived} of {found.placed} orders arrived by themselves after a day without back office; "
        f"{found.first_hour} calls in its first hour, {found.last_hour} in the last; a poison order adds "
        f"{found.delay:.1%}; a revoked key was told {found.alerts} times"
    )
    facts = {name: value for name, value in vars(found).items() if name != "broken"}
    return Line("outage", figures, found.broken), {"outage": facts}


def crash_line(found: Walk) -> tuple[Line, Mapping[str, Any]]:
    """What deaths at single calls led to."""
    figures = f"{found.deaths:,} deaths at {found.calls:,} calls that no other matrix walks: {len(found.wrong)} wrong"
    counts = {"calls": found.calls, "deaths": found.deaths, "missed": found.missed, "wrong": len(found.wrong)}
    return Line("crash matrix", figures, found.wrong), {"crashes": {**counts, "flows": found.flows}}


def rival_line(found: Rivals) -> tuple[Line, Mapping[str, Any]]:
    """What two workers at one order led to."""
    figures = f"{found.races:,} races of two workers for an order in doubt: {len(found.wrong)} wrong"
    return Line("two workers", figures, found.wrong), {"rivals": {"races": found.races, "wrong": len(found.wrong)}}
