"""Orders over all pairs while three calls in ten fail, containers die, and messages come twice, late, in any order."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import islice
from random import Random

from chaos.buyers import orders
from chaos.ledgers import Verdict, judge, records
from chaos.queues import Message
from chaos.scenery import SKEW, Linked, Scenery, scenery
from sandbox.demo import catalogue
from sandbox.demo.orders import Order
from sandbox.demo.pairs import PAIRS

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
UNMAPPED = "unmapped_payment"


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
    seconds: float

    @property
    def well(self) -> bool:
        """Every promise is kept."""
        return self.verdict.well and not self.dead and not self.bugs


def storm(count: int, seed: int | str) -> Storm:
    """Let ``count`` orders live through it, and judge what shop, back office and ledger have in the end."""
    began = time.monotonic()
    with scenery(seed) as stage:
        play = _Play(stage, Random(f"{seed} story"))
        play.open()
        play.rage(count)
        raged = replace(stage.weather)
        play.repair()
        verdict = judge(stage)
        play.check_reasons(verdict)
        return Storm(
            verdict,
            calls=raged.calls,
            failed=raged.failed,
            died=raged.died,
            dead=len(stage.queues.dead),
            bugs=tuple(stage.crashes),
            seconds=time.monotonic() - began,
        )


class _Play:
    """The story on its stage."""

    def __init__(self, stage: Scenery, random: Random) -> None:
        self._stage = stage
        self._random = random
        self._expected: dict[str, str] = {}
        self._copies: list[tuple[str, str]] = []

    def open(self) -> None:
        """Connect every pair, and put the catalogue on both sides."""
        for name in PAIRS:
            link = self._stage.link(name, name)
            products = [link.pair.market.product(product) for product in catalogue.PRODUCTS]
            link.shop.add_products(products)
            link.office.add_products(products)
            self._stage.connect(link)

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
                self._buy(link, list(islice(streams[link.id], share)))
                left -= share
            self._work(RAGES * (before - left))
        self._work(GOES_ON * count)

    def _buy(self, link: Linked, wanted: Sequence[Order]) -> None:
        for order in wanted:
            self._expected[order.number] = (
                "SKIPPED" if order.cancelled else UNMAPPED if order.payment == "paypal" else "DONE"
            )
            announced = self._random.random() >= UNANNOUNCED_IN
            with link.shop.doubled_and_reordered():
                link.shop.place(link.pair.market.order(order), announced=announced)

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
        self._stage.new_container()
        for round_ in range(REPAIRS):
            self._stage.settle()
            if not self._operate() and round_:
                break
            self._let_pass(timedelta(minutes=10))
        self._let_pass(LATE)
        for queue, body in self._copies:
            self._stage.queues.put(queue, body)
        self._stage.settle()

    def _let_pass(self, span: timedelta) -> None:
        self._stage.clock.moment += span
        self._stage.tick()
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
        codes = {one["code"] for one in self._stage.ask("held", connection=link.id)} - {UNMAPPED}
        return sum(self._stage.ask("resend", connection=link.id, code=code)["resent"] for code in sorted(codes))

    def check_reasons(self, verdict: Verdict) -> None:
        """Each order ended as its buyer's doings say."""
        for link in self._stage.links.values():
            for number, record in records(self._stage, link).items():
                reason = record.reason.code if record.reason else ""
                wanted = self._expected.get(number)
                if wanted not in (record.state, reason):
                    verdict.astray.append(f"{link.id}: {number} is {record.state} {reason}, not {wanted}")
