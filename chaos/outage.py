"""What one platform, one order or one key may cost: a day without back office, a poison order, a revoked key."""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import accumulate, islice
from random import Random

import httpx

from chaos.buyers import orders
from chaos.ledgers import judge, records
from sandbox.pairs import catalogue
from sandbox.pairs.orders import Order
from sandbox.quick.scenery import Scenery, scenery
from shopbridge.flows.orders.records import ONCE_MORE

PAIR = "shopware-salespos"
HOUR, DAY = timedelta(hours=1), timedelta(hours=24)
POLLS, LOOKS = timedelta(hours=1), timedelta(minutes=30)
"""Between two ticks of the schedule of polls, and two looks of the watch: a day is long, and neither is the matter."""
FIRST = 10_000
"""Number of the first order."""
SPREAD = timedelta(hours=6)
"""How long orders keep coming in while a platform is away."""
MOST_DELAY = 0.05
"""The part that a poison order may add to the calls, or to the time, until all others are there."""
OWN_TRY = 2.0
"""Seconds that a try of the poison order itself may take of the office's limit: among a thousand orders, nothing."""
AT_REST = 3
"""Calls in the last hour of a day without back office, at the most."""
BROKEN = httpx.Response(503, json={"message": "broken"})
REVOKED = httpx.Response(401, json={"status": 401, "code": "401.10", "developermessage": "unknown public key"})


@dataclass(frozen=True)
class Outage:
    """How the three ended.

    Attributes:
        placed, arrived: Orders of the day without back office, and those that are there in the end, untouched by hand.
        resent: Those of them that had given up and were sent again by themselves.
        dead: Messages among the dead letters.
        first_hour, last_hour: Calls to the platform while it was down, in the first hour and in the last.
        throttled: Calls that it refused as too many afterwards.
        delay: What one poison order added to calls or time until all others were there, as a part of them.
        alerts: Lines of the log that tell of a stopped connection while its key was revoked.
        broken: What is wrong, as sentences.
    """

    placed: int = 0
    arrived: int = 0
    resent: int = 0
    dead: int = 0
    first_hour: int = 0
    last_hour: int = 0
    throttled: int = 0
    delay: float = 0.0
    alerts: int = 0
    broken: Sequence[str] = ()


def outage(count: int, others: int, seed: int) -> Outage:
    """Play all three: ``count`` orders each while something is away, ``others`` beside the poison order."""
    day, delay, (alerts, wrong) = day_without_office(count, seed), poison_delay(others, seed), revoked_key(count, seed)
    late = [f"one poison order delays {others} others by {delay:.1%}"] if delay > MOST_DELAY else []
    return Outage(**{**vars(day), "delay": delay, "alerts": alerts, "broken": [*day.broken, *late, *wrong]})


@dataclass
class Gate(httpx.BaseTransport):
    """In front of a platform: answers the calls that ``meets`` names by itself, and counts all answers by status."""

    inner: httpx.BaseTransport
    answer: httpx.Response = BROKEN
    meets: Callable[[httpx.Request], bool] = field(default=lambda _: False)
    statuses: Counter[int] = field(default_factory=Counter)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Answer."""
        response = self._answer(request) if self.meets(request) else self.inner.handle_request(request)
        self.statuses[response.status_code] += 1
        return response

    def _answer(self, request: httpx.Request) -> httpx.Response:
        plan = self.answer
        return httpx.Response(plan.status_code, headers=plan.headers, content=plan.content, request=request)


class _Stage:
    """One connection on its stage, with the watch, and a clock that jumps to what is next.

    Attributes:
        once_more: Messages of orders that gave up and were sent again by the bridge, in their order.
        placed_at: When each order was placed, by its number.
    """

    def __init__(self, stage: Scenery, seed: int) -> None:
        self.scenery, self.link = stage, stage.link(PAIR, PAIR)
        self._look = stage.clock()
        self._wanted = _imported(seed)
        self.once_more: dict[str, str] = {}
        self.placed_at: dict[str, datetime] = {}
        self.office = Gate(stage.internet.platforms[self.link.hosts[1]])
        stage.internet.platforms = {**stage.internet.platforms, self.link.hosts[1]: self.office}
        stage.every = POLLS
        for side in (self.link.shop, self.link.office):
            side.add_products([self.link.pair.market.product(product) for product in catalogue.PRODUCTS])
        stage.connect(self.link)
        self.pass_time(timedelta(minutes=1))

    @property
    def calls(self) -> int:
        """To the back office, those included that it did not answer."""
        return self.scenery.internet.by_host[self.link.hosts[1]]

    def buy(self, count: int, *, announced: bool = True) -> list[str]:
        """Place orders that have to be imported, with or without webhooks; their numbers."""
        placed = list(islice(self._wanted, count))
        for order in placed:
            self.place(order, announced=announced)
        return [order.number for order in placed]

    def place(self, order: Order, *, announced: bool = True) -> None:
        """A buyer orders."""
        self.placed_at[order.number] = self.scenery.clock()
        self.link.shop.place(self.link.pair.market.order(order), announced=announced)

    def buy_slowly(self, count: int) -> list[str]:
        """One after the other over some hours."""
        numbers: list[str] = []
        for _ in range(count):
            numbers += self.buy(1, announced=False)
            self.pass_time(SPREAD / count)
        return numbers

    def pass_time(self, span: timedelta) -> None:
        """Let the bridge work for so long."""
        until = self.scenery.clock() + span
        while (now := self.scenery.clock()) < until:
            if now >= self._look:
                self._look = now + LOOKS
                self.scenery.invoke("watch", {})
            due = self.scenery.queues.next_due()
            if due is not None and due <= now:
                self.scenery.step()
                self._hear()
                continue
            self.scenery.clock.moment = min(until, self._look, max(due or until, now))
            self.scenery.tick()

    def _hear(self) -> None:
        """Remember what is sent once more, in the order of sending."""
        waiting = self.scenery.queues.waiting.values()
        self.once_more.update({each.id: each.body for each in waiting if ONCE_MORE in each.body})

    def arrived(self) -> set[str]:
        """Numbers of the orders that the back office has."""
        return {each.reference for each in self.link.office.booked()}

    def verdict(self, placed: Sequence[str]) -> list[str]:
        """What is wrong with them in the end, as sentences."""
        judged = judge(self.scenery)
        wrong = [f"{number} is lost" for number in judged.lost] + [
            f"{number} is there twice" for number in judged.doubled
        ]
        missing = sorted(set(placed) - self.arrived())
        dead = len(self.scenery.queues.dead)
        return [
            *wrong,
            *judged.astray,
            *(f"{number} waits for a person" for number in missing),
            *([f"{dead} dead letters"] if dead else []),
            *self.scenery.crashes,
        ]


@contextmanager
def _opened(seed: int) -> Iterator[_Stage]:
    with scenery(seed) as stage:
        yield _Stage(stage, seed)


def _imported(seed: int) -> Iterator[Order]:
    """Orders that have to be imported."""
    return (each for each in orders(Random(seed), FIRST) if not each.cancelled and each.payment != "paypal")


# --- a day without back office ----------------------------------------------------------------------------------------


def day_without_office(count: int, seed: int) -> Outage:
    """The back office does not answer for 24 hours, while orders come in; then nobody does anything by hand."""
    with _opened(seed) as play:
        host, began = play.link.hosts[1], play.calls
        play.scenery.internet.down.add(host)
        placed = play.buy(1, announced=False)
        play.pass_time(HOUR)
        first_hour = play.calls - began
        placed += play.buy_slowly(count - 1)
        play.pass_time(DAY - 2 * HOUR - SPREAD)
        before = play.calls
        play.pass_time(HOUR)
        last_hour = play.calls - before
        play.scenery.internet.down.clear()
        resent = _let_heal(play)
        wrong = play.verdict(placed)
        if not _is_by_age([play.placed_at[number] for number in resent]):
            wrong.append("what gave up was not sent again by age")
        if last_hour > AT_REST:
            wrong.append(f"{last_hour} calls in the last hour of the day")
        return Outage(
            placed=len(placed),
            arrived=len(play.arrived() & set(placed)),
            resent=len(resent),
            dead=len(play.scenery.queues.dead),
            first_hour=first_hour,
            last_hour=last_hour,
            throttled=play.office.statuses[429],
            broken=[f"after a day without back office: {what}" for what in wrong],
        )


def _is_by_age(moments: Sequence[datetime]) -> bool:
    """Whether no order overtook one that an earlier poll had read; those of one poll reach workers in any order."""
    return all(moment >= newest - POLLS for newest, moment in zip(accumulate(moments, max), moments, strict=True))


def _let_heal(play: _Stage) -> list[str]:
    """Two hours later; the numbers of the orders that were sent again by themselves, in this order."""
    play.pass_time(2 * HOUR)
    numbers = {record.key.id: number for number, record in records(play.scenery, play.link).items()}
    return [numbers[json.loads(body)["order_id"]] for body in play.once_more.values()]


# --- a poison order ---------------------------------------------------------------------------------------------------


def poison_delay(others: int, seed: int) -> float:
    """What an order whose creation always breaks down adds to calls or time until all others are there."""
    (calls, seconds), (more, longer) = (_cost(others, seed, poison=poison) for poison in (False, True))
    return max((more - calls) / calls, (longer - seconds - OWN_TRY) / seconds)


def _cost(others: int, seed: int, *, poison: bool) -> tuple[float, float]:
    """Calls, and seconds by the clock of the play, until all others are there; the one before them is the poison."""
    with _opened(seed) as play:
        (first,) = play.buy(1)
        if poison:
            mark = f'"{first}"'.encode()
            play.office.meets = lambda request: request.method == "POST" and mark in request.read()
        play.pass_time(timedelta(minutes=1))
        began, since, numbers = play.calls, play.scenery.clock(), set(play.buy(others))
        while not numbers <= play.arrived():
            play.pass_time(timedelta(seconds=0.1))
        if (first in play.arrived()) is poison:
            raise RuntimeError("The poison order is no poison")
        return play.calls - began, (play.scenery.clock() - since).total_seconds()


# --- a revoked key ----------------------------------------------------------------------------------------------------


def revoked_key(count: int, seed: int) -> tuple[int, list[str]]:
    """Orders come in while the back office refuses our key for hours; how often that was told, and what is wrong."""
    with _opened(seed) as play:
        play.office.answer, play.office.meets = REVOKED, lambda _: True
        placed = play.buy_slowly(count)
        play.office.meets = lambda _: False
        play.pass_time(2 * HOUR)
        lines = play.scenery.lines
        wrong = [f"after a revoked key: {what}" for what in play.verdict(placed)]
        if (lines["connection_stopped"], lines["connection_troubled"]) != (1, 1):
            wrong.append(f"a revoked key was told {lines['connection_stopped']} times")
        return lines["connection_stopped"], wrong
