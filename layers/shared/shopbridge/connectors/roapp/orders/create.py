"""Orders on their way into RO App, and finding them again.

An order is made empty and then filled line by line; there is no idempotency key and no field for another system's
number (platform file, intro 3). So its number stands in a custom field, and what was to be sent in its notes: how many
lines, and the status that is set at the very end. An order that has less is one whose creation broke off. It is not
found, it is finished: ``find`` says that only creating it once more tells, and ``create`` then adds what is missing.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from shopbridge.connectors.kit.kept import Kept
from shopbridge.connectors.roapp.api import (
    EMPLOYEES,
    ORDERS,
    PatientClient,
    get,
    moment_text,
    order_path,
    patch,
    post,
    short_list,
)
from shopbridge.connectors.roapp.customers import creation, find_contact, made_id
from shopbridge.connectors.roapp.orders.payload import (
    Sending,
    dealt_to,
    draft_of,
    item_body,
    order_body,
    order_fields,
    ready,
    resent,
    sending_text,
)
from shopbridge.connectors.roapp.orders.read import all_since, known_orders
from shopbridge.connectors.roapp.outcomes import TITLE
from shopbridge.connectors.roapp.settings import RoAppSettings
from shopbridge.connectors.roapp.wire import (
    ITEMS,
    LISTING,
    MADE,
    ORDER,
    EmployeeRow,
    ItemInput,
    LineRead,
    MadeRead,
    OrderInput,
    OrderRead,
)
from shopbridge.errors import BridgeError, NeedsAttention, OutcomeUnknown
from shopbridge.http.client import PlatformClient, Wiring, shaped
from shopbridge.mapping.rules import TargetField
from shopbridge.model.base import ExternalId
from shopbridge.model.office import OrderDraft, OrderParts, OrderReceipt
from shopbridge.model.order import Order
from shopbridge.ports import Clock

KEPT = timedelta(hours=1)
CLOCKS = timedelta(hours=1)
"""How far the account's clock may be behind ours."""
FURTHER = timedelta(days=62)
"""How much further back older orders are read than asked for: the next one asked for may be older still."""


@dataclass(frozen=True)
class ListedOrders:
    """All orders that were made from ``begun`` on, as they were at ``read_at``."""

    read_at: datetime
    begun: datetime
    rows: Sequence[OrderRead]


class RoAppOrders:
    """Creates the orders of one connection."""

    def __init__(self, settings: RoAppSettings, client: PlatformClient, wiring: Wiring, clock: Clock) -> None:
        self._settings = settings
        self._client = client
        self._patient = PatientClient(client, wiring)
        self._clock = clock
        self._managers = Kept(self._active_employees, clock, KEPT)
        self._listed: ListedOrders | None = None
        self._unfinished: dict[str, Sequence[OrderRead]] = {}  # what ``find`` left to ``create``, by reference

    def fields(self) -> Mapping[str, TargetField]:
        """Return every field the merchant's rules may set, by its path."""
        return order_fields()

    def plan(self, order: Order, parts: OrderParts) -> OrderDraft:
        """Return the order and its lines; who manages it is dealt out when it is sent."""
        return draft_of(order, parts, self._settings)

    def plan_note(self, order: Order, parts: OrderParts) -> str:
        """Return nothing: all of it stands in the order's notes already."""
        del order, parts
        return ""

    def reference_of(self, name: str) -> str:
        """Return it with the prefix."""
        return self._settings.reference_prefix + name

    def add_note(self, order_id: ExternalId, note: str, *, first: bool) -> None:
        """Do nothing, see ``plan_note``."""
        del order_id, note, first

    def read(self, order_id: ExternalId) -> OrderReceipt:
        """Read it back, with its total: one call."""
        return _receipt(self._client.read(get(order_path(order_id)), ORDER))

    def find(self, reference: str, since: datetime, *, afresh: bool) -> Sequence[OrderReceipt]:
        """Return all orders of this reference that were made at or after ``since``, the newest first.

        Raises:
            OutcomeUnknown: The creation of one broke off: ``create`` finishes it.
        """
        found = [row for row in self._since(since - CLOCKS, afresh=afresh) if self._is_named(row, reference)]
        found = [row for row in found if row.created_at >= since - CLOCKS]
        if afresh and (unfinished := [row for row in found if self._is_unfinished(row)]):
            self._unfinished[reference] = unfinished
        if reference in self._unfinished:
            raise OutcomeUnknown(
                f"RO App has the order {reference} in part; creating it once more finishes it",
                where=f"{TITLE}, order {reference}",
            )
        return [_receipt(row) for row in sorted(found, key=lambda row: (row.created_at, row.id), reverse=True)]

    def create(self, draft: OrderDraft, *, again: bool = False) -> OrderReceipt:
        """Make the order, then each of its lines, then set its status: a call each, and up to two for the contact.

        Raises:
            Held: It cannot be sent as it is, or several contacts are its buyer.
            Rejected: RO App does not take the order; or, on a further try, a line or its status.
            RetryLater: Surely not created.
            OutcomeUnknown: It may be there, whole or in part.
        """
        order: OrderInput = draft.checked or ready(draft.payload, f"order {draft.reference}")
        client = order.client_id or self._contact(order)
        manager = order.manager_id or self._manager(order)
        if begun := self._begun(order, client, again=again):
            return self._finished(begun, order, manager)
        call = post(ORDERS, order_body(order, self._settings, client, manager))
        sender = self._client if order.client_id else self._patient  # its contact was asked for already
        made = shaped(sender.send(call), MADE)
        return self._filled(made, order, manager)

    # --- one order ----------------------------------------------------------------------------------------------------

    def _filled(self, made: MadeRead, order: OrderInput, manager: int) -> OrderReceipt:
        """From here on the order is there: whatever stops us, the next try has to find it."""
        try:
            self._add(made.id, order.items, manager)
            if made.status.get("id") != order.status_id:
                self._set_status(made.id, order.status_id)
            number = made.number or self.read(ExternalId(str(made.id))).number
        except BridgeError as error:
            raise OutcomeUnknown(f"The order is in RO App in part. {error.what}", where=error.where) from error
        return OrderReceipt(id=ExternalId(str(made.id)), number=number, total=None, tax=None)

    def _finished(self, row: OrderRead, order: OrderInput, manager: int) -> OrderReceipt:
        """Add what an earlier try did not come to. What is refused now is told as it is.

        The order may have been edited in the shop meanwhile: then the notes say anew what was to be sent.
        """
        self._add(row.id, missing(order.items, self._items(row.id)), manager)
        if row.status.id != order.status_id:
            self._set_status(row.id, order.status_id)
        if sending_text(order) not in row.manager_notes:
            notes = {"manager_notes": resent(row.manager_notes, order)}
            self._patient.send(patch(order_path(row.id), notes))
        self._unfinished.pop(order.reference, None)
        return OrderReceipt(id=ExternalId(str(row.id)), number=row.number, total=None, tax=None)

    def _add(self, order_id: int, items: Sequence[ItemInput], manager: int) -> None:
        for item in items:
            self._patient.send(post(order_path(order_id, "items"), item_body(item, manager)))

    def _set_status(self, order_id: int, status: int) -> None:
        self._patient.send(post(order_path(order_id, "status"), {"status_id": status}, repeatable=True))

    def _contact(self, order: OrderInput) -> int:
        """The buyer of an order for whom the flow found no contact: one that is there, or a new one."""
        buyer = order.buyer
        if buyer is None:
            raise AssertionError("a draft has a contact or a buyer")
        return find_contact(self._client, buyer) or made_id(self._patient.send(creation(buyer)))

    def _manager(self, order: OrderInput) -> int:
        managers = self._settings.managers or self._managers.value()
        if not managers:
            raise NeedsAttention(
                "RO App names no active employee", where="RO App, managers", fix="Choose managers in the settings."
            )
        return dealt_to(managers, order.reference)

    def _active_employees(self) -> Sequence[int]:
        return [each.id for each in employees(self._client) if each.is_active is not False]

    # --- what is there ------------------------------------------------------------------------------------------------

    def _begun(self, order: OrderInput, client: int, *, again: bool) -> OrderRead | None:
        """What an earlier try made of an order: what ``find`` left, or else what its contact has in part."""
        left = self._unfinished.get(order.reference, ())
        rows = left or (self._ours(order, client) if again else ())
        alike = [row for row in rows if sending_text(order) in row.manager_notes]
        return next(iter(alike or left or [row for row in rows if self._is_in_part(row)]), None)

    def _ours(self, order: OrderInput, client: int) -> Sequence[OrderRead]:
        """The contact's orders of this reference since it was placed in the shop, the newest first."""
        since = moment_text(datetime.fromisoformat(order.placed_at) - timedelta(days=1))
        params = {"clients_ids[]": [str(client)], "created_at[]": [since], "sort": "-created_at", "page": "1"}
        rows = known_orders(self._client.read(get(ORDERS, params), LISTING).data)
        return [row for row in rows if self._is_named(row, order.reference)]

    def _is_named(self, row: OrderRead, reference: str) -> bool:
        return row.field(self._settings.reference_field) == reference

    def _is_unfinished(self, row: OrderRead) -> bool:
        """Whether it has less than its notes say was to be sent, or another status than is set at the end."""
        sending = Sending.parse(row.manager_notes)
        return sending is not None and (row.status.id != sending.status or self._is_in_part(row))

    def _is_in_part(self, row: OrderRead) -> bool:
        """Whether it has fewer lines than its notes say: one call."""
        sending = Sending.parse(row.manager_notes)
        return sending is not None and len(self._items(row.id)) < sending.lines

    def _items(self, order_id: int) -> Sequence[LineRead]:
        return self._client.read(get(order_path(order_id, "items")), ITEMS)

    def _since(self, since: datetime, *, afresh: bool) -> Sequence[OrderRead]:
        """All orders made since then; of older ones, what was read within the hour suffices."""
        now, listed = self._clock(), self._listed
        if listed and not afresh and now - listed.read_at < KEPT and listed.begun <= since:
            return listed.rows
        begun = since if afresh else since - FURTHER
        self._listed = ListedOrders(now, begun, all_since(self._client, begun, "created_at"))
        return self._listed.rows


def missing(wanted: Sequence[ItemInput], there: Sequence[LineRead]) -> Sequence[ItemInput]:
    """Return the lines that are not there yet: one is known by its product and its comment, or else by its price.

    What somebody changed of it meanwhile makes it no other line.
    """
    alike: Sequence[Callable[[ItemInput, LineRead], bool]] = (
        lambda item, row: item.comment == row.comment and (item.quantity, item.price) == (row.quantity, row.price),
        lambda item, row: item.comment == row.comment,
        lambda item, row: (item.quantity, item.price) == (row.quantity, row.price),
    )
    open_items, rest = list(wanted), list(there)
    for is_alike in alike:
        for item in [*open_items]:
            row = next((row for row in rest if row.entity.id == item.entity_id and is_alike(item, row)), None)
            if row is not None:
                open_items.remove(item)
                rest.remove(row)
    return open_items


def employees(client: PlatformClient) -> Sequence[EmployeeRow]:
    """Return everybody who works there."""
    return short_list(client, EMPLOYEES, EmployeeRow)


def _receipt(row: OrderRead) -> OrderReceipt:
    return OrderReceipt(id=ExternalId(str(row.id)), number=row.number, total=row.total, tax=None)
