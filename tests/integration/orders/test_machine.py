"""An order's whole life in any order of events: one document at most, a visible end, nothing of another connection.

Most rules are short stories that people and networks write (an order arrives, its delivery breaks off, it comes again),
since single steps drawn by chance seldom meet.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from sandbox.quick.queues import Message
from shopbridge.flows.orders.records import WAITING
from shopbridge.model.base import OrderId
from shopbridge.model.order import Order
from tests.integration.worlds.life_judge import OrderFates, judge_end, judge_moment
from tests.integration.worlds.life_platforms import an_order
from tests.integration.worlds.life_world import CALM, KNOWN, MORE, NAMES, Fate, LifeWorld, no_cloud

NAME = st.sampled_from(NAMES)
PICK = st.integers(0, 50)
LATE = st.sampled_from([0, 0, 4, 9]).map(lambda minutes: timedelta(minutes=minutes))
"""How late a change shows: less than two polls' interval, as promised."""
LATEST = timedelta(minutes=9)
SOON, AGAIN, AWAY = timedelta(minutes=1), timedelta(minutes=13), timedelta(minutes=45)
"""Until a lost answer is settled; until a message comes back that nobody deleted; until every lease is out."""
DOUBTFUL = st.sampled_from(["lost", "made", "late"])
FAULT = st.one_of(DOUBTFUL, st.sampled_from(["busy", "refused"])).map(lambda fault: Fate(fault=fault))
MOMENT = st.sampled_from(["before", "after"])
STEP = st.sampled_from([" create", "PutItem", "UpdateItem", " find", " orders", " read", " status"])
DEATH = st.tuples(MOMENT, STEP).map(lambda dies: Fate(dies=dies))
RACE = st.tuples(st.sampled_from(["UpdateItem", "PutItem", " create"]), STEP).map(lambda race: Fate(race=race))
FATE = st.one_of(st.just(CALM), FAULT, DEATH, RACE)
METHOD = st.sampled_from([KNOWN, KNOWN, KNOWN, MORE])
CHANGE = st.sampled_from(["pay", "edit", "cancel"])
SIDE = st.sampled_from(["shop", "office"])
RESENT = '"origin":"resend"'


@pytest.fixture(scope="module", autouse=True)
def nowhere() -> Iterator[None]:
    with no_cloud():
        yield


class OrderMachine(RuleBasedStateMachine):
    """Two connections, buyers, merchants, operators, and a bridge whose containers die."""

    @initialize(searchable=st.booleans(), skewed=st.booleans(), opening=st.sampled_from(range(13)))
    def connect(self, searchable: bool, skewed: bool, opening: int) -> None:
        """A life begins with one of the stories that ended badly in some bridge, each told as it did."""
        self.world = LifeWorld(searchable=searchable, skewed=skewed)
        self.moved = False
        self.fates = OrderFates()
        self.delivered: list[tuple[str, str]] = []
        self.numbers = 0
        self._open(opening)

    def _open(self, number: int) -> None:
        died, lost, late, made = (
            Fate(dies=("after", " create")),
            *(Fate(fault=each) for each in ("lost", "late", "made")),
        )
        openings: Sequence[Callable[[], None]] = (
            lambda: self.order_breaks_off("one", 1, died, CALM),
            lambda: self.order_breaks_off("one", 2, late, CALM),
            lambda: self.order_breaks_off("one", 1, made, Fate(fault="refused")),
            lambda: self.order_in_two_hands("one", lost, Fate(race=("UpdateItem", " create"))),
            lambda: self.order_in_two_hands("one", CALM, Fate(race=(" create", " create"))),
            lambda: self.order_and_change("one", "pay", at_once=False, heard=False, fate=CALM),
            lambda: self.order_and_change("one", "cancel", at_once=True, heard=True, fate=CALM),
            lambda: self.order_shows_late("one", CALM),
            lambda: self.revoke("one", "office", 0, mended=True),
            lambda: self.rest_for_a_while("one", "delete", heard=True, fate=CALM),
            lambda: self.rest_for_a_while("one", "forget", heard=False, fate=CALM),
            lambda: self.rest_for_a_while("one", "pause", heard=True, fate=made),
            lambda: self.skip_in_doubt("one", "late", timedelta(0), CALM),
        )
        openings[number]()

    # --- buyers and merchants -------------------------------------------------------------------------------

    @rule(name=NAME, paid=st.booleans(), method=METHOD, late=LATE, heard=st.integers(0, 2), fate=FATE)
    def order(self, name: str, paid: bool, method: str, late: timedelta, heard: int, fate: Fate) -> None:
        """``heard``: how often its webhook comes."""
        order_id = self._order(name, paid=paid, method=method, late=late)
        self._hear(name, order_id, heard, fate)

    @rule(name=NAME, heard=st.integers(0, 2), fate=st.one_of(FAULT, DEATH), then=FATE)
    def order_breaks_off(self, name: str, heard: int, fate: Fate, then: Fate) -> None:
        """What is there is delivered again at once, and once more when nobody is at it any more."""
        order_id = self._order(name)
        self._hear(name, order_id, heard, fate)
        self._bring(name, order_id, then)

    @rule(name=NAME, first=st.one_of(st.just(CALM), FAULT), race=RACE)
    def order_in_two_hands(self, name: str, first: Fate, race: Fate) -> None:
        """Two workers take up a new order, or one that was tried before; then once more, when both have seen it."""
        order_id = self._order(name)
        self.world.notify(name, order_id)
        if first != CALM:
            for message in self._due(name, order_id):
                self._deliver(message, first)
            self._wait(2 * SOON)
        for _ in range(2):
            for message in self._due(name, order_id)[:1]:
                self._deliver(message, race)
            self._wait(2 * SOON)
        self._bring(name, order_id, CALM)

    @rule(name=NAME, what=CHANGE, at_once=st.booleans(), heard=st.booleans(), fate=FATE)
    def order_and_change(self, name: str, what: str, at_once: bool, heard: bool, fate: Fate) -> None:
        """A poll finds the order, and the next one what became of it; or it changes before anybody hears of it."""
        order_id = self._order(name, paid=what != "pay")
        if at_once:
            self._change(name, order_id, what)
        self._hear(name, order_id, int(heard), fate)
        self._wait(AWAY)
        if not at_once:
            self._change(name, order_id, what)
        self._hear(name, order_id, 0, CALM)
        if what == "cancel":
            self._resend(name, order_id)
            self._bring(name, order_id, CALM)

    @rule(name=NAME, fate=FATE)
    def order_shows_late(self, name: str, fate: Fate) -> None:
        """A poll between the order and its showing moves the cursor; the next one has to find it all the same."""
        order_id = self._order(name, late=LATEST)
        self.world.clock.advance(seconds=(LATEST - SOON).total_seconds())
        self._poll(name)
        self._wait(AWAY)
        self._hear(name, order_id, 0, fate)

    @precondition(lambda self: self.fates.placed)
    @rule(pick=PICK, what=CHANGE, late=LATE, heard=st.booleans(), fate=FATE)
    def change(self, pick: int, what: str, late: timedelta, heard: bool, fate: Fate) -> None:
        name, order_id = self._pick(pick)
        self._change(name, order_id, what, late)
        self._hear(name, order_id, int(heard), fate)

    def _order(self, name: str, *, paid: bool = True, method: str = KNOWN, late: timedelta = timedelta(0)) -> OrderId:
        self.world.clock.advance(seconds=1)
        self.numbers += 1
        number = f"{self.world.shop(name).name}-{self.numbers}"
        order = an_order(number, Decimal(self.numbers), self.world.clock(), paid=paid, method=method)
        self.world.shop(name).put(order, late)
        self.fates.placed.append((name, order.id))
        return order.id

    def _change(self, name: str, order_id: OrderId, what: str, late: timedelta = timedelta(0)) -> None:
        self.world.clock.advance(seconds=1)
        order = self.world.shop(name).newest(order_id)
        self.world.shop(name).put(order.model_copy(update=_changed(order, what)), late)
        nobody_knew = order_id not in self.world.records(name) and not self.world.waits(name, order_id)
        if what == "cancel" and nobody_knew and not late:
            self.fates.unwanted.add(order_id)

    def _hear(self, name: str, order_id: OrderId, webhooks: int, fate: Fate) -> None:
        """Of an order, by webhooks or by a poll; what comes of it breaks off by fate, and is delivered again."""
        for _ in range(webhooks):
            self.world.notify(name, order_id)
        if not webhooks:
            self._poll(name)
        self._bring(name, order_id, fate)

    def _bring(self, name: str, order_id: OrderId, fate: Fate) -> None:
        """Deliver what is due about an order: the first message by fate, the others at once, what is left later."""
        for message in self._due(name, order_id):
            self._deliver(message, fate)
            fate = CALM
        self._wait(AGAIN)
        for message in self._due(name, order_id):
            self._deliver(message)

    def _due(self, name: str, order_id: OrderId) -> list[Message]:
        now = self.world.clock()
        return [each for each in self.world.about(name, order_id) if each.due <= now]

    # --- the bridge -----------------------------------------------------------------------------------------

    @rule(name=NAME, moment=MOMENT, step=st.sampled_from([" changed", "SendMessage", "PutItem", "UpdateItem"]))
    def poll_breaks_off(self, name: str, moment: str, step: str) -> None:
        order_id = self._order(name)
        self._poll(name, Fate(dies=(moment, step)))
        self._wait(AGAIN)
        self._hear(name, order_id, 0, CALM)

    def _poll(self, name: str, fate: Fate = CALM) -> None:
        self.world.poll(name)
        self._deliver(self.world.due()[-1], fate)

    @precondition(lambda self: self.world.due())
    @rule(pick=PICK, fate=FATE)
    def deliver(self, pick: int, fate: Fate) -> None:
        due = self.world.due()
        self._deliver(due[pick % len(due)], fate)

    def _deliver(self, message: Message, fate: Fate = CALM) -> None:
        self.moved = True
        self.delivered.append((message.queue, message.body))
        self.world.deliver(message, fate)

    @precondition(lambda self: self.delivered)
    @rule(pick=PICK, fate=FATE)
    def redrive(self, pick: int, fate: Fate) -> None:
        """A message of before comes once more, whenever that is."""
        queue, body = self.delivered[pick % len(self.delivered)]
        self._taken_up(body)
        self.world.stage.queues.put(queue, body)
        self._deliver(self.world.due()[-1], fate)

    @rule(minutes=st.sampled_from([1, 3, 13, 60, 60 * 24]), cold=st.booleans())
    def let_time_pass(self, minutes: int, cold: bool) -> None:
        self._wait(timedelta(minutes=minutes))
        if cold:
            self.world.stage.new_container()

    def _wait(self, span: timedelta) -> None:
        self.world.clock.moment += span

    # --- platforms ------------------------------------------------------------------------------------------

    @rule(name=NAME, side=SIDE, heard=st.integers(0, 1), mended=st.booleans())
    def revoke(self, name: str, side: str, heard: int, mended: bool) -> None:
        """An order meets the refusal; then an operator enters the new key."""
        order_id = self._order(name)
        if not heard:
            self._poll(name)
        platform: Any = self.world.shop(name) if side == "shop" else self.world.office(name)
        platform.key = f"{platform.key}+"
        for _ in range(heard):
            self.world.notify(name, order_id)
        self._bring(name, order_id, CALM)
        if mended:
            self.world.change(name)
            self.world.ask("resume", connection=name)

    # --- operators ------------------------------------------------------------------------------------------

    @rule(name=NAME, operation=st.sampled_from(["pause", "resume", "delete", "create"]))
    def operate(self, name: str, operation: str) -> None:
        if operation == "create":
            self.world.create(name)
        else:
            self.world.ask(operation, connection=name)

    @rule(name=NAME, operation=st.sampled_from(["pause", "delete", "forget"]), heard=st.booleans(), fate=FATE)
    def rest_for_a_while(self, name: str, operation: str, heard: bool, fate: Fate) -> None:
        """What is on its way is delivered meanwhile, or when the connection is back."""
        order_id, other_id = self._order(name), self._order(name)
        self._poll(name)
        for message in self._due(name, order_id):
            self._deliver(message, fate)
        self.world.ask("pause" if operation == "pause" else "delete", connection=name)
        self._wait(AGAIN)
        if heard:
            self._bring(name, order_id, CALM)
            self._bring(name, other_id, CALM)
        self._wait(AWAY)
        if operation == "pause":
            self.world.ask("resume", connection=name)
        elif operation == "delete" or not self._forget(name):
            self.world.create(name)
        self._bring(name, other_id, CALM)

    def _forget(self, name: str) -> bool:
        """The connection begins anew between another shop and the same back office."""
        forgotten = self.world.ask("forget", connection=name, confirm=name)
        if not (forgotten and forgotten["done"]):
            return False
        self.fates.placed = [each for each in self.fates.placed if each[0] != name]
        self.world.move_house(name)
        return self.world.create(name) is not None

    @rule(name=NAME, more=st.booleans())
    def change_the_connection(self, name: str, more: bool) -> None:
        """The map, and the keys as they are by now."""
        self.world.maps[name] = (KNOWN, MORE) if more else (KNOWN,)
        self.world.change(name)

    @rule(name=NAME, by_code=st.booleans(), fate=FATE)
    def complete_the_map(self, name: str, by_code: bool, fate: Fate) -> None:
        """For an order that waits for it."""
        self.change_the_connection(name, False)
        order_id = self._order(name, method=MORE)
        self._hear(name, order_id, 1, CALM)
        self.change_the_connection(name, True)
        what = {"code": "unmapped_payment"} if by_code else {"order": order_id}
        self.world.ask("resend", connection=name, **what)
        self._bring(name, order_id, fate)

    @rule(name=NAME, fault=DOUBTFUL, waits=st.sampled_from([timedelta(0), SOON, AWAY]), fate=FATE)
    def skip_in_doubt(self, name: str, fault: str, waits: timedelta, fate: Fate) -> None:
        """An order that may be in the back office is skipped, and sent again after all."""
        order_id = self._order(name)
        self.world.notify(name, order_id)
        for message in self.world.about(name, order_id):
            self._deliver(message, Fate(fault=fault))
        self._skip(name, order_id)
        self._wait(waits)
        self._resend(name, order_id)
        self._bring(name, order_id, fate)

    @precondition(lambda self: self.fates.placed)
    @rule(pick=PICK, fate=FATE)
    def resend(self, pick: int, fate: Fate) -> None:
        name, order_id = self._pick(pick)
        self._resend(name, order_id)
        self._bring(name, order_id, fate)

    def _resend(self, name: str, order_id: OrderId) -> None:
        if self.world.ask("resend", connection=name, order=order_id):
            self.fates.set_aside.discard(order_id)

    @precondition(lambda self: self.fates.placed)
    @rule(pick=PICK)
    def skip(self, pick: int) -> None:
        self._skip(*self._pick(pick))

    def _skip(self, name: str, order_id: OrderId) -> None:
        skipped = self.world.ask("skip", connection=name, order=order_id, remark="Not wanted.")
        record = self.world.records(name).get(order_id)
        if not skipped or record is None or not record.is_set_aside:
            return
        if record.sent_at:
            self.fates.skipped_in_doubt.add(order_id)
        if not any(RESENT in each.body for each in self.world.about(name, order_id)):
            self.fates.set_aside.add(order_id)

    def _taken_up(self, body: str) -> None:
        """By a resend of before."""
        if RESENT in body:
            self.fates.set_aside -= {order_id for _, order_id in self.fates.placed if f'"{order_id}"' in body}

    def _pick(self, pick: int) -> tuple[str, OrderId]:
        """The orders of late are of more interest."""
        return self.fates.placed[-1 - pick % len(self.fates.placed)]

    # --- what is always true --------------------------------------------------------------------------------

    @invariant()
    def what_is_promised_holds(self) -> None:
        """Looked at when the bridge did something."""
        if self.moved:
            self.moved = False
            judge_moment(self.world, self.fates)

    # --- the end --------------------------------------------------------------------------------------------

    def teardown(self) -> None:
        """Once everything works and people did their part, every order is where it belongs."""
        if not hasattr(self, "world"):
            return
        self._calm_down()
        self.moved = True
        self.what_is_promised_holds()
        judge_end(self.world, self.fates)
        assert not self.world.stage.crashes, self.world.stage.crashes

    def _calm_down(self) -> None:
        world = self.world
        world.stage.skew = timedelta(0)
        world.stage.new_container()
        for name in NAMES:
            world.maps[name] = (KNOWN, MORE)
            if world.status(name) == "deleted":
                assert world.create(name)
            assert world.change(name)
        for _ in range(4):
            self._wait(AWAY)
            for name in NAMES:
                if world.status(name) != "active":
                    assert world.ask("resume", connection=name)
                world.poll(name)
            world.settle()
            for name in NAMES:
                for code in {each["code"] for each in world.ask("held", connection=name)} - WAITING:
                    world.ask("resend", connection=name, code=code)
            world.settle()


def _changed(order: Order, what: str) -> dict[str, Any]:
    if what == "cancel":
        return {"status": "cancelled", "cancelled": True}
    if what == "pay":
        assert order.payment
        return {"payment": order.payment.model_copy(update={"status": "paid", "paid": True, "standing": "paid"})}
    more = an_order(order.number, order.totals.gross + 100, order.placed_at, paid=True, method=KNOWN)
    return {"lines": more.lines, "totals": more.totals}


OrderMachine.TestCase.settings = settings(max_examples=90, stateful_step_count=8)
TestOrders = OrderMachine.TestCase
