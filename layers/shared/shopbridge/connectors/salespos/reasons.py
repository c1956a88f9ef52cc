"""What kept one product from being written, for a person."""

from shopbridge.errors import Held, OutcomeUnknown, Rejected
from shopbridge.model.ledger import Reason

GONE = "404"
"""How the code of an absent record begins; the platform publishes none for it [inferred]."""


def is_gone(error: Rejected) -> bool:
    """Whether the record that was asked for is not there."""
    return error.code.startswith(GONE)


def reason_of(error: Held | Rejected | OutcomeUnknown) -> Reason:
    """An error as the outcome of one record."""
    place = f" ({error.where})" if error.where else ""
    if isinstance(error, OutcomeUnknown):
        return Reason(
            code="outcome_unknown",
            text=f"{error.what}{place}.",
            fix="Nothing needs doing: the next run looks it up before it creates anything.",
        )
    return Reason(code=error.code, text=f"{error.what}{place}.", fix=error.fix)
