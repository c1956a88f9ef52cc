"""The import of an order with stores, shop and back office in memory."""

from dataclasses import dataclass, replace
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from shopbridge.errors import AskAPerson
from shopbridge.flows.bridge import open_job
from shopbridge.flows.orders.importing import import_order
from shopbridge.flows.orders.records import order_key
from shopbridge.model.connection import Side
from shopbridge.model.ledger import EffectKey, LedgerRecord
from shopbridge.model.messages import Origin
from shopbridge.model.order import Order
from shopbridge.ports import PlatformTraits, PollSight
from tests.unit.flow_samples import a_connection, an_order
from tests.unit.flows.orders.memory_platforms import MemoryMail, MemoryOffice, MemoryShop
from tests.unit.flows.orders.memory_records import MemoryCursors, MemoryDirectory, MemoryLedger, MemorySights, Sent
from tests.unit.memory_stores import Calls, Clock, MemoryWorld

ANY = {"fallback": "="}
MAPS = dict.fromkeys(("status", "payment", "shipping", "tax"), ANY)


@dataclass(frozen=True)
class Platforms:
    world: "OrderWorld"

    def parts(self, _: object, side: Side) -> Any:
        """Buyers travel on their orders."""
        shop, office = self.world.shop, self.world.office
        if side == "shop":
            return SimpleNamespace(order_source=shop, order_status=shop, shipments=shop)
        return SimpleNamespace(
            order_target=office,
            customers=None,
            order_products=office.products,
            order_changes=office.changes,
            document_source=office.documents,
            order_progress=office.progress,
        )

    def traits(self, _: object, __: Side) -> PlatformTraits:
        asks = isinstance(self.world.office.unsearchable, AskAPerson)
        return PlatformTraits("Office", signs=False, tells_time=False, asks_a_person=asks)


class OrderWorld(MemoryWorld):
    """One connection between a shop and a back office; what ``orders`` says are its order settings."""

    def __init__(self, **orders: Any) -> None:
        connection = a_connection(**{"maps": MAPS, **orders})
        named = {"name_key": "0f" * 32, "bare_until": connection.created_at}
        super().__init__(connection.model_copy(update=named), Calls(), Clock())
        self.ledger, self.directory = MemoryLedger(self.clock), MemoryDirectory()
        self.shop, self.office = MemoryShop(self.clock), MemoryOffice()
        self.cursors, self.orders, self.polls, self.mail = MemoryCursors(), Sent(), Sent(), MemoryMail()

    def parts(self) -> dict[str, Any]:
        return {
            "cursors": self.cursors,
            "ledger": self.ledger,
            "directory": self.directory,
            "sights": MemorySights(self.ledger, self.directory),
            "orders": self.orders,
            "mail": self.mail,
            "polls": self.polls,
            "platforms": Platforms(self),
        }

    def bring(self, order: Order, origin: Origin = "poll", owner: str = "") -> None:
        """Import one version of an order, as a worker of its own."""
        job = open_job(self.bridge, self.connections.connection)
        import_order(replace(job, owner=owner) if owner else job, order, origin)

    def before_poll(self) -> PollSight:
        """The connection as a poll finds it."""
        connection = self.connections.connection
        return PollSight(connection, self.cursors.load(connection.id, "orders"))

    def stands(self, order: Order, **changes: Any) -> LedgerRecord:
        """Put a record into the ledger as an earlier version of the order left it; nobody has it."""
        record = LedgerRecord(
            key=self.key(order),
            state="INTENT",
            revision=order.revision,
            reference=order.number,
            origin="poll",
            source_status=order.status,
            updated_at=self.clock(),
        ).model_copy(update=changes)
        self.ledger.records[record.key] = record
        return record

    def key(self, order: Order) -> EffectKey:
        return order_key(self.connections.connection.id, order.id)

    def record(self, order: Order) -> LedgerRecord:
        return self.ledger.records[self.key(order)]

    def told(self, order: Order) -> list[str]:
        return [event.text for event in self.record(order).history]


def placed(world: OrderWorld, **changes: Any) -> Order:
    """An order of now: paid, of one product, never seen before."""
    return an_order(placed_at=world.clock() + timedelta(minutes=1), **changes)
