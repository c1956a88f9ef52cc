"""CPU of an order by part, beside the floor: rounds of both take turns, and the median counts."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from statistics import median

from benchmarks.orders.floor import floor
from benchmarks.orders.meter import PARTS, Part
from benchmarks.orders.paths import WARM, Stage, stage


@dataclass(frozen=True)
class Rounds:
    """What rounds came to.

    Attributes:
        floor: CPU seconds of an order by the plain loop.
        parts: The bridge's, by part.
    """

    floor: float
    parts: Mapping[Part, float]

    def ratio(self, *parts: Part) -> float:
        """These parts together, as a multiple of the floor."""
        return sum(self.parts[part] for part in parts) / self.floor


def measure(pair: str, rounds: int, orders: int) -> Rounds:
    """So many polls of so many orders each, with the loop over as many in between."""
    with warm_stage(pair) as made:
        return take_turns(pair, made, rounds, orders)


def take_turns(pair: str, made: Stage, rounds: int, orders: int, prefix: str = "F") -> Rounds:
    """The same at a stage that is warm already."""
    floors, taken = [], []
    for number in range(rounds):
        cost = made.along("poll", orders)
        taken.append({part: seconds / orders for part, seconds in cost.spent.seconds.items()})
        floors.append(floor(pair, made.sides, orders, f"{prefix}{number}-"))
    return Rounds(median(floors), {part: median(each[part] for each in taken) for part in PARTS})


@contextmanager
def warm_stage(pair: str) -> Iterator[Stage]:
    """A stage that orders and the loop have gone over once."""
    with ExitStack() as opened:
        made = opened.enter_context(stage(pair))
        made.along("poll", WARM)
        floor(pair, made.sides, WARM, "W")
        yield made
