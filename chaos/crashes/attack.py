"""The container dies before and after each outside call of each flow of each pair, and everything comes right."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import cast

from chaos.crashes.flows import APART, FLOWS, Play, applies
from sandbox.pairs.all_pairs import UNATTENDED
from sandbox.quick.scenery import scenery
from sandbox.quick.weather import Killed, Weather

WALKED = frozenset({("shopware-salespos", "webhook"), ("shopware-salespos", "poll"), ("gomag-cloudsales", "poll")})
"""Pairs and flows whose every call the crash matrices of ``tests/integration`` walk already."""
MOMENTS = ("before", "after")
_OPAQUE = re.compile(r"(?<=/)(?:[0-9a-f]{32}|\d[\w.-]*)(?=/|$)")
"""Ids in a path."""


@dataclass(frozen=True)
class Call:
    """An outside call as the matrix names it: what is called, and which of the calls of its kind in a flow."""

    kind: str
    nth: int


@dataclass
class Aim:
    """Notes the calls of a flow, and lets the container die at one of them."""

    target: Call | None = None
    moment: str = ""
    seen: Counter[str] = field(default_factory=Counter)
    struck: bool = False

    def before(self, where: str) -> None:
        """A call begins. Raises Killed."""
        kind = kind_of(where)
        self.seen[kind] += 1
        self._strike("before", kind)

    def after(self, where: str) -> None:
        """A call took effect. Raises Killed."""
        self._strike("after", kind_of(where))

    def _strike(self, moment: str, kind: str) -> None:
        if not self.struck and (Call(kind, self.seen[kind]), moment) == (self.target, self.moment):
            self.struck = True
            raise Killed(f"{moment} {kind}")


@dataclass
class Aimed(Weather):
    """Calm weather; nothing fails but by aim."""

    aim: Aim = field(default_factory=Aim)

    def fault(self, kinds: tuple[str, ...], where: str) -> str:
        """Nothing happens, unless the container dies. Raises Killed."""
        del kinds
        self.calls += 1
        self.aim.before(where)
        return ""

    def after(self, where: str) -> None:
        """The same once the call took effect."""
        self.aim.after(where)


@dataclass
class Walk:
    """How it went.

    Attributes:
        calls: Kinds and positions that a container died at, and all deaths.
        flows: How many outside calls each flow of each pair makes undisturbed.
        missed: Aims that met no such call: the flow went another way that time.
        wrong: What was not right after a death, as sentences.
    """

    calls: int = 0
    deaths: int = 0
    missed: int = 0
    flows: dict[str, int] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)


def kind_of(where: str) -> str:
    """A call without what names one order: side, method and the path's form; or the service's operation."""
    host, _, rest = where.partition(" ")
    side = host.partition(".")[0] if "." in host else host
    return f"{side} {_OPAQUE.sub('{id}', rest)}"


def positions(seen: Mapping[str, int], *, every: bool = False) -> Iterator[Call]:
    """Of each kind the first call, the last one and one in between; or every call."""
    for kind, count in sorted(seen.items()):
        for nth in range(1, count + 1) if every else sorted({1, (count + 1) // 2, count}):
            yield Call(kind, nth)


def walk(seed: int, pairs: Sequence[str] = UNATTENDED, flows: Sequence[str] = tuple(FLOWS), one_in: int = 1) -> Walk:
    """Walk every call of these flows that nobody walks yet; or one in so many, of the first, last and middle ones."""
    found = Walk()
    for pair, flow in ((pair, flow) for pair in pairs for flow in flows if (pair, flow) not in WALKED):
        with scenery(f"{seed} {pair} {flow}", Aimed) as stage:
            play = Play(stage, pair)
            if applies(flow, play.link):
                _Walker(found, play, flow, cast("Aimed", stage.weather)).all(Random(f"{seed} {pair} {flow}"), one_in)
    return found


@dataclass
class _Walker:
    found: Walk
    play: Play
    flow: str
    weather: Aimed

    def all(self, random: Random, one_in: int) -> None:
        """Let the flow run undisturbed, then once for each of its calls and moments."""
        self._check("undisturbed", self._go(Aim()))
        aim = Aim()
        self._check("undisturbed", self._go(aim))
        self.found.flows[f"{self.play.link.id} {self.flow}"] = aim.seen.total()
        calls = list(positions(aim.seen, every=one_in == 1))
        for call in random.sample(calls, -(-len(calls) // one_in)):
            self._die_at(call)

    def _die_at(self, call: Call) -> None:
        self.found.calls += 1
        for moment in MOMENTS:
            aim = Aim(call, moment)
            wrong = self._go(aim)
            self.found.deaths += aim.struck
            self.found.missed += not aim.struck
            self._check(f"{moment} call {call.nth} of {call.kind}", wrong)

    def _go(self, aim: Aim) -> Sequence[str]:
        """One turn of the flow; what is wrong afterwards."""
        flow, stage = FLOWS[self.flow], self.play.stage
        stage.clock.moment += APART
        flow.prepare(self.play)
        stage.new_container()
        self.weather.aim = aim
        flow.go(self.play)
        self.weather.aim = Aim()
        flow.repair(self.play)
        return self.play.wrong()

    def _check(self, title: str, wrong: Sequence[str]) -> None:
        self.found.wrong += [f"{self.play.link.id}, {self.flow}, {title}: {each}" for each in wrong]
