"""What a stock sweep carries from slice to slice: the SKUs it has met, and those that it misses."""

import json
from dataclasses import dataclass, field

from shopbridge.flows.runs import Slice
from shopbridge.flows.shards import Seen


@dataclass
class Luggage:
    """SKUs that a sweep has met.

    Attributes:
        gone: SKUs that are not where they were; they may still come up elsewhere.
        whole: Nothing is missing: no slice of this run broke off.
    """

    seen: Seen = field(default_factory=Seen)
    gone: set[str] = field(default_factory=set)
    whole: bool = True

    @property
    def missing(self) -> set[str]:
        """At the end of a sweep: SKUs that the source has no longer."""
        return {sku for sku in self.gone if sku not in self.seen} if self.whole else set()


def unpack(turn: Slice) -> Luggage:
    """What the slice before left; some is missing when it broke off after it had moved on."""
    if turn.run.position is None and not turn.run.rank:
        return Luggage()
    label, _, packed = turn.bridge.runs.luggage(turn.connection.id, turn.run.kind).partition(b"\n")
    facts = json.loads(label or b"{}")
    if facts.get("run") != turn.run.id:
        return Luggage(whole=False)
    return Luggage(Seen(packed), set(facts["gone"]), whole=facts["whole"] and facts["rank"] == turn.run.rank)


def pack(turn: Slice, luggage: Luggage) -> None:
    """Leave it for the slice that goes on where the run stands."""
    facts = {"run": turn.run.id, "rank": turn.run.rank, "whole": luggage.whole, "gone": sorted(luggage.gone)}
    packed = json.dumps(facts).encode() + b"\n" + luggage.seen.luggage()
    turn.bridge.runs.leave_luggage(turn.connection.id, turn.run.kind, packed)
