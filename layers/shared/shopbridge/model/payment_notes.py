"""The words for how an order is paid, for the note or mention of a back office that has no field for it."""

from collections.abc import Mapping
from typing import Final

from shopbridge.model.order import Payment, PaymentStanding

NOTES: Final[Mapping[PaymentStanding, str]] = {
    "open": "to be paid with {}",
    "authorized": "authorized, to be paid with {}",
    "paid_in_part": "paid in part with {}",
    "paid": "paid with {}",
    "refunded_in_part": "was paid with {}, in part given back",
    "refunded": "was paid with {}, given back",
    "charged_back": "was paid with {}, taken back by the buyer's bank",
}


def payment_note(payment: Payment, method: str) -> str:
    """Such as ``paid with PayPal``, or ``was paid with PayPal, in part given back (20.00)``."""
    note = NOTES[payment.standing].format(method)
    match payment.standing, payment.captured, payment.refunded:
        case "paid_in_part", captured, _ if captured:
            return f"{note} ({captured})"
        case "refunded_in_part" | "refunded", _, refunded if refunded:
            return f"{note} ({refunded})"
    return note
