"""A stack with several connections, some of them at one shop or one back office, and what is to be seen there."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from sandbox.demo.judgement.goods import Stocktaking, check_stock, pending_units
from sandbox.demo.judgement.verdict import Standing, judge
from sandbox.demo.quick.world import TICK, Desk
from sandbox.demo.screen import Screen
from sandbox.demo.story.phases import Checks, Phase
from sandbox.demo.world import standing
from sandbox.pairs import catalogue
from sandbox.pairs.orders import Order
from sandbox.pairs.sides.protocols import Booked
from sandbox.quick.scenery import BRIDGE, Linked, Scenery, settings_of
from shopbridge.store.ledger.items import PREFIX, from_item
from shopbridge_cli.client import RefusedError

BUFFER = Decimal(2)
STOCK: Mapping[str, Any] = {"active": True, "safety_buffer": str(BUFFER)}


@dataclass(eq=False)
class Party:
    """One connection of the story.

    Attributes:
        prefix: How its orders' numbers begin in the back office.
    """

    link: Linked
    prefix: str = ""
    had: dict[str, Decimal] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """Its id."""
        return self.link.id


@dataclass
class Several:
    """A stack with more than one connection, and what is to be seen there."""

    stage: Scenery
    screen: Screen
    checks: Checks = field(default_factory=Checks)
    parties: Sequence[Party] = ()

    def __post_init__(self) -> None:
        self.desk = Desk(self.stage)

    def play(self, phases: Iterable[Phase]) -> None:
        """One after the other."""
        for phase in phases:
            with self.screen.phase(phase.title):
                phase.act()
                self.pass_on()

    def pass_on(self) -> None:
        """Work until nothing waits; the schedule ticks twice, so that every flow has had its turn."""
        self.stage.settle()
        for _ in range(2):
            self.stage.let_pass(TICK)
        self.stage.clock.advance(minutes=2)

    def furnish(self, *parties: Party) -> None:
        """Both sides of all who take part have the goods of the story."""
        self.parties = parties
        seen: set[int] = set()
        for party in parties:
            goods = [party.link.pair.market.product(each) for each in catalogue.PRODUCTS]
            for side in (party.link.shop, party.link.office):
                if id(side) not in seen:
                    seen.add(id(side))
                    side.add_products(goods)
        for party in parties:
            party.had = {each.sku: each.stock for each in party.link.office.shelf()}

    def settings(self, party: Party, **parts: Any) -> dict[str, Any]:
        """Of its connection: every map, and the prefix where it has one."""
        made = settings_of(party.link)
        made["orders"]["maps"]["payment"]["entries"] |= party.link.pair.forgotten_payment
        if party.prefix:
            made["office"]["settings"] |= {"reference_prefix": party.prefix}
        if party.link.pair.mails:
            made["orders"]["document_mail"] = {"active": False}
        return {**made, **parts}

    def connect(self, party: Party, settings: Mapping[str, Any]) -> None:
        """Create the connection; a shop that has an app already gives another key, and is polled."""
        shares = bool(party.link.shop_of)
        secrets = {
            "shop": party.link.shop.another_key() if shares else party.link.shop.secrets(),
            "office": party.link.office.secrets(),
        }
        made = self.desk.ask("create", settings=settings, secrets=secrets, start=True)
        if not shares:
            party.link.shop.install(BRIDGE, made["hooks"])

    def refused(self, party: Party, settings: Mapping[str, Any], words: str) -> None:
        """Creating it so is refused with these words, and with what to do."""
        try:
            self.connect(party, settings)
            self.checks.that(False, f"{party.name} should be refused: {words}.")
        except RefusedError as error:
            told = " ".join(error.problems)
            self.screen.note(told)
            self.checks.that(words in told, f"{party.name} should be refused because of: {words}, but is: {told}")

    def place(self, party: Party, *orders: Order) -> None:
        """Buyers of a shop order."""
        for order in orders:
            party.link.shop.place(party.link.pair.market.order(order))

    def standing(self, party: Party) -> dict[str, Standing]:
        """What the ledger of a connection says, by the shop's number."""
        table = self.stage.environment.state_table
        items = self.stage.tables.records(table, party.link.id, f"{PREFIX}order#")
        return {record.reference: standing(record) for record in map(from_item, items)}

    def judge_orders(self, party: Party) -> None:
        """Each order of its shop is in its back office once, to the cent."""
        found = judge(party.link.shop.placed(), self._booked(party), self.standing(party))
        wrong = [*found.lost, *found.duplicated, *found.mismatched, *found.untrue]
        self.checks.that(not wrong, f"Orders of {party.name} that are lost, twice, different or untrue: {wrong}.")

    def _booked(self, party: Party) -> Sequence[Booked]:
        """What its back office has of its shop's orders, by the shop's number; of another shop's it has others, too."""
        others = {other.prefix for other in self.parties if other.link.office is party.link.office} - {party.prefix}
        theirs = tuple(prefix for prefix in others if prefix)
        every = (each for each in party.link.office.booked() if each.reference.startswith(party.prefix))
        return [
            replace(each, reference=each.reference.removeprefix(party.prefix))
            for each in every
            if party.prefix or not each.reference.startswith(theirs)
        ]

    def judge_stock(self, party: Party) -> None:
        """The shop offers what is there, less the buffer and each of its open orders once."""
        taken = Stocktaking(
            shop=party.link.shop.shelf(),
            office=party.link.office.shelf(),
            pending=pending_units(party.link.shop.ordered(), (each.reference for each in self._booked(party))),
            had=party.had,
            sold=party.link.office.sold(),
            buffer=BUFFER,
            whole_units=party.link.shop.whole_units,
        )
        check = check_stock(party.name, taken)
        self.checks.that(check.skus >= len(catalogue.PRODUCTS), f"{party.name} compares {check.skus} articles only.")
        self.checks.that(not check.differing, f"Stock of {party.name}: {'; '.join(check.differing)}.")
        self.checks.that(not check.oversold, f"{party.name} oversells {check.oversold}.")
