"""A shop and a back office that keep stock, in memory, and a bridge between them."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any, cast

from shopbridge.errors import BridgeError, RetryLater
from shopbridge.flows.orders.records import order_key
from shopbridge.flows.runs import run_slice
from shopbridge.flows.starts import start
from shopbridge.flows.stock.push import push_skus
from shopbridge.flows.stock.sweep import stock_work
from shopbridge.model.base import ConnectionId, ExternalId, OrderId
from shopbridge.model.connection import Connection, Side
from shopbridge.model.ledger import LedgerRecord, LedgerState, Reason
from shopbridge.model.messages import RunRequest, StockRequest
from shopbridge.model.run import Run, RunKind
from shopbridge.model.snapshot import Shard
from shopbridge.model.stock import Figures, OpenOrder, Standing, StockChange, StockLevel, StockPage, StockTraits
from tests.unit.flow_samples import connection_with
from tests.unit.memory_stores import Calls, Clock, MemoryWorld

Units = Mapping[str, int]


@dataclass
class Order:
    id: str
    units: Units
    placed_at: datetime
    state: str = "open"


@dataclass
class Record:
    """One record of a side that has stock; several may carry the same SKU."""

    sku: str
    rank: int
    stock: int
    managed: bool = True
    known: bool = True


@dataclass
class Keeper:
    """A side that keeps stock: source, target, or shop with open orders.

    ``early``: an order takes its units at once; otherwise when it is completed. ``falls_with_orders``: until then it at
    least tells them as reserved.
    """

    name: str
    calls: Calls
    clock: Callable[[], datetime]
    early: bool = True
    falls_with_orders: bool = True
    records: list[Record] = field(default_factory=list)
    orders: dict[str, Order] = field(default_factory=dict)
    rows_at_once: int = 4
    traits: StockTraits = field(default_factory=lambda: StockTraits(batch=3, whole_units=True, by_id=False))
    writes: list[dict[str, int]] = field(default_factory=list)
    unsold: dict[str, Reason] = field(default_factory=dict)

    # --- what people do -----------------------------------------------------------------------------------

    def put(self, sku: str, stock: int, rank: int = 0) -> Record:
        self.records.append(Record(sku, rank or max((r.rank for r in self.records), default=0) + 1, stock))
        self.records.sort(key=lambda record: record.rank)
        return self.records[-1]

    def record(self, sku: str) -> Record:
        return next(record for record in self.records if record.sku == sku)

    def take(self, sku: str, units: int) -> None:
        self.record(sku).stock -= units

    def free(self, sku: str) -> int:
        """What may be sold."""
        return self.record(sku).stock - self.reserved(sku)

    def reserved(self, sku: str) -> int:
        if self.early or not self.falls_with_orders:
            return 0
        return sum(order.units.get(sku, 0) for order in self.orders.values() if order.state == "open")

    def enter(self, order: Order) -> None:
        self.orders[order.id] = order
        if self.early:
            self._move(order, -1)

    def cancel(self, order_id: str) -> None:
        if self.early:
            self._move(self.orders[order_id], +1)
        self.orders[order_id].state = "cancelled"

    def complete(self, order_id: str) -> None:
        if not self.early:
            self._move(self.orders[order_id], -1)
        self.orders[order_id].state = "completed"

    def _move(self, order: Order, sign: int) -> None:
        for sku, units in order.units.items():
            self.take(sku, -sign * units)

    # --- as a source --------------------------------------------------------------------------------------

    def page(self, position: str | None) -> StockPage:
        return self.calls.through(f"{self.name} page", lambda: self._page(int(position or 0)))

    def _page(self, behind: int) -> StockPage:
        rows = [record for record in self.records if record.rank > behind][: self.rows_at_once]
        more = bool(rows) and rows[-1].rank < self.records[-1].rank
        return StockPage(levels=tuple(map(self._level, rows)), position=str(rows[-1].rank) if more else None)

    def of(self, skus: Sequence[str]) -> Sequence[StockLevel]:
        found = self.calls.through(
            f"{self.name} read", lambda: [self._level(record) for record in self.records if record.sku in skus]
        )
        return cast("Sequence[StockLevel]", found)

    def _level(self, record: Record) -> StockLevel:
        known = Decimal(record.stock) if record.known else None
        figures = Figures(on_hand=known, reserved=Decimal(self.reserved(record.sku)), available=None)
        item = ExternalId(f"{self.name}-{record.rank}")
        return StockLevel(sku=record.sku, rank=record.rank, item=item, managed=record.managed, figures=(figures,))

    # --- as a target --------------------------------------------------------------------------------------

    def will_deduct(self, skus: Sequence[str]) -> Mapping[str, Decimal]:
        if self.early:
            return {}
        found = self.calls.through("will deduct", lambda: {sku: Decimal(self.reserved(sku)) for sku in skus})
        return cast("Mapping[str, Decimal]", found)

    def write(self, changes: Sequence[StockChange], *, manage: str, warehouse: str) -> Mapping[str, Reason]:
        assert (manage, warehouse) == ("untouched", "")
        assert 0 < len(changes) <= self.traits.batch
        return self.calls.through("write", lambda: self._write(changes))

    def _write(self, changes: Sequence[StockChange]) -> Mapping[str, Reason]:
        ours = {record.sku: record for record in self.records}
        known = [change for change in changes if change.sku in ours]
        self.writes.append({change.sku: int(change.quantity) for change in known})
        for change in known:
            ours[change.sku].stock = int(change.quantity)
        reason = Reason(code="unknown_sku", text="There is no such product.", fix="Create it.")
        return {change.sku: reason for change in changes if change.sku not in ours}

    def reader(self) -> "Keeper":
        return self

    def read(self, skus: Sequence[str]) -> Mapping[str, Standing | Reason]:
        return self.calls.through("target read", lambda: {**self._read(skus), **self.unsold})

    def _read(self, skus: Sequence[str]) -> Mapping[str, Standing]:
        return {
            record.sku: Standing(quantity=Decimal(record.stock), will_deduct=Decimal(self.reserved(record.sku)))
            for record in self.records
            if record.sku in skus
        }

    # --- as the shop --------------------------------------------------------------------------------------

    def open(self, skus: Sequence[str], since: datetime) -> Sequence[OpenOrder]:
        found = self.calls.through("open orders", lambda: list(self._open_orders(skus, since)))
        return cast("Sequence[OpenOrder]", found)

    def _open_orders(self, skus: Sequence[str], since: datetime) -> Sequence[OpenOrder]:
        return [
            OpenOrder(
                id=OrderId(order.id),
                placed_at=order.placed_at,
                units={sku: Decimal(units) for sku, units in order.units.items() if sku in skus},
            )
            for order in self.orders.values()
            if order.state != "cancelled" and order.placed_at >= since and set(order.units) & set(skus)
        ]


class MemoryLeases:
    def __init__(self, calls: Calls, clock: Callable[[], datetime]) -> None:
        self._calls = calls
        self._clock = clock
        self.held: dict[str, tuple[str, datetime]] = {}

    def take(self, _: ConnectionId, name: str, owner: str, lease: timedelta) -> None:
        self._calls.through("take lease", lambda: self._take(name, owner, lease))

    def _take(self, name: str, owner: str, lease: timedelta) -> None:
        holder, until = self.held.get(name, ("", self._clock()))
        if holder not in ("", owner) and until > self._clock():
            raise RetryLater("Another worker is at it", after=(until - self._clock()).total_seconds(), where=name)
        self.held[name] = (owner, self._clock() + lease)

    def give_back(self, _: ConnectionId, name: str, owner: str) -> None:
        self._calls.through("give lease back", lambda: self._give_back(name, owner))

    def _give_back(self, name: str, owner: str) -> None:
        if self.held.get(name, ("",))[0] == owner:
            del self.held[name]


class MemoryLedger:
    def __init__(self, calls: Calls) -> None:
        self._calls = calls
        self.records: dict[str, LedgerRecord] = {}

    def orders(self, _: ConnectionId, ids: Sequence[OrderId]) -> Mapping[OrderId, LedgerRecord]:
        found = self._calls.through(
            "ledger", lambda: {each: self.records[each] for each in ids if each in self.records}
        )
        return cast("Mapping[OrderId, LedgerRecord]", found)

    def put(self, order_id: str, state: LedgerState, now: datetime, **fields: Any) -> None:
        key = order_key(ConnectionId("my-shop"), order_id)
        record = LedgerRecord(key=key, state=state, revision="1", reference=order_id, updated_at=now, **fields)
        self.records[order_id] = record


@dataclass(frozen=True)
class ShopOfOrders:
    """A keeper as the shop that tells its open orders."""

    keeper: Keeper

    def of(self, skus: Sequence[str], since: datetime) -> Sequence[OpenOrder]:
        return self.keeper.open(skus, since)

    def deducts_at_order(self) -> bool:
        return self.keeper.early


class Platforms:
    def __init__(self, shop: Keeper, office: Keeper) -> None:
        self._sides = {"shop": shop, "office": office}

    def parts(self, _: Connection, side: Side) -> Any:
        keeper = self._sides[side]
        return SimpleNamespace(stock_source=keeper, stock_target=keeper, open_orders=ShopOfOrders(keeper))


class Ticking(Calls):
    """Every outside call takes a second."""

    def __init__(self, clock: Clock, **fields: Any) -> None:
        super().__init__(**fields)
        self.clock = clock

    def through(self, name: str, work: Callable[[], Any]) -> Any:
        self.clock.advance(seconds=1)
        return super().through(name, work)


class StockWorld(MemoryWorld):
    """One connection whose stock travels."""

    def __init__(
        self, *, shop_early: bool = True, office_early: bool = True, calls: Calls | None = None, **stock: Any
    ) -> None:
        clock = Clock()
        super().__init__(connection_with(stock={"active": True, **stock}), calls or Ticking(clock), clock)
        if isinstance(self.calls, Ticking):
            self.calls.clock = self.clock
        self.shop = Keeper("shop", self.calls, self.clock, early=shop_early)
        self.office = Keeper("office", self.calls, self.clock, early=office_early)
        self.leases = MemoryLeases(self.calls, self.clock)
        self.ledger = MemoryLedger(self.calls)

    def parts(self) -> dict[str, Any]:
        return {"ledger": self.ledger, "leases": self.leases, "platforms": Platforms(self.shop, self.office)}

    @property
    def to_shop(self) -> bool:
        return self.connection.settings.stock.direction == "office_to_shop"

    @property
    def source(self) -> Keeper:
        return self.office if self.to_shop else self.shop

    @property
    def target(self) -> Keeper:
        return self.shop if self.to_shop else self.office

    # --- what the bridge does -----------------------------------------------------------------------------

    def sweep(self, kind: RunKind = "stock", *, slices: Callable[[], int | None] = lambda: None) -> Run:
        """A whole run; ``slices`` says for each slice after how many looks its time is up."""
        request = RunRequest(connection=self.connection.id, job=kind)
        for _ in range(500):
            self.deadline.looks = slices()
            run_slice(self.bridge, request, stock_work)
            run = self.runs.of(kind)
            assert run is not None
            if run.state != "running":
                return run
            request = self.queue.runs.pop(0)
        raise AssertionError("the run never ends")

    def push(self, *skus: str) -> None:
        push_skus(self.bridge, StockRequest(connection=self.connection.id, skus=skus, because="order 1"))

    def start(self, kind: RunKind, *, afresh: bool = False) -> None:
        start(self.bridge, self.connection, kind, "Ann", afresh=afresh)

    # --- what came of it ----------------------------------------------------------------------------------

    @property
    def snapshot(self) -> Shard:
        """All entries that the manifest names; each SKU in one shard only."""
        name = f"stock-{self.connection.settings.stock.direction}"
        shards = [
            self.snapshots.stored[name, mark.id] for mark in self.snapshots.manifest(self.connection.id, name).shards
        ]
        assert max(Counter(sku for shard in shards for sku in shard).values(), default=1) == 1
        return {sku: entry for shard in shards for sku, entry in shard.items()}

    @property
    def stocks(self) -> dict[str, int]:
        """What the target has."""
        return {record.sku: record.stock for record in self.target.records}

    def counted(self, *names: str) -> int:
        """Calls of these names since the last look."""
        found = sum(1 for name in self.calls.names if name in names)
        self.calls.names.clear()
        return found


def a_swept_world(count: int = 10, **options: Any) -> StockWorld:
    """Both sides have these SKUs, S1 with 1 unit, S2 with 2 …; the first sweep is done."""
    world = StockWorld(**options)
    for number in range(1, count + 1):
        world.source.put(f"S{number}", number)
        world.target.put(f"S{number}", 0)
    world.sweep()
    world.calls.names.clear()
    world.target.writes.clear()
    return world


def problem_of(work: Callable[[], object]) -> str:
    """The sentence that a refused wish is answered with."""
    try:
        work()
    except BridgeError as error:
        return str(error)
    raise AssertionError("it was not refused")
