"""The import of an order with stores, shop and back office in memory."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

from shopbridge.errors import AskAPerson, BridgeError, Conflict, RetryLater
from shopbridge.flows.bridge import open_job
from shopbridge.flows.orders.importing import import_order
from shopbridge.flows.orders.records import order_key
from shopbridge.model.base import ConnectionId, ExternalId, OrderId
from shopbridge.model.connection import Side
from shopbridge.model.handed_over import PageRecord
from shopbridge.model.ledger import EffectKey, LedgerRecord, is_settled
from shopbridge.model.messages import OrderFound, Origin
from shopbridge.model.office import (
    DirectoryEntry,
    DocumentKind,
    OfficeDocument,
    OrderChange,
    OrderDraft,
    OrderPage,
    OrderParts,
    OrderReceipt,
    OrderUpdate,
    UnreadableOrder,
)
from shopbridge.model.order import Order
from shopbridge.model.progress import OrderProgress, ProgressPage, Shipment
from shopbridge.model.run import OrderCursor
from shopbridge.ports import Claim, KnownRows, Letter, PlatformTraits, Sight, none_known
from shopbridge.ports.progress import ProgressFact
from tests.unit.flow_samples import a_connection, an_order
from tests.unit.memory_stores import Calls, Clock, MemoryWorld

ANY = {"fallback": "="}
MAPS = dict.fromkeys(("status", "payment", "shipping", "tax"), ANY)


@dataclass
class MemoryLedger:
    """The ledger's rules over a dictionary; every state that was stored of a record is kept in ``story``."""

    clock: Clock
    records: dict[EffectKey, LedgerRecord] = field(default_factory=dict)
    story: list[LedgerRecord] = field(default_factory=list)
    named: set[EffectKey] = field(default_factory=set)

    def claim(self, record: LedgerRecord, *, owner: str, lease: timedelta) -> Claim:
        standing = self.records.get(record.key)
        taken = {"lease_owner": owner, "lease_until": self.clock() + lease}
        if standing is None:
            self.records[record.key] = record.model_copy(update=taken)
            return Claim(won=True, record=self.records[record.key], new=True)
        busy = max((standing.lease_until or self.clock()) - self.clock(), timedelta(0))
        if busy or is_settled(standing, record):
            return Claim(won=False, record=standing, busy=busy)
        self.records[record.key] = standing.model_copy(update=taken)
        sent = (standing.sent_at or standing.updated_at) if standing.may_take_effect else None
        return Claim(won=True, record=self.records[record.key], sent_seen=sent)

    def get(self, key: EffectKey) -> LedgerRecord | None:
        return self.records.get(key)

    def save(self, record: LedgerRecord, *, owner: str) -> None:
        if self.records[record.key].lease_owner != owner:
            raise Conflict("Somebody else has the record")
        self.records[record.key] = record
        self.story.append(record)

    def find(self, _: ConnectionId, reference: str) -> Sequence[LedgerRecord]:
        return [record for record in self.records.values() if record.reference == reference]

    def open(self, records: Sequence[LedgerRecord]) -> Sequence[bool]:
        return [self._open(record) for record in records]

    def _open(self, record: LedgerRecord) -> bool:
        if record.key in self.records:
            return False
        self.records[record.key] = record
        self.story.append(record)
        return True

    def name_in_office(self, records: Sequence[LedgerRecord]) -> None:
        self.named |= {record.key for record in records}

    def name_all_in_office(self, _: ConnectionId, since: datetime) -> None:
        self.named |= {record.key for record in self.records.values() if record.updated_at >= since}

    def of_office(self, _: ConnectionId, ids: Sequence[ExternalId]) -> Mapping[ExternalId, LedgerRecord]:
        done = (record for key, record in self.records.items() if record.state == "DONE" and key in self.named)
        return {record.external_id: record for record in done if record.external_id in ids and record.external_id}


@dataclass
class MemoryDirectory:
    """Knows an id for everything that is looked up."""

    forgotten: list[tuple[str, str]] = field(default_factory=list)

    def lookup(self, _: ConnectionId, kind: str, keys: Sequence[str]) -> Mapping[str, tuple[ExternalId, ...]]:
        return {key: (ExternalId(f"{kind}-1"),) for key in keys}

    def remember(self, _: ConnectionId, kind: str, entries: Sequence[DirectoryEntry]) -> None:
        raise AssertionError((kind, entries))

    def forget(self, _: ConnectionId, kind: str, keys: Sequence[str]) -> None:
        self.forgotten += [(kind, key) for key in keys]


@dataclass(frozen=True)
class MemorySights:
    """Both at once."""

    ledger: MemoryLedger
    directory: MemoryDirectory

    def look(self, connection: ConnectionId, orders: Sequence[OrderId], names: Mapping[str, Sequence[str]]) -> Sight:
        found = [self.ledger.get(order_key(connection, order)) for order in orders]
        known = {
            (kind, key): ids
            for kind, keys in names.items()
            for key, ids in self.directory.lookup(connection, kind, keys).items()
        }
        return Sight({OrderId(record.key.id): record for record in found if record}, known)


@dataclass
class MemoryOffice:
    """A back office that takes orders: ``refusal`` answers each creation, after it took effect if it ``took_it``."""

    orders: list[OrderReceipt] = field(default_factory=list)
    drafts: list[tuple[OrderDraft, bool]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    searches: list[datetime] = field(default_factory=list)
    products: object | None = "found in the directory"
    changes: "MemoryChanges | None" = None
    documents: "MemoryDocuments | None" = None
    progress: "MemoryProgress | None" = None
    refusal: BridgeError | None = None
    took_it: bool = False
    unsearchable: BridgeError | None = None

    def plan(self, order: Order, parts: OrderParts) -> OrderDraft:
        payload = {"total": order.totals.gross, "status": parts.status, "products": dict(parts.product_ids)}
        return OrderDraft(reference=parts.reference, payload=payload, line_of_row=())

    def plan_note(self, order: Order, _: OrderParts) -> str:
        return order.comment

    def reference_of(self, name: str) -> str:
        return f"W-{name}"

    def create(self, draft: OrderDraft, *, again: bool = False) -> OrderReceipt:
        self.drafts.append((draft, again))
        if self.refusal and not self.took_it:
            raise self.refusal
        there = f"{900 + len(self.orders)}"
        made = OrderReceipt(id=ExternalId(there), number=f"B{there}", total=draft.payload["total"], tax=None)
        made = made.model_copy(update={"document": self.documents.made(made) if self.documents else None})
        self.orders.append(made)
        if self.refusal:
            raise self.refusal
        return made

    def find(self, _: str, since: datetime, *, afresh: bool) -> Iterable[OrderReceipt]:
        del afresh
        self.searches.append(since)
        if self.unsearchable:
            raise self.unsearchable
        return list(self.orders)

    def read(self, order_id: ExternalId) -> OrderReceipt:
        (found,) = (each for each in self.orders if each.id == order_id)
        return found

    def add_note(self, _: ExternalId, note: str, *, first: bool) -> None:
        del first
        self.notes.append(note)


@dataclass
class MemoryChanges:
    """What an office was told of its orders; ``refusal`` answers each telling."""

    takes: frozenset[OrderChange]
    told: list[tuple[OrderChange, str, bool]] = field(default_factory=list)
    products: list[dict[str, ExternalId]] = field(default_factory=list)
    refusal: BridgeError | None = None
    number: str = ""
    document: OfficeDocument | None = None

    def tell(self, _: ExternalId, order: Order, parts: OrderParts, change: OrderChange, *, first: bool) -> OrderUpdate:
        self.told.append((change, parts.status, first))
        self.products.append(parts.product_ids)
        if self.refusal:
            raise self.refusal
        return OrderUpdate(text=f"Told: {change}, {order.status}.", number=self.number, document=self.document)


@dataclass
class MemoryDocuments:
    """The documents of an office: each creation makes one of this ``kind``; ``refusal`` answers each reading."""

    kind: DocumentKind = "invoice"
    refusal: BridgeError | None = None
    asked: list[OfficeDocument] = field(default_factory=list)

    def made(self, receipt: OrderReceipt) -> OfficeDocument:
        number = "" if self.kind == "draft" else f"EX/{receipt.id}"
        return OfficeDocument(id=receipt.id, kind=self.kind, number=number, url=f"https://print.example/{receipt.id}")

    def read(self, document: OfficeDocument) -> bytes:
        self.asked.append(document)
        if self.refusal:
            raise self.refusal
        return b"%PDF-1.4 of " + document.id.encode()


@dataclass
class MemoryMail:
    """Letters that left: ``refusal`` answers each, after it left if it ``took_it``."""

    letters: list[Letter] = field(default_factory=list)
    refusal: BaseException | None = None
    took_it: bool = False
    checked: list[str] = field(default_factory=list)

    def check(self, sender: str) -> None:
        self.checked.append(sender)

    def send(self, letter: Letter) -> None:
        if self.refusal is None or self.took_it:
            self.letters.append(letter)
        if self.refusal:
            raise self.refusal


@dataclass
class MemoryProgress:
    """What an office tells of its orders; ``pages`` are read one after the other."""

    clock: Clock
    tells: frozenset[ProgressFact] = frozenset({"status", "cancelled", "shipments", "number", "document_url"})
    orders: dict[ExternalId, OrderProgress] = field(default_factory=dict)
    busy: RetryLater | None = None
    asked_since: list[datetime] = field(default_factory=list)
    reads: int = 0

    def server_time(self) -> datetime:
        return self.clock()

    def changed(self, since: datetime, position: str | None) -> ProgressPage:
        """Two orders a page."""
        self.asked_since.append(since)
        if self.busy and position:
            raise self.busy
        found = [order for order in self.orders.values() if order.changed_at >= since]
        start = int(position or 0)
        following = str(start + 2) if start + 2 < len(found) else None
        return ProgressPage(orders=tuple(found[start : start + 2]), position=following)

    def read(self, ids: Sequence[ExternalId]) -> Sequence[OrderProgress]:
        self.reads += 1
        return [self.orders[each] for each in ids if each in self.orders]

    def shows(self, order_id: str, status: str, **changes: Any) -> OrderProgress:
        """People there made it so just now."""
        there = ExternalId(order_id)
        told = OrderProgress(id=there, status=status, changed_at=self.clock()).model_copy(update=changes)
        self.orders[there] = told
        return told


@dataclass
class MemoryShop:
    """A shop that shows its orders, and notes how it was asked."""

    clock: Clock
    shown: Sequence[Order] = ()
    more: Sequence[Order] = ()
    busy_at: str | None = "never"
    asked_at: list[str | None] = field(default_factory=list)
    asked_since: list[datetime] = field(default_factory=list)
    statuses: list[str] = field(default_factory=list)
    documents: list[tuple[str, str]] = field(default_factory=list)
    parcels: list[tuple[str, ...]] = field(default_factory=list)

    reach: timedelta = timedelta(0)

    def server_time(self) -> datetime:
        return self.clock()

    def changed(self, since: datetime, position: str | None, known: KnownRows = none_known) -> OrderPage:
        del known  # what comes again is for the flow to tell
        self.asked_since.append(since)
        self.asked_at.append(position)
        if position == self.busy_at:
            raise RetryLater("The hour's calls are used up", after=300)
        if self.more and position is None:
            return OrderPage(orders=tuple(self.shown), position="2")
        return OrderPage(orders=tuple(self.more if position else self.shown), position=None)

    def read(self, ids: Sequence[OrderId]) -> tuple[Sequence[Order], Sequence[UnreadableOrder]]:
        return [order for order in self.shown if order.id in ids or f"/{order.number}" in ids], []

    def set_status(self, _: OrderId, status: str) -> str:
        self.statuses.append(status)
        return f"Set to {status}."

    def set_shipments(self, _: OrderId, shipments: Sequence[Shipment]) -> str:
        self.parcels.append(tuple(parcel.code for parcel in shipments))
        return "Noted the parcels."

    def set_document(self, _: OrderId, field: str, number: str) -> str:
        self.documents.append((field, number))
        return f"Noted {number}."


@dataclass
class MemoryCursors:
    """A cursor, and the log beside it."""

    cursor: OrderCursor | None = None
    log: dict[str, PageRecord] = field(default_factory=dict)

    def load(self, _: ConnectionId, __: str) -> OrderCursor | None:
        return self.cursor

    def save(self, _: ConnectionId, __: str, cursor: OrderCursor) -> OrderCursor:
        self.cursor = cursor
        return cursor

    def handed_over(self, _: ConnectionId, since: datetime) -> Iterator[PageRecord]:
        return (page for name, page in sorted(self.log.items()) if name >= since.isoformat(timespec="microseconds"))

    def note(self, connection: ConnectionId, page: PageRecord, until: datetime) -> None:
        del connection, until
        self.log[page.name] = page


@dataclass
class Sent:
    """The order queue."""

    messages: list[OrderFound] = field(default_factory=list)

    def send(self, messages: Sequence[OrderFound]) -> None:
        self.messages += messages

    @property
    def orders(self) -> list[Order]:
        """Whole orders, alone or in parcels."""
        return [order for message in self.messages for order in message.orders]


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
