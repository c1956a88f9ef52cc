"""Two shops into one till, and one shop into two back offices.

What would go wrong is tried first, and has to be refused with what to do: orders of two shops that are called alike,
and stock that two connections would write into one account.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Self

from sandbox.demo.quick.several import STOCK, Party, Several
from sandbox.demo.quick.world import quick_stage
from sandbox.demo.screen import Screen
from sandbox.demo.story.phases import Phase
from sandbox.pairs import catalogue
from sandbox.pairs.catalogue import item
from sandbox.pairs.orders import Order
from sandbox.pairs.sides import shoprenter

FIRST = Order("10001", (item(catalogue.MUG, 2),), catalogue.SANNE, catalogue.UTRECHT, shipping=Decimal("4.95"))
SECOND, THIRD = replace(FIRST, number="10002"), replace(FIRST, number="10003", items=(item(catalogue.SOAP),))
UNPAID = replace(FIRST, number="10004", items=(item(catalogue.SOAP, 4),), paid=False)
CARD = replace(FIRST, number="10005", items=(item(catalogue.LAMP),), payment="paypal")
PREFIX = "B-"
FALLS_BACK = shoprenter.PAID
"""Another status counts as this one."""


@dataclass(frozen=True)
class TwoShops:
    """A Gomag shop and a Shoprenter shop sell from one till, each with orders of the same numbers."""

    story: Several
    one: Party
    two: Party

    @classmethod
    def of(cls, story: Several) -> Self:
        """Both shops and the till."""
        one = Party(story.stage.link("shop-one", "gomag-salespos"))
        two = story.stage.link("shop-two", "shoprenter-salespos", office_of=one.link)
        return cls(story, one, Party(two, PREFIX))

    def phases(self) -> Iterator[Phase]:
        """All of them."""
        yield Phase("one shop is connected with the till, stock too", self._first)
        yield Phase("a second shop whose orders would be called alike is refused", self._alike)
        yield Phase("so is one whose own stock would be written into that till", self._master)
        yield Phase("with a prefix and the till's stock it is connected", self._second)
        yield Phase("both shops sell the same goods under the same numbers; an answer is lost", self._sell)
        yield Phase("something is sold over the counter: both shops offer less", self._counter)
        yield Phase("each order is there once, and both shops offer what is left", self._end)

    def _first(self) -> None:
        self.story.furnish(self.one, self.two)
        self.story.connect(self.one, self.story.settings(self.one, stock=STOCK))

    def _alike(self) -> None:
        bare = Party(self.two.link)
        settings = self.story.settings(bare, stock=STOCK)
        self.story.refused(bare, settings, "would call orders of two shops alike")

    def _master(self) -> None:
        settings = self.story.settings(self.two, stock={**STOCK, "direction": "shop_to_office"})
        self.story.refused(self.two, settings, "would take the sales of shop-one back")

    def _second(self) -> None:
        self.story.connect(self.two, self.story.settings(self.two, stock=STOCK))

    def _sell(self) -> None:
        self.one.link.office.lose_the_next_answer()
        self.story.place(self.one, FIRST, SECOND, UNPAID)
        self.story.place(self.two, FIRST, SECOND, THIRD)

    def _counter(self) -> None:
        self.one.link.office.sell_at_till({catalogue.MUG.sku: 3})

    def _end(self) -> None:
        for party in (self.one, self.two):
            self.story.judge_orders(party)
            self.story.judge_stock(party)


@dataclass(frozen=True)
class TwoOffices:
    """A Shoprenter shop has its invoices made by InnVoice, and its buyers kept by SalesAutopilot."""

    story: Several
    invoices: Party
    contacts: Party
    till: Party

    @classmethod
    def of(cls, story: Several) -> Self:
        """The shop and its back offices."""
        invoices = Party(story.stage.link("invoices", "shoprenter-innvoice"))
        contacts, till = (
            Party(story.stage.link(name, pair, shop_of=invoices.link))
            for name, pair in (("contacts", "shoprenter-salesautopilot"), ("till", "shoprenter-salespos"))
        )
        return cls(story, invoices, contacts, till)

    def phases(self) -> Iterator[Phase]:
        """All of them."""
        yield Phase("a shop is connected with InnVoice, which knows the stock", self._first)
        yield Phase("a till that would write the shop's stock as well is refused", self._twice)
        yield Phase("SalesAutopilot, which counts nothing, is connected beside it", self._second)
        yield Phase("orders become an invoice here and a contact there; one waits there only", self._sell)
        yield Phase("what waits there is counted once, and is released", self._release)
        yield Phase("an order is cancelled in the shop", lambda: self.invoices.link.shop.cancel(SECOND.number))
        yield Phase("each order is in both once, and its units were taken once", self._end)

    def _first(self) -> None:
        self.story.furnish(self.invoices, self.contacts, self.till)
        stock = {**STOCK, "formula": "on_hand"}
        self.story.connect(self.invoices, self.story.settings(self.invoices, stock=stock))

    def _twice(self) -> None:
        settings = self.story.settings(self.till, stock=STOCK)
        self.story.refused(self.till, settings, "invoices writes stock of the same shop already")

    def _second(self) -> None:
        self.story.connect(self.contacts, self._told_nothing(whole=False))

    def _told_nothing(self, *, whole: bool) -> dict[str, Any]:
        """One payment method is forgotten at first."""
        made = self.settings_of(self.contacts)
        orders = made["orders"]
        if not whole:
            entries = orders["maps"]["payment"]["entries"]
            orders["maps"]["payment"]["entries"] = {
                key: word for key, word in entries.items() if key not in self.contacts.link.pair.forgotten_payment
            }
        return made

    def settings_of(self, party: Party, **parts: Any) -> dict[str, Any]:
        """A connection that leaves the shop alone, and takes orders in whatever status another one gave them."""
        made = self.story.settings(party, **parts)
        made["orders"] = {**made["orders"], "write_back": {}}
        made["orders"]["maps"]["status"]["fallback"] = party.link.pair.maps["status"][FALLS_BACK]
        return made

    def _sell(self) -> None:
        self.story.place(self.invoices, FIRST, SECOND, UNPAID, CARD)

    def _release(self) -> None:
        held = self.story.standing(self.contacts)[CARD.number]
        here = self.story.standing(self.invoices)[CARD.number]
        seen = (here.state, held.code) == ("DONE", "unmapped_payment")
        self.story.checks.that(seen, f"{CARD.number} should wait in one of both, but is {here} and {held}.")
        self.story.judge_stock(self.invoices)
        version = self.story.desk.ask("show", connection=self.contacts.name)["version"]
        self.story.desk.ask("change", settings=self._told_nothing(whole=True), version=version)
        self.story.desk.ask("resend", connection=self.contacts.name, code="unmapped_payment")

    def _end(self) -> None:
        for party in (self.invoices, self.contacts):
            self.story.judge_orders(party)
        self.story.judge_stock(self.invoices)


STORIES: Mapping[str, Callable[[Several], TwoShops | TwoOffices]] = {
    "two shops, one till": TwoShops.of,
    "one shop, an invoice here and a contact there": TwoOffices.of,
}


def several(screen: Screen, titles: Sequence[str] = tuple(STORIES)) -> Sequence[str]:
    """Play the stories; what was to be seen and was not, as sentences."""
    unmet: list[str] = []
    for title in titles:
        screen.say(f"{title[0].upper()}{title[1:]}", "bold")
        with quick_stage(title) as stage:
            told = Several(stage, screen)
            told.play(STORIES[title](told).phases())
            unmet += [*told.checks.unmet, *(f"A function crashed: {crash}" for crash in stage.crashes)]
    for line in unmet:
        screen.say(f"✗ {line}", "red")
    if not unmet:
        screen.say("✓ Every order is in each of its back offices once, and its units were taken once.", "green")
    return unmet
