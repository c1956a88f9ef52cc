"""Two workers take up one order at once, whose creation was tried and whose outcome is open: it is made once."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from random import Random
from typing import cast

import httpx

from chaos.crashes.attack import Aim, Aimed, Call, kind_of, positions
from chaos.crashes.flows import APART, PAUSE, Play
from chaos.crashes.race import Race
from sandbox.pairs.all_pairs import UNATTENDED
from sandbox.quick.queues import Message
from sandbox.quick.scenery import scenery
from sandbox.quick.weather import named
from shopbridge.wiring import Container

CREATION = {
    "salespos": "POST /api/rest/v1/orders/",
    "cloudsales": "POST /app/rest/v1/",
    "tryton": "POST /shop/rpc/ model.sale.sale.create",
}
"""How the call that creates an order begins."""
RACED = tuple(pair for pair in UNATTENDED if pair.rpartition("-")[2] in CREATION)

CLAIM = Call("dynamodb UpdateItem", 1)
"""Takes a record that stands free."""


@dataclass
class Rivals:
    """How it went; what was not right after a race stands there as a sentence."""

    races: int = 0
    wrong: list[str] = field(default_factory=list)


@dataclass
class _At:
    """A worker waits before this call of its own."""

    call: Call
    seen: Counter[str] = field(default_factory=Counter)

    def __call__(self, where: str) -> bool:
        kind = kind_of(where)
        self.seen[kind] += 1
        return Call(kind, self.seen[kind]) == self.call


@dataclass
class _Racing(Aim):
    """Lets the two go on by turns, where a crash would have struck."""

    race: Race = field(default_factory=lambda: Race(lambda _: False, lambda _: False))

    def before(self, where: str) -> None:
        """A call begins."""
        self.race.before(where)


@dataclass
class _Mute(httpx.BaseTransport):
    """In front of a back office: the creation that is due is never answered, and never done."""

    inner: httpx.BaseTransport
    creation: str
    due: bool = False

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Answer. Raises ReadTimeout."""
        if self.due and named(request).partition(" ")[2].startswith(self.creation):
            self.due = False
            raise httpx.ReadTimeout("no answer", request=request)
        return self.inner.handle_request(request)


def rivals(seed: int, pairs: Sequence[str] = RACED, one_in: int = 1) -> Rivals:
    """Let the slow worker wait before each of its calls, the quick one before each kind; or play one in so many."""
    found = Rivals()
    for pair in pairs:
        with scenery(f"{seed} {pair} rivals", Aimed) as stage:
            scene = _Scene(Play(stage, pair))
            closest, *others = scene.races()
            for slow, quick in [closest, *Random(f"{seed} {pair}").sample(others, len(others) // one_in)]:
                found.races += 1
                title = f"{pair}, one worker before call {slow.nth} of {slow.kind}, the other before {quick.kind}"
                found.wrong += [f"{title}: {each}" for each in scene.play_race(slow, quick)]
    return found


class _Scene:
    def __init__(self, play: Play) -> None:
        self._play, self._stage = play, play.stage
        host = play.link.hosts[1]
        self._mute = _Mute(self._stage.internet.platforms[host], CREATION[play.link.office.platform])
        self._stage.internet.platforms = {**self._stage.internet.platforms, host: self._mute}

    def races(self) -> Iterator[tuple[Call, Call]]:
        """All of them, by the calls that one worker makes who is alone; first the one in which both mean to create."""
        aim = Aim()
        message = self._doubtful()
        self._work(message, aim)
        self._play.recover()
        office = [call for call in positions(aim.seen) if call.kind.startswith("office") and call.nth == 1]
        creation = next(call for call in office if call.kind.startswith(f"office {self._mute.creation}"))
        yield CLAIM, creation
        for slow in positions(aim.seen, every=True):
            yield from ((slow, quick) for quick in office if (slow, quick) != (CLAIM, creation))

    def play_race(self, slow: Call, quick: Call) -> Sequence[str]:
        """One race for a new order; what is wrong afterwards."""
        message = self._doubtful()
        self._stage.queues.put(message.queue, message.body)
        copy = list(self._stage.queues.waiting.values())[-1]
        race = Race(_At(slow), _At(quick))
        self._weather.aim = _Racing(race=race)
        slow_hand, quick_hand = self._hands
        race.run(partial(self._deliver, message, slow_hand), partial(self._deliver, copy, quick_hand))
        self._weather.aim = Aim()
        self._play.recover()
        return self._play.wrong()

    def _doubtful(self) -> Message:
        """The message of an order whose creation was not answered so long ago that both workers would look for it."""
        self._stage.clock.moment += APART
        self._play.buy(announced=False)
        self._mute.due = True
        self._play.poll()
        self._play.work()
        self._stage.clock.moment += PAUSE
        queues = self._stage.environment.order_queue_url, self._stage.environment.backfill_queue_url
        (message,) = (each for each in self._stage.queues.waiting.values() if each.queue in queues)
        self._hands = self._stage.new_container(), self._stage.new_container()
        for hand in self._hands:
            self._deliver(message, hand)
            self._stage.clock.moment += PAUSE
        return message

    def _work(self, message: Message, aim: Aim) -> None:
        self._weather.aim = aim
        self._deliver(message, self._hands[0])
        self._weather.aim = Aim()

    def _deliver(self, message: Message, hand: Container) -> None:
        self._stage.use(hand)
        message.receives += 1
        self._play.deliver(message)

    @property
    def _weather(self) -> Aimed:
        return cast("Aimed", self._stage.weather)
