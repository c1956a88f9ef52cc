"""The default story: at least one order of each kind, most faults once, and what has to become of each."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from sandbox.demo import letters
from sandbox.demo.judgement.brought import Brought
from sandbox.demo.judgement.goods import Goods
from sandbox.demo.judgement.verdict import Standing, Verdict
from sandbox.demo.screen import Screen
from sandbox.demo.story.phases import Checks, Phase
from sandbox.demo.story.scenes import goods as goods_scenes
from sandbox.demo.story.scenes.catalogue import CatalogueScenes
from sandbox.demo.story.scenes.goods import GoodsScenes
from sandbox.demo.story.scenes.life import LifeScenes
from sandbox.demo.world import CONNECTION, World
from sandbox.pairs import catalogue
from sandbox.pairs.catalogue import item
from sandbox.pairs.orders import Item, Order
from shopbridge.model.ledger import SKIPPED_BY_OPERATOR
from shopbridge_cli.client import RefusedError

PATIENCE = 240
"""Real seconds a phase may work: a few, but on a machine that others keep busy."""
WAITING = 180
"""The clock's seconds a phase may wait besides: for a lost answer and a limit."""
SHIPPING = Decimal("4.95")

PRIVATE = Order("10001", (item(catalogue.MUG, 2),), catalogue.SANNE, catalogue.UTRECHT, shipping=SHIPPING)
LOST_ANSWER = replace(PRIVATE, number="10002", buyer=catalogue.PIET, billing=catalogue.ROTTERDAM)
KINDS: Mapping[str, Order] = {
    "a private buyer": PRIVATE,
    "a company": Order(
        "10003", (item(catalogue.LAMP),), catalogue.ERIKA, catalogue.BERLIN, shipping=SHIPPING, payment="ideal"
    ),
    "a guest": Order(
        "10004",
        (item(catalogue.TEE), Item("", "Engraving", Decimal("9.50"), Decimal(21), kind="custom")),
        catalogue.CLAIRE,
        catalogue.PARIS,
        comment="Please ring twice",
    ),
    "several taxes": Order(
        "10005", (item(catalogue.MUG, 3), item(catalogue.BOOK, 2)), catalogue.JOHN, catalogue.LONDON, shipping=SHIPPING
    ),
    "a discount": Order(
        "10006",
        (item(catalogue.TEE, 2), item(catalogue.BOOK)),
        catalogue.SANNE,
        catalogue.UTRECHT,
        delivery=catalogue.ROTTERDAM,
        discount=Decimal(10),
    ),
    "net prices": Order(
        "10007",
        (item(catalogue.LAMP, 5, Decimal("74.37")), item(catalogue.BOOK, 3, Decimal("27.43"))),
        catalogue.ERIKA,
        catalogue.BERLIN,
        shipping=SHIPPING,
        prices="net",
    ),
    "a retried payment": replace(PRIVATE, number="10021", retried=True),
    "nothing to pay": replace(
        PRIVATE, number="10022", items=(item(catalogue.BOOK),), shipping=Decimal(0), discount=Decimal(100), paid=False
    ),
    "a total rounded for cash": replace(
        PRIVATE, number="10023", items=(item(catalogue.SOAP, 3),), shipping=Decimal("4.97"), rounded_to=Decimal("0.05")
    ),
    "a bundle": Order(
        "10008",
        (
            Item(
                "",
                "Gift box",
                Decimal(0),
                Decimal(21),
                kind="bundle",
                parts=(item(catalogue.MUG), item(catalogue.SOAP, 2)),
            ),
        ),
        catalogue.PIET,
        catalogue.ROTTERDAM,
        payment="prepaid",
    ),
}
"""A shop may not have all of them."""

DOUBLED = tuple(replace(PRIVATE, number=number, buyer=catalogue.PIET) for number in ("10009", "10010"))
POLLED = tuple(
    replace(PRIVATE, number=number, items=(item(catalogue.SOAP, 4), item(catalogue.TEE)))
    for number in ("10011", "10012", "10013")
)
CANCELLED = replace(PRIVATE, number="10014", cancelled=True)
UNPAID = replace(PRIVATE, number="10015", paid=False)
STILL_UNPAID = replace(PRIVATE, number="10016", paid=False)
PAID_LATER = replace(PRIVATE, number="10017", buyer=catalogue.JOHN, billing=catalogue.LONDON, payment="paypal")
MISSING = replace(PRIVATE, number="10018", items=(item(catalogue.UNKNOWN), item(catalogue.MUG)))

TOO_FAST = replace(PRIVATE, number="10019", items=(item(catalogue.SOAP),))

ENDS = {CANCELLED.number: "cancelled", STILL_UNPAID.number: "payment_not_taken"}
"""The orders that are not imported in the end, with the reason's code; but for MISSING, which depends on the office."""


def settings(world: World, *, complete: bool) -> dict[str, Any]:
    """The connection's parts; not ``complete``: one payment method and one attribute are still forgotten."""
    pair = world.pair
    maps = {name: {"entries": dict(entries)} for name, entries in pair.maps.items()}
    if complete:
        maps["payment"]["entries"] |= pair.forgotten_payment
    orders: dict[str, Any] = {"maps": maps, "write_back": dict(pair.write_back)}
    if pair.life.changes:
        orders["changes"] = dict(pair.life.changes)
    if pair.mails:
        orders["document_mail"] = letters.settings(world.stack)
    return {"orders": orders, **goods_scenes.settings(world, complete=complete)}


@dataclass
class Story:
    """Plays the phases one after the other and notes what was to be seen and was not."""

    world: World
    screen: Screen
    checks: Checks = field(default_factory=Checks)

    def __post_init__(self) -> None:
        pair = self.world.pair
        scenes = GoodsScenes if pair.carries_goods else CatalogueScenes if pair.brings_products else None
        self._goods = scenes(self.world, self.checks, self._settled) if scenes else None
        self._life = LifeScenes(self.world, self.checks, self._settled)

    def settings(self) -> dict[str, Any]:
        """The connection's parts, with one payment method and one attribute still forgotten."""
        return settings(self.world, complete=False)

    def prepare(self) -> None:
        """Fill both catalogues."""
        self.world.shop.add_products(self.world.here((*catalogue.PRODUCTS, catalogue.UNKNOWN)))
        self.world.office.add_products(self.world.here(catalogue.PRODUCTS))
        if self._goods:
            self._goods.prepare()

    def play(self) -> None:
        """All phases."""
        for phase in self._phases():
            with self.screen.phase(phase.title, self._counters):
                phase.act()
                self.checks.that(self._settled(), f"Something still waits after a long time: {phase.title}.")
                if phase.stock_after and self._goods:
                    self._goods.compare_stock(phase.stock_after)

    def judge(self, verdict: Verdict) -> tuple[str, ...]:
        """What the story was to show and did not, as sentences."""
        missing = () if self.world.office.takes_unknown_products else ("missing_product",)
        by_hand = () if self.world.pair.unattended else (SKIPPED_BY_OPERATOR,)
        expected = dict.fromkeys((*ENDS.values(), *missing, *by_hand), 1)
        found = {**verdict.skipped, **verdict.held}
        self.checks.that(found == expected, f"Skipped and held should be {expected}, but are {found}.")
        named = self.world.shop.announces and not self.world.shop.hints
        by_webhook = bool(verdict.by_webhook) == named
        self.checks.that(
            bool(by_webhook and verdict.by_poll), "Polls should find orders, and webhooks where the shop has them."
        )
        mailed = letters.wrong(self.world.letters(), self.world.ledger()) if self.world.pair.mails else ()
        return (*self.checks.unmet, *mailed)

    def judge_goods(self) -> Goods | Brought | None:
        """How stock, prices and products stand, where the pair carries them."""
        return self._goods.judge() if self._goods else None

    def _phases(self) -> Iterator[Phase]:
        if self._goods:
            yield from self._goods.opening()
        yield from self._orders()
        yield from self._life.phases()
        if self._goods:
            yield from self._goods.closing()
        yield Phase("the connection is deleted and made anew: no order comes twice", self._made_anew)

    def _orders(self) -> Iterator[Phase]:
        announces = self.world.shop.announces
        kinds = ", ".join(kind for kind, order in KINDS.items() if self.world.shop.takes(order))
        yield Phase("the first poll finds an empty shop", self.world.poll)
        yield Phase("an order whose answer is lost, and one that comes too fast", self._faults)
        yield Phase(f"{kinds}: by {'webhook' if announces else 'poll'}", self._every_kind)
        if announces:
            yield Phase("webhooks that come twice and in the wrong order", self._doubled)
            yield Phase("webhooks that never come: the poll finds the orders", self._polled)
        else:
            yield Phase("two polls at once, and both see the same orders", self._polled_twice)
        yield Phase("cancelled and unpaid orders are skipped", self._skipped, "unpaid_order")
        yield Phase("then the payment arrives", self._paid)
        yield Phase("an imported order is edited in the shop, and edited back: each is told once", self._edited)
        made = "is not" if self.world.office.takes_unknown_products else "is too"
        yield Phase(
            f"an order whose payment nobody mapped is held, and one whose product nobody made {made}", self._held
        )
        yield Phase("the map is completed, and what was held for it is sent again", self._released)
        yield Phase("the shop knows what became of its orders", self._told)

    def _faults(self) -> None:
        self.world.office.lose_the_next_answer()
        self._place([LOST_ANSWER])
        self.checks.that(self._settled(), "The order whose answer was lost never settles.")
        told = "answer was lost" in self._standing(LOST_ANSWER).story
        self.checks.that(told, "The order's story should tell that an answer was lost.")
        if not self.world.pair.unattended:
            self._looked_for_by_hand()
        self.world.office.refuse_the_next_order()
        self._place([TOO_FAST])

    def _looked_for_by_hand(self) -> None:
        """A person finds the order in the back office, and says so."""
        number = LOST_ANSWER.number
        found = [order for order in self.world.office.booked() if order.reference == number]
        standing = self._standing(LOST_ANSWER)
        self.checks.that(
            len(found) == 1 and standing.code == "in_doubt",
            f"Order {number} should be made once and wait for a person, but is {standing.state} {standing.code}.",
        )
        self.world.operations.ask("skip", connection=CONNECTION, order=number, remark="It is in the back office.")

    def _every_kind(self) -> None:
        self._place(order for order in KINDS.values() if self.world.shop.takes(order))

    def _doubled(self) -> None:
        with self.world.shop.doubled_and_reordered():
            self._place(DOUBLED)

    def _polled(self) -> None:
        self.world.place(POLLED, announced=False)
        self.checks.that(not self._standing(POLLED[0]).state, "An order without a webhook is known before the poll.")
        self.world.poll()

    def _polled_twice(self) -> None:
        self._place((*DOUBLED, *POLLED))
        self.world.poll()

    def _skipped(self) -> None:
        self._place([CANCELLED, UNPAID, STILL_UNPAID])

    def _paid(self) -> None:
        self.checks.that(self._standing(UNPAID).code == "payment_not_taken", "An unpaid order should be skipped.")
        self.world.shop.pay(UNPAID.number)
        self.world.listen()

    def _held(self) -> None:
        self._place([PAID_LATER, MISSING])

    def _released(self) -> None:
        self.checks.that(self._standing(PAID_LATER).code == "unmapped_payment", "An unmapped payment should be held.")
        changed = self.world.settings(**settings(self.world, complete=True))
        version = self.world.operations.ask("show", connection=CONNECTION)["version"]
        self.world.operations.ask("change", settings=changed, version=version)
        answer = self.world.operations.ask("resend", connection=CONNECTION, code="unmapped_payment")
        self.checks.that(answer["resent"] == 1, f"One order should be resent, but the answer is {answer}.")

    def _edited(self) -> None:
        edits = (2 * SHIPPING, SHIPPING)
        for shipping in edits:
            self.world.shop.edit(TOO_FAST.number, shipping)
            self.world.poll()
            self.checks.that(self._settled(), "An edit in the shop never settles.")
        story = self._standing(TOO_FAST).story
        told = max(story.count("The order's total was"), story.count("of its lines in"))  # by a person, or by us
        self.checks.that(told == len(edits), f"Each edit of an imported order should be told once, but {told} were.")

    def _told(self) -> None:
        told = self.world.shop.told(PRIVATE.number)
        self.checks.that(self.world.office.faults_struck(), "The planned faults should strike.")
        wanted = self.world.pair.write_back
        seen = told.status == wanted["status"] and bool(told.document) == ("document_field" in wanted)
        self.checks.that(seen, f"The shop should know what became of an imported order, but knows {told}.")

    def _made_anew(self) -> None:
        """Under another id it is refused; under its own it comes back with its ledger."""
        had = len(self.world.office.booked())
        self.world.operations.ask("delete", connection=CONNECTION)
        secrets = {"shop": self.world.shop.another_key(), "office": self.world.office.secrets()}
        again = self.world.settings(**settings(self.world, complete=True))
        try:
            self.world.operations.ask("create", settings={**again, "id": "again"}, secrets=secrets, start=True)
            self.checks.that(False, "A second connection between the same two accounts should be refused.")
        except RefusedError as error:
            named = any("would link two accounts" in problem for problem in error.problems)
            self.checks.that(named, f"It should be refused because of its accounts, but is for {error.problems}.")
        self.world.operations.ask("create", settings=again, secrets=secrets, start=True)
        self.world.poll()
        self.checks.that(self._settled(), "The connection that was made anew never settles.")
        made = len(self.world.office.booked()) - had
        self.checks.that(made == 0, f"A connection made anew should make no order again, but made {made}.")

    def _place(self, orders: Iterable[Order]) -> None:
        self.world.place(orders)
        self.world.listen()

    def _settled(self) -> bool:
        return self.world.settled(PATIENCE + WAITING / self.world.speed)

    def _standing(self, order: Order) -> Standing:
        return self.world.ledger().get(order.number, Standing(""))

    def _counters(self) -> str:
        placed: Sequence[Any] = self.world.shop.placed()
        return f"{len(placed)} placed · {len(self.world.office.booked())} booked · {self.world.waiting()} waiting"
