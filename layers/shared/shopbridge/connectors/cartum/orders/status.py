"""The shop's order statuses, and telling the shop what became of an order.

Every shop may have statuses of its own and call the built-in ones as it likes, so ids are the keys and titles are for
people. Beside the status an order takes a paid flag and one tracking code, and nothing else.
"""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from pydantic import TypeAdapter

from shopbridge.connectors.cartum.api import ORDERS_UPDATE, STATUSES, CartumApi
from shopbridge.connectors.cartum.orders.read import find_head
from shopbridge.connectors.cartum.outcomes import TITLE, UNDEFINED
from shopbridge.connectors.cartum.settings import CartumSettings
from shopbridge.connectors.cartum.wire import WireLog, WireOrderHead, WireStatus, title_in
from shopbridge.connectors.kit.kept import Kept
from shopbridge.connectors.kit.rows import read_rows
from shopbridge.errors import OutcomeUnknown, Rejected, RetryLater
from shopbridge.model.base import OrderId
from shopbridge.model.office import Choice
from shopbridge.model.progress import Shipment
from shopbridge.ports import Clock

KEPT = timedelta(hours=1)
GONE = "gone"
BUILT_IN: Final = (
    WireStatus(id="1", title="New"),
    WireStatus(id="2", title="Processing"),
    WireStatus(id="3", title="Delivered", is_successful=True),
    WireStatus(id="4", title="Canceled"),
    WireStatus(id="6", title="Shipping"),
)
"""The statuses of a shop whose version cannot list them (platform file, "Statuses")."""
PAID_FLAGS: Final[Sequence[Mapping[str, int]]] = ({"paid": 1, "payed": 1}, {"paid": 1}, {"payed": 1})
"""[inferred] Both names of the flag at once, for the sources disagree (platform file, open question 4); else alone."""
_STATUSES = TypeAdapter(tuple[WireStatus, ...])
KeptStatuses = Kept[Sequence[WireStatus]]
"""The order statuses of a shop, read again after a while."""


def kept_statuses(api: CartumApi, clock: Clock) -> KeptStatuses:
    """Return the order statuses, not read yet."""
    return Kept(lambda: read_statuses(api), clock, KEPT)


def read_statuses(api: CartumApi) -> Sequence[WireStatus]:
    """Return the statuses; they come as an object keyed by id, and of some versions as a list, or not at all."""
    try:
        rows = api.rows(STATUSES, "statuses")
    except Rejected as error:
        if error.code != UNDEFINED:
            raise
        return BUILT_IN
    return read_rows(_STATUSES, rows, TITLE, "order statuses")


def choices(statuses: Iterable[WireStatus], settings: CartumSettings) -> tuple[Choice, ...]:
    """Return choices for maps and settings: the id is the key; a status without a title is called by its id."""
    once = {each.id: each for each in statuses}
    return tuple(
        Choice(key=each.id, title=status_title(each, settings), off=settings.is_cancelled(each.id))
        for each in once.values()
    )


def status_title(status: WireStatus, settings: CartumSettings) -> str:
    """Return what people call a status."""
    return title_in(status.title, settings.language) or f"Status {status.id}"


@dataclass(frozen=True)
class CartumOrderStatus:
    """Tells a shop what became of its orders; what is not named in a write stays as it is."""

    api: CartumApi
    statuses: KeptStatuses
    settings: CartumSettings

    def set_status(self, order: OrderId, status: str) -> str:
        """Move an order, unless it is there already or over, and mark it as paid where the settings say so.

        The buyer sees it and may get a mail, so nothing is sent twice. Up to three calls.

        Raises:
            Rejected: The order is gone, or the shop has no such status.
            RetryLater: The answer was lost: the next try looks first.
        """
        known = self._known(status)
        wire = find_written(self.api, order)
        if stay := self._reason_to_stay(wire, status, known):
            return f"The shop's order status {stay}."
        pays = status in self.settings.paid_with_statuses and not wire.payed
        self._move(wire, int(status), pays=pays)
        also = ", and the order is marked as paid" if pays else ""
        return f"The shop's order status was set to {status_title(known[status], self.settings)}{also}."

    def set_document(self, order: OrderId, field: str, number: str) -> str:
        """Refuse it: an order of Cartum has no place for a document's number.

        Raises:
            Rejected: Always.
        """
        del field
        raise Rejected(
            f"Cartum's orders have no field for a document's number ({number})",
            code="no_document_field",
            where=f"Cartum order {order}",
            fix="Leave document_field of the connection's write-back empty.",
        )

    def _move(self, wire: WireOrderHead, status: int, *, pays: bool) -> None:
        """Write the status; where both names of the flag together are refused, with one of them."""
        flags = PAID_FLAGS if pays else ({},)
        for flag in flags[:-1]:
            with suppress(Rejected):
                return update_order(self.api, wire, {"status": status, **flag})
        return update_order(self.api, wire, {"status": status, **flags[-1]})

    def _known(self, status: str) -> Mapping[str, WireStatus]:
        known = {each.id: each for each in self.statuses.value()}
        if status not in known:
            known = {each.id: each for each in self.statuses.refreshed()}
        if status not in known or not status.isdecimal():
            listed = ", ".join(f"{each.id} = {status_title(each, self.settings)}" for each in known.values())
            raise Rejected(
                f"The shop has no order status {status!r}", code="unknown_status", fix=f"Choose one of: {listed}."
            )
        return known

    def _reason_to_stay(self, wire: WireOrderHead, status: str, known: Mapping[str, WireStatus]) -> str:
        if wire.stat_status == status:
            return f"is {status_title(known[status], self.settings)} already"
        now = known.get(wire.stat_status)
        if self.settings.is_cancelled(wire.stat_status) or (now is not None and now.is_successful):
            title = status_title(now, self.settings) if now else wire.stat_status
            return f"was left as it is: {title} ends an order"
        return ""


@dataclass(frozen=True)
class CartumShipments:
    """Keeps the tracking code of an order, of which there is one."""

    api: CartumApi

    def set_shipments(self, order: OrderId, shipments: Sequence[Shipment]) -> str:
        """Write the codes of all shipments into the order's one field, which its buyer sees; up to two calls.

        The field cannot be read, so the same may be written once more; that does no harm. A waybill that was made in
        the shop stays as it is.

        Raises:
            Rejected: The order is gone, or Cartum refuses the code.
            RetryLater: The answer was lost: the next try looks first.
        """
        codes = list(dict.fromkeys(filter(None, (each.code.strip() for each in shipments))))
        if not codes:
            return "There is no tracking code to tell the shop."
        wire, code = find_written(self.api, order), ", ".join(codes)
        if wire.shipment == code:
            return f"The shop's order has the tracking code {code} already."
        update_order(self.api, wire, {"tracking_code": code})
        return f"The tracking code {code} was written into the shop's order."


def find_written(api: CartumApi, order: OrderId) -> WireOrderHead:
    """Return an order that is to be written to. Raises Rejected when it is gone."""
    wire = find_head(api, order)
    if wire is None:
        raise Rejected(
            "The order is not in the shop any more",
            code=GONE,
            where=f"Cartum order {order}",
            fix="If it was deleted there on purpose, nothing is left to be told to the shop.",
        )
    return wire


def update_order(api: CartumApi, wire: WireOrderHead, values: Mapping[str, Any]) -> None:
    """Write to one order.

    Raises:
        Rejected: Cartum refuses it.
        RetryLater: The answer was lost, or does not say whether it was written.
    """
    where = f"Cartum order {wire.order_id}"
    try:
        log = api.write(ORDERS_UPDATE, "orders", [{"order_id": int(wire.order_id), **values}], repeatable=False)
    except OutcomeUnknown as error:
        raise RetryLater(error.what, after=30, where=where) from error
    line = next((each for each in log if each.order_id in ("", wire.order_id)), None)
    if line is None:
        raise RetryLater("Cartum does not say what became of the order", after=30, where=where)
    if line.status.upper() != "OK":
        raise _refused(line, where)


def _refused(line: WireLog, where: str) -> Rejected:
    return Rejected(
        f"Cartum refuses the change: {line.said or 'no reason given'}",
        code=line.status or "refused",
        where=where,
        fix="Look at the order in Cartum: one that is cancelled is locked, and a status may have been deleted.",
    )
