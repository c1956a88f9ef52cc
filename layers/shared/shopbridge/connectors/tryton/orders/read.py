"""Sales as Tryton has them: how far they are, what became of them, and those that changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from shopbridge.connectors.kit.rows import read_each, read_row
from shopbridge.connectors.tryton.api import PAGE, TrytonApi
from shopbridge.connectors.tryton.lookup import OVERLAP, since_in
from shopbridge.connectors.tryton.outcomes import TITLE
from shopbridge.connectors.tryton.settings import TrytonSettings
from shopbridge.connectors.tryton.wire import SaleRow
from shopbridge.errors import Rejected
from shopbridge.model.base import ExternalId, in_batches
from shopbridge.model.progress import OrderProgress, ProgressPage
from shopbridge.ports import ProgressFact

SALE: Final = "sale.sale"
FIELDS: Final = (
    *("state", "number", "reference", "comment", "total_amount", "tax_amount", "shipment_state", "invoice_state"),
    *("last_modified_at", "invoices.number", "invoices.state"),
)
DRAFT, QUOTATION, CONFIRMED, PROCESSING, DONE, CANCELLED = (
    *("draft", "quotation", "confirmed", "processing"),
    *("done", "cancelled"),
)
SHIPPED: Final = "shipped"
"""Our word for a sale whose goods have all left, while its invoice is not paid."""
STATUSES: Final = {
    DRAFT: "Draft",
    QUOTATION: "Quotation",
    CONFIRMED: "Confirmed",
    PROCESSING: "Processing",
    SHIPPED: "Processing, all shipped",
    DONE: "Done",
    CANCELLED: "Cancelled",
}
RANK: Final = {name: place for place, name in enumerate((DRAFT, QUOTATION, CONFIRMED, PROCESSING, SHIPPED, DONE))}
SENT, NONE = "sent", "none"
POSTED: Final = frozenset({"posted", "paid"})
TELLS: Final = frozenset[ProgressFact]({"status", "cancelled", "number"})


def status_of(row: SaleRow) -> str:
    """Return the key of a sale's status.

    A sale that is called off once it was processed ends as done, with nothing shipped and nothing invoiced (platform
    file, "Calling off").
    """
    if row.state == DONE and row.shipment_state == row.invoice_state == NONE:
        return CANCELLED
    if row.state == PROCESSING and row.shipment_state == SENT:
        return SHIPPED
    return row.state


def sale_rows(api: TrytonApi, domain: list[Any], *further: str) -> list[SaleRow]:
    """Return the company's sales of a domain by rising id; one that cannot be read is left out."""
    rows = api.search(SALE, [["company", "=", api.company], *domain], (*FIELDS, *further))
    return [row for each in rows if isinstance(row := read_row(SaleRow, each), SaleRow)]


def sale_of(api: TrytonApi, order_id: ExternalId, *further: str) -> SaleRow:
    """Return one sale: one call. Raises Rejected where there is none, or none that can be read."""
    rows = sale_rows(api, [["id", "=", int(order_id)]], *further) if order_id.isdecimal() else []
    if not rows or str(rows[0].id) != order_id:
        raise Rejected(
            f"Tryton has no sale {order_id} that can be read",
            code="no_sale",
            where=f"{TITLE}, sale {order_id}",
            fix="Look in Tryton whether it was deleted, or belongs to another company than the settings name.",
        )
    return rows[0]


@dataclass(frozen=True)
class TrytonProgress:
    """Tells what became of the sales of one company."""

    settings: TrytonSettings
    api: TrytonApi
    tells: frozenset[ProgressFact] = TELLS

    def server_time(self) -> datetime:
        """Return our clock, without a call: changes are read with minutes of overlap."""
        return self.api.clock()

    def changed(self, since: datetime, position: str | None) -> ProgressPage:
        """Return one page of the sales that changed since some minutes before, or whose invoice did: one call."""
        moments = since_in("last_modified_at", "invoices.last_modified_at", since=since - OVERLAP)
        after = int(position) if position and position.isdecimal() else 0
        domain = [["company", "=", self.api.company], moments]
        rows, following = self.api.page(SALE, domain, FIELDS, after)
        read = read_each(SaleRow, rows, lambda *_: None)
        told = tuple(self._progress(row) for row in read if row is not None)
        return ProgressPage(orders=told, position=str(following) if following else None)

    def read(self, ids: Sequence[ExternalId]) -> Sequence[OrderProgress]:
        """Return these sales: a call for each hundred."""
        wanted = [int(key) for key in dict.fromkeys(ids) if key.isdecimal()]
        rows = [row for batch in in_batches(wanted, PAGE) for row in sale_rows(self.api, [["id", "in", list(batch)]])]
        return [self._progress(row) for row in rows if row.id in wanted]

    def _progress(self, row: SaleRow) -> OrderProgress:
        status = status_of(row)
        return OrderProgress(
            id=ExternalId(str(row.id)),
            status=status,
            status_name=STATUSES.get(status, ""),
            changed_at=row.last_modified_at,
            reference=row.reference,
            number=self._number(row),
            cancelled=status == CANCELLED,
            total=row.total,
        )

    def _number(self, row: SaleRow) -> str:
        """The sale's, or that of its first invoice that is posted."""
        if self.settings.told_number == "sale":
            return row.number
        return next((each.number for each in row.invoices if each.state in POSTED and each.number), "")
