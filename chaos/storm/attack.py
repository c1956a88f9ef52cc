"""Orders over all pairs while three calls in ten fail, containers die, and messages come twice, late, in any order."""

import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import islice
from random import Random
from unittest.mock import patch

from chaos.buyers import orders
from chaos.ledgers import Verdict, judge, records
from chaos.storm.trade import RUNS, Shelves, Trade, parts
from sandbox.pairs.all_pairs import UNATTENDED
from sandbox.pairs.orders import Order
from sandbox.quick.queues import Message
from sandbox.quick.scenery import BETWEEN, SKEW, Linked, Scenery, scenery

FAILING, DYING = 0.3, 0.004
"""The part of all outside calls that fail, and at which the container dies (each time before and after it)."""
AT_ONCE = 10
"""Orders of a connection between two moments of the story."""
DOUBLED_IN, UNANNOUNCED_IN, REDRIVEN_IN = 0.1, 0.2, 0.02
"""The part of the messages that come twice, of the webhooks that are lost, and of the messages that come back late."""
LATE = timedelta(days=13)
RAGES, GOES_ON = 6, 8
"""Deliveries for each order: before more orders come, and after the last one came."""
LONGEST_WORK = 4.0
"""Seconds that pass with a delivery at most."""
REPAIRS = 12
"""Rounds of an operator after the storm; each resumes what stopped and resends what gave up."""
UNMAPPED, DOUBTFUL = "unmapped_payment", "in_doubt"
"""What stays for a person: a map that lacks an entry; a cancelled order that may be in an office without a search."""
PATIENCE = timedelta(hours=1)
"""By how much SalesPOS lets clocks differ here: it refuses 5 minutes (vendor reference S2) and would hide the rest."""
LATE_IN, CHANGED_IN = 0.1, 0.03
"""The part of the orders that become visible late, and that are cancelled afterwards."""
LATEST_COMMIT = timedelta(minutes=15)
HALF_FORGOTTEN = timedelta(hours=30)
"""After so long much in the tables is over, and half of that still stands there."""
SELDOM = timedelta(minutes=175)
"""The schedule's tick in calm weather, where nothing new comes."""
PATIENT = 50
"""Buyers who look at a shop that has little before we call it empty."""


@dataclass(frozen=True)
class Storm:
    """How it went.

    Attributes:
        calls, failed: Outside calls while it raged, and those that failed.
        died: Containers that died meanwhile.
        dead: Messages among the dead letters.
        bugs: Log lines of errors that nobody expected.
    """

    verdict: Verdict
    calls: int
    failed: int
    died: int
    dead: int
    bugs: Sequence[str]
    shelves: Shelves
    seconds: float

    @property
    def well(self) -> bool:
        """Every promise is kept."""
        return self.verdict.well and self.shelves.well and not self.dead and not self.bugs


def storm(count: int, seed: int | str, pairs: Sequence[str] = UNATTENDED) -> Storm:
    """Let ``count`` orders live through it, and judge what shop, back office and ledger have in the end."""
    began = time.monotonic()
    with scenery(seed) as stage, patch("sandbox.platforms.salespos.auth.TOLERANCE", PATIENCE):
        play = _Play(stage, Random(f"{seed} story"))
        play.open(count, pairs)
        play.rage(count)
        raged = replace(stage.weather)
        play.repair()
        verdict = judge(stage)
        play.check_reasons(verdict)
        shelves = play.trade.finish()
        return Storm(
            verdict,
            calls=raged.calls,
            failed=raged.failed,
            died=raged.died,
            dead=len(stage.queues.dead),
            bugs=tuple(stage.crashes),
            shelves=shelves,
            seconds=time.monotonic() - began,
        )


class _Play:
    """The story on its stage."""

    def __init__(self, stage: Scenery, random: Random) -> None:
        self._stage = stage
        self._random = random
        self.trade = Trade(stage, Random(f"{random.random()} trade"))
        self._expected: dict[str, tuple[str, ...]] = {}
        self._numbers: defaultdict[str, list[str]] = defaultdict(list)
        self._copies: list[tuple[str, str]] = []

    def open(self, count: int, pairs: Sequence[str]) -> None:
        """Connect every pair, with goods on both sides, and let figures and products come over once."""
        for name in pairs:
            link = self._stage.link(name, name)
            self.trade.open(link, buyers=count // len(pairs))
            self._stage.connect(link, parts(link))
            for job in RUNS:
                self.trade.start(link, job)
        self._stage.settle()

    def rage(self, count: int) -> None:
        """Place the orders, and let the bridge work in the storm."""
        weather = self._stage.weather
        weather.rate, weather.deaths, weather.calls, self._stage.skew = FAILING, DYING, 0, SKEW
        links = list(self._stage.links.values())
        streams = {link.id: orders(self._random, 10_000 + 100_000 * at) for at, link in enumerate(links)}
        left = count
        while left > 0:
            before = left
            for link in links:
                share = min(AT_ONCE, left)
                self._buy(link, streams[link.id], share)
                left -= share
            self._work(RAGES * (before - left))
        self._work(GOES_ON * count)

    def _buy(self, link: Linked, stream: Iterator[Order], share: int) -> None:
        with link.shop.doubled_and_reordered():
            for _ in range(share):
                self._place(link, self._in_stock(link, stream))
                self.trade.move(link)
                self._change_mind(link)

    def _in_stock(self, link: Linked, stream: Iterator[Order]) -> Order:
        """The next order whose goods the shop offers; who finds less than wanted buys the rest."""
        offered = self.trade.offered(link)
        for order in islice(stream, PATIENT):
            goods = tuple(each for each in order.items if offered[each.sku] >= each.quantity)
            if goods:
                return replace(order, items=goods)
        raise RuntimeError(f"{link.id} offers nothing that anybody wants: {offered}")

    def _place(self, link: Linked, order: Order) -> None:
        """A buyer orders; now and then the shop shows it minutes later, with the time of then."""
        unmapped = order.payment == "paypal"
        self._expected[order.number] = ("SKIPPED" if order.cancelled else UNMAPPED if unmapped else "DONE",)
        late = LATEST_COMMIT * self._random.random() if self._random.random() < LATE_IN else timedelta(0)
        announced = not late and self._random.random() >= UNANNOUNCED_IN
        self._stage.clock.moment -= late
        link.shop.place(link.pair.market.order(order), announced=announced)
        self._stage.clock.moment += late
        self._numbers[link.id].append(order.number)

    def _change_mind(self, link: Linked) -> None:
        """An order is cancelled after it was placed; whether it was imported before is a matter of luck."""
        if self._random.random() < CHANGED_IN:
            number = self._random.choice(self._numbers[link.id])
            link.shop.cancel(number)
            self._expected[number] += ("DONE", "SKIPPED", "in_doubt")

    def _work(self, deliveries: int) -> None:
        for _ in range(deliveries):
            self._meddle()
            self._stage.step()
            self._stage.clock.advance(seconds=self._random.uniform(0, LONGEST_WORK))

    def _meddle(self) -> None:
        """Somebody sends a message twice, or keeps it for a redrive."""
        waiting: list[Message] = list(self._stage.queues.waiting.values())
        if waiting and self._random.random() < DOUBLED_IN:
            copied = self._random.choice(waiting)
            self._stage.queues.put(copied.queue, copied.body)
            if self._random.random() < REDRIVEN_IN / DOUBLED_IN:
                self._copies.append((copied.queue, copied.body))

    def repair(self) -> None:
        """The storm is over; an operator repairs what needs a person, and old messages are redriven."""
        weather = self._stage.weather
        weather.rate = weather.deaths = 0.0
        self._stage.every = SELDOM
        self._stage.new_container()
        for round_ in range(REPAIRS):
            self._stage.settle()
            if not self._operate() and round_:
                break
            self._stage.let_pass(BETWEEN)
        self._stage.let_pass(HALF_FORGOTTEN)
        self._stage.let_pass(LATE)
        for queue, body in self._copies:
            self._stage.queues.put(queue, body)
        self._stage.settle()

    def _operate(self) -> int:
        """Resume and resend; how much there was to do."""
        done = 0
        for link in self._stage.links.values():
            shown = self._stage.ask("show", connection=link.id)
            if shown["status"] != "active":
                self._stage.ask("resume", connection=link.id)
                done += 1
            done += self._resend(link)
        return done

    def _resend(self, link: Linked) -> int:
        """What gave up or is in doubt is sent once more; what a map lacks stays held."""
        codes = {one["code"] for one in self._stage.ask("held", connection=link.id)} - {UNMAPPED, DOUBTFUL}
        return sum(self._stage.ask("resend", connection=link.id, code=code)["resent"] for code in sorted(codes))

    def check_reasons(self, verdict: Verdict) -> None:
        """Each order ended as its buyer's doings say."""
        for link in self._stage.links.values():
            for number, record in records(self._stage, link).items():
                reason = record.reason.code if record.reason else ""
                wanted = self._expected.get(number)
                if wanted is None or not {record.state, reason}.intersection(wanted):
                    verdict.astray.append(f"{link.id}: {number} is {record.state} {reason}, not {wanted}")
