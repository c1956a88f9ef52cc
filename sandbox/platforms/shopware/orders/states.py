"""The three state machines of an order and how a record moves through them (platform file, D12 and C8)."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Machine:
    """One state machine.

    Args:
        moves: From state, by transition name, to state.
    """

    name: str
    label: str
    moves: Mapping[str, Mapping[str, str]]

    @property
    def states(self) -> tuple[str, ...]:
        """All technical names; every state has an entry, even the one nothing leaves."""
        return tuple(self.moves)

    def leads_to(self, transition: str) -> set[str]:
        """Where a transition of that name leads, anywhere in the machine."""
        return {moves[transition] for moves in self.moves.values() if transition in moves}


_TRANSACTION_TARGETS = {
    "authorize": "authorized",
    "process_unconfirmed": "unconfirmed",
    "do_pay": "in_progress",
    "paid": "paid",
    "pay": "paid",
    "paid_partially": "paid_partially",
    "pay_partially": "paid_partially",
    "remind": "reminded",
    "fail": "failed",
    "cancel": "cancelled",
    "reopen": "open",
    "refund": "refunded",
    "refund_partially": "refunded_partially",
    "chargeback": "chargeback",
}
_TRANSACTION_MOVES = {
    "open": "authorize process_unconfirmed do_pay paid paid_partially remind fail cancel pay pay_partially",
    "reminded": "authorize process_unconfirmed do_pay pay pay_partially cancel reopen",
    "in_progress": "authorize paid paid_partially pay_partially fail cancel reopen",
    "unconfirmed": "authorize paid paid_partially fail cancel reopen",
    "authorized": "paid paid_partially fail cancel",
    "paid_partially": "pay do_pay process_unconfirmed remind refund refund_partially chargeback cancel reopen",
    "paid": "refund refund_partially chargeback cancel reopen",
    "refunded_partially": "refund cancel reopen",
    "refunded": "",
    "failed": "paid paid_partially pay pay_partially do_pay process_unconfirmed fail reopen",
    "cancelled": "paid process_unconfirmed refund refund_partially reopen",
    "chargeback": "paid paid_partially cancel",
}

MACHINES: Mapping[str, Machine] = {
    "order": Machine(
        "order.state",
        "Order state",
        {
            "open": {"process": "in_progress", "cancel": "cancelled"},
            "in_progress": {"complete": "completed", "cancel": "cancelled"},
            "completed": {"reopen": "open"},
            "cancelled": {"reopen": "open"},
        },
    ),
    "order_delivery": Machine(
        "order_delivery.state",
        "Delivery state",
        {
            "open": {"ship": "shipped", "ship_partially": "shipped_partially", "cancel": "cancelled"},
            "shipped_partially": {
                "ship": "shipped",
                "retour": "returned",
                "retour_partially": "returned_partially",
                "cancel": "cancelled",
                "reopen": "open",
            },
            "shipped": {
                "retour": "returned",
                "retour_partially": "returned_partially",
                "cancel": "cancelled",
                "reopen": "open",
            },
            "returned_partially": {"retour": "returned", "reopen": "open"},
            "returned": {"reopen": "open"},
            "cancelled": {"reopen": "open"},
        },
    ),
    "order_transaction": Machine(
        "order_transaction.state",
        "Payment state",
        {
            state: {name: _TRANSACTION_TARGETS[name] for name in names.split()}
            for state, names in _TRANSACTION_MOVES.items()
        },
    ),
}
"""By the entity whose ``stateId`` they move."""
