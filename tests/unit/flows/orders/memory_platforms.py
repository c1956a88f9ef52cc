"""A shop and a back office of orders in memory, with what each may be able to do."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from shopbridge.errors import BridgeError, RetryLater
from shopbridge.model.base import ExternalId, OrderId
from shopbridge.model.office import (
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
from shopbridge.ports import KnownRows, Letter, none_known
from shopbridge.ports.progress import ProgressFact
from tests.unit.memory_stores import Clock


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
    shipments: list[tuple[str, ...]] = field(default_factory=list)

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
        self.shipments.append(tuple(shipment.code for shipment in shipments))
        return "Noted the shipments."

    def set_document(self, _: OrderId, field: str, number: str) -> str:
        self.documents.append((field, number))
        return f"Noted {number}."
