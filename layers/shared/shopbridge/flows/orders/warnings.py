"""What a person should know of an order that is imported all the same; pure.

A warning is told once, with the import: in the log, and in the order's story.
"""

from collections.abc import Iterator

from shopbridge.model.ledger import Reason
from shopbridge.model.order import Order, Payment


def order_warnings(order: Order) -> tuple[Reason, ...]:
    """Return what the back office will not show of this order, each with what to do about it."""
    payment = _payment_warnings(order, order.payment) if order.payment else ()
    return (*payment, *_shipping_warnings(order))


def _shipping_warnings(order: Order) -> Iterator[Reason]:
    told = order.shipping.method if order.shipping else ""
    further = dict.fromkeys(delivery.method for delivery in order.further_deliveries if delivery.method != told)
    if any(further):
        methods = ", ".join(filter(None, further))
        yield Reason(
            code="several_shipping_methods",
            text=f"Parts of it travel by {methods}: the order was made with {told or 'no shipping method'} alone.",
            fix="Look at its deliveries in the shop before it is sent.",
        )


def _payment_warnings(order: Order, payment: Payment) -> Iterator[Reason]:
    total = f"the order's total of {order.totals.gross} {order.currency}"
    match payment.standing:
        case "paid_in_part":
            known = f"{payment.secured} {order.currency}" if payment.captured is not None else "A part"
            yield Reason(
                code="paid_in_part",
                text=f"{known} of {total} is paid or authorized: the order was made as one that is not paid.",
                fix="Collect the rest, then mark the order as paid in the back office.",
            )
        case "refunded_in_part" | "refunded":
            went = "a part of it" if payment.refunded is None else f"{payment.refunded} {order.currency} of it"
            yield Reason(
                code="given_back",
                text=f"The order was paid, and {went} was given back: the order was made as paid, at its full total.",
                fix="Book what was given back as a credit in the back office.",
            )
        case "charged_back":
            yield Reason(
                code="charged_back",
                text="The order was paid, and the buyer's bank took the money back: the order was made as one that is "
                "not paid.",
                fix="Settle it with the buyer before anything is sent.",
            )
    if payment.refunded is not None and payment.secured > order.totals.gross:
        yield Reason(
            code="overpaid",
            text=f"{payment.secured} {order.currency} is paid or authorized, more than {total}; the order was made "
            "once, at its total.",
            fix="Look at its payments in the shop: give back what was paid twice, or lower the authorization.",
        )
