"""What an order's payments come to; pure. They are judged together, by their amounts against the order's total.

No state of a payment says that of an order whose payments are several, so the words for it are ours.
"""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Final

from shopbridge.connectors.vendure.wire import WireOrder, WirePayment
from shopbridge.errors import Held
from shopbridge.model.order import Payment, PaymentStanding

SETTLED, AUTHORIZED = "Settled", "Authorized"
OPEN: Final = ("Created", "Error", "Declined", "Cancelled")
STATES: Final = (SETTLED, AUTHORIZED, *OPEN)
"""Vendure's own states of a payment (platform file, "Payments")."""
WORDS: Final[Mapping[PaymentStanding, str]] = {
    "open": "Not paid",
    "authorized": "Authorised",
    "paid_in_part": "Paid or authorised in part",
    "paid": "Paid",
    "refunded_in_part": "Paid, and refunded in part",
    "refunded": "Refunded",
}
"""What an order's payments may come to, and what people call it."""
NOTHING = Decimal(0)


def order_payment(wire: WireOrder, own_states: Mapping[str, bool], decimals: int) -> Payment | None:
    """Return what all payments together say; None where there is none.

    Args:
        own_states: States that plugins added, and whether the amount has arrived.
        decimals: Digits behind the point of an amount.

    Raises:
        Held: A payment is in a state that nobody has explained (code ``unknown_payment_state``).
    """
    if not wire.payments:
        return None
    _refuse_unknown(wire.payments, own_states)
    paid = [each for each in wire.payments if each.state == SETTLED or own_states.get(each.state)]
    promised = [each for each in wire.payments if each.state == AUTHORIZED]
    captured, authorized = _sum(paid), _sum(promised)
    refunded = sum((row.total for each in paid for row in each.refunds if row.state == SETTLED), NOTHING)
    standing = _standing(wire.total_with_tax, captured, authorized, refunded)
    chosen = max((*paid, *promised), key=lambda each: each.amount, default=wire.payments[-1])
    return Payment(
        method=chosen.method,
        method_keys=(chosen.method,) if chosen.method else (),
        status=standing,
        paid=standing in ("paid", "refunded", "refunded_in_part"),
        standing=standing,
        captured=captured.scaleb(-decimals),
        authorized=authorized.scaleb(-decimals),
        refunded=refunded.scaleb(-decimals),
    )


def _standing(total: Decimal, captured: Decimal, authorized: Decimal, refunded: Decimal) -> PaymentStanding:
    """Whether what came in covers the total; of an order that was cancelled, nothing is left to be covered."""
    if captured and captured >= total:
        return "refunded" if refunded >= captured else "refunded_in_part" if refunded else "paid"
    if captured + authorized >= total:
        return "authorized" if authorized else "paid"
    return "paid_in_part" if captured or authorized else "open"


def _sum(payments: Iterable[WirePayment]) -> Decimal:
    return sum((each.amount for each in payments), NOTHING)


def _refuse_unknown(payments: Sequence[WirePayment], own_states: Mapping[str, bool]) -> None:
    strange = next((each.state for each in payments if each.state not in (*STATES, *own_states)), None)
    if strange is not None:
        raise Held(
            f"The payment state {strange!r} is the shop's own, so nobody knows whether it means paid",
            code="unknown_payment_state",
            fix=f"Add {strange!r} to own_payment_states of the connection's shop with true or false, then resend the "
            "order.",
        )
