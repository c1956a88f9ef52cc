"""``make chaos``: every attack in its turn, one table, ``build/chaos.json``; fails when a promise is broken."""

import argparse
import time
from dataclasses import dataclass, replace

from chaos.crashes.attack import walk
from chaos.crashes.rivals import rivals
from chaos.hostile.addresses import try_addresses
from chaos.hostile.attack import AT_ONCE, LATER
from chaos.hostile.attack import attack as lie
from chaos.intake.attack import attack_intake
from chaos.outage import outage
from chaos.report import (
    Report,
    address_line,
    crash_line,
    hostile_line,
    intake_line,
    outage_line,
    restore_line,
    rival_line,
    storm_line,
)
from chaos.restore import restore
from chaos.storm.chapters import storms


@dataclass(frozen=True)
class Sizes:
    """How much of each attack.

    Attributes:
        calls: At the intake.
        starts: From which calls of a read on a platform lies.
        away: Orders while something is away.
        others: Orders beside the poison one.
        crashes: One in so many calls of the crash matrix is walked.
    """

    orders: int
    calls: int
    starts: tuple[int, ...]
    away: int
    others: int
    crashes: int


LONG = Sizes(10_000, 100_000, (AT_ONCE, LATER, LATER + 1), 50, 1_000, 1)
SHORT = Sizes(80, 3_000, (AT_ONCE,), 2, 20, 40)


def attack(sizes: Sizes, seed: int) -> Report:
    """Run every attack with this seed."""
    report = Report(seed)
    report.add(*address_line(try_addresses()))
    report.add(*intake_line(attack_intake(sizes.calls, seed)))
    report.add(*hostile_line(lie(seed, starts=sizes.starts)))
    report.add(*crash_line(walk(seed, one_in=sizes.crashes)))
    report.add(*rival_line(rivals(seed, one_in=sizes.crashes)))
    report.add(*restore_line(restore(seed)))
    report.add(*outage_line(outage(sizes.away, sizes.others, seed)))
    report.add(*storm_line(storms(sizes.orders, seed)))
    return report


def main() -> int:
    """The exit status: 0 when every promise is kept."""
    parser = argparse.ArgumentParser(prog="make chaos", description=__doc__)
    parser.add_argument("--short", action="store_true", help="what CI runs, at most three minutes")
    parser.add_argument("--seed", type=int, default=1, help="decides what goes wrong, and when")
    parser.add_argument("--orders", type=int, help="orders of the storm")
    chosen = parser.parse_args()
    sizes = SHORT if chosen.short else LONG
    began = time.monotonic()
    report = attack(replace(sizes, orders=chosen.orders or sizes.orders), chosen.seed)
    report.write(time.monotonic() - began)
    return 0 if report.well else 1


if __name__ == "__main__":
    raise SystemExit(main())
