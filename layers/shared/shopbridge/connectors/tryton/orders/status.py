"""What becomes of an order in the shop, told to Tryton: how far its sale goes, and that it is called off.

A sale that is processed cannot be cancelled. Its shipments and its draft invoice can, and then Tryton asks whether they
are to be made anew: they are not (platform file, "Calling off").
"""

from dataclasses import dataclass, field
from typing import Final

from shopbridge.connectors.tryton.api import TrytonApi
from shopbridge.connectors.tryton.orders.create import advance
from shopbridge.connectors.tryton.orders.read import (
    CANCELLED,
    CONFIRMED,
    DRAFT,
    POSTED,
    PROCESSING,
    QUOTATION,
    RANK,
    SALE,
    STATUSES,
    sale_of,
    status_of,
)
from shopbridge.connectors.tryton.outcomes import TITLE
from shopbridge.connectors.tryton.wire import SaleRow
from shopbridge.errors import Held
from shopbridge.model.base import ExternalId
from shopbridge.model.office import OrderChange, OrderParts, OrderUpdate
from shopbridge.model.order import Order

TAKES = frozenset[OrderChange]({"status", "cancelled"})
GOALS: Final = frozenset({DRAFT, QUOTATION, PROCESSING})
OPEN: Final = frozenset({DRAFT, QUOTATION, CONFIRMED})
STILL_HERE: Final = frozenset({"draft", "waiting", "assigned", "picked", CANCELLED})
"""States of a shipment that can be called off."""
INVOICE, SHIPMENT, EXCEPTION = "account.invoice", "stock.shipment.out", "exception"
FURTHER: Final = ("shipments.state", "shipments.number", "moves.state")


@dataclass(frozen=True)
class TrytonChanges:
    """Tells what becomes of the sales of one connection."""

    api: TrytonApi
    takes: frozenset[OrderChange] = field(default=TAKES)

    def tell(
        self, order_id: ExternalId, order: Order, parts: OrderParts, change: OrderChange, *, first: bool
    ) -> OrderUpdate:
        """Bring the sale there to where the shop's order stands; where it is already, nothing is pressed.

        Raises:
            Held: Goods or an invoice are on their way, or a sale that was called off cannot be taken up again.
            Rejected: There is no such sale, or Tryton does not take it.
            OutcomeUnknown: It may be told.
        """
        del order, first
        if change == "cancelled":
            return self._call_off(sale_of(self.api, order_id, *FURTHER))
        return self._status(sale_of(self.api, order_id), parts.status)

    # --- how far it goes ----------------------------------------------------------------------------------------------

    def _status(self, sale: SaleRow, goal: str) -> OrderUpdate:
        if goal not in GOALS:
            raise Held(
                f"The status map says {goal!r}, and a sale can be told {', '.join(sorted(GOALS))} only",
                code="unknown_status",
                where=f"{TITLE}, sale {sale.id}",
                fix="Correct orders.maps.status, then resend the order.",
            )
        state = sale.state
        if status_of(sale) == CANCELLED:
            state = self._reopen(sale)
        elif RANK.get(sale.state, 0) >= RANK[goal]:
            return OrderUpdate(text=f"Its sale in Tryton is {STATUSES.get(status_of(sale), sale.state)} already.")
        now = advance(self.api, sale.id, state, goal, None, repeatable=False)
        return OrderUpdate(text=f"Its sale in Tryton is {STATUSES[now.state]}.", number=now.number)

    def _reopen(self, sale: SaleRow) -> str:
        if sale.state != CANCELLED:
            raise Held(
                "The sale was called off after it was processed, which Tryton cannot take back",
                code="called_off",
                where=f"{TITLE}, sale {sale.id}",
                fix="Make a new sale by hand in Tryton if the order is to be delivered after all, then skip this.",
            )
        self.api.press(SALE, "draft", [sale.id], repeatable=False)
        return DRAFT

    # --- calling off --------------------------------------------------------------------------------------------------

    def _call_off(self, sale: SaleRow) -> OrderUpdate:
        """One call, or up to eight once it is processed; each step is left out where it is done."""
        if status_of(sale) == CANCELLED:
            return OrderUpdate(text="Its sale in Tryton is cancelled already.")
        if sale.state == CONFIRMED:  # it is to be processed later, and goes one step back first
            self.api.press(SALE, "draft", [sale.id], repeatable=False)
        if sale.state in OPEN:
            self.api.press(SALE, "cancel", [sale.id], repeatable=False)
            return OrderUpdate(text="Its sale in Tryton is cancelled.")
        self._refuse_what_left(sale)
        self._cancel_documents(sale)
        now = sale_of(self.api, ExternalId(str(sale.id)), *FURTHER)
        if now.shipment_state == EXCEPTION:
            self._ignore("shipment", "moves", sale.id, [each.id for each in now.moves if each.state == CANCELLED])
        if now.invoice_state == EXCEPTION:
            self._ignore("invoice", "invoices", sale.id, [each.id for each in now.invoices if each.state == CANCELLED])
        return OrderUpdate(text="Shipment and invoice of its sale in Tryton are called off.")

    def _refuse_what_left(self, sale: SaleRow) -> None:
        shipments = [each.number for each in sale.shipments if each.state not in STILL_HERE]
        invoices = [each.number for each in sale.invoices if each.state in POSTED]
        if not (shipments or invoices or sale.state != PROCESSING):
            return
        told = ", ".join([*(f"shipment {each}" for each in shipments), *(f"invoice {each}" for each in invoices)])
        raise Held(
            f"The sale cannot be called off: {told or 'it'} is done",
            code="sale_under_way",
            where=f"{TITLE}, sale {sale.id}",
            fix="Take the goods back and credit the invoice in Tryton by hand, then skip this.",
        )

    def _cancel_documents(self, sale: SaleRow) -> None:
        shipments = [each.id for each in sale.shipments if each.state != CANCELLED]
        invoices = [each.id for each in sale.invoices if each.state != CANCELLED]
        if shipments:
            self.api.press(SHIPMENT, "cancel", shipments, repeatable=False)
        if invoices:
            self.api.press(INVOICE, "cancel", invoices, repeatable=False)

    def _ignore(self, what: str, name: str, sale: int, ids: list[int]) -> None:
        form = {f"domain_{name}": ids, f"ignore_{name}": ids, f"recreate_{name}": []}
        self.api.handle(f"sale.handle.{what}.exception", sale, form)
