"""One imported order that people move on both sides, while messages about it come late, twice and out of order."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Literal

from shopbridge.errors import BridgeError, OutcomeUnknown, RetryLater
from shopbridge.flows.bridge import open_job
from shopbridge.flows.orders.importing import follow_order, import_order
from shopbridge.flows.orders.progress import read_progress
from shopbridge.model.base import ExternalId, OrderId
from shopbridge.model.ledger import LedgerRecord
from shopbridge.model.messages import OrderMoved, ProgressRequest
from shopbridge.model.office import OrderChange, OrderParts, OrderUpdate
from shopbridge.model.order import Order
from shopbridge.model.progress import OrderProgress
from tests.unit.flows.orders.memory_platforms import MemoryChanges, MemoryProgress, MemoryShop
from tests.unit.flows.orders.order_world import MAPS, OrderWorld, placed

SHOP = ("open", "packed", "sent", "done")
OFFICE = ("1", "2", "3", "4")
OFF, OFF_THERE = "cancelled", "9"
TO_OFFICE = dict(zip((*SHOP, OFF), (*OFFICE, OFF_THERE), strict=True))
TO_SHOP = dict(zip(OFFICE, SHOP, strict=True))
FOLLOWING: dict[str, Any] = {"statuses": TO_SHOP, "cancelled": OFF}
BOTH_WAYS: dict[str, Any] = {**FOLLOWING, "may_go_back": (*SHOP, *OFFICE)}
Fault = Literal["", "busy", "dead", "dies", "lost"]
"""Refused for now; the container ends before the write, or after it; the answer is lost."""


class Killed(BaseException):
    """The container ends here."""


@dataclass
class Writes:
    """What the bridge wrote to a side; the next write may break off."""

    done: list[str] = field(default_factory=list)
    fault: Fault = ""
    late: Fault = ""

    def make(self, status: str, *, changes: bool) -> None:
        """Count one that changes something; raises what was planned, before or after it took effect."""
        fault, self.fault = self.fault, ""
        if fault == "busy":
            raise RetryLater("Busy", after=1)
        if fault == "dead":
            raise Killed
        if changes:
            self.done.append(status)
        self.late = fault

    def answer(self) -> None:
        """The answer comes, or is lost."""
        late, self.late = self.late, ""
        if late == "dies":
            raise Killed
        if late == "lost":
            raise OutcomeUnknown("Lost")


@dataclass
class LivingShop(MemoryShop):
    """A shop with one order, which both people and the bridge move."""

    order: Order | None = None
    writes: Writes = field(default_factory=Writes)
    tells_time: bool = True
    versions: int = 0

    @property
    def now(self) -> Order:
        """The order as it stands."""
        assert self.order is not None
        return self.order

    def put(self, status: str) -> None:
        """Move it to another version."""
        self.versions += 1
        at = self.clock() if self.tells_time else None
        changes = {"status": status, "cancelled": status == OFF, "status_at": at}
        self.order = self.now.model_copy(update={**changes, "revision": f"2026-03-05T{self.versions:06}"})

    def read(self, ids: Sequence[OrderId]) -> Any:
        return ([self.now] if self.now.id in ids else []), []

    def set_status(self, _: OrderId, status: str) -> str:
        if self.now.status in (status, OFF):
            return f"The shop's order status is {self.now.status} already."
        self.writes.make(status, changes=True)
        self.put(status)
        try:
            self.writes.answer()
        except OutcomeUnknown as error:
            raise RetryLater(error.what, after=1) from error
        return f"Set to {status}."


@dataclass
class LivingOffice(MemoryChanges):
    """A back office that is told, and moves the one order it has."""

    takes: frozenset[OrderChange] = frozenset({"status", "cancelled"})
    progress: MemoryProgress | None = None
    writes: Writes = field(default_factory=Writes)

    @property
    def now(self) -> OrderProgress:
        """The order as it stands."""
        assert self.progress is not None
        (order,) = self.progress.orders.values()
        return order

    def put(self, status: str) -> None:
        """Move it."""
        assert self.progress is not None
        self.progress.shows(self.now.id, status, cancelled=status == OFF_THERE)

    def tell(self, _: ExternalId, order: Order, parts: OrderParts, change: OrderChange, *, first: bool) -> OrderUpdate:
        status = OFF_THERE if change == "cancelled" else parts.status
        self.told.append((change, status, first))
        self.writes.make(status, changes=status != self.now.status)
        self.put(status)
        self.writes.answer()
        return OrderUpdate(text=f"Told: {change}, {order.status}.")


class TwoSides:
    """Shop, back office, what the bridge has seen of them, and what it has still to do."""

    def __init__(self, changes: dict[str, Any] | None = None, *, tells_time: bool = True, **settings: Any) -> None:
        entries = {"entries": TO_OFFICE}
        given = {"payment_statuses": [], "maps": {**MAPS, "status": entries}, "changes": changes or BOTH_WAYS}
        self.world = OrderWorld(**{**given, **settings})
        self.shop = self.world.shop = LivingShop(self.world.clock, tells_time=tells_time)
        progress = self.world.office.progress = MemoryProgress(self.world.clock)
        self.office = self.world.office.changes = LivingOffice(progress=progress)
        self.shop.order = placed(self.world, status=SHOP[0])
        self.world.bring(self.shop.now)
        progress.shows(self.record.external_id or "", OFFICE[0])
        self.inbox: list[Order | OrderMoved] = []
        self.read_office()

    @property
    def record(self) -> LedgerRecord:
        """The ledger's word on the order."""
        return self.world.record(self.shop.now)

    @property
    def written(self) -> int:
        """How often the bridge changed something on either side."""
        return len(self.shop.writes.done) + len(self.office.writes.done)

    def tick(self) -> None:
        """Some time passes, so that no two moves are of one moment."""
        self.world.clock.advance(seconds=10)

    def move(self, side: str, index: int) -> bool:
        """Let people move it; False where it stands there already."""
        self.tick()
        place, names = (self.shop, SHOP) if side == "shop" else (self.office, OFFICE)
        if place.now.status == names[index]:
            return False
        place.put(names[index])
        return True

    def call_off(self, side: str) -> None:
        """Let people cancel it."""
        self.tick()
        self.shop.put(OFF) if side == "shop" else self.office.put(OFF_THERE)

    def read_shop(self) -> None:
        """A poll finds the order; the import may see this version much later."""
        self.inbox.append(self.shop.now)

    def read_office(self) -> None:
        """The back office is read, and what is news of it is handed on."""
        read_progress(self.world.bridge, ProgressRequest(connection=self.world.connection.id))
        sent: list[Any] = self.world.orders.messages
        self.inbox += sent
        sent.clear()

    def deliver(self, number: int, *, keep: bool = False, fault: Fault = "") -> None:
        """Do what one message asks for; it comes again when it fails, or as often as the queue likes."""
        if not self.inbox:
            return
        message = self.inbox[number % len(self.inbox)]
        self.shop.writes.fault = self.office.writes.fault = fault
        try:
            self._do(message)
        except Killed:
            self.world.clock.advance(seconds=timedelta(minutes=30).total_seconds())
            return
        except BridgeError:
            self.tick()
            return
        finally:
            self.shop.writes.fault = self.office.writes.fault = ""
        if not keep:
            self.inbox.remove(message)

    def _do(self, message: Order | OrderMoved) -> None:
        job = open_job(self.world.bridge, self.world.connection)
        if isinstance(message, OrderMoved):
            follow_order(job, message)
        else:
            import_order(job, message, "poll")

    def settle(self) -> None:
        """Read both sides and deliver everything until nothing is left to do. Raises AssertionError for a ping-pong."""
        for _ in range(8):
            self.tick()
            before = self.written
            self.read_shop()
            self.read_office()
            for _ in range(60):
                self.deliver(0)
            assert not self.inbox, "messages never come to an end"
            if self.written == before:
                return
        raise AssertionError("both sides write for ever")
