"""The shop itself: its rows, its clock, and what happened in it."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from sandbox.platforms.kit.doubles import Doubles
from sandbox.platforms.shopware.orders.states import MACHINES
from sandbox.platforms.shopware.schema.model import Entity
from sandbox.platforms.shopware.search.render import Renderer
from sandbox.platforms.shopware.store import NUMBER, Row, Store, schema_of
from sandbox.platforms.shopware.values import LIVE_VERSION, make_id, stamp
from sandbox.platforms.shopware.versions import Version

PART_OF_ORDER = frozenset({"order_line_item", "order_delivery", "order_transaction", "order_customer", "order_address"})


@dataclass(frozen=True)
class Written:
    """A record was written: what entity events such as ``order.written`` tell."""

    entity: str
    id: str
    operation: str
    fields: tuple[str, ...] = ()
    version_id: str = LIVE_VERSION


@dataclass(frozen=True)
class Happened:
    """A business event about an order, such as ``checkout.order.placed``."""

    name: str
    order_id: str


Event = Written | Happened


class Outbox(Protocol):
    """Who tells the world about events."""

    def prepare(self, events: Sequence[Event]) -> None:
        """Called inside the change, with everything that happened in it."""

    def send(self) -> None:
        """Called after the change, when no lock is held any more."""


@dataclass
class Shop:
    """All state of the emulated shop.

    Args:
        clock: The shop's time; may differ from the caller's.
        key: Ids are derived from it, so that two shops differ and one shop is the same in every run.
        url: The address the shop names itself by.
        manages_stock: False: orders leave stock alone (``shopware.stock.enable_stock_management``, 6.6).
        handles_stock_early: From 6.5.5 to 6.5: the stock model of 6.6 (feature ``STOCK_HANDLING``).
        max_limit: The largest page (``shopware.api.max_limit``, 6.5.5); None: the release's own.
        joins: How often rows were found or sorted by a field behind an association to many rows, by entity and field.
        largest_body: Bytes a request may have before the web server refuses it; None for any.
        doubles: How many digits its numbers are written with.
    """

    version: Version
    clock: Callable[[], datetime]
    key: str
    url: str
    store: Store = field(init=False)
    outbox: Outbox | None = None
    manages_stock: bool = True
    handles_stock_early: bool = False
    max_limit: int | None = None
    joins: Counter[tuple[str, str]] = field(default_factory=Counter)
    largest_body: int | None = None
    doubles: Doubles = field(default_factory=Doubles)
    _counters: dict[str, int] = field(default_factory=dict)
    _events: list[Event] = field(default_factory=list)
    _lock: threading.RLock = field(default_factory=threading.RLock)
    _depth: int = 0

    def __post_init__(self) -> None:
        self.store = Store(schema_of(self.version))

    @property
    def stock_falls_when_placed(self) -> bool:
        """Whether an order takes its stock when placed, instead of when completed."""
        early = self.handles_stock_early and self.version.at_least("6.5.5")
        return early or self.version.stock_falls_when_placed

    @contextmanager
    def change(self) -> Iterator[None]:
        """One transaction: others wait, and its events go out when the outermost one is over.

        What raises leaves no trace; within another change it takes back its own part only.
        """
        with self._lock:
            mark, told, done = self.store.mark(), len(self._events), False
            self._depth += 1
            try:
                yield
                if self._depth == 1 and self._events and self.outbox is not None:
                    self.outbox.prepare(self._events)
                done = True
            finally:
                self._depth -= 1
                self._end(mark, told, done)
        if not self._depth and self.outbox is not None:
            self.outbox.send()

    def _end(self, mark: int, told: int, done: bool) -> None:
        if not done:
            self.store.undo(mark)
            del self._events[told:]
        if not self._depth:
            self._events = []
            self.store.forget()

    @contextmanager
    def reading(self) -> Iterator[Renderer]:
        """A consistent view; yields a renderer without options."""
        with self._lock:
            yield Renderer(self.store, self.version)

    def now(self) -> str:
        """The present moment, as written into rows."""
        return stamp(self.clock())

    def count(self, name: str) -> int:
        """The next number of a range, from 1."""
        self._counters[name] = self._counters.get(name, 0) + 1
        return self._counters[name]

    def new_id(self, entity: str) -> str:
        """A fresh id."""
        return make_id(self.key, entity, self.count(f"id {entity}"))

    def state_id(self, entity: str, state: str) -> str:
        """The id of a state of ``order``, ``order_delivery`` or ``order_transaction``."""
        if state not in MACHINES[entity].moves:
            raise ValueError(f"{entity} has no state {state!r}, but {', '.join(MACHINES[entity].states)}")
        return make_id(self.key, "state", entity, state)

    def state_name(self, row: Row) -> str:
        """The technical name of the state a record is in."""
        found = self.store.tables["state_machine_state"][row.values["stateId"]]
        return str(found.values["technicalName"])

    def insert(self, entity: str, values: Mapping[str, Any], **links: list[str]) -> Row:
        """Add a record with id, times and live version, and remember that it was written."""
        stamped = {"id": values.get("id") or self.new_id(entity), "createdAt": self.now(), **values}
        described = self.store.schema[entity]
        versions = dict.fromkeys(_version_fields(described, stamped), LIVE_VERSION)
        if NUMBER in described.fields and NUMBER not in stamped:
            stamped[NUMBER] = self.count(entity)
        row = self.store.insert(entity, {**described.initial, **versions, **stamped}, **links)
        written = tuple(name for name, value in row.values.items() if value is not None)
        self._note(row, "insert", written)
        return row

    def update(self, row: Row, values: Mapping[str, Any]) -> None:
        """Write fields of a record. Even without any its ``updatedAt`` moves."""
        self.store.write(row, {**values, "updatedAt": self.now()})
        self._note(row, "update", (*values, "updatedAt"))

    def delete(self, row: Row) -> None:
        """Remove a record."""
        self.store.delete(row)
        self._note(row, "delete", ())

    def happened(self, name: str, order_id: str) -> None:
        """Remember a business event."""
        self._events.append(Happened(name, order_id))

    def drafted(self, entity: str, row_id: str, version_id: str) -> None:
        """Remember that a draft of a record was written."""
        self._events.append(Written(entity, row_id, "insert", (), version_id))

    def _note(self, row: Row, operation: str, names: tuple[str, ...]) -> None:
        if row.entity in PART_OF_ORDER:
            self._events.append(Written("order", row.values["orderId"], "update"))
        else:
            self._events.append(Written(row.entity, row.id, operation, names))


def _version_fields(entity: Entity, values: Mapping[str, Any]) -> Iterator[str]:
    """The version id of the record itself and of each versioned record it points to."""
    for name in entity.fields:
        if name == "versionId" or (name.endswith("VersionId") and values.get(f"{name.removesuffix('VersionId')}Id")):
            yield name
