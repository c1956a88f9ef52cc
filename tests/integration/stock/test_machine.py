"""Sales on both sides, imports, cancels, sweeps and pushes in any order, cut and ended at any call: no oversell."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from shopbridge.errors import RetryLater
from shopbridge.flows.runs import run_slice
from shopbridge.flows.stock.push import push_skus
from shopbridge.flows.stock.sweep import stock_work
from shopbridge.model.messages import RunRequest, StockRequest
from shopbridge.model.run import RunKind
from shopbridge.model.stock import StockChange, StockLevel
from tests.unit.flows.stock.stock_workers import Stage, Worker
from tests.unit.flows.stock.stock_world import Order, Record, StockWorld

SKUS = ("A", "B", "C")
START = 6
SETTLING = timedelta(minutes=2)

SKU = st.sampled_from(SKUS)
UNITS = st.integers(1, 3)
PICK = st.integers(0, 100)


@dataclass
class Slack:
    """By SKU: how much more than right the target may offer, by what nobody could know when it was written last."""

    gone: Counter[str] = field(default_factory=Counter)
    """Units that left the source apart from the shop's orders, ever."""
    risky: Counter[str] = field(default_factory=Counter)
    """Units that a write in progress may write over, ever."""
    allowed: dict[str, tuple[int, int]] = field(default_factory=dict)
    """Of the last write: ``gone`` when it was read, and what its window let through."""

    def of(self, sku: str) -> int:
        gone, window = self.allowed.get(sku, (0, 0))
        return self.gone[sku] - gone + window


class StockMachine(RuleBasedStateMachine):
    """One connection; each outside call of a worker is a step of its own."""

    @initialize(
        to_shop=st.booleans(),
        shop_early=st.booleans(),
        office_early=st.booleans(),
        at_once=st.booleans(),
        buffer=st.integers(0, 2),
        page=st.integers(1, 3),
    )
    def connect(
        self, to_shop: bool, shop_early: bool, office_early: bool, at_once: bool, buffer: int, page: int
    ) -> None:
        self.stage = Stage()
        self.to_shop, self.at_once, self.buffer = to_shop, at_once, buffer
        direction = "office_to_shop" if to_shop else "shop_to_office"
        self.world = StockWorld(
            shop_early=shop_early,
            office_early=office_early,
            calls=self.stage,
            direction=direction,
            at_once=at_once,
            safety_buffer=buffer,
        )
        for sku in SKUS:
            self.world.source.put(sku, START)
            self.world.target.put(sku, 0)
        self.world.source.rows_at_once = page
        self.world.sweep()
        self.real: Counter[str] = Counter(dict.fromkeys(SKUS, START))
        self.requests: list[StockRequest] = []
        self.unheard: list[str] = []
        self.slack = Slack()
        self.seen: dict[tuple[Worker | None, str], tuple[datetime, int]] = {}
        self.opened: dict[Worker | None, Counter[str]] = {}
        self.newest: dict[str, datetime] = {}
        self.stage.watch = self.note
        self._watch_reads()
        self._watch_writes()

    # --- what people do -----------------------------------------------------------------------------------

    @rule(sku=SKU, units=UNITS)
    def sell_at_the_till(self, sku: str, units: int) -> None:
        """The till knows what the back office knows."""
        if self.world.office.free(sku) >= units:
            self.world.office.take(sku, units)
            self.real[sku] -= units
            self.slack.gone[sku] += units if self.to_shop else 0

    @rule(sku=SKU, units=UNITS)
    def deliver_goods(self, sku: str, units: int) -> None:
        self.world.source.take(sku, -units)
        self.real[sku] += units

    @rule(sku=SKU, more=st.sampled_from([None, *SKUS]), units=UNITS)
    def order_in_the_shop(self, sku: str, more: str | None, units: int) -> None:
        wanted = {each: units for each in (sku, more) if each}
        if all(self.world.shop.free(each) >= count for each, count in wanted.items()):
            name = f"o{len(self.world.shop.orders)}"
            self.world.shop.enter(Order(name, wanted, self.world.clock()))
            self.real.subtract(wanted)
            self._risk(wanted)

    @rule(pick=PICK)
    def cancel_in_the_shop(self, pick: int) -> None:
        """Its notice is on the way."""
        if order := self._pick([order for order in self.world.shop.orders.values() if order.state == "open"], pick):
            self.world.shop.cancel(order.id)
            self.real.update(order.units)
            self.unheard.append(order.id)

    @rule(pick=PICK)
    def cancel_in_the_office(self, pick: int) -> None:
        """As an operator is told to, when an imported order was cancelled in the shop.

        Where the shop's figure is the truth, it had the units back at once; the next comparison repairs that.
        """
        found = [
            order
            for order in self.world.office.orders.values()
            if order.state == "open" and self.world.shop.orders[order.id].state == "cancelled"
        ]
        if order := self._pick(found, pick):
            self.world.office.cancel(order.id)
            self.slack.gone.update({} if self.to_shop else order.units)

    @rule(pick=PICK)
    def complete(self, pick: int) -> None:
        """Sent to the buyer, on both sides."""
        found = [
            order
            for order in self.world.office.orders.values()
            if order.state == "open" and self.world.shop.orders[order.id].state == "open"
        ]
        if order := self._pick(found, pick):
            self.world.office.complete(order.id)
            self.world.shop.complete(order.id)
            self._risk(order.units)

    # --- what the bridge does -----------------------------------------------------------------------------

    @rule(pick=PICK)
    def begin_import(self, pick: int) -> None:
        if order := self._pick(self._importable(), pick):
            self._begin(f"import {order.id}", lambda: self._import(order))

    @rule(pick=PICK)
    def hear_of_a_cancel(self, pick: int) -> None:
        if self.unheard:
            self._hear(self.unheard.pop(pick % len(self.unheard)))

    @rule(kind=st.sampled_from(["stock", "stock", "stock_comparison"]), looks=st.sampled_from([None, None, 0, 1]))
    def begin_sweep(self, kind: RunKind, looks: int | None) -> None:
        self.world.deadline.looks = looks
        request = RunRequest(connection=self.world.connection.id, job=kind)
        self._begin(kind, lambda: run_slice(self.world.bridge, request, stock_work))

    @precondition(lambda self: self.world.queue.runs)
    @rule()
    def continue_sweep(self) -> None:
        request = self.world.queue.runs.pop(0)
        self.world.deadline.looks = None
        self._begin(request.job, lambda: self._slice(request))

    @precondition(lambda self: self.requests)
    @rule(pick=PICK)
    def begin_push(self, pick: int) -> None:
        request = self.requests[pick % len(self.requests)]
        self._begin("push", lambda: self._push(request))

    @rule(kind=st.sampled_from(["stock", "stock_comparison"]))
    def sweep_without_a_break(self, kind: RunKind) -> None:
        self.world.deadline.looks = None
        self._slice(RunRequest(connection=self.world.connection.id, job=kind))

    @precondition(lambda self: self.requests)
    @rule(pick=PICK)
    def push_without_a_break(self, pick: int) -> None:
        self._push(self.requests[pick % len(self.requests)])

    @rule(pick=PICK)
    def import_without_a_break(self, pick: int) -> None:
        if order := self._pick(self._importable(), pick):
            self._import(order)

    @precondition(lambda self: self.stage.workers)
    @rule(pick=PICK, times=st.integers(1, 12))
    def step(self, pick: int, times: int) -> None:
        worker = self.stage.workers[pick % len(self.stage.workers)]
        for _ in range(times):
            self._step(worker)

    @precondition(lambda self: self.stage.workers)
    @rule(pick=PICK)
    def kill(self, pick: int) -> None:
        worker = self.stage.workers[pick % len(self.stage.workers)]
        worker.kill()
        self._clear(worker)

    @precondition(lambda self: not self.stage.workers)
    @rule()
    def let_time_pass(self) -> None:
        """What a dead worker held runs out."""
        self.world.clock.advance(minutes=20)

    # --- what is always true --------------------------------------------------------------------------------

    @invariant()
    def nothing_is_offered_that_was_known_to_be_gone(self) -> None:
        for sku in SKUS:
            assert self._too_much(sku) <= max(self.slack.of(sku) - self.buffer, 0), (sku, self.slack)

    def teardown(self) -> None:
        """Once everything has come to rest, the target's figures are exactly right."""
        if not hasattr(self, "stage"):
            return
        for worker in list(self.stage.workers):
            while not worker.finished:
                self._step(worker)
        self.world.clock.advance(minutes=20)
        self.world.deadline.looks = None
        self._come_to_rest()
        for sku in SKUS:
            assert self.world.target.free(sku) == self._right(sku), (sku, self.world.log.lines[-6:])

    def _come_to_rest(self) -> None:
        while self.unheard:
            self._hear(self.unheard.pop())
        for order in self._importable():
            self._import(order)
        self.world.clock.advance(minutes=20)
        self.world.queue.runs.clear()
        while self.requests:
            self._push(self.requests[0])
        # Unless each order is followed by a push, only the target's own figure tells what it took off by itself.
        kind: RunKind = "stock" if self.at_once and self.to_shop else "stock_comparison"
        self.world.sweep(kind)  # ends what was broken off
        self.world.sweep(kind)

    def _right(self, sku: str) -> int:
        return max(self.world.source.free(sku) - self.buffer, 0)

    def _too_much(self, sku: str) -> int:
        if self.to_shop:
            return self.world.shop.free(sku) - max(self.real[sku], 0)
        booked = self.world.office.orders
        pending = sum(
            order.units.get(sku, 0)
            for order in self.world.shop.orders.values()
            if order.state != "cancelled" and order.id not in booked
        )
        return self.world.office.free(sku) - self.world.shop.free(sku) - pending

    # --- the bridge's other functions, in short ---------------------------------------------------------------

    def _importable(self) -> Sequence[Order]:
        ledger, alive = self.world.ledger.records, {worker.name for worker in self.stage.workers}
        return [
            order
            for order in self.world.shop.orders.values()
            if (order.id in ledger or order.state == "open")
            and (order.id not in ledger or ledger[order.id].state in ("INTENT", "SENT"))
            and f"import {order.id}" not in alive
        ]

    def _import(self, order: Order) -> None:
        """As ``import_order``: SENT before the creation; after a crash it is looked up once that has settled."""
        ledger, office, call, clock = self.world.ledger, self.world.office, self.stage.through, self.world.clock
        record = ledger.records.get(order.id)
        if record is None:
            call("claim", lambda: ledger.put(order.id, "INTENT", clock()))
        elif record.sent_at and clock() - record.sent_at < SETTLING:
            return
        if order.id not in office.orders:
            call("sent", lambda: ledger.put(order.id, "SENT", ledger.records[order.id].updated_at, sent_at=clock()))
            call("create", lambda: self._book(order))
        sent_at = ledger.records[order.id].sent_at
        call("done", lambda: ledger.put(order.id, "DONE", clock(), sent_at=sent_at))
        self._ask(order)
        call("release", lambda: ledger.put(order.id, "DONE", clock(), sent_at=sent_at))

    def _book(self, order: Order) -> None:
        self.world.office.enter(Order(order.id, order.units, order.placed_at))
        if not self.to_shop:
            self._risk(order.units)

    def _ask(self, order: Order) -> None:
        if self.at_once:
            request = StockRequest(connection=self.world.connection.id, skus=tuple(order.units), because=order.id)
            self.stage.through("ask", lambda: self.requests.append(request))

    def _hear(self, order_id: str) -> None:
        order, ledger = self.world.shop.orders[order_id], self.world.ledger
        self._ask(order)
        if order_id not in ledger.records:
            ledger.put(order_id, "SKIPPED", self.world.clock())

    def _push(self, request: StockRequest) -> None:
        with suppress(RetryLater):
            push_skus(self.world.bridge, request)
            if request in self.requests:
                self.requests.remove(request)

    def _slice(self, request: RunRequest) -> None:
        with suppress(RetryLater):
            run_slice(self.world.bridge, request, stock_work)

    # --- what the test keeps ----------------------------------------------------------------------------------

    def _begin(self, name: str, work: Callable[[], object]) -> None:
        worker = self.stage.add(name, work)
        if worker.finished:
            self._clear(worker)

    def _step(self, worker: Worker) -> None:
        if not worker.finished:
            worker.step()
        if worker.finished:
            self._clear(worker)

    def _clear(self, worker: Worker) -> None:
        if worker in self.stage.workers:
            self.stage.workers.remove(worker)
        if worker.failure:
            raise worker.failure

    def _pick(self, orders: Sequence[Order], pick: int) -> Order | None:
        return orders[pick % len(orders)] if orders else None

    def _risk(self, units: Mapping[str, int]) -> None:
        self.slack.risky.update(units)

    def note(self, name: str, worker: Worker | None) -> None:
        """Remember what a worker could know."""
        if name == "take lease":
            self.opened.pop(worker, None)
        if name in ("open orders", "will deduct"):
            self.opened.setdefault(worker, Counter(self.slack.risky))

    def _watch_reads(self) -> None:
        source = self.world.source
        plain = source._level

        def watched(record: Record) -> StockLevel:
            self.seen[self.stage.current, record.sku] = (self.world.clock(), self.slack.gone[record.sku])
            return plain(record)

        source._level = watched  # type: ignore[method-assign]

    def _watch_writes(self) -> None:
        target = self.world.target
        plain = target._write

        def watched(changes: Sequence[StockChange]) -> Any:
            worker = self.stage.current
            for change in changes:
                self._check_write(change, worker)
            return plain(changes)

        target._write = watched  # type: ignore[method-assign]

    def _check_write(self, change: StockChange, worker: Worker | None) -> None:
        sku = change.sku
        read_at, gone = self.seen[worker, sku]
        assert read_at >= self.newest.get(sku, read_at), "an older reading over a newer one"
        self.newest[sku] = read_at
        window = self.slack.risky[sku] - self.opened[worker][sku]
        self.slack.allowed[sku] = (gone, window + self._sold_on_both_sides(change))

    def _sold_on_both_sides(self, change: StockChange) -> int:
        """A shop is told 0 at the least, so a cancelled order of these units brings back too much for a moment."""
        clamped = self.to_shop and self.world.shop.early and change.quantity == 0
        return max(self.buffer - self.real[change.sku], 0) if clamped else 0


StockMachine.TestCase.settings = settings(max_examples=70, stateful_step_count=40)
TestStock = StockMachine.TestCase
