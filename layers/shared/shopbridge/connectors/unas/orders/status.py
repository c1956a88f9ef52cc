"""The shop's order statuses, and telling the shop what became of an order.

Every shop has statuses of its own, so ids are the keys and names are for people; what a status means, its type says.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from pydantic import TypeAdapter

from shopbridge.connectors.kit.kept import Kept
from shopbridge.connectors.kit.rows import read_rows
from shopbridge.connectors.unas.api import ORDERS, UnasApi, write_all
from shopbridge.connectors.unas.orders.map import CANCELLED, DONE
from shopbridge.connectors.unas.orders.read import KeptStatuses, find_head
from shopbridge.connectors.unas.outcomes import TITLE
from shopbridge.connectors.unas.settings import UnasSettings
from shopbridge.connectors.unas.wire import WireOrderHead, WireStatus
from shopbridge.errors import OutcomeUnknown, Rejected, RetryLater
from shopbridge.model.base import OrderId
from shopbridge.model.office import Choice
from shopbridge.model.progress import Shipment
from shopbridge.ports import Clock

KEPT = timedelta(hours=1)
"""A shop's statuses are asked for by one of the rare calls."""
GONE = "gone"
BILLED: Final = "2"
"""The state of an order whose invoice is made (platform file, "Orders")."""
LINK: Final = ("https://", "http://")
JOINED: Final = ", "
"""[inferred] How several tracking numbers stand in the one field; its page names a single one."""
YES_NO: Final = {True: "yes", False: "no"}
_STATUSES = TypeAdapter(tuple[WireStatus, ...])


def kept_statuses(api: UnasApi, clock: Clock) -> KeptStatuses:
    """Return the order statuses, not read yet."""
    return Kept(lambda: read_rows(_STATUSES, api.statuses(), TITLE, "order statuses"), clock, KEPT)


def choices(statuses: Iterable[WireStatus]) -> tuple[Choice, ...]:
    """Return choices for maps and settings: the id is the key; a status without a name is called by its id."""
    once = {each.id: each for each in statuses if each.id}
    return tuple(
        Choice(key=each.id, title=each.name or f"Status {each.id}", off=each.type == CANCELLED)
        for each in once.values()
    )


@dataclass(frozen=True)
class UnasOrderStatus:
    """Tells a shop what became of its orders; what is not named in a write stays as it is."""

    api: UnasApi
    statuses: KeptStatuses
    settings: UnasSettings

    def set_status(self, order: OrderId, status: str) -> str:
        """Move an order, unless it is there already or over: up to three calls.

        The buyer may get a mail, so nothing is sent twice.

        Raises:
            Rejected: The order is gone, or the shop has no such status.
            RetryLater: The answer was lost: the next try looks first.
        """
        known = self._known(status)
        wire = self._find(order)
        if stay := self._reason_to_stay(wire, status, known):
            return f"The shop's order status {stay}."
        mail = YES_NO[self.settings.status_email]
        self._write({"Key": wire.key, "Status": status, "StatusEmail": mail})
        return f"The shop's order status was set to {known[status].name}."

    def set_document(self, order: OrderId, field: str, number: str) -> str:
        """Write our document number into the order's invoice; whatever ``field`` is called, UNAS has this one place.

        An address instead of a number is the invoice's own.

        Raises:
            Rejected: The order is gone.
            RetryLater: The answer was lost: the next try looks first.
        """
        del field
        wire = self._find(order)
        if number.startswith(LINK):
            return self._link(wire, number)
        before = wire.invoice.number if wire.invoice else ""
        if wire.invoice and before == number and wire.invoice.status == BILLED:
            return f"The shop's order has the document number {number} already."
        self._write({"Key": wire.key, "Invoice": self._invoice(number)})
        instead = f" instead of {before}" if before not in ("", number) else ""
        return f"The document number {number} was written into the shop's order{instead}."

    def set_shipments(self, order: OrderId, shipments: Sequence[Shipment]) -> str:
        """Write the shipments into the order: UNAS has one number and one address for them.

        Raises:
            Rejected: The order is gone.
            RetryLater: The answer was lost: the next try looks first.
        """
        codes = JOINED.join(dict.fromkeys(each.code for each in shipments))
        if not codes:
            return "There is no shipment to tell the shop of."
        wire = self._find(order)
        if wire.shipping and wire.shipping.package_number == codes:
            return f"The shop's order has the shipment {codes} already."
        url = next((each.url for each in reversed(shipments) if each.url), None)
        self._write({"Key": wire.key, "Shipping": {"PackageNumber": codes, "TrackingUrl": url}})
        return f"The shipment {codes} was written into the shop's order."

    def _link(self, wire: WireOrderHead, url: str) -> str:
        if wire.invoice and wire.invoice.url == url:
            return "The shop's order has the document's address already."
        self._write({"Key": wire.key, "Invoice": {"Url": url}})
        return "The document's address was written into the shop's order."

    def _invoice(self, number: str) -> Mapping[str, Any]:
        """Without an address of its own the one that may be there stays."""
        url = self.settings.invoice_url.replace("{number}", number) if self.settings.invoice_url else None
        return {"Status": BILLED, "Number": number, "Url": url}

    def _known(self, status: str) -> Mapping[str, WireStatus]:
        known = _by_id(self.statuses.value())
        if status not in known:
            known = _by_id(self.statuses.refreshed())
        if status not in known:
            listed = ", ".join(f"{each.id} = {each.name}" for each in known.values())
            raise Rejected(
                f"The shop has no order status {status!r}", code="unknown_status", fix=f"Choose one of: {listed}."
            )
        return known

    def _find(self, order: OrderId) -> WireOrderHead:
        wire = find_head(self.api, order)
        if wire is None:
            raise Rejected(
                "The order is not in the shop any more",
                code=GONE,
                where=f"UNAS order {order}",
                fix="If it was deleted there on purpose, nothing is left to be told to the shop.",
            )
        return wire

    def _reason_to_stay(self, wire: WireOrderHead, status: str, known: Mapping[str, WireStatus]) -> str:
        if wire.status_id == status:
            return f"is {known[status].name} already"
        listed = known.get(wire.status_id)
        if (wire.status_type or (listed.type if listed else "")) in (DONE, CANCELLED):
            return f"was left as it is: {wire.status or wire.status_id} ends an order"
        return ""

    def _write(self, record: Mapping[str, Any]) -> None:
        """One order in one call: of several, UNAS stops at the first that it refuses."""
        where = f"UNAS order {record['Key']}"
        records: Sequence[Mapping[str, Any]] = [{"Action": "modify", **record}]

        try:
            outcome = write_all(
                records, lambda some: self.api.write("setOrder", ORDERS, some, repeatable=False), ORDERS, _key_of
            )
        except OutcomeUnknown as error:
            raise RetryLater(error.what, after=30, where=where) from error
        for refused in outcome.refused.values():
            raise refused


def _key_of(record: Mapping[str, Any]) -> str:
    return str(record["Key"])


def _by_id(statuses: Iterable[WireStatus]) -> dict[str, WireStatus]:
    return {each.id: each for each in statuses if each.id}
