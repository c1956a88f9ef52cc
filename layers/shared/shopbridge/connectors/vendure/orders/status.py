"""Telling the shop what became of an order (platform file, "States", "Fulfillments" and "Notes").

An order's state follows its payments and fulfillments: it becomes Shipped when all its lines lie in fulfillments that
are. A fulfillment takes its tracking code when it is made, and never again; what comes later becomes a note that the
buyer sees. Numbers of documents are notes that only the shop sees.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from pydantic import ValidationError

from shopbridge.connectors.kit.rows import odd_form
from shopbridge.connectors.vendure.api import Document, VendureApi, is_id
from shopbridge.connectors.vendure.orders.lines import CANCELLED
from shopbridge.connectors.vendure.orders.payments import AUTHORIZED
from shopbridge.connectors.vendure.outcomes import GONE, TITLE
from shopbridge.connectors.vendure.settings import VendureSettings
from shopbridge.connectors.vendure.wire import (
    Count,
    Id,
    Wire,
    WireFulfilled,
    WireFulfillment,
    WireHistory,
    WireToldPayment,
    WireWay,
)
from shopbridge.errors import Rejected, RetryLater
from shopbridge.mapping.validation import first_error
from shopbridge.model.base import OrderId
from shopbridge.model.progress import Shipment

PROMISED, PAID, SHIPPED, DELIVERED = "PaymentAuthorized", "PaymentSettled", "Shipped", "Delivered"
ROUTE: Final = ("ArrangingPayment", PROMISED, PAID, "PartiallyShipped", SHIPPED, "PartiallyDelivered", DELIVERED)
"""The way of an order, in order."""
REACHED_BY_FULFILLING: Final = (SHIPPED, DELIVERED)
HANDLER: Final = "manual-fulfillment"
"""Vendure's own handler, which takes a method and a tracking code."""
REASON: Final = "Cancelled in the back office"
_RESULT = "__typename ... on ErrorResult { errorCode message }"

ORDER: Final = Document(
    name="orderToTell",
    field="order",
    text="""query orderToTell($id: ID!) {
  order(id: $id) {
    id state nextStates
    payments { id state }
    lines { id quantity fulfillmentLines { quantity fulfillment { state } } }
    shippingLines { shippingMethod { code name } }
    fulfillments { id state trackingCode }
    history(options: {filter: {type: {eq: "ORDER_NOTE"}}, take: 100}) { items { isPublic data } }
  }
}""",
)
SETTLE: Final = Document(
    name="settlePayment",
    field="settlePayment",
    changes=True,
    text=f"""mutation settlePayment($id: ID!) {{
  settlePayment(id: $id) {{ {_RESULT} ... on SettlePaymentError {{ paymentErrorMessage }} }}
}}""",
)
FULFIL: Final = Document(
    name="addFulfillmentToOrder",
    field="addFulfillmentToOrder",
    changes=True,
    text=f"""mutation addFulfillmentToOrder($input: FulfillOrderInput!) {{
  addFulfillmentToOrder(input: $input) {{ {_RESULT} ... on CreateFulfillmentError {{ fulfillmentHandlerError }} }}
}}""",
)
MOVE_FULFILLMENT: Final = Document(
    name="transitionFulfillmentToState",
    field="transitionFulfillmentToState",
    changes=True,
    text=f"""mutation transitionFulfillmentToState($id: ID!, $state: String!) {{
  transitionFulfillmentToState(id: $id, state: $state) {{
    {_RESULT} ... on FulfillmentStateTransitionError {{ transitionError }}
  }}
}}""",
)
MOVE: Final = Document(
    name="transitionOrderToState",
    field="transitionOrderToState",
    changes=True,
    text=f"""mutation transitionOrderToState($id: ID!, $state: String!) {{
  transitionOrderToState(id: $id, state: $state) {{ {_RESULT} ... on OrderStateTransitionError {{ transitionError }} }}
}}""",
)
CANCEL: Final = Document(
    name="cancelOrder",
    field="cancelOrder",
    changes=True,
    text=f"""mutation cancelOrder($input: CancelOrderInput!) {{
  cancelOrder(input: $input) {{ {_RESULT} ... on OrderStateTransitionError {{ transitionError }} }}
}}""",
)
NOTE: Final = Document(
    name="addNoteToOrder",
    field="addNoteToOrder",
    changes=True,
    text="""mutation addNoteToOrder($input: AddNoteToOrderInput!) {
  addNoteToOrder(input: $input) { __typename }
}""",
)


class WireToldLine(Wire):
    """A line, and what of it lies in fulfillments."""

    id: Id
    quantity: Count
    fulfillment_lines: tuple[WireFulfilled, ...] | None = None

    @property
    def left(self) -> int:
        """Units that lie in no fulfillment."""
        taken = (each for each in self.fulfillment_lines or () if each.fulfillment.state != CANCELLED)
        return self.quantity - sum(each.quantity for each in taken)


class WireToldOrder(Wire):
    """An order, as far as it is told what became of it."""

    id: Id
    state: str
    next_states: tuple[str, ...]
    payments: tuple[WireToldPayment, ...] | None = None
    lines: tuple[WireToldLine, ...]
    shipping_lines: tuple[WireWay, ...] = ()
    fulfillments: tuple[WireFulfillment, ...] | None = None
    history: WireHistory

    @property
    def shipments(self) -> tuple[WireFulfillment, ...]:
        """The fulfillments that were not taken back."""
        return tuple(each for each in self.fulfillments or () if each.state != CANCELLED)

    @property
    def left(self) -> list[dict[str, Any]]:
        """What lies in no fulfillment, as a fulfillment takes it."""
        return [{"orderLineId": line.id, "quantity": line.left} for line in self.lines if line.left > 0]

    def has_code(self, code: str) -> bool:
        """Tell whether a tracking code is there, on a fulfillment or in a note."""
        codes = {part.strip() for each in self.shipments for part in each.tracking_code.split(",")}
        return code in codes or any(note.text == _code_note(code) for note in self.history.items)


@dataclass(frozen=True)
class VendureOrderStatus:
    """Tells a shop what became of its orders."""

    api: VendureApi
    settings: VendureSettings

    def set_status(self, order: OrderId, status: str) -> str:
        """Bring an order to a state, unless it is there or beyond, by what the state follows from.

        PaymentSettled captures what is authorised; Shipped and Delivered put all that is left into a fulfillment;
        Cancelled cancels the whole order, its shipping too, and refunds nothing.

        Raises:
            Rejected: The order is gone, or there is no way to the state.
            RetryLater: An answer was lost: the next try looks first.
        """
        wire = self._order(order)
        _check_state(wire, status)
        if stay := _reason_to_stay(wire.state, status):
            return f"The shop's order status {stay}."
        if status == CANCELLED:
            self._cancel(wire)
        elif status == PAID and wire.state == PROMISED:
            self._settle(wire)
        elif status in REACHED_BY_FULFILLING:
            self._fulfil(wire, status)
        else:
            self._change(MOVE, "Order", wire, id=wire.id, state=status)
        return f"The shop's order status was set to {status}."

    def set_document(self, order: OrderId, field: str, number: str) -> str:
        """Note the number on the order, for the shop's people only, unless it is there.

        Raises:
            Rejected: The order is gone.
            RetryLater: The answer was lost: the next try looks first.
        """
        wire, note = self._order(order), f"{field}: {number}"
        if any(each.text == note for each in wire.history.items):
            return f"The shop's order has the note {note!r} already."
        self._note(wire, note, public=False)
        return f"The note {note!r} was added to the shop's order."

    def set_shipments(self, order: OrderId, shipments: Sequence[Shipment]) -> str:
        """Put what is left of an order into a fulfillment with these codes; codes that come later become notes.

        The fulfillment waits until the order is shipped, so the order stays in its state. Goods that lie in it are
        taken off the stock by Vendure.

        Raises:
            Rejected: The order is gone, or Vendure refuses the fulfillment.
            RetryLater: An answer was lost: the next try looks first.
        """
        known = {each.code.strip(): each.carrier for each in shipments if each.code.strip()}
        if not known:
            return "There is no tracking code to tell the shop."
        wire = self._order(order)
        new = [code for code in known if not wire.has_code(code)]
        if not new:
            return f"The shop's order has the tracking codes {', '.join(known)} already."
        if wire.left and wire.state != CANCELLED:
            carrier = next((known[code] for code in new if known[code]), "")
            self._make_fulfillment(wire, ", ".join(new), carrier)
        else:
            for code in new:
                self._note(wire, _code_note(code), public=True)
        return f"The tracking codes {', '.join(new)} were written into the shop's order."

    # --- the calls ----------------------------------------------------------------------------------------------------

    def _order(self, order: OrderId) -> WireToldOrder:
        row = self.api.found(ORDER, id=order) if is_id(order) else None
        if row is None:
            raise Rejected(
                "The order is not in the shop any more",
                code=GONE,
                where=f"{TITLE} order {order}",
                fix="If it was deleted there on purpose, nothing is left to be told to the shop.",
            )
        try:
            wire = WireToldOrder.model_validate(row)
        except ValidationError as error:
            raise odd_form(TITLE, "an order", first_error(error)) from error
        if wire.id != order:
            raise RetryLater("Asked for one order, Vendure gave another", after=300, where=f"{TITLE} order {order}")
        return wire

    def _change(self, document: Document, good: str, wire: WireToldOrder, **variables: Any) -> None:
        self.api.change(document, good, f"{TITLE} order {wire.id}", **variables)

    def _settle(self, wire: WireToldOrder) -> None:
        for payment in wire.payments or ():
            if payment.state == AUTHORIZED:
                self._change(SETTLE, "Payment", wire, id=payment.id)

    def _cancel(self, wire: WireToldOrder) -> None:
        taken = {"orderId": wire.id, "cancelShipping": True, "reason": REASON}
        self._change(CANCEL, "Order", wire, input=taken)

    def _fulfil(self, wire: WireToldOrder, status: str) -> None:
        """Capture, make a fulfillment of what is left, move all on, each after the others: then the order follows."""
        if wire.state == PROMISED:
            self._capture_or_refuse(wire)
        if wire.left:
            self._make_fulfillment(wire, "", "")
            wire = self._order(OrderId(wire.id))
        for each, state in _moves(wire, status):
            self._change(MOVE_FULFILLMENT, "Fulfillment", wire, id=each.id, state=state)
        if not list(_moves(wire, status)):  # shipped while it was not paid: nothing moves the order any more
            self._change(MOVE, "Order", wire, id=wire.id, state=status)

    def _capture_or_refuse(self, wire: WireToldOrder) -> None:
        if not self.settings.capture_payments:
            raise Rejected(
                "The order's payment is only authorised, and Vendure ships what is paid",
                code="not_paid",
                where=f"{TITLE} order {wire.id}",
                fix="Settle the payment in Vendure, then resend; or switch capture_payments of the connection's shop "
                "on.",
            )
        self._settle(wire)

    def _make_fulfillment(self, wire: WireToldOrder, code: str, carrier: str) -> None:
        way = next((each.shipping_method.name for each in wire.shipping_lines), "")
        arguments = [{"name": "method", "value": carrier or way}, {"name": "trackingCode", "value": code}]
        made = {"lines": wire.left, "handler": {"code": HANDLER, "arguments": arguments}}
        self._change(FULFIL, "Fulfillment", wire, input=made)

    def _note(self, wire: WireToldOrder, note: str, *, public: bool) -> None:
        self._change(NOTE, "Order", wire, input={"id": wire.id, "note": note, "isPublic": public})


def _code_note(code: str) -> str:
    return f"Tracking code: {code}"


def _moves(wire: WireToldOrder, status: str) -> Iterator[tuple[WireFulfillment, str]]:
    """What each fulfillment has to become, one state after the other."""
    for each in wire.shipments:
        states = {"Shipped": (DELIVERED,), DELIVERED: ()}.get(each.state, (SHIPPED, DELIVERED))
        yield from ((each, state) for state in states if status == DELIVERED or state == SHIPPED)


def _check_state(wire: WireToldOrder, status: str) -> None:
    if status in (PROMISED, PAID, *REACHED_BY_FULFILLING, CANCELLED, *wire.next_states, wire.state):
        return
    possible = ", ".join(dict.fromkeys((PAID, SHIPPED, DELIVERED, CANCELLED, *wire.next_states)))
    raise Rejected(
        f"The shop's order cannot become {status!r}",
        code="unknown_status",
        where=f"{TITLE} order {wire.id}",
        fix=f"Choose one of: {possible}.",
    )


def _reason_to_stay(current: str, status: str) -> str:
    if current == status:
        return f"is {status} already"
    if current == CANCELLED or (current == DELIVERED and status != CANCELLED):
        return f"was left as it is: {current} ends an order"
    if current in ROUTE and status in ROUTE and ROUTE.index(current) > ROUTE.index(status):
        return f"was left as it is: {current} is beyond {status}"
    return ""
