"""What an order's transactions come to; pure.

A transaction is an attempt: a retry or another method adds a row, plugins leave failed, open and paid ones side by
side, and the one that the order calls its primary may be a failed one. So the rows are judged together, by their
amounts against the order's total (platform file, "Corrections and additions").
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from shopbridge.connectors.shopware.wire import WireOrder, WireTransaction
from shopbridge.errors import Held
from shopbridge.mapping.rounding import cents
from shopbridge.model.order import Payment, PaymentStanding

PAYMENT_STATES: Final[Mapping[str, PaymentStanding]] = {
    "open": "open",
    "in_progress": "open",
    "unconfirmed": "open",
    "reminded": "open",
    "cancelled": "open",
    "failed": "open",
    "authorized": "authorized",
    "paid": "paid",
    "paid_partially": "paid_in_part",
    "refunded_partially": "refunded_in_part",
    "refunded": "refunded",
    "chargeback": "charged_back",
}
"""Shopware's own payment states, and what a transaction in it says of its amount (platform file, D12)."""

IN_PART = "paid_partially"
"""The state of an order whose paid transactions are less than its total: none of them may say so."""
DEAD: Final = frozenset({"cancelled", "failed"})
PAID: Final[frozenset[PaymentStanding]] = frozenset({"paid", "refunded_in_part", "refunded"})
"""The whole amount has arrived, whatever went back since."""
_SECURED: Final[frozenset[PaymentStanding]] = frozenset({"paid", "authorized", "refunded_in_part", "paid_in_part"})
_GONE: Final[frozenset[PaymentStanding]] = frozenset({"refunded", "charged_back"})


@dataclass(frozen=True)
class _Attempt:
    """A transaction and what its state says; ``amount`` in the order's currency."""

    row: WireTransaction
    standing: PaymentStanding

    @property
    def state(self) -> str:
        return self.row.state_machine_state.technical_name

    @property
    def amount(self) -> Decimal:
        return cents(self.row.amount.total_price)


Attempts = Sequence[_Attempt]
"""The newest first."""


def order_payment(wire: WireOrder, own_states: Mapping[str, bool]) -> Payment | None:
    """Return what all transactions together say; None when there is none.

    Args:
        own_states: The shop's additional payment states, and whether they mean "paid".

    Raises:
        Held: A transaction is in a state that nobody has explained (code ``unknown_payment_state``).
    """
    if not wire.transactions:
        return None
    total = cents(wire.price.total_price)
    attempts = _attempts(wire.transactions, own_states, total)
    standing = _standing(attempts, total, wire.primary_order_transaction_id)
    chosen = _chosen(attempts, standing, wire.primary_order_transaction_id)
    method = chosen.row.payment_method
    return Payment(
        method=method.title if method else "",
        method_keys=method.keys if method else (),
        status=IN_PART if standing == "paid_in_part" else chosen.state,
        paid=standing in PAID,
        standing=standing,
        captured=None if _any(attempts, "paid_in_part") else _sum(attempts, *PAID, "charged_back"),
        authorized=_sum(attempts, "authorized"),
        refunded=None if _any(attempts, "refunded_in_part") else _sum(attempts, *_GONE),
    )


def _standing(attempts: Attempts, total: Decimal, primary: str | None) -> PaymentStanding:
    """What covers the total wins, whatever else lies beside it; nothing to pay is paid."""
    paid, promised = _sum(attempts, "paid"), _sum(attempts, "authorized")
    if paid >= total:
        return "paid"
    if promised and paid + promised >= total:
        return "authorized"
    if _any(attempts, "refunded_in_part") and _sum(attempts, "paid", "refunded_in_part") >= total:
        return "refunded_in_part"
    if _any(attempts, *_SECURED):
        return "paid_in_part"
    return _waiting(attempts, primary).standing


def _chosen(attempts: Attempts, standing: PaymentStanding, primary: str | None) -> _Attempt:
    """The transaction whose method and state the order is told by: of those that count the largest, then the newest."""
    counting = _SECURED if standing == "paid_in_part" else {standing}
    secured = [each for each in attempts if each.standing in counting and each.standing in _SECURED]
    return max(secured, key=lambda each: each.amount, default=None) or _waiting(attempts, primary)


def _waiting(attempts: Attempts, primary: str | None) -> _Attempt:
    """Where nothing came in, or nothing stayed: what still may be paid, else what went back, else what failed."""
    alive = [each for each in attempts if each.standing == "open" and each.state not in DEAD]
    named = [each for each in alive if each.row.id == primary]
    gone = [each for each in attempts if each.standing in _GONE]
    return next(iter((*named, *alive, *gone, *attempts)))


def _sum(attempts: Attempts, *standings: PaymentStanding) -> Decimal:
    return sum((each.amount for each in attempts if each.standing in standings), Decimal(0))


def _any(attempts: Attempts, *standings: PaymentStanding) -> bool:
    return any(each.standing in standings for each in attempts)


def _attempts(rows: Sequence[WireTransaction], own_states: Mapping[str, bool], total: Decimal) -> Attempts:
    """All of them; one in a strange state may be left out only where the others cover the total without it."""
    own: dict[str, PaymentStanding] = {state: "paid" if paid else "open" for state, paid in own_states.items()}
    states = {**PAYMENT_STATES, **own}
    newest_first = sorted(rows, key=lambda row: row.created_at, reverse=True)
    named = [(row, row.state_machine_state.technical_name) for row in newest_first]
    known = [_Attempt(row, states[state]) for row, state in named if state in states]
    strange = next((state for _, state in named if state not in states), None)
    if strange is not None and not (known and _sum(known, "paid") >= total):
        raise _unknown(strange)
    return known


def _unknown(state: str) -> Held:
    return Held(
        f"The payment state {state!r} is the shop's own, so nobody knows whether it means paid",
        code="unknown_payment_state",
        fix=f"Add {state!r} to own_payment_states of the connection's shop with true or false, then resend the order.",
    )
