"""An order's whole life in any order of events: one document at most, a visible end, nothing of another connection."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from chaos.ledgers import END_STATES
from chaos.queues import Message
from shopbridge.flows.orders.references import TAKEN
from shopbridge.model.base import OrderId
from shopbridge.model.ledger import SKIPPED_BY_OPERATOR, LedgerRecord
from shopbridge.model.order import Payment
from tests.integration.life_platforms import an_order
from tests.integration.life_world import KNOWN, MORE, NAMES, LifeWorld, no_cloud

NAME = st.sampled_from(NAMES)
PICK = st.integers(0, 50)
LATE = st.sampled_from([0, 0, 4, 9]).map(lambda minutes: timedelta(minutes=minutes))
"""How late a change shows: less than two polls' interval, as promised."""
OVERLAP = timedelta(minutes=10)
FAULT = st.sampled_from(["", "", "", "busy", "refused", "lost", "made", "made", "late", "late"])
"""What becomes of the next creation: see ``MemoryOffice.create``."""
SIDE = st.sampled_from(["shop", "office"])


@pytest.fixture(scope="module", autouse=True)
def nowhere() -> Iterator[None]:
    with no_cloud():
        yield


class OrderMachine(RuleBasedStateMachine):
    """Two connections, buyers, merchants, operators, and a bridge whose containers die."""

    @initialize(searchable=st.booleans(), skewed=st.booleans())
    def connect(self, searchable: bool, skewed: bool) -> None:
        self.world = LifeWorld(searchable=searchable, skewed=skewed)
        self.moved = False
        self.placed: list[tuple[str, OrderId]] = []
        self.skipped: set[OrderId] = set()
        self.delivered: list[tuple[str, str]] = []

    # --- buyers and merchants -------------------------------------------------------------------------------

    @rule(
        name=NAME,
        paid=st.sampled_from([True, True, True, False]),
        method=st.sampled_from([KNOWN, KNOWN, KNOWN, MORE]),
        late=LATE,
        heard=st.sampled_from([0, 0, 1, 2]),
    )
    def order(self, name: str, paid: bool, method: str, late: timedelta, heard: int) -> None:
        """``heard``: how often its webhook comes."""
        self.world.clock.advance(seconds=1)
        number = f"{name}-{len(self.placed)}"
        total = Decimal(len(self.placed) + 1)
        order = an_order(number, total, self.world.clock(), paid=paid, method=method)
        self.world.shop(name).put(order, late)
        self.placed.append((name, order.id))
        for _ in range(heard):
            self.world.notify(name, order.id)

    @precondition(lambda self: self.placed)
    @rule(pick=PICK, what=st.sampled_from(["pay", "edit", "cancel"]), late=LATE, heard=st.booleans())
    def change(self, pick: int, what: str, late: timedelta, heard: bool) -> None:
        self.world.clock.advance(seconds=1)
        name, order_id = self.placed[pick % len(self.placed)]
        order = self.world.shop(name).newest(order_id)
        self.world.shop(name).put(order.model_copy(update=_changed(order, what)), late)
        if heard:
            self.world.notify(name, order_id)

    # --- the bridge -----------------------------------------------------------------------------------------

    @rule(name=NAME, at_once=st.booleans())
    def poll(self, name: str, at_once: bool) -> None:
        self.world.poll(name)
        if at_once:
            self._deliver(self.world.due()[-1])

    @precondition(lambda self: self.world.due())
    @rule(pick=PICK, times=st.integers(1, 3), fault=FAULT)
    def deliver(self, pick: int, times: int, fault: str) -> None:
        for name in NAMES:
            self.world.office(name).fault = fault
        for _ in range(times):
            if due := self.world.due():
                self._deliver(due[pick % len(due)])

    @precondition(lambda self: self.world.due())
    @rule(pick=PICK, at=st.integers(1, 10), moment=st.sampled_from(["before", "after"]))
    def deliver_and_die(self, pick: int, at: int, moment: str) -> None:
        due = self.world.due()
        self.world.stage.doom.left, self.world.stage.doom.moment = at, moment
        self._deliver(due[pick % len(due)])

    def _deliver(self, message: Message) -> None:
        self.moved = True
        self.delivered.append((message.queue, message.body))
        self.world.deliver(message)
        self.world.stage.doom.left = -1

    @precondition(lambda self: self.delivered)
    @rule(pick=PICK)
    def redrive(self, pick: int) -> None:
        """A message of before comes once more, whenever that is."""
        self.world.stage.queues.put(*self.delivered[pick % len(self.delivered)])

    @rule()
    def start_a_container(self) -> None:
        self.world.stage.new_container()

    @rule(minutes=st.sampled_from([1, 3, 13, 60, 60 * 24]))
    def let_time_pass(self, minutes: int) -> None:
        self.world.clock.advance(seconds=60 * minutes)

    # --- platforms ------------------------------------------------------------------------------------------

    @rule(name=NAME, side=SIDE)
    def revoke(self, name: str, side: str) -> None:
        platform: Any = self.world.shop(name) if side == "shop" else self.world.office(name)
        platform.key = f"{platform.key}+"

    # --- operators ------------------------------------------------------------------------------------------

    @rule(name=NAME, operation=st.sampled_from(["pause", "resume", "resume", "delete"]))
    def operate(self, name: str, operation: str) -> None:
        self.world.ask(operation, connection=name)

    @rule(name=NAME, operation=st.sampled_from(["pause", "delete"]))
    def rest_for_a_while(self, name: str, operation: str) -> None:
        """What is due meanwhile is delivered; then the connection is back."""
        self.world.ask(operation, connection=name)
        self.world.clock.advance(seconds=60 * 13)
        for message in self.world.due():
            self._deliver(message)
        self.world.clock.advance(seconds=60 * 45)
        if operation == "delete":
            self.world.create(name)
        else:
            self.world.ask("resume", connection=name)

    @rule(name=NAME)
    def create_anew(self, name: str) -> None:
        self.world.create(name)

    @rule(name=NAME, more=st.booleans())
    def change_the_connection(self, name: str, more: bool) -> None:
        """The map, and the keys as they are by now."""
        self.world.maps[name] = (KNOWN, MORE) if more else (KNOWN,)
        self.world.change(name)

    @precondition(lambda self: self.placed)
    @rule(pick=PICK)
    def resend(self, pick: int) -> None:
        name, order_id = self.placed[pick % len(self.placed)]
        self.world.ask("resend", connection=name, order=order_id)

    @precondition(lambda self: self.placed)
    @rule(pick=PICK)
    def skip(self, pick: int) -> None:
        name, order_id = self.placed[pick % len(self.placed)]
        self.world.ask("skip", connection=name, order=order_id, remark="Not wanted.")

    # --- what is always true --------------------------------------------------------------------------------

    @invariant()
    def what_is_promised_holds(self) -> None:
        """Looked at when the bridge did something."""
        if self.moved:
            self.moved = False
            self.no_order_has_two_documents_and_none_is_anothers()
            self.the_cursor_never_passes_what_nobody_was_handed()

    def no_order_has_two_documents_and_none_is_anothers(self) -> None:
        for name in NAMES:
            office = self.world.office(name)
            office.catch_up()
            references = [each.reference for each in office.made]
            assert len(references) == len(set(references)), references
            assert {each.shop for each in office.made} <= {name}

    def the_cursor_never_passes_what_nobody_was_handed(self) -> None:
        for name in NAMES:
            cursor = self.world.cursor(name)
            if cursor is None or self.world.status(name) == "deleted":
                continue
            known, safe = self.world.records(name), cursor.since - OVERLAP
            for order_id in (each for owner, each in self.placed if owner == name):
                shown = self.world.shop(name).shown(order_id)
                passed = shown is not None and shown.at < safe
                assert not passed or order_id in known or self.world.waits(name, order_id), (order_id, cursor)

    # --- the end --------------------------------------------------------------------------------------------

    def teardown(self) -> None:
        """Once everything works and people did their part, every order is where it belongs."""
        if not hasattr(self, "world"):
            return
        self._calm_down()
        for name, order_id in self.placed:
            self._check(name, order_id, self.world.records(name).get(order_id))
        assert not self.world.stage.crashes, self.world.stage.crashes

    def _calm_down(self) -> None:
        world = self.world
        world.stage.skew = timedelta(0)
        world.stage.new_container()
        for name in NAMES:
            world.office(name).fault, world.maps[name] = "", (KNOWN, MORE)
            if world.status(name) == "deleted":
                assert world.create(name)
            assert world.change(name)
        for _ in range(4):
            world.clock.advance(seconds=60 * 45)
            for name in NAMES:
                if world.status(name) != "active":
                    assert world.ask("resume", connection=name)
                world.poll(name)
            world.settle()
            for name in NAMES:
                for code in {each["code"] for each in world.ask("held", connection=name)}:
                    world.ask("resend", connection=name, code=code)
            world.settle()

    def _check(self, name: str, order_id: OrderId, record: LedgerRecord | None) -> None:
        order, copies = self.world.shop(name).newest(order_id), self.world.office(name).copies(order_id)
        told = (order_id, record, copies)
        assert record is not None, told
        assert record.state in END_STATES, told
        assert record.lease_owner is None, told
        code = record.reason.code if record.reason else ""
        if record.state == "DONE":
            assert [each.receipt.id for each in copies] == [record.external_id], told
        elif record.state == "UNKNOWN":
            assert code, told
        else:
            assert not copies or code in (TAKEN, SKIPPED_BY_OPERATOR), told
            assert code, told
        wanted = order.payment is not None and order.payment.paid and not order.cancelled
        if wanted and record.state != "UNKNOWN" and code != SKIPPED_BY_OPERATOR:
            assert record.state == "DONE", told


def _changed(order: Any, what: str) -> dict[str, Any]:
    if what == "cancel":
        return {"status": "cancelled", "cancelled": True}
    if what == "pay":
        payment: Payment = order.payment
        return {"payment": payment.model_copy(update={"status": "paid", "paid": True, "standing": "paid"})}
    more = an_order(order.number, order.totals.gross + 100, order.placed_at, paid=True, method=KNOWN)
    return {"lines": more.lines, "totals": more.totals}


OrderMachine.TestCase.settings = settings(max_examples=40, stateful_step_count=40, deadline=None)
TestOrders = OrderMachine.TestCase
