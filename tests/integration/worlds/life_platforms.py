"""A shop and a back office in memory, as the ports see them: changes show late, answers get lost, keys are revoked."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from shopbridge.connectors.parts import Capability, Connector, RequiredParts
from shopbridge.errors import AlreadyDone, NeedsAttention, OutcomeUnknown, Rejected, RetryLater
from shopbridge.flows.operations.connections.samples import SAMPLE_ORDER
from shopbridge.http.auth import Secrets
from shopbridge.model.base import ExternalId, OrderId
from shopbridge.model.connection import Connection, ConnectionSettings, Side
from shopbridge.model.office import Identity, OrderDraft, OrderPage, OrderParts, OrderReceipt, UnreadableOrder
from shopbridge.model.order import Order, OrderLine, Payment, TaxShare, Totals
from shopbridge.ports import KnownRows, PlatformTraits, Sighting, none_known
from shopbridge.wiring import GivenSecrets

Through = Callable[[str, Callable[[], Any]], Any]
"""Carries out an outside call of this name; the container may die before or after it."""
PAGE = 2
LATE_COMMIT = timedelta(seconds=40)
"""How late a creation takes effect whose answer was lost."""


@dataclass(frozen=True)
class Version:
    """An order as it became at a moment, and from when on the shop's API shows it."""

    order: Order
    at: datetime
    shows: datetime


def an_order(name: str, total: Decimal, placed_at: datetime, *, paid: bool, method: str) -> Order:
    """One free line of this total, tax included."""
    net = (total / Decimal("1.21")).quantize(Decimal("0.01"))
    share = TaxShare(rate=Decimal(21), net=net, tax=total - net)
    line = OrderLine(
        id="1",
        kind="free",
        name="Service",
        quantity=Decimal(1),
        unit_price=total,
        total=total,
        taxes=(share,),
        sku="",
        ean="",
        fields={},
        options={},
    )
    changes = {
        "id": OrderId(name),
        "number": name,
        "revision": "",
        "placed_at": placed_at,
        "payment": Payment(method=method, method_keys=(method,), status="paid" if paid else "open", paid=paid),
        "shipping": None,
        "lines": (line,),
        "totals": Totals(gross=total, net=net, taxes=(share,)),
    }
    return SAMPLE_ORDER.model_copy(update=changes)


@dataclass
class MemoryShop:
    """Orders with all their versions."""

    name: str
    clock: Callable[[], datetime]
    key: str = "first"
    versions: dict[OrderId, list[Version]] = field(default_factory=dict)

    def put(self, order: Order, late: timedelta = timedelta(0)) -> None:
        """Store a version; it shows ``late``, as after a long transaction."""
        now = self.clock()
        kept = self.versions.setdefault(order.id, [])
        shows = max([now + late, *(version.shows for version in kept)])
        revision = f"{now.isoformat()} {len(kept):03}"
        kept.append(Version(order.model_copy(update={"revision": revision}), now, shows))

    def newest(self, order_id: OrderId) -> Order:
        """As the shop itself knows it."""
        return self.versions[order_id][-1].order

    def shown(self, order_id: OrderId) -> Version | None:
        """As its API shows it by now."""
        now = self.clock()
        return next((each for each in reversed(self.versions.get(order_id, ())) if each.shows <= now), None)

    def page(self, since: datetime, position: str | None) -> OrderPage:
        """Changed orders by the moment of their change."""
        found = [each for order_id in self.versions if (each := self.shown(order_id)) and each.at >= since]
        ranked = sorted((f"{each.at.isoformat()} {each.order.id}", each.order) for each in found)
        left = [(rank, order) for rank, order in ranked if position is None or rank > position]
        rest = left[PAGE - 1][0] if len(left) > PAGE else None
        return OrderPage(orders=tuple(order for _, order in left[:PAGE]), unreadable=(), position=rest)


@dataclass(frozen=True)
class Made:
    """An order of the back office."""

    receipt: OrderReceipt
    reference: str
    shop: str
    made_at: datetime


@dataclass
class MemoryOffice:
    """Orders by their references.

    Args:
        searchable: It can be asked for a reference; else it refuses a second order of one.
    """

    name: str
    clock: Callable[[], datetime]
    searchable: bool
    key: str = "first"
    made: list[Made] = field(default_factory=list)
    late: list[tuple[datetime, OrderDraft]] = field(default_factory=list)
    fault: str = ""

    def copies(self, reference: str) -> list[Made]:
        """What is there of an order."""
        self.catch_up()
        return [each for each in self.made if each.reference == reference]

    def catch_up(self) -> None:
        """What was on its way takes effect."""
        due = [each for each in self.late if each[0] <= self.clock()]
        self.late = [(at, draft) for at, draft in self.late if at > self.clock()]
        for at, draft in due:
            self.make(draft, at)

    def make(self, draft: OrderDraft, at: datetime) -> OrderReceipt:
        """Enter it as of this moment, unless the reference is taken here."""
        there = self.copies(draft.reference) if not self.searchable else []
        if there:
            return there[0].receipt
        total = Decimal(draft.payload["total"])
        receipt = OrderReceipt(id=ExternalId(f"{self.name}-{len(self.made) + 1}"), number="", total=total, tax=None)
        self.made.append(Made(receipt, draft.reference, draft.payload["shop"], at))
        return receipt

    def create(self, draft: OrderDraft, *, again: bool) -> OrderReceipt:
        """As the port says, with the fault that is due."""
        fault, self.fault = self.fault, ""
        if fault == "busy":
            raise RetryLater("Busy", after=30, where=self.name)
        if fault == "refused":
            raise Rejected("No", code="refused", where=self.name, fix="Try it again.")
        if fault == "lost":
            raise OutcomeUnknown("No answer", where=self.name)
        if fault == "late":
            self.late.append((self.clock() + LATE_COMMIT, draft))
            raise OutcomeUnknown("No answer yet", where=self.name)
        if not self.searchable and not again and self.copies(draft.reference):
            raise AlreadyDone("It exists", where=self.name)
        receipt = self.make(draft, self.clock())
        if fault == "made":
            raise OutcomeUnknown("No answer", where=self.name)
        return receipt


@dataclass(frozen=True)
class _Door:
    """How a platform is reached with a connection's secrets."""

    name: str
    key: Callable[[], str]
    secrets: Secrets
    through: Through

    def ask(self, what: str, work: Callable[[], Any]) -> Any:
        def asked() -> Any:
            if self.secrets.current().get("key") != self.key():
                self.secrets.renew()
            if self.secrets.current().get("key") != self.key():
                raise NeedsAttention("The key is refused", where=self.name, fix="Enter the new one.")
            return work()

        return self.through(f"{self.name} {what}", asked)


@dataclass(frozen=True)
class ShopAt:
    """The port ``Shop`` of a connection."""

    shop: MemoryShop
    door: _Door

    def ping(self) -> Identity:
        return Identity(name=self.shop.name, version="1", accounts=(self.door.ask("ping", lambda: self.shop.name),))

    def vocabulary(self) -> Mapping[str, Any]:
        return {}

    def server_time(self) -> datetime:
        now: datetime = self.door.ask("time", self.shop.clock)
        return now

    reach = timedelta(0)

    def changed(self, since: datetime, position: str | None, known: KnownRows = none_known) -> OrderPage:
        del known  # what comes again is for the flow to tell
        page: OrderPage = self.door.ask("changed", lambda: self.shop.page(since, position))
        return page

    def read(self, ids: Sequence[OrderId]) -> tuple[Sequence[Order], Sequence[UnreadableOrder]]:
        found = self.door.ask("orders", lambda: [self.shop.shown(each) for each in ids])
        return [version.order for version in found if version], ()

    def named(self, number: str) -> Sequence[Sighting]:
        raise AssertionError(number)

    def set_status(self, order: OrderId, status: str) -> str:
        self.door.ask("status", lambda: self._set(order, status))
        return f"The shop's status is {status}."

    def _set(self, order_id: OrderId, status: str) -> None:
        order = self.shop.newest(order_id)
        if order.status == "open":
            self.shop.put(order.model_copy(update={"status": status}))

    def set_document(self, order: OrderId, field: str, number: str) -> str:
        raise AssertionError((order, field, number))


@dataclass(frozen=True)
class OfficeAt:
    """The port ``Office`` of a connection."""

    office: MemoryOffice
    door: _Door

    def ping(self) -> Identity:
        return Identity(name=self.office.name, version="1", accounts=(self.door.ask("ping", lambda: self.office.name),))

    def vocabulary(self) -> Mapping[str, Any]:
        return {}

    def fields(self) -> Mapping[str, Any]:
        return {}

    def reference_of(self, name: str) -> str:
        return name

    def plan(self, order: Order, parts: OrderParts) -> OrderDraft:
        shop = order.number.partition("-")[0]
        payload = {"total": str(order.totals.gross), "shop": shop}
        return OrderDraft(reference=parts.reference, payload=payload, line_of_row=())

    def plan_note(self, order: Order, parts: OrderParts) -> str:
        del order, parts
        return ""

    def add_note(self, order_id: ExternalId, note: str, *, first: bool) -> None:
        raise AssertionError((order_id, note, first))

    def create(self, draft: OrderDraft, *, again: bool = False) -> OrderReceipt:
        receipt: OrderReceipt = self.door.ask("create", lambda: self.office.create(draft, again=again))
        return receipt

    def find(self, reference: str, since: datetime, *, afresh: bool) -> Iterable[OrderReceipt]:
        del afresh
        if not self.office.searchable:
            raise OutcomeUnknown("It cannot be searched", where=self.office.name)
        found: list[Made] = self.door.ask("find", lambda: self.office.copies(reference))
        return [each.receipt for each in found if each.made_at >= since]

    def read(self, order_id: ExternalId) -> OrderReceipt:
        found: OrderReceipt = self.door.ask("read", lambda: next(self._read(order_id)))
        return found

    def _read(self, order_id: ExternalId) -> Iterator[OrderReceipt]:
        yield from (each.receipt for each in self.office.made if each.receipt.id == order_id)


@dataclass
class MemoryPlatforms:
    """The port ``Platforms`` over the shops and offices of all connections."""

    shops: Mapping[str, MemoryShop]
    offices: Mapping[str, MemoryOffice]
    secrets: Callable[[Connection, Side], Secrets]
    through: Through

    def parts(self, connection: Connection, side: Side) -> RequiredParts:
        return self._parts(connection.settings, side, self.secrets(connection, side))

    def start_afresh(self, connection: Connection, side: Side) -> None:
        del connection, side

    def traits(self, connection: Connection, side: Side) -> PlatformTraits:
        del connection, side
        return PlatformTraits("Memory", signs=False, tells_time=False)

    def trial(self, settings: ConnectionSettings, side: Side, secrets: Mapping[str, str]) -> RequiredParts:
        return self._parts(settings, side, GivenSecrets(secrets))

    def check_settings(self, settings: ConnectionSettings, side: Side, secrets: Mapping[str, str]) -> Sequence[str]:
        del settings, side, secrets
        return []

    def order_page(self, settings: ConnectionSettings, side: Side, order: str) -> str:
        del settings, side, order
        return ""

    def check_capabilities(self, settings: ConnectionSettings) -> Sequence[str]:
        del settings
        return []

    def place(self, settings: ConnectionSettings, side: Side) -> str:
        return str(settings.side(side).settings["url"])

    def _parts(self, settings: ConnectionSettings, side: Side, secrets: Secrets) -> RequiredParts:
        place = self.place(settings, side)
        if side == "shop":
            shop = self.shops[place]
            at = ShopAt(shop, _Door(shop.name, lambda: shop.key, secrets, self.through))
            return RequiredParts(Connector(account=at, order_source=at, order_status=at), _lacking)
        office = self.offices[place]
        entry = OfficeAt(office, _Door(office.name, lambda: office.key, secrets, self.through))
        return RequiredParts(Connector(account=entry, order_target=entry), _lacking)


def _lacking(part: Capability) -> NeedsAttention:
    return NeedsAttention(f"There is no {part} in memory", where="the test")
