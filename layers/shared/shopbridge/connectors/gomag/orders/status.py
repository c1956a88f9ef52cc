"""The shop's order statuses, and telling the shop what became of an order.

Every shop has statuses of its own, so ids are the keys and names are for people.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from pydantic import TypeAdapter

from shopbridge.connectors.gomag.api import NO_DATA, GomagApi
from shopbridge.connectors.gomag.orders.read import find_head
from shopbridge.connectors.gomag.settings import GomagSettings
from shopbridge.connectors.gomag.wire import WireOrderHead, WireStatus
from shopbridge.connectors.kit.kept import Kept
from shopbridge.connectors.kit.rows import read_rows
from shopbridge.errors import OutcomeUnknown, Rejected, RetryLater
from shopbridge.model.base import OrderId
from shopbridge.model.office import Choice
from shopbridge.ports import Clock

KEPT = timedelta(minutes=10)
WRAPPERS: Final = ("statuses", "data")
"""Names under which a client also looks for the list (platform file, G3)."""
_STATUSES = TypeAdapter(tuple[WireStatus, ...])

KeptStatuses = Kept[Sequence[WireStatus]]
"""The order statuses of a shop, read again after a while."""
STATUSES, STATUS, NOTE = "order/status/read", "order/status", "order/note/add"
GONE = "gone"


def kept_statuses(api: GomagApi, clock: Clock) -> KeptStatuses:
    """Return the order statuses, not read yet."""
    return Kept(lambda: read_statuses(api.get(STATUSES).json()), clock, KEPT)


def read_statuses(body: Any) -> tuple[WireStatus, ...]:
    """Return the statuses in every shape that clients have met: keyed by id, wrapped, as a list, or as plain pairs.

    Raises:
        RetryLater: It is none of them.
    """
    return read_rows(_STATUSES, list(_rows(_unwrapped(body))), "Gomag", "order statuses")


def choices(statuses: Sequence[WireStatus], settings: GomagSettings) -> tuple[Choice, ...]:
    """Return choices for maps and settings: the id is the key; a status without a name is called by its id."""
    return tuple(
        Choice(
            key=str(status.id),
            title=status.name or f"Status {status.id}",
            off=settings.is_cancelled(str(status.id), status.name),
        )
        for status in statuses
    )


def _unwrapped(body: Any) -> Any:
    if isinstance(body, Mapping):
        return next((body[name] for name in WRAPPERS if isinstance(body.get(name), dict | list)), body)
    return body


def _rows(rows: Any) -> Iterator[Any]:
    """A row for each status; [inferred] counters and texts beside keyed statuses are none."""
    if isinstance(rows, Mapping):
        for key, value in rows.items():
            if isinstance(value, Mapping):
                yield {"id": key, **value}
            elif key.isdigit() and isinstance(value, str):
                yield {"id": key, "name": value}
    else:
        yield from rows if isinstance(rows, list) else [rows]


@dataclass(frozen=True)
class GomagOrderStatus:
    """Tells a shop what became of its orders."""

    api: GomagApi
    statuses: KeptStatuses
    settings: GomagSettings

    def set_status(self, order: OrderId, status: str) -> str:
        """Move an order by three calls: where it is, move it, where it is now.

        A customer may get a mail, so nothing is sent twice.

        Raises:
            Rejected: The order is gone, or the shop has no such status.
            RetryLater: The answer was lost, or the order is not there yet: the next try looks first.
        """
        name = self._name(status)
        wire = self._find(order)
        if stay := self._reason_to_stay(wire, status, name):
            return f"The shop's order status {stay}."
        self._send(wire, status)
        now = self._find(order).status_key
        if now != status:
            where = f"Gomag order {wire.number}"
            raise RetryLater(f"The order has the status {now} instead of {status}", after=30, where=where)
        return f"The shop's order status was set to {name}."

    def set_document(self, order: OrderId, field: str, number: str) -> str:
        """Return a note for the merchant, since there is no field.

        It cannot be read back, so it is sent once at the most.

        Raises:
            Rejected: The settings do not allow it, or the order is gone.
        """
        settings = self.settings
        if not settings.write_notes:
            raise Rejected(
                "Gomag's orders have no field for our document number, and notes are switched off",
                code="no_document_field",
                fix="Switch write_notes on in the connection's Gomag side, or leave document_field empty.",
            )
        wire, note = self._find(order), f"{field}: {number}"
        try:
            self.api.post(NOTE, note_body(wire.id, note, settings), repeatable=False)
        except OutcomeUnknown:
            return f"A note was sent to the shop's order, and the answer was lost: {note}."
        return f"A note was added to the shop's order: {note}."

    def _name(self, status: str) -> str:
        known = {str(each.id): each.name or str(each.id) for each in self.statuses.value()}
        if status not in known:
            known = {str(each.id): each.name or str(each.id) for each in self.statuses.refreshed()}
        if status not in known:
            listed = ", ".join(f"{key} = {name}" for key, name in known.items())
            raise Rejected(
                f"The shop has no order status {status!r}", code="unknown_status", fix=f"Choose one of: {listed}."
            )
        return known[status]

    def _find(self, order: OrderId) -> WireOrderHead:
        wire = find_head(self.api, order)
        if wire is None:
            raise Rejected(
                "The order is not in the shop any more",
                code=GONE,
                where=f"Gomag order {order}",
                fix="If it was deleted there on purpose, nothing is left to be told to the shop.",
            )
        return wire

    def _reason_to_stay(self, wire: WireOrderHead, status: str, name: str) -> str:
        current = wire.status_key
        if current == status:
            return f"is {name} already"
        if self.settings.is_final(current, wire.status):
            return f"was left as it is: {wire.status or current} ends an order"
        return ""

    def _send(self, wire: WireOrderHead, status: str) -> None:
        """Ids only: a name or the customer's number changes nothing (platform file, G2, measured 2026-10)."""
        where = f"Gomag order {wire.number}"
        try:
            self.api.post(STATUS, {"orders": [{"order": wire.id, "status": int(status)}]}, repeatable=False)
        except OutcomeUnknown as error:
            raise RetryLater(error.what, after=30, where=where) from error
        except Rejected as error:
            if error.code != NO_DATA:
                raise
            fix = "Look whether the order and the status still exist in Gomag."
            raise Rejected("Gomag finds no such order or status", code=GONE, where=where, fix=fix) from error


def note_body(order: int, note: str, settings: GomagSettings) -> dict[str, Any]:
    """Return the call's body; two sources disagree about its names (platform file, "Note / file")."""
    if settings.field_names == "snake":
        return {"order_id": order, "note": note, "is_public": 0}
    return {"id": order, "note": note, "isPublic": 0}
