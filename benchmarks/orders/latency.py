"""How long an order is on its way from the shop's call to its creation in the back office, by the calls before that."""

from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.orders.documents import PATH
from benchmarks.orders.dollars import assumed
from benchmarks.orders.paths import WARM, Stage, stage

PAIR = "shopware-salespos"
CREATING = f"POST {PATH}"
AT_LEAST = 2
"""Calls of platforms that nobody gets by without: the order is read, and made."""


@dataclass(frozen=True)
class Way:
    """The calls of one order, those before its creation and the creation itself."""

    calls: Sequence[str]

    @property
    def aws(self) -> int:
        """Calls of AWS before the creation."""
        return sum(" " not in call for call in self.calls)

    @property
    def platforms(self) -> int:
        """Calls of shop and back office, the creation included."""
        return len(self.calls) - self.aws

    @property
    def ratio(self) -> float:
        """How much longer it takes than reading and making the order does, by the assumptions of the price file."""
        platform, aws = assumed("platform_call_seconds"), assumed("aws_call_seconds")
        return (self.platforms * platform + self.aws * aws) / (AT_LEAST * platform)


def ways() -> dict[str, Way]:
    """The way of an order whose buyer is known, through warm containers and through new ones."""
    with stage(PAIR) as made:
        made.along("poll", WARM)
        made.along("webhook", WARM)
        warm = _way(made)
        made.bridge.forget()
        return {"warm": warm, "cold": _way(made)}


def _way(made: Stage) -> Way:
    trail = made.along("webhook", 1).spent.trail
    return Way(trail[: trail.index(CREATING) + 1])
