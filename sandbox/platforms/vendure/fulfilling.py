"""Changes of orders: payments, fulfillments, states, notes (platform file, "States", "Fulfillments" and "Notes")."""

from typing import Any

from sandbox.platforms.vendure.errors import (
    Record,
    already_fulfilled,
    no_order_transition,
    not_emulated,
    not_found,
    nothing_selected,
    refused,
)
from sandbox.platforms.vendure.orders import fulfillment_view, order_view
from sandbox.platforms.vendure.placing import cancel, fulfil, settle
from sandbox.platforms.vendure.state import PROCESS, Fulfillment, Order, Shop

HANDLER = "manual-fulfillment"
MOVES = {
    "Pending": ("Shipped", "Delivered", "Cancelled"),
    "Shipped": ("Delivered", "Cancelled"),
    "Delivered": ("Cancelled",),
    "Cancelled": (),
}
FOLLOWED = {
    "Shipped": ("Shipped", "PartiallyShipped"),
    "Delivered": ("Delivered", "PartiallyDelivered"),
}
"""What an order becomes when all its goods are so far, or a part of them."""
BEHIND = {"Shipped": ("Shipped", "Delivered"), "Delivered": ("Delivered",)}


def the_order(shop: Shop, shown: str) -> Order:
    """An order by its id. Raises GraphQLError where there is none."""
    order = shop.orders.get(shop.number(shown))
    if order is None:
        raise not_found("Order", shown)
    return order


def settle_payment(shop: Shop, payment_id: str) -> Record:
    """Capture a payment; one that is settled stays so."""
    number = shop.number(payment_id)
    for order in shop.orders.values():
        for payment in order.payments:
            if payment.id == number:
                settle(shop, order)
                return {"__typename": "Payment", "id": payment_id, "state": payment.state}
    raise not_found("Payment", payment_id)


def add_fulfillment(shop: Shop, given: Record) -> Record:
    """Put units into a fulfillment, which waits to be shipped."""
    if not given["lines"]:
        return nothing_selected()
    if given["handler"]["code"] != HANDLER:
        return refused("InvalidFulfillmentHandlerError", "INVALID_FULFILLMENT_HANDLER_ERROR")
    units = {shop.number(each["orderLineId"]): each["quantity"] for each in given["lines"]}
    order = next((o for o in shop.orders.values() if {line.id for line in o.lines} & units.keys()), None)
    if order is None:
        raise not_found("OrderLine", given["lines"][0]["orderLineId"])
    if any(order.left(line) < units.get(line.id, 0) for line in order.lines):
        return already_fulfilled()
    told = {each["name"]: each["value"] for each in given["handler"]["arguments"]}
    made = Fulfillment(
        shop.new_id("fulfillment"), "Pending", told.get("method", ""), told.get("trackingCode", ""), units
    )
    fulfil(shop, order, units)
    order.fulfillments.append(made)
    return fulfillment_view(shop, order, made.id)


def move_fulfillment(shop: Shop, shown: str, state: str) -> Record:
    """Move a fulfillment; the order follows where its own states allow it."""
    number = shop.number(shown)
    for order in shop.orders.values():
        for each in order.fulfillments:
            if each.id == number:
                return _moved(shop, order, each, state)
    raise not_found("Fulfillment", shown)


def _moved(shop: Shop, order: Order, each: Fulfillment, state: str) -> Record:
    if state not in MOVES[each.state]:
        why = f'Cannot transition Fulfillment from "{each.state}" to "{state}"'
        kind = "FulfillmentStateTransitionError"
        return refused(kind, "FULFILLMENT_STATE_TRANSITION_ERROR", transitionError=why)
    each.state = state
    if state == "Cancelled":
        raise not_emulated("Cancelling a fulfillment")
    whole, part = FOLLOWED[state]
    wanted = whole if _all_are(order, BEHIND[state]) else part
    if wanted in PROCESS[order.state]:
        shop.moved(order, wanted)
    return fulfillment_view(shop, order, each.id)


def _all_are(order: Order, states: tuple[str, ...]) -> bool:
    done = all(each.state in states for each in order.fulfillments if each.state != "Cancelled")
    return done and not any(order.left(line) for line in order.lines)


def move_order(shop: Shop, shown: str, state: str) -> Record:
    """Move an order to another state by hand."""
    order = the_order(shop, shown)
    if state not in PROCESS[order.state]:
        return no_order_transition(order.state, state)
    if state in FOLLOWED and not _all_are(order, BEHIND[state]):
        why = f'Cannot transition Order to the "{state}" state unless all OrderItems are {state.lower()}'
        return no_order_transition(order.state, state, why)
    if state == "PaymentSettled" and any(each.state != "Settled" for each in order.payments):
        why = 'Cannot transition Order to the "PaymentSettled" state when the total is not covered by settled Payments'
        return no_order_transition(order.state, state, why)
    if state == "Cancelled" and any(line.quantity for line in order.lines):
        why = 'Cannot transition Order to the "Cancelled" state unless all OrderItems are cancelled'
        return no_order_transition(order.state, state, why)
    shop.moved(order, state)
    return order_view(shop, order)


def cancel_order(shop: Shop, given: Record) -> Record:
    """Cancel a whole order."""
    order = the_order(shop, given["orderId"])
    if given.get("lines") is not None or not given.get("cancelShipping"):
        raise not_emulated("Cancelling a part of an order")
    if not any(line.quantity for line in order.lines):
        return nothing_selected()
    cancel(shop, order)
    return order_view(shop, order)


def add_note(shop: Shop, given: Record) -> Any:
    """Note something on an order."""
    order = the_order(shop, given["id"])
    order.notes.append((given["note"], given["isPublic"]))
    return order_view(shop, order)
